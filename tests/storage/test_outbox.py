"""The outbox: who is next, what became of it, and nothing twice (promises 1 and 2)."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta

import pytest

from alerts.model import Address, Delivery, DeliveryState, Receipt, Severity
from alerts.storage import ListedDelivery, Storage
from alerts.storage.outbox import Outbox
from alerts.storage.tables import addresses
from tests.builders import CHAT, NOW, Clock, a_destination, a_sighting, an_article
from tests.storage.databases import list_feeds, record, table

RECEIPT = Receipt(message_id="42")
MINUTE = timedelta(minutes=1)


async def announce(
    storage: Storage,
    name: str,
    target: str = CHAT.target,
    *,
    severity: Severity = Severity.MEDIUM,
    now: datetime = NOW,
    gathers: str = "",
    due_at: datetime = NOW,
    address: Address | None = None,
) -> None:
    """Have an article called *name* ring *target*."""
    destination = a_destination(target, gathers=gathers, due_at=due_at)
    if address is not None:
        destination = a_destination(address=address)
    await list_feeds(storage)
    sighting = a_sighting(an_article(name), severity=severity, to=[destination])
    await record(storage, sighting, now=now)


async def lease(
    storage: Storage | Outbox,
    *,
    now: datetime = NOW,
    limit: int = 100,
    channel: str = "telegram",
) -> list[Delivery]:
    outbox = storage.outbox if isinstance(storage, Storage) else storage
    return await outbox.lease_due(channel, now=now, until=now + MINUTE, limit=limit)


async def lease_one(storage: Storage, *, now: datetime = NOW) -> Delivery:
    [delivery] = await lease(storage, now=now)
    return delivery


def names(deliveries: list[Delivery]) -> list[str]:
    """Return the names of the articles that *deliveries* tell of."""
    return [d.alerts[0].lead.guid.removeprefix("urn:news:") for d in deliveries]


async def stored(storage: Storage, delivery: Delivery) -> ListedDelivery:
    [found] = [d for d in await storage.overview.deliveries() if d.id == delivery.id]
    return found


async def restarted(storage: Storage, *, now: datetime = NOW) -> Outbox:
    """Return the outbox of a process that starts after this one was killed."""
    outbox = Outbox(storage.outbox._writer, storage.outbox._readers)
    await outbox.recover(now=now)
    return outbox


# Whose turn it is


async def test_critical_leaves_first_and_the_rest_in_order(storage: Storage) -> None:
    severities = {
        "high": Severity.HIGH,
        "low": Severity.LOW,
        "late": Severity.CRITICAL,
        "later": Severity.CRITICAL,
    }
    for minute, (name, severity) in enumerate(severities.items()):
        await announce(storage, name, target=name, severity=severity, now=NOW + minute * MINUTE)
    now = NOW + timedelta(hours=1)
    assert names(await lease(storage, now=now, limit=3)) == ["late", "later", "high"]
    assert names(await lease(storage, now=now)) == ["low"]


async def test_a_chat_is_written_to_one_at_a_time_in_order(storage: Storage) -> None:
    clock = Clock()
    for name in ("a", "b", "c"):
        await announce(storage, name, now=clock())
        clock.advance(seconds=1)
    told = []
    for _ in range(3):
        [delivery] = await lease(storage, now=clock())
        assert await lease(storage, now=clock()) == []
        assert await storage.outbox.mark_sent(delivery, RECEIPT, now=clock())
        told += names([delivery])
    assert told == ["a", "b", "c"]
    assert await lease(storage, now=clock()) == []


async def test_topics_of_a_group_share_its_place(storage: Storage) -> None:
    for topic in (1, 2):
        address = Address(channel="telegram", target="-100", thread=topic)
        await announce(storage, f"{topic}", address=address)
    [first] = await lease(storage)
    await storage.outbox.mark_sent(first, RECEIPT, now=NOW)
    [second] = await lease(storage)
    assert {first.address.thread, second.address.thread} == {1, 2}


async def test_channels_do_not_see_each_other(storage: Storage) -> None:
    await announce(storage, "a", address=Address(channel="email", target=CHAT.target))
    await announce(storage, "b")
    assert names(await lease(storage)) == ["b"]
    assert names(await lease(storage, channel="email")) == ["a"]
    assert await lease(storage, channel="console") == []


async def test_a_chat_with_many_waiting_keeps_no_other_waiting(storage: Storage) -> None:
    for number in range(20):
        await announce(storage, f"{number}", target="busy")
    await announce(storage, "other", target="quiet", now=NOW + MINUTE)
    assert {d.address.target for d in await lease(storage, limit=2)} == {"busy", "quiet"}


async def test_nothing_leaves_before_it_is_due(storage: Storage) -> None:
    await announce(storage, "a", due_at=NOW + MINUTE)
    assert await lease(storage, now=NOW + MINUTE - timedelta(microseconds=1)) == []
    assert names(await lease(storage, now=NOW + MINUTE)) == ["a"]


async def test_a_chat_that_must_wait_keeps_no_other_waiting(storage: Storage) -> None:
    await announce(storage, "a", target="slow")
    pace = NOW + timedelta(seconds=30)
    await storage.outbox.mark_sent(await lease_one(storage), RECEIPT, now=NOW, not_before_at=pace)
    await announce(storage, "b", target="slow")
    await announce(storage, "c", target="quick")
    assert names(await lease(storage)) == ["c"]
    assert await lease(storage, now=pace - timedelta(microseconds=1)) == []
    assert names(await lease(storage, now=pace)) == ["b"]


async def test_a_wait_is_never_shortened(storage: Storage) -> None:
    """DELIVERY.md: a chat's stored not-before becomes max(old, new)."""
    await announce(storage, "a")
    hours = NOW + timedelta(hours=12)
    first = await lease_one(storage)
    retry = storage.outbox.mark_retry
    await retry(first, "flood", due_at=NOW, not_before_at=hours)
    again = await lease_one(storage, now=hours)
    await storage.outbox.mark_sent(again, RECEIPT, now=NOW, not_before_at=NOW + MINUTE)
    [address] = await table(storage, addresses)
    assert address["not_before_at"] == hours


