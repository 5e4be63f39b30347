"""When is the next digest due?  Pure.

What counts is what the clock on the wall of the reader's place reads.  An hour that a night of 23
hours leaves out comes as much later as the clock was moved; one that comes twice counts the first
time (RFC 5545, 3.3.5 reads wall-clock times in the same way).
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from alerts.model import DeliveryKind, Destination, Digest, Empty, RuleSet, Weekday

#: What the alerts of a digest have in common (`Destination.gathers`).
DIGEST: Final = "digest"

_DAY = timedelta(days=1)
_WEEKDAYS = tuple(Weekday)


def next_digest_at(digest: Digest, after: datetime) -> datetime:
    """Return the first hour of *digest* later than *after*, in UTC."""
    today = after.astimezone(ZoneInfo(digest.location)).date()
    # A day earlier and a week later: the clock may be moved, and days may be few.
    days = (today + offset * _DAY for offset in range(-1, 9))
    return min(at for day in days for at in _hours(digest, day) if at > after)


def hours(rules: RuleSet, *, now: datetime) -> dict[str, datetime]:
    """Return receiver -> when its next digest is due, for those of *rules* that have digests."""
    return {
        name: next_digest_at(receiver.digest, now)
        for name, receiver in rules.receivers.items()
        if receiver.digest is not None
    }


def promised(rules: RuleSet, *, now: datetime) -> list[Destination]:
    """Return the next digests that leave also if nothing happens: `empty: send`."""
    return [
        Destination(
            receiver=receiver.name,
            address=address,
            due_at=next_digest_at(receiver.digest, now),
            kind=DeliveryKind.DIGEST,
            gathers=DIGEST,
        )
        for receiver in rules.receivers.values()
        if receiver.digest is not None and receiver.digest.empty is Empty.SEND
        for address in receiver.addresses
    ]


def _hours(digest: Digest, day: date) -> Iterator[datetime]:
    if digest.days and _WEEKDAYS[day.weekday()] not in digest.days:
        return
    for at in digest.at:
        # fold=0, the default: the first of two, and the offset from before a gap.
        there = datetime.combine(day, at, tzinfo=ZoneInfo(digest.location))
        yield there.astimezone(UTC)
