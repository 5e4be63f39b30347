from __future__ import annotations

import sys
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import get_args

import pytest

from alerts.matching.engine import Engine
from alerts.matching.engine.memory import CHUNKS
from alerts.matching.engine.reading import is_space
from alerts.matching.engine.standing import stack_of
from alerts.matching.engine.terms import OPERATORS
from alerts.model import (
    All,
    Any,
    Article,
    Cased,
    Condition,
    Keyword,
    Not,
    Phrase,
    Prefix,
    Regex,
    Term,
    Watchlist,
)


def watch(*terms: Term, vetoes: tuple[Term, ...] = ()) -> Watchlist:
    parts = (*terms, *map(Not, vetoes))
    return Watchlist(id="x", title="X", condition=parts[0] if len(parts) == 1 else All(parts))


def ids(engine: Engine, title: str, language: str = "") -> list[int]:
    found = engine.match_ids(Article(id="a", title=title, language=language))
    return sorted(found.tolist())


def test_white_space_is_what_python_parts_at() -> None:
    wrong = [
        code for code in range(sys.maxunicode + 1) if is_space(code) is not (not chr(code).split())
    ]
    assert wrong == []


def test_identical_wishes_are_one_entry() -> None:
    wish = watch(Keyword("strike"), Keyword("drone"))
    engine = Engine((number, wish) for number in range(50))
    (segment,) = engine._segments
    assert len(segment._postings.paired) == 1
    assert ids(engine, "Drones strike") == list(range(50))


def test_more_pairs_than_are_kept_wait_at_the_first_clause() -> None:
    many = Any(tuple(Phrase(f"a{number}") for number in range(9)))
    others = Any(tuple(Phrase(f"b{number}") for number in range(9)))
    engine = Engine([(0, Watchlist(id="x", title="X", condition=All((many, others))))])
    assert len(engine._segments[0]._postings.paired) == 0
    assert ids(engine, "b3 a8") == [0]
    assert ids(engine, "a3 a8") == []


def test_a_veto_is_asked_when_all_terms_are_known() -> None:
    engine = Engine([(0, watch(Keyword("raid"), vetoes=(Keyword("drill"),)))])
    assert ids(engine, "raid, no drill") == []
    assert ids(engine, "raid") == [0]


def test_values_that_nobody_keeps_are_told_apart() -> None:
    # Python gives the id of a value that is gone to the next one.
    words = [f"{one}{other}" for one in "kmnprt" for other in ("oba", "ufi", "ela")]
    fresh = ((number, watch(Phrase(words[number % len(words)]))) for number in range(900))
    engine = Engine(fresh)
    for place, word in enumerate(words):
        assert ids(engine, word) == list(range(place, 900, len(words)))


def test_every_condition_is_a_term_or_an_operator() -> None:
    conditions, terms = set(get_args(Condition)), set(get_args(Term))
    assert conditions - terms == OPERATORS


def test_a_phrase_does_not_reach_over_the_end_of_a_field() -> None:
    engine = Engine([(0, watch(Phrase("air strike")))])
    assert engine.match_ids(Article(id="a", title="air", summary="strike")).tolist() == []
    assert engine.match_ids(Article(id="a", title="air", summary="air strike")).tolist() == [0]


def test_what_is_asked_for_later_is_found_in_chunks_that_were_read_before() -> None:
    engine = Engine([(0, watch(Keyword("strike")))])
    assert ids(engine, "chemical strike") == [0]
    engine.add(1, watch(Prefix("chem")))
    assert ids(engine, "chemical strike") == [0, 1]
    assert ids(engine, "les frappes", "fr") == []
    engine.add(2, watch(Keyword("frappe")))
    assert ids(engine, "les frappes", "fr") == [2]


