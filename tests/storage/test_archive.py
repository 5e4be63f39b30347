"""Articles are found by whatever names them, and read in the order of their coming."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from alerts.model import Article, Novelty
from alerts.storage import Storage
from alerts.storage.archive import Archived
from tests.builders import FEED, NOW, a_feed, a_sighting, a_state, an_article, hashed
from tests.storage.databases import list_feeds, record

SECOND = timedelta(seconds=1)
OTHER = "https://other.example/rss"


async def kept(storage: Storage, *articles: Article, now: datetime = NOW) -> None:
    await list_feeds(storage, a_feed(), a_feed(OTHER))
    for article in articles:
        sighting = a_sighting(article, watchlists=())
        await record(storage, sighting, now=now, state=a_state(article.feed))


def ids(found: list[Archived]) -> list[str]:
    return [each.article.id for each in found]


async def read(storage: Storage, since: datetime, until: datetime) -> list[Archived]:
    return [
        each async for stretch in storage.archive.read(since=since, until=until) for each in stretch
    ]


async def test_an_article_is_found_as_it_was_stored(storage: Storage) -> None:
    article = an_article(
        feed=OTHER, tags=("a", "ü"), author="Ann", language="en", content="Words\nof it."
    )
    await kept(storage, article)
    found = Archived(article=article, story=article.id, novelty=Novelty.NEW)
    for named in (article.id, article.id[:8], article.id[:20].upper(), article.url):
        assert await storage.archive.find(named) == [found]


@pytest.mark.parametrize(
    "named",
    [
        "https://news.example/blast?id=7",
        "http://www.news.example/blast/?id=7&utm_source=x",
        "https://NEWS.example//blast?fbclid=1&id=7",
    ],
)
async def test_an_address_is_found_however_it_is_written(storage: Storage, named: str) -> None:
    wanted = an_article("wanted", url="https://www.News.example/blast?id=7&ref=rss")
    others = (
        an_article("other", url="https://news.example/blast?id=8"),
        an_article("percent", url="https://news_example/blast?id=7"),
    )
    await kept(storage, wanted, *others)
    assert ids(await storage.archive.find(named)) == [wanted.id]


async def test_an_exact_address_wins_over_one_that_is_written_otherwise(storage: Storage) -> None:
    plain = an_article("plain", url="https://news.example/x")
    tracked = an_article("tracked", url="https://news.example/x?utm_source=rss")
    await kept(storage, plain, tracked)
    assert ids(await storage.archive.find(tracked.url)) == [tracked.id]
    named = await storage.archive.find("https://news.example/x?utm_source=mail")
    assert set(ids(named)) == {plain.id, tracked.id}


async def test_an_ambiguous_beginning_names_several(storage: Storage) -> None:
    twins = [replace(an_article(name), id="ab" * 6 + hashed(name)[12:]) for name in "xy"]
    await kept(storage, *twins)
    assert set(ids(await storage.archive.find("ab" * 6))) == {twin.id for twin in twins}


@pytest.mark.parametrize("named", ["", "abc", "%", "nothing-like-it", "https://", "\0", "f" * 70])
async def test_what_names_nothing_finds_nothing(storage: Storage, named: str) -> None:
    await kept(storage, an_article())
    assert await storage.archive.find(named) == []


async def test_the_nearest_are_those_with_the_most_alike_id_or_of_the_same_site(
    storage: Storage,
) -> None:
    assert await storage.archive.nearest("abcdef01") == []
    alike = replace(an_article("alike"), id="abcd" + "0" * 60)
    other = replace(an_article("other", url="https://b.example/1"), id="1" * 64)
    await kept(storage, alike, other)
    assert ids(await storage.archive.nearest("abcdffff")) == [alike.id]
    assert ids(await storage.archive.nearest("https://www.b.example/2")) == [other.id]
    assert len(await storage.archive.nearest("no id at all")) == 2
    assert len(await storage.archive.nearest("no id at all", most=1)) == 1


async def test_of_a_site_the_most_alike_addresses_are_the_nearest(storage: Storage) -> None:
    pages = (
        "world/harbour-opens",
        "world/munition-hits-hangar",
        "sport/munition",
        "world/munitions",
    )
    found = [
        an_article(
            page, url=f"https://www.B.example/{page}?utm_source=rss", seen_at=NOW + number * SECOND
        )
        for number, page in enumerate(pages)
    ]
    elsewhere = an_article("else", url="https://c.example/world/munition-hits-a-hangar")
    await kept(storage, *found, elsewhere)
    asked = "http://b.example/world/munition-hits-a-hangar"
    assert ids(await storage.archive.nearest(asked, most=2)) == [found[1].id, found[3].id]
    assert len(await storage.archive.nearest(asked)) == len(pages)
    for nowhere in ("https://d.example/world", "https://[b.example/"):
        assert await storage.archive.nearest(nowhere) == []


async def test_versions_hold_the_words_of_their_time(storage: Storage) -> None:
    first = an_article()
    await kept(storage, first)
    second = replace(first, title="Second title", content="More")
    third = replace(second, title="Third title")
    for minute, article in enumerate((second, third), 1):
        sighting = a_sighting(article, watchlists=())
        await record(storage, sighting, now=NOW + minute * 60 * SECOND)
    found = await storage.archive.versions(first.id)
    assert [(each.article.title, each.until) for each in found] == [
        (first.title, NOW + 60 * SECOND),
        ("Second title", NOW + 120 * SECOND),
        ("Third title", None),
    ]
    assert found[0].article == first
    assert await storage.archive.versions("unknown") == []


async def test_the_archive_is_read_in_the_order_of_coming_and_without_a_gap(
    storage: Storage,
) -> None:
    # More than a stretch, and many at one time.
    articles = [
        an_article(str(number), seen_at=NOW + number // 700 * SECOND) for number in range(2_100)
    ]
    await list_feeds(storage)
    await record(storage, *(a_sighting(article, watchlists=()) for article in articles))
    in_order = sorted(articles, key=lambda each: (each.seen_at, each.id))
    found = await read(storage, NOW, NOW + 10 * SECOND)
    assert [each.article for each in found] == in_order
    some = await read(storage, NOW + SECOND, NOW + 2 * SECOND)
    assert [each.article for each in some] == in_order[700:1400]
    assert await storage.archive.count(since=NOW + SECOND, until=NOW + 2 * SECOND) == 700
    assert await read(storage, NOW + 10 * SECOND, NOW + 20 * SECOND) == []
    assert {each.article.feed for each in found} == {FEED}


async def test_the_archive_is_read_backwards_in_stretches_as_long_as_asked_for(
    storage: Storage,
) -> None:
    articles = [an_article(str(number), seen_at=NOW + number // 9 * SECOND) for number in range(50)]
    await kept(storage, *articles)
    backwards = sorted(articles, key=lambda each: (each.seen_at, each.id), reverse=True)
    window = {"since": NOW + SECOND, "until": NOW + 5 * SECOND}
    reading = storage.archive.read(**window, newest_first=True, together=7)
    found = [[each.article for each in stretch] async for stretch in reading]
    assert [len(stretch) for stretch in found] == [7, 7, 7, 7, 7, 1]
    assert [each for stretch in found for each in stretch] == backwards[5:41]


async def test_a_key_finds_the_articles_of_its_story(storage: Storage) -> None:
    first, second = an_article("a"), an_article("b", seen_at=NOW + SECOND)
    await list_feeds(storage)
    for article in (first, second, an_article("other")):
        key = "url:other" if article.guid.endswith("other") else "url:one"
        await record(storage, a_sighting(article, watchlists=(), story_keys=(key,)))
    assert ids(await storage.archive.at_key("url:one")) == [second.id, first.id]
    assert await storage.archive.at_key("url:none") == []
