"""Cut a text into words.  Pure; what two words have in common is `normalize` and `stems`.

A token is a run of letters, digits and marks; apostrophes stay inside ("Hay'at"), hyphens part
("HTS-led" is two tokens, joined).  Possessive 's is off the token, "Ra's" is a word.  French and
Italian elisions part ("l'Iran"), dotted acronyms are one token ("U.S.").  Scripts that are written
without spaces (Han, Hiragana, Thai, Lao, Khmer, Burmese) give a token for each character with its
marks, so that a name is found as a sequence wherever it stands.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import NamedTuple

from alerts.text.marks import MARKS
from alerts.text.normalize import APOSTROPHES, GERSHAYIM, HYPHENS, IGNORABLE, as_written, fold

_PREFIXES = """
anti co contra contre counter de dis ex extra gegen inter intra mid mini mis multi neo nicht non
over para post pre pro pseudo quasi re semi sub super trans ultra un under
анти вне контр не пост пре про псевдо экс
"""
#: Before a hyphen they make another word: "anti-war", "de-escalation"; folded.
PREFIXES = frozenset(_PREFIXES.split())


class Word(NamedTuple):
    """What a form of a word in a text is compared by."""

    #: Never empty.
    folded: str
    #: With its capitals and marks, for `=Term` and for stemmers.
    written: str
    #: All of its letters that have a case are capitals, and there is one.
    capitals: bool
    #: Written with dots: "U.S."
    dotted: bool
    #: Characters of the form without its possessive 's.
    length: int


class Token(NamedTuple):
    """A word and its place in the text."""

    #: Half-open span in code points, possessive 's left out.
    start: int
    end: int
    word: Word
    #: A hyphen alone stands between this token and the one before.
    joined: bool
    #: Joined to a prefix: the "war" of "anti-war".
    prefixed: bool

    def moved(self, by: int) -> Token:
        """Return this token *by* so many code points further on."""
        return Token(self.start + by, self.end + by, self.word, self.joined, self.prefixed)


# Written without spaces: CJK ideographs, Hiragana; Thai, Lao, Burmese, Khmer (digits left out).
_UNSPACED = (
    r"\u2e80-\u2fdf\u3005-\u3007\u3041-\u3096\u309d-\u309f\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
    r"\U00020000-\U0003ffff\u0e01-\u0e4e\u0e81-\u0ece\u0edc-\u0edf\u1000-\u103f\u104c-\u108f"
    r"\u109a-\u109f\uaa60-\uaa7f\ua9e0-\ua9ef\u1780-\u17d3\u17d7\u17dc"
)
# `\w` leaves marks out, and `re` knows no \p{M}.
_MARKS = "".join(rf"\U{first:08x}-\U{last:08x}" for first, last in MARKS)
_MARK = f"[{_MARKS}{re.escape(IGNORABLE)}]"
_LETTER = rf"[^\W_{_UNSPACED}]"
_RUN = rf"{_LETTER}+(?:{_MARK}+{_LETTER}*)*"
_APOSTROPHE = f"[{APOSTROPHES}]"
# Before a vowel or h only: "l'Iran", but "L'viv" and "N'Djamena" are names.
_ELIDED = (
    rf"(?:[dlcjnsDLCJNS]|[Qq]u|[Jj]usqu|[Ll]orsqu|[Pp]uisqu|[Dd]ell|[Nn]ell|[Aa]ll|[Dd]all|[Ss]ull"
    rf"|[Uu]n)(?={_APOSTROPHE}[aeiouyhâàéèêëîïôöûüAEIOUYHÂÀÉÈÊËÎÏÔÖÛÜ])"
)
_ACRONYM = r"[A-ZА-ЯЁ](?:\.[A-ZА-ЯЁ])+\b\.?"
# Hebrew acronyms: צה"ל.
_GERSHAYIM = rf"(?<=[א-ת])[{GERSHAYIM}](?=[א-ת])"
_TOKEN = re.compile(
    rf"{_ELIDED}|{_ACRONYM}|{_RUN}(?:(?:{_APOSTROPHE}|{_GERSHAYIM}){_RUN})*|[{_UNSPACED}]{_MARK}*"
)
# What `str.split` parts; a longer one is an address or a script without spaces: not remembered.
_CHUNK = re.compile(r"\S+")
_LONGEST_REMEMBERED = 40
_POSSESSIVE = re.compile(rf"(?<=.){_APOSTROPHE}[sS]\Z", re.DOTALL)
# "Ra's al-Ayn", a cape, and its like: here 's is no possessive.
_NO_POSSESSIVE = frozenset({"ras", "bas", "fas"})


@lru_cache(maxsize=1 << 12)
def word(surface: str) -> Word:
    """Return what *surface*, a token as it stands in a text, is compared by."""
    return _word(surface)


def _word(surface: str) -> Word:
    length = len(surface)
    possessive = _POSSESSIVE.search(surface)
    if possessive and fold(surface) not in _NO_POSSESSIVE:
        length = possessive.start()
    bare = surface[:length]
    dotted = "." in bare
    if dotted:
        bare = bare.replace(".", "")
    written = as_written(bare) or bare
    return Word(
        folded=fold(bare) or written,
        written=written,
        # isupper: at least one cased character, and none of them small.
        capitals=written.isupper(),
        dotted=dotted,
        length=length,
    )


def tokenize(text: str) -> tuple[Token, ...]:
    """Return the tokens of *text*, in order; any string is accepted.

    Nothing is remembered: names are asked for once, and would drive out the words of the news (`cut`).
    """
    found: list[Token] = []
    for start, chunk in zip(chunk_starts(text), text.split(), strict=True):
        tokens = _cut(chunk, _word)
        found += (token.moved(start) for token in tokens) if start else tokens
    return tuple(found)


def chunk_starts(text: str) -> list[int]:
    """Return where each of `text.split()` begins."""
    return [chunk.start() for chunk in _CHUNK.finditer(text)]


def cut(chunk: str) -> tuple[Token, ...]:
    """Return the tokens of *chunk*, one of `text.split()`; spans count from its beginning.

    No token and no hyphen reaches over white space, so that the tokens of a text are those of its
    chunks.  Most chunks were seen before: this is the memo that makes tokens cheap.
    """
    return _cut_once(chunk) if len(chunk) <= _LONGEST_REMEMBERED else _cut(chunk)


def _cut(chunk: str, word: Callable[[str], Word] = word) -> tuple[Token, ...]:
    # Nearly every chunk is one word and perhaps a comma or a full stop.
    if chunk.isascii() and (bare := chunk.rstrip(",.;:!?")).isalpha():
        return (Token(0, len(bare), word(bare), joined=False, prefixed=False),)
    tokens: list[Token] = []
    before, before_end = "", 0
    for found in _TOKEN.finditer(chunk):
        start, end = found.span()
        one = word(found.group())
        between = chunk[before_end:start]
        joined = bool(tokens) and len(between) == 1 and between in HYPHENS
        prefixed = joined and before in PREFIXES
        tokens.append(Token(start, start + one.length, one, joined, prefixed))
        before, before_end = one.folded, end
    return tuple(tokens)


_cut_once = lru_cache(maxsize=1 << 14)(_cut)
