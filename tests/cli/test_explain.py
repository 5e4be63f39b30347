"""`tocsin explain` as an operator meets it."""

from __future__ import annotations

import asyncio
import io
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from tests.builders import an_article
from tests.servers.feed_server import FeedServer
from tests.workbench.newsroom import newsroom

RULES = """\
version: 1
watchlists:
  - id: idlib-chemical
    title: Chemical weapons in Idlib
    places: [Idlib, Khan Sheikhun]
    keywords: [sarin, chlorine]
    exclude: 'title:anniversary'
  - {id: khmeimim, title: Khmeimim, query: '@khmeimim NEAR/3 (attack* OR drone)'}
  - {id: weather, title: Weather, keywords: [storm], status: "off"}
"""
EDITED = RULES.replace("sarin, chlorine", "novichok")
NOW = datetime.now(UTC) - timedelta(hours=1)
URL = "sqlite:///tocsin.db"
ARTICLE = an_article("a", title="Sarin used in Khan Shaykhun", summary="")


@dataclass(frozen=True, slots=True)
class Told:
    code: int
    out: str
    err: str


@dataclass(frozen=True)
class Operator:
    """Somebody with a folder of rule files."""

    folder: Path
    capsys: pytest.CaptureFixture[str]

    async def run(self, *arguments: str) -> Told:
        code = await asyncio.to_thread(_exit_code, ["explain", *arguments])
        said = self.capsys.readouterr()
        assert "Traceback" not in said.err
        return Told(code, said.out, said.err)

    async def document(self, *arguments: str) -> dict[str, Any]:
        told = await self.run(*arguments, "--format", "json")
        assert told.code == 0, told.err
        found: dict[str, Any] = json.loads(told.out)
        return found

    def edit(self, text: str) -> None:
        (self.folder / "rules" / "rules.yml").write_text(text)


