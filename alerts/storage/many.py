"""Statements about more values than a database takes at once."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
from typing import Any, TypeVar

from sqlalchemy import ColumnElement, Select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

T = TypeVar("T")

#: PostgreSQL takes 32,767 values a statement, SQLite 32,766 unless it was built for more.
_AT_ONCE = 30_000
#: Rows that are made into values before others have the event loop: 5 to 20 ms.
STRETCH = 250


def portions(values: Iterable[T], most: int = _AT_ONCE) -> Iterator[Sequence[T]]:
    """Cut *values* into lists of *most* at most: as many as fit a statement."""
    whole = list(values)
    for start in range(0, len(whole), most):
        yield whole[start : start + most]


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


async def stretches(
    connection: AsyncConnection, query: Select[Any], key: ColumnElement[int]
) -> AsyncIterator[Sequence[RowMapping]]:
    """Return the rows of *query* in the order of *key*, which no two share, a few at a time.

    Others have the event loop between two of them: 100,000 rows take a second.
    """
    last = -1
    while True:
        portion = query.where(key > last).order_by(key).limit(STRETCH)
        some = (await connection.execute(portion)).mappings().all()
        if not some:
            return
        yield some
        last = some[-1][key]
