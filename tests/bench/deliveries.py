"""How fast the outbox is worked off: at Telegram's pace, and where nobody asks for one.

At Telegram's pace 5,000 critical alerts (which stay single) wait for 500 chats, and the stand-in
refuses whatever comes faster than Telegram allows; what counts is how near we come to our own 25 a
second, and that nothing was refused.  Without limits a channel that takes everything at once stands
at the end, so that what is measured is leases and marks on SQLite on this disk.
"""

from __future__ import annotations

import asyncio
import resource
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from alerts import log
from alerts.delivery.channels import Channel
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.delivery.rendering import Renderer
from alerts.dispatcher import Dispatcher
from alerts.metrics import Metrics
from alerts.model import Address, Destination, Message, Receipt, Severity
from alerts.storage import Storage, open_storage
from tests.bench.figures import Figure
from tests.builders import a_sighting, an_article
from tests.servers.bot_api import BotApi, FloodLimits
from tests.storage.databases import list_feeds, record

CHATS = 500
OF_EACH = 10
DELIVERIES = CHATS * OF_EACH
#: What the pacer allows to a token (`delivery.pacing`), each second.
ALLOWED = 25.0
#: Of the allowed rate.
SHARE = 0.95
#: Deliveries a second through the outbox, without limits.
THROUGHPUT = 1000.0


class _Drain:
    """A channel without limits that takes everything at once."""

    name = "webhook"

    def __init__(self) -> None:
        self.taken = 0

    async def send(self, message: Message, address: Address) -> Receipt:
        del message, address
        self.taken += 1
        return Receipt(message_id=str(self.taken))

    async def close(self) -> None:
        """Nothing to close."""


async def measure() -> list[Figure]:
    """Return the time of a delivery without limits, and the pace with Telegram's."""
    log.configure(form="json", level="error")
    seconds, grown = await _without_limits()
    paced, refused = await _paced()
    rate = DELIVERIES / paced
    return [
        Figure(
            what=f"a delivery through the outbox, {DELIVERIES} waiting",
            value=seconds / DELIVERIES * 1000,
            unit="ms",
            limit=1000 / THROUGHPUT,
            note=f"{DELIVERIES / seconds:.0f}/s",
        ),
        Figure(what="  memory grown meanwhile", value=grown, unit="MB", limit=30),
        Figure(
            what=f"{DELIVERIES} alerts to {CHATS} chats at Telegram's pace",
            value=paced,
            unit="s",
            limit=DELIVERIES / ALLOWED / SHARE,
            note=f"{rate:.1f}/s, {rate / ALLOWED:.1%} of what is allowed",
        ),
        Figure(what="  of them refused for their pace", value=refused, unit="", limit=0.5),
    ]


async def _without_limits() -> tuple[float, float]:
    drain = _Drain()
    async with _desk(drain, "webhook") as (dispatcher, storage):
        await _announce(storage, "webhook")
        before = _resident()
        begun = time.perf_counter()
        await dispatcher.drain()
        seconds = time.perf_counter() - begun
    assert drain.taken == DELIVERIES, drain.taken
    return seconds, _resident() - before


async def _paced() -> tuple[float, int]:
    limits = FloodLimits(per_chat=(3, 3.0), overall=(30, 1.0))
    async with BotApi(limits=limits) as api:
        channel = TelegramChannel(api.token, api.url)
        async with _desk(channel, "telegram") as (dispatcher, storage):
            await _announce(storage, "telegram")
            begun = time.perf_counter()
            await dispatcher.drain()
            seconds = time.perf_counter() - begun
        assert len({(m.chat, m.text) for m in api.accepted}) == DELIVERIES
        return seconds, len(api.requests) - len(api.accepted)


@asynccontextmanager
async def _desk(channel: Channel, name: str) -> AsyncIterator[tuple[Dispatcher, Storage]]:
    with tempfile.TemporaryDirectory() as folder:
        url = f"sqlite:///{Path(folder)}/tocsin.db"
        async with open_storage(url, now=_now()) as storage:
            dispatcher = Dispatcher(
                storage, {name: channel}, Renderer(), now=_now, metrics=Metrics()
            )
            yield dispatcher, storage
            await channel.close()


async def _announce(storage: Storage, channel: str) -> None:
    now = _now()
    await list_feeds(storage)
    to = [
        Destination(
            receiver="desk",
            address=Address(channel=channel, target=str(1000 + number)),
            due_at=now + timedelta(microseconds=number),
        )
        for number in range(CHATS)
    ]
    for number in range(OF_EACH):
        article = an_article(str(number), seen_at=now)
        await record(storage, a_sighting(article, to=to, severity=Severity.CRITICAL), now=now)


def _now() -> datetime:
    return datetime.now(UTC)


def _resident() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    for figure in asyncio.run(measure()):
        print(figure)
