"""Notices to the operator: trouble once, its end once, and the last word is true."""

from __future__ import annotations

import asyncio
import tempfile
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from alerts.model import (
    Address,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Receipt,
    Receiver,
    Severity,
)
from alerts.storage import Storage
from alerts.storage.notices import APART
from alerts.storage.outbox import Outbox
from tests.builders import CHAT, NOW, Clock, a_notice, a_sighting, an_operator
from tests.storage.databases import Database, list_feeds, on_sqlite, opened, record

MAILBOX = Address(channel="email", target="desk@example.org")


class Desk:
    """An operator's chat, and a clock that only the test moves."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.clock = Clock()

    async def tell(self, *states: str, to: Receiver | None = None) -> list[int]:
        """Tell of each of *states* in turn; return how many messages each made."""
        receiver, new = to or an_operator(), []
        for state in states:
            now = self.clock.advance(milliseconds=1)
            new.append(await self.storage.outbox.notify(a_notice(state), receiver, now=now))
        return new

    async def lease(self, channel: str = "telegram") -> list[Delivery]:
        now = self.clock()
        return await self.storage.outbox.lease_due(channel, now=now, until=now + APART, limit=9)

    async def sent(self) -> list[str]:
        """Send what is due, one after the other; return the states that were told."""
        told = []
        while leased := await self.lease():
            for delivery in leased:
                assert delivery.notice is not None
                told.append(delivery.notice.state)
                await self.storage.outbox.mark_sent(delivery, Receipt(), now=self.clock())
        return told

    async def sent_in_the_end(self) -> list[str]:
        self.clock.advance(hours=1)
        return await self.sent()


@pytest.fixture
def desk(storage: Storage) -> Desk:
    return Desk(storage)


async def test_a_notice_is_one_delivery_for_each_address(desk: Desk) -> None:
    notice = a_notice(
        details=("rules/a.yml:2:23: R201 unknown key\n  hint: …", "ключ 🔑"),
        more=37,
        shown_by="tocsin check",
        severity=Severity.CRITICAL,
    )
    to = an_operator(CHAT, MAILBOX)
    assert await desk.storage.outbox.notify(notice, to, now=NOW) == 2
    [chat], [mail] = await desk.lease(), await desk.lease("email")
    assert (chat.address, mail.address) == (CHAT, MAILBOX)
    for delivery in (chat, mail):
        assert delivery.notice == notice
        assert (delivery.kind, delivery.alerts) == (DeliveryKind.NOTICE, ())
        assert (delivery.receiver, delivery.severity) == ("operator", Severity.CRITICAL)


async def test_words_that_no_database_holds_are_told_all_the_same(desk: Desk) -> None:
    notice = a_notice("\0", subject="a\0b", text="\ud83d torn", details=("x" * 5000, "\0\ud83d"))
    assert await desk.storage.outbox.notify(notice, an_operator(), now=NOW) == 1
    [delivery] = await desk.lease()
    assert delivery.notice is not None
    assert delivery.notice.subject == "a?b"
    assert delivery.notice.details[0] == "x" * 5000


async def test_the_same_trouble_is_told_once_and_other_trouble_too(desk: Desk) -> None:
    assert await desk.tell("a", "a") == [1, 0]
    assert await desk.sent() == ["a"]
    desk.clock.advance(hours=1)
    assert await desk.tell("a", "b", "b", "a") == [0, 1, 0, 0]
    assert await desk.sent_in_the_end() == ["b"]


async def test_an_end_is_told_once_and_only_after_trouble(desk: Desk) -> None:
    assert await desk.tell("", "a", "", "") == [0, 1, 1, 0]
    assert await desk.sent_in_the_end() == ["a", ""]
    assert await desk.tell("") == [0]


async def test_the_same_trouble_is_news_again_after_its_end(desk: Desk) -> None:
    assert await desk.tell("a", "") == [1, 1]
    desk.clock.advance(minutes=1)
    assert await desk.tell("a", "a", "", "") == [1, 0, 1, 0]
    assert await desk.sent_in_the_end() == ["a", "", "a", ""]


async def test_a_second_process_finds_itself_told(database: Database) -> None:
    for new in ([1], [0]):
        async with opened(database) as storage:
            assert await Desk(storage).tell("a") == new
    async with opened(database) as storage:
        assert await Desk(storage).tell("") == [1]
    async with opened(database) as storage:
        assert await Desk(storage).tell("") == [0]


async def test_an_address_that_comes_later_hears_of_it_alone(desk: Desk) -> None:
    await desk.tell("a")
    assert await desk.tell("a", to=an_operator(CHAT, MAILBOX)) == [1]
    desk.clock.advance(minutes=1)
    assert [len(await desk.lease()), len(await desk.lease("email"))] == [1, 1]


async def test_troubles_with_different_things_do_not_meddle(desk: Desk) -> None:
    await desk.tell("a")
    feed = a_notice("a", about="feed x")
    assert await desk.storage.outbox.notify(feed, an_operator(), now=NOW) == 1
    feed_end = a_notice("", about="feed y")
    assert await desk.storage.outbox.notify(feed_end, an_operator(), now=NOW) == 0
    assert await desk.sent() == ["a", "a"]


async def test_trouble_leaves_once_a_minute_and_the_newest_is_what_leaves(desk: Desk) -> None:
    """An editor that saves another broken file every ten seconds."""
    told = []
    for number in range(18):
        await desk.tell(f"{number}")
        told += [((desk.clock() - NOW).seconds, state) for state in await desk.sent()]
        desk.clock.advance(seconds=10)
    told += [((desk.clock() - NOW).seconds, state) for state in await desk.sent()]
    assert told == [(0, "0"), (60, "5"), (120, "11"), (180, "17")]


async def test_trouble_that_was_mended_while_it_waited_is_not_told(desk: Desk) -> None:
    assert await desk.tell("a", "b", "") == [1, 1, 1]
    assert await desk.sent_in_the_end() == ["a", ""]
    desk.clock.advance(seconds=-3590)
    assert await desk.tell("c", "") == [1, 0]
    assert await desk.sent_in_the_end() == []


async def test_what_waits_gives_way_to_what_was_told_before_it(desk: Desk) -> None:
    assert await desk.tell("a", "b", "a") == [1, 1, 0]
    assert await desk.sent_in_the_end() == ["a"]


async def test_a_clock_that_was_set_back_holds_nothing_back_for_longer(desk: Desk) -> None:
    await desk.tell("a")
    assert await desk.sent() == ["a"]
    desk.clock.advance(days=-2)
    await desk.tell("b")
    desk.clock.advance(minutes=1)
    assert await desk.sent() == ["b"]


async def test_a_later_attempt_on_one_channel_holds_up_no_trouble_on_another(desk: Desk) -> None:
    to = an_operator(CHAT, MAILBOX)
    await desk.tell("a", to=to)
    [mail] = await desk.lease("email")
    await desk.storage.outbox.mark_retry(mail, "421", due_at=NOW + timedelta(hours=1))
    await desk.sent()
    desk.clock.advance(minutes=1)
    await desk.tell("b", to=to)
    assert await desk.sent() == ["b"]


async def test_what_was_under_way_is_never_taken_back(desk: Desk) -> None:
    await desk.tell("a")
    [leased] = await desk.lease()
    await desk.storage.outbox.mark_retry(leased, "503", due_at=NOW + timedelta(minutes=5))
    assert await desk.tell("") == [1]
    assert sorted(await desk.sent_in_the_end()) == ["", "a"]


async def test_a_notice_under_way_in_a_crash_comes_again_as_a_possible_repeat(desk: Desk) -> None:
    await desk.tell("a")
    [under_way] = await desk.lease()
    outbox = Outbox(desk.storage.outbox._writer, desk.storage.outbox._readers)
    assert await outbox.recover(now=NOW) == 1
    [again] = await outbox.lease_due("telegram", now=NOW, until=NOW, limit=9)
    assert (again.id, again.notice, again.possible_repeat) == (
        under_way.id,
        under_way.notice,
        True,
    )


async def test_notices_and_alerts_keep_apart(desk: Desk) -> None:
    await list_feeds(desk.storage)
    await record(desk.storage, a_sighting())
    desk.clock.advance(seconds=1)
    await desk.tell("a")
    newest, oldest = await desk.storage.overview.recent()
    assert (newest.notice, newest.alerts) == (a_notice("a"), ())
    assert oldest.notice is None
    assert len(oldest.alerts) == 1
    kinds = [listed.kind for listed in await desk.storage.overview.deliveries()]
    assert kinds == [DeliveryKind.NOTICE, DeliveryKind.ALERT]
    assert (await desk.storage.overview.counts()).deliveries == {DeliveryState.PENDING: 2}


# For all histories

STEPS = st.lists(
    st.one_of(st.sampled_from(["a", "b", "c", ""]), st.sampled_from([0, 1, 10, 61])),
    max_size=14,
)


@given(STEPS)
# Not shrunk: each try takes a database, and a history is short enough to be read.
@settings(max_examples=20, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_nothing_is_told_twice_and_the_last_word_is_true(steps: list[str | int]) -> None:
    """Words are told, and numbers are seconds that pass, after which what is due is sent."""
    asyncio.run(_tell_and_check(steps))


async def _tell_and_check(steps: list[str | int]) -> None:
    with tempfile.TemporaryDirectory(prefix="tocsin-") as folder:
        async with opened(on_sqlite(Path(folder))) as storage:
            desk, told, last = Desk(storage), [], ""
            for step in steps:
                if isinstance(step, int):
                    desk.clock.advance(seconds=step)
                    told += await desk.sent()
                else:
                    await desk.tell(step)
                    last = step
            told += await desk.sent_in_the_end()
    episode: set[str] = set()
    for word in told:
        assert word not in episode
        assert word or episode
        episode = episode | {word} if word else set()
    assert bool(episode) == bool(last)
