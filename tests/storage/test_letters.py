"""Dead letters are found by what is known of them, and put back with all their attempts."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from alerts.delivery.retry import given_up
from alerts.errors import StorageError
from alerts.model import Address, Delivery, DeliveryState, Receipt
from alerts.storage import Storage
from alerts.storage.beside import Desk, open_desk
from alerts.storage.letters import Letters, Wanted
from tests.builders import NOW, a_destination, a_notice, a_sighting, an_article, an_operator
from tests.storage.databases import Database, connected, list_feeds, opened, record

DAY = timedelta(days=1)
SOON = NOW + timedelta(minutes=3)


@pytest.fixture
async def desk(database: Database) -> AsyncIterator[Desk]:
    """What an operator has beside a process that works on the same database."""
    async with opened(database) as storage:
        await list_feeds(storage)
        async with open_desk(database.url) as desk:
            yield desk


@pytest.fixture
async def storage(database: Database, desk: Desk) -> AsyncIterator[Storage]:
    """The database of the process that works; the desk holds nothing of it."""
    del desk
    # Opened a second time as the desk is: two writers take turns.
    async with open_desk(database.url) as other:
        storage = Storage(other.letters._writer, other.letters._readers)
        yield storage


async def sent(storage: Storage, name: str, **destination: Any) -> Delivery:
    """Record an article and lease the delivery that tells of it."""
    article = an_article(name)
    await record(storage, a_sighting(article, to=[a_destination(**destination)]))
    [delivery] = await storage.outbox.lease_due("telegram", now=NOW, until=SOON, limit=1)
    return delivery


async def dead(storage: Storage, name: str, **destination: Any) -> Delivery:
    delivery = await sent(storage, name, **destination)
    await storage.outbox.mark_dead(delivery, "400 Bad Request")
    return delivery


async def test_deliveries_are_found_by_what_is_known_of_them(desk: Desk, storage: Storage) -> None:
    first = await dead(storage, "a")
    await storage.outbox.mark_sent(await sent(storage, "b"), Receipt(message_id="7"), now=NOW)
    third = await dead(storage, "c", target="200", receiver="ops")
    letters = desk.letters

    async def ids(wanted: Wanted) -> set[str]:
        found = await letters.find(wanted)
        assert await letters.count(wanted) == len(found)
        return {item.id for item in found}

    assert len(await ids(Wanted())) == 3
    assert await ids(Wanted(states=[DeliveryState.DEAD])) == {first.id, third.id}
    assert await ids(Wanted(states=[DeliveryState.DEAD], receivers=["ops"])) == {third.id}
    assert await ids(Wanted(channels=["email"])) == set()
    assert await ids(Wanted(since=NOW + DAY)) == set()
    assert len(await ids(Wanted(since=NOW, until=NOW + DAY))) == 3
    assert len(await letters.find(Wanted(), limit=2)) == 2


async def test_a_letter_says_everything_that_is_known(desk: Desk, storage: Storage) -> None:
    delivery = await dead(storage, "a")
    letter = await desk.letters.show(delivery.id)
    assert letter is not None
    assert letter.listed.error == "400 Bad Request"
    assert letter.listed.attempt == 1
    assert letter.rule_sets == ("r1",)
    assert letter.delivery.alerts == delivery.alerts
    assert (letter.held_by, letter.gone, letter.message_id, letter.updates) == ("", "", "", ())
    assert await desk.letters.show("0" * 64) is None


async def test_an_id_is_known_by_its_beginning(desk: Desk, storage: Storage) -> None:
    delivery = await dead(storage, "a")
    other = await dead(storage, "b")
    letters = desk.letters
    assert await letters.named(delivery.id[:8]) == [delivery.id]
    assert await letters.named(delivery.id) == [delivery.id]
    assert await letters.named("") == sorted([delivery.id, other.id])
    assert await letters.named("%") == []
    strange = delivery.id[:6] + ("0" if delivery.id[6] != "0" else "1") * 4
    assert await letters.named(strange) == []
    assert await letters.nearest(strange) == [delivery.id]
    assert await letters.nearest("~") == sorted([delivery.id, other.id])


async def test_where_there_are_none_none_is_near(desk: Desk) -> None:
    assert await desk.letters.nearest("5f1c09ab") == []


async def test_a_dead_letter_is_put_back_with_its_whole_horizon(
    desk: Desk, storage: Storage
) -> None:
    delivery = await dead(storage, "a")
    later = NOW + 9 * DAY
    assert given_up("telegram", created_at=delivery.created_at, now=later)
    assert await desk.letters.retry([delivery.id], now=later) == 1
    [again] = await storage.outbox.lease_due("telegram", now=later, until=later + DAY, limit=9)
    assert (again.id, again.attempt, again.alerts) == (delivery.id, 1, delivery.alerts)
    assert not given_up("telegram", created_at=again.created_at, now=later + DAY / 2)
    assert not again.possible_repeat


async def test_only_dead_letters_are_put_back(desk: Desk, storage: Storage) -> None:
    delivery = await sent(storage, "a")
    assert await desk.letters.retry([delivery.id], now=NOW) == 0
    await storage.outbox.mark_sent(delivery, Receipt(message_id="7"), now=NOW)
    assert await desk.letters.retry([delivery.id, "0" * 64], now=NOW) == 0
    assert await storage.outbox.lease_due("telegram", now=NOW, until=SOON, limit=9) == []


async def test_what_perhaps_arrived_is_put_back_as_a_possible_repeat(
    desk: Desk, storage: Storage
) -> None:
    delivery = await sent(storage, "a")
    await storage.outbox.mark_retry(delivery, "lost", due_at=NOW, ambiguous=True)
    [again] = await storage.outbox.lease_due("telegram", now=NOW, until=SOON, limit=1)
    await storage.outbox.mark_dead(again, "given up")
    await desk.letters.retry([delivery.id], now=NOW)
    [listed] = await desk.letters.find(Wanted())
    assert (listed.state, listed.possible_repeat) == (DeliveryState.AMBIGUOUS, True)
    [third] = await storage.outbox.lease_due("telegram", now=NOW, until=SOON, limit=1)
    assert third.possible_repeat


async def test_an_address_that_is_gone_is_named(desk: Desk, storage: Storage) -> None:
    first = await dead(storage, "a")
    second = await sent(storage, "b")
    await storage.outbox.mark_gone(second, "403 blocked", now=NOW)
    assert await desk.letters.unreachable([first.id]) == {"telegram:100": "403 blocked"}
    assert await desk.letters.unreachable([]) == {}


async def test_a_notice_is_a_letter_too(desk: Desk, storage: Storage) -> None:
    mailbox = Address(channel="email", target="ops@example.org")
    await storage.outbox.notify(a_notice(), an_operator(mailbox), now=NOW)
    [listed] = await desk.letters.find(Wanted(channels=["email"]))
    letter = await desk.letters.show(listed.id)
    assert letter is not None
    assert letter.delivery.notice == replace(a_notice())
    assert letter.rule_sets == ()


# --- the database -----------------------------------------------------------------------------


async def test_there_must_be_a_database_of_our_version(database: Database) -> None:
    if database.is_sqlite:
        with pytest.raises(StorageError, match="there is no database"):
            async with open_desk(database.url):
                pass
    async with opened(database):
        pass
    for version, words in [("0001", "start `tocsin run` once"), ("9999", "newer Tocsin")]:
        async with connected(database) as engine, engine.begin() as connection:
            await connection.exec_driver_sql(
                f"UPDATE alembic_version SET version_num = '{version}'"
            )
        with pytest.raises(StorageError, match=words):
            async with open_desk(database.url):
                pass


async def test_the_desk_takes_no_hold(database: Database) -> None:
    async with opened(database), open_desk(database.url) as desk:
        assert isinstance(desk.letters, Letters)
        assert await desk.letters.find(Wanted()) == []