@pytest.fixture
def operator(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Operator:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    made = Operator(tmp_path, capsys)
    made.edit(RULES)
    return made


async def archived(rules: str = RULES) -> None:
    async with newsroom(URL, rules, now=NOW) as room:
        await room.see(ARTICLE, an_article("b", title="Storm over Berlin", summary=""))


# --- text -------------------------------------------------------------------------------------


async def test_a_match_is_told_in_the_first_line_and_then_as_a_tree(operator: Operator) -> None:
    told = await operator.run("-w", "idlib-chemical", "--text", "Sarin used in Khan Shaykhun")
    lines = told.out.splitlines()
    assert told.code == 0
    assert lines[0].startswith("✓ idlib-chemical (Chemical weapons in Idlib) matches: “")
    assert "“Khan Shaykhun” = Khan Sheikhun" in lines[0]
    assert "  ✓ all of" in lines
    assert "     ├─ ✓ sarin: “Sarin” (exact) in title" in lines
    assert "  ✓ not excluded: title:anniversary stands nowhere" in lines
    assert "missing" not in lines


async def test_a_miss_ends_with_what_is_missing_and_the_change_that_would_do(
    operator: Operator,
) -> None:
    text = "Convoy leaves Hmeymim with twenty trucks of food while a drone was seen"
    told = await operator.run("-w", "khmeimim", "--text", text)
    lines = told.out.splitlines()
    assert lines[0] == "✗ khmeimim (Khmeimim) does not match: NEAR/3: nearest distance 7 of 3"
    assert lines[-5:] == [
        "     └─ ✓ drone: “drone” (exact) in title",
        "",
        "it would match with",
        "  NEAR/7 instead of NEAR/3",
        "  or AND instead of NEAR/3",
    ]
    edited = RULES.replace("NEAR/3", "NEAR/7")
    operator.edit(edited)
    assert (await operator.run("-w", "khmeimim", "--text", text)).out.startswith("✓")


@pytest.mark.parametrize(
    ("watchlist", "text", "said"),
    [
        ("khmeimim", "Peace in Paris", True),
        ("weather", "Peace in Paris", True),
        ("idlib-chemical", "Peace in Idlib", False),
        ("idlib-chemical", "Sarin in Idlib", False),
    ],
)
async def test_what_is_missing_is_said_once(
    operator: Operator, watchlist: str, text: str, *, said: bool
) -> None:
    """The verdict says it of one part; not of several, nor of a watchlist that is off."""
    told = await operator.run("-w", watchlist, "--text", text)
    assert ("missing" in told.out.splitlines()) is said
    assert not told.out.endswith("\n\n")


async def test_alternatives_that_stand_nowhere_read_as_the_verdict(operator: Operator) -> None:
    operator.edit(RULES.replace("title:anniversary", "anniversary OR fair OR exhibition"))
    told = await operator.run("-w", "idlib-chemical", "--text", "Fighting in Idlib")
    lines = told.out.splitlines()
    assert lines[0].endswith("does not match: none of sarin, chlorine stands there")
    assert "  └─ ✗ none stands there: sarin, chlorine" in lines
    assert "  ✓ not excluded: none of anniversary, fair, exhibition stands there" in lines


async def test_the_words_near_a_hit_are_shown(operator: Operator) -> None:
    text = "Loitering munition hits a hangar at Humaymim\x1b by night,\n says the army of the coast"
    asked = ("-w", "khmeimim", "--text", text)
    told = await operator.run(*asked)
    assert told.out.splitlines()[-1] == "near “Humaymim”: hits a hangar at … by night, says the"
    [near] = (await operator.document(*asked))["watchlists"][0]["near"]
    assert (near["hit"]["surface"], near["before"]) == ("Humaymim", "hits a hangar at")
    told = await operator.run("-w", "khmeimim", "--text", "Drone over Khmeimim")
    assert "near" not in told.out


async def test_a_veto_says_by_which_word(operator: Operator) -> None:
    told = await operator.run("-w", "idlib-chemical", "--text", "Sarin anniversary in Idlib")
    assert "does not match: excluded by “anniversary” in title" in told.out.splitlines()[0]
    assert told.out.splitlines()[-1] == "  no `exclude`"


async def test_text_has_a_title_and_a_rest_and_may_come_from_stdin(
    operator: Operator, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("Chlorine\nattack\n\nIn Idlib.\n"))
    found = await operator.document("--text", "-")
    assert found["article"]["title"] == "Chlorine attack"
    [match] = [each for each in found["watchlists"] if each["met"]]
    assert match["watchlist"] == "idlib-chemical"
    fields = {one["field"] for one in _evidence(match["reasons"])}
    assert fields == {"title", "content"}


def _evidence(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    below = [one for reason in reasons for one in _evidence(reason["parts"])]
    return below + [one for reason in reasons for one in reason["evidence"]]


async def test_without_a_watchlist_all_matches_and_the_nearest_misses_are_told(
    operator: Operator,
) -> None:
    told = await operator.run("--text", "Sarin used in Idlib, drone seen")
    lines = told.out.splitlines()
    assert lines[0] == "1 of 3 watchlists matches; nearest miss: khmeimim"
    assert any(line.startswith("✗ khmeimim (Khmeimim) does not match: @khmeimim") for line in lines)
    assert not any("weather" in line for line in lines)


async def test_one_that_is_off_is_told_to_be_off(operator: Operator) -> None:
    told = await operator.run("-w", "weather", "--text", "Storm")
    assert told.out.splitlines()[0] == "✗ weather (Weather) is off; its condition is met"


async def test_a_text_cannot_write_to_the_terminal(operator: Operator) -> None:
    told = await operator.run("-w", "weather", "--text", "Storm\x1b[31m in\u202e Idlib")
    assert "\x1b[31m" not in told.out
    assert "\u202e" not in told.out


# --- the archive ------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [ARTICLE.id, ARTICLE.id[:8], ARTICLE.url])
async def test_an_article_is_named_by_its_id_its_beginning_or_its_url(
    operator: Operator, name: str
) -> None:
    await archived()
    found = await operator.document("-w", "idlib-chemical", "--article", name)
    assert (found["article"]["id"], found["article"]["novelty"]) == (ARTICLE.id, "new")
    assert found["watchlists"][0]["met"]


async def test_rules_that_differ_from_those_that_decided_are_told(operator: Operator) -> None:
    await archived()
    asked = ("-w", "idlib-chemical", "--article", ARTICLE.id[:8])
    assert "differs" not in (await operator.run(*asked)).out
    operator.edit(EDITED)
    today = await operator.run(*asked)
    assert today.out.startswith("✗ idlib-chemical")
    assert "differs  by the rules that decided (" in today.out
    assert "it matched: with --decided you see why" in today.out
    then = await operator.run(*asked, "--decided")
    assert then.out.startswith("✓ idlib-chemical")
    assert "by today's rules it does not match: without --decided" in then.out
    found = await operator.document(*asked, "--decided")
    assert found["decided"]
    assert found["differs"]


async def test_a_changed_article_is_explained_by_the_version_that_met(operator: Operator) -> None:
    async with newsroom(URL, RULES, now=NOW) as room:
        await room.see(ARTICLE)
        room.clock.advance(minutes=5)
        await room.change(ARTICLE.id, title="Report withdrawn")
    told = await operator.run("-w", "idlib-chemical", "--article", ARTICLE.id)
    assert told.out.startswith("✓ idlib-chemical")
    assert "this is version 1 of 2" in told.out
    assert "Sarin used in Khan Shaykhun" in told.out


# --- a page -----------------------------------------------------------------------------------

PAGE = """\
<html><head><title>Chlorine used &amp; denied | Example</title>
<meta content="Chlorine used &amp; denied" property="og:title"></head>
<body><article><p>%s</p></article></body></html>
"""


@pytest.mark.parametrize("with_archive", [False, True])
async def test_a_page_that_was_never_seen_is_fetched(
    operator: Operator, monkeypatch: pytest.MonkeyPatch, *, with_archive: bool
) -> None:
    if with_archive:
        await archived()
    async with FeedServer() as server:
        monkeypatch.setenv("TOCSIN_ALLOW_NETWORKS", f"127.0.0.1/32:{server.port}")
        words = "People in Idlib told reporters of yellow smoke over their fields. " * 20
        server.publish("/news", PAGE % words, content_type="text/html")
        found = await operator.document("-w", "idlib-chemical", "--url", server.url("/news"))
        gone = await operator.run("-w", "idlib-chemical", "--url", server.url("/nothing"))
    assert found["article"]["title"] == "Chlorine used & denied"
    assert found["watchlists"][0]["met"]
    assert gone.code == 1
    assert "/nothing: the server answered 404" in gone.err


async def test_the_guard_holds_for_pages(operator: Operator) -> None:
    told = await operator.run("--url", "http://127.0.0.1:80/")
    assert told.code == 1
    assert "127.0.0.1" in told.err


# --- what is wrong ----------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--text", "a", "--article", "b"],
        ["--text", "a", "--decided"],
        ["--article", "a", "--decided", "--rules", "rules"],
        ["--text", "a", "--format", "xml"],
        ["--text", "\n"],
    ],
)
async def test_wrong_usage_exits_with_3(operator: Operator, arguments: list[str]) -> None:
    assert (await operator.run(*arguments)).code == 3


