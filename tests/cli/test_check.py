"""`tocsin check` as people, scripts and code hosts meet it: what it says, where, and its exit code."""

from __future__ import annotations

import gc
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from tests.cli.terminals import in_a_terminal

GOOD = "watchlists: [{id: w, title: W, keywords: [sarin]}]\n"
#: The gazetteer knows several, so that there is a note.
AMBIGUOUS = "watchlists: [{id: w, title: W, places: [Tripoli]}]\n"
BAD = "watchlists:\n  - {id: w, title: W, keywrods: [y]}\n  - {id: v, title: V, severity: hihg}\n"
NOBODY = 65534


@pytest.fixture(autouse=True)
def rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder of rule files, named as it is by default."""
    monkeypatch.chdir(tmp_path)
    folder = tmp_path / "rules"
    folder.mkdir()
    return folder


def run(*arguments: str) -> int:
    return _exit_code(["check", *arguments])


def document(capsys: pytest.CaptureFixture[str]) -> Any:
    """Return what was written to stdout, which is one JSON document; stderr is silent."""
    said = capsys.readouterr()
    assert said.err == ""
    assert said.out.isascii()
    return json.loads(said.out)


# --- text -------------------------------------------------------------------------------------


def test_good_files_are_summed_up_on_stdout(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(GOOD)
    assert run() == 0
    said = capsys.readouterr()
    assert said.out == "rules: 0 feeds, 0 entities, 1 watchlist, 1 receiver: all good\n"
    assert said.err == ""


def test_notes_follow_the_summary_and_leave_the_exit_code_at_0(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(AMBIGUOUS)
    assert run() == 0
    said = capsys.readouterr()
    summary, note = said.out.split("\n\n")
    assert summary.endswith(": all good, 1 note")
    assert note.startswith("note: rules/a.yml:1:41: R601 'Tripoli' is taken as ")
    assert said.err == ""


def test_complaints_of_all_files_go_to_stderr_and_are_counted(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(BAD)
    (rules / "b.yml").write_text("nonsense: 1\n")
    assert run() == 2
    said = capsys.readouterr()
    assert said.out == ""
    *complaints, total = said.err.rstrip("\n").split("\n\n")
    assert [each.split(" ")[:2] for each in complaints] == [
        ["rules/a.yml:2:23:", "R201"],
        ["rules/a.yml:3:33:", "R204"],
        ["rules/b.yml:1:1:", "R201"],
    ]
    assert total == "rules: 3 complaints in 2 files"


def test_a_missing_folder_is_one_complaint(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--rules", "nowhere") == 2
    said = capsys.readouterr().err
    assert said.startswith("nowhere: R101 the folder cannot be listed: ")
    assert said.endswith("\n\nnowhere: 1 complaint\n")


# --- json, sarif ------------------------------------------------------------------------------


def test_json_is_one_document_for_good_files(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(AMBIGUOUS)
    assert run("--format", "json") == 0
    told = document(capsys)
    assert (told["version"], told["folder"], told["ok"]) == (1, "rules", True)
    assert told["counts"] == {
        "feeds": 0,
        "entities": 0,
        "known_entities": 0,
        "watchlists": 1,
        "receivers": 1,
    }
    assert told["complaints"] == []
    assert [each["code"] for each in told["notes"]] == ["R601"]


def test_json_is_one_document_for_bad_files(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(BAD)
    assert run("--format", "json") == 2
    told = document(capsys)
    assert (told["ok"], told["counts"], told["notes"]) == (False, None, [])
    assert told["complaints"][0] == {
        "path": "rules/a.yml",
        "line": 2,
        "column": 23,
        "code": "R201",
        "message": "the key 'keywrods' is unknown",
        "hint": "did you mean 'keywords'?",
    }
    assert len(told["complaints"]) == 2


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_documents_pass_through_any_locale(
    form: str, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text("سوريا: 1\n", encoding="utf-8")
    assert run("--format", form) == 2
    assert "سوريا" in json.dumps(document(capsys), ensure_ascii=False)


@pytest.mark.parametrize(
    ("text", "code", "levels"),
    [(GOOD, 0, []), (AMBIGUOUS, 0, ["note"]), (BAD, 2, ["error", "error"])],
)
def test_sarif_is_one_document_for_every_outcome(
    text: str, code: int, levels: list[str], rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(text)
    assert run("--format", "sarif") == code
    told = document(capsys)
    (sole,) = told["runs"]
    assert [each["level"] for each in sole["results"]] == levels
    for result in sole["results"]:
        (location,) = result["locations"]
        assert location["physicalLocation"]["artifactLocation"] == {"uri": "rules/a.yml"}


def test_sarif_paths_are_relative_however_the_folder_is_named(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a b.yml").write_text(BAD)
    assert run("--format", "sarif", "--rules", str(rules)) == 2
    (result, _) = document(capsys)["runs"][0]["results"]
    location = result["locations"][0]["physicalLocation"]
    assert location["artifactLocation"] == {"uri": "rules/a%20b.yml"}


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_a_missing_folder_is_a_document_too(form: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--format", form, "--rules", "nowhere") == 2
    assert "R101" in json.dumps(document(capsys))


# --- usage, settings --------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["text", "json", "sarif"])
def test_wrong_settings_are_said_plainly_in_every_format(
    form: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOCSIN_LISTEN", "0.0.0.0:80")
    assert run("--format", form) == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert said.err.startswith("tocsin: ")
    assert "set TOCSIN_ADMIN_TOKEN" in said.err


def test_an_unknown_format_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--format", "xml") == 3
    said = capsys.readouterr()
    assert said.out == ""
    assert "'json'" in said.err


# --- files that cannot be read ----------------------------------------------------------------


def vanished(path: Path) -> None:
    """Listed, and gone when it is opened: a link whose target is no more looks the same."""
    path.symlink_to("gone")


def in_a_loop(path: Path) -> None:
    path.symlink_to(path.name)


def a_pipe(path: Path) -> None:
    os.mkfifo(path)


def forbidden(path: Path) -> None:
    path.write_text(GOOD)
    path.chmod(0)


def holding(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


@contextmanager
def unprivileged(folder: Path) -> Iterator[None]:
    """Root may read every file: be nobody for a while, who may still walk to *folder*."""
    if os.geteuid() != 0:
        yield
        return
    for each in (folder, folder.parent):
        each.chmod(0o755)
    os.seteuid(NOBODY)
    try:
        yield
    finally:
        os.seteuid(0)


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (vanished, ": R102 the file cannot be read: No such file"),
        (in_a_loop, ": R102 the file cannot be read: Too many levels of symbolic links"),
        (a_pipe, ": R102 the file cannot be read: it is not a regular file"),
        (forbidden, ": R102 the file cannot be read: Permission denied"),
        (holding(b"#" * 2_000_000), ": R103 "),
        (holding(bytes(range(256))), ":3:115: R104 "),
        (holding(GOOD.encode("utf-16")), ":1:1: R104 "),
        (holding("keywords: [сарин".encode()[:-1]), ":1:16: R104 "),
        (holding(b"version: 1\0"), ":1:11: R105 "),
        (holding(b"version: 1\nwatchlists:\n  - {id: w, title: 'W"), ":3:20: R106 "),
        (holding(b"version: 1\nwatchlists:\n  - id: w\n    ti"), ":4:5: R106 "),
        (holding(b"version: 1\nwatchlists:\n  - id: w\n"), ":3:5: R202 "),
    ],
)
def test_what_cannot_be_read_is_told_with_code_and_place_beside_the_others(
    make: Callable[[Path], object], said: str, rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "z.yml").write_text("nonsense: 1\n")
    # Everything is imported now, also what nobody could read.
    assert run() == 2
    capsys.readouterr()
    make(rules / "a.yml")
    with unprivileged(rules):
        assert run() == 2
    told = capsys.readouterr().err
    assert told.startswith(f"rules/a.yml{said}")
    assert "\n\nrules/z.yml:1:1: R201 " in told
    assert "Traceback" not in told


def test_a_folder_named_like_a_rule_file_is_no_rule_file(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "x.yml").mkdir()
    assert run() == 2
    assert "rules: R101 the folder holds no rule files" in capsys.readouterr().err
    (rules / "a.yml").write_text(GOOD)
    assert run() == 0


def test_a_file_cut_anywhere_makes_no_traceback(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Either it is complained about or it is a shorter file (every byte: test_load.py)."""
    for length in range(0, len(BAD), 4):
        (rules / "a.yml").write_text(BAD[:length])
        assert run() in (0, 2)
        assert "Traceback" not in capsys.readouterr().err


