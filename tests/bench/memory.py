"""How much memory does an idle process take with the rules that ship?"""

from __future__ import annotations

import asyncio
import tempfile
from pathlib import Path

import psutil

from alerts.watchlists.load import load_rules
from tests.bench.figures import Figure
from tests.bench.news import rss
from tests.servers.feed_server import FeedServer
from tests.whole.process import ROOT, tocsin

SETTLED_AFTER = 10.0


async def measure() -> list[Figure]:
    """Poll as many feeds as ship once, from loopback, with all entities and watchlists; then rest."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        async with FeedServer() as server:
            count = _copy_rules(folder, server)
            async with tocsin(folder, "version: 1\n") as process:
                await process.start()
                for number in range(count):
                    await process.event("polled", feed=server.url(f"/{number}.xml"))
                await asyncio.sleep(SETTLED_AFTER)
                own, children = _memory(process.pid)
                await process.stop()
    return [
        Figure(what="idle process with rules/: resident", value=own, unit="MB", limit=150),
        Figure(what="its parser processes, proportional", value=children, unit="MB"),
    ]


def _copy_rules(folder: Path, server: FeedServer) -> int:
    """Copy rules/, with its feeds at the loopback *server*; return how many there are."""
    rules = folder / "rules"
    rules.mkdir()
    numbers = range(len(load_rules(ROOT / "rules", environment={}).feeds))
    for source in (ROOT / "rules").glob("*.yml"):
        if source.name != "feeds.yml":
            (rules / source.name).write_bytes(source.read_bytes())
    urls = [server.url(f"/{number}.xml") for number in numbers]
    feeds = "\n".join(f"  - {{url: '{url}', publisher: P}}" for url in urls)
    (rules / "feeds.yml").write_text(f"version: 1\nfeeds:\n{feeds}\n", encoding="utf-8")
    for number in numbers:
        server.publish(f"/{number}.xml", rss(number, items=30))
    return len(urls)


def _memory(pid: int) -> tuple[float, float]:
    process = psutil.Process(pid)
    children = sum(child.memory_full_info().pss for child in process.children(recursive=True))
    return process.memory_info().rss / 2**20, children / 2**20
