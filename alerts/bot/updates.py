"""Updates of the Bot API: each handled once, those of a chat in their order.

An update is noted after it was handled.  A crash between the two brings it again, so that whatever
follows from an update must not mind to be done twice.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict, deque
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from contextlib import ExitStack, suppress
from datetime import datetime
from typing import Any, Final
from weakref import WeakValueDictionary

import structlog
from telegram import Update
from telegram.ext import Application, CallbackContext

from alerts.errors import StorageError
from alerts.storage.bot_updates import BotUpdates

log = structlog.get_logger()

#: The kinds of updates that are asked for.
KINDS: Final = ("message", "channel_post", "callback_query", "my_chat_member")
#: Seconds after which the next update is begun though the one before is not done: that one waits for
#: Telegram.  What is begun sooner only makes all of them slower, and alerts late (`make bench`, bot):
#: with eight at once each took 110 ms instead of 19.  Answers leave no faster (`delivery.pacing`).
_ALONE: Final = 0.04
#: Seconds that others let updates go before them.
_PATIENCE: Final = 20.0
#: Updates; Telegram brings a hundred at once at most.
_LATELY: Final = 1024

AnyApplication = Application[Any, Any, Any, Any, Any, Any]
#: An update as it came, behind its number.
_Numbered = tuple[int, Mapping[str, Any]]


class Updates:
    """Hands updates to the handlers of an application."""

    def __init__(
        self, application: AnyApplication, handled: BotUpdates, *, now: Callable[[], datetime]
    ) -> None:
        self._application = application
        self._handled = handled
        self._now = now
        #: What this process has handled may have been asked of the database before.
        self._lately: deque[int] = deque(maxlen=_LATELY)
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        self._free = asyncio.Semaphore()
        #: Batches that are not handled yet; and that there are none.
        self._under_way = 0
        self._quiet = asyncio.Event()
        self._quiet.set()
        #: Update -> what its handler met.
        self._failures: dict[int, StorageError] = {}
        application.add_error_handler(self._note_failure)

    async def take(self, *batch: Mapping[str, Any]) -> None:
        """Handle what of *batch* was not yet; what a chat holds up does not hold up others.

        Raises:
            StorageError: some were not handled; all are to be brought again.
            ValueError: one is no update; none was handled.
        """
        if not batch:
            return
        self._under_way += 1
        self._quiet.clear()
        try:
            await self._take_all(batch)
        finally:
            self._under_way -= 1
            if not self._under_way:
                self._quiet.set()

    async def quiet(self) -> None:
        """Wait until all that has come is handled; not for ever, where updates never cease."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE):
                await self._quiet.wait()

    async def _take_all(self, batch: Sequence[Mapping[str, Any]]) -> None:
        chats: defaultdict[int, list[_Numbered]] = defaultdict(list)
        for update in batch:
            chats[_chat_of(update)].append((_number_of(update), update))
        numbers = [number for some in chats.values() for number, _ in some]
        # Each chat waits for it in its turn: updates that come one by one keep their order.
        known = asyncio.ensure_future(self._handled.among(numbers))
        results = await asyncio.gather(
            *(self._take_in_turn(chat, some, known) for chat, some in chats.items()),
            return_exceptions=True,
        )
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _take_in_turn(
        self, chat: int, some: Sequence[_Numbered], known: Awaitable[Collection[int]]
    ) -> None:
        """Handle *some* of one chat but those *known*, until the database refuses."""
        notes: list[asyncio.Task[None]] = []
        async with self._turns.setdefault(chat, asyncio.Lock()):
            before = await known
            try:
                for number, update in some:
                    if number not in before and number not in self._lately:
                        await self._handle_alone(number, update)
                        # The writer keeps the order, and commits those of a flood together.
                        notes.append(asyncio.create_task(self._note(number)))
            finally:
                for result in await asyncio.gather(*notes, return_exceptions=True):
                    if isinstance(result, BaseException):
                        raise result

    async def _note(self, number: int) -> None:
        await self._handled.note(number, now=self._now())
        self._lately.append(number)

    async def _handle_alone(self, number: int, update: Mapping[str, Any]) -> None:
        """Handle *update* when no other one is begun."""
        await self._free.acquire()
        with ExitStack() as turn:
            turn.callback(self._free.release)
            over = asyncio.get_running_loop().call_later(_ALONE, turn.close)
            turn.callback(over.cancel)
            await self._handle(number, update)

    async def _handle(self, number: int, update: Mapping[str, Any]) -> None:
        try:
            parsed = Update.de_json(dict(update), self._application.bot)
        except (LookupError, TypeError, ValueError, AttributeError) as error:
            log.warning("update not understood", update=number, error=type(error).__name__)
            return
        await self._application.process_update(parsed)
        failure = self._failures.pop(number, None)
        if failure is not None:
            raise failure

    async def _note_failure(
        self, update: object, context: CallbackContext[Any, Any, Any, Any]
    ) -> None:
        """Remember that the database refused; anything else is a bug, and no reason to stop."""
        error = context.error
        if isinstance(error, StorageError) and isinstance(update, Update):
            self._failures[update.update_id] = error
            return
        log.error("handler failed", exc_info=error)


def _number_of(update: Mapping[str, Any]) -> int:
    number = update.get("update_id")
    if not isinstance(number, int):
        raise ValueError("an update without a number")  # noqa: TRY004 - it came from outside
    return number


def _chat_of(update: Mapping[str, Any]) -> int:
    """Return the chat that *update* is of; 0: none, or not to be seen."""
    for kind in KINDS:
        what = update.get(kind)
        if isinstance(what, Mapping):
            place = what.get("message", what)
            chat = place.get("chat") if isinstance(place, Mapping) else None
            number = chat.get("id") if isinstance(chat, Mapping) else None
            return number if isinstance(number, int) else 0
    return 0
