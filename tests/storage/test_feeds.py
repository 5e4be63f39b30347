"""Feeds keep their memory, whatever the rule files do with them."""

from __future__ import annotations

from datetime import timedelta

from alerts.model import FeedState, Pace
from alerts.storage import Storage
from tests.builders import FEED, NOW, a_feed, a_sighting, a_state, an_article
from tests.storage.databases import list_feeds, record

OTHER = "https://other.example/rss"


async def test_a_new_feed_is_due_when_the_schedule_says(storage: Storage) -> None:
    first = {FEED: NOW, OTHER: NOW + timedelta(minutes=7)}
    states = await storage.feeds.enlist([a_feed(), a_feed(OTHER)], first)
    assert states == {url: FeedState(url=url, next_due_at=due_at) for url, due_at in first.items()}


async def test_a_known_feed_keeps_its_state_and_takes_its_new_publisher(storage: Storage) -> None:
    await list_feeds(storage)
    state = a_state(etag='"1"', baselined_at=NOW, failures=0.25)
    await record(storage, state=state)
    renamed = a_feed(publisher="Renamed")
    later = NOW + timedelta(days=1)
    assert await list_feeds(storage, renamed, first_due_at=later) == {FEED: state}
    assert [listed.publisher for listed in await storage.overview.feeds()] == ["Renamed"]


async def test_a_feed_that_is_not_named_is_not_polled_and_comes_back_as_it_was(
    storage: Storage,
) -> None:
    await list_feeds(storage, a_feed(), a_feed(OTHER))
    state = a_state(etag='"1"', baselined_at=NOW)
    await record(storage, a_sighting(), state=state)
    assert list(await list_feeds(storage, a_feed(OTHER))) == [OTHER]
    assert [listed.state.url for listed in await storage.overview.feeds()] == [OTHER]
    article = an_article()
    assert list(await storage.feeds.known([article.id])) == [article.id]
    assert (await list_feeds(storage, a_feed(), a_feed(OTHER)))[FEED] == state


async def test_a_list_of_many_feeds_is_taken_up_whole(storage: Storage) -> None:
    many = [f"https://host.example/{number}" for number in range(1003)]
    kept = [a_feed(url, publisher="Renamed") for url in many[::2]]
    assert list(await list_feeds(storage, *map(a_feed, many))) == many
    assert list(await list_feeds(storage, *kept)) == many[::2]
    listed = {each.state.url: each.publisher for each in await storage.overview.feeds()}
    assert listed == dict.fromkeys(many[::2], "Renamed")
    assert sorted(await list_feeds(storage, *map(a_feed, reversed(many)))) == sorted(many)


async def test_no_feed_at_all_is_a_rule_set_too(storage: Storage) -> None:
    await list_feeds(storage)
    assert await storage.feeds.enlist([], {}) == {}
    assert await storage.overview.feeds() == []


async def test_a_feed_that_two_files_name_is_one(storage: Storage) -> None:
    assert list(await list_feeds(storage, a_feed(), a_feed(publisher="Again"))) == [FEED]
    assert len(await storage.overview.feeds()) == 1


async def test_stored_articles_are_found_by_id_and_by_feed(storage: Storage) -> None:
    await list_feeds(storage, a_feed(), a_feed(OTHER))
    first, second = an_article(), an_article("b", url="")
    await record(storage, a_sighting(first), a_sighting(second, story_keys=("b",)))
    assert await storage.feeds.articles([first.id, "unknown"]) == [first]
    assert await storage.feeds.articles([]) == []
    assert await storage.feeds.known([]) == {}
    assert await storage.feeds.links(FEED) == [first.url]
    assert await storage.feeds.links(OTHER) == []


async def test_everything_that_is_known_of_a_feed_is_stored(storage: Storage) -> None:
    await list_feeds(storage)
    state = a_state(
        rhythm=bytes(range(256)),
        listed_count=30,
        gaps=2,
        last_gap_at=NOW,
        late=5,
        unreliable_at=NOW,
        moved_to="https://new.example/feed",
        moved_at=NOW,
        moved=4,
        effective_url="https://newer.example/feed",
    )
    await record(storage, state=state)
    assert await list_feeds(storage) == {FEED: state}


async def test_the_pace_of_all_feeds_is_stored_with_a_poll(storage: Storage) -> None:
    assert await storage.feeds.pace() == Pace()
    await list_feeds(storage)
    for threshold in (0.25, 0.5):
        pace = Pace(threshold=threshold, polled=17.5, foretold=20.25, tuned_at=NOW)
        await record(storage, pace=pace)
        await record(storage)
        assert await storage.feeds.pace() == pace
