"""What in the rules wants a hand?

Watchlists that are silent, noisy, nobody's or unheard, names that nobody writes, what readers said, and
feeds and receivers that fail.  It counts what was stored, and runs no rule again: what is told here is what happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import sqrt

from alerts.alerting.health import Ailment, ailments, is_silent, remark
from alerts.alerting.receiver_notices import Deaf, deaf
from alerts.alerting.unseen_names import UnseenName, UnseenTerm, unseen_names, unseen_terms
from alerts.feeds.rhythm import Rhythm, usual_gap
from alerts.model import DeliveryState, FeedState, HeldBy, RuleSet, Status, Watchlist
from alerts.storage import ListedFeed, Storage
from alerts.storage.hygiene import Activity, Fate, Found, Verdicts
from alerts.storage.retention import LEAST
from alerts.workbench.in_force import watched_since

_DAY = timedelta(days=1)
#: The normal distribution's, for 95 %.
_Z = 1.959964
#: A delivery in these states may still arrive.
_UNDER_WAY = frozenset(
    {DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.AMBIGUOUS, DeliveryState.SENT}
)
#: What keeps an alert from people though its delivery is held, in words.
_HELD = {
    HeldBy.GONE: "kept for an address that blocked us",
    HeldBy.DROPPED: "dropped in quiet hours",
    HeldBy.MUTED: "muted",
    HeldBy.LEFT: "for readers who left or pause",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A watchlist without a match in the time."""

    watchlist: Watchlist
    #: Before the time; None: never, as far as is remembered.
    last_at: datetime | None
    #: When it came in force; None: before the time, or nobody knows.
    young_since: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Loud:
    """A watchlist with alerts in the time."""

    watchlist: Watchlist
    #: Stories that were told because of it.
    stories: int
    per_day: float
    #: Of all stories that were told; one may be told because of several watchlists.
    share: float
    is_noisy: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Unheard:
    """A watchlist that matches, and whose matches reached nobody."""

    watchlist: Watchlist
    matches: int
    #: "8 muted"; the most frequent first.
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Precision:
    """What readers said of the alerts of a watchlist."""

    watchlist: Watchlist
    verdicts: Verdicts
    #: The share of useful ones, and its Wilson interval of 95 %; from 0 to 1.
    useful: float
    least: float
    most: float


@dataclass(frozen=True, slots=True, kw_only=True)
class IllFeed:
    """A feed that fails, or has no articles."""

    feed: ListedFeed
    ailment: Ailment
    remark: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """How clean the rules are."""

    since: datetime
    until: datetime
    #: Seen in the time, and when the first of all was; None: no article is stored.
    articles: int
    first_at: datetime | None
    #: Young ones behind.
    silent: tuple[Silent, ...]
    #: The loudest first.
    loud: tuple[Loud, ...]
    ownerless: tuple[Watchlist, ...]
    unseen_names: tuple[UnseenName, ...]
    unseen_terms: tuple[UnseenTerm, ...]
    unheard: tuple[Unheard, ...]
    #: The least precise first.
    precision: tuple[Precision, ...]
    feeds: tuple[IllFeed, ...]
    receivers: tuple[Deaf, ...]

    @property
    def remembered(self) -> timedelta:
        """How much of the time the stored articles cover."""
        begun = max(self.since, self.first_at) if self.first_at is not None else self.until
        return max(self.until - begun, timedelta(0))


async def look(
    storage: Storage, rules: RuleSet, *, since: datetime, now: datetime, noisy: float
) -> Report:
    """Return how *rules* have fared *since*; *noisy* is told of so many stories a day or more.

    Raises:
        StorageError: the database cannot be read.
    """
    hygiene, awake = storage.hygiene, _awake(rules)
    reach = await hygiene.reach(since=since)
    activity = await hygiene.activity(since=since)
    begun = max(since, reach.first_at) if reach.first_at is not None else since
    total, days = await hygiene.stories_told(since=since), max((now - begun) / _DAY, 1.0)
    found = await hygiene.found(since=since)
    names, terms = await asyncio.to_thread(_unseen, rules, found)
    verdicts = await hygiene.verdicts(since=since)
    undelivered = await hygiene.undelivered(since=now - LEAST)
    return Report(
        since=since,
        until=now,
        articles=reach.articles,
        first_at=reach.first_at,
        silent=await _silent(storage, [w for w in awake if w.id not in activity], since),
        loud=tuple(_loud(awake, activity, total=total, days=days, noisy=noisy)),
        ownerless=tuple(each for each in rules.watchlists if not each.owner),
        unseen_names=names,
        unseen_terms=terms,
        unheard=await _unheard(storage, awake, activity, since),
        precision=precision(awake, verdicts),
        feeds=tuple(_ill(await storage.overview.feeds(), rules, now)),
        receivers=deaf(rules.receivers, undelivered, await hygiene.gone(), now=now),
    )


def _awake(rules: RuleSet) -> list[Watchlist]:
    return [each for each in rules.watchlists if each.status is not Status.OFF]


def _unseen(
    rules: RuleSet, found: frozenset[Found]
) -> tuple[tuple[UnseenName, ...], tuple[UnseenTerm, ...]]:
    return unseen_names(rules, found), unseen_terms(rules, found)


