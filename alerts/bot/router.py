"""From an update to what is done: who speaks, may they, and which command is it?

Every rule that holds for all commands is here, so that no command can forget it: access, manners,
administrators in groups, operators, strangers.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import structlog
from telegram import CallbackQuery, Update

from alerts.bot.desk import Desk
from alerts.bot.hearing import Heard, heard
from alerts.bot.manners import Manners, Verdict
from alerts.bot.saying import answer_press, rewrite
from alerts.bot.settings import is_allowed, is_operator
from alerts.bot.talk import Call, Command, Commands, Does, Paper, Says
from alerts.locales import marked, words_of
from alerts.watchlists.suggest import nearest

log = structlog.get_logger()

_TOO_MANY: Final = marked("That was a lot at once. I listen again in a minute.")
_CLOSED: Final = marked(
    "This bot is for those who were let in. If you have an invitation, send it as /start CODE."
)
_NOT_ADMIN: Final = marked("Only administrators of this chat can change that.")
_NOT_KNOWN: Final = marked(
    "Telegram does not tell me who is an administrator here. Please try again."
)
_NOT_OPERATOR: Final = marked("This is for the operator of this bot, in the operator's own chat.")
_UNKNOWN: Final = marked("I do not know {command}. What I can do: /help")
_NEARLY: Final = marked("I do not know {command}. Did you mean {nearly}? What I can do: /help")
_STALE: Final = marked("This button is of no use any more.")


class Router:
    """Leads each call to its command, and has said what the command says."""

    def __init__(self, desk: Desk, commands: Commands, *, me: Callable[[], int]) -> None:
        """Prepare; *me* is the bot's own number once it is known."""
        self._desk = desk
        self._commands = commands
        self._me = me
        self._manners = Manners()

    async def take(self, update: Update, context: object) -> None:
        """Handle *update*, as a handler of an `Application`.

        Raises:
            StorageError: nothing was changed; the update can be taken again.
        """
        del context
        told = heard(update, self._me())
        if told is None or self._is_for_another(told):
            return
        call = await self._call(told, update.update_id)
        says = await self._says(call, told)
        if says is None:
            return
        log.info(
            "said",
            command=call.command or "words",
            by=call.user,
            chat=call.chat.id,
            pressed=call.is_press,
        )
        await self._say(call, says, update.callback_query)

    def _is_for_another(self, told: Heard) -> bool:
        return bool(told.addressed) and told.addressed != self._desk.username.casefold()

    async def _call(self, told: Heard, number: int) -> Call:
        desk = self._desk
        subscriber = desk.members.of(told.chat.address)
        words = words_of(subscriber.language if subscriber is not None else told.language)
        return Call(
            key=f"update {number}",
            chat=told.chat,
            user=told.user,
            command=told.command,
            text=told.text,
            message=told.message,
            is_press=told.is_press,
            quoted=told.quoted,
            quoted_text=told.quoted_text,
            sent=told.sent,
            location=told.location,
            words=words,
            now=desk.now(),
            subscriber=subscriber,
            is_chat_itself=told.is_chat_itself,
            is_operator=is_operator(told.chat, desk.rules),
            language=told.language,
        )

    async def _says(self, call: Call, told: Heard) -> Says | None:
        """Return what is said to *call*; None: nothing."""
        if not self._is_for_us(call, told):
            return None
        match self._manners.judge(call.chat.id, call.person, call.now):
            case Verdict.UNHEARD:
                return Says() if call.is_press else None
            case Verdict.TOO_MANY:
                return _briefly(call, _TOO_MANY)
        dialogue = await self._desk.storage.dialogues.find(call.chat.address, call.person)
        call = replace(call, dialogue=dialogue)
        command = self._command(call)
        if command is None:
            return self._unknown(call)
        refusal = await self._refusal(call, command)
        if refusal is not None:
            return _briefly(call, refusal)
        await self._drop_question(call, command)
        return await self._does(call, command)(call, self._desk)

    async def _drop_question(self, call: Call, command: Command) -> None:
        """Wait no more for an answer to what was asked before *command* was typed.

        Else a wish of an hour later would be the feedback that somebody thought better of.
        """
        about = call.dialogue.about if call.dialogue is not None else ""
        asking = self._commands.by_name.get(about)
        if call.command and not call.is_press and asking not in {None, command}:
            assert asking is not None
            if not asking.waits:
                await self._desk.ended(call)

    def _is_for_us(self, call: Call, told: Heard) -> bool:
        """Tell whether we are meant; in groups other bots may be, and people."""
        if call.chat.is_private or call.is_press:
            return True
        if call.command:
            return bool(told.addressed) or call.command in self._commands.by_name
        return told.quotes_us

    def _command(self, call: Call) -> Command | None:
        """Return the command that *call* is; words go on with what was asked, or are a wish."""
        if call.command or call.is_press:
            return self._commands.by_name.get(call.command)
        if call.location is not None:
            return self._commands.by_name["timezone"]
        if call.sent is not None:
            return self._commands.by_name["import"]
        about = call.dialogue.about if call.dialogue is not None else ""
        if about in self._commands.by_name:
            return self._commands.by_name[about]
        return self._commands.by_name["watch"] if call.chat.is_private else None

    def _does(self, call: Call, command: Command) -> Does:
        about = call.dialogue.about if call.dialogue is not None else ""
        goes_on = not call.command and about == command.name
        return command.continues if goes_on and command.continues is not None else command.does

    async def _refusal(self, call: Call, command: Command) -> str | None:
        """Return why *call* may not have *command*; None: it may."""
        if not command.for_strangers and self._is_shut_out(call):
            return _CLOSED
        if command.for_operators and not call.is_operator:
            return _NOT_OPERATOR
        return await self._desk.why_not_change(call) if command.changes else None

    def _is_shut_out(self, call: Call) -> bool:
        desk = self._desk
        is_known = call.subscriber is not None or call.is_operator
        return not is_known and not is_allowed(call.chat, call.user, desk.settings, desk.rules)

    def _unknown(self, call: Call) -> Says | None:
        if call.is_press:
            return Says(toast=call.words.of(_STALE))
        if not call.command:
            return None
        typed = f"/{call.command}"
        nearly = nearest(call.command, [one.name for one in self._commands.listed if one.about])
        if nearly:
            return Says(html=call.words.say(_NEARLY, command=typed, nearly=f"/{nearly}"))
        return Says(html=call.words.say(_UNKNOWN, command=typed))

    async def _say(self, call: Call, says: Says, query: CallbackQuery | None) -> None:
        if says.papers:
            self._desk.later(self._hand_over(call, says.papers))
        if query is None:
            await self._desk.say(call, says)
            return
        if says.html and not says.apart and await rewrite(query, says):
            await answer_press(query, says.toast)
            return
        await self._desk.say(call, says)
        await answer_press(query, says.toast)

    async def _hand_over(self, call: Call, papers: Sequence[Paper]) -> None:
        for paper in papers:
            await self._desk.hand(call, paper)


def _briefly(call: Call, text: str) -> Says:
    """Say *text*, which was `marked`: as a message, or where a button was pressed."""
    said = call.words.of(text)
    return Says(toast=said) if call.is_press else Says(html=call.words.say(text))
