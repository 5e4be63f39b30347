"""`tocsin tail`: what comes in, and what becomes of it, as it happens."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.model import (
    Address,
    Article,
    Evidence,
    Fact,
    Field,
    How,
    LabelMatcher,
    Novelty,
    RoutedMatch,
)
from alerts.storage import Storage, open_storage
from alerts.storage.muted import MuteKind, Subject
from alerts.watchlists.contents import Contents
from tests.builders import CHAT, a_destination, a_feed, a_match, a_sighting, a_state, an_article
from tests.cli.terminals import in_a_terminal
from tests.storage.databases import list_feeds, record

URL = "sqlite:///tocsin.db"


@cache
def present() -> datetime:
    """Return when the test began: a whole run takes longer than the tail looks back."""
    return datetime.now(UTC)


@pytest.fixture(autouse=True)
def _another_moment() -> None:
    present.cache_clear()


MINUTE = timedelta(minutes=1)
RULES = """\
version: 1
watchlists:
  - {id: bases, title: Bases, keywords: [base]}
  - {id: trial, title: A trial, keywords: [blast], status: experimental}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("COLUMNS", raising=False)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "a.yml").write_text(RULES)
    return tmp_path


@pytest.fixture
async def storage(folder: Path) -> AsyncIterator[Storage]:
    async with open_storage(URL, now=present()) as storage:
        await list_feeds(storage, a_feed(), a_feed("https://two.example/rss", publisher="Two"))
        contents = Contents.of_folder(folder / "rules")
        await storage.rule_archive.keep(contents, now=present() - 9 * MINUTE)
        yield storage


def an_hour_old(name: str = "a", **fields: Any) -> Article:
    return an_article(name, **{"seen_at": present() - 60 * MINUTE} | fields)


def young(name: str = "a", **fields: Any) -> Article:
    return an_article(name, **{"seen_at": present() - MINUTE} | fields)


async def store(storage: Storage, *sightings: Any, now: datetime | None = None) -> None:
    rule_set = await storage.rule_archive.in_force(present())
    await record(storage, *sightings, rule_set=rule_set, now=now or present() - MINUTE)


async def ran(capsys: pytest.CaptureFixture[str], *options: str) -> tuple[int, str, str]:
    code = await asyncio.to_thread(_exit_code, ["tail", "--once", *options])
    told = capsys.readouterr()
    return code, without_days(told.out), told.err


def without_days(said: str) -> str:
    """Return *said* without the lines that name a day: the tests may run at midnight."""
    return "".join(line for line in said.splitlines(keepends=True) if not line.startswith("-- "))


async def outcomes(capsys: pytest.CaptureFixture[str], *options: str) -> list[list[str]]:
    code, said, _ = await ran(capsys, "--format", "json", *options)
    assert code == 0
    return [
        [match["outcome"] for match in json.loads(line)["matches"]] for line in said.splitlines()
    ]


# --- what became of it ------------------------------------------------------------------------


