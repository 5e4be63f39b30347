"""A publisher in a process of its own: what serving costs is not counted as ours."""

from __future__ import annotations

import asyncio
import contextlib
import multiprocessing
from collections.abc import AsyncIterator, Awaitable, Callable
from multiprocessing.connection import Connection
from typing import Any

#: Serves, says through the pipe where, and returns when something comes out of it.
Serve = Callable[[Connection], Awaitable[None]]


@contextlib.asynccontextmanager
async def elsewhere(serve: Serve) -> AsyncIterator[Any]:
    """Run *serve* in another process; yield what it says first, and end it afterwards."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(serve, theirs))
    process.start()
    try:
        yield await asyncio.to_thread(ours.recv)
    finally:
        ours.send("done")
        process.join(10)


def _run(serve: Serve, pipe: Connection) -> None:
    async def work() -> None:
        await serve(pipe)

    asyncio.run(work())
