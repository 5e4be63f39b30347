"""Mails that came back: three refusals for good within a week, and a mailbox is written to no more.

Only what we have sent can come back: the Message-ID leads to the delivery, and the delivery says
whose mailbox it is.  The one that refuses may be another, behind a forward.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address
from alerts.storage.consents import forget_bounces, hold
from alerts.storage.silenced import EVERY, Consent
from alerts.storage.tables import bounces, consents, deliveries
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

#: So many within `WITHIN`, each of another mail.
MOST = 3
WITHIN = timedelta(days=7)
CHANNEL = "email"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """What a bounce came to."""

    address: Address
    #: The list on which the mail was sent.
    receiver: str
    #: Refusals within `WITHIN`, this one included.
    refusals: int
    #: This one was one too many.
    is_off: bool


class Bounces:
    """Counts bounces."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer

    async def count(
        self, message_id: str, *, status: str, reason: str, now: datetime
    ) -> Counted | None:
        """Count the refusal of a mail for good; None: the mail was not ours.

        Raises:
            StorageError: nothing was written.
        """

        async def work(connection: AsyncConnection) -> Counted | None:
            sent = await _sent(connection, message_id)
            if sent is None:
                return None
            address, receiver = sent
            row = {
                "target": address.target,
                "message_id": message_id,
                "status": status,
                "reason": reason,
                "bounced_at": now,
            }
            unless = ("target", "message_id", "status")
            await insert_new(connection, bounces, [row], unless=unless)
            refusals = await _refusals(connection, address, now)
            is_off = refusals >= MOST and await _turned_off(connection, address, reason, now)
            return Counted(address=address, receiver=receiver, refusals=refusals, is_off=is_off)

        return await self._writer.run(work)

    async def arrived(self, message_id: str) -> None:
        """Believe in a mailbox again: its server says that it has a mail of ours.

        Raises:
            StorageError: nothing was written.
        """

        async def work(connection: AsyncConnection) -> None:
            sent = await _sent(connection, message_id)
            if sent is not None:
                await forget_bounces(connection, sent[0])

        await self._writer.run(work)


async def _sent(connection: AsyncConnection, message_id: str) -> tuple[Address, str] | None:
    """Return to whom, and on which list, the mail of that id was sent."""
    # The id of the delivery stands before the @ (`delivery.channels.composing`).
    delivery = message_id.strip("<>").partition("@")[0]
    query = select(deliveries.c.target, deliveries.c.receiver).where(
        deliveries.c.id == delivery, deliveries.c.channel == CHANNEL
    )
    row = (await connection.execute(query)).first()
    return None if row is None else (Address(channel=CHANNEL, target=row[0]), row[1])


async def _refusals(connection: AsyncConnection, address: Address, now: datetime) -> int:
    query = select(func.count(bounces.c.message_id.distinct())).where(
        bounces.c.target == address.target, bounces.c.bounced_at > now - WITHIN
    )
    return int(await connection.scalar(query) or 0)


async def _turned_off(
    connection: AsyncConnection, address: Address, reason: str, now: datetime
) -> bool:
    """Write to *address* no more; False: that was settled before."""
    known = await connection.scalar(
        select(consents.c.state).where(
            consents.c.channel == address.channel,
            consents.c.target == address.target,
            consents.c.list == EVERY,
        )
    )
    if known is not None:
        return False
    row = {
        "channel": address.channel,
        "target": address.target,
        "list": EVERY,
        "state": Consent.BOUNCED.value,
        "version": 0,
        "changed_at": now,
        "until": None,
        "reason": reason,
    }
    await insert_new(connection, consents, [row])
    await hold(connection, address)
    return True
