"""What `tocsin status` reads, beside the process that works on the database."""

from __future__ import annotations

from datetime import datetime

from alerts.settings import load_settings
from alerts.storage import open_beside
from alerts.storage.backups import last_backup
from alerts.storage.engine import async_url
from alerts.storage.hold import holder
from alerts.workbench.status import Standing, standing


async def read(*, now: datetime) -> Standing:
    """Return how things stand.

    Raises:
        StorageError: there is no database yet, or it cannot be read.
    """
    url = load_settings().database_url.get_secret_value()
    async with open_beside(url) as storage:
        return standing(
            await storage.overview.counts(),
            await storage.glances.look(now=now),
            await storage.overview.feeds(),
            pauses=await storage.hosts.pauses(now=now),
            holder=await holder(async_url(url)),
            backup=last_backup(url),
            now=now,
        )
