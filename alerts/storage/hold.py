"""One instance a database: the second refuses to start, and says who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import socket
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import text
from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncConnection, create_async_engine
from sqlalchemy.pool import NullPool

from alerts.errors import DatabaseHeldError, StorageError
from alerts.storage.engine import sqlite_file, translated

#: The advisory lock's number in PostgreSQL: "tocsin" in ASCII.
_LOCK = int.from_bytes(b"tocsin", "big")
_HOLDER = text(
    "SELECT application_name FROM pg_locks JOIN pg_stat_activity USING (pid)"
    " WHERE locktype = 'advisory' AND granted AND objid = :low"
    # The lock is one database's, the view shows those of the whole server.
    " AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)


@contextlib.asynccontextmanager
async def hold(url: URL, *, now: datetime) -> AsyncIterator[None]:
    """Hold the database at *url* until the block ends or the process dies, however it dies.

    Raises:
        DatabaseHeldError: another process holds it.
        StorageError: the lock itself cannot be taken.
    """
    path = sqlite_file(url)
    if path is not None:
        with _hold_file(path, now):
            yield
    else:
        async with _hold_server(url, now):
            yield


@contextlib.contextmanager
def _hold_file(database: Path, now: datetime) -> Iterator[None]:
    # flock and not a pid file: the kernel lets go when the process dies.  A file of its own,
    # because locks on the database file are SQLite's; beside the real file, because a symbolic
    # link is another name for the same database.
    real = database.resolve()
    path = real.with_name(real.name + ".lock")
    with contextlib.ExitStack() as stack:
        try:
            descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            stack.callback(os.close, descriptor)
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
            os.ftruncate(descriptor, 0)
            os.write(descriptor, json.dumps(_ourselves(now)).encode())
        except BlockingIOError:
            raise DatabaseHeldError(
                f"{database} is in use by {_holder(path)}; stop it first, or name another"
                " database with TOCSIN_DATABASE_URL"
            ) from None
        except OSError as error:
            raise StorageError(f"cannot write {path}: {error.strerror}") from error
        yield


async def holder(url: URL) -> str:
    """Return who holds the database at *url*: `process 7 on desk since …`; empty: nobody does.

    Raises:
        StorageError: it cannot be asked.
    """
    path = sqlite_file(url)
    if path is not None:
        return _holder_of_file(path)
    engine = create_async_engine(url, poolclass=NullPool)
    try:
        with translated():
            async with engine.connect() as connection:
                return await connection.scalar(_HOLDER, {"low": _LOCK & 0xFFFFFFFF}) or ""
    finally:
        await engine.dispose()


def _holder_of_file(database: Path) -> str:
    real = database.resolve()
    path = real.with_name(real.name + ".lock")
    if _is_dead(path):
        return ""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
    except FileNotFoundError:  # nobody ever held it
        return ""
    except OSError as error:
        raise StorageError(f"cannot read {path}: {error.strerror}") from error
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return _holder(path)
    finally:
        os.close(descriptor)
    return ""


def _is_dead(path: Path) -> bool:
    """Tell whether the process that wrote *path* has certainly ended.

    Then the lock is not tried: a process that starts at this very moment would find it taken.
    """
    try:
        who = json.loads(path.read_text())
        if who["host"] != socket.gethostname():
            return False
        os.kill(who["pid"], 0)
    except ProcessLookupError:
        return True
    except (OSError, ValueError, KeyError, TypeError):
        return False
    return False


def _ourselves(now: datetime) -> dict[str, object]:
    return {
        "pid": os.getpid(),
        "host": socket.gethostname(),
        "since": now.isoformat(timespec="seconds"),
    }


def _holder(path: Path) -> str:
    try:
        who = json.loads(path.read_text())
        return f"process {who['pid']} on {who['host']} since {who['since']}"
    except (OSError, ValueError, KeyError, TypeError):
        return "another process"


@contextlib.asynccontextmanager
async def _hold_server(url: URL, now: datetime) -> AsyncIterator[None]:
    name = f"tocsin {_ourselves(now)['host']}:{os.getpid()} since {now:%Y-%m-%dT%H:%M:%SZ}"
    engine = create_async_engine(
        url,
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",  # an open transaction of months would hinder vacuum
        connect_args={"server_settings": {"application_name": name[:63]}},
    )
    try:
        async with contextlib.AsyncExitStack() as stack:
            with translated():
                connection = await stack.enter_async_context(engine.connect())
                await _take_lock(connection)
            yield
    finally:
        await engine.dispose()


async def _take_lock(connection: AsyncConnection) -> None:
    if await connection.scalar(text("SELECT pg_try_advisory_lock(:n)"), {"n": _LOCK}):
        return
    found = await connection.scalar(_HOLDER, {"low": _LOCK & 0xFFFFFFFF})
    raise DatabaseHeldError(f"the database is in use by {found or 'another process'}")
