"""Who hears of a watchlist because they asked for it themselves: subscribers, beside the routes.

A subscriber is a receiver like those of rule files: quiet hours, digests, mutes and digest windows hold
for it by the same code.  It changes while everything runs: what is asked for by one thread may be asked
by another one at once.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alerts.alerting.timing import timing
from alerts.model import (
    Address,
    Destination,
    Digest,
    Match,
    Quiet,
    Receiver,
    Status,
    Subscriber,
    TimeInterval,
    Watchlist,
    is_paused,
)

MAIL: Final = "email"


@dataclass(frozen=True, slots=True)
class Ear:
    """That one subscriber wants to hear of one watchlist."""

    receiver: str
    #: The forum topic that it rings in.
    thread: int | None
    #: Of the subscriber, or of the one watchlist: the later.
    paused_until: datetime | None


class Audience:
    """Everybody who hears of watchlists by their own wish."""

    def __init__(self) -> None:
        #: By `Subscriber.name`; and the hours that they name.
        self.receivers: dict[str, Receiver] = {}
        self.intervals: dict[str, TimeInterval] = {}
        #: Their own, by id.
        self.watchlists: dict[str, Watchlist] = {}
        #: Watchlist -> who hears of it.  Values are replaced and never changed.
        self._ears: dict[str, tuple[Ear, ...]] = {}
        #: Subscriber -> the watchlists that it hears of.
        self._heard: dict[str, tuple[str, ...]] = {}

    def put(self, subscriber: Subscriber, watchlists: Iterable[Watchlist]) -> None:
        """Let *subscriber* hear of what it wants now; *watchlists* are its own."""
        receiver = receiver_of(subscriber)
        for interval in intervals_of(subscriber):
            self.intervals[interval.name] = interval
        self.receivers[receiver.name] = receiver
        own = {watchlist.id: watchlist for watchlist in watchlists}
        ears = dict(_ears(subscriber))
        for gone in set(self._heard.get(receiver.name, ())) - ears.keys():
            self._stop(receiver.name, gone)
        self.watchlists.update(own)
        for watchlist, ear in ears.items():
            others = (one for one in self._ears.get(watchlist, ()) if one.receiver != ear.receiver)
            self._ears[watchlist] = (*others, ear)
        self._heard[receiver.name] = tuple(ears)

    def drop(self, subscriber: Subscriber) -> None:
        """Let *subscriber* hear of nothing any more."""
        name = subscriber.name
        for watchlist in self._heard.pop(name, ()):
            self._stop(name, watchlist)
        self.receivers.pop(name, None)
        self.intervals.pop(_quiet(name), None)

    def destinations(
        self, watchlist: Watchlist, match: Match, *, now: datetime
    ) -> Iterator[Destination]:
        """Yield where *match* of *watchlist* goes by the wish of subscribers."""
        if match.is_held or watchlist.status is not Status.ACTIVE:
            return
        for ear in self._ears.get(watchlist.id, ()):
            receiver = self.receivers.get(ear.receiver)
            if receiver is not None and not is_paused(ear.paused_until, now):
                yield from self._leaving(receiver, ear, watchlist, match, now)

    def _leaving(
        self, receiver: Receiver, ear: Ear, watchlist: Watchlist, match: Match, now: datetime
    ) -> Iterator[Destination]:
        when = timing(receiver, match.severity, at=now, intervals=self.intervals)
        for address in receiver.addresses:
            thread = None if address.channel == MAIL else ear.thread
            yield Destination(
                receiver=receiver.name,
                address=Address(channel=address.channel, target=address.target, thread=thread),
                due_at=when.due_at,
                kind=when.kind,
                gathers=when.gathers,
                is_silent=when.is_silent,
                is_dropped=when.is_dropped,
                repeat_after=watchlist.repeat_after,
            )

    def _stop(self, name: str, watchlist: str) -> None:
        left = tuple(one for one in self._ears.get(watchlist, ()) if one.receiver != name)
        if left:
            self._ears[watchlist] = left
        else:
            self._ears.pop(watchlist, None)
            self.watchlists.pop(watchlist, None)


def receiver_of(subscriber: Subscriber) -> Receiver:
    """Return the receiver that *subscriber* is."""
    addresses = [subscriber.chat]
    if subscriber.mail:
        addresses.append(Address(channel=MAIL, target=subscriber.mail))
    quiet, digest = subscriber.quiet, subscriber.digest
    return Receiver(
        name=subscriber.name,
        addresses=tuple(addresses),
        quiet=Quiet(during=(_quiet(subscriber.name),), below=quiet.below) if quiet else None,
        digest=Digest(at=digest.at, days=digest.days, location=subscriber.time_zone)
        if digest
        else None,
        language=subscriber.language,
        time_zone=subscriber.time_zone,
    )


def intervals_of(subscriber: Subscriber) -> Iterator[TimeInterval]:
    """Yield the hours that the receiver of *subscriber* names."""
    if subscriber.quiet is not None:
        times = ((subscriber.quiet.begin, subscriber.quiet.end),)
        yield TimeInterval(name=_quiet(subscriber.name), times=times, location=subscriber.time_zone)


def _quiet(name: str) -> str:
    return f"quiet hours of {name}"


def _ears(subscriber: Subscriber) -> Iterator[tuple[str, Ear]]:
    for own in subscriber.watchlists:
        until = _later(subscriber.paused_until, own.paused_until)
        yield subscriber.watchlist_id(own.number), Ear(subscriber.name, own.thread, until)
    for one in subscriber.subscriptions:
        until = _later(subscriber.paused_until, one.paused_until)
        yield one.watchlist, Ear(subscriber.name, one.thread, until)


def _later(one: datetime | None, other: datetime | None) -> datetime | None:
    known = [each for each in (one, other) if each is not None]
    return max(known, default=None)
