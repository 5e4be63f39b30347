"""What rings: exactly what is new since the baseline (FEEDS.md, Tests to have)."""

from __future__ import annotations

from datetime import timedelta
from email.utils import format_datetime

import pytest

from alerts.model import Backfill, DeliveryKind, Novelty
from tests.builders import NOW
from tests.poller.conftest import Newsdesk, item, rss
from tests.servers.feed_server import Answer, status

#: Feeds whose articles are a week old are polled seldom.
HOUR = timedelta(hours=1)


async def test_a_hundred_entries_at_first_ring_nothing_and_entry_101_rings_once(
    desk: Newsdesk,
) -> None:
    past = [item(str(number)) for number in range(100)]
    desk.server.publish("/feed.xml", rss(*past))
    await desk.follow(desk.feed())
    await desk.poll()
    assert await desk.alerts() == []
    desk.server.publish("/feed.xml", rss(item("101"), *past[:-1]))
    await desk.poll()
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case 101"]
    assert desk.rung == 1


async def test_304_same_body_and_reordered_body_ring_nothing(desk: Newsdesk) -> None:
    past = [item(str(number)) for number in range(5)]
    desk.server.publish("/feed.xml", rss(*past))
    await desk.follow(desk.feed())
    await desk.poll()
    await desk.poll()
    assert desk.server.requests[-1].headers["If-None-Match"]
    desk.server.publish("/feed.xml", rss(*past), etag=False)
    await desk.poll()
    desk.server.publish("/feed.xml", rss(*reversed(past)), etag=False)
    await desk.poll()
    assert await desk.alerts() == []
    assert (await desk.state()).articles == 5


async def test_a_restart_asks_with_the_stored_validators_and_not_before_it_is_due(
    desk: Newsdesk,
) -> None:
    desk.server.publish("/feed.xml", rss(item("1")))
    await desk.follow(desk.feed(interval=timedelta(minutes=15)))
    await desk.poll()
    await desk.follow(desk.feed(interval=timedelta(minutes=15)))
    assert await desk.poll(after=timedelta(minutes=14)) == 0
    assert await desk.poll(after=timedelta(minutes=1)) == 1
    assert "If-None-Match" in desk.server.requests[-1].headers


async def test_backfill_sends_what_is_recent_as_one_list(desk: Newsdesk) -> None:
    def dated(name: str, hours: int) -> str:
        return item(name, pubDate=format_datetime(NOW - timedelta(hours=hours)))

    desk.server.publish("/a.xml", rss(dated("a1", 1), dated("a2", 30), item("undated")))
    desk.server.publish("/b.xml", rss(dated("b1", 2)))
    day = Backfill(age=timedelta(hours=24))
    await desk.follow(desk.feed("/a.xml", backfill=day), desk.feed("/b.xml", backfill=day))
    await desk.poll()
    (delivery,) = await desk.storage.overview.recent()
    assert delivery.kind is DeliveryKind.LIST
    assert await desk.alerts() == ["Sarin found in case a1", "Sarin found in case b1"]


async def test_a_backfill_of_so_many_items_takes_the_newest(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(*(item(str(number)) for number in range(9, 0, -1))))
    await desk.follow(desk.feed(backfill=Backfill(items=2)))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case 8", "Sarin found in case 9"]


async def test_a_feed_whose_url_was_edited_has_a_past_and_rings_for_the_next_article(
    desk: Newsdesk,
) -> None:
    past = [item(str(number)) for number in range(5)]
    desk.server.publish("/old.xml", rss(*past[1:]))
    await desk.follow(desk.feed("/old.xml"))
    await desk.poll()
    desk.server.publish("/new.xml", rss(*past))
    await desk.follow(desk.feed("/new.xml"))
    await desk.poll()
    assert await desk.alerts() == []
    desk.server.publish("/new.xml", rss(item("6"), *past))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case 6"]


