"""Whose turn is it?  The queries behind a lease, built once: they run for every message.

Parameters: `channel`, and for `DUE` also `now` and `most`.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import BindParameter, and_, bindparam, case, func, or_, select
from sqlalchemy.sql import Select

from alerts.model import DeliveryState, Severity
from alerts.storage.tables import Moment, addresses, deliveries

#: States from which a delivery can be leased.
WAITING = (DeliveryState.PENDING.value, DeliveryState.AMBIGUOUS.value)

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


def _due() -> Select[Any]:
    order = (
        (deliveries.c.rank == Severity.CRITICAL.rank).desc(),
        deliveries.c.created_at,
        deliveries.c.id,
    )
    place = func.row_number().over(partition_by=deliveries.c.target, order_by=order)
    turn = func.row_number().over(order_by=order)
    ranked = (
        _waiting()
        .where(deliveries.c.due_at <= _NOW)
        .where(or_(addresses.c.not_before_at.is_(None), addresses.c.not_before_at <= _NOW))
        .add_columns(place.label("place"), turn.label("turn"))
        .subquery()
    )
    return (
        select(ranked.c.id)
        .where(ranked.c.place == 1)
        .order_by(ranked.c.turn)
        .limit(bindparam("most"))
    )


def _next_at() -> Select[Any]:
    allowed_at, due_at = addresses.c.not_before_at, deliveries.c.due_at
    at_earliest = case((allowed_at > due_at, allowed_at), else_=due_at)
    return _waiting().with_only_columns(func.min(at_earliest, type_=Moment()))


#: The ids that may leave now: one for each target, critical first, then by age.
DUE = _due()
#: When something may leave next, leases aside.
NEXT_AT = _next_at()
