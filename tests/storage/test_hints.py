"""What was agreed with hubs, and which pages are wanted, on SQLite and on PostgreSQL."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.model import Article, Novelty, Push, PushState
from alerts.storage import Pages, Storage
from alerts.storage.full_texts import WantedText
from tests.builders import FEED, NOW, a_feed, a_sighting, a_state, an_article, hashed
from tests.storage.databases import list_feeds, record

OTHER = "https://other.example/feed.xml"
HOUR = timedelta(hours=1)


def a_push(feed: str = FEED, **fields: object) -> Push:
    given: dict[str, object] = {
        "feed": feed,
        "hub": "https://hub.example/",
        "topic": feed,
        "path": hashed(feed),
        "secret": "secret",
        "state": PushState.ASKED,
        "due_at": NOW,
    }
    return Push(**given | fields)  # type: ignore[arg-type]


async def test_an_agreement_comes_back_as_it_was(storage: Storage) -> None:
    push = a_push(
        state=PushState.DISTRUSTED,
        asked_at=NOW,
        lease_until=NOW + HOUR,
        attempt=3,
        proofs=2,
        misses=1,
        found_at=NOW - HOUR,
        told_at=NOW + 2 * HOUR,
        error="the hub answered \0 500",
    )
    await storage.pushes.keep(a_push())
    await storage.pushes.keep(a_push(OTHER))
    await storage.pushes.keep(push)
    found = {each.feed: each for each in await storage.pushes.all()}
    assert found == {FEED: replace(push, error="the hub answered ? 500"), OTHER: a_push(OTHER)}
    await storage.pushes.drop(FEED)
    assert await storage.pushes.all() == [a_push(OTHER)]


async def wanted(storage: Storage, *, after: timedelta = timedelta(0)) -> list[WantedText]:
    since, now = NOW - 24 * HOUR, NOW + after
    return await storage.full_texts.wanted([FEED, OTHER], since=since, now=now)


def article(name: str, feed: str = FEED, **fields: object) -> Article:
    return an_article(name, feed=feed, **fields)


async def test_new_articles_are_wanted_and_the_past_and_the_late_are_not(storage: Storage) -> None:
    await list_feeds(storage)
    await record(
        storage,
        a_sighting(article("new")),
        a_sighting(article("past"), novelty=Novelty.BASELINE),
        a_sighting(article("late"), novelty=Novelty.LATE),
        a_sighting(article("old", seen_at=NOW - 25 * HOUR)),
        a_sighting(article("no link", url="")),
    )
    (text,) = await wanted(storage)
    assert (text.article, text.attempt) == (article("new"), 0)
    since = NOW - 24 * HOUR
    assert await storage.full_texts.wanted(["https://x.example/"], since=since, now=NOW) == []
    assert await storage.full_texts.wanted([], since=since, now=NOW) == []


async def test_a_busy_feed_crowds_out_no_other(storage: Storage) -> None:
    await list_feeds(storage, a_feed(), a_feed(OTHER))
    many = [
        a_sighting(article(f"a{number}", seen_at=NOW - (10 - number) * timedelta(minutes=1)))
        for number in range(10)
    ]
    await record(storage, *many)
    await record(storage, a_sighting(article("b", OTHER)), state=a_state(OTHER))
    found = [text.article for text in await wanted(storage)]
    assert [each.guid for each in found] == [f"urn:news:{name}" for name in ("a0", "a1", "a2", "b")]


async def test_a_failure_waits_counts_and_is_given_up(storage: Storage) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(article("a")))
    (text,) = await wanted(storage)
    await storage.full_texts.failed(text, "503", due_at=NOW + HOUR)
    assert await wanted(storage) == []
    (again,) = await wanted(storage, after=HOUR)
    assert again.attempt == 1
    await storage.full_texts.failed(again, "503", due_at=None)
    assert await wanted(storage, after=2 * HOUR) == []


async def test_pages_are_counted_by_feed_with_the_newest_error(storage: Storage) -> None:
    await list_feeds(storage, a_feed(), a_feed(OTHER))
    errors = {"a": "503", "b": "403", "c": "", "old": "404"}
    for age, name in enumerate(errors):
        seen_at = NOW - (2 if name == "old" else 0) * HOUR - age * timedelta(minutes=1)
        await record(storage, a_sighting(article(name, seen_at=seen_at)))
    await record(storage, a_sighting(article("d", OTHER)), state=a_state(OTHER))
    for _ in range(2):
        for text in await wanted(storage):
            if error := errors.get(text.article.guid.removeprefix("urn:news:"), ""):
                await storage.full_texts.failed(text, error, due_at=None)
            else:
                await storage.full_texts.read(text, None, rule_set="r1", now=NOW)
    assert await storage.overview.pages(since=NOW - HOUR) == {
        FEED: Pages(asked=3, unread=2, error="503"),
        OTHER: Pages(asked=1, unread=0),
    }


async def test_words_of_a_page_are_kept_once_and_the_feeds_digest_stays(storage: Storage) -> None:
    await list_feeds(storage)
    sighting = a_sighting(article("a"), watchlists=())
    await record(storage, sighting)
    (text,) = await wanted(storage)
    after = a_sighting(replace(text.article, content="All of it.", language="en"))
    assert await storage.full_texts.read(text, after, rule_set="r1", now=NOW) == 1
    assert await wanted(storage) == []
    (stored,) = await storage.feeds.articles([text.article.id])
    assert (stored.content, stored.language) == ("All of it.", "en")
    assert await storage.feeds.known([stored.id]) == {stored.id: sighting.digest}


async def test_words_of_a_page_come_too_late_when_the_feed_has_changed_the_article(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(article("a")))
    (text,) = await wanted(storage)
    changed = replace(article("a"), summary="Corrected.")
    await record(storage, a_sighting(changed, digest=hashed("changed")))
    page = a_sighting(replace(text.article, content="Of the page before."))
    assert await storage.full_texts.read(text, page, rule_set="r1", now=NOW) is None
    (again,) = await wanted(storage)
    assert (again.article.summary, again.article.content) == ("Corrected.", "")
    assert await storage.full_texts.read(again, None, rule_set="r1", now=NOW) == 0
    assert await wanted(storage) == []