@pytest.mark.parametrize("trouble", [None, status(503)])
async def test_what_came_in_a_week_of_standstill_is_past_and_the_next_article_rings(
    desk: Newsdesk, trouble: Answer | None
) -> None:
    """The program was stopped, or its database came from an old backup."""
    desk.server.publish("/feed.xml", rss(item("1", "Nothing")))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.clock.advance(days=7)
    await desk.follow(desk.feed())
    if trouble is not None:
        desk.server.answer("/feed.xml", trouble)
        await desk.poll()
    of_the_week = [item("3"), item("2"), item("1", "Sarin, after an edit")]
    desk.server.publish("/feed.xml", rss(*of_the_week))
    await desk.poll(after=HOUR)
    assert await desk.alerts() == []
    state = await desk.state()
    assert (state.articles, state.state.gaps) == (3, 0)
    await desk.follow(desk.feed())
    touched = item("1", "Sarin, after an edit", author="Somebody")
    desk.server.publish("/feed.xml", rss(item("4"), *of_the_week[:2], touched))
    await desk.poll(after=HOUR)
    assert await desk.alerts() == ["Sarin found in case 4"]


async def test_after_a_standstill_without_news_the_next_article_rings(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1")))
    await desk.follow(desk.feed())
    await desk.poll()
    assert await desk.poll(after=timedelta(days=5)) == 1
    assert desk.server.requests[-1].headers["If-None-Match"]
    desk.server.publish("/feed.xml", rss(item("2"), item("1")))
    await desk.poll(after=HOUR)
    assert await desk.alerts() == ["Sarin found in case 2"]


async def test_a_night_of_standstill_is_told(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1")))
    await desk.follow(desk.feed())
    await desk.poll()
    await desk.follow(desk.feed())
    desk.server.publish("/feed.xml", rss(item("2"), item("1")))
    await desk.poll(after=timedelta(hours=60))
    assert await desk.alerts() == ["Sarin found in case 2"]


async def test_backfill_sends_a_list_of_what_came_in_a_standstill(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1", "Nothing")))
    feed = desk.feed(backfill=Backfill(items=2))
    await desk.follow(feed)
    await desk.poll()
    desk.server.publish("/feed.xml", rss(*(item(str(number)) for number in range(9, 1, -1))))
    await desk.poll(after=timedelta(days=7))
    (delivery,) = await desk.storage.overview.recent()
    assert delivery.kind is DeliveryKind.LIST
    assert await desk.alerts() == ["Sarin found in case 8", "Sarin found in case 9"]


async def test_five_newest_deleted_upstream_ring_nothing(desk: Newsdesk) -> None:
    """What was below the document slides back into it with dates of last week."""
    old = format_datetime(NOW - timedelta(days=7))
    past = [item(str(number), pubDate=old) for number in range(20)]
    desk.server.publish("/feed.xml", rss(*past[:15]))
    await desk.follow(desk.feed())
    await desk.poll(after=HOUR)
    desk.server.publish("/feed.xml", rss(*past[5:20]))
    await desk.poll(after=HOUR)
    assert await desk.alerts() == []
    late = desk.metrics.articles.labels(Novelty.LATE.value)
    assert late._value.get() == 5


async def test_old_dates_after_an_empty_document_are_news(desk: Newsdesk) -> None:
    """Nothing was there that they could have slid back behind."""
    desk.server.publish("/feed.xml", rss())
    await desk.follow(desk.feed())
    await desk.poll()
    old = format_datetime(NOW - timedelta(days=2000))
    desk.server.publish("/feed.xml", rss(item("1", pubDate=old)))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case 1"]


async def test_a_publisher_who_dates_by_the_event_is_heard(desk: Newsdesk) -> None:
    def of_day(number: int) -> str:
        return item(str(number), pubDate=format_datetime(NOW - timedelta(days=9 - number)))

    desk.server.publish("/feed.xml", rss(of_day(1)))
    await desk.follow(desk.feed())
    await desk.poll(after=HOUR)
    desk.server.publish("/feed.xml", rss(of_day(2), of_day(1)))
    await desk.poll(after=HOUR)
    assert await desk.alerts() == ["Sarin found in case 2"]


async def test_an_article_dated_back_within_three_days_rings(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1")))
    await desk.follow(desk.feed())
    await desk.poll()
    dated = item("2", pubDate=format_datetime(NOW - timedelta(hours=71)))
    desk.server.publish("/feed.xml", rss(dated, item("1")))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case 2"]


async def test_all_guids_equal_is_seen_through(desk: Newsdesk) -> None:
    past = [item(str(number), guid="same") for number in range(10)]
    desk.server.publish("/feed.xml", rss(*past))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.server.publish("/feed.xml", rss(item("new", guid="same"), *past))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case new"]


async def test_no_guids_at_all_is_seen_through(desk: Newsdesk) -> None:
    past = [item(str(number), guid="") for number in range(10)]
    desk.server.publish("/feed.xml", rss(*past))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.server.publish("/feed.xml", rss(item("new", guid=""), *past))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case new"]


async def test_all_guids_changed_overnight_ring_nothing_and_the_next_article_does(
    desk: Newsdesk,
) -> None:
    desk.server.publish("/feed.xml", rss(*(item(str(number)) for number in range(10))))
    await desk.follow(desk.feed())
    await desk.poll()
    moved = [item(str(number), guid=f"tag:new:{number}") for number in range(10)]
    desk.server.publish("/feed.xml", rss(*moved))
    await desk.poll()
    assert await desk.alerts() == []
    desk.server.publish("/feed.xml", rss(item("11", guid="tag:x:11"), *moved))
    await desk.poll()
    assert await desk.alerts() == ["Sarin found in case 11"]


async def test_a_changed_article_rings_only_where_it_matches_newly(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("0", "Nothing of note")))
    await desk.follow(desk.feed(), watch=["sarin", "chlorine"])
    await desk.poll()
    for title in ("Sarin is denied", "Sarin is denied again", "Sarin and chlorine are denied"):
        desk.server.publish("/feed.xml", rss(item("1", title), item("0", "Nothing of note")))
        await desk.poll()
    (delivery,) = await desk.storage.overview.recent()
    (alert,) = delivery.alerts
    # One story and one chat: one message, which names both until it leaves.
    assert {match.watchlist for match in alert.matches} == {"sarin", "chlorine"}


async def test_an_edit_of_an_old_article_is_not_news_where_it_matched_before(
    desk: Newsdesk,
) -> None:
    desk.server.publish("/feed.xml", rss(item("0", "Sarin of the past")))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.server.publish("/feed.xml", rss(item("0", "Sarin of the past, corrected")))
    await desk.poll()
    assert await desk.alerts() == []


async def test_an_article_that_was_changed_24_times_is_looked_at_no_more(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("1", "Take 0")))
    await desk.follow(desk.feed(interval=HOUR))
    for take in range(1, 26):
        await desk.poll(after=HOUR)
        desk.server.publish("/feed.xml", rss(item("1", f"Take {take}")))
    await desk.poll(after=HOUR)
    desk.server.publish("/feed.xml", rss(item("1", "Sarin, take 26")))
    await desk.poll(after=HOUR)
    assert await desk.alerts() == []


async def test_one_story_in_two_feeds_rings_once(desk: Newsdesk) -> None:
    desk.server.publish("/a.xml", rss(item("0", "Nothing")))
    desk.server.publish("/b.xml", rss(item("0b", "Nothing")))
    await desk.follow(desk.feed("/a.xml"), desk.feed("/b.xml"))
    await desk.poll()
    link = "https://news.example/story?utm_source=rss"
    desk.server.publish("/a.xml", rss(item("1", "Sarin!", link=link)))
    desk.server.publish("/b.xml", rss(item("2", "Sarin, says A", link=link.partition("?")[0])))
    await desk.poll()
    assert len(await desk.alerts()) == 1


async def test_an_article_in_the_future_counts_from_its_fetch(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("0", "Nothing")))
    await desk.follow(desk.feed())
    await desk.poll()
    future = format_datetime(NOW + timedelta(days=30))
    desk.server.publish("/feed.xml", rss(item("1", pubDate=future)))
    await desk.poll()
    (delivery,) = await desk.storage.overview.recent()
    assert delivery.alerts[0].lead.published_at == desk.clock.now


async def test_the_same_item_twice_in_a_document_is_one_article(desk: Newsdesk) -> None:
    desk.server.publish("/feed.xml", rss(item("0", "Nothing")))
    await desk.follow(desk.feed())
    await desk.poll()
    desk.server.publish("/feed.xml", rss(item("1"), item("1"), item("0", "Nothing")))
    await desk.poll()
    assert len(await desk.alerts()) == 1
