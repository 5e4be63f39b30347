"""Statements about more values than a database takes at once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

#: PostgreSQL takes 32,767 values a statement, SQLite 32,766 unless it was built for more.
_AT_ONCE = 30_000


def portions(values: Iterable[T]) -> Iterator[Sequence[T]]:
    """Cut *values* into lists that fit a statement."""
    whole = list(values)
    for start in range(0, len(whole), _AT_ONCE):
        yield whole[start : start + _AT_ONCE]


async def rows_for(
    connection: AsyncConnection,
    query: Select[Any],
    column: ColumnElement[Any],
    values: Iterable[Any],
) -> list[RowMapping]:
    """Return the rows of *query* in which *column* is one of *values*."""
    found: list[RowMapping] = []
    for portion in portions(values):
        found += (await connection.execute(query.where(column.in_(portion)))).mappings()
    return found