async def test_an_unknown_watchlist_is_told_with_the_nearest(operator: Operator) -> None:
    told = await operator.run("-w", "khmeimin", "--text", "a")
    assert (told.code, "did you mean 'khmeimim'?" in told.err) == (3, True)
    told = await operator.run("-w", "chemical", "--text", "a")
    assert "did you mean idlib-chemical?" in told.err


async def test_an_unknown_article_is_told_with_the_nearest(operator: Operator) -> None:
    told = await operator.run("--article", "0" * 12)
    assert (told.code, "there is no database tocsin.db yet" in told.err) == (3, True)
    await archived()
    told = await operator.run("--article", ARTICLE.id[:9] + "zz")
    assert told.code == 3
    assert f"did you mean\n  {ARTICLE.id[:12]}  Sarin used in Khan Shaykhun" in told.err


async def test_rules_that_are_not_kept_are_told(operator: Operator) -> None:
    async with newsroom(URL, RULES, now=NOW) as room:
        room.clock.advance(hours=-48)
        await room.see(an_article("c", title="Storm"))
    told = await operator.run("--article", an_article("c").id, "--decided")
    assert told.code == 3
    assert "the rule files that decided are not kept; without --decided" in told.err


async def test_broken_rules_exit_with_2(operator: Operator) -> None:
    operator.edit("watchlists: [{id: x, title: X, keywords: []}]\n")
    told = await operator.run("--text", "a")
    assert (told.code, "rules/rules.yml:1:42: R205" in told.err) == (2, True)
