"""The schema of rule files: what its values look like, and how it is told to editors."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from alerts.watchlists.reference.json_schema import described
from alerts.watchlists.reference.pages import OUT_OF_DATE, PAGES, ROOT
from alerts.watchlists.registers import LANGUAGES
from alerts.watchlists.schema.section import Section
from tests.watchlists.documents import SCHEMA
from tests.watchlists.marked import (
    HTS,
    WITH_KEYWORD,
    W,
    assert_refused,
    rules_of,
    watchlist_of,
)

FEED = "feeds:\n  - url: https://example.org/rss\n    publisher: Example Times\n"
TEST = WITH_KEYWORD + "    tests: [{name: n, expect: match, article: {title: a"
OPS = "receivers: {ops: {console: {}, "
NIGHT = "time_intervals: {night: {"

VALUES = [
    # Languages and countries.
    ("R211", FEED + "    language: ‸english", "'en'"),
    ("R211", FEED + "    language: ‸Kurmanji", "'kmr'"),
    ("R211", FEED + "    language: ‸pt_BR", "'pt-BR'"),
    ("R211", FEED + "    language: ‸En", "'en'"),
    ("R211", FEED + "    language: ‸xx-YY", "such as en"),
    ("R211", FEED + "    language: ‸en-", "such as en"),
    ("R211", TEST + ", language: ‸arabic}}]", "'ar'"),
    # Grades.
    ("R204", FEED + "    reliability: ‸c", "'C'"),
    ("R204", FEED + "    reliability: ‸good", "A is reliable"),
    ("R204", FEED + "    reliability: ‸''", "A is reliable"),
    # Durations: each unit once, the larger first, nothing that would be more of the next one.
    ("R209", FEED + "    interval: ‸1h60m", "90s"),
    ("R209", FEED + "    interval: ‸30m1h", "90s"),
    ("R209", FEED + "    interval: ‸1h1h", "90s"),
    ("R209", FEED + "    interval: ‸01h", "90s"),
    ("R209", FEED + "    interval: ‸1h0m", "90s"),
    ("R209", FEED + "    interval: ‸1.5h", "90s"),
    ("R209", FEED + "    interval: ‸15M", "90s"),
    ("R209", FEED + "    interval: ‸'15m\\n'", "90s"),
    ("R206", FEED + "    interval: ‸24h1s", ""),
    ("R206", FEED + "    interval: ‸1d1s", ""),
    ("R206", FEED + "    backfill: ‸59s", ""),
    ("R206", FEED + "    backfill: ‸501", ""),
    ("R209", FEED + "    backfill: ‸1.5", "90s"),
    ("R206", WITH_KEYWORD + "    max_age: ‸366d", ""),
    ("R206", WITH_KEYWORD + "    repeat_after: ‸59s", ""),
    # URLs.
    ("R210", "feeds: [{url: ‸'http://a:0/', publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'http://a:65536/', publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'http:///rss', publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'http://[::g]/', publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'http://a℀b/', publisher: X}]", "http"),
    ("R210", f"feeds: [{{url: ‸'http://a/{'a' * 2_000}', publisher: X}}]", "http"),
    # Dates and hours.
    ("R214", TEST + ", published_at: ‸2026-02-29T07:00Z}}]", "2026-11-22"),
    ("R214", TEST + ", published_at: ‸2026-11-22}}]", "2026-11-22T07"),
    ("R214", TEST + ", published_at: ‸1899-12-31T07:00Z}}]", "2026-11-22T07"),
    ("R214", TEST + "}, at: ‸'2026-11-22T07:00'}]", "2026-11-22T07"),
    ("R214", NIGHT + "times: [{start: ‸24:00, end: 06:00}]}}", "07:00"),
    ("R510", NIGHT + "times: [‸{start: 22:00, end: 22:00}]}}", "whole day"),
    ("R212", "time_intervals: {night: ‸{location: UTC}}", "times or days"),
    # Nothing is no value, wherever it stands.
    ("R205", HTS + "  x: {type: place, name: X, ‸at: }", "delete the key"),
    ("R205", HTS + "  x: {type: place, name: X, at: [‸~, 1]}", "delete the key"),
    ("R205", W + "    places: [{‸near: ~, within: 5km}]", "delete the key"),
    ("R205", WITH_KEYWORD + "    score: {‸threshold: , terms: {a1: 1}}", "delete the key"),
    ("R205", WITH_KEYWORD + "    score: {threshold: 1, terms: {‸a1: }}", "delete the key"),
    ("R205", TEST + ", summary: ‸''}}]", "delete the key"),
    ("R205", OPS + "quiet: {during: [‸~]}}}", "delete the key"),
    ("R205", OPS + "digest: {at: ['07:00'], ‸days: }}}", "delete the key"),
    # Sections that ask for nothing.
    ("R212", WITH_KEYWORD + "    publishers: ‸{}", "only, except"),
    ("R212", WITH_KEYWORD + "    tests: [{name: n, article: ‸{author: A}, expect: match}]", ""),
    # Numbers.
    ("R203", OPS + "max_per_hour: ‸1.5}}", ""),
    ("R203", OPS + "max_per_hour: ‸true}}", ""),
    ("R206", OPS + "digest: {at: ['07:00'], max_items: ‸501.0}}}", ""),
    ("R203", OPS + "telegram: {chat: ‸1.5}}}", ""),
    ("R203", WITH_KEYWORD + "    score: {threshold: ‸.inf, terms: {a1: 1}}", ""),
    ("R204", "version: ‸1.5", "version: 1"),
    # Keys of the sections inside sections: only those of their own form are suggested.
    ("R201", W + "    places: [{near: Idlib, within: 5km, ‸plase: Homs}]", "near, within"),
    ("R201", W + "    places: [{in: SY, ‸wihtin: 5km}]", "admin, in"),
    ("R201", W + "    places: [{place: Tripoli, country: LB, ‸contry: LB}]", "'country'"),
    ("R201", WITH_KEYWORD + "    publishers: {‸exept: [Example Satire], only: [X]}", "'except'"),
    ("R201", WITH_KEYWORD + "    score: {threshold: 1, terms: {a1: 1}, ‸tilte_factor: 2}",
     "'title_factor'"),
    ("R201", TEST + "}, ‸recievers: [ops]}]", "'receivers'"),
    ("R201", NIGHT + "days: [mon], ‸localtion: UTC}}", "'location'"),
    ("R201", NIGHT + "times: [{start: 22:00, end: 06:00, ‸begin: 1}]}}", "end, start"),
    ("R201", OPS + "quiet: {during: night, ‸bellow: high}}}\n" + NIGHT + "days: [sat]}}",
     "'below'"),
    ("R201", OPS + "digest: {at: ['07:00'], ‸day: [mon]}}}", "'days'"),
    ("R201", OPS + "telegram: [{chat: 1, ‸thred: 2}]}}", "'thread'"),
    ("R201", OPS + "email: {to: a@example.org, ‸cc: b@example.org}}}", "known here: to"),
    ("R201", OPS + "‸qiuet: {during: night}}}", "'quiet'"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "hint"), VALUES)
def test_values_that_cannot_stand_there_are_refused(code: str, text: str, hint: str) -> None:
    assert_refused(text, code, hint)


def test_numbers_without_a_fraction_are_whole() -> None:
    text = (
        "version: 1.0\n"
        "feeds: [{url: 'https://example.org/rss', publisher: X, backfill: 20.0}]\n"
        "receivers: {ops: {console: {}, max_per_hour: 3e1}}\n"
    )
    rules = rules_of(text)
    assert rules.feeds[0].backfill is not None
    assert rules.feeds[0].backfill.items == 20
    assert rules.receivers["ops"].max_per_hour == 30


@pytest.mark.parametrize("tag", ["en", "EN", "ckb", "pt-BR", "zh-Hant-TW", "sr-Latn"])
def test_languages_are_read_in_any_usual_case(tag: str) -> None:
    assert watchlist_of(f"keywords: [sarin], languages: [{tag}]").languages == (tag.lower(),)


def test_languages_are_known_by_two_letters_or_three() -> None:
    assert len(LANGUAGES) > 250
    assert all(re.fullmatch("[a-z]{2,3}", code) and name for code, name in LANGUAGES.items())
    assert len(set(LANGUAGES.values())) == len(LANGUAGES)


# --- the model --------------------------------------------------------------------------------


def sections() -> list[type[Section]]:
    return sorted(Section.__subclasses__(), key=lambda section: section.__name__)


@pytest.mark.parametrize("section", sections(), ids=lambda section: section.__name__)
def test_every_key_is_described_and_every_list_of_keys_names_keys(section: type[Section]) -> None:
    keys = {field.alias or name for name, field in section.model_fields.items()}
    assert set(described(section)) == keys
    assert all(text.endswith((".", ".)")) for text in described(section).values())
    assert set(section.needs_one_of) <= set(section.model_fields)
    assert not section.unsupported & keys


def test_loading_rules_does_not_pay_for_the_json_schema() -> None:
    code = (
        "import sys, alerts.watchlists.load\n"
        "assert not [name for name in sys.modules if 'watchlists.reference' in name]"
    )
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)


# --- the JSON Schema --------------------------------------------------------------------------


def test_the_json_schema_is_one() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    assert SCHEMA["$schema"] == Draft202012Validator.META_SCHEMA["$id"]


def parts(schema: Any) -> list[dict[str, Any]]:
    """Return every mapping in *schema*."""
    inside = schema.values() if isinstance(schema, dict) else schema
    below = [part for each in inside if isinstance(each, dict | list) for part in parts(each)]
    return [schema, *below] if isinstance(schema, dict) else below


def test_null_stands_nowhere_but_for_an_empty_file() -> None:
    assert SCHEMA["type"] == ["object", "null"]
    assert "null" not in json.dumps({**SCHEMA, "type": "object"})


def test_defaults_and_examples_are_valid() -> None:
    for part in parts(SCHEMA):
        validator = Draft202012Validator({"$defs": SCHEMA["$defs"], **part})
        given = [part["default"]] if isinstance(part.get("default"), str | int | float) else []
        for value in given + list(part.get("examples", []) if "type" in part else []):
            validator.validate(value)


@pytest.mark.parametrize(
    "pattern", [part["pattern"] for part in parts(SCHEMA) if isinstance(part.get("pattern"), str)]
)
def test_patterns_use_only_what_all_regex_engines_of_editors_mean_alike(pattern: str) -> None:
    # ECMA-262: no \A or \Z, no named groups in Python's way, nothing possessive or atomic; \d and
    # \w are ASCII there; looking behind came late.
    bare = re.sub(r"\[(?:\\.|[^]\\])*\]", "[]", pattern)
    assert not re.search(r"\\[AZzdDwWbB]|\(\?[P<>aiLmsux]|[*+?}]\+", bare)
    assert pattern.startswith("^")


def test_the_sizes_that_people_choose_from_are_listed() -> None:
    assert SCHEMA["$defs"]["severity"]["enum"] == ["info", "low", "medium", "high", "critical"]
    assert {"SY", "GB", "XK"} <= set(SCHEMA["$defs"]["country"]["enum"])
    assert {"UTC", "Europe/Berlin", "Asia/Damascus"} <= set(SCHEMA["$defs"]["zone"]["enum"])


# --- what is committed ------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["docs/rule-files.md", "rules/tocsin.schema.json"])
def test_what_is_committed_is_what_the_program_says(path: str) -> None:
    assert (ROOT / path).read_text(encoding="utf-8") == PAGES[path](), OUT_OF_DATE
