"""A hostile document costs its own poll and nobody else's."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress

import psutil
import pytest

from alerts.errors import ParseError
from alerts.feeds.workers import ParserWorkers, _BrokenWorkerError, cores, start_worker

_RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>T</title>{}</channel></rss>'
_ITEM = "<item><guid>{0}</guid><title>Title {0}</title><description>{1}</description></item>"


def _document(count: int, text: str = "some words") -> bytes:
    return _RSS.format("".join(_ITEM.format(n, text) for n in range(count))).encode()


#: What only feedparser reads (`feeds.plain`), and chokes on.
_ODD = '<odd:one xmlns:odd="urn:odd"/>'
HOSTILE = {
    "author-redos": _RSS.format(
        f"<item>{_ODD}<title>x</title><author>{'a.' * 40_000}</author></item>"
    ),
    "attributes": _RSS.format("<x " + " ".join(f"a{n}='1'" for n in range(200_000)) + "/>"),
    "nesting": _RSS.format("<x>" * 300_000),
    "many-items": _RSS.format(f"<item>{_ODD}<title>x</title></item>" * 100_000),
}


@asynccontextmanager
async def _workers(
    count: int = 1, *, wall: float = 30, cpu: int = 5, megabytes: int = 512, recycle: int = 1000
) -> AsyncIterator[ParserWorkers]:
    workers = ParserWorkers(
        count,
        cpu_seconds=cpu,
        wall_seconds=wall,
        memory_bytes=megabytes * 2**20,
        recycle_after=recycle,
    )
    async with workers:
        yield workers
    assert _children() == []


def _children() -> list[int]:
    return [each.pid for each in psutil.Process().children() if "alerts.feeds" in _command(each)]


def _command(process: psutil.Process) -> str:
    try:
        return " ".join(process.cmdline())
    except psutil.Error:
        return ""


async def _titles(workers: ParserWorkers, body: bytes) -> list[str]:
    feed = await workers.parse(body, url="https://pub.example/f", content_type="text/xml")
    return [item.title for item in feed.items]


async def test_a_document_is_parsed_in_another_process() -> None:
    async with _workers() as workers:
        assert await _titles(workers, _document(2)) == ["Title 0", "Title 1"]
        assert len(_children()) == 1


async def test_what_is_no_feed_is_said_in_the_parsers_words_and_the_process_lives() -> None:
    async with _workers() as workers:
        with pytest.raises(ParseError, match=r"an HTML page \(Hi\), not a feed"):
            await _titles(workers, b"<html><title>Hi</title>")
        before = _children()
        assert await _titles(workers, _document(1)) == ["Title 0"]
        assert _children() == before


@pytest.mark.parametrize("name", HOSTILE)
async def test_a_hostile_document_is_killed_and_the_next_one_is_read(name: str) -> None:
    async with _workers(wall=1) as workers:
        await _titles(workers, _document(1))
        before = _children()
        begun = time.monotonic()
        with pytest.raises(ParseError, match=r"reading it took|broke the parser"):
            await _titles(workers, HOSTILE[name].encode())
        assert time.monotonic() - begun < 5
        assert not set(before) & set(_children())
    async with _workers() as workers:
        assert await _titles(workers, _document(1)) == ["Title 0"]


async def test_processor_time_is_limited_for_each_document() -> None:
    async with _workers(cpu=1, wall=60) as workers:
        with pytest.raises(ParseError, match="too much processor time"):
            await _titles(workers, HOSTILE["author-redos"].encode())


async def test_memory_is_limited() -> None:
    async with _workers(megabytes=48) as workers:
        assert await _titles(workers, _document(1)) == ["Title 0"]
        with pytest.raises(ParseError, match=r"too much memory|broke the parser"):
            await _titles(workers, _document(1, "x" * 6_000_000))
        assert await _titles(workers, _document(1)) == ["Title 0"]


async def test_a_tag_of_many_megabytes_is_no_danger() -> None:
    async with _workers() as workers:
        body = _RSS.format(f"<item><title>{'x' * 7_000_000}</title></item>").encode()
        (title,) = await _titles(workers, body)
        assert len(title) == 1000


async def test_one_hostile_document_holds_up_no_other_and_no_loop() -> None:
    async with _workers(2, wall=2) as workers:
        await asyncio.gather(*(_titles(workers, _document(1)) for _ in range(4)))
        hostile = asyncio.create_task(_titles(workers, HOSTILE["author-redos"].encode()))
        await asyncio.sleep(0)
        steps: list[float] = []
        watch = asyncio.create_task(_watch(steps))
        for _ in range(5):
            assert await _titles(workers, _document(1)) == ["Title 0"]
        assert not hostile.done()
        watch.cancel()
        hostile.cancel()
        await asyncio.gather(watch, hostile, return_exceptions=True)
    assert max(steps) < 0.05


async def test_a_large_answer_is_decoded_in_small_steps() -> None:
    async with _workers() as workers:
        await _titles(workers, _document(1))
        steps: list[float] = []
        watch = asyncio.create_task(_watch(steps))
        assert len(await _titles(workers, _document(2_000, "word " * 200))) == 2_000
        watch.cancel()
        with suppress(asyncio.CancelledError):
            await watch
    assert max(steps) < 0.05


async def _watch(steps: list[float]) -> None:
    """Note how much the loop's thread computes between two turns; a busy machine adds nothing."""
    while True:
        begun = time.thread_time()
        await asyncio.sleep(0.001)
        steps.append(time.thread_time() - begun)


