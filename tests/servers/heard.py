"""What a bot of the library hears from the stand-in."""

from __future__ import annotations

from telegram import Bot, Message, Update


async def heard(bot: Bot) -> list[Update]:
    """Return what is new, and confirm it."""
    updates = await bot.get_updates()
    if updates:
        await bot.get_updates(updates[-1].update_id + 1, timeout=0)
    return list(updates)


async def the_message(bot: Bot) -> Message:
    """Return the one message that is new."""
    [update] = await heard(bot)
    assert update.message is not None
    return update.message
