"""`tocsin hygiene` as an operator meets it."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.alerting.sightings import RulesInForce, sight_new
from alerts.cli import _exit_code
from alerts.model import Receipt
from alerts.storage import open_storage
from alerts.storage.feedback import Verdict
from alerts.watchlists.load import load_text
from tests.builders import FEED, a_state, an_article
from tests.storage.databases import list_feeds, record

NOW = datetime.now(UTC)
DAY = timedelta(days=1)
RULES = f"""
version: 1
feeds: [{{url: "{FEED}", publisher: Example News}}]
entities:
  hts: {{type: group, name: Hayat Tahrir al-Sham, aliases: [Levant Board]}}
watchlists:
  - {{id: gas, title: Gas, owner: desk, keywords: [sarin, chlorine]}}
  - {{id: hts, title: HTS, owner: desk, groups: ["@hts"]}}
  - {{id: ports, title: Ports and more, keywords: [harbour]}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    return tmp_path


@pytest.fixture
async def months() -> None:
    """A hundred days with a story of sarin on each of the last five, and a word of a reader."""
    rules = RulesInForce.compile(load_text(RULES))
    async with open_storage("sqlite:///tocsin.db", now=NOW) as storage:
        await list_feeds(storage)
        for days in (100, 5, 4, 3, 2, 1):
            now = NOW - days * DAY
            title = f"Sarin found on day {days}" if days < 100 else "Nothing"
            article = an_article(f"{days}", title=title, summary="", seen_at=now, published_at=now)
            await record(
                storage,
                *sight_new(rules, [article], newest_at=None, now=now),
                now=now,
                state=a_state(last_read_at=now, last_new_at=now, baselined_at=now),
            )
            leased = await storage.outbox.lease_due("console", now=now, until=now + DAY, limit=9)
            for delivery in leased:
                await storage.outbox.mark_sent(delivery, Receipt(), now=now)
                [alert] = delivery.alerts
                await storage.feedback.give(alert.id, "telegram:1", Verdict.USEFUL, now=now)


async def ran(*arguments: str) -> int:
    """Run beside the test's own loop, as the command does beside another process."""
    return await asyncio.to_thread(_exit_code, ["hygiene", *arguments])


async def test_findings_stand_in_tables_and_the_exit_code_is_0(
    months: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("--noisy", "0.05") == 0
    said = capsys.readouterr().out
    for words in (
        ": 5 articles seen",
        "Silent: no match in 90 d: 2",
        "Noisy: 0.05 alerts a day or more: 1",
        "100%  57% to 100%, few answers",
        "Levant Board  alias  @hts",
        "gas        chlorine",
        "ports      Ports and more",
        "In order: every match reached somebody, feeds bring articles, messages arrive.",
    ):
        assert words in said, words
    assert max(map(len, said.splitlines())) <= 80


async def test_what_is_not_too_loud_is_in_order(
    months: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("--limit", "1") == 0
    said = capsys.readouterr().out
    assert "none is noisy (the loudest: gas, 0.1 a day)" in said
    assert "and 1 more: --limit 2" in said


async def test_programs_get_all_of_it_as_one_document(
    months: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("--format", "json", "--limit", "1") == 0
    told = json.loads(capsys.readouterr().out)
    assert [one["watchlist"] for one in told["silent"]] == ["hts", "ports"]
    assert told["loud"] == [
        {
            "watchlist": "gas",
            "title": "Gas",
            "alerts": 5,
            "per_day": 0.056,
            "share": 1.0,
            "noisy": False,
        }
    ]
    assert told["unseen_names"] == [{"entity": "hts", "name": "Levant Board", "kind": "alias"}]
    assert told["unseen_terms"] == [{"watchlist": "gas", "term": "chlorine"}]
    assert told["precision"][0]["interval"] == [0.5655, 1.0]
    assert told["ownerless"] == ["ports"]
    assert (told["unheard"], told["feeds"], told["receivers"]) == ([], [], [])


async def test_an_archive_that_is_shorter_says_so(
    months: None, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("--since", "200d") == 0
    assert "The first of all was seen 100 d ago" in capsys.readouterr().out


async def test_an_empty_archive_gets_a_clear_word(capsys: pytest.CaptureFixture[str]) -> None:
    async with open_storage("sqlite:///tocsin.db", now=NOW):
        pass
    assert await ran() == 0
    assert "No article is stored yet" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        ([], 3, "there is no database tocsin.db yet"),
        (["--since", "yesterday"], 3, "--since"),
        (["--since", "2999-01-01"], 3, "it lies in the future"),
        (["--noisy", "0"], 3, "--noisy"),
        (["--rules", "nowhere"], 2, "nowhere"),
    ],
)
def test_what_is_wrong_ends_it_with_its_code(
    arguments: list[str], code: int, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _exit_code(["hygiene", *arguments]) == code
    assert words in capsys.readouterr().err