# --- silent and loud --------------------------------------------------------------------------


async def _silent(storage: Storage, silent: list[Watchlist], since: datetime) -> tuple[Silent, ...]:
    ids = [each.id for each in silent]
    last = await storage.hygiene.last_matches(ids)
    watched = await watched_since(storage.rule_archive, ids, back_to=since)
    found = (
        Silent(
            watchlist=each,
            last_at=last.get(each.id),
            young_since=at if (at := watched.get(each.id)) is not None and at > since else None,
        )
        for each in silent
    )
    return tuple(sorted(found, key=lambda one: one.young_since is not None))


def _loud(
    watchlists: Iterable[Watchlist],
    activity: Mapping[str, Activity],
    *,
    total: int,
    days: float,
    noisy: float,
) -> Iterator[Loud]:
    told = [(each, activity[each.id].stories) for each in watchlists if each.id in activity]
    for watchlist, stories in sorted(told, key=lambda one: (-one[1], one[0].id)):
        if stories:
            yield Loud(
                watchlist=watchlist,
                stories=stories,
                per_day=stories / days,
                share=stories / total,
                is_noisy=stories / days >= noisy,
            )


# --- what reached nobody ----------------------------------------------------------------------


async def _unheard(
    storage: Storage,
    watchlists: Iterable[Watchlist],
    activity: Mapping[str, Activity],
    since: datetime,
) -> tuple[Unheard, ...]:
    """Return who matches for nobody; an experimental watchlist is meant to."""
    fates = await storage.hygiene.fates(since=since)
    asked = [
        each
        for each in watchlists
        if each.status is Status.ACTIVE and each.id in activity and not _may_arrive(fates, each.id)
    ]
    told = await storage.hygiene.told_before([each.id for each in asked], since=since)
    return tuple(
        Unheard(
            watchlist=each,
            matches=activity[each.id].matches,
            reasons=reasons(activity[each.id], fates.get(each.id, {})),
        )
        for each in asked
        if each.id not in told
    )


def _may_arrive(fates: Mapping[str, Mapping[Fate, int]], watchlist: str) -> bool:
    states = {fate.state for fate in fates.get(watchlist, {})}
    return not states.isdisjoint(_UNDER_WAY)


def reasons(activity: Activity, fates: Mapping[Fate, int]) -> tuple[str, ...]:
    """Return why nobody had what a watchlist found, the most frequent reason first."""
    counted = {
        "held, for `unknown: hold`": activity.held,
        # When they were found, or while they waited.
        "silenced": activity.silenced + fates.get(Fate(DeliveryState.HELD, HeldBy.SILENCED), 0),
        "dead letters": sum(n for fate, n in fates.items() if fate.state is DeliveryState.DEAD),
    } | {words: fates.get(Fate(DeliveryState.HELD, by), 0) for by, words in _HELD.items()}
    known = {words: count for words, count in counted.items() if count}
    if not known:
        return ("no receiver takes them, or all their readers left or pause",)
    ordered = sorted(known.items(), key=lambda one: -one[1])
    return tuple(f"{count:,} {words}" for words, count in ordered)


# --- what readers said ------------------------------------------------------------------------


def precision(
    watchlists: Iterable[Watchlist], verdicts: Mapping[str, Verdicts]
) -> tuple[Precision, ...]:
    """Return how useful readers found *watchlists*, the least precise first."""
    said = [_precision(each, verdicts[each.id]) for each in watchlists if each.id in verdicts]
    return tuple(sorted(said, key=lambda one: (one.useful, one.most, one.watchlist.id)))


def _precision(watchlist: Watchlist, said: Verdicts) -> Precision:
    count = said.useful + said.false_alarms
    least, most = wilson(said.useful, count)
    return Precision(
        watchlist=watchlist, verdicts=said, useful=said.useful / count, least=least, most=most
    )


def wilson(successes: int, count: int) -> tuple[float, float]:
    """Return the score interval of a share, 95 %, from 0 to 1 (Wilson, JASA 22, 1927).

    Unlike the normal approximation it is right for a handful of answers, and for all of one kind.
    """
    if not count:
        return 0.0, 1.0
    share, weight = successes / count, _Z**2 / count
    middle = (share + weight / 2) / (1 + weight)
    half = _Z / (1 + weight) * sqrt(share * (1 - share) / count + weight / (4 * count))
    return max(middle - half, 0.0), min(middle + half, 1.0)


# --- feeds ------------------------------------------------------------------------------------


def _ill(feeds: Iterable[ListedFeed], rules: RuleSet, now: datetime) -> Iterator[IllFeed]:
    """Yield what the operator is, or would be, told of *feeds*, as long as *rules* name them."""
    named = {feed.url for feed in rules.feeds}
    for feed in feeds:
        if feed.state.url not in named:
            continue
        for ailment in ailments(feed.state, _gap(feed.state, now), now=now):
            if ailment in _TOLD:
                yield IllFeed(feed=feed, ailment=ailment, remark=remark(ailment, feed.state))


_TOLD = (Ailment.BROKEN, Ailment.GONE, Ailment.STALE, Ailment.EMPTY)


def _gap(state: FeedState, now: datetime) -> timedelta | None:
    return usual_gap(Rhythm.read(state.rhythm), now=now) if is_silent(state, now) else None
