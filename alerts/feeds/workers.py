"""Parser processes that may be killed: a document can cost its own poll and nobody else's.

Threads would not do: feedparser holds the interpreter's lock (33 ms for a usual document, seconds
for a hostile one) and cannot be stopped.  Measured: two processes give twice the throughput of any
number of threads, and no stall (STACK.md).
"""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, Process
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from types import TracebackType
from typing import Self

from alerts.errors import ParseError
from alerts.feeds.frames import LENGTH, LONGEST_ANSWER, frame, json_frame
from alerts.feeds.parsed import ParsedFeed, ParsedItem, read_feed, read_item

#: What Python needs to start; everything else in the environment may be a secret.
_ENVIRONMENT = (
    "PATH",
    "PYTHONPATH",
    "PYTHONHOME",
    "VIRTUAL_ENV",
    "LD_LIBRARY_PATH",
    "LANG",
    "LC_ALL",
)
_SECONDS_TO_END = 2.0
_MOST_ITEMS = 200_000
#: `alerts.feeds.worker.OUT_OF_MEMORY`; importing it here would import the parser.
_OUT_OF_MEMORY = 3


class _BrokenWorkerError(Exception):
    """The process died or spoke nonsense."""


class ParserWorkers:
    """A few parser processes and the queue before them; an async context manager.

    One waits for a free process in the order of the calls.  A process that takes too long, dies or
    answers nonsense is killed; the next document gets a new one.
    """

    def __init__(
        self,
        count: int = 2,
        *,
        cpu_seconds: int = 5,
        wall_seconds: float = 10,
        memory_bytes: int = 512 * 2**20,
        recycle_after: int = 1000,
    ) -> None:
        self._count = count
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._memory_bytes = memory_bytes
        self._recycle_after = recycle_after
        # The last one back is the first one out: a small load keeps one process warm.
        self._idle: asyncio.LifoQueue[_Worker | None] = asyncio.LifoQueue()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def start(self) -> None:
        """Take up work; processes start when there is something to do."""
        for _ in range(self._count):
            self._idle.put_nowait(None)

    async def parse(self, body: bytes, *, url: str, content_type: str) -> ParsedFeed:
        """Return the feed in *body*; see `alerts.feeds.parse.parse_document`.

        Raises:
            ParseError: it is not a feed, or it broke the parser.
        """
        job = json_frame({"url": url, "content_type": content_type}) + frame(body)
        async with self._lent() as worker:
            try:
                async with asyncio.timeout(self._wall_seconds):
                    return await worker.ask(job)
            except TimeoutError:
                raise ParseError(f"reading it took over {self._wall_seconds:g} s") from None
            except _BrokenWorkerError as error:
                raise ParseError(await worker.cause_of_death()) from error

    @asynccontextmanager
    async def _lent(self) -> AsyncIterator[_Worker]:
        """Wait for a free process, and take it back or, if it has not finished its job, kill it."""
        worker = await self._idle.get()
        try:
            worker = worker or await self._spawn()
            yield worker
        finally:
            keep: _Worker | None = worker
            try:
                # Also on cancellation: half an answer would be taken for the next document's.
                if worker is not None and (worker.busy or worker.jobs >= self._recycle_after):
                    keep = None
                    await worker.end(kill=worker.busy)
            finally:
                self._idle.put_nowait(keep)

    async def close(self) -> None:
        """End every process; documents that are being read are waited for."""
        for _ in range(self._count):
            worker = await self._idle.get()
            if worker is not None:
                await worker.end(kill=False)

    async def _spawn(self) -> _Worker:
        process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "alerts.feeds.worker",
            str(self._memory_bytes),
            str(self._cpu_seconds),
            stdin=PIPE,
            stdout=PIPE,
            stderr=DEVNULL,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
        )
        return _Worker(process)


class _Worker:
    """One parser process, seen from here."""

    def __init__(self, process: Process) -> None:
        assert process.stdin is not None
        assert process.stdout is not None
        self._process = process
        self._jobs_to = process.stdin
        self._answers_from = process.stdout
        self.jobs = 0
        #: A job was begun and its answer is not complete.
        self.busy = False

    async def ask(self, job: bytes) -> ParsedFeed:
        """Return the answer to *job*.

        Raises:
            ParseError: the process says so; it lives.
            _BrokenWorkerError: it must be ended.
        """
        self.jobs, self.busy = self.jobs + 1, True
        try:
            self._jobs_to.write(job)
            await self._jobs_to.drain()
            answer = await self._read()
            complaint = _complaint(answer)
            feed = None if complaint else await self._read_feed(answer)
        except (OSError, EOFError, ValueError, KeyError, TypeError, RecursionError) as error:
            raise _BrokenWorkerError from error
        self.busy = False
        if feed is None:
            raise ParseError(complaint)
        return feed

    async def _read_feed(self, answer: object) -> ParsedFeed:
        if not isinstance(answer, dict) or not isinstance(answer["items"], int):
            raise TypeError("not an answer")
        if not 0 <= answer["items"] <= _MOST_ITEMS:
            raise ValueError("too many items")
        items: list[ParsedItem] = [read_item(await self._read()) for _ in range(answer["items"])]
        return read_feed(answer["feed"], tuple(items))

    async def _read(self) -> object:
        (size,) = LENGTH.unpack(await self._answers_from.readexactly(LENGTH.size))
        if size > LONGEST_ANSWER:
            raise ValueError("an answer too long")
        return json.loads(await self._answers_from.readexactly(size))

    async def cause_of_death(self) -> str:
        """Say why the process broke; for an operator."""
        code = None
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(_SECONDS_TO_END):
                code = await self._process.wait()
        if code == -signal.SIGXCPU:
            return "reading it took too much processor time"
        if code == _OUT_OF_MEMORY:
            return "reading it took too much memory"
        return "the document broke the parser process"

    async def end(self, *, kill: bool) -> None:
        """End the process, at once or when it notices the end of its input."""
        if not kill:
            self._jobs_to.close()
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(_SECONDS_TO_END):
                    await self._process.wait()
                return
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._jobs_to.close()
        await self._process.wait()


def _complaint(answer: object) -> str:
    """Return why there is no feed, on one line; empty: there is one."""
    if not isinstance(answer, dict) or "error" not in answer:
        return ""
    return " ".join(str(answer["error"])[:2000].split()) or "not a feed"
