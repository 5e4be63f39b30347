"""What commands work with: everything behind the conversation, in one place."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

import structlog

from alerts.alerting.notices import operator
from alerts.bot.admins import Admins
from alerts.bot.settings import BotSettings
from alerts.bot.talk import CHANNEL, Call, Chat, Paper, Says, Sent
from alerts.delivery.links import ReaderPages
from alerts.errors import DeliveryError, StorageError
from alerts.gazetteer.shipped import known, shipped
from alerts.locales import marked
from alerts.model import Answer, Notice, RuleSet, Subscriber
from alerts.storage import Storage
from alerts.storage.dialogues import Dialogue
from alerts.subscribers.members import Members
from alerts.subscribers.preview import Previews
from alerts.watchlists.wishes.readings import Readers

log = structlog.get_logger()

#: Counts a message to a chat, known by all its names; False: nothing may be sent to it now.
TakeTurn = Callable[[Collection[str]], Awaitable[bool]]
_NOT_ADMIN: Final = marked("Only administrators of this chat can change that.")
_NOT_KNOWN: Final = marked(
    "Telegram does not tell me who is an administrator here. Please try again."
)
#: Bytes of the key that the buttons of a dialogue carry.
_KEY_BYTES: Final = 4


@dataclass(kw_only=True)
class Desk:
    """Whoever serves those who speak."""

    storage: Storage
    members: Members
    previews: Previews
    admins: Admins
    settings: BotSettings
    now: Callable[[], datetime]
    #: Wakes channels for which something may have become due.
    ring: Callable[[Collection[str]], object]
    take_turn: TakeTurn
    #: Of files that people sent.
    fetch: Callable[[Sent], Awaitable[bytes]]
    #: Sends files; those who are to have them wait for them.
    hand: Callable[[Call, Paper], Coroutine[Any, Any, None]]
    #: Lets words take the place of what a message of ours in a chat says; False: Telegram refuses.
    rewrite: Callable[[Chat, int, Says], Awaitable[bool]]
    #: Lets the app show for some seconds that an answer is being written.
    typing: Callable[[Chat], Coroutine[Any, Any, None]]
    #: Pages of readers of mails; None: the world cannot reach us, or there is no mail.
    pages: ReaderPages | None = None
    #: The bot's own name without @, once Telegram has said it.
    username: str = ""
    _readers: tuple[RuleSet, Readers] | None = None
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    @property
    def rules(self) -> RuleSet:
        """What the operator's rule files say."""
        return self.members.rules.rules

    @property
    def readers(self) -> Readers:
        """Who knows what a word may mean under these rules."""
        rules = self.rules
        if self._readers is None or self._readers[0] is not rules:
            self._readers = rules, Readers(rules.entities, known(), shipped())
        return self._readers[1]

    # --- saying ---------------------------------------------------------------------------------------

    async def say(self, call: Call, says: Says, *, part: str = "") -> None:
        """Have *says* delivered where *call* came from, once for each *part* of what is said.

        Raises:
            StorageError: nothing is said; the call can be taken again.
        """
        if not says.html:
            return
        answer = Answer(
            html=str(says.html),
            buttons=says.buttons,
            follows=str(says.follows or ""),
            asks=says.asks,
        )
        key = f"{call.key} {part}"
        if await self.storage.answers.put(key, call.chat.topic, answer, now=self.now()):
            self.ring({CHANNEL})

    async def tell_operator(self, notice: Notice) -> None:
        """Have the operator told of *notice*.

        Raises:
            StorageError: nobody is told.
        """
        receiver = operator(self.rules)
        if await self.storage.outbox.notify(notice, receiver, now=self.now()):
            self.ring({address.channel for address in receiver.addresses})

    # --- who ------------------------------------------------------------------------------------------

    async def member(self, call: Call) -> Subscriber:
        """Return the subscriber that the chat of *call* is from now on.

        Raises:
            StorageError: nothing was written.
        """
        known_as = self.members.of(call.chat.address)
        if known_as is not None:
            return known_as
        return await self.members.admit(
            call.chat.address, kind=call.chat.kind, language=call.words.language
        )

    async def why_not_change(self, call: Call) -> str | None:
        """Return why who speaks may not change what the chat gets, to be translated; None: they may."""
        if call.chat.is_private or call.is_chat_itself:
            return None
        try:
            is_admin = await self.admins.has(call.chat.id, call.user)
        except DeliveryError as error:
            log.warning("administrators not told", chat=call.chat.id, error=str(error))
            return _NOT_KNOWN
        return None if is_admin else _NOT_ADMIN

    # --- dialogues --------------------------------------------------------------------------------------

    async def ask(self, call: Call, about: str, state: Mapping[str, Any]) -> Dialogue:
        """Wait for what the person of *call* answers here; whatever was asked before is dropped.

        Raises:
            StorageError: nothing was written.
        """
        dialogue = Dialogue(
            chat=call.chat.address,
            person=call.person,
            key=secrets.token_hex(_KEY_BYTES),
            about=about,
            state=state,
            asked_at=self.now(),
        )
        await self.storage.dialogues.begin(dialogue)
        return dialogue

    async def ended(self, call: Call) -> None:
        """Wait for nothing more from the person of *call*.

        Raises:
            StorageError: it is still waited for.
        """
        await self.storage.dialogues.end(call.chat.address, call.person)

    # --- what takes longer --------------------------------------------------------------------------------

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Do *work* beside what is said next; the process' end breaks it off."""
        task = asyncio.create_task(_forgiving(work), name="bot: later")
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)
        # Of a task that is broken off before its first step nobody else ends the work.
        task.add_done_callback(lambda _: work.close())

    async def settle(self) -> None:
        """Wait for what is under way."""
        while self._under_way:
            await asyncio.gather(*self._under_way)

    async def close(self) -> None:
        """Break off what is under way."""
        for task in list(self._under_way):
            task.cancel()
        await asyncio.gather(*self._under_way, return_exceptions=True)


async def _forgiving(work: Coroutine[Any, Any, None]) -> None:
    """Do *work*; what goes wrong is logged and ends nothing else."""
    try:
        await work
    except (StorageError, DeliveryError) as error:
        log.warning("not done", error=str(error))
    except Exception:
        log.exception("work of the bot failed")
