"""What the bot says waits behind every alert, once for each thing that it answers, and is soon gone."""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from alerts.model import (
    Address,
    Answer,
    Button,
    Crowd,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Gathering,
    Receipt,
    Severity,
)
from alerts.storage import Storage
from alerts.storage.answers import WHOEVER_ASKED
from alerts.storage.consents import hold
from alerts.storage.letters import Wanted
from alerts.storage.muted import MuteKind, Subject
from alerts.storage.outbox import Outbox
from alerts.storage.retention import Keep
from alerts.storage.tables import answers, deliveries
from tests.builders import CHAT, NOW, a_destination, a_sighting, an_article
from tests.storage.databases import count, list_feeds, record, table

SECOND = timedelta(seconds=1)
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
TOPIC = Address(channel="telegram", target=CHAT.target, thread=7)
OTHER = Address(channel="telegram", target="200")
#: All that an answer can say.
WHOLE = Answer(
    html="<b>Idlib</b> &amp; 3 others \U0001f514 إدلب",
    buttons=(
        (Button(label="Pause", action="/pause 3"), Button(label="Map", url="https://map.example/")),
        (Button(label="Back", action="/watchlists"),),
    ),
    follows="41",
    asks=True,
)


async def put(
    storage: Storage,
    key: str,
    address: Address = CHAT,
    *,
    answer: Answer | None = None,
    now: datetime = NOW,
) -> bool:
    return await storage.answers.put(key, address, answer or Answer(html=key), now=now)


async def ring(storage: Storage, name: str, *, now: datetime = NOW, **fields: Any) -> None:
    await list_feeds(storage)
    sighting = a_sighting(an_article(name), to=[a_destination(due_at=now)], **fields)
    await record(storage, sighting, now=now)


async def lease(storage: Storage, *, now: datetime = NOW, limit: int = 100) -> list[Delivery]:
    return await storage.outbox.lease_due("telegram", now=now, until=now + MINUTE, limit=limit)


async def lease_one(storage: Storage, *, now: datetime = NOW) -> Delivery:
    [delivery] = await lease(storage, now=now)
    return delivery


async def left(storage: Storage, *, now: datetime = NOW) -> list[str]:
    """Let everything for one chat arrive; return what it says, in order."""
    said = []
    while leased := await lease(storage, now=now, limit=1):
        [each] = leased
        said.append(each.answer.html if each.answer else each.alerts[0].lead.guid[9:])
        await storage.outbox.mark_sent(each, Receipt(message_id=str(len(said))), now=now)
    return said


# --- putting ----------------------------------------------------------------------------------


async def test_an_answer_leaves_as_it_was_put(storage: Storage) -> None:
    assert await put(storage, "update 7", TOPIC, answer=WHOLE)
    leased = await lease_one(storage)
    assert leased.answer == WHOLE
    assert (leased.kind, leased.address) == (DeliveryKind.ANSWER, TOPIC)
    assert (leased.receiver, leased.alerts, leased.severity) == (WHOEVER_ASKED, (), Severity.INFO)
    assert leased.created_at == NOW
    assert not leased.is_silent


async def test_the_same_key_is_the_same_answer(storage: Storage) -> None:
    assert await put(storage, "update 7")
    assert not await put(storage, "update 7", answer=WHOLE)
    leased = await lease_one(storage)
    await storage.outbox.mark_sent(leased, Receipt(message_id="1"), now=NOW)
    assert not await put(storage, "update 7", OTHER, now=NOW + MINUTE)
    assert leased.answer == Answer(html="update 7")
    assert await lease(storage) == []
    assert (await count(storage, deliveries), await count(storage, answers)) == (1, 1)


async def test_the_same_key_is_the_same_answer_in_one_commit(storage: Storage) -> None:
    keys = ["a", "b", "a", "c", "b", "a"]
    told = await asyncio.gather(*(put(storage, key) for key in keys))
    assert told == [True, True, False, True, False, False]
    assert await left(storage) == ["a", "b", "c"]


async def test_answers_of_one_moment_leave_in_the_order_in_which_they_were_given(
    storage: Storage,
) -> None:
    first = [f"first {number}" for number in range(20)]
    await asyncio.gather(*(put(storage, key) for key in first))
    await put(storage, "then")
    await put(storage, "elsewhere", OTHER)
    await put(storage, "later", now=NOW + SECOND)
    said = await left(storage, now=NOW + SECOND)
    said.remove("elsewhere")
    assert said == [*first, "then", "later"]


async def test_a_clock_that_was_set_back_makes_no_answer_wait(storage: Storage) -> None:
    await put(storage, "ahead", now=NOW + DAY)
    await put(storage, "now")
    assert (await lease_one(storage)).created_at == NOW


# --- whose turn it is -------------------------------------------------------------------------


