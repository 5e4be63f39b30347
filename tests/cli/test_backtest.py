"""`tocsin backtest` and `tocsin replay` as an operator meets them."""

from __future__ import annotations

import asyncio
import json
import os
import pty
import signal
import subprocess
import sys
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.model import Sighting
from alerts.storage import open_storage
from tests.workbench.archives import BEGUN, seen, store

RULES = """\
version: 1
watchlists:
  - {id: sarin, title: Sarin, keywords: [sarin], severity: high}
  - {id: idlib-talks, title: Talks in Idlib, places: [Idlib], keywords: [talks]}
  - {id: trial, title: Trial, keywords: [chlorine], status: experimental}
"""
ARTICLES = (
    seen("a", "Sarin | <b>used</b> in @Idlib \x1b[31m", summary="Sarin."),
    seen("b", "More sarin", hours=30),
    seen("c", "Chlorine", hours=31),
)
#: The whole time of the articles.
WHEN = ("--since", "2026-10-31", "--until", "2026-11-09")


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    for name in ("rules", "other"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "rules.yml").write_text(RULES)
    return tmp_path


async def ran(command: str, *arguments: str, articles: Sequence[Sighting] = ARTICLES) -> int:
    """Run beside the test's own loop, over *articles*."""
    here = Path()
    if not _is_there(here):
        await store(here, *articles)
    return await asyncio.to_thread(_exit_code, [command, *arguments])


def _is_there(folder: Path) -> bool:
    return (folder / "tocsin.db").exists()


def edit(folder: Path, old: str, new: str) -> None:
    path = folder / "rules.yml"
    path.write_text(path.read_text().replace(old, new))


# --- backtest ---------------------------------------------------------------------------------


