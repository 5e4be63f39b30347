"""What may go wrong on our own side: the renderer, the database, a stopped process, a kill."""

from __future__ import annotations

import asyncio
import itertools
import time
from datetime import timedelta

import pytest

from alerts.errors import DatabaseFullError
from alerts.model import Address, DeliveryState, Message, Receipt
from tests.dispatcher.conftest import Desk


class Postbox:
    """A channel in memory: takes everything, or what *answers* says."""

    name = "console"

    def __init__(self, *answers: Exception | None) -> None:
        self.taken: list[tuple[str, Message]] = []
        self.answers = iter(itertools.chain(answers, itertools.repeat(None)))

    async def send(self, message: Message, address: Address) -> Receipt:
        answer = next(self.answers)
        if answer is not None:
            raise answer
        self.taken.append((address.target, message))
        return Receipt(message_id=str(len(self.taken)))

    async def close(self) -> None:
        """Nothing to close."""


async def test_what_a_killed_process_was_sending_comes_again_marked_as_a_repeat(desk: Desk) -> None:
    await desk.announce("a", channel="console")
    await desk.storage.outbox.lease_due(
        "console", now=desk.clock.now, until=desk.clock.now + timedelta(minutes=3), limit=9
    )
    assert await desk.states() == {"leased": 1}
    assert await desk.storage.outbox.recover(now=desk.clock.now) == 1
    postbox = Postbox()
    assert await desk.dispatcher(postbox).deliver_due("console") == 1
    ((_, message),) = postbox.taken
    assert message.possible_repeat


@pytest.mark.parametrize(("stopped_for", "sent"), [(50, True), (70, False), (200, False)])
async def test_a_process_that_was_stopped_too_long_gives_its_lease_back(
    desk: Desk, stopped_for: float, sent: bool
) -> None:
    """A lease of three minutes must leave two requests' time (SIGSTOP, a suspended laptop)."""
    await desk.announce("a", channel="console")
    postbox = Postbox()
    dispatcher = desk.dispatcher(postbox)
    courier = dispatcher._lanes["console"]._courier
    (delivery,) = await desk.storage.outbox.lease_due(
        "console", now=desk.clock.now, until=desk.clock.now + timedelta(minutes=3), limit=9
    )
    assert await courier.deliver(delivery, time.monotonic() - stopped_for) is sent
    assert len(postbox.taken) == sent
    assert await desk.states() == {"sent" if sent else "pending": 1}
    assert await dispatcher.deliver_due("console") == (not sent)


class _NoTable:
    """An outbox whose marks fail for want of disk, *times* times."""

    def __init__(self, desk: Desk, times: int) -> None:
        self._outbox = desk.storage.outbox
        self._left = times

    def __getattr__(self, name: str) -> object:
        if name == "mark_sent" and self._left:
            self._left -= 1
            return self._full
        return getattr(self._outbox, name)

    async def _full(self, *_: object, **__: object) -> bool:
        raise DatabaseFullError("the disk of the database is full")


async def test_a_full_disk_after_the_send_neither_loses_nor_repeats(desk: Desk) -> None:
    await desk.announce("a", channel="console")
    postbox = Postbox()
    dispatcher = desk.dispatcher(postbox)
    dispatcher._lanes["console"]._courier.outbox = _NoTable(desk, 3)  # type: ignore[assignment]
    assert await dispatcher.deliver_due("console") == 1
    assert len(postbox.taken) == 1
    assert await desk.states() == {"sent": 1}
    assert desk.waits == [0.5, 1.0, 2.0]


async def test_a_delivery_that_crashes_the_renderer_three_times_is_dead_with_its_traceback(
    desk: Desk,
) -> None:
    class Broken:
        def render(self, *_: object, **__: object) -> Message:
            raise ZeroDivisionError("no such template")

    await desk.announce("a", channel="console")
    postbox = Postbox()
    dispatcher = desk.dispatcher(postbox)
    dispatcher._lanes["console"]._courier._renderer = Broken()  # type: ignore[assignment]
    for attempt in range(3):
        assert [item.attempt for item in await desk.listed()] == [attempt]
        await dispatcher.deliver_due("console")
        desk.clock.advance(minutes=15)
    (dead,) = await desk.listed(DeliveryState.DEAD)
    assert "Traceback" in dead.error
    assert "ZeroDivisionError: no such template" in dead.error
    assert postbox.taken == []


async def test_the_bell_wakes_the_loop_and_a_stop_finishes_what_is_under_way(desk: Desk) -> None:
    gate, stopping, postbox = asyncio.Event(), asyncio.Event(), Postbox()
    sending = asyncio.Event()

    class Slow(Postbox):
        async def send(self, message: Message, address: Address) -> Receipt:
            sending.set()
            await gate.wait()
            return await postbox.send(message, address)

    dispatcher = desk.dispatcher(Slow())
    running = asyncio.create_task(dispatcher.run(stopping))
    await desk.announce("a", channel="console")
    dispatcher.ring()
    await asyncio.wait_for(sending.wait(), 5)
    stopping.set()
    gate.set()
    await asyncio.wait_for(running, 5)
    assert await desk.states() == {"sent": 1}


async def test_a_bug_in_a_channel_ends_the_loop_and_leaves_the_delivery_to_the_next_process(
    desk: Desk,
) -> None:
    dispatcher = desk.dispatcher(Postbox(RuntimeError("a bug")))
    await desk.announce("a", channel="console")
    with pytest.raises(ExceptionGroup) as caught:
        await asyncio.wait_for(dispatcher.run(asyncio.Event()), 5)
    assert caught.group_contains(RuntimeError, match="a bug")
    assert await desk.states() == {"leased": 1}
    assert await desk.storage.outbox.recover(now=desk.clock.now) == 1
