"""Why an article rang in a chat or not is what the matcher says and what the tables know."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.sightings import RulesInForce
from alerts.model import Address, Article, Fact, HeldBy, LabelMatcher, RuleSet
from alerts.storage.muted import MuteKind, Subject
from alerts.subscribers.fates import _HELD
from alerts.subscribers.why import NEAREST, End, Fate, Verdict, asked_by_link, fate, why_not
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from tests.builders import an_article
from tests.workbench.newsroom import Newsroom, newsroom

# --- what watchlists say ----------------------------------------------------------------------


def ruled(text: str) -> RuleSet:
    contents = Contents.of_files({"rules.yml": f"version: 1\n{text}".encode()})
    return load_contents(contents, environment={})


def asked(query: str, title: str, **fields: Any) -> Verdict:
    """Return what a watchlist of *query* and more *fields* says of an article with a *title*."""
    rules = ruled(
        "entities: {hts: {type: group, name: Hayat Tahrir al-Sham, aliases: [HTS Front]}}\n"
        f"watchlists: [{{id: w, title: W, query: {query!r}}}]\n"
    )
    [watchlist] = rules.watchlists
    article = an_article(title=title, summary="", language=fields.pop("language", "en"))
    changed = replace(watchlist, **fields)
    [verdict] = why_not([changed], [article], rules)
    return verdict


async def test_a_match_names_the_words_and_what_they_stand_for() -> None:
    verdict = asked("@hts AND (sarin OR chlorine)", "HTS Front finds sarin")
    assert verdict == Verdict(
        watchlist="w",
        title="W",
        met=True,
        found=(("HTS Front", "Hayat Tahrir al-Sham"), ("sarin", "sarin")),
    )


@pytest.mark.parametrize(
    ("query", "missing"),
    [
        ("Idlib AND (chemical OR sarin)", ("chemical, sarin",)),
        ("Idlib AND @hts AND gas", ("Hayat Tahrir al-Sham", "gas")),
        ('@hts OR place:"Tripoli (LY)"', ("Hayat Tahrir al-Sham, Tripoli (LY)",)),
        ('Idlib AND "chemical industry"', ('"chemical industry"',)),
        ("Idlib AND ATLEAST/2 Idlib", ("ATLEAST/2 Idlib",)),
        ("Idlib AND keyword:'nerve agent'", ("nerve agent",)),
    ],
)
async def test_what_is_missing_is_said_as_people_write_it(
    query: str, missing: tuple[str, ...]
) -> None:
    verdict = asked(query.replace("'", '"'), "Blast in Idlib")
    assert (verdict.met, verdict.missing, verdict.vetoed_by) == (False, missing, "")


async def test_what_is_there_is_told_beside_what_is_missing() -> None:
    verdict = asked("Idlib AND sarin", "Blast in Idlib")
    assert (verdict.found, verdict.missing) == ((("Idlib", "Idlib"),), ("sarin",))


async def test_words_that_nearly_met_it_are_told() -> None:
    verdict = asked("Idlib AND =GAS", "Gas in Idlib")
    assert (verdict.missing, verdict.nearly) == (("=GAS",), ("Gas",))


async def test_only_the_nearest_are_asked_for_words_that_nearly_met_them() -> None:
    """It takes longest: somebody with 200 watchlists gets an answer, too."""
    several = ", ".join(f"{{id: w{n}, title: W, query: '=GAS AND x{n}'}}" for n in range(NEAREST))
    near = "{id: near, title: W, query: '=GAS'}"
    rules = ruled(f"watchlists: [{several}, {near}]\n")
    verdicts = why_not(rules.watchlists, [an_article(title="Gas", summary="")], rules)
    assert [one.watchlist for one in verdicts] == [one.id for one in rules.watchlists]
    assert verdicts[-1].nearly == ("Gas",)
    assert sum(bool(one.nearly) for one in verdicts) == NEAREST
    assert all("=GAS" in one.missing for one in verdicts)


@pytest.mark.parametrize(
    ("query", "exclude"), [("Idlib", "drill OR weather"), ("Idlib AND NOT (drill OR weather)", "")]
)
async def test_a_veto_names_what_is_not_wanted_and_stands_there(query: str, exclude: str) -> None:
    fields = {"exclude": ruled(_only(exclude)).watchlists[0].condition} if exclude else {}
    verdict = asked(query, "A drill in Idlib", **fields)
    assert (verdict.met, verdict.vetoed_by, verdict.missing) == (False, "drill", ())
    assert verdict.found == (("Idlib", "Idlib"),)
    both = asked(query, "A drill in Idlib, in bad weather", **fields)
    assert both.vetoed_by == "drill, weather"
    assert asked(query, "A blast in Idlib", **fields).met


def _only(query: str) -> str:
    return f"watchlists: [{{id: x, title: X, query: {query!r}}}]\n"


async def test_what_is_asked_besides_words_is_told_as_facts() -> None:
    verdict = asked("Idlib", "Blast in Idlib", languages=("ar",), max_age=timedelta(seconds=1))
    assert (verdict.met, verdict.missing) == (False, ())
    assert verdict.barred == (Fact.LANGUAGE, Fact.DATE)


async def test_an_earlier_version_that_met_it_counts() -> None:
    rules = ruled(_only("Idlib AND sarin"))
    versions = [an_article(title="Sarin in Idlib"), an_article(title="Gas in Idlib")]
    [verdict] = why_not(rules.watchlists, versions, rules)
    assert verdict.met
    [verdict] = why_not(rules.watchlists, versions[1:], rules)
    assert (verdict.met, verdict.missing) == (False, ("sarin",))


_WORDS = ("sarin", "gas", "Idlib", "drill", "talks")
_TERMS = st.sampled_from([*_WORDS, '"sarin gas"', "=GAS", "tal*"])
_QUERIES = st.recursive(
    _TERMS,
    lambda part: st.tuples(part, st.sampled_from(["AND", "OR", "AND NOT", "NEAR/1"]), part).map(
        lambda of: f"({of[0]} {of[1]} {of[2]})" if of[1] != "NEAR/1" else "(sarin NEAR/1 gas)"
    ),
    max_leaves=5,
)


@given(query=_QUERIES, exclude=_TERMS | st.none(), title=st.lists(st.sampled_from(_WORDS)))
def test_a_verdict_is_the_matchers_and_a_miss_has_a_reason(
    query: str, exclude: str | None, title: list[str]
) -> None:
    more = f", exclude: {exclude!r}" if exclude else ""
    rules = ruled(f"watchlists: [{{id: w, title: W, query: {query!r}{more}}}]\n")
    article = an_article(title=" ".join(title), summary="")
    [verdict] = why_not(rules.watchlists, [article], rules)
    matches = RulesInForce.compile(rules).matcher.match(article)
    assert verdict.met == bool(matches)
    reasons = (*verdict.missing, verdict.vetoed_by)
    assert any(reasons) != verdict.met
    if matches:
        said = {(one.surface, one.term) for one in matches[0].evidence}
        assert said <= set(verdict.found)


# --- what became of it ------------------------------------------------------------------------

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
CHAT = Address(channel="telegram", target="200")
RULES = """
version: 1
watchlists:
  - {id: idlib, title: Idlib, places: [Idlib], severity: high}
  - {id: sarin, title: Sarin, keywords: [sarin]}
  - {id: storm, title: Storm, keywords: [storm], languages: [en], unknown: hold}
  - {id: nobody, title: Nobody, keywords: [quake]}
