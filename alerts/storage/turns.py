"""Whose turn is it?  The queries behind a lease, built once: they run for every few messages."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from sqlalchemy import BindParameter, and_, bindparam, case, func, or_, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import Select

from alerts.model import DeliveryState, Severity
from alerts.storage.tables import Moment, addresses, deliveries

#: States from which a delivery can be leased.
WAITING = (DeliveryState.PENDING.value, DeliveryState.AMBIGUOUS.value)

#: `deliveries.rank` of an answer: below that of every alert.
ANSWER_RANK: Final = -1

_CHANNEL: BindParameter[str] = bindparam("channel")
_NOW = bindparam("now", type_=Moment())


def _waiting() -> Select[Any]:
    """Select what waits for a target that exists and has nothing under way."""
    under_way = select(deliveries.c.target).where(
        deliveries.c.channel == _CHANNEL, deliveries.c.state == DeliveryState.LEASED.value
    )
    return (
        select(deliveries.c.id)
        .outerjoin(
            addresses,
            and_(
                addresses.c.channel == deliveries.c.channel,
                addresses.c.target == deliveries.c.target,
            ),
        )
        .where(deliveries.c.channel == _CHANNEL, deliveries.c.state.in_(WAITING))
        .where(addresses.c.gone_at.is_(None), deliveries.c.target.not_in(under_way))
    )


async def due(
    connection: AsyncConnection, channel: str, *, now: datetime, most: int, answers: int
) -> list[str]:
    """Return the ids that may leave *channel* now: one for each target, critical first, then by age.

    Answers come last, also by age, and only while there are fewer than *answers*: whoever talks with
    the bot holds up no alert.  A target with many waiting is looked past: it is left out of the next
    question.
    """
    ids: list[str] = []
    targets: list[str] = []
    room = most
    while len(ids) < room:
        values = {"channel": channel, "now": now, "most": 4 * most, "taken": targets}
        rows = (await connection.execute(_DUE, values)).all()
        for row in rows:
            if row.rank == ANSWER_RANK:
                room = min(most, answers)
            if row.target not in targets and len(ids) < room:
                ids.append(row.id)
                targets.append(row.target)
        if len(rows) < 4 * most:
            break
    return ids


def _due() -> Select[Any]:
    return (
        _waiting()
        .add_columns(deliveries.c.target, deliveries.c.rank)
        .where(deliveries.c.due_at <= _NOW)
        .where(or_(addresses.c.not_before_at.is_(None), addresses.c.not_before_at <= _NOW))
        .where(deliveries.c.target.not_in(bindparam("taken", expanding=True)))
        .order_by(
            (deliveries.c.rank == Severity.CRITICAL.rank).desc(),
            deliveries.c.rank == ANSWER_RANK,
            deliveries.c.created_at,
            deliveries.c.id,
        )
        .limit(bindparam("most"))
    )


def _next_at() -> Select[Any]:
    allowed_at, due_at = addresses.c.not_before_at, deliveries.c.due_at
    at_earliest = case((allowed_at > due_at, allowed_at), else_=due_at)
    return _waiting().with_only_columns(func.min(at_earliest, type_=Moment()))


_DUE = _due()
#: When something may leave next, leases aside; and something that is no answer.
NEXT_AT = _next_at()
NEXT_BUT_ANSWERS_AT = NEXT_AT.where(deliveries.c.rank != ANSWER_RANK)
