"""Subscribing."""

from __future__ import annotations

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Says


async def begin(call: Call, desk: Desk, id_: str) -> Says:
    """Subscribe."""
    del desk
    return Says(html=call.words.say("{id}", id=id_))