def test_an_edit_of_one_watchlist_again_and_again_keeps_one_segment() -> None:
    engine = Engine([(0, watch(Keyword("strike")))])
    for number in range(200):
        engine.add(0, watch(Keyword(f"word{number}")))
    assert len(engine._segments) == 1
    assert ids(engine, "strike word7 word199") == [0]


def test_many_edits_are_found_all_the_same() -> None:
    engine = Engine([(0, watch(Keyword("strike")))])
    for number in range(1, 200):
        engine.add(number, watch(Keyword("strike")))
    engine.remove(7)
    engine.remove(7)
    assert ids(engine, "strike") == [number for number in range(200) if number != 7]


def test_what_is_edited_while_it_is_rebuilt_stays_edited() -> None:
    engine = Engine([(0, watch(Keyword("strike"))), (1, watch(Keyword("raid")))])

    def stored() -> Iterator[tuple[int, Watchlist]]:
        yield 0, watch(Keyword("strike"))
        yield 1, watch(Keyword("raid"))
        engine.remove(0)
        engine.add(1, watch(Keyword("siege")))

    engine.begin_rebuild()
    engine.rebuild(stored())
    assert ids(engine, "strike, raid") == []
    assert ids(engine, "siege") == [1]


def test_prefixed_words_are_other_words() -> None:
    engine = Engine(
        [(0, watch(Keyword("war"))), (1, watch(Prefix("war"))), (2, watch(Cased("War")))]
    )
    assert ids(engine, "war, War") == [0, 1, 2]
    assert ids(engine, "anti-War") == [2]


def test_a_regex_that_re2_refuses_changes_nothing() -> None:
    engine = Engine([(0, watch(Keyword("strike")))])
    with pytest.raises(ValueError, match=r"\("):
        engine.add(0, watch(Regex("(?=a)")))
    assert ids(engine, "strike") == [0]


def test_more_chunks_than_are_remembered_are_read() -> None:
    engine = Engine([(0, watch(Keyword("strike")))])
    text = " ".join(f"w{number}" for number in range(CHUNKS + 100))
    assert ids(engine, f"{text} strike") == [0]
    assert ids(engine, "w1 strikes") == [0]


def test_long_runs_without_spaces_are_read() -> None:
    engine = Engine([(0, watch(Phrase("叙利亚")))])
    assert ids(engine, "在" * 50_000 + "叙利亚" + "在" * 500) == [0]


def test_a_stack_that_is_too_small_grows() -> None:
    engine = Engine([(0, watch(Phrase("hts strike"))), (1, watch(Keyword("strike")))])
    engine._segments[0]._stack = stack_of(1)
    assert ids(engine, "HTS strike strikes") == [0, 1]


def test_stamps_that_run_out_begin_again() -> None:
    engine = Engine([(0, watch(Keyword("strike"))), (1, watch(Keyword("raid")))])
    assert ids(engine, "strike") == [0]
    engine._segments[0]._epoch = 2**31 - 2
    assert [ids(engine, "strike"), ids(engine, "raid"), ids(engine, "calm")] == [[0], [1], []]


def test_articles_are_matched_in_several_threads_while_watchlists_change() -> None:
    kept = [(0, watch(Keyword("drone"), Phrase("Idlib")))]
    engine = Engine(kept)
    begin = threading.Barrier(3)

    def read(thread: int) -> int:
        begin.wait()
        languages = ("en", "ru", "fr", "ar")
        return sum(
            0 in ids(engine, f"drone {number}{thread} over Idlib", languages[number % 4])
            for number in range(200)
        )

    def edit() -> None:
        begin.wait()
        for number in range(1, 100):
            engine.add(number, watch(Keyword(f"word{number}")))
            engine.remove(number)
        engine.begin_rebuild()
        engine.rebuild(kept)

    with ThreadPoolExecutor(3) as threads:
        first, second, third = (
            threads.submit(read, 0),
            threads.submit(read, 1),
            threads.submit(edit),
        )
        third.result()
        assert (first.result(), second.result()) == (200, 200)
