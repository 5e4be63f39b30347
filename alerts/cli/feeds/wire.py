"""What a poll sends and gets, hop by hop: watched from beside, so that the poll is the usual one."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import aiohttp

from alerts.feeds.fetch import shown_url
from alerts.feeds.guard import AddressGuard
from alerts.feeds.parsed import ParsedFeed
from alerts.feeds.workers import ParserWorkers

#: Headers whose values are secrets, or bring some to whoever reads along.
_SECRET = frozenset({"authorization", "cookie", "set-cookie", "proxy-authorization"})
_MASK = "(not shown)"


@dataclass(slots=True, kw_only=True)
class Hop:
    """One request and its answer; times in milliseconds."""

    url: str
    sent: list[tuple[str, str]] = field(default_factory=list)
    #: 0: there was no answer.
    status: int = 0
    got: list[tuple[str, str]] = field(default_factory=list)
    #: The addresses that a connection was tried to; none: an open one was used.
    addresses: list[str] = field(default_factory=list)
    connect_ms: float | None = None
    #: From the beginning to the headers of the answer.
    answer_ms: float | None = None
    response: aiohttp.ClientResponse | None = None

    @property
    def wire_bytes(self) -> int:
        """How much of the body came."""
        return self.response.content.total_bytes if self.response is not None else 0


class WatchedGuard(AddressGuard):
    """The guard, remembering which addresses were asked for."""

    def __init__(self, allowed: Any = ()) -> None:
        super().__init__(allowed)
        self.asked: list[str] = []

    def check(self, address: str, port: int) -> None:
        """Note *address*, and check it."""
        self.asked.append(f"[{address}]:{port}" if ":" in address else f"{address}:{port}")
        super().check(address, port)


class WatchedParsers(ParserWorkers):
    """One parser process, keeping what it reads; it reads whole documents."""

    def __init__(self) -> None:
        super().__init__(count=1)
        self.parsed: ParsedFeed | None = None
        self.url = ""
        self.decoded_bytes = 0
        self.parse_ms = 0.0

    async def parse(self, body: bytes, **described: Any) -> ParsedFeed:
        """Parse *body* and keep what came of it."""
        described.pop("seen", None)  # what a running Tocsin leaves out is to be explained, too
        began = time.perf_counter()
        self.url, self.decoded_bytes = described["url"], len(body)
        try:
            self.parsed = await super().parse(body, **described)
        finally:
            self.parse_ms = (time.perf_counter() - began) * 1000
        return self.parsed


class Wire:
    """Watches a client."""

    def __init__(self, guard: WatchedGuard) -> None:
        self.hops: list[Hop] = []
        self._guard = guard
        self._began = 0.0
        self._connecting = 0.0

    def trace(self) -> aiohttp.TraceConfig:
        """Return what a client is opened with."""
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(self._start)
        trace.on_connection_create_start.append(self._connect)
        trace.on_connection_create_end.append(self._connected)
        trace.on_request_headers_sent.append(self._sent)
        trace.on_request_end.append(self._end)
        trace.on_request_exception.append(self._failed)
        return trace

    async def _start(self, _: Any, __: SimpleNamespace, request: Any) -> None:
        self._began = time.perf_counter()
        self._guard.asked.clear()
        self.hops.append(Hop(url=shown_url(str(request.url))))

    async def _connect(self, *_: Any) -> None:
        self._connecting = time.perf_counter()

    async def _connected(self, *_: Any) -> None:
        self.hops[-1].connect_ms = (time.perf_counter() - self._connecting) * 1000

    async def _sent(self, _: Any, __: SimpleNamespace, request: Any) -> None:
        self.hops[-1].sent = _readable(request.headers)

    async def _end(self, _: Any, __: SimpleNamespace, ended: Any) -> None:
        hop, response = self.hops[-1], ended.response
        hop.answer_ms = (time.perf_counter() - self._began) * 1000
        hop.addresses = list(self._guard.asked)
        hop.status, hop.response = response.status, response
        hop.got = _readable(response.headers)

    async def _failed(self, *_: Any) -> None:
        self.hops[-1].addresses = list(self._guard.asked)


def _readable(headers: Any) -> list[tuple[str, str]]:
    """Return *headers* as they may be shown."""
    return [(name, _shown(name.lower(), value)) for name, value in headers.items()]


def _shown(name: str, value: str) -> str:
    if name in _SECRET:
        return _MASK
    return shown_url(value) if name in ("location", "content-location") else value
