"""The Telegram bot: what people press and say, and what follows.

Alerts leave by the outbox and never from here; the bot only answers whoever spoke to it.
"""

from __future__ import annotations

from alerts.bot.bot import Memory, TelegramBot

__all__ = ["Memory", "TelegramBot"]
