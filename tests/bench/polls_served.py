"""What the publisher of the bench of polls serves: feeds that change as real ones do.

Everything is made from the number of a feed and that of a round, out of a stock of texts: ten
thousand feeds of 126 KB are served from a few megabytes.
"""

from __future__ import annotations

import asyncio
import random
from functools import cache
from multiprocessing.connection import Connection

from aiohttp import web

from tests.bench.news import item, sentence

#: Kilobytes of a document -> paragraphs of an item that make it so long.
SIZES = {17: 1, 126: 20}
ITEMS = 30
_STOCK = 400
_KINDS = ("as before", "same bytes", "new item", "other bytes")
_SHARES = (70, 15, 10, 5)


async def serve(pipe: Connection) -> None:
    """Serve `/17/3.xml`, feed 3 of 17 KB; `/round/2` begins another round, 0 is the first."""
    now = 0

    async def answer(request: web.BaseRequest) -> web.Response:
        nonlocal now
        kind, _, name = request.path.lstrip("/").partition("/")
        if kind == "round":
            now = int(name)
            return web.Response()
        return _answer(request, int(kind), int(name.removesuffix(".xml")), now)

    runner = web.ServerRunner(web.Server(answer))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    pipe.send(runner.addresses[0][1])
    await asyncio.to_thread(pipe.recv)
    await runner.cleanup()


def _answer(request: web.BaseRequest, size: int, number: int, now: int) -> web.Response:
    stamp = _stamp(number, now)
    etag = f'"{stamp}"'
    repeats = now and _kind(number, now) == "same bytes"
    if request.headers.get("If-None-Match") == etag and not repeats:
        return web.Response(status=304, headers={"ETag": etag})
    headers = {"ETag": etag, "Content-Type": "application/rss+xml"}
    return web.Response(body=document(size, number, stamp), headers=headers)


@cache
def _kind(number: int, now: int) -> str:
    """Return how feed *number* answers in round *now*."""
    return random.Random(f"{number} {now}").choices(_KINDS, _SHARES)[0]


def _stamp(number: int, now: int) -> int:
    """Return the last round in which the document of feed *number* changed."""
    changed = (each for each in range(now, 0, -1) if _kind(number, each) in _KINDS[2:])
    return next(changed, 0)


def document(size: int, number: int, stamp: int) -> bytes:
    """Return what feed *number* says since round *stamp*."""
    news = sum(_kind(number, each) == "new item" for each in range(1, stamp + 1))
    items = "".join(_item(size, number, each) for each in range(ITEMS + news - 1, news - 1, -1))
    head = f"<title>Feed {number}</title><link>https://news.example/</link>"
    built = f"<lastBuildDate>Sun, 01 Mar 2026 10:{stamp:02}:00 GMT</lastBuildDate>"
    return f"<rss version='2.0'><channel>{head}{built}{items}</channel></rss>".encode()


def _item(size: int, feed: int, number: int) -> str:
    headlines, texts = _stock(size)
    place = feed * 37 + number
    # A headline that two feeds share would make one story of their articles.
    title = f"{headlines[place % _STOCK]} {feed} of {number}"
    return item(f"{feed}-{number}", title, texts[place % _STOCK])


@cache
def _stock(size: int) -> tuple[list[str], list[str]]:
    dice = random.Random(size)
    headlines = [sentence(dice, 9).capitalize() for _ in range(_STOCK)]
    texts = [f"<![CDATA[{_paragraphs(dice, SIZES[size])}]]>" for _ in range(_STOCK)]
    return headlines, texts


def _paragraphs(dice: random.Random, count: int) -> str:
    return "".join(
        f"<p>{sentence(dice, 10)} <a href='https://news.example/x?a=1&amp;b=2'>"
        f"{sentence(dice, 3)}</a> &amp; {sentence(dice, 8)}.</p>\n"
        for _ in range(count)
    )
