"""Who can be reached, and where: the only place where the environment speaks in rule files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import TypeVar

from alerts.model import Address, Receiver
from alerts.watchlists import values
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.routing import ReceiverSection
from alerts.watchlists.suggest import did_you_mean

VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")

#: Exists without being declared, so that a fresh machine shows something.
CONSOLE = Receiver(name="console", addresses=(Address(channel="console"),))

Value = TypeVar("Value")


@dataclass(frozen=True, slots=True)
class ReceiverReader:
    """Reads the receivers of one file."""

    file: RuleFile
    environment: Mapping[str, str]

    def read(self, name: str, section: ReceiverSection, node: Node) -> Receiver:
        """Return the receiver, complaining about addresses that nothing can reach."""
        addresses = [*self._chats(node), *self._mailboxes(node)]
        if section.console is not None:
            addresses.append(Address(channel="console"))
        return Receiver(name=name, addresses=tuple(dict.fromkeys(addresses)))

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

    def _value(self, node: Node, read: Callable[[str], Value]) -> Value | None:
        text = str(node.value).strip()
        with self.file.reviewing(node):
            return _read(text, read, self.environment)
        return None


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
