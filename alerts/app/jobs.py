"""The coarse jobs: what is to be done each second, minute or day, and by nobody else.

Each looks at the tables and does what is due, so that it matters little when it runs, and nothing
that it missed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import UTC

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from alerts.alerting.digests import promised
from alerts.app.process import utc_now
from alerts.app.system import System
from alerts.errors import StorageError

log = structlog.get_logger()

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
    for job in (end_mutes, promise_digests, mind_the_clock):
        scheduler.add_job(_forgiving, "interval", (job, system), minutes=1, id=job.__name__)
    for job in (forget, renew_keys):
        scheduler.add_job(_forgiving, "cron", (job, system), hour=3, minute=17, id=job.__name__)


async def _forgiving(job: _Job, system: System) -> None:
    """Run *job*; when the database refuses, the next time is soon enough."""
    try:
        await job(system)
    except StorageError as error:
        log.error("job not done", job=job.__name__, error=str(error))


async def end_mutes(system: System) -> None:
    """Tell those whose mutes are over."""
    if await system.storage.mutes.end_due(now=utc_now()):
        system.dispatcher.ring()


async def forget(system: System) -> None:
    """Forget what is older than the settings say."""
    gone = await system.storage.retention.sweep(utc_now(), system.keep)
    log.info("forgotten", **gone)


async def renew_keys(system: System) -> None:
    """Sign links in mails with a new key every few months."""
    await system.storage.consents.renew_keys(now=utc_now())


async def promise_digests(system: System) -> None:
    """Open the digests that leave also when nothing happens."""
    now = utc_now()
    await system.storage.backlog.promise(promised(system.rules, now=now), now=now)


async def mind_the_clock(system: System) -> None:
    """Move back what a wrong clock put into the future."""
    ahead = await system.storage.backlog.mend(now=utc_now())
    if ahead:
        log.warning("the clock was wrong and is set right", ahead_s=ahead.total_seconds())
        system.dispatcher.ring()
