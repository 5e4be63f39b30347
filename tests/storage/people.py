"""Subscribers for a test, what they watch, and what they were told."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from alerts.model import (
    Address,
    ChatKind,
    Delivery,
    Destination,
    OwnWatchlist,
    Receipt,
    Subscriber,
    Subscription,
)
from alerts.storage import Storage
from tests.builders import CHAT, NOW, a_destination

MINUTE = timedelta(minutes=1)


async def admitted(storage: Storage, target: str = CHAT.target, **fields: Any) -> Subscriber:
    """Return who reads a Telegram chat."""
    given: dict[str, Any] = {"kind": ChatKind.PRIVATE, "language": "en", "now": NOW}
    chat = Address(channel="telegram", target=target)
    return await storage.subscribers.admit(chat, **given | fields)


async def again(storage: Storage, subscriber: Subscriber) -> Subscriber:
    """Return *subscriber* as it is stored now."""
    found = {each.id: each for each in await storage.subscribers.everybody()}
    return found[subscriber.id]


def an_own(number: int = 0, **fields: Any) -> OwnWatchlist:
    """Return a watchlist as somebody typed it, with the number that it has or a new one."""
    given: dict[str, Any] = {
        "number": number,
        "title": "Chemical Idlib",
        "wish": "Idlib + chemical",
        "query": "place:Idlib AND chemical",
        "created_at": NOW,
    }
    return OwnWatchlist(**given | fields)


def a_subscription(watchlist: str = "bases", **fields: Any) -> Subscription:
    """Return the wish to hear of an operator's watchlist."""
    given: dict[str, Any] = {"watchlist": watchlist, "created_at": NOW}
    return Subscription(**given | fields)


def to(subscriber: Subscriber, **fields: Any) -> Destination:
    """Return where the receiver that *subscriber* is hears of something."""
    given: dict[str, Any] = {"receiver": subscriber.name, "address": subscriber.chat}
    return a_destination(**given | fields)


async def lease(storage: Storage, channel: str = "telegram") -> list[Delivery]:
    """Lease what may leave."""
    return await storage.outbox.lease_due(channel, now=NOW, until=NOW + MINUTE, limit=99)


async def sent(storage: Storage, first: int = 1, channel: str = "telegram") -> list[Delivery]:
    """Send all that may leave, a message a minute; the first gets the number *first*."""
    told: list[Delivery] = []
    while leased := await lease(storage, channel):
        for each in leased:
            number = first + len(told)
            receipt = Receipt(message_id=str(number))
            now = NOW + number * MINUTE
            assert await storage.outbox.mark_sent(each, receipt, now=now)
            told.append(each)
    return told
