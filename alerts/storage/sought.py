"""The words that somebody looks for in the archive, and where a text has them.  Pure.

All of them must stand in an article, in any field and any order; `word*` is the beginning of one.  What
hyphens or dots join is looked for as it is joined.  Nothing that is typed is syntax of a database.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Self

from alerts.model import Article, Field
from alerts.text.tokens import Token, tokenize

#: Half-open, in code points.
Span = tuple[int, int]

#: What is searched, in the order of the index's columns.
FIELDS = (Field.TITLE, Field.SUMMARY, Field.CONTENT, Field.AUTHOR)
#: More words than anybody types; each costs a walk of the index.
_MOST = 32
#: Characters of a word that count: PostgreSQL takes 2,046 bytes.
_LONGEST = 200
#: Bytes of words that PostgreSQL takes of one article: 1 MB, with their places.
_MOST_BYTES = 400_000
#: Places between two fields: no phrase reaches over them.
_GAP = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Sought:
    """A word to look for."""

    #: As it was typed, without the star.
    typed: str
    #: Of which it consists, as texts are compared; never empty.
    tokens: tuple[str, ...]
    #: `word*`: the last token may go on.
    is_beginning: bool = False

    @classmethod
    def all_of(cls, typed: str) -> tuple[Self, ...]:
        """Read what somebody typed; what holds neither letters nor digits is left out."""
        chunks = typed.replace("\0", " ").encode(errors="replace").decode().split()
        read = (cls._of(chunk) for chunk in dict.fromkeys(chunks))
        return tuple(word for word in read if word.tokens)[:_MOST]

    @classmethod
    def _of(cls, chunk: str) -> Self:
        typed = chunk.rstrip("*")[:_LONGEST]
        return cls(typed=typed, tokens=_folded(tokenize(typed)), is_beginning=chunk.endswith("*"))

    @property
    def is_unspaced(self) -> bool:
        """Tell whether it is of a script without spaces, whose words SQLite does not part."""
        return any(map(_is_unspaced, self.typed))

    def places(self, tokens: Sequence[Token]) -> Iterator[Span]:
        """Yield where the text that *tokens* were cut from has it."""
        folded, length = _folded(tokens), len(self.tokens)
        for start in range(len(folded) - length + 1):
            some = folded[start : start + length]
            if some[:-1] == self.tokens[:-1] and self._ends(some[-1]):
                yield tokens[start].start, tokens[start + length - 1].end

    def _ends(self, token: str) -> bool:
        last = self.tokens[-1]
        return token.startswith(last) if self.is_beginning else token == last


def found_in(article: Article, words: Sequence[Sought]) -> dict[Field, tuple[Span, ...]] | None:
    """Return where *article* has the *words*, by field; None: it lacks one."""
    cut = {field: tokenize(article.text(field)) for field in FIELDS}
    found: dict[Field, list[Span]] = {}
    lacks = False
    for word in words:
        before = sum(map(len, found.values()))
        for field, tokens in cut.items():
            if places := list(word.places(tokens)):
                found.setdefault(field, []).extend(places)
        lacks = lacks or sum(map(len, found.values())) == before
    if lacks:
        return None
    return {field: tuple(sorted(set(places))) for field, places in found.items()}


def fts5_query(words: Iterable[Sought]) -> str:
    """Return the *words* as FTS5 wants them (sqlite.org, fts5, 3.1): strings, which hold no syntax."""
    quoted = (('"' + word.typed.replace('"', '""') + '"', word) for word in words)
    return " ".join(text + " *" if word.is_beginning else text for text, word in quoted)


def tsquery(words: Iterable[Sought]) -> str:
    """Return the *words* as PostgreSQL wants them (its manual, 8.11.2), each a phrase."""
    phrases = []
    for word in words:
        phrase = " <-> ".join(map(_lexeme, word.tokens))
        phrases.append(f"({phrase}{':*' if word.is_beginning else ''})")
    return " & ".join(phrases)


def tsvector(texts: Iterable[str]) -> str:
    """Return the words of *texts* with their places, as PostgreSQL wants them (8.11.1)."""
    places: dict[str, list[str]] = {}
    place, size = 1, 0
    for text in texts:
        for token in _folded(tokenize(text)):
            if token not in places:
                size += len(token.encode())
            if size > _MOST_BYTES:
                break
            places.setdefault(token, []).append(str(place))
            place += 1
        place += _GAP
    return " ".join(f"{_lexeme(token)}:{','.join(at)}" for token, at in places.items())


def _folded(tokens: Iterable[Token]) -> tuple[str, ...]:
    return tuple(token.word.folded[:_LONGEST] for token in tokens)


def _lexeme(token: str) -> str:
    return "'" + token.replace("\\", "\\\\").replace("'", "''") + "'"


def _is_unspaced(character: str) -> bool:
    # Ours parts such scripts at each character; Katakana stands among them without a space.
    return len(tokenize(character * 2)) > 1 or "KATAKANA" in unicodedata.name(character, "")
