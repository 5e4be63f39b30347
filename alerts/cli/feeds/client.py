"""What commands that ask publishers share: the guarded client, parser processes, and a clock."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers

if TYPE_CHECKING:
    import aiohttp

    from alerts.settings import Settings


@dataclass(frozen=True, slots=True)
class Client:
    """The one way out of a command."""

    session: aiohttp.ClientSession
    parsers: ParserWorkers
    guard: AddressGuard


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


@asynccontextmanager
async def open_client(
    settings: Settings,
    *,
    guard: AddressGuard | None = None,
    parsers: ParserWorkers | None = None,
    traces: Sequence[aiohttp.TraceConfig] = (),
) -> AsyncIterator[Client]:
    """Open the guarded client; *guard* and *parsers* may be ones that watch."""
    # As `tocsin run` does: a slow name server must not hold up everything.
    names = ThreadPoolExecutor(8, thread_name_prefix="names")
    asyncio.get_running_loop().set_default_executor(names)
    guard = guard or AddressGuard(settings.allow_networks)
    async with (
        open_session(guard, user_agent=settings.user_agent, traces=traces) as session,
        parsers or ParserWorkers(count=1) as workers,
    ):
        yield Client(session, workers, guard)
