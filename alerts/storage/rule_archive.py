"""The rule files that were in force, byte for byte, and when: so that an edit can be looked back at.

A rule set's hash is that of its packed files, so that what is unpacked can be held against it.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Select, delete, exists, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.errors import StorageError
from alerts.storage.engine import translated
from alerts.storage.tables import Moment, alerts, articles, matches, reigns, rule_sets
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer
from alerts.watchlists.contents import Contents

#: Bytes of a length in front of each name and each content, as `Contents.hash` counts them.
_LENGTH = 8
#: After so long no poll is under way that began with a set that was replaced.
_SETTLED = timedelta(days=1)
#: Hex digits of sha256.
_HEX = frozenset("0123456789abcdef")


@dataclass(frozen=True, slots=True, kw_only=True)
class Reign:
    """A taking in force; it ends where the next one begins."""

    rule_set: str
    begun_at: datetime


class RuleArchive:
    """Keeps rule files, and finds them again."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def keep(self, contents: Contents, *, now: datetime) -> None:
        """Keep *contents*, and that they are in force from now on.

        A set that is in force already, as after a restart, begins no new reign.

        Raises:
            StorageError: nothing was written.
        """
        row = {
            "hash": contents.hash,
            "loaded_at": now,
            "refusal": "",
            "files": zlib.compress(_packed(contents), 9),
        }

        async def work(connection: AsyncConnection) -> None:
            replaced = ("loaded_at", "refusal", "files")
            await insert_new(connection, rule_sets, [row], replace=replaced)
            newest = _NEWEST_FIRST.with_only_columns(reigns.c.rule_set).limit(1)
            if await connection.scalar(newest) != row["hash"]:
                reign = {"rule_set": row["hash"], "begun_at": now}
                await connection.execute(insert(reigns).values(reign))

        await self._writer.run(work)

    async def load(self, hash_: str) -> Contents | None:
        """Return the files of the rule set whose hash is, or begins with, *hash_*; None: not kept.

        Of several that begin so it is the newest.  Complaints name the files behind the moment when
        they were last taken: `rules of 2026-11-20 06:12/feeds.yml`.

        Raises:
            StorageError: what was kept is not what was taken.
        """
        if not hash_ or not _HEX.issuperset(hash_):
            return None
        query = (
            select(rule_sets)
            # A range and not LIKE: the primary key answers it.  Hashes are hex, and g comes behind f.
            .where(rule_sets.c.hash >= hash_, rule_sets.c.hash < f"{hash_}g")
            .where(rule_sets.c.files.is_not(None))
            .order_by(rule_sets.c.loaded_at.desc())
            .limit(1)
        )
        with translated():
            async with self._readers.begin() as connection:
                row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        place = f"rules of {row.loaded_at:%Y-%m-%d %H:%M}/"
        return Contents.of_files(_unpacked(row.files, row.hash), place=place)

    async def in_force(self, at: datetime) -> str:
        """Return the hash of the rule set that was in force *at* that moment; empty: nobody knows."""
        query = _NEWEST_FIRST.where(reigns.c.begun_at <= at).limit(1)
        found = await self._reigns(query)
        return found[0].rule_set if found else ""

    async def reigns(self) -> list[Reign]:
        """Return every taking in force, the oldest first."""
        return (await self._reigns(_NEWEST_FIRST))[::-1]

    async def forget(self, *, now: datetime) -> int:
        """Forget rule sets of which nothing speaks any more; return how many.

        No article was seen in their reigns, the last of which ended a day ago, and no match and no
        alert came of them.
        """
        ended = now - _SETTLED
        with translated():
            async with self._readers.begin() as connection:
                unused = await _unused(connection, ended)
        if unused:
            await self._writer.run(partial(_forget, hashes=unused))
        return len(unused)

    async def _reigns(self, query: Select[tuple[str, datetime]]) -> list[Reign]:
        with translated():
            async with self._readers.begin() as connection:
                found = await connection.execute(query)
                return [Reign(rule_set=row.rule_set, begun_at=row.begun_at) for row in found]


#: By number among equals: two edits within a microsecond, or a clock that was set back.
_NEWEST_FIRST = select(reigns.c.rule_set, reigns.c.begun_at).order_by(
    reigns.c.begun_at.desc(), reigns.c.id.desc()
)


async def _unused(connection: AsyncConnection, ended: datetime) -> set[str]:
    until = func.lead(reigns.c.begun_at, type_=Moment()).over(
        order_by=(reigns.c.begun_at, reigns.c.id)
    )
    spans = select(reigns.c.rule_set, reigns.c.begun_at, until.label("until")).subquery()
    seen = exists().where(
        articles.c.seen_at >= spans.c.begun_at, articles.c.seen_at < spans.c.until
    )
    lasts = spans.c.until.is_(None) | (spans.c.until >= ended)
    needed = set(await connection.scalars(select(spans.c.rule_set).where(lasts | seen)))
    unused = set(await connection.scalars(select(rule_sets.c.hash))) - needed
    for table in (matches, alerts):
        # Neither has an index of them, so that both are read; but only where there is doubt.
        if unused:
            speaks = select(table.c.rule_set).distinct().where(table.c.rule_set.in_(unused))
            unused -= set(await connection.scalars(speaks))
    return unused


async def _forget(connection: AsyncConnection, hashes: Collection[str]) -> None:
    await connection.execute(delete(reigns).where(reigns.c.rule_set.in_(hashes)))
    await connection.execute(delete(rule_sets).where(rule_sets.c.hash.in_(hashes)))


def _packed(contents: Contents) -> bytes:
    """Return what `Contents.hash` is the sha256 of."""
    files = contents.files
    parts = (part for name in sorted(files) for part in (name.encode(), files[name]))
    return b"".join(len(part).to_bytes(_LENGTH) + part for part in parts)


def _unpacked(packed: bytes, hash_: str) -> dict[str, bytes]:
    try:
        whole = zlib.decompress(packed)
    except zlib.error:
        whole = b""
    if hashlib.sha256(whole).hexdigest() != hash_:
        raise StorageError(f"the kept rule files {hash_[:12]} are damaged: restore a backup")
    parts = list(_parts(whole))
    return dict(zip(map(bytes.decode, parts[::2]), parts[1::2], strict=True))


def _parts(whole: bytes) -> Iterator[bytes]:
    place = 0
    while place < len(whole):
        start = place + _LENGTH
        place = start + int.from_bytes(whole[place:start])
        yield whole[start:place]
