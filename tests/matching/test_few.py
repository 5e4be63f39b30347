from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.matching.few import Few
from alerts.matching.index import clauses_of
from alerts.matching.nodes import AllNode, LeafNode
from alerts.matching.table import REMEMBERED
from alerts.model import (
    All,
    Any,
    Article,
    Entity,
    EntityRef,
    Keyword,
    Kind,
    Name,
    Regex,
    Severity,
    Status,
    Term,
    Watchlist,
)
from alerts.watchlists.meaning.lexicon import Lexicon
from tests.matching.conditions import LEXICON, watchlists


def watch(
    watchlist_id: str,
    *terms: Term,
    severity: Severity = Severity.MEDIUM,
    status: Status = Status.ACTIVE,
) -> Watchlist:
    condition = terms[0] if len(terms) == 1 else All(terms)
    return Watchlist(
        id=watchlist_id,
        title=f"About {watchlist_id}",
        condition=condition,
        severity=severity,
        status=status,
    )


def ids(matcher: Few, title: str, language: str = "") -> list[str]:
    article = Article(id="a", title=title, language=language)
    return [match.watchlist for match in matcher.match(article)]


def test_the_most_severe_match_comes_first_then_the_watchlist_id() -> None:
    term = Keyword("strike")
    matcher = Few(
        [
            watch("b", term),
            watch("z", term, severity=Severity.CRITICAL),
            watch("a", term),
            watch("c", term, severity=Severity.LOW),
        ],
        Lexicon(),
    )
    assert ids(matcher, "A strike") == ["z", "a", "b", "c"]


def test_a_match_names_article_and_watchlist() -> None:
    (match,) = Few([watch("x", Keyword("strike"))], Lexicon()).match(
        Article(id="7", title="Strikes")
    )
    assert (match.article, match.watchlist, match.title) == ("7", "x", "About x")
    assert match.severity is Severity.MEDIUM
    assert [one.surface for one in match.evidence] == ["Strikes"]


def test_off_never_matches_and_experimental_does() -> None:
    matcher = Few(
        [
            watch("off", Keyword("strike"), status=Status.OFF),
            watch("try", Keyword("strike"), status=Status.EXPERIMENTAL),
        ],
        Lexicon(),
    )
    assert ids(matcher, "strike") == ["try"]
    assert len(matcher) == 2
    matcher.remove("off")
    assert len(matcher) == 1


def test_a_watchlist_added_again_replaces_the_first() -> None:
    matcher = Few([watch("x", Keyword("strike"))], Lexicon())
    matcher.add(watch("x", Keyword("raid")))
    assert ids(matcher, "strike") == []
    assert ids(matcher, "raid") == ["x"]
    matcher.add(watch("x", Keyword("raid"), status=Status.OFF))
    assert ids(matcher, "raid") == []
    matcher.add(watch("x", Keyword("raid"), severity=Severity.HIGH))
    matcher.add(watch("x", Keyword("raid"), severity=Severity.LOW))
    assert [one.severity for one in matcher.match(Article(id="a", title="raid"))] == [Severity.LOW]


def test_removing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        Few((), Lexicon()).remove("nobody")


def test_a_regex_that_re2_refuses_changes_nothing() -> None:
    matcher = Few([watch("x", Keyword("strike"))], Lexicon())
    with pytest.raises(ValueError, match=r"\("):
        matcher.add(watch("x", Keyword("raid"), Regex("(?=a)")))
    assert ids(matcher, "strike raid") == ["x"]
    matcher.remove("x")
    assert is_empty(matcher)


def test_edits_are_seen_in_languages_that_were_read_before() -> None:
    matcher = Few([watch("x", Keyword("frappe"))], Lexicon())
    assert ids(matcher, "Les frappes", "fr") == ["x"]
    matcher.add(watch("y", Keyword("attaque")))
    assert ids(matcher, "Les attaques", "fr") == ["y"]
    matcher.remove("y")
    assert ids(matcher, "Les attaques", "fr") == []


def test_more_languages_than_tables_are_read_all_the_same() -> None:
    matcher = Few([watch("x", Keyword("drone"))], Lexicon())
    for language in "en fr de es it pt nl sv da fi hu ro en".split():  # noqa: SIM905 - reads better
        assert ids(matcher, "drone", language) == ["x"]


