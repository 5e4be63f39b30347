"""Messages that were taken, noted together: at full speed this is most of what the outbox writes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import bindparam, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Delivery, DeliveryState
from alerts.storage import rows
from alerts.storage.many import rows_for
from alerts.storage.tables import Moment, addresses, deliveries
from alerts.storage.upsert import insert_new


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message that the other side took."""

    delivery: Delivery
    #: Who leased it.
    owner: str
    message_id: str
    now: datetime
    #: Keeps the pace of its target; None: there is none.
    not_before_at: datetime | None


_LEASED = select(deliveries.c.id, deliveries.c.lease_owner, deliveries.c.attempt).where(
    deliveries.c.state == DeliveryState.LEASED.value
)
_MARK = (
    update(deliveries)
    .where(deliveries.c.id == bindparam("sent_id"))
    .values(
        state=DeliveryState.SENT.value,
        lease_owner="",
        lease_until=None,
        sent_at=bindparam("at", type_=Moment()),
        message_id=bindparam("number"),
        error="",
    )
)


async def write_sent(connection: AsyncConnection, sent: Sequence[Sent]) -> list[bool]:
    """Mark *sent*; tell of each whether its lease was still its own, without which nothing is done."""
    ids = [each.delivery.id for each in sent]
    leased = {
        (row["id"], row["lease_owner"], row["attempt"])
        for row in await rows_for(connection, _LEASED, deliveries.c.id, ids)
    }
    ours = [(each.delivery.id, each.owner, each.delivery.attempt) in leased for each in sent]
    marked = [each for each, is_ours in zip(sent, ours, strict=True) if is_ours]
    if marked:
        await connection.execute(
            _MARK,
            [
                {"sent_id": each.delivery.id, "at": each.now, "number": each.message_id}
                for each in marked
            ],
        )
    waits = [
        rows.address_columns(each.delivery.address) | {"not_before_at": each.not_before_at}
        for each in marked
        if each.not_before_at is not None
    ]
    await insert_new(connection, addresses, waits, raise_to=("not_before_at",))
    return ours
