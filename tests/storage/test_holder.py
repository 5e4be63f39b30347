"""Who works on the database is known to whoever looks, and looking keeps nobody from starting."""

from __future__ import annotations

import asyncio
import fcntl
import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.storage.engine import async_url
from alerts.storage.hold import holder
from tests.storage.databases import Database, on_sqlite, opened


async def test_the_process_that_works_on_it_is_named(database: Database) -> None:
    async with opened(database):
        told = await holder(async_url(database.url))
    assert str(os.getpid()) in told
    assert socket.gethostname() in told


async def test_nobody_works_on_it_after_the_end(database: Database) -> None:
    async with opened(database):
        pass
    assert await holder(async_url(database.url)) == ""


async def test_nobody_works_on_what_was_never_opened(sqlite: Database) -> None:
    assert await holder(async_url(sqlite.url)) == ""


async def ended_process() -> int:
    """Return the number of a process that is no more."""
    ended = await asyncio.to_thread(subprocess.Popen, [sys.executable, "-c", ""])
    await asyncio.to_thread(ended.wait)
    return ended.pid


@pytest.mark.parametrize("is_taken", [False, True])
async def test_a_killed_process_holds_nothing(*, is_taken: bool, tmp_path: Path) -> None:
    """Its file stays; its number may be another process' by now."""
    database = on_sqlite(tmp_path)
    pid = os.getpid() if is_taken else await ended_process()
    who = {"pid": pid, "host": socket.gethostname(), "since": "2024"}
    assert database.path is not None
    database.path.with_name("tocsin.db.lock").write_text(json.dumps(who))
    assert await holder(async_url(database.url)) == ""


async def test_the_lock_of_a_dead_process_is_not_tried(tmp_path: Path) -> None:
    """Whoever starts at this very moment would find it taken: here it is, and nobody notices."""
    database = on_sqlite(tmp_path)
    who = {"pid": await ended_process(), "host": socket.gethostname(), "since": "2024"}
    lock = tmp_path / "tocsin.db.lock"
    lock.write_text(json.dumps(who))
    with lock.open() as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        assert await holder(async_url(database.url)) == ""


async def test_looking_keeps_nobody_from_starting(tmp_path: Path) -> None:
    database = on_sqlite(tmp_path)
    for _ in range(3):
        await holder(async_url(database.url))
        async with opened(database):
            assert await holder(async_url(database.url))
