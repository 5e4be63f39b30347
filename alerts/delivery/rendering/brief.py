"""A delivery as plain text that fits into a chat: for services of which nothing else is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from alerts.delivery.rendering.telegram import telegram
from alerts.model import Delivery, Message


def brief(delivery: Delivery, public_url: str, now: datetime) -> Message:
    """Return *delivery* as Telegram would show it without markup: at most 4,000 units."""
    return replace(telegram(delivery, public_url, now), html="", buttons=())