# Marks


async def test_a_lease_is_an_attempt_and_sent_is_the_end(storage: Storage) -> None:
    await announce(storage, "a")
    delivery = await lease_one(storage)
    assert (delivery.attempt, delivery.possible_repeat) == (1, False)
    assert (await stored(storage, delivery)).state is DeliveryState.LEASED
    assert await storage.outbox.mark_sent(delivery, RECEIPT, now=NOW + MINUTE)
    now = await stored(storage, delivery)
    assert (now.state, now.sent_at, now.error) == (DeliveryState.SENT, NOW + MINUTE, "")
    assert await lease(storage, now=NOW + timedelta(days=9)) == []


async def test_a_retry_waits_and_counts_its_attempts(storage: Storage) -> None:
    await announce(storage, "a")
    first = await lease_one(storage)
    assert await storage.outbox.mark_retry(first, "503", due_at=NOW + MINUTE)
    assert (await stored(storage, first)).state is DeliveryState.PENDING
    assert (await stored(storage, first)).error == "503"
    assert await lease(storage) == []
    second = await lease_one(storage, now=NOW + MINUTE)
    assert (second.id, second.attempt, second.possible_repeat) == (first.id, 2, False)


async def test_what_was_ambiguous_once_stays_so_until_it_is_settled(storage: Storage) -> None:
    await announce(storage, "a")
    outbox = storage.outbox
    await outbox.mark_retry(await lease_one(storage), "reset", due_at=NOW, ambiguous=True)
    second = await lease_one(storage)
    assert second.possible_repeat
    await outbox.mark_retry(second, "503", due_at=NOW)
    assert (await stored(storage, second)).state is DeliveryState.AMBIGUOUS
    third = await lease_one(storage)
    assert third.possible_repeat
    await outbox.give_back(third)
    assert (await stored(storage, third)).state is DeliveryState.AMBIGUOUS
    fourth = await lease_one(storage)
    assert fourth.possible_repeat
    await outbox.move(fourth, "200", now=NOW)
    assert (await stored(storage, fourth)).state is DeliveryState.AMBIGUOUS
    fifth = await lease_one(storage)
    await outbox.mark_sent(fifth, RECEIPT, now=NOW)
    settled = await stored(storage, fifth)
    assert (settled.state, settled.possible_repeat) == (DeliveryState.SENT, True)


