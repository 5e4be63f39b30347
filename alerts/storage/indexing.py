"""Filling the full-text index: afterwards, beside the polls, a few articles at a time.

In the transaction of its poll an article would cost a third of a millisecond more, and now and then a
hundred, when the index merges.  What is not indexed yet is searched as it stands (`search`).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any

from sqlalchemy import Select, bindparam, select, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.storage.engine import translated
from alerts.storage.many import portions
from alerts.storage.sought import FIELDS, tsvector
from alerts.storage.tables import articles
from alerts.storage.word_index import indexed
from alerts.storage.writer import Writer

#: Articles that are looked for together, beside the writer.
_LOOKED_AT = 500
#: A transaction: some 10 ms in which nobody else writes.
_TOGETHER = 20

_NUMBER = text("INSERT INTO article_numbers (article) VALUES (:article)")
_INTO_FTS5 = text(
    "INSERT INTO article_words (rowid, title, summary, content, author)"
    " SELECT number, title, summary, content, author"
    " FROM article_numbers JOIN articles ON articles.id = article WHERE article IN :ids"
).bindparams(bindparam("ids", expanding=True))
_INTO_TSVECTOR = text(
    "INSERT INTO article_words (article, words) VALUES (:article, CAST(:words AS tsvector))"
)


class WordIndex:
    """Indexes articles."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def add(self, *, since: datetime) -> int:
        """Index what was seen *since* and is not indexed; return how many articles that were.

        It may be broken off anywhere and begun anew.

        Raises:
            StorageError: the database refused; what was indexed before stays so.
        """
        added = 0
        while ids := await self._missing(since):
            for some in portions(ids, _TOGETHER):
                added += await self._writer.run(partial(_index, ids=some))
        return added

    async def _missing(self, since: datetime) -> Sequence[str]:
        with translated():
            async with self._readers.begin() as connection:
                query = _missing(connection, select(articles.c.id))
                query = query.where(articles.c.seen_at >= since).limit(_LOOKED_AT)
                return (await connection.scalars(query)).all()


def _missing(connection: AsyncConnection, query: Select[Any]) -> Select[Any]:
    return query.where(articles.c.id.not_in(indexed(connection.dialect.name)))


async def _index(connection: AsyncConnection, ids: Sequence[str]) -> int:
    """Index those of the articles *ids* that still want it; return how many."""
    # Looked at again where nobody else can write: one may have been indexed or forgotten meanwhile.
    query = _missing(connection, select(articles)).where(articles.c.id.in_(ids))
    found = (await connection.execute(query)).mappings().all()
    if found and connection.dialect.name == "postgresql":
        words = [tsvector(row[field.value] for field in FIELDS) for row in found]
        values = [
            {"article": row["id"], "words": one} for row, one in zip(found, words, strict=True)
        ]
        await connection.execute(_INTO_TSVECTOR, values)
    elif found:
        await connection.execute(_NUMBER, [{"article": row["id"]} for row in found])
        await connection.execute(_INTO_FTS5, {"ids": [row["id"] for row in found]})
    return len(found)