async def test_a_process_that_dies_is_replaced() -> None:
    async with _workers() as workers:
        await _titles(workers, _document(1))
        (pid,) = _children()
        os.kill(pid, signal.SIGKILL)
        with pytest.raises(ParseError, match="broke the parser process"):
            await _titles(workers, _document(1))
        assert await _titles(workers, _document(1)) == ["Title 0"]


async def test_a_cancelled_job_leaves_no_answer_for_the_next() -> None:
    async with _workers() as workers:
        await _titles(workers, _document(1))
        slow = asyncio.create_task(_titles(workers, _document(20_000)))
        await asyncio.wait({slow}, timeout=0.05)
        slow.cancel()
        with pytest.raises(asyncio.CancelledError):
            await slow
        assert await _titles(workers, _document(1)) == ["Title 0"]


@pytest.mark.parametrize(
    "answer",
    [
        b"",
        b"\0\0",
        b"\xff\xff\xff\xff",
        b"\0\0\0\2{",
        b"\0\0\0\2[]",
        b"\0\0\0\4nope",
        b'\0\0\0\x16{"feed":{},"items":-1}',
        b'\0\0\0\x14{"feed":5,"items":0} ',
        b'\0\0\0\x17{"feed":{},"items":true}',
        b'\0\0\0\x15{"feed":{},"items":1}\0\0\0\x0b{"title":5} ',
        b"\0\1\x86\xa0" + b"[" * 100_000,
    ],
)
async def test_a_process_that_speaks_nonsense_is_believed_nothing(answer: bytes) -> None:
    lie = f"import sys; sys.stdout.buffer.write({answer!r})"
    with ThreadPoolExecutor(1) as starters:
        worker = await start_worker(starters, sys.executable, "-c", lie)
        with pytest.raises(_BrokenWorkerError):
            await worker.ask(b"job")
        assert worker.busy
        await worker.end(kill=True)


async def test_processes_are_recycled() -> None:
    async with _workers(recycle=2) as workers:
        seen: set[int] = set()
        for _ in range(4):
            assert await _titles(workers, _document(1)) == ["Title 0"]
            seen.update(_children())
    assert len(seen) == 2


@pytest.mark.parametrize(("megabytes", "processes"), [(5, 3), (400, 1)])
async def test_a_process_that_has_grown_is_renewed(megabytes: int, processes: int) -> None:
    seen: set[int] = set()
    async with ParserWorkers(1, recycle_bytes=megabytes * 2**20) as workers:
        for _ in range(3):
            parsing = asyncio.create_task(_titles(workers, _document(2000)))
            while not parsing.done():
                seen.update(_children())
                await asyncio.sleep(0.001)
    assert len(seen) == processes


