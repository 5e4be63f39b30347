"""The only wiring: settings and rules in, two loops and a page out; life cycle, signals, reload."""

from __future__ import annotations

import asyncio
import gc
import os
import random
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractAsyncContextManager, AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

import aiohttp
import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts import __version__
from alerts.alerting.notices import operator, rules_refused, rules_taken
from alerts.alerting.sightings import RulesInForce
from alerts.delivery.channels import Channel
from alerts.delivery.rendering import Renderer
from alerts.dispatcher import Dispatcher
from alerts.errors import RulesError
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers, cores
from alerts.metrics import Metrics
from alerts.model import RuleSet
from alerts.poller import FeedReader, Poller
from alerts.poller.full_text import PageReader
from alerts.poller.pacing import Pacing
from alerts.poller.wariness import WaryWorkers
from alerts.poller.websub import Hubs
from alerts.reload import Reloader
from alerts.settings import Settings
from alerts.storage import Storage, open_storage
from alerts.watchlists.collector import collector_paused
from alerts.watchlists.load import load_rules
from alerts.web import serve
from alerts.web.websub import PREFIX

log = structlog.get_logger()

#: How long a stop waits for messages under way before their leases are left to the next start.
_STOP_PATIENCE = 25.0
#: What each channel needs before it can be used.
_NEEDS = {
    "telegram": "TOCSIN_TELEGRAM_TOKEN is not set",
    "email": "TOCSIN_SMTP_URL and TOCSIN_MAIL_FROM are not set",
}


def utc_now() -> datetime:
    """Return the time; everybody else gets it as an argument."""
    return datetime.now(UTC)


def favour_the_loop() -> None:
    """Let the event loop have the interpreter sooner when a thread computes.

    Matching and SQLite's driver run in threads, and Python lets a thread compute for 5 ms before the
    loop gets its turn.  With 1 ms the loop's lag while fifty feeds arrive at once fell from a p99 of
    35 ms to 13 ms, and reading them took a tenth longer (`make bench`, lag).
    """
    sys.setswitchinterval(0.001)


def open_scheduler() -> AsyncIOScheduler:
    """Return the scheduler of the coarse jobs, not yet started.

    Jobs live in memory: stored ones are unpickled (CVE-2026-31072).  They wait for a busy loop: the
    default grace of one second skipped 1,000 of 1,000 jobs after a stall.
    """
    return AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
    )


def open_channels(settings: Settings) -> dict[str, Channel]:
    """Return the channels that the settings make possible; a new channel is one line here."""
    # Late imports: python-telegram-bot takes 20 MB that a system without it need not carry.
    from alerts.delivery.channels.console import ConsoleChannel  # noqa: PLC0415

    channels: dict[str, Channel] = {"console": ConsoleChannel()}
    if settings.telegram_token is not None:
        from alerts.delivery.channels.telegram import TelegramChannel  # noqa: PLC0415

        token, url = settings.telegram_token.get_secret_value(), str(settings.telegram_api_url)
        channels["telegram"] = TelegramChannel(token, url)
    if settings.smtp_url is not None and settings.mail_from is not None:
        from alerts.delivery.channels.email import EmailChannel  # noqa: PLC0415

        channels["email"] = EmailChannel(settings.smtp_url.get_secret_value(), settings.mail_from)
    return channels


@dataclass(slots=True)
class _System:
    """Everything that runs, wired."""

    #: Those in force.
    rules: RuleSet
    storage: Storage
    poller: Poller
    pages: PageReader
    hubs: Hubs | None
    dispatcher: Dispatcher
    channels: Mapping[str, Channel]
    metrics: Metrics


