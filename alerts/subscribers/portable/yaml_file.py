"""Watchlists of a chat as a rule file.

    #+ time_zone: Europe/Berlin
    version: 1
    watchlists:
      - id: subscriber-12-3
        title: Chemical weapons in Idlib
        severity: high
        #+ wish: Idlib + sarin, chlorine
        query: place:"Idlib" AND (sarin OR chlorine)

Rule files refuse keys that they do not know, and a second document: an operator's slip must not pass
unseen.  So what only a chat has stands in comments, each key where it would stand if rule files knew
it.  Taking the marks off is all that reading them needs, one reader reads both, a complaint names the
line of the file, `tocsin fmt` keeps every comment with its key, and people see the wish by its query.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any, Final

from alerts.model import OwnWatchlist, Subscriber, Subscription
from alerts.subscribers.portable.bundle import Bundle, RefusedError, Why
from alerts.subscribers.portable.entries import (
    SETTINGS,
    WATCHLIST_KEYS,
    Gathering,
    rule_id,
    settings_entry,
    subscription_entry,
    watchlist_entry,
)
from alerts.watchlists import source
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.layout.quoting import spellings
from alerts.watchlists.nodes import Node, plain

_MARK: Final = "#+"
_MARKED: Final = re.compile(rb"^( *)#\+ ", re.MULTILINE)
#: What rule files have no word for.
_OURS: Final = ("wish", "paused_until")
#: What changes nothing of what a watchlist finds; any other key would be missed.
_HARMLESS: Final = {"id", "owner", "tags", "tests", "expect"}
#: A thousand watchlists have 20,000; a megabyte could hold half a million.
_MOST_EVENTS: Final = 60_000

_WHY: Final = {
    "R103": Why.TOO_LARGE,
    "R104": Why.NOT_TEXT,
    "R105": Why.HIDDEN_CHARACTER,
    "R108": Why.NOT_PLAIN,
    "R109": Why.NOT_PLAIN,
    "R110": Why.NOT_PLAIN,
    "R111": Why.TOO_DEEP,
    "R112": Why.TWICE,
    "R114": Why.NOT_PLAIN,
}

_HEAD: Final = (
    "# Watchlists of a chat: a rule file, which can stand beside others.",
    f'# What stands behind "{_MARK}" is read by the bot alone, when it gets this file back.',
)

# --- writing ----------------------------------------------------------------------------------


def to_yaml(subscriber: Subscriber, *, now: datetime) -> str:
    """Return what *subscriber* takes along, as a rule file in the layout of `tocsin fmt`."""
    lines = [*_HEAD, *(f"{_MARK} {line}" for line in _chat(subscriber, now)), "", "version: 1"]
    if subscriber.watchlists:
        lines += ["", "watchlists:"]
        for own in subscriber.watchlists:
            lines += [*_watchlist(subscriber, own, now), ""]
        lines.pop()
    return "\n".join([*lines, ""])


def _chat(subscriber: Subscriber, now: datetime) -> Iterator[str]:
    for key, text in settings_entry(subscriber).items():
        yield _said(key, text)
    if subscriber.subscriptions:
        yield "subscriptions:"
        yield from (f"  - {_subscription(each, now)}" for each in subscriber.subscriptions)


def _subscription(subscription: Subscription, now: datetime) -> str:
    entry = subscription_entry(subscription, now=now)
    if len(entry) == 1:
        return spellings(subscription.watchlist)[0]
    return f"{{{', '.join(f'{key}: {spellings(text)[1]}' for key, text in entry.items())}}}"


def _watchlist(subscriber: Subscriber, own: OwnWatchlist, now: datetime) -> Iterator[str]:
    yield f"  - {_said('id', rule_id(subscriber, own))}"
    for key, text in watchlist_entry(subscriber, own, now=now).items():
        mark = f"{_MARK} " if key in _OURS else ""
        yield f"    {mark}{_said(key, text)}"


def _said(key: str, text: str) -> str:
    return f"{key}: {spellings(text)[0]}"


# --- reading ----------------------------------------------------------------------------------


def read_yaml(content: bytes) -> Bundle:
    """Return what the rule file in *content* says of a chat and its watchlists.

    Raises:
        RefusedError: it is no YAML as rule files may hold it, or says nothing of these.
    """
    root = _tree(_MARKED.sub(rb"\1", content))
    if root is None:
        raise RefusedError(Why.EMPTY)
    if not root.entries.keys() & {"version", "watchlists", "subscriptions", *SETTINGS}:
        raise RefusedError(Why.NOT_OURS)
    gathering = Gathering()
    gathering.take_settings({key: plain(node) for key, node in root.entries.items()})
    for node in root.parts("subscriptions"):
        said = plain(node)
        gathering.take_subscription(said if isinstance(said, dict) else {"watchlist": said})
    for node in root.parts("watchlists"):
        _take(gathering, plain(node))
    return gathering.bundle()


def _take(gathering: Gathering, said: object) -> None:
    if not isinstance(said, dict):
        gathering.refuse("", FlawError("R203", "a watchlist is a mapping (key: value)"))
    elif others := said.keys() - {*WATCHLIST_KEYS, *_HARMLESS}:
        gathering.refuse(said.get("title"), _too_much(sorted(others)))
    else:
        gathering.take_watchlist(said)


def _too_much(keys: list[str]) -> FlawError:
    shown = ", ".join(map(quoted, keys[:5]))
    hint = "a chat has a query, and what it excludes"
    return FlawError("R201", f"a watchlist of a chat has no {shown}", hint=hint)


def _tree(content: bytes) -> Node | None:
    try:
        file, root = source.read(content, "", _Bounded)
    except _TooMuchError:
        raise RefusedError(Why.TOO_MANY) from None
    for complaint in sorted(file.complaints, key=lambda each: each.line)[:1]:
        raise RefusedError(_WHY.get(complaint.code, Why.BROKEN), complaint.line)
    return root


class _TooMuchError(Exception):
    """The file holds more values than any chat has."""


#: Which of two it is turns out when it is imported.
_LOADER: Any = source.LOADER


class _Bounded(_LOADER):  # type: ignore[misc]  # for that reason
    """Stops early: half a million values take 1 to 4 s."""

    def __init__(self, stream: object) -> None:
        super().__init__(stream)
        self._events = 0

    def get_event(self) -> Any:
        """Return the next event of the parser."""
        self._events += 1
        if self._events > _MOST_EVENTS:
            raise _TooMuchError
        return super().get_event()
