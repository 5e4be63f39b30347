"""What `explain` says of any article and watchlist is what the polls decided and stored."""

from __future__ import annotations

import asyncio
import itertools
import json
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import AsyncExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, reject, settings
from hypothesis import strategies as st

from alerts.alerting.stories import digest
from alerts.errors import RulesError
from alerts.matching.reasons import Reason
from alerts.model import Article, Keyword, Novelty, RuleSet, Status, Watchlist
from alerts.workbench.explaining import Explainer, as_seen
from tests.builders import NOW, an_article
from tests.workbench.newsroom import Newsroom, newsroom

# --- random rule files ------------------------------------------------------------------------

_WORDS = ("sarin", "strike", "drones", "gas", "war", "chemical", "Idlib", "Aleppo", "anniversary")
_TERMS = st.sampled_from(
    [*_WORDS, "chem*", "=HTS", '"drone strike"', "@hts", 'place:"Idlib"', "title:sarin", "/S-?300/"]
)


def _operators(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    both = st.tuples(part, part)
    return st.one_of(
        both.map(lambda two: f"({two[0]} OR {two[1]})"),
        both.map(lambda two: f"({two[0]} AND {two[1]})"),
        both.map(lambda two: f"({two[0]} AND NOT {two[1]})"),
        st.tuples(_TERMS, st.integers(0, 3), _TERMS).map(
            lambda of: f"({of[0]} NEAR/{of[1]} {of[2]})"
        ),
        _TERMS.map(lambda term: f"ATLEAST/2 {term}"),
    )


_QUERIES = st.recursive(_TERMS, _operators, max_leaves=4)
_SOME = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=2, unique=True)
_ASKED: dict[str, st.SearchStrategy[Any]] = {
    "places": st.lists(st.sampled_from(["Idlib", "Aleppo"]), min_size=1, max_size=2),
    "keywords": _SOME,
    "query": _QUERIES,
}
_BESIDES: dict[str, st.SearchStrategy[Any]] = {
    "exclude": _QUERIES,
    "mask": _SOME,
    "in": st.sampled_from([["title"], ["summary", "content"]]),
    "languages": st.sampled_from([["en"], ["ar", "ru"]]),
    "max_age": st.sampled_from(["1h", "30d"]),
    "unknown": st.sampled_from(["pass", "hold", "drop"]),
    "status": st.sampled_from([each.value for each in Status]),
    "publishers": st.sampled_from([{"except": ["Example News"]}, {"reliability": "C"}]),
}
_HTS = {
    "type": "group",
    "name": "Hayat Tahrir al-Sham",
    "weak_aliases": ["HTS"],
    "support": ["war"],
}


@st.composite
def watchlists(draw: st.DrawFn, number: int) -> dict[str, Any]:
    asked = draw(st.lists(st.sampled_from(sorted(_ASKED)), min_size=1, max_size=2, unique=True))
    besides = draw(st.lists(st.sampled_from(sorted(_BESIDES)), max_size=2, unique=True))
    values = {key: draw(_ASKED[key]) for key in asked} | {
        key: draw(_BESIDES[key]) for key in besides
    }
    return {"id": f"w{number}", "title": "W"} | values


_RULES = st.tuples(*(watchlists(number) for number in range(4))).map(
    lambda several: json.dumps({"version": 1, "entities": {"hts": _HTS}, "watchlists": several})
)

# --- random articles --------------------------------------------------------------------------

_PROSE = st.lists(
    st.sampled_from([*_WORDS, "HTS", "S-300", "peace", "the", "of", "Tahrir al-Sham"]),
    max_size=8,
).map(" ".join)


@dataclass(frozen=True)
class Story:
    """What a publisher does to one article."""

    novelty: Novelty
    #: Its age when it is first seen; None: it has no date.
    age: timedelta | None
    language: str
    #: Title and summary, as they stand one after the other.
    words: tuple[tuple[str, str], ...]


_STORIES = st.builds(
    Story,
    novelty=st.sampled_from(Novelty),
    age=st.sampled_from([None, timedelta(minutes=30), timedelta(hours=2)]),
    language=st.sampled_from(["", "en", "fr"]),
    words=st.lists(st.tuples(_PROSE, _PROSE), min_size=1, max_size=3).map(tuple),
)


@dataclass
class Desk:
    """One database for all examples; each has articles and rules of its own."""

    runner: asyncio.Runner
    room: Newsroom
    numbers: Iterator[int]


