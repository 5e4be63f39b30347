"""What stands in the files, whatever their format: entries, which are keys with texts.

`watchlist_entry` and its like write what `Gathering` reads.  Each format only has to say how an entry
looks in it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from alerts.model import (
    FOREVER,
    OwnWatchlist,
    Severity,
    Status,
    Subscriber,
    Subscription,
    is_paused,
)
from alerts.subscribers.portable import wording
from alerts.subscribers.portable.bundle import (
    MOST_ENTRIES,
    Bundle,
    PortableSettings,
    PortableWatchlist,
    RefusedError,
    Why,
)
from alerts.subscribers.portable.queries import Queries
from alerts.watchlists import values
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.query.parser import MAX_QUERY

#: What an entry of a file says: of a stranger, so anything.
Said = Mapping[str, object]

WATCHLIST_KEYS: Final = (
    "title",
    "status",
    "paused_until",
    "severity",
    "wish",
    "query",
    "exclude",
)
_SETTINGS: Final[Mapping[str, Callable[[str], Any]]] = {
    "language": values.language,
    "time_zone": values.zone,
    "quiet": wording.quiet_hours,
    "digest": wording.digest_hours,
}
SETTINGS: Final = frozenset(_SETTINGS)

MAX_TITLE: Final = 1_000
#: Characters; a message has no more (Bot API, sendMessage).
MAX_WISH: Final = 4_096
#: No setting needs more.
_LONGEST: Final = 300

# --- writing ----------------------------------------------------------------------------------


def rule_id(subscriber: Subscriber, own: OwnWatchlist) -> str:
    """Return an id for one of the subscriber's watchlists that a rule file may hold."""
    return f"subscriber-{subscriber.id}-{own.number}"


def settings_entry(subscriber: Subscriber) -> dict[str, str]:
    """Return the settings of a chat."""
    entry = {"language": subscriber.language, "time_zone": subscriber.time_zone}
    if subscriber.quiet is not None:
        entry["quiet"] = wording.quiet_text(subscriber.quiet)
    if subscriber.digest is not None:
        entry["digest"] = wording.digest_text(subscriber.digest)
    return entry


def subscription_entry(subscription: Subscription, *, now: datetime) -> dict[str, str]:
    """Return a watchlist of the operator that the chat hears of."""
    return {"watchlist": subscription.watchlist, **_pause(subscription.paused_until, now)}


def watchlist_entry(subscriber: Subscriber, own: OwnWatchlist, *, now: datetime) -> dict[str, str]:
    """Return a watchlist of the chat's own, its keys in the order of `WATCHLIST_KEYS`."""
    entry = {
        "title": wording.on_one_line(own.title) or rule_id(subscriber, own),
        "severity": own.severity.value,
        "wish": wording.held(own.wish),
        "query": wording.on_one_line(own.query),
        "exclude": wording.on_one_line(own.exclude),
        **_pause(own.paused_until, now),
    }
    return {key: entry[key] for key in WATCHLIST_KEYS if entry.get(key)}


def _pause(paused_until: datetime | None, now: datetime) -> dict[str, str]:
    """Return what rule files say of it, `off`, and when it ends, for which they have no word."""
    if paused_until is None or not is_paused(paused_until, now):
        return {}
    status = {"status": Status.OFF.value}
    if wording.is_endless(paused_until):
        return status
    return {**status, "paused_until": wording.moment_text(paused_until)}


# --- reading ----------------------------------------------------------------------------------


