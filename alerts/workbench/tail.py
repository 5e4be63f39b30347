"""What comes in, as it comes: each article with what was decided about it and why.

The decisions are those that the process has stored; nothing is matched or routed anew.  It keeps out
how that is shown, and which clock is asked.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable, Callable, Collection
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.model import HeldBy, Novelty
from alerts.storage.rule_archive import RuleArchive
from alerts.storage.tail import Found, Seen, Tail
from alerts.workbench.names import names_in

#: Rule sets whose experiments are remembered; a running process changes them seldom.
_REMEMBERED: Final = 8


class Outcome(StrEnum):
    """What became of a match."""

    TOLD = "told"
    #: Whom it is for does not want to hear of it.
    MUTED = "muted"
    SILENCED = "silenced"
    #: The article does not say what the watchlist asks for (`unknown: hold`).
    HELD = "held"
    EXPERIMENTAL = "experimental"
    #: Whoever it is for has heard of the story.
    KNOWN = "told before"
    #: It was for nobody, or for people who left.
    NOBODY = "nobody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """A match, and what became of it."""

    found: Found
    outcome: Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """An article, and what became of it."""

    #: Its matches are in `decided`.
    seen: Seen
    decided: tuple[Decided, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """Which articles; empty: all."""

    #: By id: articles that one of them met, and of their matches only those.
    watchlists: Collection[str] = ()
    #: By URL.
    feeds: Collection[str] = ()
    #: Only articles that met a watchlist.
    matches: bool = False

    def of(self, seen: Seen) -> Seen | None:
        """Return *seen* with the matches that are wanted; None: it is not wanted."""
        if self.feeds and seen.feed not in self.feeds:
            return None
        if self.watchlists:
            kept = tuple(each for each in seen.found if each.match.watchlist in self.watchlists)
            seen = replace(seen, found=kept)
        if not seen.found and (self.matches or self.watchlists):
            return None
        return seen


class Experiments:
    """Knows which watchlists were experiments when they matched."""

    def __init__(self, archive: RuleArchive) -> None:
        self._archive = archive
        self._known: dict[str, frozenset[str]] = {}

    async def hold(self, found: Found) -> bool:
        """Tell whether the watchlist of *found* was an experiment; False where nobody knows."""
        if found.rule_set not in self._known:
            while len(self._known) >= _REMEMBERED:
                del self._known[next(iter(self._known))]
            contents = await self._archive.load(found.rule_set)
            experiments = names_in(contents).experiments if contents else frozenset()
            self._known[found.rule_set] = experiments
        return found.match.watchlist in self._known[found.rule_set]


async def follow(
    tail: Tail,
    experiments: Experiments,
    wanted: Wanted,
    *,
    since: datetime,
    now: Callable[[], datetime],
    pause: Callable[[], Awaitable[bool]],
) -> AsyncIterator[Sight]:
    """Yield what was read at *since* and later, in order, until *pause* says that it is enough.

    *pause* is awaited whenever there is nothing more at present; True: look again.
    """
    place = await tail.begin(since)
    while True:
        stretch = await tail.read(place, now=now())
        for seen in filter(None, map(wanted.of, stretch.seen)):
            yield Sight(
                seen=seen,
                decided=tuple([await _decided(each, experiments) for each in seen.found]),
            )
        place = stretch.place
        if stretch.is_end and not await pause():
            return


async def _decided(found: Found, experiments: Experiments) -> Decided:
    outcome = _outcome(found)
    # The rules are read again, so they are asked last.
    if outcome in (Outcome.KNOWN, Outcome.NOBODY) and await experiments.hold(found):
        outcome = Outcome.EXPERIMENTAL
    return Decided(found=found, outcome=outcome)


def _outcome(found: Found) -> Outcome:
    if found.silence is not None:
        return Outcome.SILENCED
    if found.match.is_held:
        return Outcome.HELD
    if found.rings:
        muted = all(ring.held_by == HeldBy.MUTED for ring in found.rings)
        return Outcome.MUTED if muted else Outcome.TOLD
    return Outcome.KNOWN if found.is_story_told else Outcome.NOBODY


def why_quiet(novelty: Novelty) -> str:
    """Return why an article rings for nobody, whatever it meets; empty: it may ring."""
    return _QUIET[novelty]


_QUIET: Final = {
    Novelty.NEW: "",
    Novelty.BASELINE: "baseline: the past of its feed",
    Novelty.LATE: "late: it slid back into its feed",
}
