"""What the bot asked somebody and still waits to hear: it outlives the process.

A person has one dialogue in a chat at a time; in a group everybody has their own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from sqlalchemy import ColumnElement, and_, delete, insert, select
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Address
from alerts.storage.engine import translated
from alerts.storage.rows import Row
from alerts.storage.tables import dialogues
from alerts.storage.writer import Writer


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialogue:
    """One that is under way."""

    #: Its threads share their dialogues.
    chat: Address
    #: Who is asked: "telegram:4711".
    person: str
    #: Hex digits that its buttons carry.
    key: str
    #: Which dialogue it is: the command's own word.
    about: str
    #: Where it stands, as JSON.
    state: Mapping[str, Any]
    asked_at: datetime

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return a stored dialogue."""
        return cls(
            chat=Address(channel=row["channel"], target=row["target"]),
            person=row["person"],
            key=row["key"],
            about=row["about"],
            state=row["state"],
            asked_at=row["asked_at"],
        )


class Dialogues:
    """Begins, finds and ends dialogues."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def find(self, chat: Address, person: str) -> Dialogue | None:
        """Return the dialogue of *person* in *chat*; None: there is none."""
        found = await self._read(_is_of(chat, person))
        return found[0] if found else None

    async def by_key(self, chat: Address, key: str) -> Dialogue | None:
        """Return the dialogue in *chat* whose buttons carry *key*, whoever's it is."""
        found = await self._read(and_(_is_in(chat), dialogues.c.key == key))
        return found[0] if found else None

    async def begin(self, dialogue: Dialogue) -> None:
        """Keep *dialogue* in place of the one that its person has in its chat."""
        row = {
            "channel": dialogue.chat.channel,
            "target": dialogue.chat.target,
            "person": dialogue.person,
            "key": dialogue.key,
            "about": dialogue.about,
            "state": dict(dialogue.state),
            "asked_at": dialogue.asked_at,
        }

        async def work(connection: AsyncConnection) -> None:
            before = delete(dialogues).where(_is_of(dialogue.chat, dialogue.person))
            await connection.execute(before)
            await connection.execute(insert(dialogues).values(row))

        await self._writer.run(work)

    async def go_on(self, dialogue: Dialogue) -> bool:
        """Keep the state of *dialogue*; False: it is over, or another has taken its place."""
        here = and_(_is_of(dialogue.chat, dialogue.person), dialogues.c.key == dialogue.key)
        statement = dialogues.update().where(here).values(state=dict(dialogue.state))

        async def work(connection: AsyncConnection) -> bool:
            return bool((await connection.execute(statement)).rowcount)

        return await self._writer.run(work)

    async def end(self, chat: Address, person: str) -> bool:
        """End the dialogue of *person* in *chat*; False: there is none."""
        return bool(await self._delete(_is_of(chat, person)))

    async def waiting(self, about: str) -> Sequence[Dialogue]:
        """Return the dialogues *about* something, the first asked first."""
        return await self._read(dialogues.c.about == about)

    async def forget(self, *, before: datetime) -> int:
        """Forget what was asked *before* and never answered; return how many there were."""
        return await self._delete(dialogues.c.asked_at < before)

    async def _read(self, where: ColumnElement[bool]) -> list[Dialogue]:
        by_age = (dialogues.c.asked_at, dialogues.c.target, dialogues.c.person)
        query = select(dialogues).where(where).order_by(*by_age)
        with translated():
            async with self._readers.begin() as connection:
                return [Dialogue.of(row) for row in (await connection.execute(query)).mappings()]

    async def _delete(self, where: ColumnElement[bool]) -> int:
        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(delete(dialogues).where(where))).rowcount

        return await self._writer.run(work)


async def move(connection: AsyncConnection, channel: str, old: str, new: str) -> None:
    """Let the dialogues of the chat *old* go on in *new*; one that was begun there goes before."""
    here = and_(dialogues.c.channel == channel, dialogues.c.target == old)
    there = select(dialogues.c.person).where(
        dialogues.c.channel == channel, dialogues.c.target == new
    )
    begun = list(await connection.scalars(there))
    await connection.execute(delete(dialogues).where(here, dialogues.c.person.in_(begun)))
    await connection.execute(dialogues.update().where(here).values(target=new))


def _is_in(chat: Address) -> ColumnElement[bool]:
    return and_(dialogues.c.channel == chat.channel, dialogues.c.target == chat.target)


def _is_of(chat: Address, person: str) -> ColumnElement[bool]:
    return and_(_is_in(chat), dialogues.c.person == person)
