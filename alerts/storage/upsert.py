"""Insert what is not there yet, on SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import Table, case
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.asyncio import AsyncConnection


async def insert_new(
    connection: AsyncConnection,
    table: Table,
    rows: Sequence[dict[str, Any]],
    *,
    unless: Sequence[str] | None = None,
    replace: Sequence[str] = (),
    raise_to: Sequence[str] = (),
) -> None:
    """Insert *rows*; one whose key exists is left alone, but for some columns.

    Those in *replace* are replaced, those in *raise_to* are if the new value is greater.
    The key is the primary key, or the unique columns named by *unless*.
    """
    if rows:
        statement = _statement(
            connection.dialect.name, table, tuple(unless or ()), tuple(replace), tuple(raise_to)
        )
        await connection.execute(statement, list(rows))


@cache
def _statement(
    dialect: str,
    table: Table,
    unless: tuple[str, ...],
    replace: tuple[str, ...],
    raise_to: tuple[str, ...],
) -> Any:
    statement = (postgresql if dialect == "postgresql" else sqlite).insert(table)
    key = list(unless or (column.name for column in table.primary_key))
    new = statement.excluded
    values = {name: new[name] for name in replace} | {
        name: case((table.c[name] > new[name], table.c[name]), else_=new[name]) for name in raise_to
    }
    if values:
        return statement.on_conflict_do_update(index_elements=key, set_=values)
    return statement.on_conflict_do_nothing(index_elements=key)
