"""Somebody on duty: a month in the archive, a Tocsin that runs, and a folder of rules beside it."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from email.utils import format_datetime
from itertools import cycle
from pathlib import Path

from tests.builders import an_article
from tests.cli.terminals import in_a_terminal
from tests.docs.pages import Block
from tests.servers.feed_server import FeedServer
from tests.workbench.newsroom import newsroom

FEED = "https://news.example.org/world.rss"
SITE = "https://news.example.org"
#: Seconds for a line of the Tocsin that runs; a busy machine is slow.
PATIENCE = 60.0

#: What a month brought besides the fillers: days ago, time of day, page and headline.
NEWS = (
    (26, "07:41", "chlorine", "Chlorine attack kills four in Khan Shaykhun"),
    (19, "10:02", "jobs", "Chemical industry of Idlib looks for workers"),
    (17, "21:30", "rocket", "Rocket lands beside Hmeymim air base"),
    (11, "05:17", "swarm", "Hmeymim: loitering munitions shot down at dawn"),
    (6, "16:48", "warehouse", "Chemical weapons found in a warehouse in Idlib"),
    (4, "12:20", "drones", "Drones over Khmeimim for the third night"),
    (1, "18:14", "fair", "Chemical industry fair opens in Idlib"),
    (1, "23:52", "munition", "Loitering munition hits hangar at Humaymim"),
)
TOPICS = ("Harbour", "School", "Power station", "Market", "Bridge", "Court", "Railway", "Hospital")
TOWNS = ("Tartus", "Aleppo", "Homs", "Beirut", "Hama", "Amman", "Mersin")


@dataclass(slots=True)
class Duty:
    """An operator's folder, with a Tocsin that runs on a checkout of it."""

    folder: Path
    server: FeedServer
    today: date = field(default_factory=lambda: datetime.now(UTC).date())
    running: asyncio.subprocess.Process | None = None
    #: Items of the feed, the newest last.
    listed: list[str] = field(default_factory=list)
    #: Everything that the running Tocsin printed.
    said: list[str] = field(default_factory=list)

    @property
    def rules(self) -> Path:
        return self.folder / "rules" / "rules.yml"

    async def begin(self, rules: str) -> None:
        """Write the rule file, fill the archive, and start what runs."""
        self.rules.parent.mkdir()
        self.rules.write_text(self.on_this_machine(rules))
        self.publish(("harbour", "Harbour opens again"))
        await fill(self.rules.read_text(), self.server.url("/world.rss"), self.today)
        for command in (
            "git init -q -b main",
            "git add rules",
            "git commit -q -m 'The rules'",
            "git clone -q . ../live",
            "git -C ../live config receive.denyCurrentBranch updateInstead",
            "git remote add live ../live",
        ):
            self.shell(command)
        self.running = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "alerts", "run", "--rules", "../live/rules"),
            env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
        )
        for line in ("… running …", "… polled …"):
            await self.hear(line)

    async def hear(self, wanted: str) -> str:
        """Return the line like *wanted*; others may be printed before it."""
        assert self.running is not None
        assert self.running.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while True:
                said = await self.running.stdout.readline()
                assert said, f"it ended without saying\n{wanted}"
                self.said.append(said.decode().rstrip())
                if is_like(self.said[-1], wanted):
                    return self.said[-1]

    def publish(self, *items: tuple[str, str]) -> None:
        """Let the feed list *items*, too: pages and headlines."""
        dated = format_datetime(datetime.now(UTC))
        self.listed += [
            f"<item><guid>{SITE}/{page}</guid><link>{SITE}/{page}</link><title>{title}</title>"
            f"<pubDate>{dated}</pubDate></item>"
            for page, title in items
        ]
        head = f"<title>Example Times</title><link>{SITE}/</link><language>en</language>"
        body = f"{head}{''.join(self.listed)}"
        self.server.publish("/world.rss", f"<rss version='2.0'><channel>{body}</channel></rss>")

    def edit(self, block: Block) -> None:
        """Replace the lines of *block* without a plus by those without a minus."""
        text = self.rules.read_text()
        old, new = (
            "".join(
                f"{line[1:]}\n" for line in block.text.splitlines() if not line.startswith(sign)
            )
            for sign in "+-"
        )
        assert text.count(old) == 1, f"line {block.line}: there are no such lines"
        self.rules.write_text(text.replace(old, new))

    async def type_in(self, command: str) -> list[str]:
        """Return what *command* shows."""
        if command.startswith("git "):
            return self.shell(command)
        arguments = shlex.split(command.removeprefix("tocsin "))
        return await asyncio.to_thread(in_a_terminal, *arguments)

    def shell(self, command: str) -> list[str]:
        done = subprocess.run(
            command, shell=True, cwd=self.folder, check=True, capture_output=True, text=True
        )
        return (done.stdout + done.stderr).splitlines()

    def on_this_machine(self, text: str) -> str:
        """Let the feed be ours, and read at once."""
        return text.replace(FEED, self.server.url("/world.rss")).replace(
            "interval: 5m", "interval: 1s"
        )

    async def end(self) -> None:
        """Stop what runs; it must end well."""
        if self.running is None or self.running.returncode is not None:
            return
        self.running.terminate()
        try:
            rest, _ = await asyncio.wait_for(self.running.communicate(), PATIENCE)
        except TimeoutError:
            self.running.kill()
            raise
        self.said += rest.decode().splitlines()
        assert self.running.returncode == 0


async def fill(rules: str, feed: str, today: date) -> None:
    """Store a month of articles as polls did, and what was sent of them."""
    midnight = datetime.combine(today, time(), UTC)
    begun = midnight - timedelta(days=30)
    async with newsroom(os.environ["TOCSIN_DATABASE_URL"], rules, now=begun, feed=feed) as news:
        for at, page, title in sorted([*fillers(midnight), *told(midnight)]):
            news.clock.now = at
            await news.see(
                an_article(
                    page,
                    feed=feed,
                    publisher="Example Times",
                    guid=f"{SITE}/{page}",
                    url=f"{SITE}/{page}",
                    title=title,
                    summary="",
                    published_at=at - timedelta(minutes=4),
                )
            )
            news.clock.advance(seconds=2)
            await news.send("console", message_id="")


def told(midnight: datetime) -> Iterator[tuple[datetime, str, str]]:
    for days, clock, page, title in NEWS:
        at = time.fromisoformat(clock)
        yield (
            midnight - timedelta(days=days) + timedelta(hours=at.hour, minutes=at.minute),
            page,
            title,
        )


def fillers(midnight: datetime) -> Iterator[tuple[datetime, str, str]]:
    """Yield three articles a day that concern nobody."""
    topics, towns = cycle(TOPICS), cycle(TOWNS)
    for number in range(81):
        at = midnight - timedelta(days=28) + timedelta(hours=8 * number, minutes=number)
        title = f"{next(topics)} in {next(towns)} closed until day {number}"
        yield at, f"news-{number}", title


@asynccontextmanager
async def on_duty(folder: Path) -> AsyncIterator[Duty]:
    async with FeedServer() as server:
        duty = Duty(folder, server)
        try:
            yield duty
        finally:
            await duty.end()


def is_like(line: str, wanted: str) -> bool:
    """Tell whether *line* is as *wanted*, where an ellipsis stands for anything."""
    return re.fullmatch(".*?".join(map(re.escape, wanted.split("…"))), line) is not None