async def test_a_dead_letter_is_kept_with_its_reason(storage: Storage) -> None:
    await announce(storage, "a")
    delivery = await lease_one(storage)
    assert await storage.outbox.mark_dead(delivery, "message is too long")
    [dead] = await storage.overview.deliveries(states=[DeliveryState.DEAD])
    assert (dead.id, dead.error) == (delivery.id, "message is too long")
    assert await lease(storage, now=NOW + timedelta(days=9)) == []


async def test_a_lease_given_back_is_no_attempt(storage: Storage) -> None:
    await announce(storage, "a")
    first = await lease_one(storage)
    assert await storage.outbox.give_back(first, due_at=NOW + MINUTE, error="the channel is down")
    back = await stored(storage, first)
    assert (back.state, back.attempt, back.error) == (
        DeliveryState.PENDING,
        0,
        "the channel is down",
    )
    assert await lease(storage) == []
    assert (await lease_one(storage, now=NOW + MINUTE)).attempt == 1


Mark = Callable[[Outbox, Delivery], Awaitable[object]]
MARKS: dict[str, Mark] = {
    "sent": lambda o, d: o.mark_sent(d, RECEIPT, now=NOW, not_before_at=NOW + MINUTE),
    "retry": lambda o, d: o.mark_retry(d, "503", due_at=NOW, not_before_at=NOW + MINUTE),
    "ambiguous": lambda o, d: o.mark_retry(d, "reset", due_at=NOW, ambiguous=True),
    "dead": lambda o, d: o.mark_dead(d, "refused"),
    "gone": lambda o, d: o.mark_gone(d, "blocked", now=NOW),
    "given back": lambda o, d: o.give_back(d),
    "moved": lambda o, d: o.move(d, "200", now=NOW),
}


@pytest.mark.parametrize("mark", MARKS.values(), ids=MARKS.keys())
@pytest.mark.parametrize("after", ["a restart", "the next lease", "it was sent"])
async def test_a_mark_that_comes_too_late_changes_nothing(
    storage: Storage, mark: Mark, after: str
) -> None:
    await announce(storage, "a")
    await announce(storage, "b", now=NOW + MINUTE)
    late = await lease_one(storage)
    if after == "a restart":
        assert len(await lease(await restarted(storage))) == 1
    elif after == "the next lease":
        await storage.outbox.mark_retry(late, "503", due_at=NOW)
        await lease_one(storage)
    else:
        await storage.outbox.mark_sent(late, RECEIPT, now=NOW)
    before = await storage.overview.deliveries(), await table(storage, addresses)
    assert not await mark(storage.outbox, late)
    assert (await storage.overview.deliveries(), await table(storage, addresses)) == before


async def test_nobody_marks_the_lease_of_another(storage: Storage) -> None:
    await announce(storage, "a")
    delivery = await lease_one(storage)
    other = Outbox(storage.outbox._writer, storage.outbox._readers)
    assert not await other.mark_sent(delivery, RECEIPT, now=NOW)
    assert await storage.outbox.mark_sent(delivery, RECEIPT, now=NOW)


# Crashes


