"""What is forgotten, and that nothing goes which could make a second alert."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from sqlalchemy import insert, update

from alerts.model import DeliveryState, Receipt, Sighting
from alerts.storage import Storage
from alerts.storage.retention import _BYTES_IN_USE, LEAST, Keep, Retention, forgettable
from alerts.storage.tables import (
    EPOCH,
    alert_matches,
    alerts,
    articles,
    bot_updates,
    bounces,
    deliveries,
    feedback,
    full_texts,
    matches,
    metadata,
    revisions,
    stories,
    story_keys,
    updates,
)
from tests.builders import (
    NOW,
    a_destination,
    a_notice,
    a_sighting,
    a_state,
    an_article,
    an_operator,
)
from tests.storage.databases import Database, count, list_feeds, on_sqlite, opened, record, table

DAY = timedelta(days=1)
#: A hundred days after the story was told.
LATER = NOW + 100 * DAY
OF_A_STORY = (stories, story_keys, articles, matches, alerts, alert_matches, deliveries)


def retention(storage: Storage) -> Retention:
    """Return what a nightly job has."""
    return Retention(storage.outbox._writer, storage.outbox._readers)


async def sweep(storage: Storage, now: datetime = LATER, **keep: Any) -> dict[str, int]:
    return await retention(storage).sweep(now, Keep(**keep))


async def told(storage: Storage, *sightings: Sighting, now: datetime = NOW) -> None:
    """Record a poll and let everything that it made arrive."""
    await record(storage, *(sightings or (a_sighting(),)), now=now)
    await arrive(storage, now)


async def arrive(storage: Storage, now: datetime = NOW) -> None:
    while leased := await storage.outbox.lease_due(
        "telegram", now=now, until=now + timedelta(minutes=3), limit=50
    ):
        for delivery in leased:
            await storage.outbox.mark_sent(delivery, Receipt(message_id="7"), now=now)


async def moved_on(storage: Storage, now: datetime = LATER) -> None:
    """Let the feed bring something newer, without the articles from before: 95 days ago."""
    now -= 95 * DAY
    newer = an_article("newer", seen_at=now)
    sighting = a_sighting(newer, watchlists=())
    await record(
        storage,
        sighting,
        listed=(newer.id,),
        now=now,
    )


async def put(storage: Storage, statement: Any) -> None:
    await storage.outbox._writer.run(lambda connection: connection.execute(statement))


@pytest.fixture
async def old(storage: Storage) -> Storage:
    """A database with a story that was told a hundred days ago and is not listed any more."""
    await list_feeds(storage)
    await told(storage)
    await moved_on(storage)
    return storage


# --- what goes --------------------------------------------------------------------------------


async def test_an_old_story_goes_with_everything_that_hangs_on_it(old: Storage) -> None:
    article = an_article()
    changed = replace(article, title="Blast near Hmeymim")
    await record(old, a_sighting(changed, digest="other", watchlists=()), state=a_state())
    [alert] = await table(old, alerts)
    await put(
        old,
        insert(feedback).values(
            alert=alert["id"], person="telegram:1", verdict="useful", given_at=NOW
        ),
    )
    await put(old, insert(full_texts).values(article=article.id, digest="d", attempt=1, error=""))
    await an_update(old, state="sent")
    await moved_on(old)
    gone = await sweep(old)
    left = {source.name: await count(old, source) for source in metadata.sorted_tables}
    for source in (revisions, feedback, full_texts, updates, alerts, alert_matches, matches):
        assert left[source.name] == 0
        assert gone[source.name] > 0, source.name
    # What the feed lists now is there.
    assert (left["articles"], left["stories"], left["deliveries"]) == (1, 1, 0)


async def an_update(storage: Storage, **values: Any) -> None:
    """Write a delivery that says what became of the story."""
    [delivery, *_] = await table(storage, deliveries)
    [alert] = await table(storage, alerts)
    await put(
        storage, insert(deliveries).values({**delivery, "id": "u" * 64, "kind": "update"} | values)
    )
    await put(
        storage,
        insert(updates).values(
            delivery="u" * 64, alert=alert["id"], headline_before="", watchlists=[]
        ),
    )


async def test_many_stories_go_in_small_transactions(storage: Storage) -> None:
    await list_feeds(storage)
    await told(storage, *(a_sighting(an_article(str(n))) for n in range(130)))
    await moved_on(storage)
    gone = await sweep(storage)
    assert (gone["stories"], gone["deliveries"]) == (130, 130)
    assert await sweep(storage) == {}


async def test_a_list_stays_until_its_last_alert_goes(storage: Storage) -> None:
    await list_feeds(storage)
    to = [a_destination(gathers="desk")]
    await told(storage, a_sighting(to=to), a_sighting(an_article("b"), to=to))
    await moved_on(storage)
    await put(
        storage, update(articles).where(articles.c.id == an_article("b").id).values(listed_at=LATER)
    )
    gone = await sweep(storage)
    assert (gone["alerts"], gone.get("deliveries")) == (1, None)
    assert await count(storage, deliveries) == 1


async def test_dead_letters_and_what_is_held_stay_longer(old: Storage) -> None:
    for state in ("dead", "held"):
        await put(old, update(deliveries).values(state=state, created_at=NOW))
        assert await sweep(old, NOW + 179 * DAY) == {}
    assert (await sweep(old, NOW + 181 * DAY))["deliveries"] == 1


async def test_bounces_and_updates_of_the_bot_go_by_their_age(storage: Storage) -> None:
    for days in (1, 8, 91):
        at = LATER - days * DAY
        await put(storage, insert(bot_updates).values(id=days, seen_at=at))
        await put(
            storage,
            insert(bounces).values(
                target="a@example.org",
                message_id=str(days),
                status="5.1.1",
                reason="",
                bounced_at=at,
            ),
        )
    assert await sweep(storage) == {"bounces": 1, "bot_updates": 2}


# --- what stays -------------------------------------------------------------------------------


@pytest.mark.parametrize("state", [s for s in DeliveryState if s not in Keep().deliveries])
async def test_nothing_goes_that_is_under_way(state: DeliveryState, old: Storage) -> None:
    await put(old, update(deliveries).values(state=state.value))
    assert await sweep(old, NOW + 9_999 * DAY) == {}


@pytest.mark.parametrize("state", ["pending", "leased", "ambiguous"])
async def test_an_update_under_way_keeps_its_story(state: str, old: Storage) -> None:
    await an_update(old, state=state)
    assert await sweep(old, NOW + 9_999 * DAY) == {}


NEEDED = [
    ("sent lately", update(deliveries).values(sent_at=LATER - 89 * DAY)),
    ("listed lately", update(articles).values(listed_at=LATER - 89 * DAY)),
    ("its headline or link was seen lately", update(story_keys).values(seen_at=LATER - 89 * DAY)),
    ("it left its feed lately", update(articles).values(seen_at=LATER - 89 * DAY)),
    ("the feed has brought nothing new since", update(articles).values(seen_at=NOW)),
]


@pytest.mark.parametrize(("why", "statement"), NEEDED, ids=[why for why, _ in NEEDED])
async def test_what_could_ring_again_is_kept(why: str, statement: Any, old: Storage) -> None:
    await put(old, statement)
    before = {source.name: await count(old, source) for source in OF_A_STORY}
    assert await sweep(old) == {}
    assert {source.name: await count(old, source) for source in OF_A_STORY} == before


async def test_one_article_that_is_still_listed_keeps_the_story_of_all(storage: Storage) -> None:
    await list_feeds(storage)
    other = an_article("b")
    same = a_sighting(other, story_keys=(f"url:{an_article().url}",))
    await told(storage, a_sighting(), same)
    await moved_on(storage)
    await put(storage, update(articles).where(articles.c.id == other.id).values(listed_at=LATER))
    assert await sweep(storage) == {}
    assert await count(storage, stories) == 2


@pytest.mark.parametrize(
    "keep",
    [
        {"articles": LEAST - timedelta(seconds=1)},
        {"deliveries": {DeliveryState.PENDING: DAY}},
        {"deliveries": {DeliveryState.SENT: DAY, DeliveryState.AMBIGUOUS: DAY}},
    ],
)
async def test_a_promise_cannot_be_configured_away(keep: dict[str, Any], old: Storage) -> None:
    with pytest.raises(ValueError, match="second alert"):
        await sweep(old, **keep)


def test_days_are_those_of_the_defaults() -> None:
    assert Keep.days(articles=90, sent=90, dead=180) == Keep()
    assert Keep.days(articles=90, sent=90, dead=180, megabytes=7).size == 7_000_000


# --- when the database is too large -----------------------------------------------------------


async def of_three_months(storage: Storage) -> None:
    """Tell a story each day for ninety days, on the last of which it is NOW; each is some 10 kB."""
    await list_feeds(storage)
    for days in range(90, -1, -1):
        now = NOW - days * DAY
        article = an_article(str(days), seen_at=now, content="Words. " * 1_400)
        await told(storage, a_sighting(article, to=[a_destination(due_at=now)]), now=now)


async def in_use(storage: Storage) -> int:
    async with storage.outbox._readers.begin() as connection:
        return int(await connection.scalar(_BYTES_IN_USE) or 0)


async def test_the_oldest_stories_go_until_the_database_is_small_enough(sqlite: Database) -> None:
    async with opened(sqlite) as storage:
        await of_three_months(storage)
        await storage.word_index.add(since=EPOCH)
        assert await sweep(storage, NOW, size=10**9) == {}
        wanted = await in_use(storage) - 100_000
        gone = await sweep(storage, NOW, size=wanted)
        assert 0 < gone["stories"] == gone["deliveries"] < 60
        assert await in_use(storage) <= wanted
        left = {row["seen_at"] for row in await table(storage, articles)}
        assert left == {NOW - days * DAY for days in range(91 - gone["stories"])}
        assert await sweep(storage, NOW, size=wanted) == {}


async def test_what_could_ring_again_is_kept_however_large_the_database_is(
    sqlite: Database,
) -> None:
    async with opened(sqlite) as storage:
        await of_three_months(storage)
        await put(
            storage,
            update(deliveries)
            .where(deliveries.c.created_at == NOW - 80 * DAY)
            .values(state="dead"),
        )
        await sweep(storage, NOW, size=0)
        ages = {(NOW - row["seen_at"]).days for row in await table(storage, articles)}
        # A dead letter; fourteen days, and what left the feed within them as far as the table knows.
        assert ages == {80, *range(18)}
        assert await retention(storage).is_too_large(Keep(size=0))
        assert not await retention(storage).is_too_large(Keep())


async def test_the_size_of_a_server_is_not_ours_to_judge(old: Storage) -> None:
    is_sqlite = old.outbox._readers.dialect.name == "sqlite"
    assert await retention(old).is_too_large(Keep(size=0)) is is_sqlite


class Doc(StrEnum):
    """What a poll brings."""

    LISTS = "the article, and perhaps something new"
    OMITS = "something new, and the article not"
    SILENCE = "a failure, or 304"


Polls = st.lists(
    st.tuples(st.integers(1, 60), st.sampled_from(Doc), st.booleans()), min_size=1, max_size=9
)


@pytest.mark.parametrize("keep", [Keep(), Keep(size=0)], ids=["by age", "by size"])
@settings(max_examples=12)
@given(polls=Polls)
@example(polls=[(50, Doc.SILENCE, False), (50, Doc.OMITS, True), (1, Doc.LISTS, False)])
@example(polls=[(50, Doc.SILENCE, False), (50, Doc.SILENCE, False), (1, Doc.LISTS, True)])
@example(polls=[(3, Doc.OMITS, True), (50, Doc.OMITS, True), (36, Doc.LISTS, False)])
@example(polls=[(3, Doc.OMITS, True), (5, Doc.OMITS, True), (8, Doc.LISTS, False)])
async def test_no_history_of_polls_and_sweeps_rings_twice(
    keep: Keep, polls: list[tuple[int, Doc, bool]]
) -> None:
    """As long as an article was not away for ninety days, or fourteen where room is wanted."""
    away = keep.articles if keep.size is None else LEAST
    with tempfile.TemporaryDirectory() as folder:
        async with opened(on_sqlite(Path(folder))) as storage:
            await list_feeds(storage)
            rang, now = 0, NOW
            left_at: datetime | None = None
            for number, (days, doc, is_new) in enumerate([(0, Doc.LISTS, True), *polls]):
                now += days * DAY
                if doc is Doc.LISTS:
                    if left_at is not None and now - left_at >= away:
                        break
                    left_at = None
                elif doc is Doc.OMITS:
                    left_at = left_at or now
                rang += await poll(storage, number, now, doc, is_new=is_new)
                await arrive(storage, now)
                await retention(storage).sweep(now, keep)
            assert rang == 1


async def poll(storage: Storage, number: int, now: datetime, doc: Doc, *, is_new: bool) -> int:
    """Poll as the poller does: what is stored is not seen again; return how often it rang."""
    known = {row["id"] for row in await table(storage, articles)}
    article, newer = an_article(seen_at=now), an_article(str(number), seen_at=now)
    listed, seen = list[str](), list[Sighting]()
    if doc is Doc.LISTS:
        listed.append(article.id)
        seen += [a_sighting(article)] if article.id not in known else []
    if doc is Doc.OMITS or (doc is Doc.LISTS and is_new):
        listed.append(newer.id)
        seen.append(a_sighting(newer, watchlists=()))
    _, _, alerted = await record(storage, *seen, listed=tuple(listed), now=now)
    return alerted


# --- notices ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Told:
    delivery: str
    about: str
    episode: int
    state: str
    old: bool


@pytest.mark.parametrize(
    ("rows", "goes"),
    [
        ([("a", 1, "ill", True)], []),
        ([("a", 1, "ill", True), ("a", 1, "", True)], [0, 1]),
        ([("a", 1, "ill", True), ("a", 1, "", False)], []),
        ([("a", 1, "ill", False), ("a", 1, "", True)], []),
        ([("a", 1, "ill", True), ("a", 2, "ill", True)], [0]),
        ([("a", 1, "ill", True), ("b", 2, "ill", True)], []),
        ([("a", 1, "ill", True), ("a", 1, "worse", False), ("a", 2, "ill", False)], []),
    ],
)
def test_an_episode_goes_as_a_whole_when_it_has_ended(
    rows: list[tuple[str, int, str, bool]], goes: list[int]
) -> None:
    told = [Told(str(number), *row) for number, row in enumerate(rows)]
    assert forgettable(told) == [str(number) for number in goes]


async def test_trouble_that_lasts_is_remembered_and_not_told_again(storage: Storage) -> None:
    for about, states in {"rules": ("broken",), "feeds/a": ("ill", "")}.items():
        for state in states:
            await storage.outbox.notify(a_notice(state, about=about), an_operator(), now=NOW)
            await arrive(storage, NOW)
    gone = await sweep(storage)
    assert gone == {"notices": 2, "deliveries": 2}
    assert await storage.outbox.notify(a_notice("broken"), an_operator(), now=LATER) == 0
    ill = a_notice("ill", about="feeds/a")
    assert await storage.outbox.notify(ill, an_operator(), now=LATER) == 1
