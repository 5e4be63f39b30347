"""A consistent copy of the database, beside the process that works on it.

`VACUUM INTO` reads one state of the file and keeps nobody from writing (sqlite.org, lang_vacuum).  The
copy is written under another name, checked as a whole, and only then takes its own: what stands there
is always a copy that was found good.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import sqlite3
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from alerts.errors import StorageError
from alerts.storage.engine import async_url, sqlite_file, translated

#: Seconds between two reports of progress.
_EVERY: Final = 0.2
_UNFINISHED: Final = ".unfinished"
_RESTORABLE: Final = (
    "UPDATE feeds SET baselined_at = NULL, etag = '', last_modified = '', body_hash = ''",
    "UPDATE deliveries SET possible_repeat = 1 WHERE state IN ('pending', 'leased', 'ambiguous')",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A good copy."""

    path: Path
    bytes: int


async def back_up(
    database_url: str,
    target: Path,
    *,
    replace: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> Copied:
    """Copy the database to the file *target*; *replace*: also when there is one.

    *progress* is told bytes written and about how many there will be.  The copy is readable by its
    owner alone: it holds what signs links.

    Raises:
        StorageError: it cannot be copied, or the copy is not good; no file was left or changed.
    """
    source = _source(database_url)
    _check_target(source, target, replace=replace)
    unfinished = target.with_name(target.name + _UNFINISHED)
    with translated(), contextlib.ExitStack() as stack:
        stack.callback(unfinished.unlink, missing_ok=True)
        unfinished.unlink(missing_ok=True)
        # Made by us first: SQLite would let everybody read it, and takes an empty file.
        os.close(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
        copying = asyncio.create_task(asyncio.to_thread(_copy, source, unfinished))
        await _watch(copying, source, unfinished, progress)
        size = _size(unfinished)
        unfinished.replace(target)
    return Copied(path=target, bytes=size)


def _source(database_url: str) -> Path:
    path = sqlite_file(async_url(database_url))
    if path is None:
        raise StorageError("the database is PostgreSQL: pg_dump makes a consistent copy of it")
    if not path.exists():
        raise StorageError(f"there is no database {path} yet: `tocsin run` makes it")
    return path


def _check_target(source: Path, target: Path, *, replace: bool) -> None:
    if target.exists() and target.samefile(source):
        raise StorageError(f"{target} is the database itself")
    if target.is_dir():
        raise StorageError(f"{target} is a folder: name a file")
    if target.exists() and not replace:
        raise StorageError(f"{target} is there already: --force replaces it")
    if not target.parent.is_dir():
        raise StorageError(f"there is no folder {target.parent}")
    free, needed = shutil.disk_usage(target.parent).free, source.stat().st_size
    if free < needed:
        raise StorageError(f"{target.parent} has {free:,} bytes free; the copy may need {needed:,}")


async def _watch(
    copying: asyncio.Task[None],
    source: Path,
    unfinished: Path,
    progress: Callable[[int, int], None] | None,
) -> None:
    """Wait for the copy and tell how far it is.

    A thread cannot be ended: whoever breaks off waits until it has, so that nothing is left behind.
    """
    while not copying.done():
        try:
            await asyncio.wait([copying], timeout=_EVERY)
        except asyncio.CancelledError:
            await asyncio.wait([copying])
            raise
        if progress is not None:
            progress(_size(unfinished), _size(source))
    copying.result()


def _size(path: Path) -> int:
    return path.stat().st_size


def _copy(source: Path, unfinished: Path) -> None:
    with contextlib.closing(sqlite3.connect(source)) as connection:
        # Only for the lock of a moment; the copy itself waits for nobody.
        connection.execute("PRAGMA busy_timeout=10000")
        connection.execute("VACUUM INTO ?", (str(unfinished),))
    with contextlib.closing(sqlite3.connect(unfinished)) as copy:
        [verdict, *_] = copy.execute("PRAGMA integrity_check(1)").fetchone()
        if verdict != "ok":
            raise StorageError(f"the copy is not good, and was deleted: {verdict}")
        with copy:
            for statement in _RESTORABLE:
                copy.execute(statement)
    with unfinished.open("rb+") as file:
        os.fsync(file.fileno())