async def test_what_was_under_way_in_a_crash_is_sent_again_as_a_possible_repeat(
    storage: Storage,
) -> None:
    await announce(storage, "a", target="1")
    await announce(storage, "b", target="2", now=NOW + MINUTE)
    [under_way] = await lease(storage, limit=1)
    later = NOW + timedelta(hours=1)
    outbox = Outbox(storage.outbox._writer, storage.outbox._readers)
    assert await outbox.recover(now=later) == 1
    again = await stored(storage, under_way)
    assert (again.state, again.due_at) == (DeliveryState.AMBIGUOUS, later)
    first, second = await lease(outbox, now=later)
    assert (first.id, first.attempt, first.possible_repeat) == (under_way.id, 2, True)
    assert (second.attempt, second.possible_repeat) == (1, False)
    assert first.alerts == under_way.alerts


async def test_nothing_was_under_way_in_a_quiet_crash(storage: Storage) -> None:
    await announce(storage, "a")
    assert await storage.outbox.recover(now=NOW) == 0
    assert not (await lease_one(storage)).possible_repeat


# Addresses that end or move


async def test_whatever_waits_for_a_chat_that_blocked_us_is_held(storage: Storage) -> None:
    for name in ("a", "b"):
        await announce(storage, name, target="gone")
    await announce(storage, "c", target="here")
    deliveries = await lease(storage)
    [gone] = [d for d in deliveries if d.address.target == "gone"]
    assert await storage.outbox.mark_gone(gone, "bot was blocked", now=NOW)
    await announce(storage, "d", target="gone")
    await announce(storage, "e", target="here")
    for delivery in deliveries:
        await storage.outbox.mark_sent(delivery, RECEIPT, now=NOW)
    assert names(await lease(storage, now=NOW + timedelta(days=9))) == ["e"]
    held = await storage.overview.deliveries(states=[DeliveryState.HELD])
    assert gone.id in {each.id for each in held}
    assert [each.error for each in held] == ["bot was blocked"] * 2


async def test_a_chat_that_is_readmitted_gets_what_was_held(storage: Storage) -> None:
    for name in ("a", "b"):
        await announce(storage, name)
    await storage.outbox.mark_retry(
        await lease_one(storage), "reset", due_at=NOW + MINUTE, ambiguous=True
    )
    await storage.outbox.mark_gone(await lease_one(storage), "bot was blocked", now=NOW)
    later = NOW + timedelta(days=9)
    await storage.backlog.readmit([("telegram", "other"), ("email", CHAT.target)], now=NOW)
    assert await lease(storage, now=later) == []
    await storage.backlog.readmit([("telegram", CHAT.target)], now=NOW)
    [ambiguous] = await storage.overview.deliveries(states=[DeliveryState.AMBIGUOUS])
    first = await lease_one(storage, now=later)
    await storage.outbox.mark_sent(first, RECEIPT, now=later)
    second = await lease_one(storage, now=later)
    told = {each.id: each.possible_repeat for each in (first, second)}
    assert told == {
        ambiguous.id: True,
        (first.id if second.id == ambiguous.id else second.id): False,
    }


async def test_a_chat_that_is_readmitted_gets_one_summary(storage: Storage) -> None:
    for name in ("a", "b", "c"):
        await announce(storage, name, severity=Severity.CRITICAL)
    await storage.outbox.mark_gone(await lease_one(storage), "bot was blocked", now=NOW)
    await announce(storage, "d")
    await storage.backlog.readmit([("telegram", CHAT.target)], now=NOW)
    summary = await lease_one(storage)
    assert sorted(alert.lead.guid[-1] for alert in summary.alerts) == ["a", "b", "c", "d"]


