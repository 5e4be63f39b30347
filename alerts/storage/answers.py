"""What the bot says to whoever spoke to it, on its way: deliveries behind every alert.

Whoever asked sees that no answer comes, and asks again; so an answer that cannot leave is no dead
letter that somebody would have to look at: it is deleted, as are those for a chat that let us go, and
those of yesterday, which may quote what people wrote.  The log still says that it was given up.

When it is tried again, and for how long, is `delivery.retry`'s; what it says is the bot's.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any, Final

from sqlalchemy import delete, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import ColumnElement

from alerts.model import Address, Answer, DeliveryKind, DeliveryState, Destination, Severity
from alerts.storage import rows
from alerts.storage.engine import translated
from alerts.storage.many import portions, rows_for
from alerts.storage.tables import Moment, answers, deliveries
from alerts.storage.turns import ANSWER_RANK, WAITING
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

#: The receiver of every answer: no rule file can have one with a blank.
WHOEVER_ASKED: Final = "whoever asked"
#: What says that a delivery is one.
IS_ANSWER: Final = deliveries.c.kind == DeliveryKind.ANSWER.value
_UNDER_WAY: Final = DeliveryState.LEASED.value
#: Between two answers of one moment, so that they leave in the order in which they were given.
_STEP: Final = timedelta(microseconds=1)
#: No run of answers of one moment is so long: what lies further ahead was written by a wrong clock.
_LONGEST_RUN: Final = timedelta(seconds=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """An answer that is to be written."""

    key: str
    address: Address
    answer: Answer
    now: datetime


class Answers:
    """Takes answers, and knows how many wait."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def put(self, key: str, address: Address, answer: Answer, *, now: datetime) -> bool:
        """Let *answer* leave for *address* at once; False: that was done before.

        *key* names what is answered: an update that Telegram brings again has its answer already.

        Raises:
            StorageError: nothing was written.
        """
        given = Given(key=key, address=address, answer=answer, now=now)
        return await self._writer.run_together(write, given)

    async def waiting(self, address: Address) -> int:
        """Return how many have not left for the chat of *address*, whatever the thread."""
        query = select(func.count()).where(
            IS_ANSWER,
            deliveries.c.channel == address.channel,
            deliveries.c.target == address.target,
            deliveries.c.state.in_([*WAITING, _UNDER_WAY]),
        )
        with translated():
            async with self._readers.begin() as connection:
                return int(await connection.scalar(query) or 0)


def delivery_id(key: str) -> str:
    """Return the id of the one delivery that answers what *key* names."""
    return sha256(f"answer\0{key}".encode("utf-8", "surrogatepass")).hexdigest()


async def write(connection: AsyncConnection, given: Sequence[Given]) -> list[bool]:
    """Write *given*, in that order; tell of each whether it is new."""
    ids = [delivery_id(each.key) for each in given]
    known = await rows_for(connection, select(deliveries.c.id), deliveries.c.id, ids)
    seen = {row["id"] for row in known}
    fresh: dict[str, Given] = {}
    is_new = []
    for id_, each in zip(ids, given, strict=True):
        is_new.append(id_ not in seen)
        if id_ not in seen:
            seen.add(id_)
            fresh[id_] = each
    if fresh:
        made = await _made(connection, fresh.values())
        opened = [_row(id_, each, at) for (id_, each), at in zip(fresh.items(), made, strict=True)]
        await insert_new(connection, deliveries, opened)
        said = [{"delivery": id_} | rows.answer_columns(fresh[id_].answer) for id_ in fresh]
        await insert_new(connection, answers, said)
    return is_new


async def _made(connection: AsyncConnection, given: Collection[Given]) -> list[datetime]:
    """Return when each of *given* was made: each a moment after the one before it in its chat."""
    begin = min(each.now for each in given)
    end = max(each.now for each in given) + _LONGEST_RUN
    newest = func.max(deliveries.c.created_at, type_=Moment()).label("at")
    query = (
        select(deliveries.c.channel, deliveries.c.target, newest)
        .where(IS_ANSWER, deliveries.c.channel.in_({each.address.channel for each in given}))
        .where(deliveries.c.created_at >= begin, deliveries.c.created_at < end)
        .group_by(deliveries.c.channel, deliveries.c.target)
    )
    targets = {each.address.target for each in given}
    found = await rows_for(connection, query, deliveries.c.target, targets)
    last: dict[tuple[str, str], datetime] = {
        (row["channel"], row["target"]): row["at"] for row in found
    }
    made = []
    for each in given:
        chat = (each.address.channel, each.address.target)
        at = max(each.now, last[chat] + _STEP) if chat in last else each.now
        last[chat] = at
        made.append(at)
    return made


def _row(id_: str, given: Given, made_at: datetime) -> dict[str, Any]:
    destination = Destination(
        receiver=WHOEVER_ASKED,
        address=given.address,
        due_at=given.now,
        kind=DeliveryKind.ANSWER,
    )
    row = rows.new_delivery(id_, destination, Severity.INFO, now=made_at)
    return row | {"rank": ANSWER_RANK}


async def let_go(connection: AsyncConnection, channel: str, targets: Collection[str]) -> None:
    """Delete what has not left for *targets*, whether it waits or is held; not what is under way."""
    unsent = [*WAITING, DeliveryState.HELD.value]
    await forget(
        connection,
        deliveries.c.channel == channel,
        deliveries.c.target.in_(list(targets)),
        deliveries.c.state.in_(unsent),
    )


async def forget(connection: AsyncConnection, *where: ColumnElement[bool]) -> None:
    """Delete the answers whose deliveries are so."""
    found = await connection.scalars(select(deliveries.c.id).where(IS_ANSWER, *where))
    for some in portions(found):
        await connection.execute(delete(answers).where(answers.c.delivery.in_(some)))
        await connection.execute(delete(deliveries).where(deliveries.c.id.in_(some)))


async def follow_nothing(connection: AsyncConnection, channel: str, target: str) -> None:
    """Let answers for *target* refer to no message: the chat numbers its messages anew."""
    there = select(deliveries.c.id).where(
        IS_ANSWER, deliveries.c.channel == channel, deliveries.c.target == target
    )
    await connection.execute(
        update(answers).where(answers.c.delivery.in_(there)).values(follows="")
    )
