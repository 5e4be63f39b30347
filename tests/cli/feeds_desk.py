"""An operator's folder and publishers on loopback, for the commands of `tocsin feeds`."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path
from xml.sax.saxutils import escape

import pytest

from alerts.cli import _exit_code
from tests.servers.feed_server import FeedServer

WATCHLISTS = """\
version: 1

watchlists:
  - {id: chemical, title: Chemical, keywords: [sarin]}
  - {id: weather, title: Weather, keywords: [storm]}
"""
DATE = "Fri, 01 Mar 2024 12:00:00 GMT"


@dataclass(frozen=True, slots=True)
class Told:
    """What a command said, and how it ended."""

    code: int
    out: str
    err: str


@dataclass
class Desk:
    """A folder with rule files, and a server that publishes."""

    folder: Path
    server: FeedServer
    capsys: pytest.CaptureFixture[str]

    async def run(self, *arguments: str) -> Told:
        """Run `tocsin feeds` with *arguments*, in a thread: it has a loop of its own."""
        code = await asyncio.to_thread(_exit_code, ["feeds", *arguments])
        said = self.capsys.readouterr()
        assert "Traceback" not in said.out + said.err
        return Told(code, said.out, said.err)

    def rules(self, name: str = "feeds.yml") -> str:
        return (self.folder / "rules" / name).read_text()

    def write(self, text: str, name: str = "feeds.yml") -> None:
        (self.folder / "rules" / name).write_text(text)

    def page(self, path: str, *links: str) -> str:
        """Publish a page that announces *links*; return its address."""
        kind = "application/rss+xml"
        tags = "".join(f"<link rel=alternate type={kind} href={link}>" for link in links)
        body = f"<html><head><title>A site</title>{tags}</head></html>"
        self.server.publish(path, body, content_type="text/html")
        return self.server.url(path)

    def feed(self, path: str, *titles: str, title: str = "Example Times", date: str = DATE) -> str:
        """Publish a feed with an item for each of *titles*; return its address."""
        dated = f"<pubDate>{date}</pubDate>" if date else ""
        items = "".join(
            f"<item><guid>{path}{name}</guid><title>{escape(name)}</title>"
            f"<link>https://news.example/{number}{path}</link>"
            f"{dated}</item>"
            for number, name in enumerate(titles)
        )
        head = f"<title>{escape(title)}</title><language>en-gb</language>"
        body = f"<rss version='2.0'><channel>{head}{items}</channel></rss>"
        self.server.publish(path, body)
        return self.server.url(path)


def list_feeds(*urls: str, publisher: str = "Example Times") -> str:
    """Return a rule file that names *urls*."""
    entries = "\n".join(f"  - url: {url}\n    publisher: {publisher}\n" for url in urls)
    return f"version: 1\n\nfeeds:\n{entries}"
