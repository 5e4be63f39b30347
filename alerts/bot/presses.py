"""What people press below alerts: mutes, verdicts, and the question why it rang."""

from __future__ import annotations

from collections.abc import Callable, Collection
from datetime import datetime, timedelta
from typing import Final, Protocol

import structlog
from telegram import CallbackQuery, Update
from telegram import Message as MessageOfTelegram

from alerts.bot.admins import Admins
from alerts.bot.decisions import (
    MUTE_LASTS,
    BeginMute,
    Deed,
    EndMute,
    Explain,
    GiveVerdict,
    Refuse,
    decide,
    needs_admin,
)
from alerts.bot.hearing import chat_of_message
from alerts.bot.recent import Recent
from alerts.bot.saying import answer_press, plain
from alerts.bot.talk import CHANNEL, Chat
from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.delivery.channels.telegram.keyboard import keyboard, rows_of
from alerts.delivery.presses import Press, read
from alerts.delivery.rendering.buttons import turned
from alerts.delivery.rendering.why import why, why_briefly
from alerts.errors import DeliveryError
from alerts.locales import Words, marked, words_of
from alerts.model import Alert, Answer, ChatKind
from alerts.storage.answers import Answers
from alerts.storage.feedback import Feedback, Verdict
from alerts.storage.mutes import Mutes
from alerts.storage.sent_alerts import SentAlerts
from alerts.subscribers.members import Members

log = structlog.get_logger()

_THANKS: Final = {
    Verdict.USEFUL: marked("Thank you: noted as useful."),
    Verdict.FALSE_ALARM: marked("Thank you: noted as a false alarm."),
}
_MUTED: Final = marked("Muted until {moment}: “{title}”")
_UNMUTED: Final = marked("Not muted any more: “{title}”")
_TOLD_ALREADY: Final = marked("It is told below.")
#: An alert is explained once in so long, and to one chat so often in a minute.
_EXPLAINED_FOR: Final = timedelta(minutes=10)
_MOST_A_MINUTE: Final = 5


class Memory(Protocol):
    """What presses read and write (`alerts.storage.Storage`)."""

    @property
    def sent_alerts(self) -> SentAlerts:
        """Alerts that were told."""

    @property
    def mutes(self) -> Mutes:
        """What addresses do not want to hear of."""

    @property
    def feedback(self) -> Feedback:
        """What people said of alerts."""

    @property
    def answers(self) -> Answers:
        """What the bot says."""


class Presses:
    """Does what a press asks for, if whoever pressed may, and answers it kindly."""

    def __init__(
        self,
        memory: Memory,
        members: Members,
        admins: Admins,
        *,
        now: Callable[[], datetime],
        ring: Callable[[Collection[str]], object],
    ) -> None:
        self._memory = memory
        self._members = members
        self._admins = admins
        self._now = now
        self._ring = ring
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
        chat = chat_of_message(query.message) if query.message is not None else None
        words, zone = self._words(query, chat)
        deed = await self._decide(query, chat)
        text = await self._do(deed, query, f"why {update.update_id}", words, zone)
        if isinstance(deed, BeginMute | EndMute):
            await _turn(query, words, deed.subject.title)
        log.info(
            "pressed",
            button=str(query.data)[:1],
            did=type(deed).__name__,
            by=query.from_user.id,
            chat=chat.id if chat is not None else None,
        )
        await answer_press(query, text)

    def _words(self, query: CallbackQuery, chat: Chat | None) -> tuple[Words, str]:
        """Return the words of whoever pressed, and the chat's time zone."""
        subscriber = self._members.of(chat.address) if chat is not None else None
        if subscriber is None:
            return words_of(query.from_user.language_code or ""), "UTC"
        return words_of(subscriber.language), subscriber.time_zone

    async def _decide(self, query: CallbackQuery, chat: Chat | None) -> Deed:
        press = read(query.data or "")
        if chat is None:  # sent in another bot's name: not ours
            return Refuse.FOREIGN
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

    async def _do(self, deed: Deed, query: CallbackQuery, key: str, words: Words, zone: str) -> str:
        """Do it, and return what pops up where it was pressed."""
        match deed:
            case BeginMute():
                return await self._mute(deed, words, zone)
            case EndMute(subject=subject):
                await self._memory.mutes.end(deed.sent.address.key, subject.kind, subject.key)
                return plain(words.say(_UNMUTED, title=subject.title))
            case GiveVerdict():
                person = f"{CHANNEL}:{query.from_user.id}"
                now = self._now()
                await self._memory.feedback.give(deed.alert.id, person, deed.verdict, now=now)
                return words.of(_THANKS[deed.verdict])
            case Explain():
                return await self._explain(deed.alert, query, key, words)
            case Refuse():
                return words.of(deed.value)

    async def _mute(self, deed: BeginMute, words: Words, zone: str) -> str:
        now = self._now()
        mute = await self._memory.mutes.begin(
            deed.subject,
            deed.sent.address,
            deed.sent.receiver,
            until=now + MUTE_LASTS,
            now=now,
        )
        until = words.moment(mute.until, zone)
        return plain(words.say(_MUTED, moment=until, title=mute.subject.title))

    async def _explain(self, alert: Alert, query: CallbackQuery, key: str, words: Words) -> str:
        assert query.message is not None
        now, chat = self._now(), chat_of_message(query.message)
        if chat.kind is ChatKind.CHANNEL:
            # Everybody there may press: a post each would be a flood.
            return why_briefly(alert, words)
        if self._explained.count((chat.id, alert.id), now):
            return words.of(_TOLD_ALREADY)
        if self._answers.count(chat.id, now) >= _MOST_A_MINUTE:
            return why_briefly(alert, words)
        answer = Answer(html=why(alert, words), follows=str(query.message.message_id))
        if await self._memory.answers.put(key, chat.topic, answer, now=now):
            self._ring({CHANNEL})
        self._explained.note((chat.id, alert.id), now)
        self._answers.note(chat.id, now)
        return ""


async def _turn(query: CallbackQuery, words: Words, title: str) -> None:
    """Make the button the one that takes back what it did."""
    press, message = read(query.data or ""), query.message
    if press is None or not isinstance(message, MessageOfTelegram):
        return
    before = rows_of(message.reply_markup)
    after = turned(before, press, words, title)
    if after == before:
        return  # it is pressed a second time
    try:
        with answers_translated():
            await message.edit_reply_markup(keyboard(after))
    except DeliveryError as error:
        log.warning("button not turned", chat=message.chat.id, error=str(error))
