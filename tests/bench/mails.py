"""How many mails a second leave: one digest of 40 stories for many readers.

Each reader has a delivery of their own, read from the database, with links of their own; what is
alike is to be made once.  The relay is a process of its own that takes everything (`sink.py`), so
that what is measured is rendering, composing and this side of SMTP.
"""

from __future__ import annotations

import asyncio
import pickle
import sys
import time
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

import psutil

from alerts.delivery.channels.composing import compose
from alerts.delivery.channels.email import EmailChannel
from alerts.delivery.links import ReaderPages
from alerts.delivery.rendering.mail import Mails
from alerts.model import Address, Delivery, Digest, Receiver
from tests.bench.figures import Figure
from tests.delivery.digests import NOW, digest, many
from tests.delivery.test_mail_headers import READER, SENDER, Desk

READERS = 10_000
#: From when on memory is to stay as it is.
WARM = 1_000
#: As the dispatcher has under way.
AT_ONCE = 32
PUBLIC_URL = "https://tocsin.example/"
#: The goal is 200 mails a second.
MOST_MS = 5.0
MOST_GROWN_MB = 10


async def measure() -> list[Figure]:
    """Return milliseconds of a mail: all of it, and its parts."""
    async with _sink() as url:
        single, _, _ = await _milliseconds(url, connections=1)
        several, worked, grown = await _milliseconds(url, connections=4)
    mails, reader = _mails(), _readers(1)[0]
    said = mails(reader, PUBLIC_URL, NOW)
    size = len(compose(said, SENDER, READER)) / 1000
    what = "a digest of 40 stories for the next reader"
    return [
        Figure(
            what=f"{what}, 4 connections",
            value=several,
            unit="ms",
            limit=MOST_MS,
            note=f"{1000 / several:.0f} mails/s of {size:.0f} kB, {READERS} readers",
        ),
        Figure(
            what=f"{what}, 1 connection",
            value=single,
            unit="ms",
            note=f"{1000 / single:.0f} mails/s",
        ),
        Figure(what="  memory grown meanwhile", value=grown, unit="MB", limit=MOST_GROWN_MB),
        Figure(what="  of that: CPU of this process", value=worked, unit="ms"),
        Figure(what="  of that: rendered", value=_rendered(mails), unit="ms"),
        Figure(
            what="  of that: composed",
            value=_each(lambda: compose(said, SENDER, READER)),
            unit="ms",
        ),
    ]


def _mails() -> Mails:
    mails = Mails(ReaderPages(PUBLIC_URL, Desk()))
    mails.use({"desk": Receiver(name="desk", addresses=(), digest=Digest(at=()))})
    return mails


def _readers(count: int, first: int = 0) -> list[Delivery]:
    """Return a delivery for each reader; none shares a string with another, as from a database."""
    stored = pickle.dumps(many(40))
    readers = []
    for number in range(first, first + count):
        alerts = tuple(replace(one, id=f"{number} {one.id}") for one in pickle.loads(stored))
        mailbox = Address(channel="email", target=f"reader{number}@example.net")
        readers.append(digest(*alerts, address=mailbox, id=f"{number:064x}"))
    return readers


async def _milliseconds(url: str, *, connections: int) -> tuple[float, float, float]:
    """Return what a mail takes when many follow one another, how much of it is our CPU, and MB grown."""
    channel = EmailChannel(url, "Tocsin <tocsin@example.org>", connections=connections)
    mails, gate = _mails(), asyncio.Semaphore(AT_ONCE)

    async def deliver(delivery: Delivery) -> None:
        async with gate:
            await channel.send(mails(delivery, PUBLIC_URL, NOW), delivery.address)

    passed = worked = resident = 0.0
    for first in range(0, READERS, 100):
        resident = resident if first > WARM else _resident()
        readers = _readers(100, first)
        begun, busy = time.perf_counter(), time.process_time()
        await asyncio.gather(*map(deliver, readers))
        passed += time.perf_counter() - begun
        worked += time.process_time() - busy
    await channel.close()
    return passed / READERS * 1000, worked / READERS * 1000, _resident() - resident


def _resident() -> float:
    return psutil.Process().memory_info().rss / 2**20


def _rendered(mails: Mails) -> float:
    readers = iter(_readers(101))
    return _each(lambda: mails(next(readers), PUBLIC_URL, NOW))


def _each(act: Callable[[], object], times: int = 100) -> float:
    act()
    begun = time.perf_counter()
    for _ in range(times):
        act()
    return (time.perf_counter() - begun) / times * 1000


@asynccontextmanager
async def _sink() -> AsyncIterator[str]:
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-m", "tests.bench.sink", stdout=asyncio.subprocess.PIPE
    )
    assert process.stdout is not None
    try:
        port = int(await process.stdout.readline())
        yield f"smtp://127.0.0.1:{port}?starttls=never"
    finally:
        process.terminate()
        await process.wait()
