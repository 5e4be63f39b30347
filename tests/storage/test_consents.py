"""What readers said about being written to: who joined, paused, left or moved, and what that stops."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.model import Address, DeliveryState, Receipt
from alerts.storage import Storage
from alerts.storage.bounces import Bounces
from alerts.storage.consents import ANSWER_WITHIN, ASKED_AGAIN_AFTER, Consents
from alerts.storage.page_keys import BELIEVED, SIGNS
from alerts.storage.silenced import EVERY, Consent, Silenced, silenced
from alerts.storage.tables import consents as consents_table
from alerts.storage.tables import deliveries
from tests.builders import NOW, a_destination, a_notice, a_sighting, an_article, an_operator
from tests.storage.databases import list_feeds, record, table

READER = Address(channel="email", target="reader@example.net")
NEW = Address(channel="email", target="new@example.net")
LATER = NOW + timedelta(hours=1)


@pytest.fixture
async def desk(storage: Storage) -> Consents:
    desk = Consents(storage.outbox._writer, storage.outbox._readers)
    await desk.open(now=NOW)
    return desk


@pytest.fixture
def bounces(storage: Storage) -> Bounces:
    return Bounces(storage.outbox._writer)


async def said(storage: Storage, *addresses: Address, now: Any = NOW) -> Silenced:
    async with storage.outbox._readers.begin() as connection:
        return await silenced(connection, addresses or (READER,), now=now)


async def waiting(storage: Storage, address: Address = READER, *, receiver: str = "desk") -> str:
    """Have an alert wait for *address*; return its delivery."""
    await list_feeds(storage)
    known = {row["id"] for row in await table(storage, deliveries)}
    article = an_article(f"{receiver} {address.target} {len(known)}")
    destination = replace(a_destination(), receiver=receiver, address=address)
    await record(storage, a_sighting(article, to=[destination]))
    (row,) = [row for row in await table(storage, deliveries) if row["id"] not in known]
    return str(row["id"])


# --- leaving, pausing, coming back ------------------------------------------------------------


async def test_whoever_said_nothing_is_written_to(storage: Storage, desk: Consents) -> None:
    assert (READER, "desk") not in await said(storage)
    assert desk.version(READER, "desk") == 0
    assert await desk.standings(READER, now=NOW) == {}


async def test_who_leaves_a_list_is_not_written_to_on_it(storage: Storage, desk: Consents) -> None:
    await desk.leave(READER, "desk", now=NOW)
    told = await said(storage)
    assert (READER, "desk") in told
    assert (READER, "night") not in told
    assert (NEW, "desk") not in told


async def test_who_leaves_stops_what_waits_on_that_list(storage: Storage, desk: Consents) -> None:
    await waiting(storage)
    await waiting(storage, receiver="night")
    await waiting(storage, NEW)
    question = replace(an_operator(READER), name="desk")
    await storage.outbox.notify(a_notice(), question, now=NOW)
    await desk.leave(READER, "desk", now=NOW)
    rows = await table(storage, deliveries)
    held = [
        (row["target"], row["receiver"], row["held_by"]) for row in rows if row["state"] == "held"
    ]
    assert held == [("reader@example.net", "desk", "left")]


async def test_what_was_sent_stays_sent(storage: Storage, desk: Consents) -> None:
    await waiting(storage)
    (leased,) = await storage.outbox.lease_due("email", now=NOW, until=LATER, limit=9)
    await desk.leave(READER, "desk", now=NOW)
    assert await storage.outbox.mark_sent(leased, Receipt(message_id="<1@x>"), now=NOW)
    assert [row["state"] for row in await table(storage, deliveries)] == [DeliveryState.SENT]


async def test_a_pause_ends_by_itself(storage: Storage, desk: Consents) -> None:
    end = NOW + timedelta(days=7)
    await desk.pause(READER, "desk", until=end, now=NOW)
    assert (READER, "desk") in await said(storage, now=end - timedelta(seconds=1))
    assert (READER, "desk") not in await said(storage, now=end)
    standing = (await desk.standings(READER, now=NOW))["desk"]
    assert (standing.state, standing.until) == (Consent.PAUSED, end)
    assert (await desk.standings(READER, now=end))["desk"].state is Consent.GIVEN


@pytest.mark.parametrize("how", ["pause", "leave"])
async def test_a_reader_comes_back(storage: Storage, desk: Consents, how: str) -> None:
    if how == "pause":
        await desk.pause(READER, "desk", until=LATER, now=NOW)
    else:
        await desk.leave(READER, "desk", now=NOW)
    await desk.resume(READER, "desk", now=NOW)
    assert (READER, "desk") not in await said(storage)


async def test_the_version_moves_when_somebody_joins_or_leaves_and_at_nothing_else(
    storage: Storage, desk: Consents
) -> None:
    versions = []
    for said_next in (
        desk.pause(READER, "desk", until=LATER, now=NOW),
        desk.resume(READER, "desk", now=NOW),
        desk.leave(READER, "desk", now=NOW),
        desk.resume(READER, "desk", now=NOW),
    ):
        await said_next
        versions.append(desk.version(READER, "desk"))
    assert versions == [0, 0, 1, 2]
    again = Consents(storage.outbox._writer, storage.outbox._readers)
    await again.open(now=LATER)
    assert again.version(READER, "desk") == 2


# --- double opt-in, and moving ----------------------------------------------------------------


async def test_an_address_that_was_typed_is_asked_first(storage: Storage, desk: Consents) -> None:
    version = await desk.ask(NEW, "desk", now=NOW)
    assert version == 1
    assert (NEW, "desk") in await said(storage, NEW)
    assert await desk.give(NEW, "desk", version=1, now=LATER)
    assert (NEW, "desk") not in await said(storage, NEW)
    assert desk.version(NEW, "desk") == 2


@pytest.mark.parametrize(
    ("version", "after", "taken"),
    [
        (1, timedelta(0), True),
        (0, timedelta(0), False),
        (2, timedelta(0), False),
        (1, ANSWER_WITHIN, True),
        (1, ANSWER_WITHIN + timedelta(seconds=1), False),
    ],
)
async def test_only_an_answer_in_time_to_the_newest_question_counts(
    storage: Storage, desk: Consents, version: int, after: timedelta, taken: bool
) -> None:
    await desk.ask(NEW, "desk", now=NOW)
    assert await desk.give(NEW, "desk", version=version, now=NOW + after) is taken
    assert ((NEW, "desk") in await said(storage, NEW)) is not taken


async def test_an_answer_counts_once(storage: Storage, desk: Consents) -> None:
    await desk.ask(NEW, "desk", now=NOW)
    assert await desk.give(NEW, "desk", version=1, now=NOW)
    await desk.leave(NEW, "desk", now=NOW)
    assert not await desk.give(NEW, "desk", version=1, now=NOW)
    assert (NEW, "desk") in await said(storage, NEW)


async def test_nobody_is_silenced_or_pestered_by_being_asked(
    storage: Storage, desk: Consents
) -> None:
    await desk.ask(NEW, "desk", now=NOW)
    assert await desk.ask(NEW, "desk", now=LATER) is None
    assert await desk.ask(NEW, "desk", now=NOW + ASKED_AGAIN_AFTER) == 2
    assert await desk.give(NEW, "desk", version=2, now=NOW + ASKED_AGAIN_AFTER)
    assert await desk.ask(NEW, "desk", now=NOW + timedelta(days=9)) is None
    assert (NEW, "desk") not in await said(storage, NEW)
    await desk.leave(NEW, "desk", now=NOW + timedelta(days=9))
    assert await desk.ask(NEW, "desk", now=NOW + timedelta(days=9, hours=1)) is None


async def test_the_old_address_stays_until_the_new_one_answers(
    storage: Storage, desk: Consents
) -> None:
    await waiting(storage)
    await desk.ask(NEW, "desk", now=NOW)
    told = await said(storage)
    assert (READER, "desk") not in told
    assert told.moved(READER, "desk") == READER
    assert await desk.give(NEW, "desk", version=1, now=LATER, moves=READER.target)
    told = await said(storage)
    assert told.moved(READER, "desk") == NEW
    assert told.moved(READER, "night") == READER
    assert (NEW, "desk") not in told
    assert [row["target"] for row in await table(storage, deliveries)] == [NEW.target]
    assert desk.version(READER, "desk") == 1


async def test_who_moves_twice_is_found(storage: Storage, desk: Consents) -> None:
    third = Address(channel="email", target="third@example.net")
    for old, new in ((READER, NEW), (NEW, third)):
        await desk.ask(new, "desk", now=NOW)
        assert await desk.give(new, "desk", version=1, now=NOW, moves=old.target)
    assert (await said(storage)).moved(READER, "desk") == third
    await desk.leave(third, "desk", now=NOW)
    told = await said(storage)
    assert (told.moved(READER, "desk"), "desk") in told


async def test_who_moves_in_a_circle_is_written_to_somewhere(
    storage: Storage, desk: Consents
) -> None:
    for old, new in ((READER, NEW), (NEW, READER)):
        version = await desk.ask(new, "desk", now=NOW)
        assert version
        assert await desk.give(new, "desk", version=version, now=NOW, moves=old.target)
    assert (await said(storage)).moved(READER, "desk") == READER
    assert (READER, "desk") not in await said(storage)


# --- bounces ----------------------------------------------------------------------------------


async def sent(storage: Storage, *, receiver: str = "desk") -> str:
    """Send a mail to READER; return its Message-ID."""
    delivery = await waiting(storage, receiver=receiver)
    (leased,) = await storage.outbox.lease_due("email", now=NOW, until=LATER, limit=1)
    message_id = f"<{delivery}@example.org>"
    await storage.outbox.mark_sent(leased, Receipt(message_id=message_id), now=NOW)
    return message_id


async def test_three_mails_that_come_back_in_a_week_turn_an_address_off(
    storage: Storage, desk: Consents, bounces: Bounces
) -> None:
    mails = [await sent(storage), await sent(storage, receiver="night"), await sent(storage)]
    last = await waiting(storage)
    counted = []
    for day, mail in enumerate(mails):
        at = NOW + timedelta(days=day)
        counted.append(await bounces.count(mail, status="5.1.1", reason="no such user", now=at))
    assert [one and (one.refusals, one.is_off) for one in counted] == [
        (1, False),
        (2, False),
        (3, True),
    ]
    assert counted[1] is not None
    assert (counted[1].address, counted[1].receiver) == (READER, "night")
    told = await said(storage)
    assert (READER, "desk") in told
    assert (READER, "night") in told
    assert (await desk.standings(READER, now=NOW))[EVERY].reason == "no such user"
    states = {row["id"]: row["state"] for row in await table(storage, deliveries)}
    assert states[last] == "held"
    fourth = await bounces.count(await sent_before(storage), status="5.1.1", reason="x", now=NOW)
    assert fourth is not None
    assert not fourth.is_off


async def sent_before(storage: Storage) -> str:
    (row, *_) = [row for row in await table(storage, deliveries) if row["state"] == "sent"]
    return str(row["message_id"])


async def test_the_same_mail_counts_once(storage: Storage, bounces: Bounces) -> None:
    mail = await sent(storage)
    for status in ("5.1.1", "5.1.1", "5.0.0"):
        counted = await bounces.count(mail, status=status, reason="x", now=NOW)
        assert counted is not None
        assert counted.refusals == 1


async def test_what_came_back_over_a_week_ago_is_forgotten(
    storage: Storage, bounces: Bounces
) -> None:
    for day in (0, 4, 8, 12):
        at = NOW + timedelta(days=day)
        counted = await bounces.count(await sent(storage), status="5.1.1", reason="x", now=at)
        assert counted is not None
        assert not counted.is_off


@pytest.mark.parametrize("mail", ["", "<>", "<somebody@else.example>", f"<{'0' * 64}@example.org>"])
async def test_what_we_did_not_send_cannot_come_back(
    storage: Storage, bounces: Bounces, mail: str
) -> None:
    await sent(storage)
    assert await bounces.count(mail, status="5.1.1", reason="x", now=NOW) is None


@pytest.mark.parametrize("how", ["arrived", "resumed"])
async def test_an_address_is_believed_again(
    storage: Storage, desk: Consents, bounces: Bounces, how: str
) -> None:
    mails = [await sent(storage) for _ in range(3)]
    for mail in mails:
        await bounces.count(mail, status="5.1.1", reason="x", now=NOW)
    assert (READER, "desk") in await said(storage)
    if how == "arrived":
        await bounces.arrived(mails[0])
    else:
        await desk.resume(READER, "desk", now=NOW)
    assert (READER, "desk") not in await said(storage)
    counted = await bounces.count(mails[0], status="5.1.1", reason="x", now=NOW)
    assert counted is not None
    assert counted.refusals == 1


# --- keys -------------------------------------------------------------------------------------


async def test_the_first_key_is_made_at_first_use_and_kept(
    storage: Storage, desk: Consents
) -> None:
    (key,) = desk.keys
    assert len(key) >= 43
    again = Consents(storage.outbox._writer, storage.outbox._readers)
    await again.open(now=LATER)
    assert tuple(again.keys) == (key,)


async def test_a_new_key_signs_and_the_old_one_is_believed_for_a_year(
    storage: Storage, desk: Consents
) -> None:
    (first,) = desk.keys
    await desk.rotate(now=NOW)
    assert tuple(desk.keys)[1:] == (first,)
    await desk.rotate(now=NOW + BELIEVED)
    assert first in desk.keys
    await desk.rotate(now=NOW + BELIEVED + timedelta(seconds=1))
    assert first not in desk.keys
    assert len(desk.keys) == 3


async def test_a_key_signs_for_three_months(storage: Storage, desk: Consents) -> None:
    (first,) = desk.keys
    await desk.renew_keys(now=NOW + SIGNS - timedelta(seconds=1))
    assert tuple(desk.keys) == (first,)
    for _ in range(2):
        await desk.renew_keys(now=NOW + SIGNS)
    assert len(desk.keys) == 2
    assert desk.keys[1] == first


async def test_one_row_for_each_address_and_list(storage: Storage, desk: Consents) -> None:
    for _ in range(3):
        await desk.leave(READER, "desk", now=NOW)
        await desk.resume(READER, "desk", now=NOW)
    assert len(await table(storage, consents_table)) == 1
