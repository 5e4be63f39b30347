"""docs/first-watchlist.md is done as it says, in a folder of its own: files, edits, commands.

A `yaml` or `json` block behind a line that ends in "`NAME`:" is a file, a `diff` block an edit of it;
a `console` block is commands with their output, a `text` block what the running Tocsin says next.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import tomllib
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path

import yaml

from tests.docs.pages import Block, blocks, read
from tests.servers.feed_server import FeedServer

PAGE = read("first-watchlist.md")
BLOCKS = blocks(PAGE)

#: The feed of the page, and the command that stays.
FEED = "https://news.example.org/world.rss"
STAYS = "tocsin run --rules desk"
#: What the page may ask a shell to do.
ALLOWED = re.compile(
    r"tocsin (check|fmt|fmt --check|run --once) --rules desk"
    r"|tocsin match --rules desk < articles\.jsonl"
    r"|tocsin schema > desk/tocsin\.schema\.json"
    r"|tocsin status|echo \$\?"
)
_FILE = re.compile(r"`([\w./-]+)`:$")
_PORT = re.compile(r"127\.0\.0\.1:\d+(?=/ )")
#: Seconds for a command, and for a line of the one that stays; a busy machine is slow.
PATIENCE = 60.0

NEWS = """<?xml version="1.0" encoding="utf-8"?>
<rss version="2.0"><channel><title>World</title><link>https://news.example.org/</link>
<item><guid>1</guid><link>https://news.example.org/1</link><pubDate>{date}</pubDate>
<title>Doctors in Khan Shaykhun treat patients for nerve agents</title></item>
<item><guid>2</guid><link>https://news.example.org/2</link><pubDate>{date}</pubDate>
<title>Harbour fair opens</title></item>
</channel></rss>
"""


@dataclass(slots=True)
class Reader:
    """Somebody who does what the page says."""

    folder: Path
    #: Where the feed of the page really is.
    feed: str
    #: The exit code of the last command.
    code: int = 0
    running: list[asyncio.subprocess.Process] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        return {
            "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.defpath}",
            "HOME": str(self.folder),
            "LANG": "C.UTF-8",
            "NO_COLOR": "1",
            "TOCSIN_ALLOW_NETWORKS": "127.0.0.0/8",
            "TOCSIN_LISTEN": "127.0.0.1:0",
            "TOCSIN_LOG_FORMAT": "console",
        }

    async def follow(self, block: Block) -> None:
        """Do what *block* says, and expect what it shows."""
        if block.language == "console":
            await self.type_in(block)
        elif block.language == "text":
            await self.expect_lines(block.text)
        elif named := _FILE.search(block.before):
            path = self.folder / named[1]
            if block.language == "diff":
                self.edit(path, block)
            else:
                self.write(path, block.text)

    def write(self, path: Path, text: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text.replace(FEED, self.feed), encoding="utf-8")

    def edit(self, path: Path, block: Block) -> None:
        """Replace the lines of *block* without a plus by those without a minus."""
        text = path.read_text(encoding="utf-8")
        old, new = (
            "".join(
                f"{line[1:]}\n" for line in block.text.splitlines() if not line.startswith(sign)
            )
            for sign in "+-"
        )
        assert text.count(old) == 1, f"line {block.line}: {path.name} has no such lines"
        self.write(path, text.replace(old, new))

    async def type_in(self, block: Block) -> None:
        for part in re.split(r"^\$ ", block.text, flags=re.MULTILINE)[1:]:
            command, _, shown = part.partition("\n")
            if command == STAYS:
                await self.start(shown)
            else:
                assert ALLOWED.fullmatch(command), command
                agree(await self.run(command), shown, block)

    async def run(self, command: str) -> str:
        """Return what *command* prints on both streams."""
        process = await self.process(f"(exit {self.code}); {command}")
        try:
            said, _ = await asyncio.wait_for(process.communicate(), PATIENCE)
        except TimeoutError:
            os.killpg(process.pid, signal.SIGKILL)
            raise
        self.code = process.returncode or 0
        return self.shown(said)

    async def start(self, shown: str) -> None:
        self.running.append(await self.process(f"exec {STAYS}"))
        await self.expect_lines(shown)

    async def expect_lines(self, shown: str) -> None:
        """Expect the one that stays to say *shown*, and perhaps other lines before each."""
        (process,) = self.running
        assert process.stdout is not None
        for wanted in shown.splitlines():
            async with asyncio.timeout(PATIENCE):
                line = ""
                while not is_like(line, wanted):
                    said = await process.stdout.readline()
                    assert said, f"it ended without saying\n{wanted}"
                    line = self.shown(said).rstrip("\n")

    async def process(self, command: str) -> asyncio.subprocess.Process:
        return await asyncio.create_subprocess_shell(
            command,
            cwd=self.folder,
            env=self.environment,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
        )

    def shown(self, said: bytes) -> str:
        """Return *said* with the addresses that the page has."""
        text = said.decode("utf-8").replace(self.feed, FEED)
        return _PORT.sub("127.0.0.1:8080", text)

    async def leave(self) -> None:
        """Stop what stays; it must end well."""
        for process in self.running:
            if process.returncode is None:
                process.terminate()
            try:
                await asyncio.wait_for(process.communicate(), PATIENCE)
            except TimeoutError:
                process.kill()
                raise
            assert process.returncode == 0


def agree(said: str, shown: str, block: Block) -> None:
    """Compare line by line; an ellipsis stands for anything on its line, and alone for the rest."""
    said_lines, shown_lines = said.rstrip().splitlines(), shown.rstrip().splitlines()
    if shown_lines[-1:] == ["…"]:
        shown_lines.pop()
        del said_lines[len(shown_lines) :]
    at = f"line {block.line}:"
    assert len(said_lines) == len(shown_lines), f"{at}\n{said}"
    for line, wanted in zip(said_lines, shown_lines, strict=True):
        assert is_like(line, wanted), f"{at}\n{line}\nis not\n{wanted}"


def is_like(line: str, wanted: str) -> bool:
    return re.fullmatch(".+".join(map(re.escape, wanted.split("…"))), line) is not None


@asynccontextmanager
async def at_work(folder: Path) -> AsyncIterator[Reader]:
    async with AsyncExitStack() as stack:
        server = await stack.enter_async_context(FeedServer())
        date = format_datetime(datetime.now(UTC) - timedelta(hours=1))
        server.publish("/world.rss", NEWS.format(date=date))
        reader = Reader(folder, server.url("/world.rss"))
        stack.push_async_callback(reader.leave)
        yield reader


async def test_everything_happens_as_the_page_says(tmp_path: Path) -> None:
    async with at_work(tmp_path) as reader:
        for block in BLOCKS:
            await reader.follow(block)
        # What stands there in the end is good, and the editor's line leads to a schema.
        assert "all good" in await reader.run("tocsin check --rules desk")
        first, _, _ = (tmp_path / "desk" / "feeds.yml").read_text().partition("\n")
        schema = (tmp_path / "desk" / first.partition("$schema=")[2]).read_text()
        assert "watchlists" in json.loads(schema)["properties"]


async def test_the_steps_of_the_workflow_pass(tmp_path: Path) -> None:
    async with at_work(tmp_path) as reader:
        for block in BLOCKS:
            if block.language in ("yaml", "diff"):
                await reader.follow(block)
        workflow = yaml.safe_load((tmp_path / ".github" / "workflows" / "rules.yml").read_text())
        steps = [step.get("run", "") for step in workflow["jobs"]["check"]["steps"]]
        commands = [step for step in steps if step.startswith("tocsin ")]
        assert len(commands) == 3
        await reader.run("tocsin fmt --rules desk")
        for command in commands:
            said = await reader.run(command)
            assert reader.code == 0, said
        log = json.loads((tmp_path / "tocsin.sarif").read_text())
        assert log["runs"][0]["results"] == []


def test_the_page_shows_what_it_is_for() -> None:
    commands = re.findall(r"^\$ (.*)", PAGE, re.MULTILINE)
    for verb in ("check", "match", "run --once", "run", "status", "fmt", "schema"):
        assert any(
            command.startswith(f"tocsin {verb} ") or command == f"tocsin {verb}"
            for command in commands
        )
    files = {found[1] for block in BLOCKS if (found := _FILE.search(block.before))}
    assert {"desk/feeds.yml", "desk/watchlists.yml", "desk/entities.yml"} <= files


def test_settings_of_editors_can_be_read() -> None:
    (code,) = [block.text for block in BLOCKS if block.before.endswith("settings.json`:")]
    assert "yaml.schemas" in json.loads(code)
    (helix,) = [block.text for block in BLOCKS if block.language == "toml"]
    assert tomllib.loads(helix)["language"][0]["formatter"]["args"] == ["fmt", "-"]
