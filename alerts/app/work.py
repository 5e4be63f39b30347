"""What polls and pages share: the one client, processes that parse, the matcher's thread."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from contextlib import AsyncExitStack
from dataclasses import dataclass

import aiohttp

from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.workers import ParserWorkers, cores
from alerts.poller.wariness import WaryWorkers
from alerts.settings import Settings


@dataclass(frozen=True, slots=True)
class Work:
    """Whoever does the work."""

    session: aiohttp.ClientSession
    parsers: ParserWorkers
    pages: ParserWorkers
    matching: ThreadPoolExecutor


async def open_work(settings: Settings, stack: AsyncExitStack) -> Work:
    """Open all of it; *stack* closes it."""
    # Names are looked up in this pool; the default one of six threads lets a slow name server
    # hold up every feed.
    names = ThreadPoolExecutor(64, thread_name_prefix="names")
    asyncio.get_running_loop().set_default_executor(names)
    session = open_session(AddressGuard(settings.allow_networks), user_agent=settings.user_agent)
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
    return Work(session, parsers, pages, matching)