async def test_the_number_of_processes_follows_the_processors_that_are_ours() -> None:
    ours = os.sched_getaffinity(0)
    try:
        os.sched_setaffinity(0, {min(ours)})
        assert cores() == 1
    finally:
        os.sched_setaffinity(0, ours)
    assert cores() == min(len(ours), 4)


async def test_starting_a_process_holds_up_no_loop() -> None:
    late: list[float] = []
    async with _workers(recycle=1) as workers:
        await _titles(workers, _document(1))
        watch = asyncio.create_task(_watch(late))
        for _ in range(3):
            await _titles(workers, _document(1))
        watch.cancel()
    assert max(late) < 0.05


async def test_a_start_that_nobody_waits_for_leaves_no_process() -> None:
    async with _workers() as workers:
        begun = asyncio.create_task(_titles(workers, _document(1)))
        await asyncio.wait({begun}, timeout=0.001)
        begun.cancel()
        await asyncio.gather(begun, return_exceptions=True)
        assert _children() == []
        assert await _titles(workers, _document(1)) == ["Title 0"]


async def test_items_that_were_seen_are_named_and_not_read_again() -> None:
    async with _workers() as workers:
        where = {"url": "https://pub.example/f", "content_type": "text/xml"}
        first = await workers.parse(_document(3), **where)
        marks = [item.mark for item in first.items]
        again = await workers.parse(_document(4), **where, seen=marks)
    assert [item.title for item in again.items] == ["Title 3"]
    assert list(again.seen) == marks


async def test_many_documents_share_few_processes() -> None:
    async with _workers(2) as workers:
        results = await asyncio.gather(*(_titles(workers, _document(n)) for n in range(30)))
        assert [len(titles) for titles in results] == list(range(30))
        assert len(_children()) <= 2


async def test_a_process_ignores_the_signals_that_end_the_program_and_sees_no_secret() -> None:
    os.environ["TOCSIN_CANARY"] = "sesame"
    try:
        async with _workers() as workers:
            await _titles(workers, _document(1))
            (pid,) = _children()
            os.kill(pid, signal.SIGINT)
            os.kill(pid, signal.SIGTERM)
            assert "sesame" not in str(psutil.Process(pid).environ())
            assert await _titles(workers, _document(1)) == ["Title 0"]
            assert _children() == [pid]
    finally:
        del os.environ["TOCSIN_CANARY"]


async def test_processes_end_when_the_program_is_killed() -> None:
    program = (
        "import asyncio, os\n"
        "from alerts.feeds.workers import ParserWorkers\n"
        "async def main():\n"
        "    workers = ParserWorkers(1)\n"
        "    await workers.start()\n"
        "    await workers.parse(b'<rss/>', url='https://x/', content_type='')\n"
        "    print('ready', flush=True)\n"
        "    await asyncio.Event().wait()\n"
        "asyncio.run(main())\n"
    )
    parent = await asyncio.create_subprocess_exec(
        sys.executable, "-c", program, stdout=asyncio.subprocess.PIPE
    )
    assert parent.stdout is not None
    assert await parent.stdout.readline() == b"ready\n"
    (child,) = psutil.Process(parent.pid).children()
    parent.kill()
    await parent.wait()
    await asyncio.to_thread(psutil.wait_procs, [child], 10)
    assert not child.is_running() or child.status() == psutil.STATUS_ZOMBIE


async def test_the_program_does_not_load_the_parser_nor_a_parser_the_client() -> None:
    for module, absent in (
        ("alerts.feeds.workers", ["feedparser"]),
        ("alerts.feeds.worker", ["aiohttp", "pydantic", "sqlalchemy", "asyncio"]),
    ):
        code = f"import sys, {module}; print([m for m in {absent} if m in sys.modules])"
        child = await asyncio.create_subprocess_exec(
            sys.executable, "-c", code, stdout=asyncio.subprocess.PIPE
        )
        said, _ = await child.communicate()
        assert said == b"[]\n", module
