"""`tocsin lint` as people, scripts and code hosts meet it: what it says, where, and its exit code."""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.storage import open_storage
from tests.builders import a_sighting, an_article
from tests.cli.terminals import in_a_terminal
from tests.storage.databases import list_feeds, record

CLEAN = """\
watchlists:
  - id: sarin
    title: Sarin
    owner: desk
    keywords: [sarin]
    tests:
      - {name: yes, article: {title: Sarin used}, expect: match}
      - {name: no, article: {title: A fair opens}, expect: no-match}
"""
WARNED = CLEAN.replace("[sarin]", "[WHO]")
ADVISED = CLEAN.replace("    owner: desk\n", "")
BROKEN = "watchlists: [{id: w, title: W, keywrods: [y]}]\n"


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of rule files in which nothing is wrong, and no database."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "rules"
    folder.mkdir()
    (folder / "a.yml").write_text(CLEAN)
    return folder


def run(*arguments: str) -> int:
    return _exit_code(["lint", *arguments])


async def stored(count: int, *, about_sarin: int) -> None:
    """Make a database of so many articles that were seen in the last hours."""
    now = datetime.now(UTC)
    sightings = [
        a_sighting(
            an_article(
                f"{number}",
                title=f"Sarin {number}" if number < about_sarin else f"A fair {number}",
                summary="",
                seen_at=now - timedelta(minutes=number),
            ),
            watchlists=(),
        )
        for number in range(count)
    ]
    async with open_storage("sqlite:///tocsin.db", now=now) as storage:
        await list_feeds(storage)
        await record(storage, *sightings, now=now)


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what was written to stdout, which is one JSON document."""
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.isascii()
    return json.loads(said.out)


# --- text, exit codes -------------------------------------------------------------------------


def test_nothing_found_is_said_on_one_line_and_exits_with_0(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run("--skip", "L101") == 0
    assert capsys.readouterr().out == "rules: 1 watchlist: nothing found\n"


def test_a_finding_is_shown_with_its_place_a_caret_and_the_way_out(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(WARNED)
    assert run("--no-archive") == 1
    assert capsys.readouterr().out == (
        "warning: rules/a.yml:5:16: L208 'WHO' is a word of nearly every article, whatever its"
        " capitals\n"
        "        keywords: [WHO]\n"
        "                   ^\n"
        "  hint: write '=WHO'\n"
        "\n"
        "rules: 1 watchlist: 1 warning in 1 file\n"
        "L101 was not looked for: --no-archive\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        ((), 1),
        (("--min-severity", "info"), 1),
        (("--min-severity", "warning"), 0),
        (("--skip", "L113"), 0),
        (("--skip", "l2,L113"), 0),
        (("--skip", "L1", "--skip", "L2"), 0),
        (("--only", "L113"), 1),
        (("--only", "L1"), 1),
        (("--only", "L2"), 0),
        (("--only", "L1", "--skip", "L113"), 0),
    ],
)
def test_only_what_is_asked_for_is_told_and_counts(
    arguments: tuple[str, ...], code: int, rules: Path
) -> None:
    (rules / "a.yml").write_text(ADVISED)
    assert run(*arguments) == code


def test_files_that_cannot_be_loaded_are_told_as_check_tells_them(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "b.yml").write_text(BROKEN)
    assert run() == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("rules/b.yml:1:32: R201 the key 'keywrods' is unknown")


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--only", "L999"), "no code is or begins with 'L999'"),
        (("--skip", "R201"), "did you mean 'L201'?"),
        (("--skip", ""), "no code is or begins with ''"),
        (("--most", "many"), "a percentage, such as 1% or 0.5%"),
        (("--most", "101%"), "a percentage, such as 1% or 0.5%"),
        (("--since", "lately"), "--since"),
        (("--format", "xml"), "'json'"),
    ],
)
def test_wrong_usage_is_named_and_exits_with_3(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 3
    assert said in " ".join(capsys.readouterr().err.replace("│", " ").split())


def test_two_runs_say_the_same(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (rules / "a.yml").write_text(WARNED + ADVISED.partition("\n")[2].replace("id: sarin", "id: v"))
    run("--no-archive")
    first = capsys.readouterr().out
    run("--no-archive")
    assert capsys.readouterr().out == first
    lines = [int(line.split(":")[2]) for line in first.splitlines() if ": L" in line]
    assert lines == sorted(lines)
    assert len(lines) > 1


# --- stored articles --------------------------------------------------------------------------


def test_without_a_database_over_broad_is_left_out_with_a_word(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert run() == 0
    said = capsys.readouterr().out.splitlines()
    assert said == [
        "rules: 1 watchlist: nothing found",
        "L101 was not looked for: there is no database tocsin.db yet: `tocsin run` makes it",
    ]
    assert not Path("tocsin.db").exists()


def test_what_matches_many_stored_articles_is_over_broad(
    capsys: pytest.CaptureFixture[str],
) -> None:
    asyncio.run(stored(300, about_sarin=6))
    assert run() == 1
    said = capsys.readouterr().out
    assert "L101 'sarin' matches 6 of 300 stored articles (2.0%); the limit is 1%" in said
    assert said.endswith("rules: 1 watchlist, 300 stored articles: 1 warning in 1 file\n")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [(("--most", "1%"), 1), (("--most", "2"), 0), (("--since", "1h"), 0), (("--no-archive",), 0)],
)
def test_the_share_and_the_time_are_chosen(arguments: tuple[str, ...], code: int) -> None:
    asyncio.run(stored(300, about_sarin=6))
    assert run(*arguments) == code


def test_a_few_stored_articles_say_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    asyncio.run(stored(20, about_sarin=20))
    assert run() == 0
    said = capsys.readouterr().out
    assert "L101 was not looked for: 200 stored articles are needed, and there are 20" in said


def test_a_database_that_is_none_is_a_word_and_no_end(
    capsys: pytest.CaptureFixture[str],
) -> None:
    Path("tocsin.db").write_text("no database, but a text of some length")
    assert run() == 0
    assert "L101 was not looked for: " in capsys.readouterr().out


# --- programs ---------------------------------------------------------------------------------


def test_json_has_one_shape_for_every_outcome(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--format", "json", "--no-archive") == 0
    assert document(capsys) == {
        "version": 1,
        "folder": "rules",
        "ok": True,
        "counts": {"warning": 0, "info": 0},
        "articles": None,
        "skipped": {"L101": "--no-archive"},
        "findings": [],
    }
    (rules / "a.yml").write_text(WARNED)
    assert run("--format", "json", "--skip", "L101") == 1
    told = document(capsys)
    assert (told["ok"], told["counts"]) == (False, {"warning": 1, "info": 0})
    assert told["findings"] == [
        {
            "path": "rules/a.yml",
            "line": 5,
            "column": 16,
            "code": "L208",
            "message": "'WHO' is a word of nearly every article, whatever its capitals",
            "hint": "write '=WHO'",
            "level": "warning",
        }
    ]


@pytest.mark.parametrize(
    ("text", "levels"), [(CLEAN, []), (WARNED, ["warning"]), (ADVISED, ["note"])]
)
def test_sarif_tells_warnings_and_infos_beside_their_lines(
    text: str, levels: list[str], rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(text)
    assert run("--format", "sarif") == bool(levels)
    (told,) = document(capsys)["runs"]
    assert [each["level"] for each in told["results"]] == levels
    for result in told["results"]:
        rule = told["tool"]["driver"]["rules"][result["ruleIndex"]]
        assert rule["id"] == result["ruleId"]
        assert rule["defaultConfiguration"] == {"level": result["level"]}
        assert f"docs/lint.md#{rule['id'].lower()}" in rule["help"]["text"]
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": "rules/a.yml"}


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_files_that_cannot_be_loaded_are_a_document_too(
    form: str, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "b.yml").write_text(BROKEN)
    assert run("--format", form) == 2
    assert "R201" in json.dumps(document(capsys))


# --- on a terminal ----------------------------------------------------------------------------


def on_a_terminal(**settings: str) -> str:
    """Return what the command writes to a terminal of 80 columns."""
    # An empty one is none (no-color.org); whoever runs the tests may have set it.
    said = {"NO_COLOR": ""} | settings
    return "\n".join(
        in_a_terminal("lint", "--no-archive", clean=False, with_errors=True, settings=said)
    )


def test_a_terminal_gets_colours_and_lines_that_fit(rules: Path) -> None:
    (rules / "a.yml").write_text(WARNED)
    assert "\x1b[33m\x1b[1mL208\x1b[0m" in on_a_terminal()
    plain = on_a_terminal(NO_COLOR="1")
    assert "\x1b" not in plain
    assert max(map(len, plain.splitlines())) <= 80


def test_lint_without_an_archive_loads_neither_network_nor_database() -> None:
    heavy = ("sqlalchemy", "aiosqlite", "aiohttp", "telegram", "feedparser", "httpx", "numba")
    script = (
        "import sys, alerts.cli\n"
        "assert alerts.cli._exit_code(['lint', '--no-archive']) == 0\n"
        f"print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "[]"
