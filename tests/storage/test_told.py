"""What an address is told of a story a second time: more in time, an update, a repeat, or nothing."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.model import (
    Change,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Destination,
    Receipt,
    Severity,
)
from alerts.storage import Storage
from alerts.storage.tables import alerts, deliveries
from tests.builders import NOW, a_destination, a_sighting, an_article
from tests.storage.databases import count, list_feeds, record, table

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
KEYS = ("url:https://news.example/blast",)
BUNDLE = a_destination(gathers="quiet", kind=DeliveryKind.LIST, due_at=NOW + 8 * HOUR)
DIGEST = a_destination(gathers="digest", kind=DeliveryKind.DIGEST, due_at=NOW + 8 * HOUR)
DROPPED = a_destination(is_dropped=True)


@pytest.fixture(autouse=True)
async def _feeds(storage: Storage) -> None:
    await list_feeds(storage)


async def report(
    storage: Storage,
    name: str,
    *,
    to: Destination | None = None,
    now: datetime = NOW,
    **fields: Any,
) -> int:
    """Have an article of the one story ring; return how many alerts are new."""
    given = {"story_keys": KEYS, "to": [to or a_destination()]} | fields
    _, _, made = await record(storage, a_sighting(an_article(name), **given), now=now)
    return made


async def leave(storage: Storage, now: datetime = NOW, *, number: str = "42") -> Delivery:
    """Send the one message that is due."""
    [delivery] = await lease(storage, now)
    assert await storage.outbox.mark_sent(delivery, Receipt(message_id=number), now=now)
    return delivery


async def lease(storage: Storage, now: datetime = NOW) -> list[Delivery]:
    return await storage.outbox.lease_due("telegram", now=now, until=now + MINUTE, limit=9)


async def test_a_further_report_of_a_story_that_was_told_is_nothing_new(storage: Storage) -> None:
    await report(storage, "a")
    await leave(storage)
    assert await report(storage, "b", watchlists=("others",)) == 0
    assert await lease(storage, NOW + 9 * HOUR) == []


async def test_a_story_that_gets_worse_is_told_as_an_update_of_the_first_message(
    storage: Storage,
) -> None:
    await report(storage, "a")
    await leave(storage, number="42")
    assert await report(storage, "b", severity=Severity.CRITICAL, watchlists=("worse",)) == 0
    update = await leave(storage, number="43")
    assert update.kind is DeliveryKind.UPDATE
    assert update.change == Change(severity_before=Severity.MEDIUM, watchlists=("Worse",))
    assert (update.follows, update.severity) == ("42", Severity.CRITICAL)
    [alert] = update.alerts
    assert [article.guid for article in alert.articles] == ["urn:news:a", "urn:news:b"]
    # The same again, by a third paper, is no news.
    await report(storage, "c", severity=Severity.CRITICAL, watchlists=("worse",))
    assert await lease(storage) == []


async def test_a_story_that_gets_worse_before_it_left_leaves_once(storage: Storage) -> None:
    await report(storage, "a")
    [first] = await lease(storage)
    await storage.outbox.mark_retry(first, "503", due_at=NOW)
    await report(storage, "b", severity=Severity.CRITICAL)
    told = await leave(storage)
    assert (told.kind, told.severity) == (DeliveryKind.ALERT, Severity.CRITICAL)
    assert await lease(storage) == []


@pytest.mark.parametrize("gathering", [BUNDLE, DIGEST], ids=["quiet hours", "a digest"])
async def test_what_waits_in_a_list_leaves_at_once_when_it_gets_urgent(
    storage: Storage, gathering: Destination
) -> None:
    await report(storage, "a", to=gathering)
    assert await lease(storage) == []
    await report(storage, "b", severity=Severity.CRITICAL)
    told = await leave(storage)
    assert (told.kind, told.severity) == (DeliveryKind.ALERT, Severity.CRITICAL)
    # The list that it left behind empty is gone.
    assert await count(storage, deliveries) == 1
    assert await lease(storage, NOW + 9 * HOUR) == []


async def test_the_others_stay_in_the_list(storage: Storage) -> None:
    await report(storage, "a", to=BUNDLE)
    await report(storage, "x", to=BUNDLE, story_keys=("url:other",))
    await report(storage, "b", severity=Severity.CRITICAL)
    await leave(storage)
    [bundle] = await lease(storage, NOW + 9 * HOUR)
    assert [alert.lead.guid for alert in bundle.alerts] == ["urn:news:x"]


async def test_what_quiet_hours_drop_is_kept_and_never_leaves(storage: Storage) -> None:
    await report(storage, "a", to=DROPPED)
    await report(storage, "b", to=DROPPED)
    assert await lease(storage, NOW + 9 * HOUR) == []
    [row] = await table(storage, deliveries)
    assert (row["state"], row["held_by"]) == ("held", "dropped")


async def test_what_was_dropped_is_told_after_all_when_it_gets_urgent(storage: Storage) -> None:
    await report(storage, "a", to=DROPPED)
    await report(storage, "b", severity=Severity.CRITICAL)
    told = await leave(storage)
    assert (told.severity, len(told.alerts[0].articles)) == (Severity.CRITICAL, 2)


async def test_a_story_is_told_again_after_the_time_that_was_asked_for(storage: Storage) -> None:
    again = a_destination(repeat_after=6 * HOUR)
    await report(storage, "a", to=again)
    await leave(storage)
    almost, then = NOW + 6 * HOUR - MINUTE, NOW + 6 * HOUR
    assert await report(storage, "b", to=again, now=almost) == 0
    assert await report(storage, "c", to=replace(again, due_at=then), now=then) == 1
    told = await leave(storage, then)
    assert (told.kind, told.alerts[0].articles[-1].guid) == (DeliveryKind.ALERT, "urn:news:c")
    assert [row["episode"] for row in await table(storage, alerts)] == [1, 2]
    # The time runs anew.
    assert await report(storage, "d", to=again, now=then + HOUR) == 0


async def test_a_digest_tells_in_the_next_one_what_became_of_a_story(storage: Storage) -> None:
    await report(storage, "a", to=DIGEST)
    first = await leave(storage, NOW + 8 * HOUR)
    later = replace(DIGEST, due_at=NOW + 32 * HOUR)
    await report(storage, "b", to=later, severity=Severity.HIGH, now=NOW + 9 * HOUR)
    second = await leave(storage, NOW + 32 * HOUR)
    assert (first.since, second.since) == (None, NOW + 8 * HOUR)
    assert (second.kind, second.severity) == (DeliveryKind.DIGEST, Severity.HIGH)


async def test_a_digest_that_was_missed_comes_once_with_everything_since(storage: Storage) -> None:
    """DELIVERY.md: its window runs from the last delivered one."""
    await report(storage, "a", to=DIGEST)
    late = NOW + 30 * HOUR
    await report(
        storage, "x", to=replace(DIGEST, due_at=NOW + 32 * HOUR), story_keys=("url:x",), now=late
    )
    told = await leave(storage, late)
    assert len(told.alerts) == 2
    assert await lease(storage, NOW + 99 * HOUR) == []


async def test_each_digest_hour_has_one_delivery_whoever_opens_it(storage: Storage) -> None:
    await report(storage, "a", to=DIGEST)
    await report(storage, "x", to=DIGEST, story_keys=("url:x",))
    other = replace(DIGEST, receiver="another")
    await report(storage, "y", to=other, story_keys=("url:y",))
    assert await count(storage, deliveries) == 2


async def test_an_alert_may_arrive_without_a_sound(storage: Storage) -> None:
    await report(storage, "a", to=a_destination(is_silent=True))
    [told] = await lease(storage)
    assert told.is_silent


async def test_an_update_that_is_due_later_waits(storage: Storage) -> None:
    await report(storage, "a")
    await leave(storage)
    morning = NOW + 8 * HOUR
    quiet = replace(BUNDLE, due_at=morning)
    await report(storage, "b", to=quiet, severity=Severity.HIGH, now=NOW + MINUTE)
    assert await lease(storage, morning - MINUTE) == []
    assert (await leave(storage, morning)).kind is DeliveryKind.UPDATE


async def test_a_dead_letter_is_followed_when_the_story_gets_worse(storage: Storage) -> None:
    await report(storage, "a")
    [first] = await lease(storage)
    await storage.outbox.mark_dead(first, "too long")
    await report(storage, "b", severity=Severity.HIGH)
    [update] = await lease(storage)
    assert (update.kind, update.follows) == (DeliveryKind.UPDATE, "")
    assert first.id != update.id
    [dead] = await storage.overview.deliveries(states=[DeliveryState.DEAD])
    assert dead.id == first.id


async def test_what_becomes_worse_again_before_the_morning_is_one_update(storage: Storage) -> None:
    """Whoever slept through the first rise is told of both, from where they were."""
    await report(storage, "a")
    await leave(storage)
    quiet = replace(BUNDLE, due_at=NOW + 8 * HOUR)
    await report(
        storage, "b", to=quiet, severity=Severity.HIGH, watchlists=("raids",), now=NOW + MINUTE
    )
    now = NOW + 2 * MINUTE
    await report(storage, "c", severity=Severity.CRITICAL, now=now)
    told = await leave(storage, now)
    assert told.change == Change(severity_before=Severity.MEDIUM, watchlists=("Raids",))
    assert await lease(storage, NOW + 9 * HOUR) == []


async def test_a_story_that_gathers_reports_leaves_at_once_when_it_gets_urgent(
    storage: Storage,
) -> None:
    """`group_wait` of the one route is no reason to wait for the other."""
    later = a_destination(due_at=NOW + 10 * MINUTE)
    await report(storage, "a", to=later)
    await report(storage, "b", severity=Severity.CRITICAL, now=NOW + MINUTE)
    told = await leave(storage, NOW + MINUTE)
    assert told.severity is Severity.CRITICAL
    assert await lease(storage, NOW + HOUR) == []


async def test_what_is_tried_again_later_is_not_hastened(storage: Storage) -> None:
    await report(storage, "a")
    [told] = await lease(storage)
    await storage.outbox.mark_retry(told, "flood", due_at=NOW + HOUR)
    await report(storage, "b", severity=Severity.CRITICAL, now=NOW + MINUTE)
    assert await lease(storage, NOW + MINUTE) == []


async def test_what_a_fallback_has_is_followed_when_the_story_gets_worse(storage: Storage) -> None:
    await report(storage, "a")
    [told] = await lease(storage)
    assert await storage.backlog.hand_over(told, {}, reason="flood", now=NOW)
    await report(storage, "b", severity=Severity.CRITICAL, now=NOW + MINUTE)
    update = await leave(storage, NOW + MINUTE)
    assert (update.kind, update.follows) == (DeliveryKind.UPDATE, "")


async def test_what_waited_when_a_reader_paused_rings_when_it_is_reported_afterwards(
    storage: Storage,
) -> None:
    await storage.consents.open(now=NOW)
    await report(storage, "a")
    pause_ends = NOW + HOUR
    await storage.consents.pause(a_destination().address, "desk", until=pause_ends, now=NOW)
    await report(storage, "b", now=NOW + MINUTE)
    assert await lease(storage, NOW + MINUTE) == []
    again = a_destination(due_at=pause_ends)
    await report(storage, "c", to=again, now=pause_ends)
    told = await leave(storage, pause_ends)
    # What was reported during the pause is not told later.
    assert [article.guid for article in told.alerts[0].articles] == ["urn:news:a", "urn:news:c"]


async def test_a_story_that_gets_worse_under_way_is_followed(storage: Storage) -> None:
    await report(storage, "a")
    [first] = await lease(storage)
    await report(storage, "b", severity=Severity.CRITICAL, now=NOW + MINUTE)
    assert await lease(storage, NOW + MINUTE) == []
    assert await storage.outbox.mark_sent(first, Receipt(message_id="42"), now=NOW + MINUTE)
    update = await leave(storage, NOW + MINUTE)
    assert (update.kind, update.follows) == (DeliveryKind.UPDATE, "42")


@pytest.mark.parametrize("certain", [True, False], ids=["certain", "lost"])
async def test_a_story_that_gets_worse_under_way_and_fails_says_so_itself(
    storage: Storage, *, certain: bool
) -> None:
    """Nobody is told what became of a story that they have not heard of."""
    await report(storage, "a")
    [first] = await lease(storage)
    await report(storage, "b", severity=Severity.CRITICAL, now=NOW + MINUTE)
    now = NOW + 2 * MINUTE
    await storage.outbox.mark_retry(first, "502", due_at=now, ambiguous=not certain)
    told = [await leave(storage, now)]
    if not certain:
        told.append(await leave(storage, now))
    assert {each.severity for each in told} == {Severity.CRITICAL}
    kinds = {DeliveryKind.ALERT} | (set() if certain else {DeliveryKind.UPDATE})
    assert {each.kind for each in told} == kinds
    assert await lease(storage, NOW + HOUR) == []
