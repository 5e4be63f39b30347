"""The real program as a process, on real files, watched from outside."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

#: Longer than anything takes on a slow machine; nobody waits for it when all is well.
PATIENCE = 60.0
ROOT = Path(__file__).parents[2]


@dataclass
class Tocsin:
    """`tocsin run` on a folder of its own; may be killed and started again."""

    folder: Path
    environment: Mapping[str, str]
    arguments: tuple[str, ...] = ("run",)
    #: Every event of the log since the first start, newest last.
    events: list[dict[str, Any]] = field(default_factory=list)
    #: What went to stderr and is no event: there should be nothing.
    noise: list[str] = field(default_factory=list)
    printed: bytearray = field(default_factory=bytearray)
    _process: asyncio.subprocess.Process | None = None
    _reading: asyncio.Task[None] | None = None
    #: Its stderr has ended, and with it the process.
    _silent: bool = False
    _news: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def start(self) -> Self:
        """Start it; return when it runs."""
        already = len(self.events)
        await self.launch()
        await self.event("running", since=already)
        return self

    async def launch(self) -> None:
        """Start it without waiting for anything."""
        assert self._process is None
        self._silent = False
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            "-m",
            "alerts",
            *self.arguments,
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT)} | dict(self.environment),
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self._reading = asyncio.create_task(self._read(self._process))

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def signal(self, number: signal.Signals) -> None:
        """Send a signal; SIGKILL leaves it no word."""
        if self._process is not None and self._process.returncode is None:
            with contextlib.suppress(ProcessLookupError):
                self._process.send_signal(number)

    def kill(self) -> None:
        self.signal(signal.SIGKILL)

    async def ended(self) -> int:
        """Wait for its end and return the exit code."""
        assert self._process is not None
        assert self._reading is not None
        code = await asyncio.wait_for(self._process.wait(), PATIENCE)
        await self._reading
        self._process = None
        return code

    async def stop(self) -> int:
        """Ask it to stop and wait until it has."""
        self.signal(signal.SIGTERM)
        return await self.ended()

    async def event(self, name: str, *, since: int = 0, **fields: Any) -> dict[str, Any]:
        """Return the first event *name* with *fields*, as soon as there is one."""

        def found() -> dict[str, Any] | None:
            for event in self.events[since:]:
                if event["event"] == name and fields.items() <= event.items():
                    return event
            return None

        async with self._news:
            await asyncio.wait_for(self._news.wait_for(lambda: found() or self._silent), PATIENCE)
        result = found()
        assert result is not None, f"it ended without {name!r}:\n" + "".join(self.noise)
        return result

    async def _read(self, process: asyncio.subprocess.Process) -> None:
        assert process.stdout is not None
        assert process.stderr is not None
        printing = asyncio.create_task(self._read_printed(process.stdout))
        async for line in process.stderr:
            try:
                self.events.append(json.loads(line))
            except ValueError:
                self.noise.append(line.decode())
            async with self._news:
                self._news.notify_all()
        self._silent = True
        async with self._news:
            self._news.notify_all()
        await printing

    async def _read_printed(self, stream: asyncio.StreamReader) -> None:
        while chunk := await stream.read(65536):
            self.printed += chunk


@contextlib.asynccontextmanager
async def tocsin(
    folder: Path, rules: str, *, arguments: tuple[str, ...] = ("run",), **settings: str
) -> AsyncIterator[Tocsin]:
    """Prepare a process with *rules* as its only rule file; end it when the block ends."""
    folder.joinpath("rules").mkdir(exist_ok=True)
    folder.joinpath("rules", "rules.yml").write_text(rules, encoding="utf-8")
    environment = {
        "TOCSIN_LISTEN": "127.0.0.1:0",
        "TOCSIN_LOG_FORMAT": "json",
        "TOCSIN_LOG_LEVEL": "debug",
        "TOCSIN_ALLOW_NETWORKS": "127.0.0.0/8",
    }
    process = Tocsin(folder, environment | settings, arguments)
    try:
        yield process
    except BaseException:
        print(*process.events[-60:], *process.noise, sep="\n")
        raise
    finally:
        if process._process is not None:
            process.kill()
            await process.ended()


async def until(
    condition: Callable[[], bool], news: asyncio.Event, patience: float = PATIENCE
) -> None:
    """Wait until *condition* holds; *news* is set whenever it may have come to."""
    async with asyncio.timeout(patience):
        while not condition():
            news.clear()
            if not condition():
                await news.wait()
