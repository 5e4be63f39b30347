"""A web server on loopback that plays all the demo's publishers.

It never listens beyond 127.0.0.1.  What is out at a moment is decided by `programme`; this module
only asks the clock, and answers as a well-kept publisher does: with validators, and with 304.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AsyncExitStack
from datetime import UTC, datetime
from functools import partial
from hashlib import sha256
from typing import Self

from aiohttp import web

from alerts.demo.documents import article_path, feed_path, render_feed
from alerts.demo.pages import article_page, front_page
from alerts.demo.programme import Programme
from alerts.demo.script import PUBLISHERS, Publisher

HOST = "127.0.0.1"

#: The pages hold no script and load nothing.
_PAGE_HEADERS = {"Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'"}


def _utc_now() -> datetime:
    return datetime.now(UTC)


class Newsroom:
    """Serves the feeds and the articles from entering to leaving it as a context.

    The script begins when each feed has been read once, so that everything in it is news to
    whoever reads them.
    """

    def __init__(self, *, clock: Callable[[], datetime] = _utc_now) -> None:
        self._clock = clock
        self._programme = Programme(started_at=clock())
        self._unread = set(PUBLISHERS)
        self._port = 0
        self._closing = AsyncExitStack()

    async def __aenter__(self) -> Self:
        runner = web.AppRunner(self._application(), access_log=None, shutdown_timeout=1)
        await runner.setup()
        self._closing.push_async_callback(runner.cleanup)
        await web.TCPSite(runner, HOST, 0).start()
        self._port = runner.addresses[0][1]
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._closing.aclose()

    @property
    def port(self) -> int:
        """The port that it listens on; 0 before it does."""
        return self._port

    @property
    def url(self) -> str:
        """Where it answers, without a slash at the end: `http://127.0.0.1:40123`."""
        return f"http://{HOST}:{self._port}"

    def _application(self) -> web.Application:
        application = web.Application()
        application.router.add_get("/", self._serve_front_page)
        application.router.add_get(article_path(r"{number:\d{1,9}}"), self._serve_article)
        for publisher in PUBLISHERS.values():
            application.router.add_get(feed_path(publisher), partial(self._serve_feed, publisher))
        return application

    async def _serve_feed(self, publisher: Publisher, request: web.Request) -> web.Response:
        now = self._clock()
        pieces = self._programme.listed(publisher.id, now=now)
        self._mark_read(publisher, now)
        document = render_feed(publisher, pieces, url=self.url)
        etag = sha256(document.body).hexdigest()[:32]
        # Cut, because aiohttp would round up, to a moment that is yet to come (RFC 9110, 8.8.2.1).
        changed_at = pieces[0].published_at.replace(microsecond=0)
        if has_current(request, etag=etag, changed_at=changed_at):
            response = web.Response(status=304)
        else:
            response = web.Response(
                body=document.body, content_type=document.content_type, charset="utf-8"
            )
        response.etag = etag
        response.last_modified = changed_at
        response.headers["Cache-Control"] = "no-cache"
        return response

    def _mark_read(self, publisher: Publisher, now: datetime) -> None:
        self._unread.discard(publisher.id)
        if not self._unread:
            self._programme = self._programme.open(now)

    async def _serve_article(self, request: web.Request) -> web.Response:
        piece = self._programme.piece(int(request.match_info["number"]), now=self._clock())
        if piece is None:
            raise web.HTTPNotFound(text="No article with this number has been published yet.")
        return _page(article_page(piece))

    async def _serve_front_page(self, _: web.Request) -> web.Response:
        now = self._clock()
        shelves = {
            publisher: self._programme.listed(publisher, now=now) for publisher in PUBLISHERS
        }
        return _page(front_page(shelves))


def has_current(request: web.BaseRequest, *, etag: str, changed_at: datetime) -> bool:
    """Tell whether the client's validators say that it holds the current document.

    If-Modified-Since counts only where there is no If-None-Match (RFC 9110, 13.1.3).
    """
    if request.if_none_match is not None:
        return any(held.value in (etag, "*") for held in request.if_none_match)
    since = request.if_modified_since
    return since is not None and changed_at <= since


def _page(html: str) -> web.Response:
    return web.Response(text=html, content_type="text/html", headers=_PAGE_HEADERS)
