"""A poll is written whole or not at all, and twice is once (promises 1 and 3)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from alerts.errors import StorageError
from alerts.model import Address, IdentityRule, Novelty, RoutedMatch, Severity
from alerts.storage import Storage
from alerts.storage.sightings import MOST_REVISIONS
from alerts.storage.tables import (
    alert_matches,
    alerts,
    articles,
    deliveries,
    feeds,
    matches,
    revisions,
    stories,
    story_keys,
)
from tests.builders import (
    CHAT,
    FEED,
    NOW,
    a_destination,
    a_feed,
    a_match,
    a_sighting,
    a_state,
    an_article,
)
from tests.storage.databases import count, fetch, list_feeds, record, table

OTHER = "https://other.example/rss"
LEDGER = (stories, story_keys, articles, revisions, matches, deliveries, alerts, alert_matches)


async def rows(storage: Storage) -> dict[str, int]:
    return {source.name: await count(storage, source) for source in LEDGER}


async def test_a_poll_stores_state_articles_matches_and_deliveries_at_once(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    state = a_state(
        etag='W/"1"',
        last_modified="Wed, 01 May 2024 11:00:00 GMT",
        body_hash="ab",
        identity_rule=IdentityRule.LINK_AND_DATE,
        baselined_at=NOW,
        last_polled_at=NOW,
        last_read_at=NOW,
        last_new_at=NOW,
        last_document_at=NOW,
        failures=1.75,
        error="late",
        not_modified=3,
        gone_at=NOW + timedelta(microseconds=1),
        stopped=True,
    )
    assert await record(storage, a_sighting(), state=state) == (1, 0, 1)

    assert (await list_feeds(storage))[FEED] == state
    assert set((await rows(storage)).items()) >= {("articles", 1), ("matches", 1)}
    [leased] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW, limit=9)
    [alert] = leased.alerts
    assert leased.address == CHAT
    assert leased.receiver == "desk"
    assert alert.articles == (an_article(),)
    assert alert.matches == (a_match(),)


async def test_an_article_comes_back_as_it_was_stored(storage: Storage) -> None:
    article = an_article(
        title="Взрыв у Хмеймим 🔔 <&>\"'",
        content="x" * 100_000,
        author="A. Writer",
        tags=("syria", "air; base"),
        language="ru",
        published_at=datetime(1969, 12, 31, 23, 59, 59, 999_999, tzinfo=UTC),
        seen_at=NOW + timedelta(microseconds=1),
    )
    await list_feeds(storage)
    await record(storage, a_sighting(article))
    [delivery] = await storage.overview.recent()
    assert delivery.alerts[0].lead == article


async def test_an_error_in_the_middle_leaves_no_trace(storage: Storage) -> None:
    before = (await list_feeds(storage))[FEED]
    good, bad = a_sighting(), a_sighting(an_article("b"))
    broken = replace(bad, matches=(RoutedMatch(match=a_match(title=None), destinations=()),))
    with pytest.raises(StorageError):
        await record(storage, good, broken, state=a_state(etag="new"))
    assert set((await rows(storage)).values()) == {0}
    assert (await list_feeds(storage))[FEED] == before


async def test_the_same_poll_twice_makes_nothing_new(storage: Storage) -> None:
    await list_feeds(storage)
    sightings = (a_sighting(watchlists=("bases", "groups")), a_sighting(an_article("b")))
    assert await record(storage, *sightings) == (2, 0, 2)
    before = await rows(storage)
    assert await record(storage, *sightings, now=NOW + timedelta(hours=1)) == (0, 0, 0)
    assert await rows(storage) == before


async def test_the_same_poll_after_the_message_left_makes_nothing_new(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting())
    [leased] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW, limit=9)
    before = await rows(storage)
    assert await record(storage, a_sighting()) == (0, 0, 0)
    assert await rows(storage) == before
    assert [d.id for d in await storage.overview.recent()] == [leased.id]


async def test_an_article_that_a_document_lists_twice_is_one(storage: Storage) -> None:
    await list_feeds(storage)
    first = a_sighting()
    again = a_sighting(an_article(summary="Other words."), watchlists=("bases", "groups"))
    assert await record(storage, first, again) == (1, 0, 1)
    [delivery] = await storage.overview.recent()
    assert delivery.alerts[0].articles == (first.article,)
    assert {match.watchlist for match in delivery.alerts[0].matches} == {"bases", "groups"}


async def test_three_watchlists_of_one_address_are_one_message_with_three_matches(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    sighting = a_sighting(watchlists=("bases", "groups", "chemical"))
    severe = replace(sighting.matches[1].match, severity=Severity.HIGH)
    routed = (
        sighting.matches[0],
        replace(sighting.matches[1], match=severe),
        sighting.matches[2],
    )
    assert await record(storage, replace(sighting, matches=routed)) == (1, 0, 1)
    [leased] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW, limit=9)
    [alert] = leased.alerts
    assert alert.severity is Severity.HIGH
    assert [m.watchlist for m in alert.matches] == ["groups", "bases", "chemical"]
    assert len(alert.articles) == 1


async def test_each_address_has_a_delivery_of_its_own(storage: Storage) -> None:
    await list_feeds(storage)
    everybody = (
        a_destination("1"),
        a_destination("2"),
        a_destination(address=Address(channel="telegram", target="2", thread=7)),
        a_destination(address=Address(channel="email", target="2")),
    )
    assert await record(storage, a_sighting(to=everybody)) == (1, 0, 4)
    stored = await storage.overview.deliveries()
    assert {d.address for d in stored} == {destination.address for destination in everybody}


async def test_a_match_that_nobody_should_hear_of_is_stored_and_silent(storage: Storage) -> None:
    await list_feeds(storage)
    assert await record(storage, a_sighting(to=())) == (1, 0, 0)
    assert await count(storage, matches) == 1
    assert await count(storage, deliveries) == 0


@pytest.mark.parametrize("novelty", [Novelty.BASELINE, Novelty.LATE])
async def test_the_past_of_a_feed_is_stored_with_the_reason_and_silent(
    storage: Storage, novelty: Novelty
) -> None:
    await list_feeds(storage)
    past = a_sighting(novelty=novelty, watchlists=())
    assert await record(storage, past) == (1, 0, 0)
    [stored] = await table(storage, articles)
    assert stored["novelty"] == novelty.value
    assert await storage.feeds.known([past.article.id, "another"]) == {past.article.id: past.digest}


async def test_two_feeds_with_one_story_key_tell_one_story_once(storage: Storage) -> None:
    await list_feeds(storage, a_feed(), a_feed(OTHER))
    key = ("url:https://news.example/blast",)
    other = an_article("b", feed=OTHER, publisher="Other")
    assert await record(storage, a_sighting(story_keys=key)) == (1, 0, 1)
    poll = {"state": a_state(OTHER), "now": NOW + timedelta(minutes=1)}
    assert await record(storage, a_sighting(other, story_keys=key), **poll) == (1, 0, 0)  # type: ignore[arg-type]

    [delivery] = await storage.overview.recent()
    [alert] = delivery.alerts
    assert alert.articles == (an_article(), other)
    assert {match.article for match in alert.matches} == {an_article().id, other.id}
    assert await count(storage, stories) == 1


async def test_another_address_still_hears_of_a_story_that_one_was_sent(storage: Storage) -> None:
    await list_feeds(storage)
    key = ("url:https://news.example/blast",)
    await record(storage, a_sighting(story_keys=key))
    await storage.outbox.lease_due("telegram", now=NOW, until=NOW, limit=9)
    later = a_sighting(an_article("b"), story_keys=key, to=[a_destination("1"), a_destination()])
    assert await record(storage, later) == (1, 0, 1)


async def test_articles_of_one_poll_can_be_one_story(storage: Storage) -> None:
    await list_feeds(storage)
    first = a_sighting(story_keys=("url:1", "title:blast"))
    second = a_sighting(an_article("b"), story_keys=("url:2", "title:blast"))
    third = a_sighting(an_article("c"), story_keys=("url:2",))
    assert await record(storage, first, second, third) == (3, 0, 1)
    assert {row["story"] for row in await table(storage, articles)} == {first.article.id}


@pytest.mark.parametrize(
    ("key", "age", "told"),
    [
        ("title:blast near khmeimim", timedelta(days=7), 1),
        ("title:blast near khmeimim", timedelta(days=7, microseconds=1), 2),
        ("url:https://news.example/a", timedelta(days=400), 1),
    ],
)
async def test_a_headline_is_the_same_story_for_seven_days_and_a_link_for_ever(
    storage: Storage, key: str, age: timedelta, told: int
) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(story_keys=(key,)))
    await record(storage, a_sighting(an_article("b"), story_keys=(key,)), now=NOW + age)
    assert await count(storage, stories) == told
    assert await count(storage, alerts) == told


async def test_a_headline_that_expired_begins_a_new_seven_days(storage: Storage) -> None:
    await list_feeds(storage)
    for name, days in (("a", 0), ("b", 8), ("c", 14)):
        sighting = a_sighting(an_article(name), story_keys=("title:blast",))
        await record(storage, sighting, now=NOW + timedelta(days=days))
    told = await fetch(storage, select(articles.c.guid, articles.c.story))
    story = {row["guid"].removeprefix("urn:news:"): row["story"] for row in told}
    assert story["a"] != story["b"] == story["c"]


async def test_a_changed_article_keeps_its_earlier_words(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting())
    second = a_sighting(an_article(title="Blast kills two near Khmeimim"))
    later = NOW + timedelta(hours=1)
    assert await record(storage, second, now=later) == (0, 1, 0)
    [kept] = await table(storage, revisions)
    [stored] = await table(storage, articles)
    assert (kept["number"], kept["title"]) == (1, an_article().title)
    assert kept["replaced_at"] == later
    assert stored["title"] == second.article.title
    assert await storage.feeds.known([second.article.id]) == {second.article.id: second.digest}


async def test_a_changed_article_is_stored_in_its_new_language(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(an_article(language="en")))
    await record(storage, a_sighting(an_article(title="هجوم على القاعدة", language="ar")))
    [stored] = await table(storage, articles)
    assert stored["language"] == "ar"


async def test_a_new_match_of_changed_words_reaches_whoever_was_not_told(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(watchlists=()))
    second = a_sighting(an_article(title="Blast kills two near Khmeimim"))
    assert await record(storage, second) == (0, 1, 1)


async def test_no_more_than_24_revisions_are_kept(storage: Storage) -> None:
    await list_feeds(storage)
    for number in range(MOST_REVISIONS + 3):
        await record(storage, a_sighting(an_article(summary=f"Take {number}.")))
    assert MOST_REVISIONS == 24
    assert await count(storage, revisions) == MOST_REVISIONS
    [stored] = await table(storage, articles)
    assert stored["summary"] == "Take 24."


async def test_listed_at_is_kept_to_a_day(storage: Storage) -> None:
    await list_feeds(storage)
    article = an_article()
    seen = []
    for hours in (0, 24, 25):
        now = NOW + timedelta(hours=hours)
        listed = (article.id, "unknown")
        await record(storage, *([a_sighting()] if not hours else []), listed=listed, now=now)
        [row] = await table(storage, articles)
        seen.append(row["listed_at"])
    assert seen == [NOW, NOW, NOW + timedelta(hours=25)]


async def test_a_feed_that_was_removed_during_its_poll_leaves_nothing(storage: Storage) -> None:
    await list_feeds(storage)
    assert await record(storage, a_sighting(), state=a_state(OTHER)) == (0, 0, 0)
    assert set((await rows(storage)).values()) == {0}
    assert await count(storage, feeds) == 1


async def test_a_document_of_33_000_items_is_recorded(storage: Storage) -> None:
    """PostgreSQL takes 32,767 arguments a statement, SQLite as many by default."""
    await list_feeds(storage)
    ids = tuple(f"{number:064}" for number in range(33_000))
    assert await record(storage, a_sighting(), listed=(*ids, an_article().id)) == (1, 0, 1)
    assert set(await storage.feeds.known((*ids, an_article().id))) == {an_article().id}


async def test_an_article_for_33_000_addresses_is_recorded(storage: Storage) -> None:
    await list_feeds(storage)
    everybody = [a_destination(str(number)) for number in range(33_000)]
    assert await record(storage, a_sighting(to=everybody)) == (1, 0, 33_000)
    assert await count(storage, deliveries) == 33_000


async def test_text_that_no_database_holds_is_stored_without_it(storage: Storage) -> None:
    """Servers send NUL and broken bytes; neither may end the process."""
    await list_feeds(storage)
    state = a_state(etag="\udcff", error="a\0b")
    assert await record(storage, a_sighting(an_article(title="a\0b\ud800c")), state=state) == (
        1,
        0,
        1,
    )
    stored = (await list_feeds(storage))[FEED]
    assert (stored.etag, stored.error) == ("?", "a?b")
    [row] = await table(storage, articles)
    assert row["title"] == "a?b?c"
