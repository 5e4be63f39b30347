"""One update of the Bot API after the other: each handled once, those of a chat in their order.

An update is noted after it was handled.  A crash between the two brings it again, so that whatever
follows from an update must not mind to be done twice.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
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

AnyApplication = Application[Any, Any, Any, Any, Any, Any]


class Updates:
    """Hands updates to the handlers of an application."""

    def __init__(
        self, application: AnyApplication, handled: BotUpdates, *, now: Callable[[], datetime]
    ) -> None:
        self._application = application
        self._handled = handled
        self._now = now
        self._turns: WeakValueDictionary[int, asyncio.Lock] = WeakValueDictionary()
        #: Update -> what its handler met.
        self._failures: dict[int, StorageError] = {}
        application.add_error_handler(self._note_failure)

    async def take(self, update: Mapping[str, Any]) -> None:
        """Handle *update*, unless it was.

        Raises:
            StorageError: it was not handled; it is to be brought again.
            ValueError: it is no update.
        """
        number = update.get("update_id")
        if not isinstance(number, int):
            raise ValueError("an update without a number")  # noqa: TRY004 - it came from outside
        turn = self._turns.setdefault(_chat_of(update), asyncio.Lock())
        async with turn:
            if await self._handled.is_handled(number):
                return
            await self._handle(number, update)
            await self._handled.note(number, now=self._now())

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
