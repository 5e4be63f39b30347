"""The table of all patterns: which of them may begin at a word of a text.

A text is read chunk by chunk (what white space parts).  What begins in a chunk is looked up once
and remembered, since nearly every chunk of news was seen before: the work follows the hits.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import starmap
from typing import NamedTuple

from alerts.matching.patterns import By, Pattern, of_keyword
from alerts.matching.regexes import Regexes
from alerts.matching.sounds import Begun, Sounds
from alerts.model import Keyword
from alerts.text.clinging import bare
from alerts.text.english import heads
from alerts.text.normalize import fold
from alerts.text.stems import answered
from alerts.text.tokens import Token, Word, cut

#: What a first word is compared by -> the patterns that begin so.
Index = dict[str, list[Pattern]]

#: Chunks remembered for each language, about 150 bytes each.
REMEMBERED = 1 << 15
#: Languages with a table of keywords at the same time.
LANGUAGES = 8
#: Longer chunks are addresses, or scripts without spaces.
_LONGEST = 40
#: Prefixes are found by so many of their first letters.
_HEAD = 3


class Beginning(NamedTuple):
    """A pattern whose first word stands in a chunk."""

    #: Token, counted from the beginning of the chunk.
    offset: int
    #: Tokens that the first word takes: two where a hyphen parts it.
    width: int
    pattern: Pattern


class Opening(NamedTuple):
    """The patterns of several words whose first stands at one token of a chunk."""

    offset: int
    #: Those whose second word is compared folded, by that word: names that begin with the same
    #: common word are many, and nearly all of them end here.
    second: dict[str, tuple[Pattern, ...]]
    others: tuple[Pattern, ...]


class Chunk(NamedTuple):
    """What the table knows of a chunk."""

    tokens: int
    #: Patterns that are met by words of the chunk alone.
    beginnings: tuple[Beginning, ...]
    openings: tuple[Opening, ...]
    #: Names that are known by their sound, and may go on behind the chunk.
    names: tuple[Begun, ...] = ()
    #: Of regexes.
    needles: tuple[str, ...] = ()


#: Most chunks begin nothing: these share one value for each number of tokens.
_PLAIN = tuple(Chunk(count, (), ()) for count in range(8))


class Language:
    """The patterns of keywords in one language, and the chunks that were seen in it."""

    def __init__(self, code: str) -> None:
        self.code = code
        self.keys: Index = {}
        #: How words begin that may answer to one of `keys`; never fewer than they are.
        self.heads: set[str] = set()
        self.seen: dict[str, Chunk] = {}


class Table:
    """All patterns of all terms, by their first word."""

    def __init__(self) -> None:
        self._folded: Index = {}
        self._written: Index = {}
        self._prefixes: Index = {}
        self.sounds = Sounds()
        self.regexes = Regexes()
        self._keywords: dict[int, Keyword] = {}
        self._languages: dict[str, Language] = {}

    def add(self, patterns: Iterable[Pattern]) -> None:
        """Look for *patterns* from now on."""
        for pattern in patterns:
            if pattern.respelling is not None:
                self.sounds.add(pattern)
                continue
            index, text = self._place(pattern)
            index.setdefault(text, []).append(pattern)
        self._forget()

    def add_keyword(self, leaf: int, term: Keyword) -> None:
        """Look for *term* from now on, in every language."""
        self._keywords[leaf] = term
        for language in self._languages.values():
            _add_keys(language, of_keyword(leaf, term, language.code))
        self._forget()

    def add_regex(self, leaf: int, pattern: str) -> None:
        """Look for the needles of *pattern* from now on."""
        self.regexes.add(leaf, pattern)
        self._forget()

    def remove(self, patterns: Iterable[Pattern]) -> None:
        """Look for *patterns* no more: the values that were given to `add`."""
        for pattern in patterns:
            if pattern.respelling is not None:
                self.sounds.remove(pattern)
            else:
                _take(*self._place(pattern), pattern.leaf)
        self._forget()

    def remove_keyword(self, leaf: int) -> None:
        """Look for the keyword *leaf* no more."""
        term = self._keywords.pop(leaf)
        for language in self._languages.values():
            for pattern in of_keyword(leaf, term, language.code):
                for key in pattern.first.texts:
                    _take(language.keys, key, leaf)
        self._forget()

    def language(self, code: str) -> Language:
        """Return what is looked for in articles in the language *code*."""
        language = self._languages.get(code)
        if language is None:
            if len(self._languages) >= LANGUAGES:
                self._languages.pop(next(iter(self._languages)))
            language = self._languages[code] = Language(code)
            for leaf, term in self._keywords.items():
                _add_keys(language, of_keyword(leaf, term, code))
        return language

    def learn(self, chunk: str, language: Language) -> Chunk:
        """Return what begins in *chunk*, and remember it."""
        tokens = cut(chunk)
        beginnings = list(self._beginnings(tokens, language))
        names: list[Begun] = []
        for offset, width, one in self.sounds.begin(chunk, tokens, language.code):
            if isinstance(one, Pattern):
                beginnings.append(Beginning(offset, width, one))
            else:
                names.append(Begun(offset, width, one))
        learnt = _chunk(len(tokens), beginnings, names, self.regexes.inside(chunk))
        if not any(learnt[1:]) and len(tokens) < len(_PLAIN):
            learnt = _PLAIN[len(tokens)]
        if len(chunk) <= _LONGEST:
            if len(language.seen) >= REMEMBERED:
                language.seen.clear()
            language.seen[chunk] = learnt
        return learnt

    def _beginnings(self, tokens: tuple[Token, ...], language: Language) -> Iterator[Beginning]:
        for offset, token in enumerate(tokens):
            for pattern in self._possible(token.word, language):
                if (pattern.names or not token.prefixed) and pattern.first.fits(
                    token.word, language.code
                ):
                    yield Beginning(offset, 1, pattern)
            follower = tokens[offset + 1] if offset + 1 < len(tokens) else None
            if follower and follower.joined and not token.prefixed:
                closed = token.word.written + follower.word.written
                for pattern in _by_keys(closed, language):
                    if pattern.hyphen:
                        yield Beginning(offset, 2, pattern)

    def _possible(self, one: Word, language: Language) -> Iterator[Pattern]:
        for form in (one, *bare(one)):
            yield from self._folded.get(form.folded, ())
            yield from self._written.get(form.written, ())
        for length in range(1, _HEAD + 1) if self._prefixes else ():
            if length <= len(one.folded):
                yield from self._prefixes.get(one.folded[:length], ())
        yield from _by_keys(one.written, language)

    def _place(self, pattern: Pattern) -> tuple[Index, str]:
        text = pattern.first.texts[0]
        if pattern.first.by is By.PREFIX:
            return self._prefixes, text[:_HEAD]
        return (self._written if pattern.first.by is By.WRITTEN else self._folded), text

    def _forget(self) -> None:
        for language in self._languages.values():
            language.seen.clear()


def _chunk(
    tokens: int, beginnings: list[Beginning], names: list[Begun], needles: tuple[str, ...]
) -> Chunk:
    single = tuple(one for one in beginnings if not one.pattern.rest)
    longer: dict[int, list[Pattern]] = {}
    for offset, _, pattern in beginnings:
        if pattern.rest:
            longer.setdefault(offset, []).append(pattern)
    openings = tuple(starmap(_opening, longer.items()))
    return Chunk(tokens, single, openings, tuple(names), needles)


def _opening(offset: int, patterns: list[Pattern]) -> Opening:
    second: dict[str, tuple[Pattern, ...]] = {}
    for pattern in patterns:
        if pattern.rest[0].by is By.FOLDED:
            text = pattern.rest[0].texts[0]
            second[text] = (*second.get(text, ()), pattern)
    others = tuple(one for one in patterns if one.rest[0].by is not By.FOLDED)
    return Opening(offset, second, others)


def _by_keys(written: str, language: Language) -> Iterator[Pattern]:
    """Yield each pattern that *written* answers to once."""
    if not language.keys:
        return
    if language.code == "en" and written.isascii() and fold(written)[:2] not in language.heads:
        return
    # A dict and not a set: in the order in which they were added.
    found = dict.fromkeys(
        pattern
        for key in answered(written, language.code)
        for pattern in language.keys.get(key, ())
    )
    yield from found


def _add_keys(language: Language, patterns: Iterable[Pattern]) -> None:
    for pattern in patterns:
        if language.code == "en":
            language.heads |= heads(pattern.first.texts)
        for key in pattern.first.texts:
            language.keys.setdefault(key, []).append(pattern)


def _take(index: Index, text: str, leaf: int) -> None:
    """Take the patterns of *leaf* out of what *index* has for *text*."""
    kept = [pattern for pattern in index.pop(text, ()) if pattern.leaf != leaf]
    if kept:
        index[text] = kept
