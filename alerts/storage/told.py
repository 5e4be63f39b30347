"""Was an address told of a story, and what follows from one more match?  Pure.

What has certainly not arrived can still be changed: it is rendered when it leaves.  What may have
arrived is not said a second time, but for what became of it since.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum, auto
from hashlib import sha256
from typing import Self

from alerts.model import (
    DeliveryKind,
    DeliveryState,
    Destination,
    HeldBy,
    Match,
    RoutedMatch,
    Severity,
)
from alerts.storage.rows import Row


@dataclass(slots=True, kw_only=True)
class Announcement:
    """What is to be told: one story for one address."""

    story: str
    destination: Destination
    matches: list[Match] = field(default_factory=list)
    #: The headline from before, where an article that was told of may have changed.
    headline_before: str | None = None
    #: The mutes because of which it does not ring.
    muted_by: frozenset[int] = frozenset()

    @property
    def key(self) -> tuple[str, str]:
        """Story and address: what is told once."""
        return self.story, self.destination.address.key

    @property
    def severity(self) -> Severity:
        """The highest severity among the matches."""
        return max((match.severity for match in self.matches), key=lambda level: level.rank)

    def joined(self, other: Self) -> Self:
        """Return what both tell, the more urgent way; they have the same key."""
        headlines = (self.headline_before, other.headline_before)
        return replace(
            self,
            destination=min(self.destination, other.destination, key=Destination.urgency),
            matches=[*self.matches, *other.matches],
            headline_before=next((each for each in headlines if each is not None), None),
        )

    def alert_id(self, episode: int = 1) -> str:
        """Return the id of the one alert that tells the address of the story."""
        return alert_id(self.story, self.destination.address.key, episode=episode)


def alert_id(story: str, address: str, subscriber: str = "", *, episode: int = 1) -> str:
    """Return the id of the one alert that tells *address* of *story* (DELIVERY.md, Outbox)."""
    again = f"\0{episode}" if episode > 1 else ""
    return sha256(f"{story}\0{subscriber}\0{address}{again}".encode()).hexdigest()


def announcements(
    routed: Iterable[RoutedMatch], stories: Mapping[str, str], changed: Mapping[str, str]
) -> list[Announcement]:
    """Return what *routed* tells whom, the most urgent way to each address.

    *stories* maps the article of each match to its story, *changed* those that were known before
    to their headline from before.
    """
    wanted: dict[tuple[str, str], Announcement] = {}
    for item in routed:
        story = stories[item.match.article]
        for destination in item.destinations:
            new = Announcement(story=story, destination=destination)
            one = wanted.setdefault(new.key, new)
            one.matches.append(item.match)
            one.destination = min(one.destination, destination, key=Destination.urgency)
            one.headline_before = changed.get(item.match.article, one.headline_before)
    return list(wanted.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The newest alert of a story for an address, and the delivery that carries it."""

    id: str
    episode: int
    severity: Severity
    created_at: datetime
    delivery: str
    kind: DeliveryKind
    gathers: str
    due_at: datetime
    state: DeliveryState
    #: Sends that were begun.
    attempt: int
    possible_repeat: bool
    held_by: str

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return what a row of `alerts` joined with `deliveries` says."""
        return cls(
            id=row["id"],
            episode=row["episode"],
            severity=Severity(row["severity"]),
            created_at=row["created_at"],
            delivery=row["delivery"],
            kind=DeliveryKind(row["kind"]),
            gathers=row["gathers"],
            due_at=row["due_at"],
            state=DeliveryState(row["state"]),
            attempt=row["attempt"],
            possible_repeat=row["possible_repeat"],
            held_by=row["held_by"],
        )

    @property
    def is_waiting(self) -> bool:
        """Tell whether it has certainly not arrived, and will leave by itself."""
        return self.state is DeliveryState.PENDING and not self.possible_repeat

    @property
    def is_aside(self) -> bool:
        """Tell whether it was kept from ringing, and may ring after all."""
        return self.held_by in {HeldBy.DROPPED, HeldBy.MUTED, HeldBy.SILENCED, HeldBy.LEFT}

    @property
    def may_leave_sooner(self) -> bool:
        """Tell whether it waits for nothing but its hour: other reports, a digest, the morning."""
        return bool(self.gathers) or not self.attempt


class Step(Enum):
    """What becomes of an announcement."""

    #: A new alert.
    TELL = auto()
    #: The alert that waits says more.
    JOIN = auto()
    #: The alert that waits leaves sooner and on its own; one that was kept from ringing rings.
    HASTEN = auto()
    #: The story is told a second time.
    REPEAT = auto()
    #: What became of the story is told.
    UPDATE = auto()
    #: The address knows.
    NOTHING = auto()


def next_step(told: Told | None, wanted: Announcement, *, now: datetime) -> Step:
    """Return what becomes of *wanted* when *told* is the newest alert of its story."""
    if told is None:
        return Step.TELL
    if wanted.muted_by:
        return Step.NOTHING
    destination = wanted.destination
    if told.is_aside:
        return Step.JOIN if destination.is_dropped else Step.HASTEN
    if told.is_waiting:
        sooner = not destination.is_dropped and destination.due_at < told.due_at
        return Step.HASTEN if sooner and told.may_leave_sooner else Step.JOIN
    # What a fallback has was told to somebody, and what becomes of it is news for both.
    if told.state is DeliveryState.HELD and told.held_by != HeldBy.HANDED_OVER:
        return Step.JOIN
    again = destination.repeat_after
    if again is not None and now - told.created_at >= again:
        return Step.REPEAT
    if wanted.severity.rank <= told.severity.rank and wanted.headline_before is None:
        return Step.NOTHING
    # A digest has an hour for everything, also for what became of a story.
    return Step.REPEAT if destination.kind is DeliveryKind.DIGEST else Step.UPDATE
