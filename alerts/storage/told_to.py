"""What a chat was told: its last alerts, and those of one message.

Deliveries say where they went, also after a mailbox or a chat has moved; and they are found by it.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address, Alert, DeliveryState
from alerts.storage import outgoing
from alerts.storage.tables import alerts, deliveries


async def last(
    connection: AsyncConnection, addresses: Collection[str], *, most: int
) -> list[Alert]:
    """Return the last alerts that were sent to *addresses*, the newest first.

    Each is an `Address.key`; one without a thread stands for all threads of its chat.
    """
    query = (
        select(alerts.c.id, alerts.c.delivery)
        .join(deliveries, deliveries.c.id == alerts.c.delivery)
        .where(deliveries.c.state == DeliveryState.SENT.value, _went_to(addresses))
        .order_by(deliveries.c.sent_at.desc(), alerts.c.created_at.desc(), alerts.c.id)
        .limit(most)
    )
    found = (await connection.execute(query)).all()
    carried = await outgoing.load(connection, list(dict.fromkeys(row.delivery for row in found)))
    known = {alert.id: alert for delivery in carried for alert in delivery.alerts}
    return [known[row.id] for row in found if row.id in known]


async def by_message(connection: AsyncConnection, chat: Address, message_id: str) -> list[Alert]:
    """Return the alerts of the message of that number in *chat*, in whichever thread.

    Of an update it is the alert that it says more of.
    """
    if not message_id:  # of what was not sent, or sent before the chat moved
        return []
    query: Select[Any] = select(deliveries.c.id).where(
        deliveries.c.channel == chat.channel,
        deliveries.c.target == chat.target,
        deliveries.c.message_id == message_id,
    )
    carried = await outgoing.load(connection, list(await connection.scalars(query)))
    return [alert for delivery in carried for alert in delivery.alerts]


def _went_to(addresses: Collection[str]) -> ColumnElement[bool]:
    return or_(false(), *(each for key in addresses for each in _readings(key)))


def _readings(key: str) -> Iterator[ColumnElement[bool]]:
    """Yield what *key* may mean: a whole target, and a target with its thread."""
    channel, _, target = key.partition(":")
    yield and_(deliveries.c.channel == channel, deliveries.c.target == target)
    chat, slash, thread = target.rpartition("/")
    if slash and thread.isdecimal():
        yield and_(
            deliveries.c.channel == channel,
            deliveries.c.target == chat,
            deliveries.c.thread == int(thread),
        )
