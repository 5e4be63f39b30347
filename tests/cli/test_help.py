"""Every command explains itself, speaks to scripts, and helps whoever presses Tab."""

from __future__ import annotations

import asyncio
import json
import os
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.storage import open_storage
from alerts.watchlists.contents import Contents
from tests.builders import a_destination, a_sighting, an_article
from tests.cli.command_lines import commands, example, options, parse
from tests.storage.databases import list_feeds, record

COMMANDS = commands()
ROOT = Path(__file__).parents[2]
RULES = """\
version: 1
feeds:
  - {url: "https://news.example/feed.xml", publisher: Example News}
watchlists:
  - id: bases
    title: Bases
    keywords: [Khmeimim]
    tests: [{name: named, article: {title: Khmeimim}, expect: match}]
receivers:
  desk: {console: {}}
"""
#: Commands without --format, and why.
NO_REPORT = {
    "run": "a process, with a log",
    "demo": "a stage for people",
    "match": "JSON lines, and nothing else",
    "feeds export": "OPML, and nothing else",
}
#: How each of the others is asked for JSON here.
ASKED = {
    "check": [],
    "fmt": ["--check"],
    "test": [],
    "entities": ["nusra"],
    "explain": ["--text", "Khmeimim is named"],
    "why": ["https://news.example/a"],
    "lint": [],
    "schema": [],
    "status": [],
    "tail": ["--once", "--since", "1d"],
    "hygiene": [],
    "doctor": [],
    "backtest": ["--since", "7d"],
    "replay": ["--since", "7d", "--receiver", "desk"],
    "backup": ["copy.db"],
    "render": ["desk", "--sample"],
    "feeds list": [],
    "deliveries list": [],
    "deliveries retry": ["--all-dead"],
    "deliveries purge": ["--older-than", "30d", "--yes"],
    "route show": [],
    "route test": ["severity=high"],
    "silence list": [],
}
#: They want a server, an id, or change what the others look at; their own tests ask them.
ELSEWHERE = {
    "feeds add",
    "feeds discover",
    "feeds import",
    "feeds poll",
    "deliveries show",
    "silence add",
    "silence expire",
    "digest preview",
    "notify-test",  # the console, which is asked here, writes to stdout itself
    "articles search",
    "articles show",
}


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_has_help_and_an_example_that_is_one(name: str) -> None:
    line = example(COMMANDS[name])
    assert parse(line) == name
    assert (COMMANDS[name].help or "").partition("\n")[0].endswith(".")


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_shows_its_help(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code([*name.split(), "--help"]) == 0
    # In a line of their own: wrapping must not tear it from what it is an example of.
    assert "Example: tocsin" in capsys.readouterr().out or "| tocsin" in example(COMMANDS[name])


@pytest.mark.parametrize("name", COMMANDS)
def test_every_command_that_reports_speaks_to_scripts(name: str) -> None:
    assert ("--format" in options(COMMANDS[name])) is (name not in NO_REPORT)


def test_every_such_command_is_asked_here_or_by_its_own_tests() -> None:
    assert COMMANDS.keys() - NO_REPORT - ELSEWHERE <= ASKED.keys()


@pytest.mark.parametrize("name", sorted(COMMANDS.keys() - NO_REPORT))
def test_a_form_that_there_is_not_is_refused(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code([*name.split(), "--format", "xml"]) == 3
    assert "json" in capsys.readouterr().err


@pytest.fixture
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An operator's folder with rule files, and a database with one article."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text(RULES)
    now = datetime.now(UTC) - timedelta(minutes=1)
    async with open_storage("sqlite:///tocsin.db", now=now) as storage:
        await list_feeds(storage)
        contents = Contents.of_folder(tmp_path / "rules")
        await storage.rule_archive.keep(contents, now=now - timedelta(days=1))
        article = an_article(seen_at=now, published_at=now)
        sighting = a_sighting(article, to=[a_destination(due_at=now)])
        await record(storage, sighting, rule_set=contents.hash, now=now)
    return tmp_path


@pytest.mark.parametrize("name", ASKED)
async def test_json_is_one_document_or_one_a_line(
    name: str, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = [*name.split(), *ASKED[name], "--format", "json"]
    assert await asyncio.to_thread(_exit_code, arguments) in (0, 1)
    said = capsys.readouterr().out
    try:
        json.loads(said)
    except json.JSONDecodeError:
        assert [json.loads(line) for line in said.splitlines()]
    assert "\x1b" not in said


@pytest.mark.parametrize("name", ["status", "tail", "feeds list", "deliveries list", "check"])
async def test_a_pipe_gets_no_colours(
    name: str, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    arguments = [*name.split(), *ASKED[name]]
    environment = os.environ | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color"}
    command = [sys.executable, "-m", "alerts", *arguments]
    told = await asyncio.to_thread(subprocess.run, command, capture_output=True, env=environment)
    assert told.returncode in (0, 1)
    assert b"\x1b" not in told.stdout + told.stderr


# --- completion -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("shell", "word"), [("bash", "complete "), ("zsh", "compdef"), ("fish", "complete ")]
)
def test_each_shell_gets_its_script(
    shell: str, word: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _exit_code(["--show-completion", shell]) == 0
    said = capsys.readouterr().out
    assert word in said
    assert "_TOCSIN_COMPLETE" in said


def offered(words: str, **environment: str) -> list[str]:
    """Return what bash is offered behind *words*."""
    asked = {
        "_TOCSIN_COMPLETE": "complete_bash",
        "COMP_WORDS": words,
        "COMP_CWORD": str(len(words.split(" ")) - 1),
        "PYTHONPATH": str(ROOT),
    }
    command = [sys.executable, "-m", "alerts"]
    told = subprocess.run(
        command, capture_output=True, text=True, check=False, env=os.environ | asked | environment
    )
    assert told.stderr == ""
    return told.stdout.split()


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("tocsin ta", ["tail"]),
        ("tocsin tail --watchlist b", ["bases"]),
        ("tocsin tail --watchlist ", ["bases"]),
        ("tocsin tail --watchlist x", []),
        ("tocsin tail --feed https://n", ["https://news.example/feed.xml"]),
        ("tocsin deliveries list --receiver d", ["desk"]),
        ("tocsin deliveries list --state de", ["dead"]),
        ("tocsin feeds poll --rules elsewhere https://o", ["https://other.example/rss"]),
    ],
)
def test_tab_offers_what_the_rule_files_name(words: str, names: list[str], folder: Path) -> None:
    (folder / "elsewhere").mkdir()
    feed = "feeds: [{url: 'https://other.example/rss', publisher: O}]\n"
    (folder / "elsewhere" / "f.yml").write_text(feed)
    assert offered(words) == names


@pytest.mark.parametrize("body", ["watchlists: [{id: }, 7", "- 1", "watchlists: 5\n", "\0"])
def test_tab_says_nothing_about_broken_files(body: str, folder: Path) -> None:
    (folder / "rules" / "a.yml").write_text(body)
    assert offered("tocsin tail --watchlist b") == []
    assert offered("tocsin tail --watchlist b", TOCSIN_RULES="nowhere") == []