@dataclass(frozen=True, slots=True)
class _Work:
    """What polls and pages share: the one client, processes that parse, the matcher's thread."""

    session: aiohttp.ClientSession
    parsers: ParserWorkers
    pages: ParserWorkers
    matching: ThreadPoolExecutor


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
        _on_signals(stopping.set, signal.SIGTERM, signal.SIGINT)
        async with self._system() as system, self._pages(system) as page:
            self._watch_rules(system)
            log.info("running", page=page, feeds=len(system.rules.feeds), version=__version__)
            if on_ready is not None:
                on_ready(page)
            async with asyncio.TaskGroup() as group:
                group.create_task(system.poller.run(stopping), name="poller")
                group.create_task(system.pages.run(stopping), name="pages of articles")
                if system.hubs is not None:
                    group.create_task(system.hubs.run(stopping), name="hubs")
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
        _on_signals(stopping.set, signal.SIGTERM, signal.SIGINT)
        async with self._system() as system:
            await system.poller.poll_once(stopping)
            await system.storage.backlog.release_gathering(now=utc_now())
            await system.dispatcher.drain(until=stopping.is_set)

    @asynccontextmanager
    async def _system(self) -> AsyncIterator[_System]:
        """Open and wire everything; close it in the reverse order."""
        favour_the_loop()
        rules = self._load()
        async with AsyncExitStack() as stack:
            url = self._settings.database_url.get_secret_value()
            storage = await stack.enter_async_context(open_storage(url, now=utc_now()))
            metrics = Metrics()
            channels = open_channels(self._settings)
            for channel in channels.values():
                stack.push_async_callback(channel.close)
            public_url = self._settings.public_url
            renderer = Renderer(str(public_url) if public_url else None)
            dispatcher = Dispatcher(storage, channels, renderer, now=utc_now, metrics=metrics)
            work = await self._open_work(stack)
            reader = FeedReader(
                storage,
                work.session,
                work.parsers,
                work.matching,
                now=utc_now,
                jitter=random.random,
                pacing=Pacing(self._settings.polls_per_feed_per_day),
            )
            poller = Poller(storage, reader, ring=dispatcher.ring, now=utc_now, metrics=metrics)
            pages = PageReader(
                storage.full_texts,
                work.session,
                work.pages,
                work.matching,
                ring=dispatcher.ring,
                now=utc_now,
                metrics=metrics,
            )
            hubs = self._open_hubs(storage, work.session, poller, metrics)
            poller.heed(hubs, pages)
            reader.heed(hubs)
            system = _System(
                rules.rules, storage, poller, pages, hubs, dispatcher, channels, metrics
            )
            repeats = await storage.outbox.recover(now=utc_now())
            if repeats:
                log.warning("the last process was killed: possible repeats", deliveries=repeats)
            await self._take(system, rules)
            # Here they would outlive their successors: this frame ends with the process.
            del rules
            yield system

    def _open_hubs(
        self,
        storage: Storage,
        session: aiohttp.ClientSession,
        poller: Poller,
        metrics: Metrics,
    ) -> Hubs | None:
        """Return who asks hubs to push; nobody where the world cannot reach us."""
        if self._settings.public_url is None:
            return None
        return Hubs(
            storage.pushes,
            session,
            callback=str(self._settings.public_url).rstrip("/") + PREFIX,
            poll=poller.hint,
            tell=poller.notify,
            now=utc_now,
            metrics=metrics,
        )

    async def _open_work(self, stack: AsyncExitStack) -> _Work:
        # Names are looked up in this pool; the default one of six threads lets a slow name server
        # hold up every feed.
        names = ThreadPoolExecutor(64, thread_name_prefix="names")
        asyncio.get_running_loop().set_default_executor(names)
        guard = AddressGuard(self._settings.allow_networks)
        session = open_session(guard, user_agent=self._settings.user_agent)
        stack.push_async_callback(session.close)
        # Two at least: one is kept for feeds that are known to be read at once.
        parsers = WaryWorkers(count=max(cores(), 2))
        await parsers.start()
        stack.push_async_callback(parsers.close)
        # One process, and that only where a feed asks for full text: pages are in no hurry.
        pages = ParserWorkers(1, module="alerts.feeds.page_worker")
        await pages.start()
        stack.push_async_callback(pages.close)
        # One thread: matching is Python, and two would only take turns.
        matching = stack.enter_context(ThreadPoolExecutor(1, thread_name_prefix="matching"))
        return _Work(session, parsers, pages, matching)

    def _pages(self, system: _System) -> AbstractAsyncContextManager[str]:
        overview, metrics = system.storage.overview, system.metrics
        return serve(self._settings, overview, metrics, callbacks=system.hubs)

    # --- rules: the first time, and every time they change ----------------------------------------

    def _load(self) -> RulesInForce:
        with collector_paused():
            rules = load_rules(self._settings.rules, environment=self._environment)
            in_force = RulesInForce.compile(rules)
            # Walked once, by `_take`, and not also as soon as the pause ends.
            gc.freeze()
        return in_force

    def _watch_rules(self, system: _System) -> None:
        """Reload at SIGHUP, and when the files have changed and settled."""
        reloader = Reloader(
            self._settings.rules,
            self._load,
            in_force=system.rules,
            take=lambda rules: self._take(system, rules),
            refuse=lambda error, kept: _refuse(system, error, kept),
        )
        scheduler = open_scheduler()
        scheduler.add_job(reloader.look, "interval", seconds=1, id="rule files")
        scheduler.start()
        _on_signals(lambda: scheduler.add_job(reloader.reload), signal.SIGHUP)

    async def _take(self, system: _System, rules: RulesInForce) -> None:
        """Put *rules* in force."""
        now, outbox = utc_now(), system.storage.outbox
        addresses = {
            address for receiver in rules.rules.receivers.values() for address in receiver.addresses
        }
        for name in sorted({address.channel for address in addresses}):
            if name in system.channels:
                await outbox.resume(name)
            else:
                log.error("channel paused", channel=name, reason=_NEEDS[name])
                await outbox.pause(name, _NEEDS[name], now=now)
        targets = [(address.channel, address.target) for address in addresses]
        await system.storage.backlog.readmit(targets, now=now)
        await system.storage.overview.note_rules(rules.rules.hash, now=now)
        system.rules = rules.rules
        await system.poller.use(rules)
        system.pages.use(rules)
        if system.hubs is not None:
            await system.hubs.use(rules.rules.feeds)
        await outbox.notify(rules_taken(rules.rules, now=now), operator(rules.rules), now=now)
        system.dispatcher.use(rules.rules)
        if rules.rules.notes:
            log.info("rules have notes", notes=len(rules.rules.notes), shown_by="tocsin check")
        # Rules live long and are many objects: without this each full collection walks them all,
        # and the loop stands still meanwhile.
        gc.unfreeze()
        gc.collect()
        gc.freeze()


async def _refuse(system: _System, error: RulesError, kept: RuleSet) -> None:
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


def _on_signals(act: Callable[[], object], *signals: signal.Signals) -> None:
    for number in signals:
        asyncio.get_running_loop().add_signal_handler(number, act)
