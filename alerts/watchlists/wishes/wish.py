"""The words of a wish: comma is or, plus is and, minus is without.

    Idlib, Khan Sheikhun + chemical, sarin - "chemical industry"

A plus or a minus counts only behind a blank, so that al-Hawija, S-300 and C++ stay words.  Keyboards
and phones decide how these marks look: every comma, dash and quote of Unicode is taken for one.  Who
knows queries writes AND, OR and NOT in capitals: they are a plus, a comma and a minus.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from alerts.watchlists.query.terms import MAX_TERM, spaced

#: Terms of one wish; who needs more is an operator.
MOST_TERMS: Final = 50
#: Characters of one wish: so many terms, each as long as it may be.
MOST_LETTERS: Final = MOST_TERMS * (MAX_TERM + len(", "))

#: What opens a phrase -> what may close it.
_QUOTES: Final = {'"': '"”', "“": '”“"', "„": '“”"', "«": "»", "＂": "＂"}
_OR: Final = ",;\n،؛、，；"
_PHRASE: Final = "|".join(f"{first}[^{last}]*[{last}]?" for first, last in _QUOTES.items())
_MARKS: Final = rf"\s{_OR}+＋−–—‒―－-"
#: A plus or a minus behind a letter is a letter, too; and so is a quote.
_TOKEN: Final = re.compile(
    rf"(?P<or>[{_OR}]|(?<![^{_MARKS}])OR(?![^\s{_OR}]))"
    rf"|(?P<and>(?<![^\s{_OR}])[+＋]|(?<![^{_MARKS}])AND(?![^\s{_OR}]))"
    rf"|(?P<without>(?<![^\s{_OR}])[-−–—‒―－]|(?<![^{_MARKS}])NOT(?![^\s{_OR}]))"
    rf"|(?<![^{_MARKS}])(?P<phrase>{_PHRASE})"
    r"|(?P<letter>.)",
    re.DOTALL,
)
#: Marks of direction and of joining that nobody sees, but for those that letters need; and what no
#: text holds: control characters, halves of surrogate pairs.
_UNSEEN: Final = re.compile(
    r"[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069\ufeff"
    r"\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ud800-\udfff]"
)


class WishFlaw(StrEnum):
    """What is wrong with a wish."""

    EMPTY = "nothing is asked for"
    ONLY_WITHOUT = "it says only what is not wanted"
    NO_LETTERS = "a term has no letter or digit"
    TOO_LONG = "a term is too long"
    TOO_MANY = "there are too many terms"
    ENDLESS = "all of it is too long"
    #: NEAR/5 or title: are of the query language.
    OPERATOR = "a term is a query"
    #: It ends the last word, behind three letters at least: chem*.
    STAR = "a star stands where it has no meaning"


@dataclass(frozen=True, slots=True)
class Asked:
    """One thing that is asked for."""

    text: str
    #: It stood in quotes: these words exactly.
    is_phrase: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """What is asked for: something of each group, and nothing of `without`."""

    groups: tuple[tuple[Asked, ...], ...]
    without: tuple[Asked, ...] = ()

    @property
    def terms(self) -> tuple[Asked, ...]:
        """Return all terms, in the order in which they were written."""
        return tuple(term for group in self.groups for term in group) + self.without


def wish_of(text: str) -> Wish | WishFlaw:
    """Return the wish that *text* is, or what is wrong with it.

    The same term twice in one group is one; a needless mark, as in `a, + b +`, changes nothing.
    """
    if len(text) > MOST_LETTERS:
        return WishFlaw.ENDLESS
    groups: list[dict[Asked, None]] = [{}]
    without: dict[Asked, None] = {}
    here = groups[0]
    for mark, asked in _pieces(seen(text)):
        if mark == "and":
            here = {}
            groups.append(here)
        elif mark == "without":
            here = without
        if asked is not None:
            if (flaw := _flaw(asked)) is not None:
                return flaw
            here[asked] = None
    wish = Wish(tuple(tuple(group) for group in groups if group), tuple(without))
    if not wish.groups:
        return WishFlaw.ONLY_WITHOUT if without else WishFlaw.EMPTY
    return WishFlaw.TOO_MANY if len(wish.terms) > MOST_TERMS else wish


def blamed(text: str) -> str:
    """Return the term for which `wish_of` refuses *text*; empty: it is no single one."""
    if len(text) > MOST_LETTERS:
        return ""
    terms = (asked for _, asked in _pieces(seen(text)) if asked is not None)
    return next((term.text for term in terms if _flaw(term) is not None), "")


def seen(text: str) -> str:
    """Return *text* without what nobody sees in it."""
    return _UNSEEN.sub("", text)


def _flaw(asked: Asked) -> WishFlaw | None:
    if len(asked.text) > MAX_TERM:
        return WishFlaw.TOO_LONG
    if not any(unicodedata.category(letter)[0] in "LN" for letter in asked.text):
        return WishFlaw.NO_LETTERS
    return None


def _pieces(text: str) -> Iterator[tuple[str, Asked | None]]:
    """Yield marks and terms in turn: ("and", None) is a plus, ("", Asked) a term."""
    word = ""
    for token in _TOKEN.finditer(text):
        if token.lastgroup == "letter":
            word += token.group()
            continue
        yield from _asked(word)
        word = ""
        if token.lastgroup == "phrase":
            yield from _asked(token.group()[1:].rstrip(_QUOTES[token.group()[0]]), is_phrase=True)
        else:
            yield str(token.lastgroup), None
    yield from _asked(word)


def _asked(text: str, *, is_phrase: bool = False) -> Iterator[tuple[str, Asked]]:
    if text := spaced(text):
        yield "", Asked(text, is_phrase)
