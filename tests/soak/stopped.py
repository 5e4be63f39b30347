"""A process that is stopped (SIGSTOP, a suspended laptop) for longer than its lease lasts.

It is stopped while the Bot API has its request and gives no answer.  When it goes on, the lease is
stale: the message may have arrived, so it comes once more, marked, and not a third time.
"""

from __future__ import annotations

import asyncio
import signal
from contextlib import AsyncExitStack
from dataclasses import dataclass
from pathlib import Path

from alerts.dispatcher.courier import LEASE
from tests.servers.bot_api import BotApi, Fault
from tests.servers.feed_server import FeedServer
from tests.whole.process import tocsin, until
from tests.whole.world import RULES, document

_FEED = "/world.xml"
#: Longer than the lease by so much.
_LONGER = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Stopped:
    """What came of it."""

    #: Messages that the Bot API took, and those of them that said that they may be repeats.
    accepted: int
    marked: int


async def stopped(folder: Path) -> Stopped:
    """Stop the process with a request under way, let it go on, and count what arrives."""
    async with AsyncExitStack() as stack:
        feeds = await stack.enter_async_context(FeedServer())
        api = await stack.enter_async_context(BotApi())
        feeds.publish(_FEED, document(0))
        rules = RULES.format(feed=feeds.url(_FEED)).replace("email: {to: [reader@example.org]}", "")
        process = await stack.enter_async_context(
            tocsin(
                folder,
                rules,
                TOCSIN_TELEGRAM_TOKEN=api.token,
                TOCSIN_TELEGRAM_API_URL=api.url,
            )
        )
        await process.start()
        await process.event("polled", articles=0)
        api.faults = [Fault.HANG_AFTER_ACCEPTING]
        feeds.publish(_FEED, document(1))
        await until(lambda: bool(api.accepted), api.took_one)
        process.signal(signal.SIGSTOP)
        await asyncio.sleep(LEASE.total_seconds() + _LONGER)
        process.signal(signal.SIGCONT)
        await until(lambda: len(api.accepted) > 1, api.took_one, 120)
        await asyncio.sleep(_LONGER)  # a third would come now
        await process.stop()
    marked = sum("Possible repeat" in message.text for message in api.accepted)
    return Stopped(accepted=len(api.accepted), marked=marked)
