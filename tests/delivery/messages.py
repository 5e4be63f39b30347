"""Messages and addresses for the tests of the channels."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import Any

from alerts.model import Address, Message

NOW = datetime(2025, 11, 22, 11, 49, tzinfo=UTC)
CHAT = Address(channel="telegram", target="4711")
MAILBOX = Address(channel="email", target="reader@example.net")


def message(text: str = "Drones over Hmeymim", **changes: Any) -> Message:
    values: dict[str, Any] = {
        "delivery": sha256(text.encode()).hexdigest(),
        "created_at": NOW,
        "subject": "Drones over Hmeymim",
        "text": text,
    }
    return Message(**(values | changes))
