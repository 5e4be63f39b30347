"""Telegram: messages out to chats, and what each answer of the Bot API means for a delivery.

Pacing, leases and later attempts are the dispatcher's; how a message reads is `rendering`'s; what
people press and say is `alerts.bot`'s.
"""

from __future__ import annotations

from alerts.delivery.channels.telegram.channel import GENERAL_NOTE, Fallback, TelegramChannel

__all__ = ["GENERAL_NOTE", "Fallback", "TelegramChannel"]
