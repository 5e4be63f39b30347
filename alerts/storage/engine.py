"""Opening the database: one URL, SQLite or PostgreSQL, with what each needs to be safe."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from sqlalchemy import event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from alerts.errors import DatabaseFullError, StorageError
from alerts.storage import one_hop

_DRIVERS = {"sqlite": "sqlite+aiosqlite", "postgresql": "postgresql+asyncpg"}

#: How long one connection waits for another's lock before it gives up, in milliseconds.
_BUSY_TIMEOUT_MS = 10_000

#: PostgreSQL's disk_full, and SQLite's words for it.
_FULL = ("53100", "database or disk is full")


def async_url(url: str) -> URL:
    """Return *url* with the async driver that it asks for.

    Raises:
        StorageError: the URL cannot be read, or names another kind of database.
    """
    try:
        parsed = make_url(url)
        found = parsed.set(drivername=_DRIVERS[parsed.drivername])
    except Exception as error:  # SQLAlchemy's own, and ValueError, quote the password
        raise StorageError("TOCSIN_DATABASE_URL is no sqlite:/// or postgresql:// URL") from error
    if found.database in (None, "", ":memory:") and found.get_backend_name() == "sqlite":
        raise StorageError("TOCSIN_DATABASE_URL names no file: it must be sqlite:///FILE")
    return found


def sqlite_file(url: URL) -> Path | None:
    """Return the database file, or None for PostgreSQL."""
    if url.get_backend_name() != "sqlite":
        return None
    return Path(url.database or "")


def open_writer(url: URL) -> AsyncEngine:
    """Return the engine that the one writer uses: a single connection."""
    if url.get_backend_name() == "postgresql":
        return create_async_engine(url, pool_size=1, max_overflow=0, pool_pre_ping=True)
    engine = _open_sqlite(url, size=1)
    # FULL: a power cut loses no commit that was promised; group commit pays for it.
    _on_connect(
        engine,
        "PRAGMA journal_mode=WAL",
        "PRAGMA synchronous=FULL",
        # KB: keys are hashes, so that a group's rows touch pages all over the indexes; with the usual
        # 2 MB they are written out and read again within one transaction (a sixth of its time).
        "PRAGMA cache_size=-16384",
        "PRAGMA wal_autocheckpoint=0",  # see `alerts.storage.checkpoint`
    )
    _begin_with(engine, "BEGIN IMMEDIATE")
    return engine


def open_readers(url: URL, *, size: int = 4) -> AsyncEngine:
    """Return the engine for everybody who only reads."""
    if url.get_backend_name() == "postgresql":
        return create_async_engine(url, pool_size=size, max_overflow=0, pool_pre_ping=True)
    engine = _open_sqlite(url, size=size)
    # No BEGIN: each statement reads one state of the file, which is what its callers need.
    _on_connect(engine, "PRAGMA query_only=ON")
    return engine


def _open_sqlite(url: URL, *, size: int) -> AsyncEngine:
    path = sqlite_file(url)
    assert path is not None
    return create_async_engine(
        url,
        async_creator=partial(one_hop.connect, path),
        poolclass=AsyncAdaptedQueuePool,
        pool_size=size,
        max_overflow=0,
    )


def _on_connect(engine: AsyncEngine, *statements: str) -> None:
    @event.listens_for(engine.sync_engine, "connect")
    def prepare(connection: Any, record: object) -> None:
        del record
        # The driver's own transactions begin late and end early; ours are explicit.
        connection.isolation_level = None
        cursor = connection.cursor()
        for statement in (
            f"PRAGMA busy_timeout={_BUSY_TIMEOUT_MS}",
            "PRAGMA foreign_keys=ON",
            *statements,
        ):
            cursor.execute(statement)
        cursor.close()


def _begin_with(engine: AsyncEngine, statement: str) -> None:
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        connection.exec_driver_sql(statement)


@contextlib.contextmanager
def translated() -> Iterator[None]:
    """Turn what the database refuses into our errors; SQL and values stay out of the text.

    Raises:
        DatabaseFullError: the disk is full.
        StorageError: it cannot be opened, read or written.
    """
    try:
        yield
    except DBAPIError as error:
        raise _storage_error(error.orig or error) from error
    except (sqlite3.Error, OSError) as error:
        raise _storage_error(error) from error


def _storage_error(error: BaseException) -> StorageError:
    text = str(error).strip() or type(error).__name__
    if getattr(error, "sqlstate", None) == _FULL[0] or _FULL[1] in text:
        return DatabaseFullError("the disk of the database is full; nothing was written")
    return StorageError(f"the database cannot be used: {text.splitlines()[0]}")