async def test_a_table_and_headlines_are_for_people(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("backtest", *WHEN) == 0
    said = capsys.readouterr().out
    assert "Backtest of rules, 31 Oct to 8 Nov 2026" in said
    assert "3 articles were news when they were seen" in said
    assert "sarin" in said
    assert "all together" in said
    assert "Silent: 1 watchlist: idlib-talks" in said
    assert "Experimental: sent to nobody" in said
    assert "2 Nov 18:00 More sarin" in said
    assert "\x1b[31m" not in said
    assert max(map(len, said.split("One story")[0].splitlines())) <= 80


async def test_scripts_get_one_document_and_the_same_each_time(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await ran("backtest", "--format", "json", *WHEN) == 0
    first = capsys.readouterr().out
    told: dict[str, Any] = json.loads(first)
    assert told["rules"]["alerts"] == 2
    sarin = next(one for one in told["rules"]["watchlists"] if one["id"] == "sarin")
    assert (sarin["alerts"], sum(sarin["by_day"]), sarin["receivers"]) == (2, 2, {"console": 2})
    assert sarin["samples"][0]["evidence"][0]["surface"] == "sarin"
    assert await ran("backtest", "--format", "json", *WHEN) == 0
    assert capsys.readouterr().out == first


async def test_whole_days_are_looked_back_at(capsys: pytest.CaptureFixture[str]) -> None:
    now = datetime.now(UTC)
    articles = [seen("now", "Sarin", seen_at=now - timedelta(minutes=1))]
    assert await ran("backtest", "--since", "2d", "--format", "json", articles=articles) == 0
    told = json.loads(capsys.readouterr().out)
    assert told["since"].endswith("T00:00:00+00:00")
    assert told["articles"] == 1


async def test_an_edit_is_compared(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    edit(folder / "rules", "keywords: [sarin], severity: high", "keywords: [chlorine]")
    assert await ran("backtest", "--against", "other", *WHEN) == 0
    said = capsys.readouterr().out
    assert "Backtest of rules against other" in said
    assert "2 → 1 alert." in said
    assert "+1    -2  high → medium" in said
    assert "2 others ring as before" in said
    assert await ran("backtest", "--against", "other", "--format", "json", *WHEN) == 0
    (change,) = json.loads(capsys.readouterr().out)["differences"]
    assert (change["id"], change["won"], change["lost"]) == ("sarin", 1, 2)
    assert (change["before"]["severity"], change["after"]["severity"]) == ("high", "medium")


async def test_an_edit_that_changes_nothing_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("backtest", "--against", "other", *WHEN) == 0
    assert "The rule files are the same. 2 alerts before and after." in capsys.readouterr().out


async def test_a_comment_for_a_review_takes_no_headline_for_markup(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder / "rules", "[sarin]", "[tabun]")
    assert await ran("backtest", "--against", "other", "--format", "markdown", *WHEN) == 0
    said = capsys.readouterr().out
    assert said.startswith("### Backtest: 0 stories won, 2 lost\n")
    assert "| <code>sarin</code> | 2 → 0 |  | -2 |  |" in said
    assert "<details><summary><code>sarin</code>: -2</summary>" in said
    assert "<b>Sarin</b> \\| &lt;b&gt;used&lt;/b&gt; in @\u2060Idlib" in said
    assert "\x1b" not in said
    edit(folder / "rules", "[tabun]", "[sarin]")
    assert await ran("backtest", "--format", "markdown", *WHEN) == 0
    assert "### Backtest: 2 alerts, 0.2 a day" in capsys.readouterr().out


async def test_rules_that_cannot_be_loaded_are_complained_of_by_their_place(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    edit(folder / "other", "severity: high", "severity: hihg")
    assert await ran("backtest", "--against", "other", *WHEN) == 2
    assert "other/rules.yml:3:" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "hint"),
    [
        (["--watchlist", "talks"], "the nearest are 'idlib-talks'"),
        (["--against", "nowhere"], "in no git repository"),
        (["--since", "yesterday"], "--since"),
        (["--since", "2026-11-02", "--until", "2026-11-01"], "not behind --since"),
        (["--samples", "-1"], "--samples"),
        (["--format", "xml"], "--format"),
    ],
)
async def test_wrong_usage_exits_with_3_and_says_the_way_out(
    options: list[str], hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("backtest", *options) == 3
    assert hint in " ".join(capsys.readouterr().err.replace("│", "").split())


async def test_an_empty_archive_is_no_error(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("backtest", articles=()) == 0
    assert "The database is empty: `tocsin run`" in capsys.readouterr().out


async def test_a_time_without_articles_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("backtest", "--since", "2020-01-01", "--until", "2020-02-01") == 0
    assert "The database holds 3 articles" in capsys.readouterr().out


async def test_before_the_first_run_there_is_nothing(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await asyncio.to_thread(_exit_code, ["backtest"]) == 3
    assert "there is no database tocsin.db yet" in capsys.readouterr().err


async def test_ctrl_c_shows_no_half_of_an_answer(folder: Path) -> None:
    articles = [
        seen(str(n), f"Sarin {n} " + "words of news " * 60, hours=n / 50) for n in range(3000)
    ]
    await store(folder, *articles)
    before = (folder / "tocsin.db").read_bytes()
    code, out, said = await asyncio.to_thread(interrupted, "backtest", *WHEN)
    assert (code, out) == (130, b"")
    assert b"of 3,000 articles; nothing was changed" in said
    assert (folder / "tocsin.db").read_bytes() == before


def interrupted(*arguments: str) -> tuple[int, bytes, bytes]:
    """Run the command at a terminal, press Ctrl-C when it has begun; return how it ended."""
    terminal, theirs = pty.openpty()
    command = [sys.executable, "-m", "alerts", *arguments]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2]), "TERM": "xterm"}
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=theirs
    ) as process:
        os.close(theirs)
        said = b""
        while b"0/3000" not in said:
            said += os.read(terminal, 4096)
        process.send_signal(signal.SIGINT)
        out, _ = process.communicate()
    return process.returncode, out, said + _rest(terminal)


def _rest(terminal: int) -> bytes:
    """Return what is left to read of a terminal that nobody writes to any more."""
    said = b""
    try:
        while more := os.read(terminal, 4096):
            said += more
    except OSError:  # how Linux says that the other end is closed
        pass
    os.close(terminal)
    return said


# --- replay -----------------------------------------------------------------------------------


async def test_a_replay_prints_what_a_receiver_would_get(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await ran("replay", "--receiver", "console", *WHEN) == 0
    said = capsys.readouterr().out
    assert "2026-11-02 18:00 UTC  console  alert" in said
    assert "HIGH: REPLAY: More sarin" in said
    assert "console would have got 2 messages." in said
    assert "\x1b[31m" not in said
    assert await ran("replay", "--receiver", "console", "--limit", "1", *WHEN) == 0
    assert "1 message; 1 older ones are left out (--limit 2)" in capsys.readouterr().out


async def test_a_replay_that_is_sent_leaves_no_alert(capsys: pytest.CaptureFixture[str]) -> None:
    sending = ("--receiver", "console", "--send", "--yes", "--format", "json")
    assert await ran("replay", *sending, *WHEN) == 0
    said = capsys.readouterr()
    assert "2 messages sent" in said.err
    assert said.out.count("\nHIGH: REPLAY: ") + said.out.count("]HIGH") >= 1
    async with open_storage("sqlite:///tocsin.db", now=BEGUN) as storage:
        assert (await storage.overview.counts()).deliveries == {}


async def test_nobody_is_written_to_without_a_yes(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("replay", "--receiver", "console", "--send", *WHEN) == 3
    assert "say --yes" in capsys.readouterr().err


async def test_a_channel_that_is_not_set_up_is_told(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chat = "routes: {receiver: desk}\nreceivers: {desk: {telegram: {chat: '1'}}}\n"
    (folder / "rules" / "routes.yml").write_text(f"version: 1\n{chat}")
    assert await ran("replay", "--receiver", "desk", "--send", "--yes", *WHEN) == 3
    assert "telegram is not set up: TOCSIN_TELEGRAM_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("options", "code", "hint"),
    [
        (["--receiver", "consol"], 3, "did you mean 'console'?"),
        (["--receiver", "console", "--since", "2026-11-05", "--until", "2026-11-04"], 3, "--since"),
        (
            ["--receiver", "console", "--since", "2026-11-05", *WHEN[2:]],
            0,
            "would have got nothing",
        ),
        ([], 3, "--receiver"),
    ],
)
async def test_a_replay_that_cannot_be_says_the_way_out(
    options: list[str], code: int, hint: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("replay", *options) == code
    said = capsys.readouterr()
    assert hint in said.out + said.err
