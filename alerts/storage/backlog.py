"""What waits for an address: put together, given to a fallback, held, or let go.

Only what has certainly not arrived is touched.  Leases and what became of them are the outbox'.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime, timedelta

from sqlalchemy import case, func, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.model import Crowd, Delivery, DeliveryState, Destination, Gathering, HeldBy
from alerts.storage import crowds, digests, future, hand_over, turns
from alerts.storage.answers import IS_ANSWER
from alerts.storage.engine import translated
from alerts.storage.tables import addresses, deliveries
from alerts.storage.writer import Writer

_UNSENT, _UNSURE = turns.WAITING


class Backlog:
    """Deliveries that wait, by their address."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers

    async def size(self) -> int:
        """Return how many deliveries wait to leave, on all channels.

        Answers do not count: nobody slows polling by talking with the bot.
        """
        query = select(func.count()).where(deliveries.c.state.in_(turns.WAITING), ~IS_ANSWER)
        with translated():
            async with self._readers.begin() as connection:
                return int(await connection.scalar(query) or 0)

    async def crowds(
        self, channel: str, *, restrained: Collection[str], now: datetime
    ) -> list[Crowd]:
        """Return for whom on *channel* several alerts are due (`storage.crowds`)."""
        with translated():
            async with self._readers.begin() as connection:
                return await crowds.crowds(connection, channel, restrained=restrained, now=now)

    async def gather(self, crowd: Crowd, into: Gathering, *, now: datetime) -> int:
        """Let what waits for *crowd*'s address leave as one message; return how many alerts."""
        return await self._writer.run(
            lambda connection: crowds.gather(
                connection, crowd.receiver, crowd.address, into, now=now
            )
        )

    async def overdue(
        self, channel: str, receivers: Collection[str], *, before: datetime
    ) -> list[Delivery]:
        """Return what has waited on *channel* for *receivers* since *before*."""
        with translated():
            async with self._readers.begin() as connection:
                return await hand_over.overdue(connection, channel, receivers, before=before)

    async def hand_over(
        self,
        delivery: Delivery,
        to: Mapping[str, Sequence[Destination]],
        *,
        reason: str,
        now: datetime,
    ) -> bool:
        """Give what *delivery* says to its receiver's fallback; it is held itself.

        *to* maps its alerts to where they go, and "" to where a notice goes.  False: somebody else
        has taken it meanwhile.
        """

        async def work(connection: AsyncConnection) -> bool:
            statement = (
                update(deliveries)
                .where(deliveries.c.id == delivery.id, deliveries.c.attempt == delivery.attempt)
                .where(deliveries.c.possible_repeat.is_(False))
                .where(
                    deliveries.c.state.in_([_UNSENT, DeliveryState.LEASED.value])
                    | (deliveries.c.held_by == HeldBy.GONE.value)
                )
                .values(
                    state=DeliveryState.HELD.value,
                    held_by=HeldBy.HANDED_OVER.value,
                    lease_owner="",
                    lease_until=None,
                    error=reason,
                )
            )
            if not (await connection.execute(statement)).rowcount:
                return False
            await hand_over.hand_over(connection, delivery, to, now=now)
            return True

        return await self._writer.run(work)

    async def readmit(self, targets: Collection[tuple[str, str]], *, now: datetime) -> None:
        """Write again to those of *targets*, channel and target, that were given up as gone.

        What waits for them leaves as one summary.
        """

        async def work(connection: AsyncConnection) -> None:
            for channel, target in targets:
                reopened = await connection.execute(
                    update(addresses)
                    .where(addresses.c.channel == channel, addresses.c.target == target)
                    .where(addresses.c.gone_at.is_not(None))
                    .values(gone_at=None, reason="")
                )
                if reopened.rowcount:
                    await _release(connection, channel, target)
                    await crowds.gather_all(connection, channel, target, now=now)

        await self._writer.run(work)

    async def agree(
        self,
        hours: Mapping[str, datetime],
        promised: Sequence[Destination],
        *,
        now: datetime,
    ) -> None:
        """Let digests that gather leave at *hours*, by their receiver, and open those *promised*.

        A digest whose receiver has no hour any more leaves at once.
        """

        async def work(connection: AsyncConnection) -> None:
            await digests.move(connection, hours, now=now)
            await digests.promise(connection, promised, now=now)

        await self._writer.run(work)

    async def promise(self, promised: Sequence[Destination], *, now: datetime) -> None:
        """Open the digests that leave also if nothing happens; those that are open stay."""
        if promised:
            await self._writer.run(
                lambda connection: digests.promise(connection, promised, now=now)
            )

    async def retime(self, receiver: str, due_at: datetime, *, now: datetime) -> None:
        """Let the digest that gathers for *receiver* leave at *due_at*."""
        await self._writer.run(
            lambda connection: digests.move_one(connection, receiver, due_at, now=now)
        )

    async def release_quiet(self, receiver: str, *, now: datetime) -> None:
        """Let what the quiet hours of *receiver* keep back leave: it wants other hours now."""
        statement = (
            update(deliveries)
            .where(deliveries.c.gathers == _QUIET, deliveries.c.receiver == receiver)
            .where(deliveries.c.state == DeliveryState.PENDING.value, deliveries.c.due_at > now)
            .values(due_at=now)
        )
        await self._writer.run(lambda connection: connection.execute(statement))

    async def forget_paces(self, *, before: datetime) -> int:
        """Forget which targets could not be written to until a moment *before*; return how many."""
        statement = (
            addresses.delete()
            .where(addresses.c.gone_at.is_(None))
            .where(or_(addresses.c.not_before_at.is_(None), addresses.c.not_before_at < before))
        )

        async def work(connection: AsyncConnection) -> int:
            return (await connection.execute(statement)).rowcount

        return await self._writer.run(work)

    async def mend(self, *, now: datetime) -> timedelta:
        """Move back what waits for a time that a wrong clock set; return by how much, or zero."""
        return await self._writer.run(lambda connection: future.mend(connection, now=now))

    async def release_gathering(self, *, now: datetime) -> None:
        """Let lists leave that would wait for more: the process is about to end.

        Not what waits for an hour of its own: quiet hours, and digests.
        """
        statement = (
            update(deliveries)
            .where(
                deliveries.c.gathers.in_(_IMPATIENT) | deliveries.c.gathers.startswith("group "),
                deliveries.c.state == DeliveryState.PENDING.value,
                deliveries.c.attempt == 0,
                deliveries.c.due_at > now,
            )
            .values(due_at=now)
        )
        await self._writer.run(lambda connection: connection.execute(statement))


#: What gathers only so that one message says it all.
_IMPATIENT = ("backfill",)
#: What the alerts of quiet hours gather in (`alerting.timing.QUIET`).
_QUIET = "quiet"


async def _release(connection: AsyncConnection, channel: str, target: str) -> None:
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.channel == channel, deliveries.c.target == target)
        .where(deliveries.c.state == DeliveryState.HELD.value)
        .where(deliveries.c.held_by == HeldBy.GONE.value)
        .values(state=case((deliveries.c.possible_repeat, _UNSURE), else_=_UNSENT), held_by="")
    )
