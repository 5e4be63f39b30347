"""What a silence meets is stored and counted and rings for nobody; everything else rings."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import AsyncExitStack
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import select

from alerts.model import (
    Article,
    DeliveryKind,
    Keyword,
    Receipt,
    RoutedMatch,
    Severity,
    Sighting,
    Watchlist,
)
from alerts.storage import Storage
from alerts.storage.beside import open_desk
from alerts.storage.silence import Silence
from alerts.storage.silences import Begun
from alerts.storage.tables import alert_matches, alerts, deliveries, matches, notices, silences
from alerts.watchlists.matchers import labels, meets_all
from alerts.watchlists.routes import read_matcher
from tests.builders import CHAT, NOW, a_destination, a_match, a_sighting, an_article, an_operator
from tests.storage.databases import Database, fetch, list_feeds, on_sqlite, opened, record, table

HOURS = timedelta(hours=2)
OWNERS = {"bases": "syria-desk", "latakia": "coast", "idlib": ""}
WATCHLISTS = {
    id_: Watchlist(id=id_, title=id_, condition=Keyword("x"), owner=owner, tags=("war",))
    for id_, owner in OWNERS.items()
}


#: What makes articles one story.
ONE_STORY: dict[str, Any] = {"story_keys": ("url:one",)}


def sighting(
    name: str, *watchlists: str, severity: Severity = Severity.MEDIUM, **fields: Any
) -> Sighting:
    """Return an article that meets *watchlists*, with the labels that the rules give it."""
    article = an_article(name)
    made = a_sighting(article, watchlists=watchlists or ("bases",), severity=severity, **fields)
    return replace(made, matches=tuple(labelled(item, article) for item in made.matches))


def labelled(item: RoutedMatch, article: Article) -> RoutedMatch:
    values = labels(WATCHLISTS[item.match.watchlist], item.match, article)
    return replace(item, labels=values)


async def begin(
    storage: Storage, *matchers: str, until: datetime = NOW + HOURS, now: datetime = NOW
) -> Begun:
    return await storage.silences.begin(
        map(read_matcher, matchers),
        author="ada",
        comment="drill",
        until=until,
        watchlists=WATCHLISTS,
        now=now,
    )


async def counts(storage: Storage) -> dict[int, int]:
    return {row["id"]: row["silenced"] for row in await table(storage, silences)}


async def silenced(storage: Storage) -> dict[str, int | None]:
    """Return watchlist -> the silence of its match."""
    return {row["watchlist"]: row["silence"] for row in await table(storage, matches)}


async def states(storage: Storage) -> list[str]:
    rows = await table(storage, deliveries)
    return sorted(f"{row['state']} {row['held_by']}".strip() for row in rows)


async def named(storage: Storage) -> set[tuple[str, str]]:
    """Return article and watchlist of what alerts name."""
    query = select(matches.c.article, matches.c.watchlist).join(
        alert_matches, alert_matches.c.match == matches.c.id
    )
    return {(row["article"], row["watchlist"]) for row in await fetch(storage, query)}


# --- what comes -------------------------------------------------------------------------------


async def test_what_meets_a_silence_is_stored_counted_and_told_to_nobody(storage: Storage) -> None:
    await list_feeds(storage)
    one = (await begin(storage, 'watchlist="bases"', "severity!=critical")).silence
    assert await record(storage, sighting("a")) == (1, 0, 0)
    assert await silenced(storage) == {"bases": one.id}
    assert await counts(storage) == {one.id: 1}
    assert await states(storage) == []
    await record(storage, sighting("b", severity=Severity.CRITICAL))
    assert await states(storage) == ["pending"]


async def test_an_alert_rings_for_what_is_left(storage: Storage) -> None:
    await list_feeds(storage)
    one = (await begin(storage, "owner=coast")).silence
    await record(storage, sighting("a", "bases", "latakia"))
    assert await silenced(storage) == {"bases": None, "latakia": one.id}
    assert await named(storage) == {(an_article("a").id, "bases")}


async def test_what_nobody_was_to_hear_of_is_not_silenced(storage: Storage) -> None:
    await list_feeds(storage)
    one = (await begin(storage, "watchlist=bases")).silence
    await record(storage, sighting("a", to=()))
    assert await silenced(storage) == {"bases": None}
    assert await counts(storage) == {one.id: 0}


async def test_a_silence_begins_and_ends_to_the_moment(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, sighting("before"))
    await begin(storage, "watchlist=bases", now=NOW, until=NOW + HOURS)
    await record(storage, sighting("in"), now=NOW + HOURS - timedelta(microseconds=1))
    await record(storage, sighting("after"), now=NOW + HOURS)
    assert {article for article, _ in await named(storage)} == {
        an_article("before").id,
        an_article("after").id,
    }


async def test_a_story_that_was_silenced_rings_with_its_next_report(storage: Storage) -> None:
    await list_feeds(storage)
    await begin(storage, "watchlist=bases")
    await record(storage, sighting("a", **ONE_STORY))
    assert await record(storage, sighting("b", "latakia", **ONE_STORY)) == (1, 0, 1)
    assert await states(storage) == ["pending"]
    later = NOW + HOURS
    assert await record(storage, sighting("c", "idlib", **ONE_STORY), now=later) == (1, 0, 0)
    told = {watchlist for _, watchlist in await named(storage)}
    assert told == {"latakia", "idlib"}


async def test_a_match_that_rang_is_not_silenced_when_its_article_changes(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, sighting("a"))
    [row] = await table(storage, deliveries)
    await storage.outbox.lease_due("telegram", now=NOW, until=NOW + HOURS, limit=1)
    one = (await begin(storage, "watchlist=bases")).silence
    await record(storage, sighting("a"))
    assert await silenced(storage) == {"bases": None}
    assert await counts(storage) == {one.id: 0}
    assert await states(storage) == ["leased"]
    assert row["state"] == "pending"


# --- what waits -------------------------------------------------------------------------------


async def test_what_waits_and_says_nothing_else_is_held(storage: Storage) -> None:
    await list_feeds(storage)
    await record(
        storage,
        sighting("only"),
        sighting("more", "bases", "latakia"),
        sighting("none", "latakia"),
    )
    begun = await begin(storage, "owner=syria-desk", 'tag="war"', 'publisher="Example News"')
    assert begun.held == 1
    assert begun.silence.silenced == 1
    assert await states(storage) == ["held silenced", "pending", "pending"]
    # The second takes the rest: what it and the first meet together.
    second = await begin(storage, "watchlist=latakia")
    assert second.held == 2
    assert await states(storage) == ["held silenced"] * 3
    assert await counts(storage) == {begun.silence.id: 2, second.silence.id: 2}


async def test_what_one_match_says_to_several_is_counted_once(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, sighting("a", to=[a_destination("100"), a_destination("200")]))
    begun = await begin(storage, "severity=medium")
    assert (begun.held, begun.silence.silenced) == (2, 1)


async def test_what_was_held_rings_with_the_next_report_that_rings(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, sighting("a", **ONE_STORY))
    await begin(storage, "watchlist=bases")
    assert await states(storage) == ["held silenced"]
    await record(storage, sighting("b", **ONE_STORY))
    assert await states(storage) == ["held silenced"]
    await record(storage, sighting("c", "latakia", **ONE_STORY))
    assert await states(storage) == ["pending"]


async def test_an_update_of_what_was_told_is_held(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, sighting("a", **ONE_STORY))
    [told] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW + HOURS, limit=9)
    await storage.outbox.mark_sent(told, Receipt(message_id="7"), now=NOW)
    await record(storage, sighting("b", severity=Severity.CRITICAL, **ONE_STORY))
    assert (await begin(storage, "watchlist=bases")).held == 1
    assert await states(storage) == ["held silenced", "sent"]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"state": "leased"}, "leased"),
        ({"state": "sent"}, "sent"),
        ({"state": "ambiguous", "possible_repeat": True}, "ambiguous"),
        ({"state": "pending", "possible_repeat": True}, "pending"),
        ({"kind": DeliveryKind.DIGEST.value}, "pending"),
    ],
)
async def test_what_may_have_arrived_or_has_an_hour_is_left_alone(
    storage: Storage, fields: dict[str, Any], kept: str
) -> None:
    await list_feeds(storage)
    await record(storage, sighting("a"))

    async def work(connection: Any) -> None:
        await connection.execute(deliveries.update().values(**fields))

    await storage.hosts._writer.run(work)
    begun = await begin(storage, "watchlist=bases")
    assert (begun.held, begun.silence.silenced) == (0, 0)
    assert await states(storage) == [kept]


async def test_a_match_of_a_watchlist_that_is_gone_keeps_what_it_says_itself(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(an_article("a"), watchlists=("gone",)))
    assert (await begin(storage, "owner=syria-desk")).held == 0
    assert (await begin(storage, "watchlist=gone", "severity=medium", 'owner=""')).held == 1


# --- the end ----------------------------------------------------------------------------------


async def told(storage: Storage) -> list[tuple[str, str]]:
    query = select(notices.c.subject, notices.c.text).join(
        deliveries, deliveries.c.id == notices.c.delivery
    )
    return [(row["subject"], row["text"]) for row in await fetch(storage, query)]


async def test_the_end_is_told_once_with_the_count(storage: Storage) -> None:
    await list_feeds(storage)
    one = (await begin(storage, "watchlist=bases", 'severity=~"low|medium"')).silence
    await record(storage, sighting("a"), sighting("b"))
    end = an_operator(CHAT)
    assert await storage.silences.end_due(end, now=NOW + HOURS - timedelta(seconds=1)) == 0
    assert await storage.silences.end_due(end, now=NOW + HOURS) == 1
    assert await storage.silences.end_due(end, now=NOW + HOURS) == 0
    assert await told(storage) == [
        (
            f'Silence {one.id} is over: watchlist="bases" severity=~"low|medium"',
            "2 matches did not ring meanwhile. It was set by ada: drill",
        )
    ]


async def test_a_silence_can_be_ended_before_its_time(storage: Storage) -> None:
    await list_feeds(storage)
    one = (await begin(storage, "watchlist=bases")).silence
    await record(storage, sighting("a"))
    at = NOW + timedelta(minutes=5)
    ended = await storage.silences.expire(one.id, now=at)
    assert ended is not None
    assert (ended.ended_at, ended.silenced) == (at, 1)
    assert await storage.silences.expire(one.id, now=at) is None
    assert await storage.silences.expire(99, now=at) is None
    await record(storage, sighting("b"), now=at)
    assert await states(storage) == ["pending"]
    assert await storage.silences.end_due(an_operator(), now=NOW + HOURS) == 0
    assert await told(storage) == []


async def test_lists_tell_what_lasts_from_what_is_over(storage: Storage) -> None:
    long = (await begin(storage, "watchlist=bases", until=NOW + 3 * HOURS)).silence
    short = (await begin(storage, 'owner=""')).silence
    held = storage.silences
    assert await held.lasting(now=NOW) == [short, long]
    assert await held.over(now=NOW) == []
    assert await held.lasting(now=NOW + HOURS) == [long]
    assert await held.over(now=NOW + HOURS) == [short]
    assert [one.lasts(NOW + HOURS) for one in (short, long)] == [False, True]


async def test_a_silence_begins_beside_the_process_that_works(database: Database) -> None:
    async with opened(database) as working:
        await list_feeds(working)
        async with open_desk(database.url) as desk:
            begun = await desk.silences.begin(
                [read_matcher("watchlist=bases")],
                author="ada",
                comment="x",
                until=NOW + HOURS,
                watchlists=WATCHLISTS,
                now=NOW,
            )
        await record(working, sighting("a"))
        assert await counts(working) == {begun.silence.id: 1}
        assert await states(working) == []


# --- for all silences and all matches ---------------------------------------------------------

_MATCHERS = (
    "watchlist=bases",
    'watchlist=~"bases|latakia"',
    "severity!=medium",
    'severity=~"high|critical"',
    'owner=""',
    "owner!~.+desk",
    "tag=war",
    "publisher=Nobody",
    "place=Blast",
)
#: Matchers, the hour at which they begin, and how many they last.
_Silenced = list[tuple[list[str], int, int]]
#: Watchlists that are met, how severe, and in which hour.
_Reported = list[tuple[set[str], Severity, int]]
_SILENCES = st.lists(
    st.tuples(
        st.lists(st.sampled_from(_MATCHERS), min_size=1, max_size=3),
        st.integers(0, 5),
        st.integers(1, 6),
    ),
    max_size=4,
)
_REPORTS = st.lists(
    st.tuples(
        st.sets(st.sampled_from(sorted(OWNERS)), min_size=1),
        st.sampled_from(Severity),
        st.integers(0, 10),
    ),
    min_size=1,
    max_size=6,
)


class Histories:
    """One database for all examples, each of which has a week of its own: opening one takes long."""

    def __init__(self, folder: Path) -> None:
        self.runner = asyncio.Runner()
        self.opened = AsyncExitStack()
        self.storage = self.runner.run(self._open(folder))
        self.weeks = 0

    async def _open(self, folder: Path) -> Storage:
        storage = await self.opened.enter_async_context(opened(on_sqlite(folder)))
        await list_feeds(storage)
        return storage

    def close(self) -> None:
        self.runner.run(self.opened.aclose())
        self.runner.close()


@pytest.fixture(scope="module")
def histories(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Histories]:
    made = Histories(tmp_path_factory.mktemp("histories"))
    yield made
    made.close()


@settings(max_examples=60, deadline=None)
@given(wanted=_SILENCES, reports=_REPORTS)
def test_nothing_rings_that_a_silence_meets_and_everything_else_does(
    histories: Histories, wanted: _Silenced, reports: _Reported
) -> None:
    histories.weeks += 1
    histories.runner.run(_history(histories.storage, histories.weeks, wanted, reports))


async def _history(storage: Storage, week: int, wanted: _Silenced, reports: _Reported) -> None:
    hours = [NOW + timedelta(weeks=week, hours=count) for count in range(12)]
    begun: list[Silence] = []
    ring: set[tuple[str, str]] = set()
    kept: set[tuple[str, str]] = set()
    for at, now in enumerate(hours):
        for number, (lists, severity, when) in enumerate(reports):
            if when == at:
                seen = sighting(f"{week}-{number}", *sorted(lists), severity=severity)
                await record(storage, seen, now=now)
                for item in seen.matches:
                    met = any(
                        one.begins_at <= now < one.ends_at and meets_all(one.matchers, item.labels)
                        for one in begun
                    )
                    key = (item.match.article, item.match.watchlist)
                    (kept if met else ring).add(key)
        # What is sent is held by no later silence.
        await _send_all(storage, now)
        for matchers, start, length in wanted:
            if start == at:
                until = now + timedelta(hours=length)
                begun.append((await begin(storage, *matchers, now=now, until=until)).silence)
    ours = {article for article, _ in ring | kept}
    assert {pair for pair in await named(storage) if pair[0] in ours} == ring
    rows = [row for row in await table(storage, matches) if row["article"] in ours]
    assert {(row["article"], row["watchlist"]) for row in rows if row["silence"]} == kept
    numbers = await counts(storage)
    assert sum(numbers[one.id] for one in begun) == len(kept)
    rang = [row["story"] for row in await table(storage, alerts) if row["story"] in ours]
    assert sorted(rang) == sorted({article for article, _ in ring})


async def _send_all(storage: Storage, now: datetime) -> None:
    until = now + timedelta(minutes=3)
    while due := await storage.outbox.lease_due("telegram", now=now, until=until, limit=99):
        for delivery in due:
            await storage.outbox.mark_sent(delivery, Receipt(), now=now)


def test_the_builders_match_is_found_by_the_words_of_its_title() -> None:
    """What `place=Blast` above relies on."""
    assert a_match(an_article()).evidence[0].term == "Blast"
