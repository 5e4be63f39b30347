"""Saying something where a button was pressed: in the message itself, or as what pops up."""

from __future__ import annotations

from typing import Final

import structlog
from markupsafe import Markup
from telegram import Bot, CallbackQuery, LinkPreviewOptions
from telegram import Message as MessageOfTelegram
from telegram.constants import ChatAction

from alerts.bot.hearing import chat_of
from alerts.bot.talk import Chat, Says
from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.delivery.channels.telegram.keyboard import keyboard
from alerts.delivery.rendering.marked import cut
from alerts.errors import DeliveryError

log = structlog.get_logger()

#: Characters of what pops up.
_MOST: Final = 200
_LONG: Final = 60
_PREVIEW_OFF: Final = LinkPreviewOptions(is_disabled=True)


async def rewrite(query: CallbackQuery, says: Says) -> bool:
    """Let *says* take the place of what the pressed message said; False: Telegram refuses.

    A message that says so already is a second press, and well.
    """
    message = query.message
    if not isinstance(message, MessageOfTelegram):
        return False
    return await rewrite_message(query.get_bot(), chat_of(message.chat), message.message_id, says)


async def rewrite_message(bot: Bot, chat: Chat, message: int, says: Says) -> bool:
    """Let *says* take the place of what our *message* in *chat* said; False: Telegram refuses."""
    try:
        with answers_translated():
            await bot.edit_message_text(
                str(says.html),
                chat_id=chat.id,
                message_id=message,
                parse_mode="HTML",
                reply_markup=keyboard(says.buttons),
                link_preview_options=_PREVIEW_OFF,
            )
    except DeliveryError as error:
        if "not modified" in str(error).casefold():
            return True
        log.warning("message not rewritten", chat=chat.id, error=str(error))
        return False
    return True


async def show_typing(bot: Bot, chat: Chat) -> None:
    """Let the app show that an answer is being written, for some seconds; it is no message."""
    try:
        with answers_translated():
            await bot.send_chat_action(chat.id, ChatAction.TYPING, message_thread_id=chat.thread)
    except DeliveryError as error:
        log.info("typing not shown", chat=chat.id, error=str(error))


def plain(said: Markup) -> str:
    """Return *said* as it can pop up: without tags and entities."""
    return str(said.striptags())


async def answer_press(query: CallbackQuery, text: str) -> None:
    """Let *text* pop up; without an answer the button would turn for a minute."""
    shown = cut(text, _MOST)
    try:
        with answers_translated():
            await query.answer(shown, show_alert=len(shown) > _LONG)
    except DeliveryError as error:
        # Too late, or Telegram is away: what was pressed is done all the same.
        log.warning("press not answered", error=str(error))