@pytest.fixture(scope="module")
def desk() -> Iterator[Desk]:
    with tempfile.TemporaryDirectory(prefix="tocsin-") as folder, asyncio.Runner() as runner:
        opened = AsyncExitStack()
        made = newsroom(f"sqlite:///{folder}/tocsin.db", "version: 1\n", now=NOW)
        room = runner.run(opened.enter_async_context(made))
        yield Desk(runner, room, itertools.count())
        runner.run(opened.aclose())


# An example takes a fifth of a second on disk: shrinking one that fails would take minutes.
@settings(
    max_examples=40,
    suppress_health_check=[HealthCheck.too_slow],
    phases=[Phase.explicit, Phase.reuse, Phase.generate],
)
@given(rules=_RULES, stories=st.lists(_STORIES, min_size=1, max_size=2))
def test_every_stored_decision_is_explained_as_it_was_taken(
    desk: Desk, rules: str, stories: list[Story]
) -> None:
    desk.runner.run(_lived_and_explained(desk, rules, stories))


async def _lived_and_explained(desk: Desk, rules: str, stories: list[Story]) -> None:
    try:
        hash_ = await desk.room.adopt(rules)
    except RulesError:
        reject()
    ids = [await _lived(desk, story) for story in stories]
    archive, storage = desk.room.storage.archive, desk.room.storage
    assert await storage.rule_archive.in_force(desk.room.clock()) == hash_
    explainer = Explainer(desk.room.rules.rules)
    for id_ in ids:
        [archived] = await archive.find(id_)
        history = await storage.histories.of(id_)
        assert history is not None
        versions = as_seen(await archive.versions(id_))
        for told in explainer.at_a_glance(desk.room.rules.rules.watchlists, versions):
            stored = history.match(told.watchlist.id)
            assert told.decided(archived.novelty) is (stored is not None)
            assert told.met or not stored
            if archived.novelty is Novelty.NEW:
                assert told.met is (stored is not None)
            if stored is not None and len(versions) == 1:
                assert stored.match.is_held is _is_held(told.explanation.facts)


def _is_held(facts: Iterable[Reason]) -> bool:
    return any("is held" in reason.why for reason in facts)


async def _lived(desk: Desk, story: Story) -> str:
    """Let *story* happen; return the id of its article."""
    room, (first, *others) = desk.room, story.words
    now = room.clock.advance(minutes=1)
    article = an_article(
        f"{next(desk.numbers)}",
        language=story.language,
        title=first[0],
        summary=first[1],
        published_at=None if story.age is None else now - story.age,
    )
    match story.novelty:
        case Novelty.NEW:
            await room.see(article)
        case Novelty.BASELINE:
            await room.see_first(article)
        case Novelty.LATE:
            article = replace(article, published_at=now - timedelta(days=4))
            await room.see(article, newest_at=now)
    for title, summary in others:
        room.clock.advance(minutes=20)
        [before] = await room.storage.feeds.revisable([article.id])
        if digest(before) != digest(replace(before, title=title, summary=summary)):
            words = {"title": title, "summary": summary, "language": story.language}
            await room.change(article.id, **words)
    return article.id


@pytest.mark.parametrize(
    ("novelty", "titles", "is_stored"),
    [
        (Novelty.NEW, ["Sarin"], True),
        (Novelty.NEW, ["Sarin", "peace"], True),
        (Novelty.NEW, ["peace", "Sarin"], True),
        (Novelty.BASELINE, ["Sarin"], False),
        (Novelty.BASELINE, ["Sarin", "Sarin again"], False),
        (Novelty.BASELINE, ["peace", "Sarin"], True),
        (Novelty.LATE, ["Sarin"], False),
        (Novelty.LATE, ["Sarin", "peace", "Sarin"], True),
    ],
)
def test_what_was_not_asked_is_not_stored(
    novelty: Novelty, titles: list[str], is_stored: bool
) -> None:
    watchlist = Watchlist(id="w", title="W", condition=Keyword("sarin"))
    explainer = Explainer(RuleSet(watchlists=(watchlist,)))
    versions = [Article(id="a", title=title) for title in titles]
    told = explainer.explain(watchlist, versions)
    assert told.decided(novelty) is is_stored
    assert told.met
    assert "sarin" in told.article.title.casefold()
    off = replace(watchlist, status=Status.OFF)
    assert not explainer.explain(off, versions).decided(novelty)
