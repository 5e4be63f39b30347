"""`tocsin why` names the stage that decided, whatever it was."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.model import Address, LabelMatcher
from alerts.storage.muted import MuteKind, Subject
from tests.builders import an_article
from tests.workbench.newsroom import Newsroom, newsroom

RULES = """\
version: 1
watchlists:
  - id: idlib-chemical
    title: Chemical weapons in Idlib
    severity: critical
    places: [Idlib, Khan Sheikhun]
    keywords: [sarin]
  - {id: weather, title: Weather, keywords: [storm], languages: [en], unknown: hold}
  - {id: trial, title: Tried out, keywords: [novichok], status: experimental}
  - {id: base, title: The base, keywords: [khmeimim, hmeymim], severity: high}
routes:
  receiver: desk
  routes:
    - {match: ['severity=~"high|critical"'], receiver: ops}
time_intervals:
  always: {days: [mon, tue, wed, thu, fri, sat, sun]}
receivers:
  ops: {telegram: {chat: "-100"}}
  desk: {telegram: {chat: "200"}}
"""
CHAT = Address(channel="telegram", target="-100")
NOW = datetime.now(UTC) - timedelta(hours=3)
SARIN = an_article("a", title="Sarin used in Khan Shaykhun", summary="", published_at=NOW)


@dataclass(frozen=True, slots=True)
class Told:
    code: int
    out: str
    err: str

    @property
    def verdict(self) -> str:
        return self.out.splitlines()[0]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    return tmp_path


@dataclass
class Asker:
    capsys: pytest.CaptureFixture[str]

    async def why(self, *arguments: str) -> Told:
        code = await asyncio.to_thread(_exit_code, ["why", *arguments])
        said = self.capsys.readouterr()
        assert "Traceback" not in said.err
        return Told(code, said.out, said.err)

    async def document(self, *arguments: str) -> dict[str, Any]:
        told = await self.why(*arguments, "--format", "json")
        assert told.code == 0, told.err
        found: dict[str, Any] = json.loads(told.out)
        return found


@pytest.fixture
def asker(capsys: pytest.CaptureFixture[str]) -> Asker:
    return Asker(capsys)


@asynccontextmanager
async def room(rules: str = RULES) -> AsyncIterator[Newsroom]:
    async with newsroom("sqlite:///tocsin.db", rules, now=NOW) as opened:
        yield opened


# --- it rang, or will -------------------------------------------------------------------------


async def test_what_rang_says_whom_and_after_how_long(asker: Asker) -> None:
    async with room() as news:
        await news.see(SARIN)
        news.clock.advance(seconds=12)
        assert len(await news.send("telegram")) == 1
    told = await asker.why(SARIN.id[:8])
    assert told.code == 0
    assert told.verdict == (
        "✓ it rang for idlib-chemical: ops (telegram:-100) sent 12s after the alert was made,"
        " as message 815"
    )
    lines = told.out.splitlines()
    assert 'routed        routes > severity=~"high|critical": ops' in lines
    assert "              “Khan Shaykhun” = Khan Sheikhun (gazetteer) in title" in lines
    found = await asker.document(SARIN.url)
    [match] = found["matches"]
    assert (found["verdict"]["turn"], match["decided_by"]["name"]) == ("told", "delivery")
    assert [each["address"] for each in match["addresses"]] == ["telegram:-100"]
    names = [stage["name"] for stage in found["stages"]]
    assert names == ["read", "novelty", "language", "story"]


async def test_the_console_is_called_by_its_name(asker: Asker) -> None:
    async with room(RULES.replace('{telegram: {chat: "-100"}}', "{console: {}}")) as news:
        await news.see(SARIN)
        await news.send("console", message_id="")
    told = await asker.why(SARIN.id)
    assert "it rang for idlib-chemical: ops (console) sent" in told.verdict
    assert "to            ops: console" in told.out.splitlines()
    [match] = (await asker.document(SARIN.id))["matches"]
    assert [each["address"] for each in match["addresses"]] == ["console:"]


async def test_what_waits_says_for_what(asker: Asker) -> None:
    rules = RULES.replace('chat: "-100"}', 'chat: "-100"}, digest: {at: ["07:00"]}')
    async with room(rules) as news:
        await news.see(SARIN)
    told = await asker.why(SARIN.id)
    assert told.verdict.startswith("· it will ring for idlib-chemical: ops (telegram:-100) waits")
    assert "waits for the digest, due " in told.out


async def test_a_second_report_says_that_the_story_was_told(asker: Asker) -> None:
    other = replace(
        an_article("c", title="Sarin in Idlib", publisher="Other"), url=f"{SARIN.url}?utm_source=x"
    )
    async with room() as news:
        await news.see(SARIN)
        await news.send("telegram")
        news.clock.advance(minutes=5)
        await news.see(other)
    told = await asker.why(other.id)
    assert (
        "and told nobody: ops (telegram:-100) had been told of this story already" in told.verdict
    )
    assert f"opened by {SARIN.publisher}: {SARIN.title}" in told.out


async def test_a_dead_letter_says_how_it_is_put_back(asker: Asker) -> None:
    async with room() as news:
        await news.see(SARIN)
        now = news.clock()
        [leased] = await news.storage.outbox.lease_due(
            "telegram", now=now, until=now + timedelta(minutes=1), limit=1
        )
        await news.storage.outbox.mark_dead(leased, "400 Bad Request: chat not found\nmore")
    told = await asker.why(SARIN.id)
    assert "dead letter after 1 attempt: 400 Bad Request: chat not found;" in told.verdict
    assert f"`tocsin deliveries retry {leased.id[:12]}`" in told.verdict


async def test_an_ambiguous_send_is_told_as_a_possible_repeat(asker: Asker) -> None:
    async with room() as news:
        await news.see(SARIN)
        now = news.clock()
        [leased] = await news.storage.outbox.lease_due(
            "telegram", now=now, until=now + timedelta(minutes=1), limit=1
        )
        due_at = now + timedelta(minutes=1)
        await news.storage.outbox.mark_retry(leased, "timed out", due_at=due_at, ambiguous=True)
    told = await asker.why(SARIN.id)
    assert "attempts    1, the last that failed: timed out" in told.out
    assert "marked as a possible repeat" in told.verdict


# --- it was kept from people ------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "verdict"),
    [
        ("Novichok found", "it matched trial and told nobody: the watchlist is experimental"),
        ("Storm", "it matched weather and told nobody: the article does not say its language"),
    ],
)
async def test_a_match_that_is_sent_to_nobody_says_why(
    asker: Asker, title: str, verdict: str
) -> None:
    article = an_article("x", title=title, summary="")
    async with room() as news:
        await news.see(article)
    assert verdict in (await asker.why(article.id)).verdict


async def test_a_mute_is_named(asker: Asker) -> None:
    async with room() as news:
        muted = Subject(kind=MuteKind.WATCHLIST, value="idlib-chemical", title="Chemical weapons")
        until = NOW + timedelta(days=1)
        await news.storage.mutes.begin(muted, CHAT, "ops", until=until, now=NOW)
        await news.see(SARIN)
    told = await asker.why(SARIN.id)
    assert (
        "ops (telegram:-100) muted there: the watchlist 'Chemical weapons', until" in told.verdict
    )


async def test_a_silence_is_named_with_who_began_it(asker: Asker) -> None:
    matcher = LabelMatcher(label="severity", operator="=", value="critical")
    async with room() as news:
        await news.storage.silences.begin(
            [matcher],
            author="maha",
            comment="exercise",
            until=NOW + timedelta(hours=8),
            watchlists=news.rules.watchlists,
            now=NOW,
        )
        news.clock.advance(minutes=1)
        await news.see(SARIN)
    told = await asker.why(SARIN.id)
    assert "told nobody: silence 1 of maha until " in told.verdict
    assert told.verdict.endswith(": exercise")


async def test_a_reader_who_left_is_named(asker: Asker) -> None:
    async with room() as news:
        await news.storage.consents.open(now=NOW)
        await news.storage.consents.leave(CHAT, "ops", now=NOW)
        news.clock.advance(minutes=1)
        await news.see(SARIN)
    assert "ops (telegram:-100) its reader left the list" in (await asker.why(SARIN.id)).verdict


async def test_quiet_hours_that_drop_are_named(asker: Asker) -> None:
    quiet = 'chat: "-100"}, quiet: {during: always, below: critical, then: drop}'
    article = an_article("k", title="Khmeimim", summary="")
    async with room(RULES.replace('chat: "-100"}', quiet)) as news:
        await news.see(article)
    assert "dropped by the receiver's quiet hours" in (await asker.why(article.id)).verdict


# --- it did not match -------------------------------------------------------------------------


async def test_a_baseline_says_that_it_was_put_to_no_watchlist(asker: Asker) -> None:
    async with room() as news:
        await news.see_first(SARIN)
    told = await asker.why(SARIN.id)
    assert told.verdict == "✗ nobody was told: it was baseline, and put to no watchlist"
    assert "such a past is stored and is not news" in told.out
    assert "✓ idlib-chemical (Chemical weapons in Idlib) matches" in told.out


async def test_what_slid_back_in_is_late(asker: Asker) -> None:
    old = replace(SARIN, published_at=NOW - timedelta(days=9))
    async with room() as news:
        await news.see(old, newest_at=NOW)
    assert "it was late" in (await asker.why(old.id, "idlib-chemical")).verdict


async def test_a_miss_is_explained_by_the_rules_that_were_in_force(
    asker: Asker, folder: Path
) -> None:
    article = an_article("m", title="Chlorine in Idlib", summary="")
    async with room() as news:
        await news.see(article)
    (folder / "rules" / "rules.yml").write_text(RULES.replace("[sarin]", "[chlorine]"))
    told = await asker.why(article.id, "idlib-chemical")
    assert told.verdict == "✗ nobody was told: it does not match idlib-chemical"
    assert "by the rules in force then (" in told.out
    assert "does not match: sarin: stands nowhere" in told.out
    told = await asker.why(article.id)
    assert told.verdict == "✗ nobody was told: no watchlist matched it"
    assert "✗ idlib-chemical" in told.out


async def test_without_the_rules_of_that_time_todays_explain(asker: Asker) -> None:
    article = an_article("m", title="Chlorine in Idlib", summary="")
    async with room() as news:
        news.clock.advance(hours=-48)
        await news.see(article)
    told = await asker.why(article.id, "idlib-chemical")
    assert "by today's rules: then's are not kept" in told.out


async def test_a_changed_article_says_so(asker: Asker) -> None:
    article = an_article("v", title="Smoke in Idlib", summary="")
    async with room() as news:
        await news.see(article)
        news.clock.advance(minutes=10)
        await news.change(article.id, title="Sarin in Idlib")
        await news.send("telegram")
    told = await asker.why(article.id)
    assert told.verdict.startswith("✓ it rang for idlib-chemical")
    assert "its publisher changed it; each version was matched when it came" in told.out


# --- what is wrong ----------------------------------------------------------------------------


async def test_who_is_unknown_is_told_with_the_nearest(asker: Asker) -> None:
    told = await asker.why("00000000")
    assert (told.code, "there is no database tocsin.db yet" in told.err) == (3, True)
    async with room() as news:
        await news.see(SARIN)
    told = await asker.why(SARIN.id[:7] + "zzzz")
    assert (told.code, SARIN.id[:12] in told.err) == (3, True)
    told = await asker.why("https://nowhere.example/sarin")
    assert (told.code, "none of its site was seen; `tocsin articles" in told.err) == (3, True)
    told = await asker.why(SARIN.id, "wether")
    assert (told.code, "did you mean 'weather'?" in told.err) == (3, True)
    assert (await asker.why()).code == 3
