"""Taking an edit of the rule files while running: all of it at once, or nothing.

Asked for by SIGHUP, or noticed when the folder has changed and then kept still for a second: an
editor or a `git pull` writes several files, and half of an edit must not be tried.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import structlog

from alerts.alerting.sightings import RulesInForce
from alerts.errors import RulesError

log = structlog.get_logger()

#: Name, time of change and size of every file: what an edit alters.
Fingerprint = tuple[tuple[str, int, int], ...]


class Reloader:
    """Knows which state of the folder is in force, and replaces it."""

    def __init__(
        self,
        folder: Path,
        load: Callable[[], RulesInForce],
        *,
        take: Callable[[RulesInForce], Awaitable[None]],
        refuse: Callable[[RulesError], Awaitable[None]],
    ) -> None:
        self._folder = folder
        self._load = load
        self._take = take
        self._refuse = refuse
        self._tried = fingerprint(folder)
        self._last_seen = self._tried
        self._one_at_a_time = asyncio.Lock()

    async def look(self) -> None:
        """Reload if the folder has changed, and not since the last look."""
        seen = fingerprint(self._folder)
        settled = seen == self._last_seen
        self._last_seen = seen
        if settled and seen != self._tried:
            await self.reload()

    async def reload(self) -> bool:
        """Load the folder; put it in force, or leave everything as it is.  True: it was taken."""
        async with self._one_at_a_time:
            self._tried = fingerprint(self._folder)
            try:
                rules = await asyncio.to_thread(self._load)
            except RulesError as error:
                log.error("rules refused", complaints=[str(item) for item in error.complaints])
                await self._refuse(error)
                return False
            await self._take(rules)
            log.info("rules taken", hash=rules.rules.hash[:12], feeds=len(rules.rules.feeds))
            return True


def fingerprint(folder: Path) -> Fingerprint:
    """Return what tells one state of *folder* from the next; a missing folder is a state too."""
    try:
        found = [(path.name, path.stat()) for path in folder.iterdir()]
    except OSError:  # it vanished, or a file in it did while we looked
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in found))
