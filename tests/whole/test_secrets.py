"""Promise 7: whatever goes wrong at DEBUG, no secret reaches a log, a message, a page or an error."""

from __future__ import annotations

import signal
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import aiohttp
from aiohttp import web

from tests.servers.bot_api import BotApi, Fault
from tests.servers.bot_messages import refusal
from tests.servers.feed_server import FeedServer
from tests.servers.mail_server import Fault as MailFault
from tests.servers.mail_server import MailServer
from tests.servers.webhook_receiver import SECRET, Answer, WebhookReceiver
from tests.whole.process import Tocsin, tocsin, until
from tests.whole.world import ARTICLES, document

FEED = "/world.xml"
RULES = """\
version: 1
feeds:
  - {{url: "{feed}", publisher: Example World, interval: 1s}}
watchlists:
  - {{id: all, title: All, keywords: [Khan, exercise, depots, Board], severity: critical}}
routes:
  receiver: everybody
receivers:
  everybody:
    telegram: {{chat: 42}}
    email: {{to: [reader@example.org]}}
    webhook:
      - {{url: "${{HOOK}}", secret: "${{SECRET}}"}}
      - {{url: "${{NOWHERE}}", secret: "${{SECRET}}"}}
    apprise: ["${{APPRISE}}"]
"""
TELEGRAM_ANSWERS = (
    refusal(401, "Unauthorized"),
    refusal(500, "Internal Server Error"),
    refusal(429, "Too Many Requests: retry after 1", retry_after=1),
    refusal(400, "Bad Request: can't parse entities"),
)
TELEGRAM_FAULTS = (None, None, None, None, Fault.RESET, Fault.GARBLED, Fault.BAD_GATEWAY)


async def _reset(request: web.BaseRequest) -> web.StreamResponse:
    assert request.transport is not None
    request.transport.abort()
    return web.Response()


async def _elsewhere(request: web.BaseRequest) -> web.StreamResponse:
    return web.Response(status=302, headers={"Location": str(request.url)})


WEBHOOK_ANSWERS: Sequence[int | Answer] = (500, 404, _reset, _elsewhere, 410)


async def test_no_secret_is_told_by_any_fault(tmp_path: Path) -> None:
    async with (
        FeedServer() as feeds,
        BotApi("123456:canary-token") as api,
        MailServer(login=("user", "canary-password")) as relay,
        WebhookReceiver() as hook,
        WebhookReceiver() as service,
    ):
        feeds.publish(FEED, document(0))
        api.answers, api.faults = list(TELEGRAM_ANSWERS), list(TELEGRAM_FAULTS)
        hook.answers, service.answers = list(WEBHOOK_ANSWERS), [500]
        relay.answers["RCPT"] = ["451 4.3.0 try again later"]
        relay.faults["DATA"] = [MailFault.DROP]
        settings: dict[str, Any] = {
            "TOCSIN_TELEGRAM_TOKEN": api.token,
            "TOCSIN_TELEGRAM_API_URL": api.url,
            "TOCSIN_SMTP_URL": relay.url,
            "TOCSIN_MAIL_FROM": "Tocsin <tocsin@example.org>",
            "TOCSIN_ADMIN_TOKEN": "canary-admin",
            "TOCSIN_PUBLIC_URL": "http://127.0.0.1:9/",
            "HOOK": hook.url,
            "NOWHERE": "http://127.0.0.1:9/canary-nowhere",
            "APPRISE": f"json://user:canary-apprise@127.0.0.1:{service.port}/canary-path",
            "SECRET": SECRET,
        }
        async with tocsin(tmp_path, RULES.format(feed=feeds.url(FEED)), **settings) as process:
            await process.start()
            await process.event("polled", articles=0)
            feeds.publish(FEED, document(len(ARTICLES)))
            for result, to in (
                ("refused", "telegram:42"),
                ("again", "email:reader@example.org"),
                ("again", "webhook:everybody/2"),
                ("ambiguous", "apprise:everybody"),
                ("dead", "webhook:everybody"),
                ("gone", "webhook:everybody"),
            ):
                await process.event(result, to=to)
            process.signal(signal.SIGHUP)
            await until(lambda: bool(api.accepted), api.took_one)
            pages = await _pages(process)
            assert await process.stop() == 0
        told = repr((process.events, process.noise, process.printed, api.accepted, pages))
    assert "canary" not in told


async def _pages(process: Tocsin) -> list[str]:
    """Return what the pages say to whoever may read them."""
    front = (await process.event("running"))["page"]
    headers = {"Authorization": "Bearer canary-admin"}
    async with aiohttp.ClientSession(headers=headers) as browser:
        pages = []
        for path in ("", "healthz", "readyz", "metrics"):
            async with browser.get(front + path) as answer:
                pages.append(await answer.text())
        return pages
