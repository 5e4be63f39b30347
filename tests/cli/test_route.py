"""`tocsin route` as an operator meets it: the tree, and the way of a match through it."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.storage import open_storage
from tests.builders import NOW, a_sighting, an_article
from tests.storage.databases import list_feeds, record

RULES = """\
version: 1
watchlists:
  - {id: bases, title: Bases, keywords: [blast], severity: high, owner: syria-desk, tags: [war]}
  - {id: drill, title: Drill, keywords: [drill], status: experimental}
routes:
  receiver: evening
  routes:
    - {match: ['severity=~"high|critical"'], receiver: ops, group_wait: 30s, continue: true}
    - {match: [owner=syria-desk, tag=war], receiver: desk}
    - {match: [tag=never], receiver: console, active_time_intervals: [night]}
time_intervals:
  night: {times: [{start: "22:00", end: "06:30"}], location: Europe/Berlin}
receivers:
  ops: {telegram: {chat: "-1001", thread: 7}, fallback: evening}
  desk:
    email: {to: [desk@example.org]}
    quiet: {during: night, below: critical, then: bundle}
    max_per_hour: 20
  evening: {webhook: {url: "https://canary.example/token"}, digest: {at: ["07:00"], location: Europe/Berlin}}
"""
NIGHT = "2026-11-01T23:30+01:00"
NOON = "2026-11-01T12:00"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    return tmp_path


def run(*arguments: str) -> int:
    return _exit_code(["route", *arguments])


def tried(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, object]:
    assert run("test", *arguments, "--format", "json") == 0
    [way] = json.loads(capsys.readouterr().out)
    return way  # type: ignore[no-any-return]


# --- show -------------------------------------------------------------------------------------


def test_the_tree_is_shown_with_whom_it_reaches(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show") == 0
    said = capsys.readouterr().out
    for words in (
        'severity=~"high|critical" → ops',
        "and goes on behind it, waits 30s for other reports",
        'owner="syria-desk" tag="war" → desk',
        "only during night",
        "telegram:-1001/7; else evening",
        "quiet during night below critical: bundle; 20 an hour",
        "digest at 07:00 Europe/Berlin",
        "22:00-06:30 Europe/Berlin",
    ):
        assert words in said
    assert "canary" not in said


def test_scripts_get_the_tree_and_no_secret(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("show", "--format", "json") == 0
    said = capsys.readouterr().out
    shown = json.loads(said)
    assert shown["route"]["routes"][0]["group_wait_s"] == 30
    assert shown["receivers"]["evening"]["addresses"] == ["webhook:evening"]
    assert "canary" not in said


# --- test -------------------------------------------------------------------------------------


def test_a_watchlist_brings_its_labels_along(capsys: pytest.CaptureFixture[str]) -> None:
    way = tried(capsys, "watchlist=bases", "--at", NIGHT)
    assert way["labels"] == {
        "severity": ["high"],
        "owner": ["syria-desk"],
        "tag": ["war"],
        "watchlist": ["bases"],
    }
    routes = [(each["receiver"], each["verdict"]) for each in way["routes"]]  # type: ignore[attr-defined]
    assert routes == [
        ("evening", "passed on"),
        ("ops", "taken"),
        ("desk", "taken"),
        ("console", "not asked"),
    ]
    due = {each["receiver"]: each["due_at"] for each in way["destinations"]}  # type: ignore[attr-defined]
    assert due == {
        "ops": "2026-11-01T22:30:30+00:00",
        "desk": "2026-11-02T05:30:00+00:00",
    }


def test_people_read_the_way_and_when_it_leaves(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("test", "watchlist=bases", "--at", NIGHT) == 0
    said = " ".join(capsys.readouterr().out.split())
    for words in (
        "at 2026-11-01 22:30 UTC",
        '✓ severity=~"high|critical" → ops takes it, and it goes on',
        "after 30s (group_wait)",
        "Mon 02 Nov 06:30 Europe/Berlin (05:30 UTC), when the quiet hours (night) end",
    ):
        assert words in said
    assert run("test", "severity=low", "owner=x", "--at", NIGHT) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert '✗ severity=~"high|critical" → ops severity is low' in said
    assert 'no: owner="syria-desk" is not met, owner is x' in said
    assert "07:00 Europe/Berlin (06:00 UTC), with the digest" in said


def test_labels_that_are_given_win_over_those_of_the_watchlist(
    capsys: pytest.CaptureFixture[str],
) -> None:
    way = tried(capsys, "watchlist=bases", "severity=low", 'tag="never"', "--at", NOON)
    assert [each["receiver"] for each in way["destinations"]] == ["evening"]  # type: ignore[attr-defined]


def test_an_experiment_is_sent_to_nobody(capsys: pytest.CaptureFixture[str]) -> None:
    way = tried(capsys, "watchlist=drill")
    assert way["destinations"] == []
    assert way["unsent"] == "the watchlist is experimental: nothing of it is sent"


def test_a_text_takes_the_way_of_what_it_matches(capsys: pytest.CaptureFixture[str]) -> None:
    way = tried(capsys, "--text", "Blast heard near the port")
    assert way["labels"]["watchlist"] == ["bases"]  # type: ignore[index]
    assert run("test", "--text", "Nothing at all") == 1
    assert "no watchlist matches it" in capsys.readouterr().err


async def test_an_article_of_the_archive_takes_the_way_of_what_it_matches(
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with open_storage("sqlite:///tocsin.db", now=NOW) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting(an_article("a")))
    name = an_article("a").id[:10]
    way = await asyncio.to_thread(tried, capsys, "--article", name)
    assert way["labels"]["publisher"] == ["Example News"]  # type: ignore[index]
    assert await asyncio.to_thread(run, "test", "--article", "ffffffffffff") == 3
    assert "did you mean" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["severty=high"], "'severity'"),
        (["severity=hgh"], "'high'"),
        (["severity"], "label=value"),
        (["watchlist=base"], "bases"),
        ([], "--article"),
        (["severity=low", "--text", "x"], "--text"),
        (["severity=low", "--at", "noon"], "--at"),
    ],
)
def test_wrong_usage_says_the_way_out(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("test", *arguments) == 3
    assert said in capsys.readouterr().err
