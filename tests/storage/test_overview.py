"""What the operator is shown is what is stored."""

from __future__ import annotations

from datetime import timedelta

from alerts.model import DeliveryKind, DeliveryState, Receipt, Severity
from alerts.storage import Counts, FeedCounts, ListedDelivery, Storage
from alerts.watchlists.contents import Contents
from tests.builders import CHAT, FEED, NOW, a_destination, a_feed, a_sighting, a_state, an_article
from tests.storage.databases import list_feeds, record

MINUTE = timedelta(minutes=1)


async def ring(storage: Storage, *targets: str) -> None:
    """Have an article a minute ring one of *targets* after the other."""
    await list_feeds(storage)
    for minute, target in enumerate(targets):
        now = NOW + minute * MINUTE
        sighting = a_sighting(
            an_article(target, seen_at=now), to=[a_destination(target, due_at=now)]
        )
        await record(storage, sighting, now=now)


async def test_an_empty_database_counts_nothing(storage: Storage) -> None:
    assert await storage.overview.counts() == Counts()
    assert await storage.overview.feeds() == []
    assert await storage.overview.deliveries() == []
    assert await storage.overview.recent() == []


async def test_counts_tell_articles_and_deliveries_by_state(storage: Storage) -> None:
    await ring(storage, "sent", "dead", "leased", "waiting")
    outbox, later = storage.outbox, NOW + timedelta(hours=1)
    sent, dead, _ = await outbox.lease_due("telegram", now=later, until=later, limit=3)
    await outbox.mark_sent(sent, Receipt(), now=later)
    await outbox.mark_dead(dead, "refused")
    counts = await storage.overview.counts()
    assert counts.articles == 4
    assert counts.deliveries == {
        DeliveryState.SENT: 1,
        DeliveryState.DEAD: 1,
        DeliveryState.LEASED: 1,
        DeliveryState.PENDING: 1,
    }
    assert counts.oldest_due_at == NOW + 3 * MINUTE


async def test_a_chat_that_blocked_us_does_not_look_like_a_backlog(storage: Storage) -> None:
    await ring(storage, "gone")
    [leased] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW, limit=1)
    await storage.outbox.mark_gone(leased, "blocked", now=NOW)
    await record(storage, a_sighting(to=[a_destination("gone")]))
    assert (await storage.overview.counts()).oldest_due_at is None


async def test_a_channel_is_shown_as_paused_until_it_resumes(storage: Storage) -> None:
    for reason in ("401 Unauthorized", "the token is wrong"):
        await storage.outbox.pause("telegram", reason, now=NOW)
    await storage.outbox.pause("email", "535 login failed", now=NOW)
    await storage.outbox.resume("email")
    await storage.outbox.resume("console")
    assert (await storage.overview.counts()).paused == {"telegram": "the token is wrong"}
    await storage.outbox.resume("telegram")
    assert (await storage.overview.counts()).paused == {}


async def test_the_rule_set_in_force_and_the_newest_refusal_are_shown(storage: Storage) -> None:
    overview, keep = storage.overview, storage.rule_archive.keep
    first, second = Contents.of_files({"a.yml": b"1"}), Contents.of_files({"a.yml": b"2"})
    await keep(first, now=NOW)
    await keep(second, now=NOW + MINUTE)
    await overview.note_refusal("rules/feeds.yaml:3:1: R102 unknown key")
    counts = await overview.counts()
    refusal = "rules/feeds.yaml:3:1: R102 unknown key"
    assert (counts.rule_set, counts.refusal) == (second.hash, refusal)
    await keep(first, now=NOW + 2 * MINUTE)  # an edit was taken back
    counts = await overview.counts()
    assert (counts.rule_set, counts.refusal) == (first.hash, "")


async def test_feeds_are_listed_by_publisher_with_their_articles(storage: Storage) -> None:
    other = a_feed("https://a.example/rss", publisher="Aardvark")
    await list_feeds(storage, a_feed(), other)
    await record(storage, a_sighting(), a_sighting(an_article("b")))
    listed = await storage.overview.feeds()
    assert [(feed.publisher, feed.state.url, feed.articles) for feed in listed] == [
        ("Aardvark", other.url, 0),
        ("Example News", FEED, 2),
    ]


async def test_feeds_are_counted_by_how_they_fare(storage: Storage) -> None:
    assert await storage.overview.feed_counts() == FeedCounts()
    urls = {name: f"https://{name}.example/rss" for name in ("read", "failing", "never")}
    await list_feeds(storage, *map(a_feed, urls.values()))
    await record(storage, state=a_state(urls["read"], last_read_at=NOW))
    await record(storage, state=a_state(urls["failing"], last_read_at=NOW, error="404"))
    assert await storage.overview.feed_counts() == FeedCounts(read=1, failing=1, never_read=1)
    await list_feeds(storage, a_feed(urls["never"]))
    assert await storage.overview.feed_counts() == FeedCounts(never_read=1)


async def test_deliveries_are_listed_newest_first_and_by_state(storage: Storage) -> None:
    await ring(storage, "1", "2", "3")
    overview = storage.overview
    assert [d.address.target for d in await overview.deliveries()] == ["3", "2", "1"]
    assert [d.address.target for d in await overview.deliveries(limit=2)] == ["3", "2"]
    [leased] = await storage.outbox.lease_due("telegram", now=NOW, until=NOW, limit=1)
    assert await overview.deliveries(states=[DeliveryState.LEASED]) == [
        ListedDelivery(
            id=leased.id,
            kind=DeliveryKind.ALERT,
            state=DeliveryState.LEASED,
            severity=Severity.MEDIUM,
            receiver="desk",
            address=leased.address,
            attempt=1,
            created_at=NOW,
            due_at=NOW,
            sent_at=None,
            possible_repeat=False,
            error="",
        )
    ]
    waiting = [DeliveryState.PENDING, DeliveryState.AMBIGUOUS]
    assert len(await overview.deliveries(states=waiting)) == 2


async def test_recent_tells_what_the_messages_say(storage: Storage) -> None:
    await ring(storage, "1", CHAT.target)
    newest, oldest = await storage.overview.recent()
    assert newest.address == CHAT
    assert newest.alerts[0].lead == an_article(CHAT.target, seen_at=NOW + MINUTE)
    assert oldest.alerts[0].matches[0].watchlist == "bases"
    assert await storage.overview.recent(limit=1) == [newest]
