"""Who can be reached, and where: the only place where the environment speaks in rule files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from importlib.util import find_spec
from typing import TypeVar

from alerts.model import Address, Digest, Endpoint, Quiet, Receiver
from alerts.watchlists import values
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.intervals import named_intervals
from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.routing import DigestSection, QuietSection, ReceiverSection
from alerts.watchlists.suggest import did_you_mean

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

#: Exists without being declared, so that a fresh machine shows something.
CONSOLE = Receiver(name="console", addresses=(Address(channel="console"),))

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ReceiverReader:
    """Reads the receivers of one file, given what they may refer to."""

    file: RuleFile
    environment: Mapping[str, str]
    receivers: AbstractSet[str]
    intervals: AbstractSet[str]
    has_apprise: bool = field(default_factory=lambda: find_spec("apprise") is not None)

    def read(
        self, name: str, section: ReceiverSection, node: Node
    ) -> tuple[Receiver, dict[Address, Endpoint]]:
        """Return the receiver and its endpoints, complaining about what cannot be reached."""
        endpoints = {**self._webhooks(name, node), **self._apprises(name, node)}
        addresses = [*self._chats(node), *self._mailboxes(node), *endpoints]
        if section.console is not None:
            addresses.append(Address(channel="console"))
        if section.fallback is not None:
            with self.file.reviewing(node.entries["fallback"]):
                check_receiver(section.fallback, self.receivers)
        receiver = Receiver(
            name=name,
            addresses=tuple(dict.fromkeys(addresses)),
            quiet=self._quiet(section.quiet, node.entries["quiet"]) if section.quiet else None,
            max_per_hour=section.max_per_hour,
            digest=_digest(section.digest) if section.digest else None,
            fallback=section.fallback or "",
        )
        return receiver, endpoints

    def _quiet(self, section: QuietSection, node: Node) -> Quiet:
        during = named_intervals(node.entries["during"], self.intervals, self.file)
        return Quiet(during=during, below=section.below, then=section.then)

    def _chats(self, node: Node) -> Iterator[Address]:
        for block in _one_or_more(node.entries.get("telegram")):
            chat = self._value(block.entries["chat"], values.chat)
            thread = None
            if "thread" in block.entries:
                thread = self._value(block.entries["thread"], values.thread)
            if chat:
                yield Address(channel="telegram", target=chat, thread=thread)

    def _mailboxes(self, node: Node) -> Iterator[Address]:
        block = node.entries.get("email")
        for mailbox in _one_or_more(block.entries["to"] if block else None):
            if target := self._value(mailbox, values.email):
                yield Address(channel="email", target=target)

    def _webhooks(self, name: str, node: Node) -> dict[Address, Endpoint]:
        found: list[Endpoint] = []
        for block in _one_or_more(node.entries.get("webhook")):
            url = self._value(block.entries["url"], values.webhook_url)
            secret: str | None = ""
            if "secret" in block.entries:
                secret = self._secret(block.entries["secret"])
            if url and secret is not None:
                found.append(Endpoint(url=url, secret=secret))
        return _addressed("webhook", name, found)

    def _secret(self, node: Node) -> str | None:
        if VARIABLE.search(str(node.value)):
            return self._value(node, values.webhook_secret)
        hint = "put it into the environment and write ${NAME}"
        self.file.blame(node, FlawError("R512", "a secret stands in the file", hint=hint))
        return None

    def _apprises(self, name: str, node: Node) -> dict[Address, Endpoint]:
        given = _one_or_more(node.entries.get("apprise"))
        urls = [url for each in given if (url := self._value(each, values.apprise_url))]
        if urls and not self.has_apprise:
            hint = "install it: pip install 'tocsin[apprise]'"
            flaw = FlawError("R513", "the package apprise is not installed", hint=hint)
            self.file.blame(node.key("apprise"), flaw)
        return _addressed("apprise", name, [Endpoint(url=url) for url in urls])

    def _value(self, node: Node, read: Callable[[str], Value]) -> Value | None:
        text = str(values.whole(node.value)).strip()
        with self.file.reviewing(node):
            return _read(text, read, self.environment)
        return None


def check_receiver(name: str, known: AbstractSet[str]) -> None:
    """Refuse the name of a receiver that is not there.

    Raises:
        FlawError: it is not *known*.
    """
    if name not in known:
        message = f"no receiver is called {quoted(name)}"
        hint = "declare it under 'receivers'"
        raise FlawError("R306", message, hint=hint, slip=(name, known))


def circles(receivers: Mapping[str, Receiver]) -> Iterator[tuple[str, ...]]:
    """Yield those that fall back on one another without end; each circle once, from any of them."""
    settled: set[str] = set()
    for first in receivers:
        chain: list[str] = []
        step = first
        while step in receivers and step not in settled:
            chain.append(step)
            settled.add(step)
            step = receivers[step].fallback
        if step in chain:
            yield tuple(chain[chain.index(step) :])


def _addressed(channel: str, name: str, endpoints: list[Endpoint]) -> dict[Address, Endpoint]:
    """Return each once under the name that tables and logs have for it: `desk`, `desk/2`."""
    once = {endpoint.url: endpoint for endpoint in reversed(endpoints)}
    told = [endpoint for endpoint in endpoints if once.pop(endpoint.url, None) is not None]
    return {
        Address(channel=channel, target=name if number == 1 else f"{name}/{number}"): endpoint
        for number, endpoint in enumerate(told, start=1)
    }


def _digest(section: DigestSection) -> Digest:
    return Digest(
        at=tuple(dict.fromkeys(section.at)),
        days=tuple(dict.fromkeys(section.days)),
        location=section.location,
        max_items=section.max_items,
        empty=section.empty,
    )


def _one_or_more(node: Node | None) -> list[Node]:
    if node is None:
        return []
    return node.items if isinstance(node.value, list) else [node]


def _read(text: str, read: Callable[[str], Value], environment: Mapping[str, str]) -> Value:
    filled = VARIABLE.sub(lambda found: _variable(found, environment), text)
    try:
        return read(filled)
    except FlawError as flaw:
        if filled == text:
            raise
        # What the environment holds may be a secret, and complaints are shown and logged.
        raise FlawError(
            flaw.code, f"{quoted(text)} has a value that cannot be used", hint=flaw.hint
        ) from None


def _variable(found: re.Match[str], environment: Mapping[str, str]) -> str:
    name = found.group(1)
    value = environment.get(name, "").strip()
    if not value:
        hint = did_you_mean(name, [known for known in environment if environment[known]])
        state = "empty" if name in environment else "not set"
        message = f"the environment variable {quoted(name)} is {state}"
        raise FlawError("R505", message, hint=hint, offset=found.start())
    return value
