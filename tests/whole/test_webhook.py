"""The whole program, with a webhook behind the guard: signed, once, and its address in no log."""

from __future__ import annotations

from pathlib import Path

from tests.poller.conftest import item
from tests.servers.feed_server import FeedServer
from tests.servers.webhook_receiver import SECRET, WebhookReceiver
from tests.whole.process import tocsin

RULES = """\
version: 1
feeds:
  - {{url: "{feed}", publisher: Example World, interval: 1s}}
watchlists:
  - {{id: chlorine, title: Chlorine, keywords: [chlorine], severity: high}}
routes: {{receiver: desk}}
receivers:
  desk: {{webhook: {{url: "${{HOOK}}", secret: "${{SECRET}}"}}}}
"""


def rss(*items: str) -> str:
    return f"<rss version='2.0'><channel><title>F</title>{''.join(items)}</channel></rss>"


async def test_an_alert_reaches_a_webhook_through_an_outage(tmp_path: Path) -> None:
    async with FeedServer() as server, WebhookReceiver() as receiver:
        receiver.answers = [503, 204]
        server.publish("/feed.xml", rss(item("0", "Nothing")))
        rules = RULES.format(feed=server.url("/feed.xml"))
        networks = f"127.0.0.1/32:{server.port},127.0.0.1/32:{receiver.port}"
        program = tocsin(
            tmp_path,
            rules,
            TOCSIN_ALLOW_NETWORKS=networks,
            HOOK=receiver.url,
            SECRET=SECRET,
            TOCSIN_LOG_LEVEL="debug",
        )
        async with program as process:
            await process.start()
            await process.event("polled", articles=1)
            server.publish("/feed.xml", rss(item("1", "Chlorine near Idlib"), item("0", "Nothing")))
            await process.event("again", to="webhook:desk")
            await process.event("sent", to="webhook:desk")
            assert await process.stop() == 0
        assert process.noise == []
        first, second = receiver.taken
        assert first.headers["webhook-id"] == second.headers["webhook-id"]
        assert second.is_signed_with(SECRET)
        assert second.json["data"]["alerts"][0]["headline"] == "Chlorine near Idlib"
        assert "canary" not in str(process.events)
