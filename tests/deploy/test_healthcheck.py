"""Does deploy/healthcheck.py tell a healthy instance from a sick one?"""

from __future__ import annotations

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from aiohttp import web

from alerts.settings import Settings

SCRIPT = Path(__file__).parents[2] / "deploy" / "healthcheck.py"


@asynccontextmanager
async def pages(status: int, host: str = "127.0.0.1") -> AsyncIterator[int]:
    """Serve /healthz with *status*; yield the port."""

    async def healthz(_request: web.Request) -> web.Response:
        return web.Response(status=status)

    app = web.Application()
    app.router.add_get("/healthz", healthz)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, host, 0).start()
        yield runner.addresses[0][1]
    finally:
        await runner.cleanup()


async def check(listen: str) -> tuple[int | None, str]:
    """Run it as HEALTHCHECK does; return its exit code and what it said."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-IS",
        str(SCRIPT),
        env={"TOCSIN_LISTEN": listen},
        stderr=asyncio.subprocess.PIPE,
    )
    _, words = await process.communicate()
    return process.returncode, words.decode()


@pytest.mark.parametrize(
    ("host", "listen"),
    [
        ("127.0.0.1", "127.0.0.1"),
        ("127.0.0.1", "0.0.0.0"),
        ("127.0.0.1", "localhost"),
        ("::1", "[::1]"),
        ("::1", "[::]"),
    ],
)
async def test_an_instance_that_answers_is_healthy(host: str, listen: str) -> None:
    async with pages(200, host) as port:
        assert await check(f"{listen}:{port}") == (0, "")


async def test_another_answer_is_not_healthy() -> None:
    async with pages(503) as port:
        code, words = await check(f"127.0.0.1:{port}")
    assert code == 1
    assert "answered 503" in words


async def test_nobody_there_is_not_healthy() -> None:
    async with pages(200) as port:
        pass
    code, words = await check(f"127.0.0.1:{port}")
    assert code == 1
    assert "Connection refused" in words


async def test_an_answer_that_is_not_http_is_not_healthy() -> None:
    async def chatter(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 mail.example.org\r\n")
        writer.close()

    server = await asyncio.start_server(chatter, "127.0.0.1", 0)
    async with server:
        code, words = await check(f"127.0.0.1:{server.sockets[0].getsockname()[1]}")
    assert code == 1
    assert "no answer" in words


def test_it_assumes_the_default_of_the_setting() -> None:
    assert f'"{Settings.model_fields["listen"].default}"' in SCRIPT.read_text(encoding="utf-8")