def test_identical_wishes_are_one_entry() -> None:
    matcher = Few((watch(str(number), Keyword("strike")) for number in range(50)), Lexicon())
    assert len(matcher._entries) == 1
    assert len(ids(matcher, "strike")) == 50


def is_empty(matcher: Few) -> bool:
    table, index = matcher._table, matcher._index
    kept = (
        *(table._folded, table._written, table._prefixes, table._keywords),
        *(language.keys for language in table._languages.values()),
        *(index._waiting, index.regexes, matcher._entries, matcher._leaves._by_id),
    )
    return not any(kept)


@given(st.lists(watchlists, max_size=8))
def test_nothing_is_left_of_what_was_removed(several: list[Watchlist]) -> None:
    matcher = Few(several, LEXICON)
    matcher.match(Article(id="a", title="strike", language="ru"))
    for watchlist_id in {watchlist.id for watchlist in several}:
        matcher.remove(watchlist_id)
    assert is_empty(matcher)


def test_a_watchlist_waits_at_its_rarest_clause() -> None:
    places = Any((Name(Kind.PLACE, "Idlib"), Name(Kind.PLACE, "Hama")))
    words = Any((Keyword("killed"), Keyword("attack"), Regex("bomb")))
    matcher = Few([Watchlist(id="x", title="X", condition=All((words, places)))], Lexicon())
    (entry,) = matcher._entries.values()
    assert {leaf.term for leaf in entry.anchor} == set(places.parts)
    assert not matcher._index.regexes


def test_every_clause_of_a_condition_is_required() -> None:
    matcher = Few([watch("x", Keyword("raid"), Keyword("siege"))], Lexicon())
    (entry,) = matcher._entries.values()
    assert isinstance(entry.node, AllNode)
    assert all(isinstance(part, LeafNode) for part in entry.node.parts)
    assert len(clauses_of(entry.node)) == 2


def test_a_regex_beside_a_rarer_clause_is_asked_of_candidates_alone() -> None:
    matcher = Few([watch("x", Name(Kind.PLACE, "Idlib"), Regex("b.mb"))], Lexicon())
    assert not matcher._index.regexes
    assert ids(matcher, "bomb in Idlib") == ["x"]
    assert ids(matcher, "calm in Idlib") == []


def test_many_regexes_are_tried_behind_gates() -> None:
    matcher = Few((watch(f"r{number}", Regex(f"x{number}y")) for number in range(40)), Lexicon())
    assert ids(matcher, "x7y and x33y") == ["r33", "r7"]
    assert ids(matcher, "\ud800 nothing") == []
    matcher.remove("r33")
    assert ids(matcher, "x7y and x33y") == ["r7"]


def test_patterns_that_are_too_much_together_are_tried_alone() -> None:
    matcher = Few((watch(f"r{n}", Regex(rf"{n}\pL{{100}}")) for n in range(10, 26)), Lexicon())
    assert ids(matcher, "12" + "a" * 100) == ["r12"]


def test_memory_of_chunks_is_bounded() -> None:
    matcher = Few([watch("x", Keyword("strike"))], Lexicon())
    text = " ".join(f"w{number}" for number in range(REMEMBERED + 100))
    assert ids(matcher, f"{text} strike") == ["x"]
    assert len(matcher._table.language("en").seen) <= REMEMBERED


def test_long_runs_without_spaces_are_read_and_not_remembered() -> None:
    matcher = Few([watch("x", Name(Kind.PLACE, "叙利亚"))], Lexicon())
    assert ids(matcher, "在" * 500 + "叙利亚" + "在" * 500) == ["x"]
    assert not matcher._table.language("en").seen


def test_an_entity_whose_support_is_itself_can_be_watched() -> None:
    entity = Entity(
        id="e", kind=Kind.GROUP, name="Echo Front", weak_aliases=("EF",), support=(EntityRef("e"),)
    )
    matcher = Few([watch("x", EntityRef("e"))], Lexicon({"e": entity}))
    assert ids(matcher, "EF") == []
    assert ids(matcher, "EF and Echo Front") == ["x"]
