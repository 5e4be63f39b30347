"""The articles that hold certain words, the newest first, whether they are indexed yet or not."""

from __future__ import annotations

from collections.abc import AsyncIterator, Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, or_, select, tuple_
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.storage.engine import translated
from alerts.storage.sought import FIELDS, Sought, fts5_query, tsquery
from alerts.storage.tables import articles
from alerts.storage.word_index import holding, indexed

#: Articles that are read together: few at first, for whoever wants few.
_FIRST, _STRETCH = 50, 1_000
_PLACE = (articles.c.seen_at, articles.c.id)
#: Of a row: the index has said that it holds the words.
IS_INDEXED = "is_indexed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What is searched for."""

    #: All of them; none: every article.
    words: Sequence[Sought] = ()
    since: datetime | None = None
    until: datetime | None = None
    #: The numbers of feeds; None: all.
    feeds: Collection[int] | None = None


async def candidates(readers: AsyncEngine, wanted: Wanted) -> AsyncIterator[Sequence[RowMapping]]:
    """Yield the rows of articles that are *wanted*, the newest first, a stretch at a time.

    Those that are not `IS_INDEXED` are still to be held against the words.
    """
    after, most = None, _FIRST
    while True:
        with translated():
            async with readers.begin() as connection:
                query = _query(connection, wanted).limit(most)
                if after is not None:
                    query = query.where(tuple_(*_PLACE) < after)
                found = (await connection.execute(query)).mappings().all()
        if found:
            yield found
        if len(found) < most:
            return
        after, most = (found[-1]["seen_at"], found[-1]["id"]), _STRETCH


def _query(connection: AsyncConnection, wanted: Wanted) -> Select[Any]:
    is_indexed = articles.c.id.in_(indexed(connection.dialect.name))
    query = select(articles, is_indexed.label(IS_INDEXED))
    query = query.order_by(*(column.desc() for column in _PLACE))
    if wanted.words:
        holds = and_(*_holds(connection.dialect.name, wanted.words))
        query = query.where(or_(holds, ~is_indexed))
    if wanted.since is not None:
        query = query.where(articles.c.seen_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(articles.c.seen_at < wanted.until)
    if wanted.feeds is not None:
        query = query.where(articles.c.feed.in_(wanted.feeds))
    return query


def _holds(dialect: str, words: Sequence[Sought]) -> list[ColumnElement[bool]]:
    """Say of an article that is indexed that it holds the *words*."""
    if dialect == "postgresql":
        return [articles.c.id.in_(holding(dialect, tsquery(words)))]
    # FTS5 takes what stands between two spaces for one word: such scripts are looked for in the texts.
    found = [_says(word.typed) for word in words if word.is_unspaced]
    if spaced := [word for word in words if not word.is_unspaced]:
        found.append(articles.c.id.in_(holding(dialect, fts5_query(spaced))))
    return found


def _says(typed: str) -> ColumnElement[bool]:
    return or_(*(articles.c[field.value].contains(typed, autoescape=True) for field in FIELDS))
