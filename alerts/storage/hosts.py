"""The pauses that hosts asked for: a restart must not shorten them."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.storage.engine import translated
from alerts.storage.tables import hosts
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer


class Hosts:
    """Reads and writes what is known of hosts, whichever feed lives there."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def pause(self, name: str, until: datetime, *, now: datetime) -> None:
        """Note that *name*, a host or `*.` and a domain, is left alone *until*; never shorter."""

        async def work(connection: AsyncConnection) -> None:
            await connection.execute(delete(hosts).where(hosts.c.not_before_at <= now))
            row = {"name": name, "not_before_at": until}
            await insert_new(connection, hosts, [row], raise_to=("not_before_at",))

        await self._writer.run(work)

    async def pauses(self, *, now: datetime) -> dict[str, datetime]:
        """Return the pauses that last, with their ends."""
        query = select(hosts.c.name, hosts.c.not_before_at).where(hosts.c.not_before_at > now)
        with translated():
            async with self._readers.begin() as connection:
                return {row.name: row.not_before_at for row in await connection.execute(query)}
