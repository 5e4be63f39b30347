"""Is there a database that can be written, of our version, with room to grow?"""

from __future__ import annotations

import contextlib
import shutil
import sqlite3
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from alerts.cli.doctor.findings import Finding, ok, problem, warning
from alerts.errors import StorageError
from alerts.storage import open_overview, versions
from alerts.storage.engine import async_url, open_readers, sqlite_file, translated

#: Below that a disk fills within days.
_LEAST_FREE: Final = 1_000_000_000
_ABOUT: Final = "database"


async def examine(database_url: str) -> AsyncIterator[Finding]:
    """Look at the database; nothing is changed, and nobody kept from it."""
    try:
        url = async_url(database_url)
        path = sqlite_file(url)
        if path is not None and not _is_there(path):
            yield warning(_ABOUT, f"there is no {path} yet", "tocsin run makes it")
            return
        async with open_overview(database_url):  # there is one, and it is a database
            pass
        readers = open_readers(url, size=1)
        try:
            with translated():
                async with readers.begin() as connection:
                    await versions.check(connection)
                    version = await versions.stored(connection)
        finally:
            await readers.dispose()
    except StorageError as error:
        yield problem(_ABOUT, str(error))
        return
    yield ok(_ABOUT, f"{'PostgreSQL' if path is None else 'SQLite'}, version {version}")
    if path is not None:
        for finding in _file(path):
            yield finding


def _is_there(path: Path) -> bool:
    return path.exists()


def _file(path: Path) -> Iterator[Finding]:
    try:
        with contextlib.closing(sqlite3.connect(path, isolation_level=None)) as connection:
            connection.execute("PRAGMA busy_timeout=10000")
            connection.execute("BEGIN IMMEDIATE")
            connection.execute("ROLLBACK")
    except sqlite3.Error as error:
        yield problem(_ABOUT, f"it cannot be written: {error}", f"whose file is {path}?")
    free = shutil.disk_usage(path.parent).free
    if free < _LEAST_FREE:
        advice = "make room: when the disk is full, polling stops until there is some"
        yield warning(_ABOUT, f"its disk has {_megabytes(free)} free", advice)
    else:
        size = _megabytes(path.stat().st_size)
        yield ok(_ABOUT, f"{path} has {size}, its disk {_megabytes(free)} free")


def _megabytes(size: int) -> str:
    return f"{size / 1_000_000:,.0f} MB"
