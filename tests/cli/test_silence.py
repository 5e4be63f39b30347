"""`tocsin silence` as an operator meets it, beside a process that works on the database."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.model import Severity
from alerts.storage import open_storage
from tests.builders import a_sighting, an_article
from tests.cli.terminals import in_a_terminal
from tests.storage.databases import list_feeds, record

URL = "sqlite:///tocsin.db"
RULES = """\
version: 1
feeds: [{url: "https://news.example/feed.xml", publisher: Example News}]
watchlists:
  - {id: bases, title: Bases, keywords: [blast], severity: medium, owner: syria-desk}
  - {id: idlib, title: Idlib, keywords: [idlib], severity: low}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("USER", "ada")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    return tmp_path


@pytest.fixture
async def database() -> None:
    """One alert that waits."""
    now = datetime.now(UTC)
    async with open_storage(URL, now=now) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting(an_article("a"), severity=Severity.MEDIUM), now=now)


async def ran(*arguments: str) -> int:
    """Run beside the test's own loop, as the command does beside another process."""
    return await asyncio.to_thread(_exit_code, ["silence", *arguments])


async def added(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert await ran("add", *arguments, "-c", "drill", "--format", "json") == 0
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


@pytest.mark.usefixtures("database")
async def test_it_says_when_it_ends_and_what_it_reaches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await ran("add", "owner=syria-desk", "--for", "2h", "-c", "drill of today") == 0
    said = capsys.readouterr().out
    assert 'silence 1: owner="syria-desk" until ' in said
    assert "UTC, in 2 h" in said
    assert "all of 1 watchlist: bases" in said
    assert "1 message that waited: held" in said
    assert "tocsin silence expire 1" in said


@pytest.mark.usefixtures("database")
async def test_scripts_read_what_was_made(capsys: pytest.CaptureFixture[str]) -> None:
    made = await added(capsys, "severity=low", 'place="Idlib"', "--for", "90m")
    assert made["matchers"] == ['severity="low"', 'place="Idlib"']
    assert (made["author"], made["comment"], made["lasts"]) == ("ada", "drill", True)
    assert made["watchlists"] == {"idlib": "sometimes"}
    assert made["held"] == 0
    begins, ends = (datetime.fromisoformat(made[name]) for name in ("begins_at", "ends_at"))
    assert ends - begins == timedelta(minutes=90)


@pytest.mark.usefixtures("database")
async def test_it_holds_beside_the_process_that_works(capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    async with open_storage(URL, now=now) as storage:
        await added(capsys, "watchlist=bases", "--until", (now + timedelta(days=1)).isoformat())
        [silence] = await storage.silences.lasting(now=datetime.now(UTC))
        assert silence.silenced == 1
        assert await ran("expire", "1") == 0
        assert "silence 1 is over; 1 match did not ring" in capsys.readouterr().out
        assert await storage.silences.lasting(now=datetime.now(UTC)) == []


@pytest.mark.usefixtures("database")
async def test_lists_show_what_lasts_and_what_is_over(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("list") == 0
    assert "nothing is silenced" in capsys.readouterr().out
    await added(capsys, "watchlist=bases", "--for", "2h")
    await added(capsys, "watchlist=idlib", "--for", "3h")
    assert await ran("expire", "1") == 0
    capsys.readouterr()
    assert await ran("list") == 0
    said = capsys.readouterr().out
    assert 'watchlist="idlib"' in said
    assert 'watchlist="bases"' not in said
    assert await ran("list", "--expired", "--format", "json") == 0
    [over] = json.loads(capsys.readouterr().out)
    assert (over["id"], over["lasts"]) == (1, False)


REASON = "an exercise until six, as the desk of the ministry has announced"


@pytest.mark.usefixtures("database")
async def test_a_terminal_cuts_no_list(capsys: pytest.CaptureFixture[str]) -> None:
    several = ["watchlist=bases", 'publisher=~"Example News|The Times of Elsewhere"', "tag=x"]
    assert await ran("add", *several, "--for", "6h", "-a", "ada@example.org", "-c", REASON) == 0
    long = f"watchlist=~{'c.*|' * 20}x"
    assert await ran("add", long, "--for", "90m", "-c", "x") == 0
    capsys.readouterr()
    lines = await asyncio.to_thread(in_a_terminal, "silence", "list")
    cells = [line[:30].split() for line in lines]
    assert [cell for cell in cells if cell][1:] == [
        ["2", "in", "90", "min", "0"],
        ["1", "in", "6", "h", "0"],
    ]
    said = [line[30:].strip() for line in lines]
    assert {
        'watchlist="bases"',
        'publisher=~"Example News|The Times of Elsewhere"',
        'tag="x"',
    } <= {*said}
    assert f"ada@example.org: {REASON}" in " ".join(said)
    assert 'watchlist=~"' + "c.*|" * 20 + 'x"' in "".join(said)
    assert max(map(len, lines)) <= 80


@pytest.mark.usefixtures("database")
async def test_in_a_pipe_each_silence_is_a_line(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert await ran("add", "watchlist=bases", "tag=x", "--for", "6h", "-c", REASON) == 0
    capsys.readouterr()
    assert await ran("list") == 0
    _, line = capsys.readouterr().out.splitlines()
    assert line.split("  ", 1)[0] == "1"
    assert line.endswith(f'watchlist="bases" tag="x"  ada: {REASON}')


@pytest.mark.usefixtures("database")
async def test_what_silences_everything_is_asked_for(capsys: pytest.CaptureFixture[str]) -> None:
    for matchers in ((), ('severity=~".*"',), ('publisher="Example News"',)):
        assert await ran("add", *matchers, "--for", "1h", "-c", "x") == 3
        assert "say --yes" in capsys.readouterr().err
    assert await ran("list") == 0
    assert "nothing is silenced" in capsys.readouterr().out
    made = await added(capsys, "--for", "1h", "--yes")
    assert made["matchers"] == []
    assert made["watchlists"] == {"bases": "always", "idlib": "always"}


@pytest.mark.usefixtures("database")
async def test_one_that_nothing_can_meet_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("add", "watchlist=bases", "severity=low", "--for", "1h", "-c", "x") == 0
    assert "no watchlist of the rule files can meet it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["severty=low", "--for", "1h", "-c", "x"], "severity"),
        (["severity=lw", "--for", "1h", "-c", "x"], "'low'"),
        (["watchlist=basis", "--for", "1h", "-c", "x"], "'bases'"),
        (["owner=syria-dsk", "--for", "1h", "-c", "x"], "'syria-desk'"),
        (["watchlist=~'('", "--for", "1h", "-c", "x"], "MATCHER"),
        (["watchlist=bases", "-c", "x"], "--for"),
        (["watchlist=bases", "--for", "1h", "--until", "2999-01-01", "-c", "x"], "--for"),
        (["watchlist=bases", "--for", "long", "-c", "x"], "--for"),
        (["watchlist=bases", "--until", "2020-01-01", "-c", "x"], "--until"),
        (["watchlist=bases", "--for", "1h"], "--comment"),
        (["watchlist=bases", "--for", "1h", "-c", " "], "--comment"),
    ],
)
@pytest.mark.usefixtures("database")
async def test_wrong_usage_says_the_way_out_and_writes_nothing(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("add", *arguments) == 3
    assert said in capsys.readouterr().err
    assert await ran("list", "--format", "json") == 0
    assert json.loads(capsys.readouterr().out) == []


@pytest.mark.usefixtures("database")
async def test_only_one_that_lasts_can_expire(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("expire", "7") == 3
    assert "no silence 7 lasts; none does" in capsys.readouterr().err
    await added(capsys, "watchlist=bases", "--for", "2h")
    assert await ran("expire", "7") == 3
    assert "these do: 1" in capsys.readouterr().err


async def test_without_a_database_there_is_nothing_to_silence(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("add", "watchlist=bases", "--for", "1h", "-c", "x") == 3
    assert "tocsin run" in capsys.readouterr().err
    assert not (folder / "tocsin.db").exists()
