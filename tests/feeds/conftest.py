from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime

import aiohttp
import pytest

from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.settings import AllowedNetwork
from tests.servers.feed_server import FeedServer


@pytest.fixture
def now() -> datetime:
    return datetime(2026, 3, 1, 12, 0, tzinfo=UTC)


@pytest.fixture
async def server() -> AsyncIterator[FeedServer]:
    async with FeedServer() as server:
        yield server


@pytest.fixture
async def session(server: FeedServer) -> AsyncIterator[aiohttp.ClientSession]:
    """A client that may talk to `server` and to nothing else on this machine."""
    guard = AddressGuard([AllowedNetwork.parse(f"127.0.0.1/32:{server.port}")])
    async with open_session(guard, user_agent="Tocsin/test (+https://example.org)") as session:
        yield session