async def test_answers_leave_behind_every_alert_and_by_age(storage: Storage) -> None:
    await put(storage, "old answer")
    await put(storage, "answer", now=NOW + SECOND)
    await ring(storage, "info", now=NOW + 2 * SECOND, severity=Severity.INFO)
    await ring(storage, "high", now=NOW + 3 * SECOND, severity=Severity.HIGH)
    await ring(storage, "critical", now=NOW + 4 * SECOND, severity=Severity.CRITICAL)
    order = ["critical", "info", "high", "old answer", "answer"]
    assert await left(storage, now=NOW + MINUTE) == order


async def test_a_thousand_answers_hold_up_no_alert(storage: Storage) -> None:
    chats = [Address(channel="telegram", target=str(1000 + chat)) for chat in range(1000)]
    await asyncio.gather(*(put(storage, chat.target, chat) for chat in chats))
    await ring(storage, "alert", now=NOW + SECOND)
    [first] = await lease(storage, now=NOW + SECOND, limit=1)
    assert first.kind is DeliveryKind.ALERT


async def test_what_waits_is_counted_for_the_whole_chat(storage: Storage) -> None:
    for key, address in (("a", CHAT), ("b", CHAT), ("c", TOPIC), ("d", OTHER)):
        await put(storage, key, address)
    await ring(storage, "alert")
    assert [await storage.answers.waiting(each) for each in (CHAT, TOPIC, OTHER)] == [3, 3, 1]
    await lease(storage)
    assert await storage.answers.waiting(CHAT) == 3
    await storage.outbox.recover(now=NOW)
    await left(storage)
    assert await storage.answers.waiting(CHAT) == 0


async def test_an_answer_keeps_to_the_pace_of_its_chat(storage: Storage) -> None:
    await put(storage, "answer")
    await storage.outbox.put_off(CHAT, NOW + MINUTE)
    assert await lease(storage) == []
    assert len(await lease(storage, now=NOW + MINUTE)) == 1


# --- what does not arrive ---------------------------------------------------------------------


async def test_an_answer_that_is_refused_leaves_nothing_behind(storage: Storage) -> None:
    await put(storage, "answer", answer=WHOLE)
    refused = await lease_one(storage)
    assert await storage.outbox.mark_dead(refused, "400 Bad Request")
    assert (await table(storage, deliveries), await table(storage, answers)) == ([], [])
    assert not await storage.outbox.mark_dead(refused, "400 Bad Request")


async def test_only_whoever_has_the_lease_can_bury_an_answer(storage: Storage) -> None:
    await put(storage, "answer")
    stale = await lease_one(storage)
    successor = Outbox(storage.outbox._writer, storage.outbox._readers)
    await successor.recover(now=NOW)
    assert not await storage.outbox.mark_dead(stale, "400 Bad Request")
    again = await lease_one(storage)
    assert again.possible_repeat
    assert again.answer == Answer(html="answer")


async def test_a_chat_that_blocked_us_gets_no_old_answers(storage: Storage) -> None:
    for key in ("first", "second"):
        await put(storage, key)
    await put(storage, "there", TOPIC)
    await put(storage, "elsewhere", OTHER)
    await ring(storage, "alert", now=NOW + SECOND)
    refused = [each for each in await lease(storage, now=NOW + SECOND) if each.alerts]
    await storage.outbox.mark_gone(refused[0], "403 blocked", now=NOW)
    assert await storage.answers.waiting(CHAT) == 0
    await storage.backlog.readmit([("telegram", CHAT.target)], now=NOW)
    await storage.outbox.recover(now=NOW)
    assert sorted(await left(storage, now=NOW + SECOND)) == ["alert", "elsewhere"]


async def test_an_answer_to_a_chat_that_blocked_us_is_deleted_itself(storage: Storage) -> None:
    await put(storage, "first")
    await put(storage, "second", now=NOW + SECOND)
    refused = await lease_one(storage)
    assert await storage.outbox.mark_gone(refused, "403 blocked", now=NOW)
    assert (await table(storage, deliveries), await table(storage, answers)) == ([], [])


async def test_a_chat_that_lets_us_go_by_its_own_word_gets_none_either(storage: Storage) -> None:
    await put(storage, "answer")
    await put(storage, "elsewhere", OTHER)
    await ring(storage, "alert")
    await storage.departures.note("telegram", [CHAT.target, "@chat"], "left", now=NOW)
    await storage.backlog.readmit([("telegram", CHAT.target)], now=NOW)
    assert sorted(await left(storage)) == ["alert", "elsewhere"]


async def test_what_is_answered_after_the_return_leaves(storage: Storage) -> None:
    await storage.departures.note("telegram", [CHAT.target], "left", now=NOW)
    await put(storage, "welcome back")
    assert await lease(storage) == []
    await storage.backlog.readmit([("telegram", CHAT.target)], now=NOW)
    assert await left(storage) == ["welcome back"]


