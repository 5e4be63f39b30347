"""Taking an edit of the rule files while running: all of it at once, or nothing.

Asked for by SIGHUP, or noticed when the folder has changed and then kept still for a second: an
editor or a `git pull` writes several files, and half of an edit must not be tried.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import structlog

from alerts.errors import RulesError, StorageError
from alerts.model import RuleSet
from alerts.watchlists.contents import Contents
from alerts.watchlists.folder import is_named_so
from alerts.watchlists.load import load_contents

log = structlog.get_logger()

#: Name, time of change and size of every file: what an edit alters.
Fingerprint = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Edit:
    """A state of the rule files, and what it says."""

    #: The very bytes that `rules` were made of.
    contents: Contents
    rules: RuleSet

    @classmethod
    def of_folder(cls, folder: Path, *, environment: Mapping[str, str]) -> Self:
        """Read *folder* once.

        Raises:
            RulesError: it cannot be loaded.
        """
        contents = Contents.of_folder(folder)
        return cls(contents=contents, rules=load_contents(contents, environment=environment))


class Reloader:
    """Knows which state of the folder is in force, and replaces it."""

    def __init__(
        self,
        folder: Path,
        load: Callable[[], Edit],
        *,
        in_force: RuleSet,
        take: Callable[[Edit], Awaitable[None]],
        refuse: Callable[[RulesError, RuleSet], Awaitable[None]],
    ) -> None:
        """Watch *folder*, whose rules *in_force* were loaded last.

        *take* puts another edit in force; *refuse* is told why they were not, and what stays.
        """
        self._folder = folder
        self._load = load
        self._in_force = in_force
        self._take = take
        self._refuse = refuse
        #: None: what came of it could not be written down, so it is tried again.
        self._tried: Fingerprint | None = fingerprint(folder)
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
                return await self._reload()
            except StorageError as error:
                self._tried = None
                log.error("reload not written", error=str(error))
                return False

    async def _reload(self) -> bool:
        try:
            edit = await asyncio.to_thread(self._load)
        except RulesError as error:
            log.error("rules refused", complaints=[str(item) for item in error.complaints])
            await self._refuse(error, self._in_force)
            return False
        await self._take(edit)
        self._in_force = rules = edit.rules
        log.info("rules taken", hash=rules.hash[:12], feeds=len(rules.feeds))
        return True


def fingerprint(folder: Path) -> Fingerprint:
    """Return what tells one state of *folder* from the next; a missing folder is a state too.

    What an editor leaves beside the rule files is no edit of them.
    """
    try:
        found = [(path.name, path.stat()) for path in folder.iterdir() if is_named_so(path)]
    except OSError:  # it vanished, or a file in it did while we looked
        return ()
    return tuple(sorted((name, stat.st_mtime_ns, stat.st_size) for name, stat in found))
