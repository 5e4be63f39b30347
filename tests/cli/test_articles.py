"""`tocsin articles`: what was seen, searched and looked at."""

from __future__ import annotations

import asyncio
import json
import re
import shlex
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.model import Article
from alerts.storage import open_storage
from alerts.storage.tables import EPOCH
from tests.builders import a_sighting, an_article
from tests.storage.databases import list_feeds, record

URL = "sqlite:///tocsin.db"
NOW = datetime.now(UTC)
HOUR = timedelta(hours=1)
SARIN = an_article(
    "sarin",
    title="Sarin used in Idlib, doctors say",
    summary="Three people were treated. " * 9 + "It was sarin, \u202esay all. " + "More. " * 50,
    author="Ann Doe",
    tags=("syria",),
    seen_at=NOW - 3 * HOUR,
)
CAFE = an_article("cafe", title="Zürich: Café zu", summary="", seen_at=NOW - 80 * HOUR)


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.fixture
async def archive() -> None:
    """Two articles, one of which was changed and one indexed."""
    changed = replace(SARIN, title="Sarin used in Idlib, hospital says")
    await kept(CAFE)
    async with open_storage(URL, now=NOW) as storage:
        await storage.word_index.add(since=EPOCH)
    await kept(SARIN)
    await kept(changed)


async def kept(*found: Article) -> None:
    async with open_storage(URL, now=NOW) as storage:
        await list_feeds(storage)
        await record(storage, *(a_sighting(each) for each in found), now=NOW - 2 * HOUR)


def is_empty(folder: Path) -> bool:
    return not list(folder.iterdir())


