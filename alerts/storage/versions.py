"""Which version is a database of, and which one does this Tocsin want?"""

from __future__ import annotations

from sqlalchemy import inspect, text
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.errors import StorageError
from alerts.storage.migrate import newest


async def stored(connection: AsyncConnection) -> str:
    """Return the version of the database behind *connection*; empty: there is nothing in it yet."""
    names = await connection.run_sync(lambda raw: inspect(raw).get_table_names())
    if "alembic_version" not in names:
        return ""
    return str(await connection.scalar(text("SELECT version_num FROM alembic_version")) or "")


async def check(connection: AsyncConnection) -> None:
    """Return if the database is of the version that this Tocsin works with.

    Raises:
        StorageError: it is older, newer, or empty; the text says what to do.
    """
    found, wanted = await stored(connection), newest()
    if found > wanted:
        raise StorageError(
            f"the database was made by a newer Tocsin ({found}; this knows {wanted}):"
            " use that one, or restore a backup from before"
        )
    if not found:
        raise StorageError("the database is empty: start `tocsin run` once, which brings it up")
    if found < wanted:
        raise StorageError(
            f"the database is of version {found}, this Tocsin wants {wanted}:"
            " start `tocsin run` once, which brings it up; `tocsin backup` copies it before"
        )
