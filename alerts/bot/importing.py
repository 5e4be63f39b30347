"""What a file would change in a chat: decided before anybody says yes.  Pure, and for a thread.

What is waited for with it is kept as a file of the same kind: one reader, and nothing that has to be
believed twice.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.feeds.identity import canonical_url
from alerts.gazetteer.shipped import known
from alerts.locales import LANGUAGES
from alerts.model import OwnWatchlist, RuleSet, Status, Subscriber, Subscription
from alerts.subscribers.draft import Resolved, resolve
from alerts.subscribers.kept import watchlist_of_own, wish_of_own
from alerts.subscribers.members import MOST_OWN, MOST_SUBSCRIPTIONS
from alerts.subscribers.portable import Bundle, PortableWatchlist, to_yaml
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.wishes.readings import Readers

_UNKNOWN_NAMES: Final = "R3"
_QUERIES: Final = "R4"


class Flaw(StrEnum):
    """Why a part of a file is left out."""

    UNKNOWN_NAME = "unknown_name"
    QUERY = "query"
    VALUE = "value"


class Setting(StrEnum):
    """What a file says of a chat, by the field of `Subscriber`."""

    LANGUAGE = "language"
    TIME_ZONE = "time_zone"
    QUIET = "quiet"
    DIGEST = "digest"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What an import does, and what it leaves out."""

    #: New ones, with number 0.
    new: tuple[OwnWatchlist, ...]
    subscriptions: tuple[Subscription, ...]
    #: The subscriber with the settings of the file, and which of them differ.
    changed: Subscriber
    settings: tuple[Setting, ...]
    #: Titles of those that are here already, and of those for which there is no room.
    known: tuple[str, ...]
    over: tuple[str, ...]
    #: Ids of watchlists that the operator of this bot does not offer.
    strange: tuple[str, ...]
    #: Titles, or names of settings, that cannot be read.
    flawed: tuple[tuple[str, Flaw], ...]
    #: Feeds that are read here, and others.
    feeds_read: int
    feeds: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether nothing would be changed."""
        return not (self.new or self.subscriptions or self.settings)


def plan_of(
    bundle: Bundle,
    subscriber: Subscriber,
    rules: RuleSet,
    readers: Readers,
    *,
    thread: int | None,
    now: datetime,
) -> Plan:
    """Return what *bundle* would change for *subscriber*; watchlists would ring in *thread*."""
    sorted_ = _Sorting(subscriber, rules, readers, thread, now)
    for portable in bundle.watchlists:
        sorted_.take(portable)
    subscriptions, strange = _subscriptions(bundle, subscriber, rules, thread, now)
    changed, settings = _settings(bundle, subscriber)
    listed = {canonical_url(feed.url) for feed in rules.feeds}
    feeds = [url for url in dict.fromkeys(bundle.feeds) if canonical_url(url)]
    unlisted = tuple(url for url in feeds if canonical_url(url) not in listed)
    told = ((title, _flaw(flaw)) for title, flaw in bundle.flaws)
    return Plan(
        new=tuple(sorted_.new),
        subscriptions=subscriptions,
        changed=changed,
        settings=settings,
        known=tuple(sorted_.known),
        over=tuple(sorted_.over),
        strange=strange,
        flawed=(*told, *sorted_.flawed),
        feeds_read=len(feeds) - len(unlisted),
        feeds=unlisted,
    )


def file_of(plan: Plan, *, now: datetime) -> str:
    """Return what *plan* does as a file, from which the same plan is made again."""
    numbered = (replace(own, number=number) for number, own in enumerate(plan.new, 1))
    whole = replace(plan.changed, watchlists=tuple(numbered), subscriptions=plan.subscriptions)
    return to_yaml(whole, now=now)


class _Sorting:
    """Which watchlists are new, known, unreadable, or too many."""

    def __init__(
        self,
        subscriber: Subscriber,
        rules: RuleSet,
        readers: Readers,
        thread: int | None,
        now: datetime,
    ) -> None:
        self.new: list[OwnWatchlist] = []
        self.known: list[str] = []
        self.over: list[str] = []
        self.flawed: list[tuple[str, Flaw]] = []
        self._subscriber, self._entities, self._readers = subscriber, rules.entities, readers
        self._thread, self._now = thread, now
        self._seen = set(self._present())

    def take(self, portable: PortableWatchlist) -> None:
        """Sort *portable* in."""
        own = self._own(portable)
        meaning = self._meaning(own)
        if isinstance(meaning, FlawError):
            self.flawed.append((own.title, _flaw(meaning)))
        elif meaning in self._seen:
            self.known.append(own.title)
        elif len(self._subscriber.watchlists) + len(self.new) >= MOST_OWN:
            self.over.append(own.title)
        else:
            self._seen.add(meaning)
            self.new.append(replace(own, wish=self._wish(own)))

    def _own(self, portable: PortableWatchlist) -> OwnWatchlist:
        return OwnWatchlist(
            number=0,
            title=portable.title,
            wish=portable.wish,
            query=portable.query,
            exclude=portable.exclude,
            severity=portable.severity,
            thread=self._thread,
            paused_until=portable.paused_until,
            created_at=self._now,
        )

    def _present(self) -> Iterator[Hashable]:
        for own in self._subscriber.watchlists:
            meaning = self._meaning(own)
            if not isinstance(meaning, FlawError):
                yield meaning

    def _meaning(self, own: OwnWatchlist) -> Hashable | FlawError:
        read = watchlist_of_own(self._subscriber, own, self._entities, known())
        return read if isinstance(read, FlawError) else (read.condition, read.exclude)

    def _wish(self, own: OwnWatchlist) -> str:
        """Return the wish of *own*; nothing where that is not what its query asks for.

        Whoever made the file may have written anything there, and people read the wish alone.
        """
        if not own.wish:
            return ""
        meant = resolve(wish_of_own(own, self._readers), self._readers, id_="")
        is_meant = isinstance(meant, Resolved) and (meant.query, meant.exclude) == (
            own.query,
            own.exclude,
        )
        return own.wish if is_meant else ""


def _subscriptions(
    bundle: Bundle, subscriber: Subscriber, rules: RuleSet, thread: int | None, now: datetime
) -> tuple[tuple[Subscription, ...], tuple[str, ...]]:
    """Return those that are new, as many as fit, and the ids of those that there are not."""
    offered = {each.id for each in rules.watchlists if each.status is Status.ACTIVE}
    heard = {each.watchlist for each in subscriber.subscriptions}
    new = [
        Subscription(watchlist=id_, thread=thread, paused_until=until, created_at=now)
        for id_, until in bundle.subscriptions.items()
        if id_ in offered - heard
    ]
    strange = tuple(id_ for id_ in bundle.subscriptions if id_ not in offered)
    return tuple(new[: MOST_SUBSCRIPTIONS - len(heard)]), strange


def _settings(bundle: Bundle, subscriber: Subscriber) -> tuple[Subscriber, tuple[Setting, ...]]:
    """Return *subscriber* with what the file says; of what it does not say, nothing changes."""
    changed, told = subscriber, bundle.settings
    if told is None:
        return subscriber, ()
    if told.language in LANGUAGES:
        changed = replace(changed, language=told.language)
    changed = replace(
        changed,
        time_zone=told.time_zone or changed.time_zone,
        quiet=told.quiet or changed.quiet,
        digest=told.digest or changed.digest,
    )
    differ = (each for each in Setting if getattr(changed, each) != getattr(subscriber, each))
    return changed, tuple(differ)


def _flaw(flaw: FlawError) -> Flaw:
    if flaw.code.startswith(_UNKNOWN_NAMES):
        return Flaw.UNKNOWN_NAME
    return Flaw.QUERY if flaw.code.startswith(_QUERIES) else Flaw.VALUE
