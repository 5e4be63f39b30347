"""docs/explain.md says what the commands really say."""

from __future__ import annotations

import asyncio
import re
import shlex
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from tests.builders import an_article
from tests.docs.pages import blocks, read
from tests.workbench.newsroom import newsroom

NOW = datetime.now(UTC) - timedelta(hours=2)
SARIN = an_article(
    "sarin",
    title="Sarin used in Khan Shaykhun",
    summary="",
    published_at=NOW - timedelta(minutes=4),
)


async def test_the_page_says_what_the_commands_say(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    page = blocks(read("explain.md"))
    [rules] = [block.text for block in page if block.language == "yaml"]
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(rules)
    async with newsroom("sqlite:///tocsin.db", rules, now=NOW) as news:
        await news.see(SARIN)
        news.clock.advance(seconds=12)
        await news.send("telegram")
    commands = [block for block in page if block.text.startswith("$ ")]
    for block in commands:
        command, _, said = block.text.partition("\n")
        await asyncio.to_thread(_exit_code, shlex.split(command.removeprefix("$ tocsin ")))
        told = capsys.readouterr()
        shown = "".join(f"{line.rstrip()}\n" for line in (told.err + told.out).splitlines())
        assert _like(said).fullmatch(shown), f"line {block.line}:\n{shown}"
    assert len(commands) == 3


def _like(said: str) -> re.Pattern[str]:
    """Return what fits *said*; `…` is anything on a line."""
    return re.compile(".*?".join(map(re.escape, said.split("…"))))
