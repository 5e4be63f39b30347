"""What addresses do not want to hear of for a time, what that kept from ringing, and its end.

A mute also holds what waits already and says nothing else.  Its end is told, with the number of
alerts that did not ring (DELIVERY.md, Routing).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import (
    Address,
    Alert,
    DeliveryKind,
    DeliveryState,
    HeldBy,
    Notice,
    Receiver,
)
from alerts.storage import notices, outgoing
from alerts.storage.engine import translated
from alerts.storage.many import rows_for
from alerts.storage.muted import Heard, Mute, Muted, MuteKind, Subject
from alerts.storage.tables import deliveries, mutes
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

#: What a mute can hold back; a digest is its reader's hour and leaves whatever it says.
_HELD: tuple[str, ...] = tuple(
    kind.value for kind in (DeliveryKind.ALERT, DeliveryKind.LIST, DeliveryKind.UPDATE)
)


class Mutes:
    """Begins, lists and ends mutes."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def begin(
        self,
        subject: Subject,
        address: Address,
        receiver: str,
        *,
        until: datetime,
        now: datetime,
    ) -> Mute:
        """Mute *subject* at *address* until *until*; a mute that lasts is never made shorter.

        What waits for the address and says nothing else is held.
        """
        row = _row(subject, address, receiver) | {"begun_at": now, "until": until, "muted": 0}
        key = ("address", "kind", "value")

        async def work(connection: AsyncConnection) -> Mute:
            await insert_new(connection, mutes, [row], unless=key, raise_to=("until",))
            await _hold_waiting(connection, address, now=now)
            where = and_(*(mutes.c[name] == row[name] for name in key))
            found = await connection.execute(select(mutes).where(where))
            return Mute.of(found.mappings().one())

        return await self._writer.run(work)

    async def end(self, address: str, kind: MuteKind, value: str) -> Mute | None:
        """End a mute before its time, and return it; nothing is told, and what was held stays so.

        *address* is `Address.key`.  None: there is none.
        """
        where = and_(mutes.c.address == address, mutes.c.kind == kind.value, mutes.c.value == value)

        async def work(connection: AsyncConnection) -> Mute | None:
            ended = (await connection.execute(select(mutes).where(where))).mappings().first()
            await connection.execute(delete(mutes).where(where))
            return Mute.of(ended) if ended is not None else None

        return await self._writer.run(work)

    async def lasting(self, address: str, *, now: datetime) -> list[Mute]:
        """Return the mutes of *address*, an `Address.key`, that last; the first to end first."""
        return await self._read(and_(mutes.c.address == address, mutes.c.until > now))

    async def due_ends(self, *, now: datetime) -> list[Mute]:
        """Return the mutes that are over and of whose end nobody was told."""
        return await self._read(mutes.c.until <= now)

    async def end_due(self, *, now: datetime, ending: Callable[[Mute], Notice]) -> int:
        """End what is over and have it told as *ending* says; return how many ended."""

        async def work(connection: AsyncConnection) -> int:
            over = await _mutes(connection, mutes.c.until <= now)
            for mute in over:
                told = Receiver(name=mute.receiver, addresses=(mute.address,))
                await notices.tell(connection, ending(mute), told, now=now)
            await connection.execute(delete(mutes).where(mutes.c.until <= now))
            return len(over)

        return await self._writer.run(work)

    async def _read(self, where: ColumnElement[bool]) -> list[Mute]:
        with translated():
            async with self._readers.begin() as connection:
                return await _mutes(connection, where)


async def active(
    connection: AsyncConnection, addresses: Collection[str], *, now: datetime
) -> dict[str, Muted]:
    """Return what is muted at *addresses*, each an `Address.key`; those without are left out."""
    query = select(mutes).where(mutes.c.until > now)
    lasting: dict[str, list[Mute]] = {}
    for row in await rows_for(connection, query, mutes.c.address, addresses):
        lasting.setdefault(row["address"], []).append(Mute.of(row))
    return {key: Muted.by(found) for key, found in lasting.items()}


async def count(connection: AsyncConnection, ids: Iterable[int]) -> None:
    """Note for each mute in *ids*, as often as it is there, that an alert did not ring."""
    for number, times in sorted(Counter(ids).items()):
        await connection.execute(
            update(mutes).where(mutes.c.id == number).values(muted=mutes.c.muted + times)
        )


async def move(connection: AsyncConnection, channel: str, old: str, new: str) -> None:
    """Let what is muted at the target *old* be muted at *new*, which is its name from now on."""
    for mute in await _mutes(connection, and_(mutes.c.channel == channel, mutes.c.target == old)):
        address = replace(mute.address, target=new)
        there = and_(
            mutes.c.address == address.key,
            mutes.c.kind == mute.subject.kind.value,
            mutes.c.value == mute.subject.key,
        )
        await connection.execute(delete(mutes).where(there))
        await connection.execute(
            update(mutes).where(mutes.c.id == mute.id).values(address=address.key, target=new)
        )


async def _hold_waiting(connection: AsyncConnection, address: Address, *, now: datetime) -> None:
    """Hold what waits for *address* and says nothing that is not muted."""
    muted = (await active(connection, [address.key], now=now)).get(address.key, Muted())
    held: dict[str, list[int]] = {}
    for delivery in await outgoing.load(connection, await _waiting(connection, address)):
        heard = [_heard(alert, muted) for alert in delivery.alerts]
        if not any(each.matches for each in heard):
            held[delivery.id] = [number for each in heard for number in each.muted_by]
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.id.in_(list(held)))
        .values(state=DeliveryState.HELD.value, held_by=HeldBy.MUTED.value)
    )
    await count(connection, (number for numbers in held.values() for number in numbers))


def _heard(alert: Alert, muted: Muted) -> Heard:
    publishers = {article.id: article.publisher for article in alert.articles}
    return muted.heard(alert.matches, story=alert.story, publishers=publishers)


async def _waiting(connection: AsyncConnection, address: Address) -> Sequence[str]:
    """Return the deliveries to *address* that have certainly not arrived and can be held."""
    query = select(deliveries.c.id).where(
        deliveries.c.channel == address.channel,
        deliveries.c.target == address.target,
        deliveries.c.thread.is_not_distinct_from(address.thread),
        deliveries.c.state == DeliveryState.PENDING.value,
        deliveries.c.possible_repeat.is_(False),
        deliveries.c.kind.in_(_HELD),
    )
    return list(await connection.scalars(query))


async def _mutes(connection: AsyncConnection, where: ColumnElement[bool]) -> list[Mute]:
    query = select(mutes).where(where).order_by(mutes.c.until, mutes.c.id)
    return [Mute.of(row) for row in (await connection.execute(query)).mappings()]


def _row(subject: Subject, address: Address, receiver: str) -> dict[str, Any]:
    return {
        "address": address.key,
        "kind": subject.kind.value,
        "value": subject.key,
        "title": subject.title,
        "receiver": receiver,
        "channel": address.channel,
        "target": address.target,
        "thread": address.thread,
    }