async def test_a_group_that_moves_takes_its_answers_along(storage: Storage) -> None:
    await put(storage, "first", answer=WHOLE)
    await put(storage, "second", answer=WHOLE, now=NOW + SECOND)
    await storage.outbox.move(await lease_one(storage), "-1001", now=NOW)
    moved = await lease_one(storage)
    assert moved.address == Address(channel="telegram", target="-1001")
    # The new chat numbers its messages anew.
    assert [row["follows"] for row in await table(storage, answers)] == ["", ""]


# --- what is only about alerts ----------------------------------------------------------------


async def test_answers_are_gathered_with_nothing(storage: Storage) -> None:
    for name in ("one", "two"):
        await put(storage, f"answer {name}")
        await ring(storage, name)
    [crowd] = await storage.backlog.crowds("telegram", restrained=(), now=NOW)
    assert crowd == Crowd(receiver="desk", address=CHAT, waiting=2)
    answered = Crowd(receiver=WHOEVER_ASKED, address=CHAT, waiting=2)
    into = Gathering(gathers="", due_at=NOW, below=None)
    assert await storage.backlog.gather(answered, into, now=NOW) == 0
    assert await storage.backlog.gather(crowd, into, now=NOW) == 2
    assert (await left(storage))[1:] == ["answer one", "answer two"]


async def test_answers_are_handed_over_to_nobody(storage: Storage) -> None:
    await put(storage, "answer")
    names = ["desk", WHOEVER_ASKED, ""]
    await ring(storage, "alert")
    late = await storage.backlog.overdue("telegram", names[:1], before=NOW + DAY)
    assert [each.kind for each in late] == [DeliveryKind.ALERT]


async def test_whoever_mutes_or_leaves_is_answered_all_the_same(storage: Storage) -> None:
    await put(storage, "answer")
    await ring(storage, "alert")
    bases = Subject(kind=MuteKind.WATCHLIST, value="bases", title="Bases")
    await storage.mutes.begin(bases, CHAT, "desk", until=NOW + DAY, now=NOW)
    await storage.outbox._writer.run(lambda connection: hold(connection, CHAT))
    assert await left(storage) == ["answer"]


async def test_answers_are_no_backlog_and_on_no_page(storage: Storage) -> None:
    await put(storage, "answer")
    await put(storage, "another", OTHER)
    counts = await storage.overview.counts()
    assert (counts.deliveries, counts.oldest_due_at, counts.answers_waiting) == ({}, None, 2)
    assert await storage.backlog.size() == 0
    assert await storage.overview.recent() == []
    await left(storage)
    counts = await storage.overview.counts()
    assert (counts.deliveries, counts.answers_waiting) == ({}, 0)
    assert (await storage.glances.look(now=NOW + MINUTE)).sent.week == 0


async def test_an_answer_that_fails_is_no_finding(storage: Storage) -> None:
    await put(storage, "answer")
    await storage.outbox.mark_retry(await lease_one(storage), "429", due_at=NOW + MINUTE)
    assert await storage.hygiene.undelivered(since=NOW - DAY) == []


async def test_an_operator_finds_answers_among_the_deliveries(storage: Storage) -> None:
    await put(storage, "answer", answer=WHOLE)
    [listed] = await storage.letters.find(Wanted())
    assert (listed.kind, listed.severity) == (DeliveryKind.ANSWER, Severity.INFO)
    shown = await storage.letters.show(listed.id)
    assert shown is not None
    assert shown.delivery.answer == WHOLE


# --- what is forgotten ------------------------------------------------------------------------


@pytest.mark.parametrize("state", [DeliveryState.SENT, DeliveryState.PENDING])
async def test_answers_are_forgotten_after_a_day(storage: Storage, state: DeliveryState) -> None:
    await put(storage, "answer")
    if state is DeliveryState.SENT:
        await left(storage)
    assert await storage.retention.sweep(NOW + DAY) == {}
    gone = await storage.retention.sweep(NOW + DAY + SECOND)
    assert gone == {"answers": 1, "deliveries": 1}


async def test_many_answers_are_forgotten_and_none_that_is_under_way(storage: Storage) -> None:
    await asyncio.gather(*(put(storage, f"answer {number}") for number in range(1100)))
    await lease_one(storage)
    gone = await storage.retention.sweep(NOW + 2 * DAY)
    assert gone == {"answers": 1099, "deliveries": 1099}


async def test_an_operator_can_forget_them_sooner(storage: Storage) -> None:
    await put(storage, "answer")
    await left(storage)
    keep = Keep(deliveries={DeliveryState.SENT: MINUTE})
    gone = await storage.retention.sweep(NOW + 2 * MINUTE, keep)
    assert gone == {"answers": 1, "deliveries": 1}
