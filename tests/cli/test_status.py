"""`tocsin status`: one screen, true, and exit code 1 when somebody must do something."""

from __future__ import annotations

import asyncio
import json
import os
import re
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.model import Answer, Destination, FeedState, LabelMatcher
from alerts.storage import PollRecord, Storage, open_storage
from alerts.storage.muted import MuteKind, Subject
from alerts.watchlists.contents import Contents
from tests.builders import CHAT, a_destination, a_feed, a_sighting, a_state, an_article
from tests.cli.terminals import in_a_terminal
from tests.storage.databases import list_feeds, record

URL = "sqlite:///tocsin.db"
FEED = "https://user:canary@news.example/feed.xml"
NOW = datetime.now(UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    return tmp_path


def read_well(url: str = FEED, **fields: Any) -> FeedState:
    given: dict[str, Any] = {
        "next_due_at": NOW + DAY,
        "last_polled_at": NOW - MINUTE,
        "last_read_at": NOW - MINUTE,
    }
    return a_state(url, **given | fields)


async def keep_rules(storage: Storage) -> None:
    await storage.rule_archive.keep(
        Contents.of_files({"a.yml": b"version: 1\n"}), now=NOW - 3 * DAY
    )


@pytest.fixture
async def storage() -> AsyncIterator[Storage]:
    """A database that a process works on, with a feed that is read well and one article."""
    async with open_storage(URL, now=NOW) as storage:
        await keep_rules(storage)
        await list_feeds(storage, a_feed(FEED), first_due_at=NOW + DAY)
        article = an_article(seen_at=NOW - MINUTE, feed=FEED)
        sighting = a_sighting(article, to=[later()])
        await record(storage, sighting, state=read_well(), now=NOW - MINUTE)
        yield storage


def later() -> Destination:
    return a_destination(due_at=NOW + DAY)


async def ran(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str]:
    code = await asyncio.to_thread(_exit_code, ["status", *options])
    said = capsys.readouterr().out
    assert "canary" not in said
    return code, said


async def told(capsys: pytest.CaptureFixture[str]) -> tuple[int, dict[str, Any]]:
    code, said = await ran(capsys, "--format", "json")
    return code, json.loads(said)


async def test_all_is_well(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    code, said = await ran(capsys)
    assert code == 0
    for words in (
        "running     process ",
        "in force since",
        "feeds       1: 1 ok",
        "polls       last ",
        "articles    1 in 24 h; 1 stored",
        "matches     1 in 24 h",
        "deliveries  1 pending",
        "all is well",
    ):
        assert words in said


async def test_answers_that_wait_are_counted_and_need_nobody(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    made = NOW - timedelta(hours=1)
    await storage.answers.put("update 7", CHAT, Answer(html="Paused."), now=made)
    code, said = await ran(capsys)
    assert code == 0
    assert "deliveries  1 pending, 1 answer waits" in said
    _, document = await told(capsys)
    assert document["deliveries"]["answers_waiting"] == 1
    assert document["deliveries"]["lag_s"] == 0


async def test_moments_have_one_form(storage: Storage, capsys: pytest.CaptureFixture[str]) -> None:
    _, said = await ran(capsys)
    form = r"since \d{4}-\d\d-\d\d \d\d:\d\d UTC, \d+ (?:s|min|h|d) ago\n"
    running, rules, *_ = said.splitlines(keepends=True)
    assert re.search(rf"process {os.getpid()} on .* {form}", running)
    assert re.search(rf"in force {form}", rules)


@pytest.mark.parametrize(
    ("days", "said"),
    [
        ([0.5], "1 in 24 h, 0.1 a day of late"),
        ([1.5, 2.5, 3.5], "0 in 24 h, 0.4 a day of late"),
        ([2.5] * 21, "0 in 24 h, 3 a day of late"),
        ([2.5] * 72, "0 in 24 h, 10 a day of late"),
        ([], "0 in 24 h, 0 a day of late"),
    ],
)
async def test_what_comes_now_and_then_is_not_nothing(
    days: list[float], said: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    del folder
    async with open_storage(URL, now=NOW) as storage:
        await list_feeds(storage, a_feed(FEED), first_due_at=NOW + DAY)
        for number, age in enumerate([30.0, *days]):
            article = an_article(str(number), seen_at=NOW - age * DAY, feed=FEED)
            sighting = a_sighting(article, watchlists=())
            await record(storage, sighting, state=read_well(), now=NOW - age * DAY)
    _, told = await ran(capsys)
    assert f"articles    {said}; {len(days) + 1} stored\n" in told


async def test_scripts_are_told_the_same(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    code, document = await told(capsys)
    assert (code, document["ok"], document["troubles"]) == (0, True, [])
    assert document["articles"] == {"stored": 1, "day": 1, "week": 1}
    assert document["deliveries"]["pending"] == 1
    assert str(document["running"]).startswith("process ")


async def test_a_refused_edit_needs_somebody(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    await storage.overview.note_refusal("rules/a.yml:3:1: R201 unknown key\nand more")
    code, said = await ran(capsys)
    assert code == 1
    assert "newest edit refused: rules/a.yml:3:1: R201 unknown key\n" in said
    assert "was refused: tocsin check" in said


@pytest.mark.parametrize(
    ("fields", "health", "code"),
    [
        ({"error": "the server answered 503", "failures": 0.5}, "failing", 0),
        ({"error": "404", "failures": 9.0, "last_read_at": NOW - 2 * DAY}, "broken", 1),
        ({"stopped": True, "gone_at": NOW, "error": "410 Gone"}, "stopped", 1),
        ({"last_read_at": None, "last_polled_at": None}, "never_read", 0),
    ],
)
async def test_feeds_that_need_somebody_are_told_from_those_that_mend_themselves(
    fields: dict[str, Any],
    health: str,
    code: int,
    storage: Storage,
    capsys: pytest.CaptureFixture[str],
) -> None:
    await storage.polls.record(PollRecord(state=read_well(**fields)), now=NOW)
    found, document = await told(capsys)
    assert found == code
    assert (document["feeds"][health], document["feeds"]["ok"]) == (1, 0)


async def test_only_the_worst_feeds_are_named(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    urls = [f"https://{number}.example/rss" for number in range(9)]
    feeds = [a_feed(url, publisher=f"Paper {url[8]}\x1b[31m") for url in urls]
    await list_feeds(storage, *feeds, first_due_at=NOW + DAY)
    for url in urls:
        failed = read_well(url, error="404 Not Found\u202e", failures=1.0)
        await storage.polls.record(PollRecord(state=failed), now=NOW)
    _, said = await ran(capsys)
    assert said.count("404 Not Found") == 3
    assert "and 6 more: tocsin feeds list" in said
    assert "\x1b" not in said
    assert "\u202e" not in said


async def test_late_polls_and_messages_need_somebody(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    due = read_well(next_due_at=NOW - 20 * MINUTE)
    overdue = a_sighting(an_article("b"), to=[a_destination("9", due_at=NOW - 20 * MINUTE)])
    await record(storage, overdue, state=due, now=NOW)
    code, said = await ran(capsys)
    assert code == 1
    # A busy machine may come here minutes later.
    assert re.search(r"one has been due for 2\d min", said)
    assert re.search(r"the oldest that waits was due 2\d min ago", said)
    assert "polls are late: tocsin doctor" in said


async def test_a_host_that_asked_for_a_pause_is_not_late(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    due = read_well(next_due_at=NOW - 20 * MINUTE)
    await storage.polls.record(PollRecord(state=due), now=NOW)
    await storage.hosts.pause("*.example", NOW + DAY, now=NOW)
    assert (await ran(capsys))[0] == 0


async def test_dead_letters_and_paused_channels_need_somebody(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    until = NOW + 2 * DAY
    [leased] = await storage.outbox.lease_due("telegram", now=NOW + DAY, until=until, limit=1)
    await storage.outbox.mark_dead(leased, "400")
    await storage.outbox.pause("email", "535 login failed", now=NOW)
    code, said = await ran(capsys)
    assert code == 1
    assert "deliveries  1 dead" in said
    assert "1 dead letter this week: tocsin deliveries list --state dead" in said
    assert "paused      email: 535 login failed" in said
    assert "email refuses us, and is paused: tocsin doctor" in said


async def test_nothing_runs(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """`run --once` by a timer is no trouble; what waits meanwhile is."""
    async with open_storage(URL, now=NOW) as storage:
        await keep_rules(storage)
        await list_feeds(storage, a_feed(FEED), first_due_at=NOW + DAY)
    code, said = await ran(capsys)
    assert (code, "nothing: no process works on the database" in said) == (0, True)
    async with open_storage(URL, now=NOW) as storage:
        due = read_well(next_due_at=NOW - 20 * MINUTE)
        await storage.polls.record(PollRecord(state=due), now=NOW)
    code, said = await ran(capsys)
    assert (code, "nothing runs, and polls wait: tocsin run" in said) == (1, True)


async def test_the_last_backup_is_known(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await asyncio.to_thread(_exit_code, ["backup", "copy.db"]) == 0
    _, said = await ran(capsys)
    assert "last backup" in said
    assert "copy.db" in said


async def test_silences_and_mutes_are_counted(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    _, document = await told(capsys)
    assert (document["silences"], document["mutes"]) == (0, 0)
    low = LabelMatcher(label="severity", operator="=", value="low")
    for until in (NOW + DAY, NOW - MINUTE):
        await storage.silences.begin(
            [low], author="a", comment="c", until=until, watchlists={}, now=NOW - DAY
        )
    for kind, until in ((MuteKind.WATCHLIST, NOW + DAY), (MuteKind.STORY, NOW - MINUTE)):
        subject = Subject(kind=kind, value="bases", title="Bases")
        await storage.mutes.begin(subject, CHAT, "desk", until=until, now=NOW - DAY)
    code, said = await ran(capsys)
    assert code == 0
    assert "quiet       1 silence, 1 mute\n" in said


async def test_it_fits_one_screen(storage: Storage) -> None:
    """At its worst: everything is wrong at once."""
    urls = [f"https://{number}.example/a/rather/long/path/to/the/feed.xml" for number in range(9)]
    feeds = [a_feed(url, publisher="A Publisher With a Long Name") for url in urls]
    await list_feeds(storage, *feeds, first_due_at=NOW - DAY)
    for url in urls:
        broken = read_well(url, error="x" * 200, failures=9.0, last_read_at=NOW - 2 * DAY)
        await storage.polls.record(PollRecord(state=broken), now=NOW)
    gone = read_well(urls[0], stopped=True, error="410 Gone")
    overdue = a_sighting(an_article("b"), to=[a_destination("9", due_at=NOW - 20 * MINUTE)])
    await record(storage, overdue, state=gone, now=NOW)
    await storage.overview.note_refusal("rules/a.yml:3:1: " + "R201 unknown key " * 9)
    for channel in ("email", "telegram", "webhook"):
        await storage.outbox.pause(channel, "refused " * 20, now=NOW)
    lines = await asyncio.to_thread(in_a_terminal, "status")
    assert len(lines) <= 24
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("storage")
async def test_colours_obey_no_color(monkeypatch: pytest.MonkeyPatch) -> None:
    coloured = await asyncio.to_thread(in_a_terminal, "status", clean=False)
    assert any("\x1b[32m" in line for line in coloured)
    monkeypatch.setenv("NO_COLOR", "1")
    plain = await asyncio.to_thread(in_a_terminal, "status", clean=False)
    assert not any("\x1b[32m" in line for line in plain)
