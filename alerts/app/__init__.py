"""One Tocsin process: its life, from the first signal to the last, and its rules.

`system` wires what runs, `channels` opens the ways to people, `work` what computes, `jobs` look
after what time brings.
"""

from __future__ import annotations

import asyncio
import gc
import os
import signal
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import structlog

from alerts import __version__
from alerts.alerting.notices import operator, rules_refused
from alerts.app.jobs import add_jobs, open_scheduler
from alerts.app.process import favour_the_loop, on_signals, utc_now
from alerts.app.system import System, open_system
from alerts.dispatcher import Dispatcher
from alerts.errors import RulesError
from alerts.model import RuleSet
from alerts.reload import Edit, Reloader
from alerts.settings import Settings
from alerts.watchlists.collector import collector_paused
from alerts.web import serve
from alerts.web.telegram import PATH as UPDATES_PATH

log = structlog.get_logger()

#: How long a stop waits for messages under way before their leases are left to the next start.
_STOP_PATIENCE = 25.0


class App:
    """One Tocsin process."""

    def __init__(self, settings: Settings, *, environment: Mapping[str, str] = os.environ) -> None:
        self._settings = settings
        self._environment = environment

    async def run(self, *, on_ready: Callable[[str], None] | None = None) -> None:
        """Run until SIGTERM or SIGINT; *on_ready* is told the address of the front page.

        Raises:
            RulesError: the rule files cannot be loaded.
            SettingsError: the pages cannot be served where the settings say.
            StorageError: the database cannot be used.
        """
        stopping = asyncio.Event()
        on_signals(stopping.set, signal.SIGTERM, signal.SIGINT)
        async with self._system() as system, self._pages(system) as page:
            self._look_after(system)
            log.info("running", page=page, feeds=len(system.rules.feeds), version=__version__)
            if on_ready is not None:
                on_ready(page)
            async with asyncio.TaskGroup() as group:
                group.create_task(system.poller.run(stopping), name="poller")
                group.create_task(system.pages.run(stopping), name="pages of articles")
                if system.hubs is not None:
                    group.create_task(system.hubs.run(stopping), name="hubs")
                if system.bot is not None:
                    group.create_task(self._listen(system, stopping), name="bot")
                group.create_task(_deliver(system.dispatcher, stopping), name="dispatcher")
            log.info("stopping")
        log.info("stopped")

    async def run_once(self) -> None:
        """Poll every due feed once, deliver what can leave now, and return.

        Raises:
            RulesError: the rule files cannot be loaded.
            StorageError: the database cannot be used.
        """
        stopping = asyncio.Event()
        on_signals(stopping.set, signal.SIGTERM, signal.SIGINT)
        async with self._system() as system:
            await system.poller.poll_once(stopping)
            await system.storage.backlog.release_gathering(now=utc_now())
            await system.dispatcher.drain(until=stopping.is_set)

    @asynccontextmanager
    async def _system(self) -> AsyncIterator[System]:
        favour_the_loop()
        # Loaded first: a broken folder is to be told before anything is opened.
        edit = self._load()
        async with open_system(self._settings) as system:
            await system.take(edit)
            # Here it would outlive its successors: this frame ends with the process.
            del edit
            yield system

    def _pages(self, system: System) -> AbstractAsyncContextManager[str]:
        by_webhook = self._settings.telegram_updates == "webhook"
        return serve(
            self._settings,
            system.storage.overview,
            system.metrics,
            callbacks=system.hubs,
            desk=system.desk,
            updates=system.bot if by_webhook else None,
        )

    async def _listen(self, system: System, stopping: asyncio.Event) -> None:
        """Hear what people press and say, until *stopping*."""
        assert system.bot is not None
        if self._settings.telegram_updates == "webhook":
            url = str(self._settings.public_url).rstrip("/") + UPDATES_PATH
            await system.bot.serve(url, stopping)
        else:
            await system.bot.poll(stopping)

    def _look_after(self, system: System) -> None:
        """Do the coarse jobs; reload at SIGHUP, and when the files have changed and settled."""
        reloader = Reloader(
            self._settings.rules,
            self._load,
            in_force=system.rules,
            take=system.take,
            refuse=lambda error, kept: _refuse(system, error, kept),
        )
        scheduler = open_scheduler()
        scheduler.add_job(reloader.look, "interval", seconds=1, id="rule files")
        add_jobs(scheduler, system)
        scheduler.start()
        on_signals(lambda: scheduler.add_job(reloader.reload), signal.SIGHUP)

    def _load(self) -> Edit:
        with collector_paused():
            edit = Edit.of_folder(self._settings.rules, environment=self._environment)
            # Walked once, when they are taken, and not also as soon as the pause ends.
            gc.freeze()
        return edit


async def _refuse(system: System, error: RulesError, kept: RuleSet) -> None:
    """Keep the rules in force, tell their operator, and say so wherever else one may look."""
    now = utc_now()
    notice, receiver = rules_refused(error.complaints, kept, now=now), operator(kept)
    if await system.storage.outbox.notify(notice, receiver, now=now):
        system.dispatcher.ring({address.channel for address in receiver.addresses})
    await system.storage.overview.note_refusal(str(error.complaints[0]))
    system.metrics.reloads.labels("refused").inc()


async def _deliver(dispatcher: Dispatcher, stopping: asyncio.Event) -> None:
    """Deliver until *stopping*; what is under way then has so long to end."""

    async def limit() -> None:
        await stopping.wait()
        patience.reschedule(asyncio.get_running_loop().time() + _STOP_PATIENCE)

    limiting = asyncio.create_task(limit())
    try:
        async with asyncio.timeout(None) as patience:
            await dispatcher.run(stopping)
    except TimeoutError:
        log.warning("messages were left under way; they may be repeated")
    finally:
        limiting.cancel()
