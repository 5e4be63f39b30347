"""Of thousands of regexes those are tried that may be found; none that is found is left out."""

from __future__ import annotations

import random
import sys

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from alerts.matching import Matcher
from alerts.matching.needles import needles
from alerts.matching.regexes import REMEMBERED, Regexes
from alerts.model import All, Article, Kind, Name, Regex, Watchlist
from alerts.text.regexes import compile_regex, encodable, spans

_LETTERS = "abcABCkKsSi\u212a\u017f\u0130\u0131ßẞµμδأنبخт中国é0-_ .:]}\t\u00a0\u2028\ud800\ufffd"
_ESCAPES = (
    *(r"\d", r"\D", r"\s", r"\S", r"\w", r"\W", r"\b", r"\B", r"\A", r"\z", r"\C"),
    *(r"\pL", r"\PN", r"\p{Greek}", r"\p{^Greek}", r"\x41", r"\x{212A}", r"\n", r"\t", r"\-"),
    *(r"\.", r"\\", r"\101", r"\Qa.b\E", r"\x{fffd}", r"\x{d800}", "^", "$", "."),
)
_CLASSES = (
    *("[abc]", "[^a]", "[a-c]", "[]a]", "[^]a]", "[a-]", "[-a]", "[[:alpha:]]", "[[:^digit:]x]"),
    *(r"[\d_]", r"[\pL-]", r"[\x{430}-\x{433}]", "[Kk]", "[a-zA-Z]", r"[\]-]", "[[a]", r"[.\n]"),
    *(
        "[ß]",
        "[\u0130]",
        "[ab][cd]",
        "[ s]",
        r"[\-a]",
        r"[+--]",
        "[[:]",
        r"[\x41-C]",
        r"[\x{d7ff}-\x{d801}]",
    ),
)
_atoms = st.one_of(
    st.text([letter for letter in _LETTERS if letter != "\ud800"], min_size=1, max_size=5),
    st.sampled_from(_ESCAPES),
    st.sampled_from(_CLASSES),
)
_REPEATS = (
    "*",
    "+",
    "?",
    "{2}",
    "{0}",
    "{1,}",
    "{0,1}",
    "{2,3}",
    "{0,2}",
    "{,2}",
    "{9}",
    "+?",
    "{",
)
_GROUPS = ("(%s)", "(?:%s)", "(?i:%s)", "(?P<n>%s)", "(?<n>%s)", "(?s-i:%s)", "(?i)%s", "(?U)%s")


def _larger(part: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    parts = st.lists(part, min_size=1, max_size=3)
    return st.one_of(
        parts.map("".join),
        parts.map("|".join),
        st.builds(lambda one, repeat: f"(?:{one}){repeat}", part, st.sampled_from(_REPEATS)),
        st.builds(lambda one, repeat: one + repeat, part, st.sampled_from(_REPEATS)),
        st.builds(lambda group, one: group % one, st.sampled_from(_GROUPS), part),
    )


def _is_accepted(pattern: str) -> bool:
    try:
        compile_regex(pattern)
    except ValueError:
        return False
    return True


patterns = st.recursive(_atoms, _larger, max_leaves=8).filter(_is_accepted)
texts = st.text(_LETTERS, max_size=40)


def found(pattern: str, text: str) -> bool:
    return any(spans(compile_regex(pattern), text))


def may_stand(pattern: str, text: str) -> bool:
    folded = encodable(text).casefold()
    return all(any(needle in folded for needle in need) for need in needles(pattern))


@given(st.lists(patterns, min_size=1, max_size=6), st.lists(texts, max_size=3))
def test_no_regex_that_is_found_is_left_out(several: list[str], read: list[str]) -> None:
    regexes = Regexes()
    for number, pattern in enumerate(several):
        regexes.add(number, pattern)
    standing = set(regexes.standing(read))
    for number, pattern in enumerate(several):
        if any(found(pattern, text) for text in read):
            assert number in standing


@given(st.data(), patterns)
def test_needles_stand_wherever_the_regex_is_found(data: st.DataObject, pattern: str) -> None:
    """Texts that Python's own `re` makes for the pattern, where it reads it in the same way."""
    try:
        text = data.draw(st.from_regex(pattern))
    except Exception:  # noqa: BLE001 - the two languages differ, and Hypothesis says so in many ways
        assume(False)  # noqa: FBT003 - the only way to call it
    if found(pattern, text):
        assert may_stand(pattern, text)


def test_letters_that_re2_takes_for_one_another_fold_alike() -> None:
    letters = [chr(each) for each in range(sys.maxunicode + 1) if not 0xD800 <= each < 0xE000]
    cased = [each for each in letters if each.lower() != each or each.upper() != each]
    cased += [each for each in letters if each.casefold() != each and each not in cased]
    text = "".join(cased)
    for letter in cased:
        for same in compile_regex(f"(?i){escaped(letter)}").findall(text):
            assert same.casefold() == letter.casefold()


def escaped(letter: str) -> str:
    return f"\\x{{{ord(letter):x}}}"


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        (r"S-?300", [{"s300", "s-300"}]),
        (r"(?i)\bwagner\b", [{"wagner"}]),
        (r"[Ss]arin\s+gas", [{"sarin"}, {"gas"}]),
        (r"nerve agent", [{"agent"}, {"nerve"}]),
        (r"attack(s|ed)? on \w+", [{"attack", "attacks", "attacked"}]),
        (r"colou?r", [{"color", "colour"}]),
        (r"(abc|xyz)\d", [{"abc", "xyz"}]),
        ("|".join(f"name{n}" for n in range(30)), [{f"name{n}" for n in range(30)}]),
        (r"a{3,}", [{"aaa"}]),
        (r"abc\x{d800}", [{"abc\ud800"}]),
        (r"中国", [{"中国"}]),
        (r"中.国", [{"中"}, {"国"}]),
        (r"str.ke", [{"str"}]),
        (r"\x{645}\x{646}", [{"من"}]),
        # Two letters stand in nearly every text.
        (r"ab\d", []),
        (r"a|bcd", []),
        (r"\d{3}-\d{4}", []),
        (r"x*", []),
        # Not understood, and so always tried.
        (r"\Qabcd\E", []),
        ("(" * 60 + "abcd" + ")" * 60, []),
    ],
)
def test_needles_of_a_pattern(pattern: str, expected: list[set[str]]) -> None:
    assert sorted(map(sorted, needles(pattern))) == sorted(map(sorted, expected))


