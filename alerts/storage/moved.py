"""A chat that goes by another id from now on: a Telegram group that became a supergroup.

Its id is changed everywhere in one transaction.  Rule files may name the old one for as long as they
like: a consent says where it leads (`storage.silenced`).  Who subscribed under both ids is one
subscriber from then on (`storage.united`).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import delete, func, insert, or_, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address
from alerts.storage import answers, dialogues, mutes, united
from alerts.storage.silenced import EVERY, Consent
from alerts.storage.tables import addresses, alerts, consents, deliveries, subscribers
from alerts.storage.upsert import insert_new


async def move(
    connection: AsyncConnection, channel: str, old: str, new: str, *, now: datetime
) -> None:
    """Let all that is known of the target *old* be known of *new*."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.channel == channel, deliveries.c.target == old)
        # The new chat numbers its messages anew: an old number would be another message's.
        .values(target=new, message_id="")
    )
    await answers.follow_nothing(connection, channel, new)
    await _move_alerts(connection, Address(channel=channel, target=old), new)
    await mutes.move(connection, channel, old, new)
    await _move_what_is_known(connection, channel, old, new)
    await _move_consents(connection, channel, old, new, now=now)
    await _move_subscriber(connection, channel, old, new)
    await dialogues.move(connection, channel, old, new)


async def _move_subscriber(connection: AsyncConnection, channel: str, old: str, new: str) -> None:
    query = select(subscribers.c.target, subscribers.c.id).where(
        subscribers.c.channel == channel, subscribers.c.target.in_([old, new])
    )
    known = {row.target: row.id for row in await connection.execute(query)}
    if len(known) == 2:
        await united.unite(connection, known[old], into=known[new])
    elif old in known:
        await connection.execute(
            update(subscribers).where(subscribers.c.id == known[old]).values(target=new)
        )


async def _move_alerts(connection: AsyncConnection, old: Address, new: str) -> None:
    """Let stories that were told in the chat, or a topic of it, be known there."""
    beginning = Address(channel=old.channel, target=new).key
    address, key = alerts.c.address, old.key
    await connection.execute(
        update(alerts)
        .where(or_(address == key, address.startswith(f"{key}/", autoescape=True)))
        .values(address=beginning + func.substr(address, len(key) + 1))
    )


async def _move_what_is_known(
    connection: AsyncConnection, channel: str, old: str, new: str
) -> None:
    here = (addresses.c.channel == channel) & (addresses.c.target == old)
    known = (await connection.execute(select(addresses).where(here))).mappings().first()
    if known is not None and known["not_before_at"] is not None:
        row = {"channel": channel, "target": new, "reason": ""}
        row["not_before_at"] = known["not_before_at"]
        await insert_new(connection, addresses, [row], raise_to=("not_before_at",))
    await connection.execute(delete(addresses).where(here))


async def _move_consents(
    connection: AsyncConnection, channel: str, old: str, new: str, *, now: datetime
) -> None:
    """Carry over what was said, and say where everything for *old* goes."""
    here = (consents.c.channel == channel) & (consents.c.target == old)
    said = (await connection.execute(select(consents).where(here))).mappings().all()
    await insert_new(connection, consents, [dict(row) | {"target": new} for row in said])
    await connection.execute(delete(consents).where(here))
    # Whoever led to the old id leads to the new one at once, and that one leads nowhere.
    is_lead = (consents.c.channel == channel) & (consents.c.state == Consent.MOVED.value)
    await connection.execute(
        update(consents).where(is_lead, consents.c.reason == old).values(reason=new)
    )
    is_back = (consents.c.target == new) & (consents.c.list == EVERY)
    await connection.execute(delete(consents).where(is_lead, is_back))
    leads = {
        "channel": channel,
        "target": old,
        "list": EVERY,
        "state": Consent.MOVED.value,
        "version": 0,
        "changed_at": now,
        "until": None,
        "reason": new,
    }
    await connection.execute(insert(consents).values(leads))
