"""What people press below alerts: mutes, verdicts, and the question why it rang."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Collection
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from telegram import (
    Bot,
    CallbackQuery,
    LinkPreviewOptions,
    MaybeInaccessibleMessage,
    ReplyParameters,
    Update,
)
from telegram import Chat as ChatOfTelegram
from telegram import Message as MessageOfTelegram

from alerts.bot.admins import Admins
from alerts.bot.decisions import (
    MUTE_LASTS,
    BeginMute,
    Chat,
    Deed,
    EndMute,
    Explain,
    GiveVerdict,
    Refuse,
    decide,
    needs_admin,
)
from alerts.bot.recent import Recent
from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.delivery.channels.telegram.keyboard import keyboard, rows_of
from alerts.delivery.presses import Press, read
from alerts.delivery.rendering.buttons import turned
from alerts.delivery.rendering.digest import moment
from alerts.delivery.rendering.why import why, why_briefly
from alerts.errors import DeliveryError
from alerts.model import Alert
from alerts.storage.feedback import Feedback, Verdict
from alerts.storage.mutes import Mutes
from alerts.storage.sent_alerts import SentAlerts

log = structlog.get_logger()

_THANKS: Final = {
    Verdict.USEFUL: "Thank you: noted as useful.",
    Verdict.FALSE_ALARM: "Thank you: noted as a false alarm.",
}
_TOLD_ALREADY: Final = "It is told below."
_NOT_TAKEN: Final = "Telegram did not take the answer. Please try again."
#: An alert is explained once in so long, and to one chat so often in a minute: an answer has to
#: share the chat's pace with alerts.
_EXPLAINED_FOR: Final = timedelta(minutes=10)
_MOST_A_MINUTE: Final = 5
_PREVIEW_OFF: Final = LinkPreviewOptions(is_disabled=True)


#: Counts a message to a chat, known by all its names; False: nothing may be sent to it now.
TakeTurn = Callable[[Collection[str]], Awaitable[bool]]


class Memory(Protocol):
    """What presses read and write (`alerts.storage`)."""

    @property
    def sent_alerts(self) -> SentAlerts:
        """Alerts that were told."""

    @property
    def mutes(self) -> Mutes:
        """What addresses do not want to hear of."""

    @property
    def feedback(self) -> Feedback:
        """What people said of alerts."""


class Presses:
    """Does what a press asks for, if whoever pressed may, and answers it kindly."""

    def __init__(
        self,
        memory: Memory,
        admins: Admins,
        *,
        now: Callable[[], datetime],
        take_turn: TakeTurn,
    ) -> None:
        self._memory = memory
        self._admins = admins
        self._now = now
        self._take_turn = take_turn
        self._explained = Recent(_EXPLAINED_FOR)
        self._answers = Recent(timedelta(minutes=1))

    async def take(self, update: Update, context: object) -> None:
        """Handle the press in *update*, as a handler of an `Application`.

        Raises:
            StorageError: nothing was changed; the press can be taken again.
        """
        del context
        query = update.callback_query
        assert query is not None
        deed = await self._decide(query)
        text = await self._do(deed, query)
        if isinstance(deed, BeginMute | EndMute):
            await _turn(query)
        log.info(
            "pressed",
            button=str(query.data)[:1],
            did=type(deed).__name__,
            by=query.from_user.id,
            chat=query.message.chat.id if query.message else None,
        )
        await _toast(query, text)

    async def _decide(self, query: CallbackQuery) -> Deed:
        press = read(query.data or "")
        if query.message is None:  # sent in another bot's name: not ours
            return Refuse.FOREIGN
        chat = _chat(query.message.chat)
        sent = await self._memory.sent_alerts.find(press.alert) if press else None
        is_admin = await self._is_admin(press, chat, query.from_user.id)
        return decide(press, sent, chat, is_admin=is_admin)

    async def _is_admin(self, press: Press | None, chat: Chat, user: int) -> bool | None:
        if not needs_admin(press, chat):
            return False
        try:
            return await self._admins.has(chat.id, user)
        except DeliveryError as error:
            log.warning("administrators not told", chat=chat.id, error=str(error))
            return None

    async def _do(self, deed: Deed, query: CallbackQuery) -> str:
        """Do it, and return what pops up where it was pressed."""
        match deed:
            case BeginMute():
                return await self._mute(deed)
            case EndMute(subject=subject):
                await self._memory.mutes.end(deed.sent.address.key, subject.kind, subject.key)
                return f"Not muted any more: “{subject.title}”"
            case GiveVerdict():
                person = f"telegram:{query.from_user.id}"
                now = self._now()
                await self._memory.feedback.give(deed.alert.id, person, deed.verdict, now=now)
                return _THANKS[deed.verdict]
            case Explain():
                assert query.message is not None
                return await self._explain(deed.alert, query.message, query.get_bot())
            case Refuse():
                return deed.value

    async def _mute(self, deed: BeginMute) -> str:
        now = self._now()
        mute = await self._memory.mutes.begin(
            deed.subject,
            deed.sent.address,
            deed.sent.receiver,
            until=now + MUTE_LASTS,
            now=now,
        )
        return f"Muted until {moment(mute.until)}: “{mute.subject.title}”"

    async def _explain(self, alert: Alert, message: MaybeInaccessibleMessage, bot: Bot) -> str:
        now, chat = self._now(), message.chat
        if chat.type == ChatOfTelegram.CHANNEL:
            return why_briefly(alert)  # everybody there may press: a post each would be a flood
        if self._explained.count((chat.id, alert.id), now):
            return _TOLD_ALREADY
        if self._answers.count(chat.id, now) >= _MOST_A_MINUTE:
            return why_briefly(alert)
        if not await self._take_turn(_chat(chat).targets):
            return why_briefly(alert)
        try:
            await _reply(bot, message, why(alert))
        except DeliveryError as error:
            log.warning("answer not taken", chat=chat.id, error=str(error))
            return _NOT_TAKEN
        self._explained.note((chat.id, alert.id), now)
        self._answers.note(chat.id, now)
        return ""


async def _reply(bot: Bot, message: MaybeInaccessibleMessage, html: str) -> None:
    thread = None
    if isinstance(message, MessageOfTelegram) and message.is_topic_message:
        thread = message.message_thread_id  # elsewhere it numbers replies, and would be refused
    with answers_translated():
        await bot.send_message(
            chat_id=message.chat.id,
            text=html,
            parse_mode="HTML",
            message_thread_id=thread,
            reply_parameters=ReplyParameters(message.message_id, allow_sending_without_reply=True),
            link_preview_options=_PREVIEW_OFF,
            disable_notification=True,
        )


async def _turn(query: CallbackQuery) -> None:
    """Make the button the one that takes back what it did."""
    press, message = read(query.data or ""), query.message
    if press is None or not isinstance(message, MessageOfTelegram):
        return
    before = rows_of(message.reply_markup)
    after = turned(before, press)
    if after == before:
        return  # it is pressed a second time
    try:
        with answers_translated():
            await message.edit_reply_markup(keyboard(after))
    except DeliveryError as error:
        log.warning("button not turned", chat=message.chat.id, error=str(error))


async def _toast(query: CallbackQuery, text: str) -> None:
    """Let *text* pop up; without an answer the button would turn for a minute."""
    try:
        with answers_translated():
            await query.answer(text, show_alert=len(text) > 60)
    except DeliveryError as error:
        # Too late, or Telegram is away: what was pressed is done all the same.
        log.warning("press not answered", error=str(error))


def _chat(chat: ChatOfTelegram) -> Chat:
    return Chat(
        id=chat.id,
        username=chat.username or "",
        is_private=chat.type == ChatOfTelegram.PRIVATE,
    )