# --- on a terminal ----------------------------------------------------------------------------


def on_a_terminal(**settings: str) -> str:
    """Return what the command writes to a terminal of 80 columns."""
    # An empty one is none (no-color.org); whoever runs the tests may have set it.
    said = {"NO_COLOR": ""} | settings
    return "\n".join(in_a_terminal("check", clean=False, with_errors=True, settings=said))


def test_a_terminal_gets_colours_unless_no_color_is_set(rules: Path) -> None:
    (rules / "a.yml").write_text(BAD)
    said = on_a_terminal()
    assert "\x1b[1mrules/a.yml:2:23\x1b[0m: \x1b[31m\x1b[1mR201\x1b[0m the key" in said
    assert "\x1b" not in on_a_terminal(NO_COLOR="1")
    assert "\x1b[31m" in on_a_terminal(NO_COLOR="")


def test_notes_have_another_colour_than_complaints(rules: Path) -> None:
    (rules / "a.yml").write_text(AMBIGUOUS)
    assert "\x1b[33m\x1b[1mR601\x1b[0m" in on_a_terminal()


# --- what it loads ----------------------------------------------------------------------------


@pytest.mark.parametrize("text", [GOOD, BAD])
def test_check_leaves_the_collector_as_it_was(text: str, rules: Path) -> None:
    (rules / "a.yml").write_text(text)
    run()
    assert gc.isenabled()


def test_check_loads_neither_network_nor_database(rules: Path) -> None:
    """1,000 watchlists within a second (tests/bench/check.py) leave no time for these."""
    (rules / "a.yml").write_text(GOOD)
    heavy = ("sqlalchemy", "aiosqlite", "aiohttp", "telegram", "feedparser", "httpx", "jinja2")
    script = (
        "import sys, alerts.cli\n"
        "assert alerts.cli._exit_code(['check']) == 0\n"
        f"print([name for name in {heavy!r} if name in sys.modules])\n"
    )
    out = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert out.stdout.splitlines()[-1] == "[]"