def test_a_regex_waits_where_fewest_others_do() -> None:
    regexes = Regexes()
    for number in range(1_000):
        regexes.add(number, rf"attack\s+on\s+Foo{number:03}x")
    assert set(regexes.standing(["an attack on no one"])) == set()
    assert set(regexes.standing(["an attack on Foo123x and Foo124x"])) == {123, 124}
    # Its other needles must stand there, too.
    assert set(regexes.standing(["Foo123x"])) == set()


@given(
    st.lists(st.tuples(st.booleans(), st.integers(0, 5), patterns), max_size=20),
    st.lists(texts, max_size=2),
)
def test_adding_and_removing_equals_building_afresh(
    edits: list[tuple[bool, int, str]], read: list[str]
) -> None:
    regexes, kept = Regexes(), dict[int, str]()
    for adds, number, pattern in edits:
        if adds and number not in kept:
            regexes.add(number, pattern)
            kept[number] = pattern
        elif not adds and kept.pop(number, None) is not None:
            regexes.remove(number)
        list(regexes.standing(read))
    assert len(regexes) == len(kept)
    standing = set(regexes.standing(read))
    assert standing <= set(kept)
    assert {n for n, one in kept.items() if any(found(one, text) for text in read)} <= standing
    for number in kept:
        regexes.remove(number)
    assert is_empty(regexes)


def is_empty(regexes: Regexes) -> bool:
    haystack, blind = regexes._haystack, regexes._blind
    kept = (
        *(regexes._needs, regexes._waiting, blind._gates, blind._by_number),
        *(haystack._users, haystack._by_gram, haystack._gram),
    )
    return not any(kept)


def test_removing_what_is_not_there_is_an_error() -> None:
    with pytest.raises(KeyError):
        Regexes().remove(1)


def test_regexes_without_needles_are_tried_behind_gates() -> None:
    regexes = Regexes()
    for number in range(40):
        regexes.add(number, rf"x{number}\d")
    assert 7 in set(regexes.standing(["x77"]))
    assert set(regexes.standing(["nothing", ""])) == set()
    assert len(set(regexes.standing(["x77"]))) <= 16
    for number in range(30):
        regexes.remove(number)
    assert set(regexes.standing(["x77"])) == set()
    assert 33 in set(regexes.standing(["\ud800 x333"]))


def test_patterns_that_are_too_much_together_are_tried_alone() -> None:
    regexes = Regexes()
    for number in range(10, 26):
        regexes.add(number, rf"{number}\pL{{100}}")
    assert 12 in set(regexes.standing(["12" + "a" * 100]))


def test_memory_of_chunks_is_bounded() -> None:
    regexes = Regexes()
    regexes.add(1, "drone")
    assert set(regexes.standing([" ".join(f"w{n}" for n in range(REMEMBERED + 100))])) == set()
    assert set(regexes.standing(["w" * 1_000 + "drone"])) == {1}
    assert len(regexes._haystack._dull) <= REMEMBERED
    assert max(map(len, regexes._haystack._dull)) < 1_000


def test_ten_thousand_share_no_letters_that_look_them_up_too_often() -> None:
    regexes, dice = Regexes(), random.Random(4)
    for number in range(10_000):
        word = "".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=8))
        regexes.add(number, rf"\b{word}\d+")
    assert max(map(len, regexes._haystack._by_gram.values())) <= 20


def test_a_regex_that_only_candidates_were_asked_for_may_be_waited_at_later() -> None:
    regex = Regex("bom[bs]")
    both = All((Name(Kind.PLACE, "Idlib"), regex))
    matcher = Matcher([Watchlist(id="both", title="Both", condition=both)])
    article = Article(id="a", title="bombs")
    assert matcher.match(article) == []
    matcher.add(Watchlist(id="alone", title="Alone", condition=regex))
    assert [match.watchlist for match in matcher.match(article)] == ["alone"]
    matcher.remove("alone")
    assert matcher.match(article) == []
