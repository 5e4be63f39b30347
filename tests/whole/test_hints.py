"""The whole program, with a hub and with the pages behind summaries."""

from __future__ import annotations

import socket
from pathlib import Path

from tests.feeds.test_page import PARAGRAPHS, a_page
from tests.poller.conftest import item
from tests.servers.feed_server import FeedServer
from tests.servers.hub import Hub
from tests.whole.process import tocsin

RULES = """\
version: 1
feeds:
  - {{url: "{feed}", publisher: Example World, interval: 1h, full_text: {full_text}}}
watchlists:
  - {{id: chlorine, title: Chlorine, keywords: [chlorine], severity: high}}
"""


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def rss(hub: Hub, *items: str) -> str:
    links = f"<atom:link rel='hub' href='{hub.url}'/>"
    return (
        "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
        f"<title>F</title>{links}{''.join(items)}</channel></rss>"
    )


async def test_a_push_rings_within_seconds_and_its_page_rings_too(tmp_path: Path) -> None:
    address = f"127.0.0.1:{free_port()}"
    async with FeedServer() as server, Hub() as hub:
        hub.lease = 864_000
        server.publish("/feed.xml", rss(hub, item("0", "Nothing")))
        rules = RULES.format(feed=server.url("/feed.xml"), full_text="true")
        program = tocsin(
            tmp_path, rules, TOCSIN_LISTEN=address, TOCSIN_PUBLIC_URL=f"http://{address}"
        )
        async with program as process:
            await process.start()
            await process.event("hub answered", state="active")
            body = PARAGRAPHS + "<p>Chlorine was used, say doctors.</p>"
            server.publish("/a", a_page(body), content_type="text/html")
            fresh = item("1", "Strike near Idlib", link=server.url("/a"))
            server.publish("/feed.xml", rss(hub, fresh, item("0", "Nothing")))
            assert await hub.push(hub.asked[-1]) == 202
            await process.event("polled", articles=1, alerts=0)
            await process.event("full text", alerts=1)
            await process.event("sent")
            assert await process.stop() == 0
            assert b"Strike near Idlib" in process.printed
        assert process.noise == []
        secret = hub.asked[-1]["hub.secret"]
        assert secret not in str(process.events)
