"""Parser processes for everybody, and not all of them for strangers.

A hostile document takes its process for as long as it may, and a few of them would take them all:
good feeds were read 11 s late.  So one process is kept for feeds whose last document was read at
once; the others, new feeds among them, share what is left.
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection
from time import monotonic
from typing import Any

from alerts.errors import ParseError
from alerts.feeds.parsed import ParsedFeed
from alerts.feeds.workers import ParserWorkers

#: Seconds, with the wait for a process.  A usual document takes some 0.01 s, on a busy machine a few
#: tenths; whoever was quick once is not blamed for a queue of a few seconds.
_AT_ONCE = 1.0
_TOO_LONG = 4.0


class WaryWorkers(ParserWorkers):
    """`ParserWorkers` that remember who was read at once; with a single process all are equal."""

    def __init__(self, count: int = 2, **limits: Any) -> None:
        super().__init__(count, **limits)
        self._for_strangers = asyncio.Semaphore(max(count - 1, 1))
        #: The hashes of their URLs: a hundred thousand take a few megabytes.
        self._trusted: set[int] = set()

    async def parse(
        self, body: bytes, *, url: str, content_type: str, seen: Collection[str] = ()
    ) -> ParsedFeed:
        """Return the feed in *body*, when its turn has come.

        Raises:
            ParseError: it is not a feed, or it broke the parser.
        """
        who = hash(url)
        if who in self._trusted:
            return await self._watched(who, body, url=url, content_type=content_type, seen=seen)
        async with self._for_strangers:
            return await self._watched(who, body, url=url, content_type=content_type, seen=seen)

    async def _watched(self, who: int, body: bytes, **job: Any) -> ParsedFeed:
        begun = monotonic()
        try:
            parsed = await super().parse(body, **job)
        except ParseError:
            self._trusted.discard(who)
            raise
        took = monotonic() - begun
        if took <= _AT_ONCE:
            self._trusted.add(who)
        elif took > _TOO_LONG:
            self._trusted.discard(who)
        return parsed