class Gathering:
    """Gathers what the entries of a file say; what cannot be read is noted and left out."""

    def __init__(self) -> None:
        self._queries = Queries()
        self._entries = 0
        self._watchlists: list[PortableWatchlist] = []
        self._subscriptions: dict[str, datetime | None] = {}
        self._settings: PortableSettings | None = None
        self._feeds: dict[str, None] = {}
        self._flaws: list[tuple[str, FlawError]] = []

    def bundle(self) -> Bundle:
        """Return everything.

        Raises:
            RefusedError: there is nothing.
        """
        bundle = Bundle(
            watchlists=tuple(self._watchlists),
            subscriptions=MappingProxyType(self._subscriptions),
            settings=self._settings,
            feeds=tuple(self._feeds),
            flaws=tuple(self._flaws),
        )
        if bundle == Bundle():
            raise RefusedError(Why.NOTHING)
        return bundle

    def refuse(self, name: object, flaw: FlawError) -> None:
        """Note that what is called *name* is left out."""
        shown = wording.on_one_line(name[:_LONGEST]) if isinstance(name, str) else ""
        self._flaws.append((shown, flaw))

    def take_watchlist(self, said: Said) -> None:
        """Take a watchlist of the chat's own.

        Raises:
            RefusedError: it is one more than any chat has.
        """
        self._count()
        with self._noting(said.get("title")):
            self._watchlists.append(self._watchlist(said))

    def take_subscription(self, said: Said) -> None:
        """Take a watchlist of the operator that the chat hears of.

        Raises:
            RefusedError: it is one more than any chat has.
        """
        self._count()
        with self._noting(said.get("watchlist")):
            id_ = values.identifier(_text(said, "watchlist", _LONGEST))
            self._subscriptions[id_] = _paused_until(said)

    def take_settings(self, said: Said) -> None:
        """Take the settings that are said, each for itself."""
        for key, read in _SETTINGS.items():
            if key in said:
                with self._noting(key):
                    value = read(_text(said, key, _LONGEST))
                    self._settings = replace(self._settings or PortableSettings(), **{key: value})

    def take_feed(self, name: str, url: str) -> None:
        """Take the address of a feed that another reader reads."""
        with self._noting(name):
            self._feeds[values.url(url)] = None

    @contextmanager
    def _noting(self, name: object) -> Iterator[None]:
        try:
            yield
        except FlawError as flaw:
            self.refuse(name, flaw)

    def _count(self) -> None:
        self._entries += 1
        if self._entries > MOST_ENTRIES:
            raise RefusedError(Why.TOO_MANY)

    def _watchlist(self, said: Said) -> PortableWatchlist:
        title = wording.on_one_line(_text(said, "title", MAX_TITLE))
        if not title:
            raise FlawError("R205", "the title is empty")
        query = wording.on_one_line(_text(said, "query", MAX_QUERY))
        exclude = wording.on_one_line(_text(said, "exclude", MAX_QUERY, ""))
        self._queries.check(query)
        if exclude:
            self._queries.check(exclude)
        return PortableWatchlist(
            title=title,
            wish=_text(said, "wish", MAX_WISH, ""),
            query=query,
            exclude=exclude,
            severity=wording.severity(_text(said, "severity", _LONGEST, Severity.MEDIUM.value)),
            paused_until=_paused_until(said),
        )


def _text(said: Said, key: str, most: int, default: str | None = None) -> str:
    """Return what is said under *key*, without characters that no file of ours can hold."""
    value = said.get(key, default)
    if value is None:
        code, what = ("R205", "says nothing") if key in said else ("R202", "is missing")
        raise FlawError(code, f"the key {quoted(key)} {what}")
    if not isinstance(value, str):
        raise FlawError("R203", f"text is wanted under {quoted(key)}", hint="put it in quotes")
    if len(value) > most:
        raise FlawError("R206", f"{quoted(key)} is longer than {most:,} characters")
    return wording.held(value)


def _paused_until(said: Said) -> datetime | None:
    if "paused_until" in said:
        return values.moment(_text(said, "paused_until", _LONGEST))
    status = _text(said, "status", _LONGEST, Status.ACTIVE.value)
    if status not in list(Status):
        raise FlawError("R204", f"{quoted(status)} is not one of {', '.join(Status)}")
    # An experimental one is sent to nobody either.
    return None if status == Status.ACTIVE else FOREVER
