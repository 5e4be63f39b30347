"""`tocsin feeds list`: a line a feed, what is broken first, and no password anywhere."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from datetime import timedelta
from fcntl import ioctl
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.cli.feeds.client import utc_now
from alerts.storage import PollRecord, open_storage
from tests.builders import NOW, a_feed, a_sighting, a_state, an_article

ADDRESS = "https://user:canary@www.{}.example/a/rather/long/path/to/the/feed/of/the/world.xml"
#: What each of the feeds is known for.
STATES: dict[str, dict[str, object]] = {
    "aleph": {"last_new_at": NOW - timedelta(hours=2), "gaps": 3, "last_gap_at": NOW, "late": 7},
    "beth": {"error": "the server answered 404 Not Found", "failures": 2.5},
    "gimel": {"stopped": True, "error": "the server answered 410 Gone", "gone_at": NOW},
    "daleth": {"unreliable_at": NOW},
}
_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
READ: dict[str, object] = {
    "last_polled_at": NOW,
    "last_read_at": NOW,
    "next_due_at": NOW + timedelta(minutes=20),
}


@pytest.fixture(autouse=True)
async def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    # Some library under test has it set for all that comes after.
    monkeypatch.delenv("COLUMNS", raising=False)
    names = [*STATES, "he"]
    feeds = [a_feed(ADDRESS.format(name), publisher=f"{name.title()} News") for name in names]
    async with open_storage("sqlite:///tocsin.db", now=NOW) as storage:
        await storage.feeds.enlist(feeds, {feed.url: NOW for feed in feeds})
        for name, fields in STATES.items():
            state = a_state(ADDRESS.format(name), **READ | fields)
            await storage.polls.record(PollRecord(state=state), now=NOW)


def listed(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[str]:
    assert _exit_code(["feeds", "list", *arguments]) == 0
    said = capsys.readouterr().out
    assert "canary" not in said
    return said.splitlines()


def test_each_feed_has_one_line_and_the_broken_come_first(
    capsys: pytest.CaptureFixture[str],
) -> None:
    head, *rows, summary = listed(capsys)
    assert head.split("  ")[0] == "Health"
    assert [row.split("  ")[0] for row in rows] == ["stopped", "failing", "never read", "ok", "ok"]
    assert [row.split()[-1] for row in rows[:2]] == ["Gone", "Found"]
    assert "20 min" in rows[3]
    assert "3 gaps, the last" in rows[3]
    assert "7 late" in rows[3]
    assert rows[4].endswith("its 304s hid articles")
    assert summary == "5 feeds: 1 stopped, 1 failing, 1 never read, 2 ok"


def test_what_goes_into_a_file_is_never_wrapped(capsys: pytest.CaptureFixture[str]) -> None:
    assert max(map(len, listed(capsys))) > 150
    assert len(listed(capsys)) == 7


@pytest.mark.parametrize(
    ("arguments", "names"),
    [
        (["--broken"], ["gimel", "beth"]),
        (["ALEPH"], ["aleph"]),
        (["news", "404"], ["beth"]),
        (["never", "read"], ["he"]),
        (["nobody"], []),
    ],
)
def test_feeds_are_chosen_by_words_and_health(
    arguments: list[str], names: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    rows = [line for line in listed(capsys, *arguments) if "example/" in line]
    assert [name for row in rows for name in (*STATES, "he") if f"{name}.example" in row] == names


def test_scripts_get_every_fact(capsys: pytest.CaptureFixture[str]) -> None:
    document = json.loads("\n".join(listed(capsys, "--format", "json", "aleph")))
    assert document == [
        {
            "url": ADDRESS.format("aleph").replace("user:canary@", ""),
            "effective_url": "",
            "publisher": "Aleph News",
            "health": "ok",
            "error": "",
            "failures": 0.0,
            "articles": 0,
            "gaps": 3,
            "late": 7,
            "pages": None,
            "identity_rule": None,
            "next_due_at": "2024-05-01T12:20:00+00:00",
            "baselined_at": None,
            "last_polled_at": NOW.isoformat(),
            "last_read_at": NOW.isoformat(),
            "last_new_at": "2024-05-01T10:00:00+00:00",
            "last_gap_at": NOW.isoformat(),
            "unreliable_at": None,
            "gone_at": None,
        }
    ]


async def test_pages_that_cannot_be_read_are_said(capsys: pytest.CaptureFixture[str]) -> None:
    url, now = ADDRESS.format("aleph"), utc_now()
    async with open_storage("sqlite:///tocsin.db", now=now) as storage:
        for name, age in (("read", 1), ("refused", 2), ("long ago", 24 * 8)):
            sighting = a_sighting(an_article(name, feed=url, seen_at=now - timedelta(hours=age)))
            poll = PollRecord(state=a_state(url, **READ), sightings=(sighting,), rule_set="r1")
            await storage.polls.record(poll, now=now)
        for text in await storage.full_texts.wanted([url], since=NOW, now=now):
            if text.article.guid == "urn:news:read":
                await storage.full_texts.read(text, None, rule_set="r1", now=now)
            else:
                await storage.full_texts.failed(text, "the server answered 403", due_at=None)
    (row,) = [line for line in await asyncio.to_thread(listed, capsys) if "aleph.example" in line]
    assert row.endswith("1 of 2 pages not read: the server answered 403")
    said = await asyncio.to_thread(listed, capsys, "--format", "json", "aleph")
    (document,) = json.loads("\n".join(said))
    assert document["pages"] == {"asked": 2, "unread": 1, "error": "the server answered 403"}


@pytest.mark.parametrize("width", [80, 160])
def test_on_a_terminal_the_table_is_as_wide_as_the_terminal(width: int, tmp_path: Path) -> None:
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 50, width, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key != "COLUMNS"}
    with os.fdopen(ours, "rb", buffering=0) as screen:
        subprocess.run(
            [sys.executable, "-m", "alerts", "feeds", "list"],
            stdout=theirs,
            check=True,
            cwd=tmp_path,
            env={**environment, "NO_COLOR": "1", "PYTHONPATH": str(Path(__file__).parents[2])},
        )
        os.close(theirs)
        said = screen.read(100_000).decode()
    lines = [_COLOUR.sub("", line) for line in said.splitlines()]
    assert max(map(len, lines)) <= width
    rows = [line for line in lines if "example" in line]
    assert [row.split("  ")[0] for row in rows] == ["stopped", "failing", "never read", "ok", "ok"]
    assert all("…" in row for row in rows) is (width == 80)
    assert lines[lines.index(rows[1]) + 1] == "  the server answered 404 Not Found"
