"""The coarse jobs: what is to be done each second, minute or day, and by nobody else.

Each looks at the tables and does what is due, so that it matters little when it runs, and nothing
that it missed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC, timedelta

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts.alerting.digests import promised
from alerts.alerting.mute_notices import mute_is_over
from alerts.alerting.notices import operator
from alerts.app.process import utc_now
from alerts.app.silence import SilenceWatch
from alerts.app.system import System
from alerts.errors import StorageError
from alerts.locales import words_of
from alerts.model import Notice
from alerts.storage.muted import Mute
from alerts.storage.tables import EPOCH

log = structlog.get_logger()

#: Of articles whose words are looked for each minute; a look at all of them takes 0.2 s.
_LATELY = timedelta(hours=1)

#: A question of the bot that nobody has answered for so long is dropped.
_HALF_FINISHED = timedelta(days=30)

_Job = Callable[[System], Awaitable[None]]


def open_scheduler() -> AsyncIOScheduler:
    """Return the scheduler of the coarse jobs, not yet started.

    Jobs live in memory: stored ones are unpickled (CVE-2026-31072).  They wait for a busy loop: the
    default grace of one second skipped 1,000 of 1,000 jobs after a stall.
    """
    return AsyncIOScheduler(
        timezone=UTC, job_defaults={"misfire_grace_time": None, "coalesce": True}
    )


def add_jobs(scheduler: AsyncIOScheduler, system: System) -> None:
    """Have *scheduler* look after *system*."""
    scheduler.add_job(_forgiving, args=(index_everything, system), id=index_everything.__name__)
    for job in (end_mutes, end_silences, promise_digests, mind_the_clock, index_news):
        scheduler.add_job(_forgiving, "interval", (job, system), minutes=1, id=job.__name__)
    scheduler.add_job(
        _forgiving,
        "cron",
        (listen_for_silence, system),
        minute=7,
        id=listen_for_silence.__name__,
    )
    for job in (forget, renew_keys, look_for_unseen_names):
        scheduler.add_job(_forgiving, "cron", (job, system), hour=3, minute=17, id=job.__name__)


async def _forgiving(job: _Job, system: System) -> None:
    """Run *job*; when the database refuses, the next time is soon enough."""
    try:
        await job(system)
    except StorageError as error:
        log.error("job not done", job=job.__name__, error=str(error))


async def end_mutes(system: System) -> None:
    """Tell those whose mutes are over, in their language."""
    receivers = system.members.joined(system.rules).receivers

    def ending(mute: Mute) -> Notice:
        receiver = receivers.get(mute.receiver)
        return mute_is_over(mute, words_of(receiver.language if receiver is not None else ""))

    if await system.storage.mutes.end_due(now=utc_now(), ending=ending):
        system.dispatcher.ring()


async def end_silences(system: System) -> None:
    """Tell the operator which silences are over."""
    told = operator(system.rules)
    if await system.storage.silences.end_due(told, now=utc_now()):
        system.dispatcher.ring({address.channel for address in told.addresses})


async def forget(system: System) -> None:
    """Forget what is older than the settings say; and index what was changed."""
    storage, now = system.storage, utc_now()
    gone = await storage.retention.sweep(now, system.keep)
    gone["dialogues"] = await storage.dialogues.forget(before=now - _HALF_FINISHED)
    gone["invites"] = await storage.invites.forget(before=now)
    gone["addresses"] = await storage.backlog.forget_paces(before=now - timedelta(days=1))
    log.info("forgotten", **gone, rule_sets=await storage.rule_archive.forget(now=now))
    if await storage.retention.is_too_large(system.keep):
        log.warning("the database stays larger than wanted: what is left could ring again")
    await index_everything(system)


async def listen_for_silence(system: System) -> None:
    """Tell the operator which watchlists and receivers have fallen silent."""
    watch = SilenceWatch(system.storage, system.rules, system.keep)
    if channels := await watch.look(now=utc_now()):
        system.dispatcher.ring(channels)


async def look_for_unseen_names(system: System) -> None:
    """Tell the operator which names of entities stood in no match for months."""
    watch = SilenceWatch(system.storage, system.rules, system.keep)
    if channels := await watch.look_at_names(now=utc_now()):
        system.dispatcher.ring(channels)


async def index_news(system: System) -> None:
    """Index the words of what came lately."""
    await system.storage.word_index.add(since=utc_now() - _LATELY)


async def index_everything(system: System) -> None:
    """Index the words of whatever is not indexed: of changed articles, or of an older version."""
    await system.storage.word_index.add(since=EPOCH)


async def renew_keys(system: System) -> None:
    """Sign links in mails with a new key every few months."""
    await system.storage.consents.renew_keys(now=utc_now())


async def promise_digests(system: System) -> None:
    """Open the digests that leave also when nothing happens."""
    now = utc_now()
    everybody = system.members.joined(system.rules)
    await system.storage.backlog.promise(promised(everybody, now=now), now=now)


async def mind_the_clock(system: System) -> None:
    """Move back what a wrong clock put into the future."""
    ahead = await system.storage.backlog.mend(now=utc_now())
    if ahead:
        log.warning("the clock was wrong and is set right", ahead_s=ahead.total_seconds())
        system.dispatcher.ring()
