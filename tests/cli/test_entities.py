"""`tocsin entities`: the known ones and the operator's own, with all their names."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.gazetteer.shipped import known

OWN = """\
entities:
  clinic: {type: place, name: Field Clinic, aliases: ["العيادة"], at: [35.9, 36.6], in: [SY]}
  hts: {type: group, name: Our Front, weak_aliases: [OF], support: ['@clinic', "attack*"]}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with nothing in it, and nothing in the environment."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "400")
    return tmp_path


@pytest.fixture
def own(folder: Path) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "entities.yml").write_text(OWN)


def run(*arguments: str) -> int:
    return _exit_code(["entities", *arguments])


def listed(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    assert run("--format", "json", *words) == 0
    return {each["id"]: each for each in json.loads(capsys.readouterr().out)}


def test_without_rule_files_the_known_ones_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert tuple(listed(capsys)) == known().ids()


@pytest.mark.usefixtures("own")
def test_the_operators_own_come_first_and_in_place_of_known_ones(
    capsys: pytest.CaptureFixture[str],
) -> None:
    every = listed(capsys)
    assert list(every)[:2] == ["clinic", "hts"]
    assert {id_ for id_, each in every.items() if not each["known"]} == {"clinic", "hts"}
    assert len(every) == len(known().ids()) + 1
    assert every["hts"] == {
        "id": "hts",
        "type": "group",
        "name": "Our Front",
        "aliases": [],
        "previous_names": [],
        "weak_aliases": ["OF"],
        "support": ["@clinic", "attack*"],
        "mask": [],
        "spelling": "any",
        "at": None,
        "in": [],
        "known": False,
    }


@pytest.mark.parametrize(
    "words", [["nusra", "FRONT"], ["Nusra Front"], ["an-nusra"], ["هيئة تحرير"]]
)
def test_a_part_of_a_name_in_any_case_finds_it(
    capsys: pytest.CaptureFixture[str], words: list[str]
) -> None:
    assert "hts" in listed(capsys, *words)


def test_people_see_every_name_and_whose_it_is(
    own: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("clinic") == 0
    line = next(line for line in capsys.readouterr().out.splitlines() if "@clinic" in line)
    assert line.split()[:2] == ["@clinic", "place"]
    assert "Field Clinic, العيادة" in line
    assert line.rstrip().endswith("rule files")
    assert run("khmeimim") == 0
    assert "Hmeymim" in capsys.readouterr().out


def test_nobody_of_that_name_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("zzyzx") == 1
    said = capsys.readouterr()
    assert (said.out, said.err) == ("", "no entity has such a name\n")
    assert run("zzyzx", "--format", "json") == 1
    assert json.loads(capsys.readouterr().out) == []


def test_broken_rule_files_and_a_missing_folder_exit_with_2(
    own: None, folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules" / "broken.yml").write_text("entities: {x: {type: group}}\n")
    assert run() == 2
    assert "R202" in capsys.readouterr().err
    assert run("--rules", "nowhere") == 2
    assert "R101" in capsys.readouterr().err
