"""The only wiring: settings in, everything that runs out."""

from __future__ import annotations

import random
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import structlog

from alerts.alerting.digests import hours, promised
from alerts.alerting.notices import operator, rules_taken
from alerts.app.channels import NEEDS, open_channels
from alerts.app.process import settle_memory, utc_now
from alerts.app.work import Work, open_work
from alerts.delivery.channels import Channel, EndpointChannel
from alerts.delivery.links import ReaderPages
from alerts.delivery.rendering import Renderer
from alerts.dispatcher import Dispatcher
from alerts.metrics import Metrics
from alerts.model import Delivery, Notice, Receiver, RuleSet
from alerts.poller import FeedReader, Poller
from alerts.poller.full_text import PageReader
from alerts.poller.pacing import Pacing
from alerts.poller.websub import Hubs
from alerts.reload import Edit
from alerts.settings import Settings
from alerts.storage import Storage, open_storage
from alerts.storage.retention import Keep
from alerts.subscribers.members import Members
from alerts.web.mail import MailDesk
from alerts.web.websub import PREFIX

if TYPE_CHECKING:
    from alerts.bot import TelegramBot

log = structlog.get_logger()


@dataclass(slots=True, kw_only=True)
class System:
    """Everything that runs, wired."""

    #: Those in force.
    rules: RuleSet
    storage: Storage
    members: Members
    poller: Poller
    pages: PageReader
    hubs: Hubs | None
    bot: TelegramBot | None
    dispatcher: Dispatcher
    renderer: Renderer
    desk: MailDesk | None
    channels: Mapping[str, Channel]
    metrics: Metrics
    keep: Keep

    async def take(self, edit: Edit) -> None:
        """Put the rules of *edit* in force, and keep its files.

        Raises:
            StorageError: some parts heed them already; the next reload puts it right.
        """
        in_force = await self.members.compiled(edit.rules)
        await self._take_receivers(edit.rules)
        await self.storage.rule_archive.keep(edit.contents, now=utc_now())
        self.rules = rules = edit.rules
        await self.members.use(in_force)
        await self.poller.use(in_force)
        self.pages.use(in_force)
        await self._address(self.members.joined(rules))
        if self.hubs is not None:
            await self.hubs.use(rules.feeds)
        now = utc_now()
        await self.storage.outbox.notify(rules_taken(rules, now=now), operator(rules), now=now)
        if rules.notes:
            log.info("rules have notes", notes=len(rules.notes), shown_by="tocsin check")
        settle_memory()

    async def _address(self, everybody: RuleSet) -> None:
        """Write to the receivers of *everybody*, subscribers included, as they want it."""
        now = utc_now()
        self.renderer.use(everybody)
        if self.desk is not None:
            self.desk.use(everybody)
        self.dispatcher.use(everybody)
        await self.storage.backlog.agree(
            hours(everybody, now=now), promised(everybody, now=now), now=now
        )

    async def _take_receivers(self, rules: RuleSet) -> None:
        """Write to the addresses of *rules* again, by the channels that there are."""
        now, outbox, backlog = utc_now(), self.storage.outbox, self.storage.backlog
        addresses = {
            address for receiver in rules.receivers.values() for address in receiver.addresses
        }
        for name in sorted({address.channel for address in addresses}):
            if name in self.channels:
                await outbox.resume(name)
            else:
                log.error("channel paused", channel=name, reason=NEEDS[name])
                await outbox.pause(name, NEEDS[name], now=now)
        targets = [(address.channel, address.target) for address in addresses]
        for channel in self.channels.values():
            if isinstance(channel, EndpointChannel):
                channel.use(rules.endpoints)
        await backlog.readmit(targets, now=now)


@asynccontextmanager
async def open_system(settings: Settings) -> AsyncIterator[System]:
    """Open and wire everything, without rules; close it in the reverse order.

    Raises:
        StorageError: the database cannot be used.
    """
    async with AsyncExitStack() as stack:
        url = settings.database_url.get_secret_value()
        storage = await stack.enter_async_context(open_storage(url, now=utc_now()))
        await storage.consents.open(now=utc_now())
        members = Members(storage, now=utc_now)
        await members.open()
        work = await open_work(settings, stack)
        channels = open_channels(settings, work.session)
        for channel in channels.values():
            stack.push_async_callback(channel.close)
        system = _wired(settings, storage, members, work, channels)
        if system.bot is not None:
            stack.push_async_callback(system.bot.close)
        repeats = await storage.outbox.recover(now=utc_now())
        if repeats:
            log.warning("the last process was killed: possible repeats", deliveries=repeats)
        yield system