async def ran(*arguments: str) -> int:
    """Run beside the test's own loop, as the command does beside another process."""
    return await asyncio.to_thread(_exit_code, ["articles", *arguments])


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        (["sarin"], [SARIN]),
        (["zurich", "CAFE"], [CAFE]),
        (["--query", "sarin OR café"], [SARIN, CAFE]),
        (["sarin", "--query", "Idlib"], [SARIN]),
        (["sarin", "--query", "Zürich"], []),
        (["sar*", "--since", "4h"], [SARIN]),
        (["sarin", "--until", "4h"], []),
        (["sarin", "--feed", "example news"], [SARIN]),
        (["sarin", "--feed", "bbc"], []),
        (["'\"", "OR", "("], []),
    ],
)
async def test_what_is_searched_for_is_found(
    arguments: list[str], found: list[Article], capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("search", *arguments, "--format", "json") == 0
    document = json.loads(capsys.readouterr().out)
    assert [each["id"] for each in document["articles"]] == [each.id for each in found]


@pytest.mark.usefixtures("archive")
async def test_people_see_the_words_in_what_stands_around_them(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await ran("search", "SARIN") == 0
    out = capsys.readouterr().out
    assert f"{SARIN.id[:12]}  {SARIN.seen_at:%Y-%m-%d %H:%M} UTC (3 h ago)  new  Example" in out
    assert "Sarin used in Idlib, hospital says\n" in out
    assert "\n  …" in out
    assert "It was sarin, \ufffdsay all." in out
    assert "1 article with SARIN" in out


@pytest.mark.usefixtures("archive")
async def test_scripts_get_the_places_of_the_words(capsys: pytest.CaptureFixture[str]) -> None:
    await ran("search", "sarin", "--query", "title:(Sarin OR Idlib)", "--format", "json")
    [article] = json.loads(capsys.readouterr().out)["articles"]
    assert article["spans"]["title"] == [[0, 5], [14, 19]]
    [[start, end]] = article["spans"]["summary"]
    assert article["summary"][start:end] == "sarin"


@pytest.mark.usefixtures("archive")
async def test_more_than_was_asked_for_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    await ran("search", "--query", "sarin OR café", "--limit", "1")
    assert "1 article meeting sarin OR café, and there are more: --limit 5" in (
        capsys.readouterr().out
    )


@pytest.mark.usefixtures("archive")
async def test_nothing_found_says_what_was_searched(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("search", "tabun", "--since", "2026-11-01", "--feed", "bbc") == 0
    assert await ran("search", "tabun") == 0
    first, _, second, _ = capsys.readouterr().out.splitlines()
    assert first.startswith(
        "no article with tabun, seen since 2026-11-01 00:00 UTC, in feeds with bbc; "
    )
    assert second == "no article with tabun; 2 articles searched"


@pytest.mark.usefixtures("archive")
@pytest.mark.parametrize(
    ("arguments", "way_out"),
    [
        (
            ["Idlip", "saarinn"],
            "try 'saar*', the beginning of a word, or a --query, which knows inflections and names",
        ),
        (["saarinn", "--query", "Idlib"], "try 'saar*', the beginning of a word"),
        (["don't-know"], "try 'don'\"'\"'t-*', the beginning of a word, or a --query, which"),
        # Those are beginnings, too short, or found wherever they stand.
        (["saarinn*"], ""),
        (["gas"], ""),
        (["阿勒颇市场"], ""),
        (["?!?!?!"], ""),
        (["--query", "saarinn"], ""),
    ],
)
async def test_nothing_found_says_what_may_find_more(
    arguments: list[str], way_out: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran("search", *arguments) == 0
    _, *told = capsys.readouterr().out.splitlines()
    assert (" ".join(told).startswith(way_out), bool(told)) == (True, bool(way_out))


@pytest.mark.usefixtures("archive")
async def test_what_is_told_finds_more(capsys: pytest.CaptureFixture[str]) -> None:
    await ran("search", "Sarinn")
    [told] = re.findall(r"try (\S+),", capsys.readouterr().out)
    assert await ran("search", *shlex.split(told)) == 0
    assert SARIN.id[:12] in capsys.readouterr().out


async def test_an_empty_archive_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    await kept()
    assert await ran("search", "sarin") == 0
    assert await ran("show", "12345678") == 3
    told = capsys.readouterr()
    assert "no article was seen yet: `tocsin run`" in told.out
    assert "no article was seen yet: `tocsin run`" in told.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["search", "--query", "(sarin"], "--query: the parenthesis is not closed"),
        (["search"], "give words, or a --query"),
        (["search", "x", "--since", "soon"], "--since"),
        (["search", "x"], "there is no database"),
        (["show", "12345678"], "there is no database"),
    ],
)
async def test_wrong_usage_is_told(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str], folder: Path
) -> None:
    assert await ran(*arguments) == 3
    assert words in capsys.readouterr().err
    assert is_empty(folder)


@pytest.mark.usefixtures("archive")
async def test_an_article_is_shown_with_all_that_is_kept(
    capsys: pytest.CaptureFixture[str],
) -> None:
    for named in (SARIN.id[:8], SARIN.url):
        assert await ran("show", named) == 0
    assert await ran("show", SARIN.id, "--format", "json") == 0
    out = capsys.readouterr().out
    for words in (
        f"article    {SARIN.id}\n",
        "author     Ann Doe\n",
        "tags       syria\n",
        "1. until ",
        "title: Sarin used in Idlib, doctors say\n",
        "1 match\n  medium Bases (bases)\n    title: Sarin (exact)\n",
        f"{SARIN.summary.strip().replace(chr(0x202E), chr(0xFFFD))[-40:]}",
    ):
        assert words in out, words
    document = json.loads(out[out.index("\n{\n") :])
    assert document["summary"] == SARIN.summary
    assert [each["title"] for each in document["versions"]] == [
        "Sarin used in Idlib, doctors say",
        "Sarin used in Idlib, hospital says",
    ]
    assert document["matches"][0]["watchlist"] == "bases"


@pytest.mark.usefixtures("archive")
async def test_an_unknown_article_is_told_with_the_nearest(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await ran("show", SARIN.id[:6] + "00") == 3
    err = capsys.readouterr().err
    assert "did you mean" in err
    assert SARIN.id[:12] in err
