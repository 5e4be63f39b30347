"""The Telegram bot: what people press and say, and what follows.

Everything that is said leaves by the outbox, like alerts and behind them; only what stands in a message
whose button was pressed is rewritten at once.
"""

from __future__ import annotations

from alerts.bot.bot import TelegramBot

__all__ = ["TelegramBot"]
