"""Insert what is not there yet, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_new(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    unless: Sequence[str] | None = None,
    replace: Sequence[str] = (),
) -> None:
    """Insert *rows*; one whose key exists is left alone, but for the columns in *replace*.

    The key is the primary key, or the unique columns named by *unless*.
    """
    if not rows:
        return
    dialect = postgresql if connection.dialect.name == "postgresql" else sqlite
    statement = dialect.insert(table)
    key = list(unless or (column.name for column in table.primary_key))
    if replace:
        statement = statement.on_conflict_do_update(
            index_elements=key, set_={name: statement.excluded[name] for name in replace}
        )
    else:
        statement = statement.on_conflict_do_nothing(index_elements=key)
    await connection.execute(statement, list(rows))
