"""English inflections: which word forms are forms of one word.

Not Snowball's English stemmer: beyond inflections it takes off what makes another word ("protestant"
becomes "protest", "executive" and "execute" the same), keeps irregular forms apart, and needs ten
times as long.  Here the first step of the Porter2 algorithm (M. F. Porter, "The English (Porter2)
stemming algorithm", 2002; steps 1a to 1c and the final -ll) takes off -s, -ed and -ing; then
British and American spellings are one, the noun of an action is a form of its verb ("evacuation",
"withdrawal"), and tables hold what no rule tells (`english_words`).
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from alerts.text import english_words

_REGION = re.compile(r".*?[aeiouy][^aeiouy]")
_VOWEL = re.compile("[aeiouy]")
_DOUBLE = re.compile(r"(?:bb|dd|ff|gg|mm|nn|pp|rr|tt)\Z")
# A short syllable at the end: "hop", "ow"; "hoping" gets its e back and "hopping" does not.
_SHORT = re.compile(r"(?:[^aeiouy][aeiouy][^aeiouwxy]|\A[aeiouy][^aeiouy])\Z")
# Three letters before it, so that "rise" and "noise" are left alone.
_BRITISH = re.compile(r"(?<=...)([iy])s(?=(?:e|es|ed|ing|er|ers|ation|ations)\Z)")
_NOT_PLURAL = frozenset(english_words.NOT_PLURAL.split())
_IZE = re.compile(r"(?<=..)(iz)(?:e|es|ed|ing|ation|ations)\Z")
_SIBILANT = ("ches", "shes", "xes", "zes", "oes")


class Keys(NamedTuple):
    """What two forms are compared by: a keyword asks, a word of a text answers."""

    asked: tuple[str, ...]
    #: All of `asked`, and those of words that this one only answers for: "looter" for "loot".
    answered: tuple[str, ...]


def keys(word: str) -> Keys:
    """Return the keys of *word*, which is folded."""
    word = _BRITISH.sub(r"\1z", word)
    singulars = _singulars(word)
    for one in (word, *singulars):
        if one in _alone():
            return Keys((one,), (one,))
    links = _links()
    stems = _stems(word)
    if stems[0] not in links.forms:
        stems += tuple(key for one in singulars for key in _action(one))
    asked = tuple(dict.fromkeys(links.forms.get(key, key) for key in stems))
    answers = tuple(base for key in asked for base in links.answers.get(key, ()))
    return Keys(asked, asked + answers)


def heads(asked: Iterable[str]) -> set[str]:
    """Return the first two letters of every word that may answer to one of the keys *asked*.

    Rules change the ends of words alone; the tables are asked.  A cheap way to tell that a word of
    a text is no inflection of any keyword.
    """
    links = _links()
    wanted = set(asked)
    forms = {form for form, base in links.forms.items() if base in wanted}
    wanted |= forms
    wanted |= {word for word, bases in links.answers.items() if not wanted.isdisjoint(bases)}
    return {key[:2] for key in wanted}


@cache
def irregular() -> frozenset[str]:
    """Return the keys that tables, and not rules, make of other keys: "took", "looter"."""
    links = _links()
    return frozenset((*links.forms, *links.answers))


@cache
def compounds() -> dict[str, tuple[str, str]]:
    """Return the key of each word that is also written as two: airstrike -> (air, strike)."""
    pairs = ((first, second) for first, *rest in _lines(english_words.COMPOUNDS) for second in rest)
    return {keys(first + second).asked[0]: (first, second) for first, second in pairs}


class _Links(NamedTuple):
    #: Key of a form -> key of its word.
    forms: dict[str, str]
    #: Key of a word -> keys that it answers for besides its own.
    answers: dict[str, tuple[str, ...]]


@cache
def _links() -> _Links:
    forms: dict[str, str] = {}
    answers: dict[str, tuple[str, ...]] = {}
    for first, *rest in _lines(english_words.FORMS):
        base = _stems(first)[0]
        for form in rest:
            if form.startswith("~"):
                key = _stems(form[1:])[0]
                answers[key] = (*answers.get(key, ()), base)
            else:
                forms.update(dict.fromkeys(_stems(form), base))
    return _Links(forms, answers)


@cache
def _alone() -> frozenset[str]:
    return frozenset(english_words.ALONE.split())


def _lines(table: str) -> list[list[str]]:
    return [line.split() for line in table.strip().splitlines()]


def _stems(word: str) -> tuple[str, ...]:
    """Return what *word* may be without its inflection; not words of the language but keys.

    Several where the form does not tell: "abused" is "abuse" or "abus".  A form that is no -ed, -ing
    or -es has one, with its e: "coup" and "coupe" are two words.
    """
    if len(word) <= 2 or not word.isascii():
        return (word,)
    if ize := _IZE.search(word):
        return (word[: ize.end(1)],)
    if word.endswith("men") and len(word) > 4 and word not in _NOT_PLURAL:
        word = word[:-2] + "an"
    present = (stem for one in _singulars(word) for stem in _presents(one))
    return tuple(dict.fromkeys(map(_spelled, present)))


def _singulars(word: str) -> tuple[str, ...]:
    # Step 1a of Porter2.
    if word.endswith("sses"):
        return (word[:-2],)
    if word.endswith("ies"):
        return (word[:-2], word[:-1]) if len(word) > 4 else (word[:-1],)
    if word.endswith(_SIBILANT) and len(word) > 4:
        return (word[:-2], word[:-1])
    if word.endswith("s") and not word.endswith(("us", "ss")) and _VOWEL.search(word[:-2]):
        return (word[:-1],)
    return (word,)


def _presents(word: str) -> tuple[str, ...]:
    # Step 1b of Porter2.
    if word.endswith("eed"):
        return (word[:-1] if "eed" in word[_region(word) :] else word,)
    if word.endswith("ied"):
        return (word[:-2] if len(word) > 4 else word[:-1],)
    for ending in ("ed", "ing"):
        rest = word.removesuffix(ending)
        if rest != word and len(rest) > 1 and _VOWEL.search(rest):
            return _restored(rest)
    return (word,)


def _restored(rest: str) -> tuple[str, ...]:
    """Return what stood before -ed: stop(ped), hop(e)d, evacuat(e)d or combat(ed)."""
    if _DOUBLE.search(rest) and len(rest) > 3:
        return (rest[:-1],)
    if _region(rest) >= len(rest) and _SHORT.search(rest):
        return (rest + "e",)
    return (rest, rest + "e")


def _spelled(word: str) -> str:
    """Return *word* with i for a final y, and one l where British English has two."""
    # Steps 1c and 5 of Porter2.
    if word[-1] == "y" and len(word) > 2 and word[-2] not in "aeiou":
        return word[:-1] + "i"
    if word.endswith("ll") and len(word) - 1 >= _region(word, _region(word)):
        return word[:-1]
    return word


def _action(noun: str) -> tuple[str, ...]:
    """Return the verbs of which *noun* may be the action: execution -> execut, execute."""
    first = _region(noun)
    second = _region(noun, first)
    verbs: tuple[str, ...] = ()
    if noun.endswith("ation") and len(noun) - 5 >= first:
        verbs = (noun[:-3] + "e",)
        if len(noun) - 5 >= second:
            verbs += (noun[:-5], noun[:-5] + "e")
    elif noun.endswith(("sion", "tion")) and len(noun) - 3 >= second:
        verbs = (noun[:-3], noun[:-3] + "e")
    return verbs


def _region(word: str, start: int = 0) -> int:
    """Return where the region behind the first vowel and consonant after *start* begins."""
    found = _REGION.match(word, start)
    return found.end() if found else len(word)
