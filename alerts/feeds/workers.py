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
import socket
import subprocess
import sys
from collections.abc import AsyncIterator, Callable, Collection
from concurrent.futures import ThreadPoolExecutor
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
        count: int | None = None,
        *,
        cpu_seconds: int = 5,
        wall_seconds: float = 10,
        memory_bytes: int = 512 * 2**20,
        recycle_after: int = 1000,
        recycle_bytes: int = 96 * 2**20,
        module: str = "alerts.feeds.worker",
    ) -> None:
        """Plan *count* processes, by default as many as `cores`.

        One is renewed after *recycle_after* documents, or once it holds *recycle_bytes*: what a
        large document took is seldom given back.  *module* is what they run; it calls
        `alerts.feeds.worker.main`.
        """
        self._count = count or cores()
        self._cpu_seconds = cpu_seconds
        self._wall_seconds = wall_seconds
        self._memory_bytes = memory_bytes
        self._recycle_after = recycle_after
        self._recycle_bytes = recycle_bytes
        self._module = module
        # A start takes 9 ms in which the loop would stand still, in a thread of its own 1 ms.
        self._starters = ThreadPoolExecutor(self._count, thread_name_prefix="parsers")
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

    async def parse(
        self, body: bytes, *, url: str, content_type: str, seen: Collection[str] = ()
    ) -> ParsedFeed:
        """Return the feed in *body*; see `alerts.feeds.parse.parse_document`.

        Raises:
            ParseError: it is not a feed, or it broke the parser.
        """
        head = {"url": url, "content_type": content_type, "seen": [*seen]}
        job = json_frame(head) + frame(body)
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
                if worker is not None and (worker.busy or self._is_spent(worker)):
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
        self._starters.shutdown(wait=False)

    def _is_spent(self, worker: _Worker) -> bool:
        return worker.jobs >= self._recycle_after or worker.resident_bytes >= self._recycle_bytes

    async def _spawn(self) -> _Worker:
        limits = (str(self._memory_bytes), str(self._cpu_seconds))
        return await start_worker(self._starters, sys.executable, "-m", self._module, *limits)


def cores() -> int:
    """Return how many processors this process may use, four at most: parsing is not all there is."""
    # Containers and service managers often allow fewer than the machine has.
    own = (
        os.sched_getaffinity(0) if hasattr(os, "sched_getaffinity") else range(os.cpu_count() or 1)
    )
    return min(len(own), 4)


async def start_worker(starters: ThreadPoolExecutor, *command: str) -> _Worker:
    """Start *command* with one of *starters*; it answers on its standard output."""
    ours, theirs = socket.socketpair()

    def start() -> subprocess.Popen[bytes]:
        with theirs:
            return subprocess.Popen(  # noqa: S603 - our own interpreter, our own module
                command,
                stdin=theirs.fileno(),
                stdout=theirs.fileno(),
                stderr=subprocess.DEVNULL,
                env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            )

    run = asyncio.get_running_loop().run_in_executor
    starting = run(starters, start)
    try:
        process = await asyncio.shield(starting)
        reader, writer = await asyncio.open_unix_connection(sock=ours)
    except asyncio.CancelledError:
        ours.close()
        process = await starting
        process.kill()
        await run(starters, process.wait)
        raise
    return _Worker(process, reader, writer, wait=lambda limit: run(starters, process.wait, limit))


class _Worker:
    """One parser process, seen from here."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        answers_from: asyncio.StreamReader,
        jobs_to: asyncio.StreamWriter,
        *,
        wait: Callable[[float | None], asyncio.Future[int]],
    ) -> None:
        self._process = process
        self._answers_from = answers_from
        self._jobs_to = jobs_to
        #: Returns the exit code, beside the loop; raises `subprocess.TimeoutExpired`.
        self._wait = wait
        self.jobs = 0
        #: How much memory it holds, by its own word.
        self.resident_bytes = 0
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
        self.resident_bytes = int(answer["resident_bytes"])
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
        with contextlib.suppress(subprocess.TimeoutExpired):
            code = await self._wait(_SECONDS_TO_END)
        if code == -signal.SIGXCPU:
            return "reading it took too much processor time"
        if code == _OUT_OF_MEMORY:
            return "reading it took too much memory"
        return "the document broke the parser process"

    async def end(self, *, kill: bool) -> None:
        """End the process, at once or when it notices the end of its input."""
        self._jobs_to.close()
        if not kill:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await self._wait(_SECONDS_TO_END)
                return
        self._process.kill()
        await self._wait(None)


def _complaint(answer: object) -> str:
    """Return why there is no feed, on one line; empty: there is one."""
    if not isinstance(answer, dict) or "error" not in answer:
        return ""
    return " ".join(str(answer["error"])[:2000].split()) or "not a feed"