async def test_everything_that_waits_moves_with_its_chat(storage: Storage) -> None:
    for minute, name in enumerate(("sent", "a", "b")):
        await announce(storage, name, now=NOW + minute * MINUTE)
    await announce(storage, "other", target="7")
    sent = await lease(storage)
    for delivery in sent:
        await storage.outbox.mark_sent(delivery, RECEIPT, now=NOW)
    first = await lease_one(storage)
    await storage.outbox.move(first, "-200", now=NOW)
    targets = {d.id: d.address.target for d in await storage.overview.deliveries()}
    assert sorted(targets.values()) == ["-200", "-200", "-200", "7"]
    again = await lease_one(storage)
    assert (again.id, again.attempt, again.address.target) == (first.id, 1, "-200")
    assert await lease(storage) == []
    await storage.outbox.mark_sent(again, RECEIPT, now=NOW)
    assert names(await lease(storage)) == ["b"]


# Lists that gather


async def test_a_list_gathers_until_it_is_leased_and_then_a_new_one_opens(
    storage: Storage,
) -> None:
    for name in ("a", "b"):
        await announce(storage, name, gathers="evening", due_at=NOW + MINUTE)
    await announce(storage, "single", due_at=NOW + 2 * MINUTE)
    await announce(storage, "another", gathers="morning", due_at=NOW + 2 * MINUTE)
    await announce(storage, "elsewhere", target="7", gathers="evening", due_at=NOW + 2 * MINUTE)
    list_ = await lease_one(storage, now=NOW + MINUTE)
    assert len(list_.alerts) == 2
    await announce(storage, "c", gathers="evening", due_at=NOW + MINUTE)
    assert len(await storage.overview.deliveries()) == 5
    await storage.outbox.mark_sent(list_, RECEIPT, now=NOW + MINUTE)
    assert names([await lease_one(storage, now=NOW + MINUTE)]) == ["c"]


async def test_a_list_that_certainly_failed_gathers_on(storage: Storage) -> None:
    """A digest that could not be delivered comes once, with everything since."""
    await announce(storage, "a", gathers="evening")
    await storage.outbox.mark_retry(await lease_one(storage), "503", due_at=NOW)
    await announce(storage, "b", gathers="evening", now=NOW + MINUTE)
    again = await lease_one(storage)
    assert {alert.lead.guid for alert in again.alerts} == {"urn:news:a", "urn:news:b"}


async def test_a_list_that_may_have_arrived_gathers_no_more(storage: Storage) -> None:
    await announce(storage, "a", gathers="evening")
    await storage.outbox.mark_retry(await lease_one(storage), "?", due_at=NOW, ambiguous=True)
    await announce(storage, "b", gathers="evening", now=NOW + MINUTE)
    first = await lease_one(storage)
    assert names([first]) == ["a"]
    await storage.outbox.mark_sent(first, RECEIPT, now=NOW)
    assert names([await lease_one(storage)]) == ["b"]


