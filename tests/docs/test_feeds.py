"""docs/feeds.md says what the commands really say."""

from __future__ import annotations

import asyncio
import re
import shlex
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.storage import open_storage
from tests.builders import NOW, a_feed
from tests.docs.pages import blocks, read
from tests.servers.feed_server import FeedServer

SITE = "https://news.example.org"
PAGE = """\
<html><head><title>Example Times</title>
<link rel="alternate" type="application/rss+xml" href="/world.rss"></head>
<body><a href="/sport.rss">Sport</a></body></html>
"""
WATCHLISTS = "watchlists: [{id: chemical, title: Chemical, keywords: [sarin]}]\n"
LIST = """\
<opml version="2.0"><body>
<outline type="rss" text="Example Times" xmlUrl="https://news.example.org/world.rss"/>
<outline type="rss" text="Other News" xmlUrl="https://other.example.org/rss"/>
<outline type="rss" text="Old News" xmlUrl="ftp://old.example.org/rss"/>
</body></opml>
"""


def rss(title: str, *items: str) -> str:
    dated = format_datetime(datetime.now(UTC) - timedelta(hours=2))
    listed = "".join(
        f"<item><guid>{item}</guid><title>{item}</title><link>{SITE}/{number}{title[-3:]}</link>"
        f"<pubDate>{dated}</pubDate></item>"
        for number, item in enumerate(items)
    )
    head = f"<title>Example Times: {title}</title><language>en-gb</language>"
    return f"<rss version='2.0'><channel>{head}{listed}</channel></rss>"


def like(said: str) -> re.Pattern[str]:
    """Return what fits the text of a block: `…` on a line is anything, alone on one any lines."""
    lines = [
        "(?:.*\n)*?" if line == "…" else ".*?".join(map(re.escape, line.split("…"))) + " *\n"
        for line in said.splitlines()
    ]
    return re.compile("".join(lines))


async def test_the_page_says_what_the_commands_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watchlists.yml").write_text(WATCHLISTS)
    async with FeedServer() as server:
        here = server.url("")
        monkeypatch.setenv("TOCSIN_ALLOW_NETWORKS", f"127.0.0.1/32:{server.port}")
        server.publish("/", PAGE, content_type="text/html")
        server.publish("/world.rss", rss("World", "Sarin found", "Storm ahead"))
        server.publish("/sport.rss", rss("Sport", "Match won"))
        (tmp_path / "list.opml").write_text(LIST.replace(SITE, here))
        commands = [block for block in blocks(read("feeds.md")) if block.text.startswith("$ ")]
        for block in commands:
            command, _, said = block.text.partition("\n")
            if "feeds list" in command and not (tmp_path / "tocsin.db").exists():
                await enlist(here)
            typed = command.removeprefix("$ tocsin ").replace("news.example.org", here)
            await asyncio.to_thread(_exit_code, shlex.split(typed))
            told = capsys.readouterr()
            # A list leaves out the scheme of https.
            site = SITE.removeprefix("https://") if "feeds list" in command else SITE
            shown = (told.err + told.out).replace(here, site).replace(here[7:], SITE[8:])
            assert like(_even(said)).fullmatch(_even(shown)), f"line {block.line}:\n{shown}"
        assert len(commands) == 5


async def enlist(here: str) -> None:
    """Begin as `tocsin run` does, without a poll."""
    feed = a_feed(f"{here}/world.rss", publisher="Example Times")
    async with open_storage("sqlite:///tocsin.db", now=NOW) as storage:
        await storage.feeds.enlist([feed], {feed.url: NOW})


def _even(text: str) -> str:
    """Return *text* without what columns are filled up with."""
    return re.sub(" {2,}", "  ", text)
