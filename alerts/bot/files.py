"""Files that people send and get; they pass by the outbox, which carries words alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection
from datetime import timedelta
from typing import Final

import structlog
from telegram import InputFile

from alerts.bot.talk import Call, Paper, Sent
from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.delivery.channels.telegram.connection import Connection
from alerts.errors import TransientDeliveryError

log = structlog.get_logger()

#: A file waits for its turn in its chat for so long, and asks so often.
_PATIENCE: Final = timedelta(minutes=2)
_APART: Final = timedelta(seconds=1)


class Files:
    """Fetches and hands over."""

    def __init__(
        self,
        connection: Connection,
        *,
        take_turn: Callable[[Collection[str]], Awaitable[bool]],
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        self._bot = connection.bot
        self._take_turn = take_turn
        self._sleep = sleep

    async def fetch(self, sent: Sent) -> bytes:
        """Return what somebody sent.

        Raises:
            DeliveryError: Telegram does not hand it out.
        """
        with answers_translated():
            file = await self._bot.get_file(sent.file)
            return bytes(await file.download_as_bytearray())

    async def hand(self, call: Call, paper: Paper) -> None:
        """Send *paper* where *call* came from, as soon as its chat may be written to.

        Raises:
            DeliveryError: it is not sent; whoever asked can ask again.
        """
        waited = timedelta(0)
        while not await self._take_turn(call.chat.targets):
            if waited >= _PATIENCE:
                raise TransientDeliveryError("the chat was busy for too long")
            await self._sleep(_APART.total_seconds())
            waited += _APART
        with answers_translated():
            await self._bot.send_document(
                chat_id=call.chat.id,
                document=InputFile(paper.content, filename=paper.name),
                caption=paper.caption or None,
                message_thread_id=call.chat.thread,
            )
