"""The outbox: which message goes next, and what became of it.

    pending -> leased -> sent | pending (again later) | ambiguous | held | dead

A lease is written before a request is, so whatever is still leased after a crash may have
arrived: it comes back as ambiguous and is sent again, marked as a possible repeat.  Every mark is
fenced by the lease's owner and attempt; one that comes too late changes nothing.

Answers of the bot are neither held nor buried: they are deleted (`storage.answers`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import and_, case, func, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import ColumnElement

from alerts.model import (
    Address,
    Delivery,
    DeliveryKind,
    DeliveryState,
    HeldBy,
    Notice,
    Receipt,
    Receiver,
)
from alerts.storage import answers, moved, notices, outgoing, rows, turns
from alerts.storage.engine import translated
from alerts.storage.follow_up import fold
from alerts.storage.sent import Sent, write_sent
from alerts.storage.tables import Moment, addresses, channels, deliveries
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

_UNSENT, _UNSURE = turns.WAITING


class Outbox:
    """Leases deliveries and marks what became of them."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers
        self._owner = uuid4().hex

    async def recover(self, *, now: datetime) -> int:
        """Make every lease of a dead process ambiguous; return how many there were.

        Only for the one process that holds the database, before its first lease.
        """
        statement = (
            update(deliveries)
            .where(deliveries.c.state == DeliveryState.LEASED.value)
            .values(
                state=DeliveryState.AMBIGUOUS.value,
                possible_repeat=True,
                lease_owner="",
                lease_until=None,
                due_at=now,
                error="the process ended while it was being sent",
            )
        )

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self._writer.run(work)

    async def notify(self, notice: Notice, receiver: Receiver, *, now: datetime) -> int:
        """Have *receiver* told of *notice*, each address once; return how many deliveries are new.

        An end is told only if trouble was (`storage.notices`).
        """
        return await self._writer.run(
            lambda connection: notices.tell(connection, notice, receiver, now=now)
        )

    async def open_troubles(self, prefix: str) -> list[str]:
        """Return the things, by names that begin with *prefix*, whose trouble was told and lasts."""
        with translated():
            async with self._readers.begin() as connection:
                return await notices.open_troubles(connection, prefix)

    async def lease_due(
        self,
        channel: str,
        *,
        now: datetime,
        until: datetime,
        limit: int,
        answers: int | None = None,
    ) -> list[Delivery]:
        """Lease what may leave *channel* now: at most *limit*, and one for each target.

        *answers* is up to how many answers of the bot may be among them; None: *limit*.

        Critical first, then in the order in which they came to be, answers last; a target that has
        a message under way, or must not be written to yet, waits without keeping others waiting.
        """

        async def work(connection: AsyncConnection) -> list[Delivery]:
            few = limit if answers is None else answers
            ids = await turns.due(connection, channel, now=now, most=limit, answers=few)
            if not ids:
                return []
            await connection.execute(
                update(deliveries)
                .where(deliveries.c.id.in_(ids))
                .values(
                    state=DeliveryState.LEASED.value,
                    lease_owner=self._owner,
                    lease_until=until,
                    attempt=deliveries.c.attempt + 1,
                    created_at=_ready_at(),
                )
            )
            return await outgoing.load(connection, ids)

        return await self._writer.run(work)

    async def mark_sent(
        self,
        delivery: Delivery,
        receipt: Receipt,
        *,
        now: datetime,
        not_before_at: datetime | None = None,
    ) -> bool:
        """Note that the other side took it; *not_before_at* keeps the pace of its target."""
        sent = Sent(
            delivery=delivery,
            owner=self._owner,
            message_id=receipt.message_id,
            now=now,
            not_before_at=not_before_at,
        )
        return await self._writer.run_together(write_sent, sent)

    async def mark_retry(
        self,
        delivery: Delivery,
        error: str,
        *,
        due_at: datetime,
        ambiguous: bool = False,
        not_before_at: datetime | None = None,
    ) -> bool:
        """Note that it is to be sent again at *due_at*; *ambiguous*: it may have arrived."""
        state = DeliveryState.AMBIGUOUS if ambiguous else DeliveryState.PENDING
        repeat = delivery.possible_repeat or ambiguous
        values = {
            # What was ambiguous once stays so until an answer settles it.
            "state": (DeliveryState.AMBIGUOUS if repeat else state).value,
            "possible_repeat": repeat,
            "due_at": due_at,
            "error": error,
        }
        return await self._mark(delivery, values, not_before_at=not_before_at)

    async def mark_dead(self, delivery: Delivery, reason: str) -> bool:
        """Make it a dead letter, with the reason; an answer is deleted."""
        dead = {"state": DeliveryState.DEAD.value, "error": reason}
        if delivery.kind is not DeliveryKind.ANSWER:
            return await self._mark(delivery, dead)

        async def work(connection: AsyncConnection) -> bool:
            is_ours = await self._end_lease(connection, delivery, dead)
            if is_ours:
                await answers.forget(connection, deliveries.c.id == delivery.id)
            return is_ours

        return await self._writer.run(work)

    async def give_back(
        self, delivery: Delivery, *, due_at: datetime | None = None, error: str = ""
    ) -> bool:
        """Return a lease under which nothing was written."""
        values: dict[str, Any] = {
            "state": _waiting_state(delivery),
            "attempt": delivery.attempt - 1,
        }
        values |= {"due_at": due_at} if due_at else {}
        values |= {"error": error} if error else {}
        return await self._mark(delivery, values)

    async def mark_gone(self, delivery: Delivery, reason: str, *, now: datetime) -> bool:
        """Hold it, and whatever else waits for its target, until we are let in again.

        Answers are deleted: whoever comes back gets none to what was asked before.
        """
        target = (delivery.address.channel, delivery.address.target)
        held = {
            "state": DeliveryState.HELD.value,
            "held_by": HeldBy.GONE.value,
            "error": reason,
        }

        async def work(connection: AsyncConnection) -> bool:
            if not await self._end_lease(connection, delivery, held):
                return False
            row = rows.address_columns(delivery.address) | {"gone_at": now, "reason": reason}
            await insert_new(connection, addresses, [row], replace=("gone_at", "reason"))
            await connection.execute(
                update(deliveries)
                .where(_for_target(*target), deliveries.c.state.in_(turns.WAITING))
                .values(**held)
            )
            await answers.let_go(connection, target[0], [target[1]])
            return True

        return await self._writer.run(work)

    async def move(self, delivery: Delivery, target: str, *, now: datetime) -> None:
        """Send everything for the delivery's target to *target* from now on, this one at once."""
        channel, old = delivery.address.channel, delivery.address.target
        back = {"state": _waiting_state(delivery), "attempt": delivery.attempt - 1}

        async def work(connection: AsyncConnection) -> None:
            if await self._end_lease(connection, delivery, back):
                await moved.move(connection, channel, old, target, now=now)

        await self._writer.run(work)

    async def put_off(self, address: Address, until: datetime) -> None:
        """Have nothing sent to the target of *address* before *until*."""
        await self._writer.run(lambda connection: _put_off(connection, address, until))

    async def is_put_off(self, channel: str, targets: Collection[str], *, now: datetime) -> bool:
        """Tell whether one of *targets* must not be written to at *now*."""
        query = select(func.max(addresses.c.not_before_at, type_=Moment())).where(
            addresses.c.channel == channel, addresses.c.target.in_(list(targets))
        )
        with translated():
            async with self._readers.begin() as connection:
                until = await connection.scalar(query)
        return until is not None and until > now

    async def pause(self, channel: str, reason: str, *, now: datetime) -> None:
        """Note that the other side refuses *us*; cleared by `resume`."""
        await self._note_channel(channel, now, reason)

    async def resume(self, channel: str) -> None:
        """Note that *channel* works, or is tried, again."""
        await self._note_channel(channel, None, "")

    async def next_at(
        self, channel: str, *, now: datetime, answers: bool = True
    ) -> datetime | None:
        """Return when something may leave *channel* next, leases aside; None: nothing waits.

        Without *answers*: something that is none.
        """
        query = turns.NEXT_AT if answers else turns.NEXT_BUT_ANSWERS_AT
        with translated():
            async with self._readers.begin() as connection:
                at: datetime | None = await connection.scalar(query, {"channel": channel})
        return at and max(at, now)

    async def recent_sends(self, channel: str, *, since: datetime) -> dict[str, list[datetime]]:
        """Return target -> when it was sent something after *since*, in order."""
        query = (
            select(deliveries.c.target, deliveries.c.sent_at)
            .where(deliveries.c.channel == channel, deliveries.c.state == DeliveryState.SENT.value)
            .where(deliveries.c.sent_at > since)
            .order_by(deliveries.c.sent_at)
        )
        sends: dict[str, list[datetime]] = {}
        with translated():
            async with self._readers.begin() as connection:
                for row in await connection.execute(query):
                    sends.setdefault(row.target, []).append(row.sent_at)
        return sends

    async def _mark(
        self,
        delivery: Delivery,
        values: dict[str, Any],
        *,
        not_before_at: datetime | None = None,
    ) -> bool:
        async def work(connection: AsyncConnection) -> bool:
            if not await self._end_lease(connection, delivery, values):
                return False
            if values["state"] == _UNSENT:
                await fold(connection, delivery.id)
            if not_before_at is not None:
                await _put_off(connection, delivery.address, not_before_at)
            return True

        return await self._writer.run(work)

    async def _end_lease(
        self, connection: AsyncConnection, delivery: Delivery, values: dict[str, Any]
    ) -> bool:
        """End the lease of *delivery*; False when it was not ours any more."""
        statement = (
            update(deliveries)
            .where(deliveries.c.id == delivery.id)
            .where(deliveries.c.state == DeliveryState.LEASED.value)
            .where(deliveries.c.lease_owner == self._owner)
            .where(deliveries.c.attempt == delivery.attempt)
            .values(lease_owner="", lease_until=None, **values)
        )
        return (await connection.execute(statement)).rowcount == 1

    async def _note_channel(self, name: str, paused_at: datetime | None, reason: str) -> None:
        async def work(connection: AsyncConnection) -> None:
            await insert_new(
                connection,
                channels,
                [{"name": name, "paused_at": paused_at, "reason": reason}],
                replace=("paused_at", "reason"),
            )

        await self._writer.run(work)


async def _put_off(connection: AsyncConnection, address: Address, until: datetime) -> None:
    row = rows.address_columns(address) | {"not_before_at": until}
    await insert_new(connection, addresses, [row], raise_to=("not_before_at",))


def _for_target(channel: str, target: str) -> ColumnElement[bool]:
    return and_(deliveries.c.channel == channel, deliveries.c.target == target)


def _ready_at() -> ColumnElement[datetime]:
    """Return when a delivery that is leased was ready to leave, at its first lease for ever.

    What gathered for hours or a week is made at its hour: a mail's Date says that, and the horizon
    of its attempts begins there.
    """
    is_early = and_(deliveries.c.attempt == 0, deliveries.c.due_at > deliveries.c.created_at)
    return case((is_early, deliveries.c.due_at), else_=deliveries.c.created_at)


def _waiting_state(delivery: Delivery) -> str:
    # What was ambiguous once stays so until an answer settles it.
    return _UNSURE if delivery.possible_repeat else _UNSENT
