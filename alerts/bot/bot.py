"""The bot at work: updates come because it asks for them, or because Telegram brings them.

What follows from an update is `router`'s, for what people say, `presses`', for the buttons of alerts, and
`comings`', for chats that let the bot in or show it out.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any, Final

import structlog
from telegram import Update
from telegram.ext import (
    ApplicationBuilder,
    BaseHandler,
    CallbackQueryHandler,
    ChatMemberHandler,
    MessageHandler,
    filters,
)

from alerts.bot.admins import Admins
from alerts.bot.comings import Comings
from alerts.bot.commands import all_commands
from alerts.bot.desk import Desk, TakeTurn
from alerts.bot.files import Files
from alerts.bot.menu import show_menu
from alerts.bot.presses import Presses
from alerts.bot.router import Router
from alerts.bot.saying import rewrite_message, show_typing
from alerts.bot.settings import BotSettings
from alerts.bot.updates import KINDS, Updates
from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.delivery.channels.telegram.connection import Connection
from alerts.delivery.links import ReaderPages
from alerts.errors import ChannelRefusedError, DeliveryError, StorageError, TransientDeliveryError
from alerts.storage import Storage
from alerts.subscribers.members import Members
from alerts.subscribers.preview import Previews

log = structlog.get_logger()

#: How long Telegram keeps a question for updates open.
_LONG_POLL: Final = timedelta(seconds=30)
#: Waits after trouble, doubled from the first to the longest; the last is for a refused token.
_FIRST_REST: Final = timedelta(seconds=1)
_LONGEST_REST: Final = timedelta(seconds=30)
_REFUSED_REST: Final = timedelta(minutes=5)
#: Updates that Telegram may bring at once.
_AT_ONCE: Final = 10

Handler = BaseHandler[Any, Any, Any]


class TelegramBot:
    """Handles what people press and say; `poll` or `serve` says how it hears of them."""

    def __init__(
        self,
        token: str,
        api_url: str,
        storage: Storage,
        members: Members,
        *,
        settings: BotSettings,
        now: Callable[[], datetime],
        ring: Callable[[Collection[str]], object],
        take_turn: TakeTurn,
        pages: ReaderPages | None = None,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
        timeout: timedelta = timedelta(seconds=20),
        handlers: Sequence[Handler] = (),
    ) -> None:
        """Prepare; nobody is asked anything yet.

        *ring* wakes channels for which something may have become due.  *take_turn* is asked before
        the bot writes into a chat past the outbox: that shares the pace of alerts.  *pages* are those
        of readers of mails; None: there are none.  *handlers* are asked before ours.
        """
        self._connection = connection = Connection(token, api_url, timeout=timeout)
        #: What Telegram shows with each update that it brings.
        self.secret = connection.webhook_secret
        self._sleep = sleep
        self._application = (
            ApplicationBuilder().bot(connection.bot).updater(None).job_queue(None).build()
        )
        admins = Admins(connection, now=now)
        files = Files(connection, take_turn=take_turn, sleep=sleep)
        self.desk = Desk(
            storage=storage,
            members=members,
            previews=Previews(storage, now=now, quiet=self._quiet),
            admins=admins,
            settings=settings,
            pages=pages,
            now=now,
            ring=ring,
            take_turn=take_turn,
            fetch=files.fetch,
            hand=files.hand,
            rewrite=partial(rewrite_message, connection.bot),
            typing=partial(show_typing, connection.bot),
        )
        self._commands = all_commands()
        router = Router(self.desk, self._commands, me=lambda: connection.bot.id)
        presses = Presses(storage, members, admins, now=now, ring=ring)
        comings = Comings(self.desk, now=now)
        self._application.add_handlers([*handlers, *_handlers(router, presses, comings)])
        self._updates = Updates(self._application, storage.bot_updates, now=now)
        #: It has learned its own name, by which commands in groups are told apart.
        self._is_ready = False

    async def take(self, update: Mapping[str, Any]) -> None:
        """Handle one update that Telegram brought, unless it was.

        Raises:
            StorageError, TransientDeliveryError: it was not handled; it is to be brought again.
            ValueError: it is no update.
        """
        if not self._is_ready:
            raise TransientDeliveryError("the bot has not begun yet")
        await self._updates.take(update)

    async def poll(self, stopping: asyncio.Event) -> None:
        """Ask for updates and handle them until *stopping*."""
        await _until(stopping, self._poll())

    async def serve(self, url: str, stopping: asyncio.Event) -> None:
        """Have Telegram bring updates to *url* (`alerts.web.telegram`) until *stopping*."""
        connection = self._connection
        begin = self._begin(lambda: connection.set_webhook(url, kinds=KINDS, most=_AT_ONCE))
        await _until(stopping, begin)
        await stopping.wait()

    async def _quiet(self) -> None:
        await self._updates.quiet()

    async def close(self) -> None:
        """Break off what is under way, and close the connections."""
        await self.desk.close()
        await self._connection.close()

    async def _poll(self) -> None:
        await self._begin(self._connection.bot.delete_webhook)
        offset: int | None = None
        failures = 0
        while True:
            try:
                batch = await self._fetch(offset)
                await self._updates.take(*batch)
            except (DeliveryError, StorageError) as error:
                failures += 1
                log.warning("updates not read", error=str(error))
                await self._rest(error, failures)
                continue
            failures = 0
            # Once what it confirms is confirmed, an offset is dropped: after a week without updates
            # Telegram numbers them anew, perhaps below it.
            offset = max(one["update_id"] for one in batch) + 1 if batch else None

    async def _begin(self, say: Callable[[], Awaitable[object]]) -> None:
        """Learn who we are and *say* how updates come, however long Telegram is away."""
        failures = 0
        while True:
            try:
                with answers_translated():
                    await self._initialize()
                    await say()
            except DeliveryError as error:
                failures += 1
                log.warning("bot not ready", error=str(error))
                await self._rest(error, failures)
            else:
                log.info("bot ready")
                return

    async def _initialize(self) -> None:
        await self._application.initialize()
        self.desk.username = self._connection.bot.username
        await show_menu(self._connection.bot, self._commands)
        if not self._is_ready:
            self._is_ready = True
            for resume in self._commands.resumed:
                self.desk.later(resume(self.desk))

    async def _fetch(self, offset: int | None) -> list[dict[str, Any]]:
        with answers_translated():
            batch = await self._connection.ask(
                "getUpdates",
                wait=_LONG_POLL,
                offset=offset,
                timeout=int(_LONG_POLL.total_seconds()),
                allowed_updates=list(KINDS),
            )
            return [dict(one) | {"update_id": int(one["update_id"])} for one in batch]

    async def _rest(self, error: Exception, failures: int) -> None:
        rest = min(_LONGEST_REST, _FIRST_REST * 2 ** min(failures - 1, 10))
        if isinstance(error, ChannelRefusedError):
            rest = _REFUSED_REST
        if isinstance(error, TransientDeliveryError) and error.retry_after is not None:
            rest = max(rest, error.retry_after)
        await self._sleep(rest.total_seconds())


def _handlers(router: Router, presses: Presses, comings: Comings) -> Sequence[Handler]:
    async def pressed(update: Update, context: object) -> None:
        # Buttons of alerts say something else than command lines.
        says = update.callback_query.data if update.callback_query is not None else ""
        await (router if (says or "").startswith("/") else presses).take(update, context)

    moved = filters.StatusUpdate.MIGRATE
    said = filters.UpdateType.MESSAGE | filters.UpdateType.CHANNEL_POST
    return (
        ChatMemberHandler(comings.changed, ChatMemberHandler.MY_CHAT_MEMBER),
        CallbackQueryHandler(pressed),
        MessageHandler(moved, comings.moved),
        MessageHandler(said, router.take),
    )


async def _until(stopping: asyncio.Event, work: Awaitable[None]) -> None:
    """Do *work* until it ends or *stopping* says so."""
    working, waiting = asyncio.ensure_future(work), asyncio.ensure_future(stopping.wait())
    try:
        await asyncio.wait((working, waiting), return_when=asyncio.FIRST_COMPLETED)
        if working.done():
            await working
    finally:
        working.cancel()
        waiting.cancel()
        await asyncio.gather(working, waiting, return_exceptions=True)
