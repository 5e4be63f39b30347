"""A lane at work by the real clock: it rests no longer than it has to, and looks when it should."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta

from alerts.app.process import utc_now
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.dispatcher import Dispatcher
from alerts.model import Severity
from tests.dispatcher.conftest import Desk
from tests.servers.bot_api import BotApi, Fault
from tests.whole.process import until


@asynccontextmanager
async def at_work(dispatcher: Dispatcher) -> AsyncIterator[None]:
    """Have *dispatcher* run as in the program."""
    stopping = asyncio.Event()
    running = asyncio.create_task(dispatcher.run(stopping))
    try:
        yield
    finally:
        stopping.set()
        await asyncio.wait_for(running, 20)


async def test_a_chat_that_hangs_holds_up_no_other_while_the_pace_is_full(desk: Desk) -> None:
    """Its answer is waited for; whose turn comes with the next second is not."""
    desk.clock.now = utc_now()
    async with AsyncExitStack() as stack:
        api = await stack.enter_async_context(BotApi())
        api.chat_faults["7"] = Fault.HANG
        channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=12))
        dispatcher = desk.dispatcher(channel, now=utc_now)
        await desk.announce("7", *map(str, range(100, 160)), severity=Severity.CRITICAL)
        async with at_work(dispatcher):
            await until(lambda: len(api.accepted) == 60, api.took_one, patience=6)
            await stack.aclose()  # and with it what hangs
