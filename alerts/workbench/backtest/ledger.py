"""Which addresses would have been told of which stories, and how often?  Pure.

What becomes of a match is decided by the steps of production (`alerts.storage.told`), under one
assumption: every message arrives when it is due.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum, auto

from alerts.model import DeliveryState, HeldBy, RoutedMatch, Severity
from alerts.storage.told import Announcement, Step, Told, announcements, next_step


class Outcome(Enum):
    """What becomes of an announcement."""

    #: An alert: the first of its story, or another after `repeat_after`.
    RINGS = auto()
    #: What waits says more, or leaves sooner; it was counted when it rang.
    JOINS = auto()
    #: A message about a story that was told: it became more severe.
    UPDATES = auto()
    #: Quiet hours that drop keep it.
    DROPPED = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Noted:
    """An announcement, and what became of it."""

    outcome: Outcome
    wanted: Announcement
    #: The id of the alert that it makes, or belongs to.
    alert: str
    #: How severe that alert was before; None: it is new.
    severity_before: Severity | None


class Ledger:
    """Who was told of what, as the table of alerts would know it."""

    def __init__(self) -> None:
        #: Story and address -> the newest alert.
        self._told: dict[tuple[str, str], Told] = {}
        #: Story and address -> when the newest update is due.
        self._updates: dict[tuple[str, str], datetime] = {}

    def tell(self, routed: Iterable[RoutedMatch], story: str, *, now: datetime) -> Iterator[Noted]:
        """Note that matches of one article of *story* are announced; yield what comes of it."""
        items = list(routed)
        stories = {item.match.article: story for item in items}
        for wanted in announcements(items, stories, {}):
            told = self._as_of(wanted.key, now)
            step = next_step(told, wanted, now=now)
            if outcome := self._take(step, told, wanted, now):
                yield Noted(
                    outcome=outcome,
                    wanted=wanted,
                    alert=self._told[wanted.key].id,
                    severity_before=told.severity if told is not None else None,
                )

    def _as_of(self, key: tuple[str, str], now: datetime) -> Told | None:
        """Return the newest alert as it is at *now*: what was due has arrived."""
        told = self._told.get(key)
        if told is None or told.state is not DeliveryState.PENDING or told.due_at > now:
            return told
        self._told[key] = arrived = replace(told, state=DeliveryState.SENT, attempt=1)
        return arrived

    def _take(
        self, step: Step, told: Told | None, wanted: Announcement, now: datetime
    ) -> Outcome | None:
        if step is Step.NOTHING:
            return None
        if told is None or step in (Step.TELL, Step.REPEAT):
            episode = 1 if told is None else told.episode + 1
            self._told[wanted.key] = _alert(wanted, episode, now)
            return Outcome.DROPPED if wanted.destination.is_dropped else Outcome.RINGS
        severity = max(told.severity, wanted.severity, key=lambda level: level.rank)
        if step is Step.HASTEN:
            sooner = replace(_alert(wanted, told.episode, now), created_at=told.created_at)
            self._told[wanted.key] = replace(sooner, severity=severity)
            return Outcome.RINGS if told.is_aside else Outcome.JOINS
        self._told[wanted.key] = replace(told, severity=severity)
        if step is Step.UPDATE and not wanted.destination.is_dropped:
            return self._update(wanted, now)
        return Outcome.JOINS

    def _update(self, wanted: Announcement, now: datetime) -> Outcome:
        """Note a message about a story that was told; one that waits says more instead."""
        is_waiting = self._updates.get(wanted.key, now) > now
        self._updates[wanted.key] = wanted.destination.due_at
        return Outcome.JOINS if is_waiting else Outcome.UPDATES


def _alert(wanted: Announcement, episode: int, now: datetime) -> Told:
    destination = wanted.destination
    key = wanted.alert_id(episode)
    return Told(
        id=key,
        episode=episode,
        severity=wanted.severity,
        created_at=now,
        delivery=key,
        kind=destination.kind,
        gathers=destination.gathers,
        due_at=destination.due_at,
        state=DeliveryState.HELD if destination.is_dropped else DeliveryState.PENDING,
        attempt=0,
        possible_repeat=False,
        held_by=HeldBy.DROPPED if destination.is_dropped else "",
    )