def _wired(
    settings: Settings,
    storage: Storage,
    members: Members,
    work: Work,
    channels: Mapping[str, Channel],
) -> System:
    metrics, public_url = Metrics(), str(settings.public_url or "")
    own = ReaderPages(public_url, storage.consents) if public_url else None
    renderer = Renderer(public_url or None, own)
    dispatcher = Dispatcher(storage, channels, renderer, now=utc_now, metrics=metrics)
    reader = _reader(settings, storage, work)
    poller = Poller(
        storage,
        reader,
        ring=dispatcher.ring,
        now=utc_now,
        metrics=metrics,
        alarm=dispatcher.alarm,
    )
    pages = PageReader(
        storage.full_texts,
        work.session,
        work.pages,
        work.matching,
        ring=dispatcher.ring,
        now=utc_now,
        metrics=metrics,
    )
    hubs = _hubs(public_url, storage, work, poller, metrics) if public_url else None
    poller.heed(hubs, pages)
    reader.heed(hubs)
    return System(
        rules=RuleSet(),
        storage=storage,
        members=members,
        poller=poller,
        pages=pages,
        hubs=hubs,
        bot=_bot(settings, storage, members, dispatcher, own),
        dispatcher=dispatcher,
        renderer=renderer,
        desk=_desk(storage, own, dispatcher) if own is not None else None,
        channels=channels,
        metrics=metrics,
        keep=Keep.days(
            articles=settings.keep_articles_days,
            sent=settings.keep_sent_days,
            dead=settings.keep_dead_days,
            megabytes=settings.keep_articles_mb,
        ),
    )


def _reader(settings: Settings, storage: Storage, work: Work) -> FeedReader:
    return FeedReader(
        storage,
        work.session,
        work.parsers,
        work.matching,
        now=utc_now,
        jitter=random.random,
        pacing=Pacing(settings.polls_per_feed_per_day),
    )


def _hubs(public_url: str, storage: Storage, work: Work, poller: Poller, metrics: Metrics) -> Hubs:
    """Return who asks hubs to push; only where the world can reach us."""
    return Hubs(
        storage.pushes,
        work.session,
        callback=public_url.rstrip("/") + PREFIX,
        poll=poller.hint,
        tell=poller.notify,
        now=utc_now,
        metrics=metrics,
    )


def _bot(
    settings: Settings,
    storage: Storage,
    members: Members,
    dispatcher: Dispatcher,
    own: ReaderPages | None,
) -> TelegramBot | None:
    """Return who hears what people press and say; nobody where there is no bot."""
    token = settings.telegram_token
    if token is None or settings.telegram_updates == "off":
        return None
    from alerts.bot import TelegramBot  # noqa: PLC0415 - as in `channels`
    from alerts.bot.settings import Access, BotSettings, Kept  # noqa: PLC0415

    has_mail = settings.smtp_url is not None and own is not None
    return TelegramBot(
        token.get_secret_value(),
        str(settings.telegram_api_url),
        storage,
        members,
        settings=BotSettings(
            access=Access(settings.telegram_access),
            allowed=frozenset(name.casefold() for name in settings.telegram_allowed),
            has_mail=has_mail,
            keep=Kept.days(articles=settings.keep_articles_days, sent=settings.keep_sent_days),
        ),
        now=utc_now,
        ring=dispatcher.ring,
        take_turn=partial(dispatcher.take_turn, "telegram"),
        pages=own if has_mail else None,
    )


def _desk(storage: Storage, pages: ReaderPages, dispatcher: Dispatcher) -> MailDesk:
    """Return who does what readers of mails ask for on their pages."""

    async def told(delivery: str) -> Delivery | None:
        letter = await storage.letters.show(delivery)
        return letter.delivery if letter is not None else None

    async def notify(notice: Notice, receiver: Receiver) -> None:
        if await storage.outbox.notify(notice, receiver, now=utc_now()):
            dispatcher.ring({address.channel for address in receiver.addresses})

    return MailDesk(storage.consents, storage.bounces, pages, told=told, notify=notify, now=utc_now)