async def test_a_list_of_one_poll_is_one_delivery_as_severe_as_its_worst(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    to = [a_destination(gathers="evening")]
    sightings = [
        a_sighting(an_article(severity.value), severity=severity, to=to) for severity in Severity
    ]
    assert await record(storage, *sightings) == (5, 0, 5)
    [listed] = await storage.overview.deliveries()
    assert listed.severity is Severity.CRITICAL
    delivery = await lease_one(storage)
    assert [alert.severity for alert in delivery.alerts] == list(reversed(Severity))


async def test_topics_of_a_group_gather_apart(storage: Storage) -> None:
    await list_feeds(storage)
    for name, thread in (("a", None), ("b", 7), ("c", 7), ("d", None)):
        address = Address(channel="telegram", target="-100", thread=thread)
        to = [a_destination(address=address, gathers="evening")]
        await record(storage, a_sighting(an_article(name), to=to))
    assert len(await storage.overview.deliveries()) == 2
    assert {len(d.alerts) for d in await storage.overview.recent()} == {2}


async def test_a_later_alert_makes_a_gathering_list_more_severe(storage: Storage) -> None:
    await announce(storage, "a", gathers="evening", severity=Severity.LOW)
    await announce(storage, "b", gathers="evening", severity=Severity.CRITICAL)
    await announce(storage, "c", gathers="evening", severity=Severity.INFO)
    [listed] = await storage.overview.deliveries()
    assert listed.severity is Severity.CRITICAL


async def test_a_later_match_makes_an_alert_more_severe_before_it_leaves(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    await announce(storage, "older", target="7")
    key = ("url:blast",)
    await record(storage, a_sighting(story_keys=key), now=NOW + MINUTE)
    severe = a_sighting(an_article("b"), story_keys=key, severity=Severity.CRITICAL)
    await record(storage, severe, now=NOW + 2 * MINUTE)
    mild = a_sighting(an_article("c"), story_keys=key, severity=Severity.LOW)
    await record(storage, mild, now=NOW + 3 * MINUTE)
    [first] = await lease(storage, now=NOW + 4 * MINUTE, limit=1)
    assert names([first]) == ["a"]
    assert first.alerts[0].severity is Severity.CRITICAL
    assert len(first.alerts[0].articles) == 3


async def test_lists_leave_at_once_when_the_process_is_about_to_end(storage: Storage) -> None:
    hour = NOW + timedelta(hours=1)
    await announce(storage, "list", target="1", gathers="backfill", due_at=hour)
    await announce(storage, "single", target="2", due_at=hour)
    await announce(storage, "tried", target="3", gathers="backfill")
    await storage.outbox.mark_retry(await lease_one(storage), "503", due_at=hour)
    await announce(storage, "digest", target="4", gathers="digest", due_at=hour)
    await storage.backlog.release_gathering(now=NOW)
    assert names(await lease(storage)) == ["list"]


# What the dispatcher asks


async def test_next_at_says_when_to_look_again(storage: Storage) -> None:
    outbox, hour = storage.outbox, NOW + timedelta(hours=1)
    assert await outbox.next_at("telegram", now=NOW) is None
    await announce(storage, "a", target="1", due_at=hour)
    assert await outbox.next_at("telegram", now=NOW) == hour
    assert await outbox.next_at("telegram", now=hour + MINUTE) == hour + MINUTE
    assert await outbox.next_at("email", now=NOW) is None
    await announce(storage, "b", target="2", due_at=NOW + MINUTE)
    assert await outbox.next_at("telegram", now=NOW) == NOW + MINUTE


async def test_next_at_knows_chats_that_must_wait_and_those_that_are_gone(
    storage: Storage,
) -> None:
    outbox, pace = storage.outbox, NOW + timedelta(seconds=3)
    for name in ("a", "b", "c"):
        await announce(storage, name)
    await outbox.mark_sent(await lease_one(storage), RECEIPT, now=NOW, not_before_at=pace)
    assert await outbox.next_at("telegram", now=NOW) == pace
    leased = await lease_one(storage, now=pace)
    assert await outbox.next_at("telegram", now=pace) is None  # one is under way, one waits for it
    await outbox.mark_gone(leased, "blocked", now=pace)
    await announce(storage, "d")
    assert await outbox.next_at("telegram", now=pace) is None


async def test_recent_sends_are_told_by_target_in_order(storage: Storage) -> None:
    clock = Clock()
    for number, target in enumerate(("1", "2", "1", "1")):
        clock.advance(seconds=1)
        await announce(storage, f"{number}", target=target, now=clock())
        await storage.outbox.mark_sent(await lease_one(storage, now=clock()), RECEIPT, now=clock())
    await announce(storage, "waiting", target="3")
    at = [NOW + timedelta(seconds=second) for second in range(5)]
    recent = storage.outbox.recent_sends
    assert await recent("telegram", since=NOW) == {"1": [at[1], at[3], at[4]], "2": [at[2]]}
    assert await recent("telegram", since=at[3]) == {"1": [at[4]]}
    assert await recent("email", since=NOW) == {}
