"""`tocsin test` as people, scripts and build servers meet it."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from alerts.cli import _exit_code
from tests.cli.terminals import in_a_terminal

PAGE = Path(__file__).parents[2] / "docs" / "rule-tests.md"
GOOD = """\
watchlists:
  - id: idlib
    title: Idlib
    places: [Idlib]
    tests:
      - {name: named, article: {title: Sarin in Idlib}, expect: match}
      - {name: elsewhere, article: {title: Sarin in Homs}, expect: no-match}
"""
BAD = GOOD.replace("Sarin in Homs", "Khan Sheikhun and Idlib")
NO_TESTS = "watchlists: [{id: w, title: W, keywords: [sarin]}]\n"


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with one rule file whose tests hold."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    file = tmp_path / "rules" / "watchlists.yml"
    file.write_text(GOOD)
    return file


def run(*arguments: str) -> int:
    return _exit_code(["test", *arguments])


def document(capsys: pytest.CaptureFixture[str], *arguments: str) -> Any:
    run(*arguments, "--format", "json")
    return json.loads(capsys.readouterr().out)


def test_tests_that_hold_are_counted(capsys: pytest.CaptureFixture[str]) -> None:
    assert run() == 0
    assert capsys.readouterr().out == "2 tests of 1 watchlist: all hold\n"


def test_a_test_that_fails_has_its_place_its_words_and_exit_code_1(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.write_text(BAD)
    assert run() == 1
    assert capsys.readouterr().out.splitlines() == [
        "rules/watchlists.yml:7:9: idlib/elsewhere",
        "  it matches, and should not",
        "    title   Khan Sheikhun and Idlib",
        "",
        "2 tests of 1 watchlist: 1 fails",
    ]


def test_in_a_terminal_the_words_that_counted_are_marked(rules: Path) -> None:
    rules.write_text(BAD)
    marked = [line for line in in_a_terminal("test", clean=False) if "Khan Sheikhun and" in line]
    assert "\x1b[1;7mIdlib" in marked[0]


def test_broken_rules_end_with_2(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text("watchlists: [{id: w, title: W, keywrods: [x]}]\n")
    assert run() == 2
    assert "R201" in capsys.readouterr().err


def test_no_tests_at_all_is_said_with_how_one_is_written(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.write_text(NO_TESTS)
    assert run() == 0
    told = capsys.readouterr().out
    example = "".join(re.findall(r"^    .*\n", told, re.MULTILINE))
    before, _, _ = GOOD.partition("    tests:")
    rules.write_text(f"{before}    keywords: [sarin]\n{example}")
    assert run() == 0
    assert "2 tests of 1 watchlist: all hold" in capsys.readouterr().out


# --- which ------------------------------------------------------------------------------------


def test_only_what_is_asked_for_is_run(capsys: pytest.CaptureFixture[str]) -> None:
    names = [each["name"] for each in document(capsys, "--run", "^idlib/else")["tests"]]
    assert names == ["elsewhere"]
    assert len(document(capsys, "--watchlist", "idlib")["tests"]) == 2


WRONG = [
    (("--run", "nothing"), "no test has 'nothing'"),
    (("--run", "("), "missing"),
    (("--watchlist", "idlb"), "did you mean 'idlib'?"),
    (("--watchlist", "zzz"), "there are idlib"),
    (("--junit", "nowhere/t.xml"), "cannot be written"),
    (("--format", "xml"), "xml"),
]


@pytest.mark.parametrize(("arguments", "said"), WRONG)
def test_what_makes_no_sense_is_said_and_ends_with_3(
    arguments: tuple[str, ...], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(*arguments) == 3
    assert said in capsys.readouterr().err


# --- for machines -----------------------------------------------------------------------------


def test_scripts_get_one_document(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rules.write_text(BAD)
    told = document(capsys)
    assert (told["passed"], told["failed"]) == (1, 1)
    held, failed = told["tests"]
    assert held["destinations"][0]["receiver"] == "console"
    assert held["match"]["evidence"][0]["surface"] == "Idlib"
    assert failed["failures"] == [{"asked": "no-match", "message": "it matches, and should not"}]
    assert (failed["path"], failed["line"], failed["column"]) == ("rules/watchlists.yml", 7, 9)
    assert "mutants" not in told


def test_build_servers_get_a_file(rules: Path) -> None:
    rules.write_text(BAD)
    assert run("--junit", "tests.xml") == 1
    [suite] = ET.parse("tests.xml").getroot()
    assert (suite.get("tests"), suite.get("failures")) == ("2", "1")


# --- --mutate ---------------------------------------------------------------------------------


def test_what_no_test_would_miss_is_shown_until_the_shown_test_stands_there(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.write_text(GOOD.replace("[Idlib]", "[Idlib, Aleppo]"))
    assert run("--mutate") == 1
    told = capsys.readouterr().out
    assert "rules/watchlists.yml:4:21: no test would miss place 'Aleppo'\n" in told
    assert told.endswith("2 parts taken away, one at a time: 1 noticed, 50 %\n")
    proposed = re.findall(r"^ {6}.*\n", told, re.MULTILINE)
    rules.write_text(rules.read_text() + "".join(proposed))
    assert run("--mutate") == 0
    assert capsys.readouterr().out.endswith("2 noticed, 100 %\n")


def test_only_so_many_are_shown_as_are_asked_for(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.write_text(GOOD.replace("[Idlib]", "[Idlib, Aleppo, Hama, Raqqa]"))
    run("--mutate", "--most", "1")
    told = capsys.readouterr().out
    assert told.count("no test would miss") == 1
    assert "… and 2 more" in told
    run("--mutate", "--most", "0")
    assert capsys.readouterr().out.count("no test would miss") == 3
    mutants = document(capsys, "--mutate")["mutants"]
    assert [each["part"] for each in mutants["survivors"]] == ["'Aleppo'", "'Hama'", "'Raqqa'"]
    assert mutants["survivors"][0]["test"]["watchlist"] == "idlib"
    assert mutants["score"] == 0.25


def test_nothing_is_taken_away_while_a_test_fails(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules.write_text(BAD)
    assert run("--mutate") == 1
    told = capsys.readouterr()
    assert "would miss" not in told.out
    assert "as soon as all tests hold" in told.err


# --- the page ---------------------------------------------------------------------------------


def test_the_page_shows_what_the_command_prints(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = PAGE.read_text()
    [example] = re.findall(r"```yaml\n(.*?)```", text, re.DOTALL)
    failing, mutating = re.findall(r"```console\n\$ .*\n((?:.|\n)*?)```", text)
    rules.write_text(example.replace("Drones over Hmeymim", "Drones over Latakia"))
    run()
    assert capsys.readouterr().out == failing
    rules.write_text(example)
    run("--mutate")
    assert capsys.readouterr().out == mutating


def test_every_option_is_on_the_page(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--help") == 0
    options = {*re.findall(r"--[a-z]+", capsys.readouterr().out)} - {"--help", "--rules"}
    assert {option for option in options if f"`{option}" not in PAGE.read_text()} == set()
