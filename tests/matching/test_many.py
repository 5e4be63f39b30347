"""Few or many watchlists, by dictionaries or by the engine: the answers are the same."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.matching import Matcher
from alerts.matching import matcher as matcher_module
from alerts.matching.register import _MANY, Register
from alerts.model import All, Article, Keyword, Phrase, Regex, Watchlist
from alerts.watchlists.meaning.lexicon import Lexicon
from tests.matching.conditions import LEXICON, PUBLISHERS, articles, watchlists


def watch(number: int, text: str) -> Watchlist:
    return Watchlist(id=f"w{number}", title="W", condition=Phrase(text))


def many() -> list[Watchlist]:
    """Return more watchlists than dictionaries are for."""
    return [watch(number, f"word{number % 997}") for number in range(matcher_module.MANY)]


def both(*words: str) -> Watchlist:
    """Return a watchlist that asks for all of *words*."""
    return Watchlist(id="x", title="X", condition=All(tuple(map(Keyword, words))))


def names(matcher: Matcher, title: str, language: str) -> list[str]:
    article = Article(id="a", title=title, language=language)
    return [match.watchlist for match in matcher.match(article)]


def texts(*words: str) -> Article:
    return Article(id="a", title=" ".join(words))


@given(st.lists(watchlists, max_size=8), st.lists(articles, min_size=1, max_size=2))
def test_the_fast_path_names_those_that_match(
    several: list[Watchlist], read: list[Article]
) -> None:
    matcher = Matcher(several, LEXICON, PUBLISHERS)
    for article in read:
        found = matcher.ids(matcher.match_ids(article))
        assert sorted(found) == sorted(match.watchlist for match in matcher.match(article))


def test_many_watchlists_say_why_as_few_do() -> None:
    given_ = many()
    article = texts("word7", "and", "word500")
    found = Matcher(given_, Lexicon()).match(article)
    assert found == Matcher(
        [one for one in given_ if one.condition in (Phrase("word7"), Phrase("word500"))], Lexicon()
    ).match(article)
    assert len(found) == 11


def test_the_next_match_knows_of_an_edit_among_many() -> None:
    matcher = Matcher(many(), Lexicon())
    matcher.add(watch(-1, "fresh"))
    assert [match.watchlist for match in matcher.match(texts("fresh"))] == ["w-1"]
    matcher.add(watch(7, "fresh"))
    assert {match.watchlist for match in matcher.match(texts("fresh"))} == {"w-1", "w7"}
    matcher.remove("w-1")
    matcher.remove("w1004")
    assert [match.watchlist for match in matcher.match(texts("fresh"))] == ["w7"]
    assert "w1004" not in {match.watchlist for match in matcher.match(texts("word7"))}
    assert len(matcher) == matcher_module.MANY - 1


def test_few_become_many_and_their_numbers_stay() -> None:
    given_ = many()
    matcher = Matcher(given_[:-2], Lexicon())
    before = matcher.match_ids(texts("word5")).tolist()
    for watchlist in given_[-2:]:
        matcher.add(watchlist)
    assert matcher._few is None
    assert set(before) <= set(matcher.match_ids(texts("word5")).tolist())
    assert matcher.ids([0, matcher_module.MANY - 1]) == ["w0", f"w{matcher_module.MANY - 1}"]


def test_after_a_thousand_edits_the_tables_are_made_anew() -> None:
    matcher = Matcher(many(), Lexicon())
    for number in range(1_100):
        matcher.add(watch(number, "fresh"))
    assert matcher._rebuilding is not None
    matcher._rebuilding.join()
    assert len(matcher._of_engine()._segments) < 5
    assert len(matcher.match_ids(texts("fresh"))) == 1_100


def test_of_watchlists_with_one_id_the_last_counts() -> None:
    twins = [watch(1, "old"), watch(2, "other"), watch(1, "new")]
    matcher = Matcher(twins, Lexicon())
    assert [match.watchlist for match in matcher.match(texts("old", "new"))] == ["w1"]
    assert matcher.match_ids(texts("old")).tolist() == []
    assert matcher.match_ids(texts("new")).tolist() == [2]
    assert len(matcher) == 2


def test_a_regex_that_re2_refuses_changes_nothing_among_many() -> None:
    matcher = Matcher(many(), Lexicon())
    with pytest.raises(ValueError, match=r"\("):
        matcher.add(Watchlist(id="w7", title="W", condition=Regex("(?=a)")))
    assert "w7" in matcher.ids(matcher.match_ids(texts("word7")))


def test_nobody_is_removed_twice() -> None:
    matcher = Matcher([Watchlist(id="x", title="X", condition=Keyword("strike"))], Lexicon())
    matcher.remove("x")
    with pytest.raises(KeyError):
        matcher.remove("x")
    with pytest.raises(KeyError):
        matcher.ids([0])


def test_a_register_of_very_many_is_one_of_few() -> None:
    given_ = [watch(number % (_MANY - 10), str(number)) for number in range(_MANY)]
    register = Register(given_)
    assert list(register.read()) == list(enumerate(given_))
    assert len(register) == _MANY - 10
    assert register.number("w5") == _MANY - 5
    assert register.number("w11") == 11
    assert register.number("nobody") is None
    with pytest.raises(KeyError):
        register[5]
    register.add(watch(3, "again"))
    assert register[_MANY - 7].condition == Phrase("again")
    register.remove("w3")
    register.add(watch(3, "back"))
    assert register.number("w3") == _MANY
    assert len(list(register.items())) == len(register) == _MANY - 10


class _Alike(str):
    """Ids of one hash."""

    __slots__ = ()

    def __hash__(self) -> int:
        return -7


def test_ids_of_one_hash_are_told_apart() -> None:
    alike = [Watchlist(id=_Alike(text), title="W", condition=Phrase("x")) for text in "abca"]
    register = Register([*(watch(number, "x") for number in range(_MANY)), *alike])
    assert len(list(register.read())) == _MANY + 4
    found = [register.number(_Alike(text)) for text in "abcd"]
    assert found == [_MANY + 3, _MANY + 1, _MANY + 2, None]
    assert len(register) == _MANY + 3


def test_articles_are_matched_in_several_threads_while_watchlists_change() -> None:
    languages = ("en", "ru", "fr", "ar", "de", "tr")
    matcher = Matcher([both("drone", "Idlib")], Lexicon())
    begin = threading.Barrier(3)

    def read(thread: int) -> int:
        begin.wait()
        found = 0
        for number in range(200):
            language = languages[(number + thread) % len(languages)]
            found += "x" in names(matcher, f"drone {number}{thread} over Idlib", language)
        return found

    def edit() -> int:
        begin.wait()
        for number in range(200):
            matcher.add(watch(number, f"word{number}"))
            matcher.remove(f"w{number}")
        return len(matcher)

    with ThreadPoolExecutor(3) as threads:
        first, second, third = (
            threads.submit(read, 0),
            threads.submit(read, 1),
            threads.submit(edit),
        )
        assert (first.result(), second.result(), third.result()) == (200, 200, 1)