async def test_an_article_is_shown_with_who_hears_of_it(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    await store(storage, a_sighting(young()))
    code, said, concluded = await ran(capsys)
    assert code == 0
    headline, met, ring = said.splitlines()
    assert headline.endswith("Example News  Blast near Khmeimim (a)")
    assert met.split() == ["medium", "Bases:", "Blast"]
    assert ring.split() == ["->", "desk", "telegram:100", "pending"]
    assert concluded == "1 article, 1 of them met a watchlist\n"


async def test_the_console_is_called_by_its_name(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    to = replace(a_destination(), address=Address(channel="console"))
    await store(storage, a_sighting(young(), to=[to]))
    _, said, _ = await ran(capsys)
    assert said.splitlines()[-1].split() == ["->", "desk", "console", "pending"]


async def test_every_outcome_has_its_word(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    low = LabelMatcher(label="watchlist", operator="=", value="silenced")
    until = present() + 60 * MINUTE
    await storage.silences.begin(
        [low], author="a", comment="c", until=until, watchlists={}, now=present() - 9 * MINUTE
    )
    muted = Subject(kind=MuteKind.WATCHLIST, value="muted", title="Muted")
    await storage.mutes.begin(muted, CHAT, "desk", until=until, now=present() - 9 * MINUTE)
    held = young("held")
    match = a_match(held, "bases", is_held=True, unknown=(Fact.LANGUAGE,))
    sightings = {
        "told": a_sighting(young("told")),
        "muted": a_sighting(young("muted"), watchlists=["muted"]),
        "held": a_sighting(held, matches=(RoutedMatch(match=match, destinations=()),)),
        "experimental": a_sighting(young("trial"), watchlists=["trial"], to=()),
        "nobody": a_sighting(young("nobody"), to=()),
    }
    for sighting in sightings.values():
        await store(storage, sighting)
    assert sorted(await outcomes(capsys)) == sorted([each] for each in sightings)
    _, said, _ = await ran(capsys)
    for words in ("held: its language is not known", "experimental: stored, and told to nobody"):
        assert words in said


async def test_a_story_that_was_told_is_said_to_be(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    first = a_sighting(young("a"))
    again = a_sighting(young("b"), story_keys=first.story_keys)
    await store(storage, first)
    until = present() + MINUTE
    leased = await storage.outbox.lease_due("telegram", now=present(), until=until, limit=1)
    assert len(leased) == 1
    await store(storage, again)
    assert sorted(await outcomes(capsys)) == [["told"], ["told before"]]


@pytest.mark.parametrize(
    ("novelty", "words"),
    [
        (Novelty.NEW, "(no match)"),
        (Novelty.BASELINE, "(baseline: the past of its feed)"),
        (Novelty.LATE, "(late: it slid back into its feed)"),
    ],
)
async def test_what_rings_for_nobody_says_why(
    novelty: Novelty, words: str, storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    await store(storage, a_sighting(young(), watchlists=(), novelty=novelty))
    assert (await ran(capsys))[1].rstrip().endswith(words)


# --- which ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "names"),
    [
        ([], "abc"),
        (["--matches"], "ab"),
        (["--watchlist", "trial"], "b"),
        (["--watchlist", "trial", "--watchlist", "bases"], "ab"),
        (["--feed", "https://two.example/rss"], "b"),
        (["--feed", "two"], "b"),
        (["--feed", "news.example"], "ac"),
        (["--feed", "EXAMPLE NEWS", "--matches"], "a"),
        (["--since", "2h"], "oabc"),
        (["--since", "2h", "--watchlist", "bases"], "oab"),
    ],
)
async def test_articles_are_chosen(
    options: list[str], names: str, storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    await store(storage, a_sighting(an_hour_old("o")), now=present() - 60 * MINUTE)
    two = young("b", feed="https://two.example/rss", publisher="Two")
    await store(storage, a_sighting(young("a")), a_sighting(young("c"), watchlists=()))
    sighting = a_sighting(two, watchlists=["bases", "trial"])
    await record(storage, sighting, state=a_state(two.feed), now=present() - MINUTE)
    code, said, _ = await ran(capsys, "--format", "json", *options)
    assert code == 0
    told = [json.loads(line)["title"][-2] for line in said.splitlines()]
    assert sorted(told) == sorted(names)


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (["--watchlist", "basis"], "there is no watchlist 'basis': did you mean 'bases'?"),
        (["--feed", "Example Newz"], "there is no feed 'Example Newz': did you mean 'Example N"),
        (["--feed", "\x1b[31m"], "there is no feed '\ufffd[31m'"),
        (["--since", "long"], "--since"),
    ],
)
async def test_what_is_not_there_is_named(
    options: list[str], words: str, storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, complaint = await ran(capsys, *options)
    assert (code, said) == (3, "")
    assert words in complaint


async def test_nothing_to_show_has_a_way_out(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    code, said, concluded = await ran(capsys)
    assert (code, said) == (0, "")
    assert "nothing to show since" in concluded
    assert "--since 1d begins earlier" in concluded


def test_before_the_first_run_there_is_nothing(capsys: pytest.CaptureFixture[str]) -> None:
    assert _exit_code(["tail"]) == 3
    assert "there is no database tocsin.db yet" in capsys.readouterr().err


# --- how it is shown --------------------------------------------------------------------------


async def test_a_terminal_obeys_no_feed(
    storage: Storage, capsys: pytest.CaptureFixture[str]
) -> None:
    title = "Blast\x1b[2J\u202e in\nthe [bold]night\u2028of"
    article = young(title=title, publisher="Evil\x1b]0;x\x07 News")
    match = a_match(
        article,
        title="Ba\x1b[5mses",
        evidence=(
            Evidence(
                field=Field.TITLE, start=0, end=5, surface="Blast", term="b\x1b", how=How.EXACT
            ),
        ),
    )
    routed = RoutedMatch(match=match, destinations=(a_destination("1\x1b0"),))
    await store(storage, a_sighting(article, matches=(routed,)))
    _, said, _ = await ran(capsys)
    assert "\x1b" not in said
    assert "\u202e" not in said
    assert "[bold]" in said
    assert len(said.splitlines()) == 3


async def test_it_is_as_wide_as_the_terminal(storage: Storage) -> None:
    title = "Khmeimim 赫梅米姆空军基地 حميميم " * 6
    await store(storage, a_sighting(young(title=title)), a_sighting(young("b"), watchlists=()))
    lines = await asyncio.to_thread(in_a_terminal, "tail", "--once")
    assert len(lines) > 5
    # A wide letter takes two cells.
    assert max(sum(2 if letter > "\u3000" else 1 for letter in line) for line in lines) <= 80
    assert any(line.startswith(" " * 9) for line in lines)


async def test_colours_obey_no_color(storage: Storage, monkeypatch: pytest.MonkeyPatch) -> None:
    await store(storage, a_sighting(young()))
    assert "\x1b[36m" in "".join(
        await asyncio.to_thread(in_a_terminal, "tail", "--once", clean=False)
    )
    monkeypatch.setenv("NO_COLOR", "1")
    assert "\x1b[36m" not in "".join(
        await asyncio.to_thread(in_a_terminal, "tail", "--once", clean=False)
    )


# --- beside a running process -----------------------------------------------------------------


async def shows(stream: asyncio.StreamReader, words: bytes) -> None:
    """Read *stream* until a line has *words*."""
    while words not in await stream.readline():
        assert not stream.at_eof()


async def test_it_follows_what_comes_and_ends_with_a_count(storage: Storage) -> None:
    await store(storage, a_sighting(young("a")))
    command = [sys.executable, "-m", "alerts", "tail", "--since", "1h"]
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    process = await asyncio.create_subprocess_exec(
        *command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment
    )
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        await shows(process.stdout, b"Khmeimim (a)")
        later = an_article("b", seen_at=datetime.now(UTC))
        await store(storage, a_sighting(later, watchlists=()))
        await shows(process.stdout, b"Khmeimim (b)")
        process.send_signal(signal.SIGINT)
        concluded = await process.stderr.read()
        assert await process.wait() == 0
        assert concluded == b"2 articles, 1 of them met a watchlist\n"
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()
