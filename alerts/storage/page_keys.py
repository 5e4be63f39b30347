"""What links in mails are signed with: made at first use, known to this database alone."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import delete, func, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.storage.tables import Moment, page_keys
from alerts.storage.writer import Writer

#: A link works for so long after a newer key began to sign: people keep mails, and the law of some
#: places wants a month at least (CAN-SPAM, 16 CFR 316.5).
BELIEVED: timedelta = timedelta(days=400)
#: A key signs for so long before the next one does: one that leaked is worth something for as long.
SIGNS: timedelta = timedelta(days=90)
_BYTES = 32


class PageKeys:
    """Holds the keys in memory, because every mail is signed."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        self._keys: tuple[str, ...] = ()

    @property
    def keys(self) -> Sequence[str]:
        """Secrets, the newest first; empty before `open`."""
        return self._keys

    async def open(self, *, now: datetime) -> None:
        """Read the keys, and make the first one where there is none.

        Raises:
            StorageError: nothing was written.
        """

        async def work(connection: AsyncConnection) -> tuple[str, ...]:
            return await _all(connection) or await _with_new(connection, now)

        self._keys = await self._writer.run(work)

    async def rotate(self, *, now: datetime) -> None:
        """Sign with a new key from now on; those that were replaced long ago are forgotten.

        Raises:
            StorageError: nothing was written.
        """
        self._keys = await self._writer.run(lambda connection: _with_new(connection, now))

    async def renew(self, *, now: datetime) -> None:
        """`rotate`, if the newest key has signed for `SIGNS`.

        Raises:
            StorageError: nothing was written.
        """

        async def work(connection: AsyncConnection) -> tuple[str, ...]:
            newest = await connection.scalar(select(func.max(page_keys.c.made_at, type_=Moment())))
            is_due = newest is None or now - newest >= SIGNS
            return await (_with_new(connection, now) if is_due else _all(connection))

        self._keys = await self._writer.run(work)


async def _with_new(connection: AsyncConnection, now: datetime) -> tuple[str, ...]:
    # A key that a younger one replaced so long ago is forgotten; the newest always stays.
    younger = page_keys.alias()
    replaced = (
        select(younger.c.id)
        .where(younger.c.id > page_keys.c.id, younger.c.made_at < now - BELIEVED)
        .exists()
    )
    await connection.execute(delete(page_keys).where(replaced))
    row = {"secret": secrets.token_urlsafe(_BYTES), "made_at": now}
    await connection.execute(insert(page_keys), [row])
    return await _all(connection)


async def _all(connection: AsyncConnection) -> tuple[str, ...]:
    found = await connection.scalars(select(page_keys.c.secret).order_by(page_keys.c.id.desc()))
    return tuple(found)
