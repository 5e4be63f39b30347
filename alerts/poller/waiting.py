"""Wait for whichever comes first, and let others have the event loop."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import AsyncIterator, Iterable, Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import TypeVar

T = TypeVar("T")

#: A timer may fire a moment before the clock says so: without it a loop goes round in vain.
_MARGIN = timedelta(milliseconds=1)

#: Values that are gone through at a stretch: a hundred thousand feeds take a second.
_AT_A_STRETCH = 500


async def wait_for_any(*events: asyncio.Event, longest: timedelta) -> None:
    """Return when one of *events* is set, or after *longest*."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        await asyncio.wait(
            waiting,
            timeout=(longest + _MARGIN).total_seconds(),
            return_when=asyncio.FIRST_COMPLETED,
        )
    finally:
        for each in waiting:
            each.cancel()


async def gently(values: Iterable[T]) -> AsyncIterator[T]:
    """Return *values*, and let others have the event loop after every few hundred.

    What they do meanwhile may make the rest of *values* out of date.
    """
    for place, value in enumerate(list(values)):
        if place % _AT_A_STRETCH == 0:
            await asyncio.sleep(0)
        yield value


@contextmanager
def making_what_stays() -> Iterator[None]:
    """Collect no garbage meanwhile, and pass over what was made in later collections.

    While 100,000 feeds are taken up several full collections come due, and each held the loop up for
    200 to 300 ms.  What is garbage by then is freed where the program collects after taking up rules.
    """
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()
