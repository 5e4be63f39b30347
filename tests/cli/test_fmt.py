"""`tocsin fmt` as an operator meets it: which files it changes, what it says, how it exits."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.watchlists.folder import rule_files
from alerts.watchlists.layout.files import NotReplacedError, read_sheets, replace
from alerts.watchlists.load import load_rules

ROOT = Path(__file__).parents[2]

ROUGH = "# all\nversion: 1\nfeeds:\n- publisher: P   # who\n  url: https://example.org/rss\n"
FINE = "# all\nversion: 1\n\nfeeds:\n  - url: https://example.org/rss\n    publisher: P  # who\n"
BROKEN = "watchlists: [a\n"


@pytest.fixture
def rules(tmp_path: Path) -> Path:
    """A folder with one rough rule file and one that is fine."""
    (tmp_path / "rough.yml").write_text(ROUGH)
    (tmp_path / "fine.yaml").write_text("version: 1\n")
    return tmp_path


def run(*arguments: str | Path) -> int:
    return _exit_code(["fmt", *map(str, arguments)])


def piped(text: str, *arguments: str) -> tuple[int, str, str]:
    """Run the command as a filter."""
    done = subprocess.run(
        [sys.executable, "-m", "alerts", "fmt", "-", *arguments],
        input=text.encode(),
        capture_output=True,
        cwd=ROOT,
        check=False,
        timeout=60,
    )
    return done.returncode, done.stdout.decode(), done.stderr.decode()


# --- which files ------------------------------------------------------------------------------


def test_a_folder_is_laid_out_and_every_changed_file_named(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--rules", rules) == 0
    said = capsys.readouterr().out
    assert said == f"{rules}/rough.yml\n1 file laid out, 1 was fine already\n"
    assert (rules / "rough.yml").read_text() == FINE
    assert run("--rules", rules) == 0
    assert capsys.readouterr().out == "0 files laid out, 2 were fine already\n"


def test_the_loader_reads_what_was_laid_out(rules: Path) -> None:
    before = load_rules(rules, environment={})
    assert run("--rules", rules) == 0
    assert load_rules(rules, environment={}).feeds == before.feeds


def test_only_the_files_given_are_touched(rules: Path) -> None:
    (rules / "other.yml").write_text(ROUGH)
    assert run(rules / "other.yml") == 0
    assert (rules / "other.yml").read_text() == FINE
    assert (rules / "rough.yml").read_text() == ROUGH


def test_a_file_named_twice_is_laid_out_once(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "link.yml").symlink_to("rough.yml")
    assert run(rules / "rough.yml", rules / "link.yml", rules) == 0
    assert "1 file laid out, 1 was" in capsys.readouterr().out


def test_the_folder_holds_what_the_loader_reads(rules: Path) -> None:
    (rules / "folder.yml").mkdir()
    for name in (".hidden.yml", "notes.txt", "rough.yml.orig"):
        (rules / name).write_text(BROKEN)
    assert [path.name for path in rule_files(rules)] == ["fine.yaml", "rough.yml"]
    assert load_rules(rules, environment={}).feeds


# --- nothing but words ------------------------------------------------------------------------


def test_check_names_the_files_and_changes_nothing(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--check", "--rules", rules) == 1
    said = capsys.readouterr().out
    assert said == (
        f"{rules}/rough.yml: would be laid out\n1 file would be laid out, 1 is fine already\n"
    )
    assert (rules / "rough.yml").read_text() == ROUGH
    assert run("--check", rules / "fine.yaml") == 0


def test_diff_shows_what_the_command_does(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = rules / "rough.yml"
    path.write_text(ROUGH.rstrip())
    assert run("--diff", path) == 1
    header, _, patch = capsys.readouterr().out.partition(" @@\n")
    assert header.startswith(f"--- {path}\n+++ {path} (laid out)\n@@ -1,5 +1,6")
    lines = patch.splitlines(keepends=True)
    assert "".join(line[1:] for line in lines if line[0] in " +") == FINE
    before = "".join(line[1:] for line in lines if line[0] in " -\\")
    assert before == f"{ROUGH.rstrip()}\n No newline at end of file\n"
    assert path.read_text() == ROUGH.rstrip()


def test_diff_of_what_is_fine_is_empty(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("--diff", rules / "fine.yaml") == 0
    assert capsys.readouterr().out == ""


def test_diff_shows_line_ends_and_byte_order_marks(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "rough.yml").write_bytes(b"\xef\xbb\xbfversion: 1\r\n")
    assert run("--diff", rules / "rough.yml") == 1
    assert "-\ufeffversion: 1\r\n+version: 1\n" in capsys.readouterr().out


# --- stdin ------------------------------------------------------------------------------------


def test_stdin_goes_to_stdout() -> None:
    assert piped(ROUGH) == (0, FINE, "")


def test_stdin_can_be_checked() -> None:
    code, out, _ = piped(ROUGH, "--check")
    assert (code, out.partition("\n")[0]) == (1, "<stdin>: would be laid out")
    assert piped(FINE, "--check")[0] == 0


def test_stdin_that_is_not_yaml_gives_nothing_but_the_complaint() -> None:
    code, out, err = piped(BROKEN)
    assert (code, out) == (2, "")
    assert "<stdin>:1:13: R106" in err


def test_stdin_that_cannot_be_laid_out_passes_through() -> None:
    text = f"? {'a' * 1100}\n: 1\n"
    code, out, err = piped(text)
    assert (code, out) == (1, text)
    assert "<stdin>: left as it is" in err


# --- trouble ----------------------------------------------------------------------------------


def test_nothing_is_written_when_a_file_cannot_be_read(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (rules / "a.yml").write_text(BROKEN)
    (rules / "b.yml").write_text("a: 1\na: 2\n")
    (rules / "c.yml").symlink_to("nowhere")
    assert run("--rules", rules) == 2
    said = capsys.readouterr().err
    for words in ("a.yml:1:13: R106", "b.yml:2:1: R112", "c.yml", "R102", "^"):
        assert words in said
    assert (rules / "rough.yml").read_text() == ROUGH


def test_a_pipe_is_not_waited_for(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    os.mkfifo(rules / "pipe.yml")
    assert run("--rules", rules) == 2
    assert "not a regular file" in capsys.readouterr().err


def test_what_cannot_be_laid_out_is_named_and_the_rest_is_done(
    rules: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"? {'a' * 1100}\n: 1\n"
    (rules / "long.yml").write_text(text)
    assert run("--rules", rules) == 1
    said = capsys.readouterr()
    assert "long.yml: left as it is: the layout could not be read" in said.err
    assert "1 file laid out, 1 was fine already" in said.out
    assert (rules / "long.yml").read_text() == text
    assert (rules / "rough.yml").read_text() == FINE


@pytest.mark.parametrize(
    "arguments",
    [("nowhere.yml",), ("-", "x.yml"), ("--rules", "a", "b"), ("--style", "mine")],
)
def test_wrong_usage_exits_with_3(arguments: tuple[str, ...]) -> None:
    assert run(*arguments) == 3


def test_a_missing_folder_of_rules_exits_with_2(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("--rules", tmp_path / "nowhere") == 2
    assert run("--rules", tmp_path) == 2
    assert capsys.readouterr().err.count("R101") == 2


# --- replacing --------------------------------------------------------------------------------


def left_alone(rules: Path) -> list[str]:
    """Return what is in the folder besides the two files."""
    return sorted({path.name for path in rules.iterdir()} - {"rough.yml", "fine.yaml"})


@pytest.mark.parametrize("mode", [0o644, 0o600, 0o664])
def test_the_mode_stays(rules: Path, mode: int) -> None:
    path = rules / "rough.yml"
    path.chmod(mode)
    assert run(path) == 0
    assert path.read_text() == FINE
    assert path.stat().st_mode & 0o7777 == mode
    assert left_alone(rules) == []


def test_a_link_stays_a_link(rules: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    target = tmp_path_factory.mktemp("elsewhere") / "target.yml"
    target.write_text(ROUGH)
    (rules / "link.yml").symlink_to(target)
    assert run(rules / "link.yml") == 0
    assert (rules / "link.yml").is_symlink()
    assert target.read_text() == FINE
    assert [path.name for path in target.parent.iterdir()] == ["target.yml"]


def test_who_has_the_file_open_keeps_the_old_one(rules: Path) -> None:
    with (rules / "rough.yml").open() as reader:
        assert run("--rules", rules) == 0
        assert reader.read() == ROUGH


def test_a_read_only_file_is_left_as_it_is(rules: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = rules / "rough.yml"
    path.chmod(0o444)
    assert run("--rules", rules) == 1
    said = capsys.readouterr()
    assert "rough.yml: left as it is: it is read-only" in said.err
    assert "0 files laid out, 1 was fine already" in said.out
    assert path.read_text() == ROUGH
    assert left_alone(rules) == []


def test_a_file_that_changed_meanwhile_is_left_as_it_is(rules: Path) -> None:
    path = rules / "rough.yml"
    (sheet,) = read_sheets([path])
    path.write_text(ROUGH + "# saved\n")
    with pytest.raises(NotReplacedError, match="changed meanwhile"):
        replace(sheet)
    assert path.read_text() == ROUGH + "# saved\n"
    assert left_alone(rules) == []


def test_a_file_that_vanished_does_not_come_back(rules: Path) -> None:
    path = rules / "rough.yml"
    (sheet,) = read_sheets([path])
    path.unlink()
    with pytest.raises(NotReplacedError, match="No such file"):
        replace(sheet)
    assert not path.exists()
    assert left_alone(rules) == []