routes:
  receiver: desk
  routes:
    - {match: [watchlist=nobody], receiver: other}
    - {match: [watchlist=sarin], receiver: daily}
time_intervals:
  noon: {times: [{start: "11:00", end: "14:00"}]}
receivers:
  desk: {telegram: {chat: "200"}}
  other: {telegram: {chat: "300"}}
  daily: {telegram: {chat: "200"}, digest: {at: ["18:00"]}}
"""
ALL = ("idlib", "sarin", "storm", "nobody")
BLAST = an_article("a", title="Blast in Idlib", summary="", published_at=NOW)


@pytest.fixture
async def news(tmp_path: Path) -> AsyncIterator[Newsroom]:
    async with newsroom(f"sqlite:///{tmp_path}/tocsin.db", RULES, now=NOW) as room:
        yield room


async def end_of(news: Newsroom, article: Article, *watchlists: str) -> Fate:
    return await fate(news.storage, article.id, watchlists or ALL, [CHAT])


async def test_what_was_told_says_when_and_in_which_message(news: Newsroom) -> None:
    await news.see(BLAST)
    assert (await end_of(news, BLAST)).end is End.WAITS
    sent_at = news.clock.advance(seconds=12)
    await news.send("telegram", message_id="77")
    told = Fate(end=End.TOLD, at=sent_at, message_id="77", watchlists=("idlib",))
    assert await end_of(news, BLAST) == told
    # A topic of the forum is the same chat; another chat is not, nor is another watchlist.
    topic = replace(CHAT, thread=5)
    assert await fate(news.storage, BLAST.id, ALL, [topic]) == told
    other = replace(CHAT, target="300")
    assert (await fate(news.storage, BLAST.id, ALL, [other])).end is End.UNTOLD
    assert (await end_of(news, BLAST, "sarin")).end is End.UNMATCHED


async def test_a_second_report_of_a_story_was_known(news: Newsroom) -> None:
    again = replace(BLAST, id="f" * 64, guid="again")
    await news.see(BLAST)
    sent_at = news.clock.advance(seconds=5)
    await news.send("telegram", message_id="77")
    await news.see(again)
    assert await end_of(news, again) == Fate(
        end=End.KNEW, at=sent_at, message_id="77", watchlists=("idlib",)
    )


async def test_what_waits_for_a_digest_or_the_end_of_quiet_hours_says_until_when(
    news: Newsroom,
) -> None:
    found = an_article("b", title="Sarin found", summary="", published_at=NOW)
    await news.see(found)
    due_at = NOW.replace(hour=18)
    assert await end_of(news, found) == Fate(end=End.DIGEST, at=due_at, watchlists=("sarin",))
    quiet = 'desk: {telegram: {chat: "200"}, quiet: {during: noon}}'
    await news.adopt(RULES.replace('desk: {telegram: {chat: "200"}}', quiet))
    await news.see(BLAST)
    waits = await end_of(news, BLAST)
    assert (waits.end, waits.at) == (End.QUIET, NOW.replace(hour=14))


async def test_quiet_hours_that_drop_or_are_without_a_sound_say_so(news: Newsroom) -> None:
    for then, name, end, is_silent in (
        ("drop", "b", End.DROPPED, False),
        ("silent", "c", End.WAITS, True),
    ):
        quiet = f'desk: {{telegram: {{chat: "200"}}, quiet: {{during: noon, then: {then}}}}}'
        await news.adopt(RULES.replace('desk: {telegram: {chat: "200"}}', quiet))
        article = an_article(name, title=f"Idlib {name}", summary="", published_at=NOW)
        await news.see(article)
        found = await end_of(news, article)
        assert (found.end, found.is_silent) == (end, is_silent)


async def test_a_mute_says_until_when(news: Newsroom) -> None:
    until = NOW + timedelta(days=1)
    subject = Subject(kind=MuteKind.WATCHLIST, value="idlib", title="Idlib")
    await news.storage.mutes.begin(subject, CHAT, "desk", until=until, now=NOW)
    await news.see(BLAST)
    assert await end_of(news, BLAST) == Fate(end=End.MUTED, at=until, watchlists=("idlib",))


@pytest.mark.parametrize("is_first", [True, False], ids=["before", "while it waited"])
async def test_a_silence_says_until_when(news: Newsroom, is_first: bool) -> None:
    until = NOW + timedelta(hours=2)
    steps = [_silence(news, until), news.see(BLAST)]
    for step in steps if is_first else reversed(steps):
        await step
    assert await end_of(news, BLAST) == Fate(end=End.SILENCED, at=until, watchlists=("idlib",))


async def _silence(news: Newsroom, until: datetime) -> None:
    await news.storage.silences.begin(
        [LabelMatcher(label="watchlist", operator="=", value="idlib")],
        author="maha",
        comment="exercise",
        until=until,
        watchlists=news.rules.watchlists,
        now=NOW,
    )


async def test_what_is_no_news_or_unknown_or_open_says_so(news: Newsroom) -> None:
    await news.see_first(BLAST)
    assert (await end_of(news, BLAST)).end is End.BASELINE
    late = an_article("late", title="Idlib", published_at=NOW - timedelta(days=9))
    await news.see(late, newest_at=NOW)
    assert (await end_of(news, late)).end is End.LATE
    assert await end_of(news, an_article("never")) == Fate(end=End.UNKNOWN)
    storm = an_article("s", title="Storm", summary="", published_at=NOW, language="")
    await news.see(storm)
    assert (await end_of(news, storm)).end is End.HELD
    quake = an_article("q", title="Quake", summary="", published_at=NOW)
    await news.see(quake)
    assert await end_of(news, quake) == Fate(end=End.UNTOLD, at=NOW, watchlists=("nobody",))


async def test_what_the_channel_refused_says_so(news: Newsroom) -> None:
    await news.see(BLAST)
    outbox, until = news.storage.outbox, NOW + timedelta(minutes=3)
    [delivery] = await outbox.lease_due("telegram", now=NOW, until=until, limit=1)
    await outbox.mark_dead(delivery, "no")
    assert (await end_of(news, BLAST)).end is End.FAILED


def test_every_reason_to_hold_a_message_is_an_end() -> None:
    assert set(_HELD) == set(HeldBy)


# --- by its address ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "link",
    [
        "https://news.example/a",
        "http://www.news.example/a/?utm_source=telegram&fbclid=x",
        "news.example/a",
        " https://NEWS.example/a ",
    ],
)
async def test_an_article_is_found_by_its_link_however_it_is_written(
    news: Newsroom, link: str
) -> None:
    # One headline of one publisher is one story, at two addresses.
    asked = replace(BLAST, title="Sarin found in northern Idlib")
    other = an_article("b", title=asked.title, url="https://news.example/b")
    await news.see(asked, other)
    assert await asked_by_link(news.storage, link) == [asked.id]


async def test_of_several_at_one_address_the_newest_five_are_named(news: Newsroom) -> None:
    ids = []
    for number in range(7):
        ids.append(f"{number}" * 64)
        await news.see(replace(BLAST, id=ids[-1], guid=str(number)))
        news.clock.advance(minutes=1)
    assert await asked_by_link(news.storage, BLAST.url) == ids[:1:-1]


@pytest.mark.parametrize(
    "link", ["", "://", "https://", "no link at all", "tg://x", "\0\ud800", "http://[", "a" * 4096]
)
async def test_what_is_no_known_address_finds_nothing(news: Newsroom, link: str) -> None:
    await news.see(BLAST, an_article("c", url=""))
    assert await asked_by_link(news.storage, link) == []
