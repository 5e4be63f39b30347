"""The menu of commands that the app shows, in each language."""

from __future__ import annotations

from typing import Final

import structlog
from telegram import Bot, BotCommand

from alerts.bot.talk import Commands
from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.errors import PermanentDeliveryError
from alerts.locales import LANGUAGES, words_of

log = structlog.get_logger()

#: For whoever has an app in a language that we do not speak.
_OTHERWISE: Final = "en"


async def show_menu(bot: Bot, commands: Commands) -> None:
    """Tell Telegram what can be asked for.

    Raises:
        DeliveryError: it cannot be told now.
    """
    for language in LANGUAGES:
        words = words_of(language)
        menu = [
            BotCommand(each.name, words.of(each.about))
            for each in commands.listed
            if each.about and not each.for_operators
        ]
        tag = "" if language == _OTHERWISE else language
        try:
            with answers_translated():
                await bot.set_my_commands(menu, language_code=tag)
        except PermanentDeliveryError as error:
            # A server that knows no menus is no reason to be silent.
            log.warning("menu not shown", language=language, error=str(error))
