"""A report tells the same findings to people, to scripts and to code hosts."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import RulesError
from alerts.model import Complaint, Entity, Feed, Kind, RuleSet
from alerts.watchlists.codes import CODES
from alerts.watchlists.report import Report
from alerts.watchlists.report.as_json import as_json
from alerts.watchlists.report.sarif import home_of, sarif
from alerts.watchlists.report.text import praise, refusal

COMPLAINT = Complaint(
    path="rules/a.yml",
    line=3,
    column=5,
    code="R201",
    message="the key 'severty' is unknown",
    hint="did you mean 'severity'?",
    source="    severty: high",
)
WHOLE_FILE = Complaint(path="rules/b.yml", line=0, column=0, code="R102", message="it is gone")
NOTE = Complaint(
    path="rules/a.yml", line=7, column=9, code="R605", message="no route leads to 'desk'"
)
RULES = RuleSet(
    feeds=(Feed(url="https://example.org/rss", publisher="Example Times"),),
    entities={each: Entity(id=each, kind=Kind.GROUP, name=each) for each in ("hts", "isis")},
)
FOLDER = Path("rules")


def good(*notes: Complaint) -> Report:
    return Report.of(FOLDER, replace(RULES, notes=notes))


def bad(*complaints: Complaint) -> Report:
    return Report.of(FOLDER, RulesError(complaints))


def test_a_report_is_good_without_complaints_whatever_its_notes() -> None:
    assert good(NOTE).is_good
    assert not bad(COMPLAINT).is_good


def test_the_name_of_the_folder_does_not_write_to_the_terminal() -> None:
    assert Report.of(Path("a\x1b[2J\udcff"), RULES).folder == "a\ufffd[2J\ufffd"


# --- text -------------------------------------------------------------------------------------


def test_the_summary_counts_what_was_loaded() -> None:
    assert praise(good()) == "rules: 1 feed, 2 entities, 0 watchlists, 1 receiver: all good"


def test_notes_follow_the_summary_in_the_shape_of_complaints() -> None:
    assert praise(good(NOTE)) == (
        "rules: 1 feed, 2 entities, 0 watchlists, 1 receiver: all good, 1 note\n\n"
        "note: rules/a.yml:7:9: R605 no route leads to 'desk'"
    )


def test_notes_are_grouped_by_code_and_the_first_ten_of_each_are_shown() -> None:
    many = [
        replace(NOTE, line=line, code=code) for line in range(1, 48) for code in ("R605", "R601")
    ]
    first, *told = praise(good(*many[:-2])).split("\n\n")
    assert first.endswith("all good, 92 notes")
    assert [each.split(" ")[1:3] for each in told if each.startswith("note: ")] == [
        [f"rules/a.yml:{line}:9:", code] for code in ("R601", "R605") for line in range(1, 11)
    ]
    assert told[10] == told[21] == "and 36 more (--format json shows all)"


def test_ten_notes_are_shown_without_a_word_about_more() -> None:
    assert "more" not in praise(good(*[NOTE] * 10))
    assert "and 1 more" in praise(good(*[NOTE] * 11))


@pytest.mark.parametrize(
    ("complaints", "total"),
    [
        ([COMPLAINT], "rules: 1 complaint in 1 file"),
        ([COMPLAINT, COMPLAINT, COMPLAINT, WHOLE_FILE], "rules: 4 complaints in 2 files"),
        ([replace(WHOLE_FILE, path="rules", code="R101")], "rules: 1 complaint"),
    ],
)
def test_the_closing_line_counts(complaints: list[Complaint], total: str) -> None:
    assert refusal(bad(*complaints)).split("\n\n")[-1] == total


def test_known_entities_are_told_apart_from_the_operators_own() -> None:
    assert "2 entities, " in praise(Report.of(FOLDER, RULES))
    assert "1 entity and 1 known, " in praise(Report.of(FOLDER, RULES, known=1))
    assert "0 entities and 2 known, " in praise(Report.of(FOLDER, RULES, known=2))


# --- JSON -------------------------------------------------------------------------------------


def test_json_has_one_shape_for_every_outcome() -> None:
    assert as_json(good(NOTE)) == {
        "version": 1,
        "folder": "rules",
        "ok": True,
        "counts": {
            "feeds": 1,
            "entities": 2,
            "known_entities": 0,
            "watchlists": 0,
            "receivers": 1,
        },
        "complaints": [],
        "notes": [
            {
                "path": "rules/a.yml",
                "line": 7,
                "column": 9,
                "code": "R605",
                "message": "no route leads to 'desk'",
                "hint": "",
            }
        ],
    }
    assert as_json(bad(COMPLAINT, WHOLE_FILE)) == {
        "version": 1,
        "folder": "rules",
        "ok": False,
        "counts": None,
        "complaints": [
            {
                "path": "rules/a.yml",
                "line": 3,
                "column": 5,
                "code": "R201",
                "message": "the key 'severty' is unknown",
                "hint": "did you mean 'severity'?",
            },
            {
                "path": "rules/b.yml",
                "line": 0,
                "column": 0,
                "code": "R102",
                "message": "it is gone",
                "hint": "",
            },
        ],
        "notes": [],
    }


# --- SARIF ------------------------------------------------------------------------------------


def run_of(report: Report, home: str = "https://example.org/tocsin") -> Any:
    """Return the one run of the log, through JSON and back."""
    start = PurePosixPath("/home/desk")
    log = json.loads(json.dumps(sarif(report, version="1.2.3", home=home, start=start)))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    return run


def location_of(path: str, line: int = 3, column: int = 5) -> Any:
    placed = replace(COMPLAINT, path=path, line=line, column=column)
    (result,) = run_of(bad(placed))["results"]
    (location,) = result["locations"]
    return location["physicalLocation"]


def test_sarif_names_the_tool_and_its_rules() -> None:
    run = run_of(good())
    driver = run["tool"]["driver"]
    assert (driver["name"], driver["version"]) == ("Tocsin", "1.2.3")
    assert driver["informationUri"] == "https://example.org/tocsin"
    assert [rule["id"] for rule in driver["rules"]] == [each.code for each in CODES]
    assert driver["rules"][1] == {
        "id": "R102",
        "shortDescription": {
            "text": "The file cannot be read: it vanished, or nobody may read it."
        },
        "help": {"text": "An example and the way out: docs/complaints.md#r102"},
        "helpUri": "https://example.org/tocsin/blob/main/docs/complaints.md#r102",
        "defaultConfiguration": {"level": "error"},
    }
    # 3.14.23: no results is an empty list; none at all would mean that nothing was looked at.
    assert run["results"] == []
    assert run["columnKind"] == "unicodeCodePoints"


def test_sarif_without_an_address_of_the_project_names_none() -> None:
    """Both addresses must be absolute (3.19.17, 3.49.12)."""
    driver = run_of(good(), home="")["tool"]["driver"]
    assert "informationUri" not in driver
    assert all("helpUri" not in rule for rule in driver["rules"])


def test_the_address_of_the_project_is_the_homepage_of_its_package() -> None:
    issues = "Issues, https://example.org/tocsin/issues"
    assert (
        home_of([issues, "Homepage, https://example.org/tocsin/"]) == "https://example.org/tocsin"
    )
    assert home_of([issues]) == ""


def test_sarif_tells_complaints_as_errors_with_their_hint_and_place() -> None:
    complaint, whole = run_of(bad(COMPLAINT, WHOLE_FILE))["results"]
    assert complaint == {
        "ruleId": "R201",
        "ruleIndex": [each.code for each in CODES].index("R201"),
        "level": "error",
        "message": {"text": "the key 'severty' is unknown (did you mean 'severity'?)"},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": "rules/a.yml"},
                    "region": {"startLine": 3, "startColumn": 5},
                }
            }
        ],
    }
    assert whole["message"] == {"text": "it is gone"}
    assert whole["locations"] == [
        {"physicalLocation": {"artifactLocation": {"uri": "rules/b.yml"}}}
    ]


def test_sarif_tells_notes_as_notes() -> None:
    run = run_of(good(NOTE))
    (result,) = run["results"]
    assert (result["ruleId"], result["level"]) == ("R605", "note")
    rule = run["tool"]["driver"]["rules"][result["ruleIndex"]]
    assert (rule["id"], rule["defaultConfiguration"]) == ("R605", {"level": "note"})


@pytest.mark.parametrize(
    ("path", "uri"),
    [
        ("rules/a.yml", "rules/a.yml"),
        ("./rules/a.yml", "rules/a.yml"),
        ("../rules/a.yml", "../rules/a.yml"),
        ("/home/desk/rules/a.yml", "rules/a.yml"),
        ("/etc/tocsin/a b.yml", "file:///etc/tocsin/a%20b.yml"),
        ("rules/a: #1 100%.yml", "rules/a%3A%20%231%20100%25.yml"),
        ("rules/سوريا.yml", "rules/%D8%B3%D9%88%D8%B1%D9%8A%D8%A7.yml"),
    ],
)
def test_sarif_tells_paths_as_references(path: str, uri: str) -> None:
    assert location_of(path)["artifactLocation"] == {"uri": uri}


@pytest.mark.parametrize(
    ("line", "column", "region"),
    [(0, 0, None), (1, 0, {"startLine": 1}), (1, 1, {"startLine": 1, "startColumn": 1})],
)
def test_sarif_regions_count_from_one(
    line: int, column: int, region: dict[str, int] | None
) -> None:
    assert location_of("a.yml", line, column).get("region") == region


@pytest.mark.parametrize(
    ("message", "text"),
    [
        ("{near: …, within: 50km}", "{{near: …, within: 50km}}"),
        ("'${OPS_CHAT}' and {0}", "'${{OPS_CHAT}}' and {{0}}"),
        ("put it in brackets: [first, second]", "put it in brackets: [first, second]"),
        ("'[a](https://example.org)'", "'[a] (https://example.org)'"),
    ],
)
def test_sarif_messages_hold_no_patterns_and_no_links(message: str, text: str) -> None:
    (result,) = run_of(bad(replace(COMPLAINT, message=message, hint="")))["results"]
    assert result["message"] == {"text": text}


COMPLAINTS = st.builds(
    Complaint,
    path=st.text(min_size=1).filter(lambda path: "\0" not in path and PurePosixPath(path).name),
    line=st.integers(0, 9),
    column=st.integers(0, 9),
    code=st.sampled_from([each.code for each in CODES]),
    message=st.text(min_size=1),
    hint=st.text(),
)


@given(st.lists(COMPLAINTS, min_size=1))
def test_what_the_standard_requires_holds_for_any_complaints(complaints: list[Complaint]) -> None:
    """SARIF 2.1.0: 3.27.10 level, 3.52.3 index, 3.11 messages, 3.30 regions, 3.4.3 addresses."""
    run = run_of(bad(*complaints))
    rules = run["tool"]["driver"]["rules"]
    assert len(run["results"]) == len(complaints)
    for result in run["results"]:
        assert rules[result["ruleIndex"]]["id"] == result["ruleId"]
        assert result["level"] in ("none", "note", "warning", "error")
        assert result["message"]["text"]
        location = result["locations"][0]["physicalLocation"]
        uri = location["artifactLocation"]["uri"]
        assert uri.isascii()
        assert not set(' "<>\\^`{|}') & set(uri)
        assert all(number >= 1 for number in location.get("region", {}).values())
