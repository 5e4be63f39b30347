"""Which feeds are in trouble, and what of it has the operator yet to hear?  Pure.

Only what changes is remembered as news; the table of notices knows what was told, so that telling
the same again, also after a restart, is told to nobody.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from alerts.alerting.health import (
    Ailment,
    Patient,
    ailments,
    feeds_ill,
    feeds_well,
    is_silent,
    remark,
    thing,
)
from alerts.feeds.fetch import shown_url
from alerts.feeds.rhythm import Rhythm, usual_gap
from alerts.model import Feed, FeedState, Notice
from alerts.poller.neighbours import host_of

#: One trouble with one host.
Trouble = tuple[Ailment, str]


class Health:
    """Remembers which feeds have which ailment, and since when."""

    def __init__(self) -> None:
        self._ill: dict[Trouble, dict[str, datetime | None]] = {}
        self._of: dict[str, frozenset[Ailment]] = {}
        self._news: set[Trouble] = set()

    def look(self, state: FeedState, *, now: datetime) -> None:
        """Look at a feed after a poll, or at the start."""
        found = ailments(state, _usual_gap(state, now), now=now)
        before = self._of.get(state.url, frozenset())
        if not found and not before:
            return
        host = host_of(state.url)
        for ailment in before - found.keys():
            self._ill[ailment, host].pop(state.url)
            self._news.add((ailment, host))
        for ailment, since in found.items():
            self._ill.setdefault((ailment, host), {})[state.url] = since
            if ailment not in before:
                self._news.add((ailment, host))
        self._of[state.url] = frozenset(found)

    def recall(self, told: Iterable[str]) -> None:
        """Take up again what was told and has not ended: it may have ended without us."""
        self._news |= {each for each in map(thing, told) if each is not None}

    def news(
        self, feeds: Mapping[str, Feed], states: Mapping[str, FeedState], *, now: datetime
    ) -> list[Notice]:
        """Return what has changed since the last time, in the order of its names."""
        changed, self._news = sorted(self._news), set()
        return [self._notice(trouble, feeds, states, now) for trouble in changed]

    def _notice(
        self,
        trouble: Trouble,
        feeds: Mapping[str, Feed],
        states: Mapping[str, FeedState],
        now: datetime,
    ) -> Notice:
        ailment, host = trouble
        ill = self._ill.get(trouble, {})
        patients = [
            Patient(
                shown=shown_url(url),
                publisher=feeds[url].publisher,
                remark=remark(ailment, states[url]),
                since=since,
            )
            for url, since in sorted(ill.items())
            if url in feeds and url in states
        ]
        return feeds_ill(ailment, host, patients) if patients else feeds_well(*trouble, now=now)


def _usual_gap(state: FeedState, now: datetime) -> timedelta | None:
    # Reading a rhythm takes longer than the rest of a look, and most feeds are lively.
    return usual_gap(Rhythm.read(state.rhythm), now=now) if is_silent(state, now) else None
