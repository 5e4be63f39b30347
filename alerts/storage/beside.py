"""A second hand on the database: what an operator changes beside the process that works on it.

Each change is one short transaction of its own; SQLite lets two processes write in turn (BEGIN
IMMEDIATE, and a time-out for whoever waits).  The hold is not taken: it belongs to the process that
leases and sends, and that one looks at the tables every half minute by itself.
"""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator
from dataclasses import dataclass

from alerts.storage import versions
from alerts.storage.backlog import Backlog
from alerts.storage.engine import async_url, open_readers, open_writer, translated
from alerts.storage.letters import Letters
from alerts.storage.retention import Retention
from alerts.storage.silences import Silences
from alerts.storage.storage import open_overview
from alerts.storage.writer import Writer


@dataclass(frozen=True, slots=True)
class Desk:
    """What an operator may do to deliveries, and silence."""

    letters: Letters
    backlog: Backlog
    retention: Retention
    silences: Silences


@contextlib.asynccontextmanager
async def open_desk(database_url: str) -> AsyncIterator[Desk]:
    """Open the database to look at it and to change it, beside the process that works on it.

    Raises:
        StorageError: there is none yet, it is of another version, or cannot be used.
    """
    async with open_overview(database_url):  # there is one, and it is a database
        url = async_url(database_url)
        writing, readers = open_writer(url), open_readers(url, size=1)
    try:
        with translated():
            async with readers.begin() as connection:
                await versions.check(connection)
        writer = Writer(writing).start()
        try:
            yield Desk(
                Letters(writer, readers),
                Backlog(writer, readers),
                Retention(writer, readers),
                Silences(writer, readers),
            )
        finally:
            await writer.close()
    finally:
        with translated():
            await readers.dispose()
            await writing.dispose()
