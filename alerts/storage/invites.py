"""Words that let somebody in where the bot is not open to all, each for so many and so long."""

from __future__ import annotations

from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.storage.engine import translated
from alerts.storage.tables import invites
from alerts.storage.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Invite:
    """An invite that lasts."""

    code: str
    #: "telegram:4711"
    made_by: str
    made_at: datetime
    expires_at: datetime
    #: How many it lets in yet.
    uses_left: int


class Invites:
    """Makes, uses and ends invites."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def make(
        self, code: str, *, made_by: str, uses: int, now: datetime, expires_at: datetime
    ) -> None:
        """Let *code* let in *uses* people before *expires_at*.

        Raises:
            StorageError: nothing was written; the code may be there already.
        """
        row = {
            "code": code,
            "made_by": made_by,
            "made_at": now,
            "expires_at": expires_at,
            "uses_left": uses,
        }
        await self._change(insert(invites).values(row))

    async def use(self, code: str, *, now: datetime) -> bool:
        """Let one in by *code*; False: it is unknown, too old, or used up."""
        statement = update(invites).where(invites.c.code == code, _lasts(now))
        return bool(await self._change(statement.values(uses_left=invites.c.uses_left - 1)))

    async def lasting(self, *, now: datetime) -> list[Invite]:
        """Return the invites that let somebody in; the first to expire first."""
        query = select(invites).where(_lasts(now)).order_by(invites.c.expires_at, invites.c.code)
        with translated():
            async with self._readers.begin() as connection:
                found = (await connection.execute(query)).mappings()
                return [
                    Invite(**{field.name: row[field.name] for field in _FIELDS}) for row in found
                ]

    async def end(self, code: str) -> bool:
        """Let nobody in by *code* any more; False: there is no such invite."""
        return bool(await self._change(delete(invites).where(invites.c.code == code)))

    async def forget(self, *, before: datetime) -> int:
        """Forget what expired *before*, and what is used up; return how many there were."""
        over = or_(invites.c.expires_at < before, invites.c.uses_left <= 0)
        return await self._change(delete(invites).where(over))

    async def _change(self, statement: Any) -> int:
        """Run *statement*; return how many rows it changed."""

        async def work(connection: AsyncConnection) -> int:
            return int((await connection.execute(statement)).rowcount)

        return await self._writer.run(work)


_FIELDS = fields(Invite)


def _lasts(now: datetime) -> ColumnElement[bool]:
    return and_(invites.c.expires_at > now, invites.c.uses_left > 0)
