"""Keeping SQLite's write-ahead log short, beside the writer.

By itself SQLite copies the log back into the database in whichever commit finds a thousand pages in
it, and that commit waits 50 to 200 ms for the disk, with somebody's alert behind it.  So the writer
never does it, and a connection of its own does, every few seconds, in a thread.
"""

from __future__ import annotations

import asyncio
import contextlib
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import structlog
from sqlalchemy.engine import URL

from alerts.storage.engine import sqlite_file

log = structlog.get_logger()

#: Seconds between two checkpoints; one that finds nothing to do costs nothing.
_EVERY = 5.0


@contextlib.asynccontextmanager
async def checkpoints(url: URL) -> AsyncIterator[None]:
    """Checkpoint the database at *url* while the block runs; PostgreSQL does so by itself."""
    path = sqlite_file(url)
    if path is None:
        yield
        return
    task = asyncio.create_task(_run(path), name="checkpoints")
    try:
        yield
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def _run(path: Path) -> None:
    while True:
        await asyncio.sleep(_EVERY)
        try:
            await asyncio.to_thread(checkpoint, path)
        except sqlite3.Error as error:
            # The log grows meanwhile, and nothing is lost: the next one may find room.
            log.warning("checkpoint failed", error=str(error))


def checkpoint(path: Path) -> None:
    """Copy what was committed into the database file, without waiting for or stopping anybody."""
    with contextlib.closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
