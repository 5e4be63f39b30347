"""One article, read once for all watchlists: which terms stand where.

The scan notes hits; what they mean (where they stand, whether a weak alias is supported, what a
mask hides) is worked out for those terms only that a candidate asks about.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator
from functools import cached_property
from itertools import chain, islice
from typing import NamedTuple

from alerts.matching.leaves import Leaf
from alerts.matching.patterns import Pattern
from alerts.matching.sounds import may_follow
from alerts.matching.table import Language, Opening, Table
from alerts.model import Article, Evidence, Field, How
from alerts.text.capitals import begins_sentence
from alerts.text.clinging import bare
from alerts.text.regexes import spans
from alerts.text.spelling.windows import is_apart
from alerts.text.stems import language_of
from alerts.text.tokens import Token, Word, chunk_starts, cut, tokenize
from alerts.watchlists.meaning.rivals import AROUND, Owner, Rivals
from alerts.watchlists.meaning.wordings import is_proper

#: Fields by number, in the order of evidence.
FIELDS = tuple(Field)
TITLE = FIELDS.index(Field.TITLE)
_TRUST = {how: rank for rank, how in enumerate(How)}


class Part(NamedTuple):
    """Evidence in the making."""

    field: int
    start: int
    end: int
    term: str
    how: How


class Stretch(NamedTuple):
    """A part of a field that met a condition, as in `alerts.watchlists.meaning.stretches`."""

    field: int
    first: int
    last: int
    start: int
    end: int
    parts: tuple[Part, ...]


class Hit(NamedTuple):
    """A pattern that stands in the article."""

    field: int
    #: Which of the field's chunks it begins in, and which token of that chunk.
    chunk: int
    offset: int
    #: Token of the field, and how many of them.
    first: int
    width: int
    pattern: Pattern


#: Spans of characters that match nothing, by field.
Masked = dict[int, list[tuple[int, int]]]


class Reading:
    """An article and the terms that stand in it."""

    def __init__(self, article: Article, table: Table, rivals: Rivals) -> None:
        self._article = article
        self._rivals = rivals
        self._chunks: dict[int, list[str]] = {}
        self._starts: dict[int, list[int]] = {}
        self._stretches: dict[int, tuple[Stretch, ...]] = {}
        self._unmasked: dict[int, tuple[Stretch, ...]] = {}
        self._evidence: dict[Part, Evidence] = {}
        self.texts = tuple(map(article.text, FIELDS))
        self.hits: dict[int, list[Hit]] = {}
        self.needles: set[str] = set()
        language = table.language(language_of(article.language))
        for number, text in enumerate(self.texts):
            if text:
                self._scan(number, text, table, language)

    def _scan(self, field: int, text: str, table: Table, language: Language) -> None:
        remembered, code = language.seen.get, language.code
        chunks = self._chunks[field] = text.split()
        position = 0
        for number, chunk in enumerate(chunks):
            known = remembered(chunk) or table.learn(chunk, language)
            tokens, beginnings, openings, names, needles = known
            if needles:
                self.needles.update(needles)
            for offset, width, pattern in beginnings:
                self._note(Hit(field, number, offset, position + offset, width, pattern))
            for opening in openings:
                for pattern in _met(opening, chunks, number, language.code):
                    offset, width = opening.offset, 1 + len(pattern.rest)
                    self._note(Hit(field, number, offset, position + offset, width, pattern))
            goes_on = names and number + 1 < len(chunks)
            for begun in names if goes_on and may_follow(chunks[number + 1], code) else ():
                behind = _behind(chunks, number)
                for width, pattern in table.sounds.go_on(begun, behind, code):
                    first = position + begun.offset
                    self._note(Hit(field, number, begun.offset, first, width, pattern))
            position += tokens

    def _note(self, hit: Hit) -> None:
        self.hits.setdefault(hit.pattern.leaf, []).append(hit)

    def stands(self, leaf: Leaf, masked: Masked | None) -> tuple[Stretch, ...]:
        """Return where *leaf* stands in any field, outside *masked*."""
        if leaf.id not in self.hits and leaf.regex is None:
            return ()
        if masked:
            return _longest(leaf, _outside(self._found(leaf), masked))
        known = self._unmasked.get(leaf.id)
        if known is None:
            known = self._unmasked[leaf.id] = _longest(leaf, self._found(leaf))
        return known

    def spans(self, leaves: Iterable[Leaf]) -> Masked:
        """Return the spans of *leaves*, as a mask."""
        return _by_field(stretch for leaf in leaves for stretch in self.stands(leaf, None))

    def evidence(self, part: Part) -> Evidence:
        """Return *part* as it leaves the matcher."""
        known = self._evidence.get(part)
        if known is None:
            known = self._evidence[part] = Evidence(
                field=FIELDS[part.field],
                start=part.start,
                end=part.end,
                surface=self.texts[part.field][part.start : part.end],
                term=part.term,
                how=part.how,
            )
        return known

    def _found(self, leaf: Leaf) -> tuple[Stretch, ...]:
        known = self._stretches.get(leaf.id)
        if known is None:
            known = self._stretches[leaf.id] = tuple(self._find(leaf))
        return known

    def _find(self, leaf: Leaf) -> Iterable[Stretch]:
        if leaf.regex is not None:
            return self._regex(leaf)
        hits = self.hits.get(leaf.id, [])
        if not leaf.is_name:
            return self._placed(leaf, hits)
        return self._entity(leaf, hits)

    def _entity(self, leaf: Leaf, hits: list[Hit]) -> Iterable[Stretch]:
        masked = _by_field(stretch for other in leaf.mask for stretch in self._found(other))
        weak = [hit for hit in hits if hit.pattern.how is How.WEAK_ALIAS]
        strong = [hit for hit in hits if hit.pattern.how is not How.WEAK_ALIAS]
        found = _outside(self._placed(leaf, strong), masked)
        if weak and (found or any(self._found(other) for other in leaf.support)):
            found = (*found, *_outside(self._placed(leaf, weak), masked))
        return found

    def _placed(self, leaf: Leaf, hits: list[Hit]) -> Iterable[Stretch]:
        """Return *hits* with their places; one where several patterns are met by the same words."""
        placed: dict[tuple[int, int, int], Stretch] = {}
        for hit in hits:
            start, end, words = self._place(hit)
            if hit.pattern.proper and not is_proper(words):
                continue
            if hit.pattern.inside and begins_sentence(self.texts[hit.field], start):
                continue
            if hit.pattern.respelling and self._is_rivals(hit, hit.pattern.respelling.owner):
                continue
            how = hit.pattern.how or _how(hit.pattern, words)
            known = placed.get((hit.field, start, end))
            if known is None or _TRUST[how] < _TRUST[known.parts[0].how]:
                label = hit.pattern.label or leaf.label
                part = Part(hit.field, start, end, label, how)
                last = hit.first + hit.width
                stretch = Stretch(hit.field, hit.first, last, start, end, (part,))
                placed[hit.field, start, end] = stretch
        return placed.values()

    def _is_rivals(self, hit: Hit, owner: Owner) -> bool:
        """Tell whether *hit*, which sounds like a name of *owner*, is somebody else's."""
        chunks = self._chunks[hit.field]
        before: list[Token] = []
        for place in range(hit.chunk, -1, -1):
            tokens = cut(chunks[place])
            before[:0] = tokens[: hit.offset] if place == hit.chunk else tokens
            if len(before) >= AROUND:
                break
        first = len(before)
        behind = _tokens(chunks, hit.chunk, hit.offset)
        tokens = (*before, *islice(behind, hit.width + AROUND))
        return self._rivals.take(owner, tokens, first, first + hit.width)

    def _place(self, hit: Hit) -> tuple[int, int, list[Word]]:
        """Return the characters from which and to which *hit* reaches, and its words."""
        starts = self._starts.get(hit.field)
        if starts is None:
            starts = self._starts[hit.field] = chunk_starts(self.texts[hit.field])
        chunks = self._chunks[hit.field]
        tokens = cut(chunks[hit.chunk])[hit.offset : hit.offset + hit.width]
        start = starts[hit.chunk] + tokens[0].start
        words = [token.word for token in tokens]
        chunk = hit.chunk
        while len(words) < hit.width:
            chunk += 1
            if more := cut(chunks[chunk])[: hit.width - len(words)]:
                tokens = more
                words += [token.word for token in tokens]
        return start, starts[chunk] + tokens[-1].end, words

    def _regex(self, leaf: Leaf) -> Iterator[Stretch]:
        for field, text in enumerate(self.texts):
            for start, end in spans(leaf.regex, text):
                starts, ends = self._places[field]
                first = bisect_right(ends, start)
                last = max(first, bisect_left(starts, end))
                part = Part(field, start, end, leaf.label, How.REGEX)
                yield Stretch(field, first, last, start, end, (part,))

    @cached_property
    def _places(self) -> list[tuple[list[int], list[int]]]:
        every = map(tokenize, self.texts)
        return [([one.start for one in tokens], [one.end for one in tokens]) for tokens in every]


def _how(pattern: Pattern, words: list[Word]) -> How:
    exact = tuple(one.folded for one in words) == pattern.exact
    return How.EXACT if exact else How.INFLECTION


def _behind(chunks: list[str], number: int) -> Iterator[Token]:
    """Yield the tokens behind the chunk *number*, up to what parts them."""
    between = ""
    for place in range(number, len(chunks)):
        chunk, end = chunks[place], 0
        for token in cut(chunk):
            if place > number:
                if is_apart(between + chunk[end : token.start]):
                    return
                yield token
            between, end = "", token.end
        between += chunk[end:]


def _tokens(chunks: list[str], number: int, offset: int) -> Iterator[Token]:
    """Yield the tokens from token *offset* of the chunk *number* on."""
    yield from cut(chunks[number])[offset:]
    for later in range(number + 1, len(chunks)):
        yield from cut(chunks[later])


def _following(chunks: list[str], number: int, offset: int) -> Iterator[Word]:
    """Yield the words behind token *offset* of the chunk *number*."""
    for token in cut(chunks[number])[offset + 1 :]:
        yield token.word
    for later in range(number + 1, len(chunks)):
        for token in cut(chunks[later]):
            yield token.word


def _met(opening: Opening, chunks: list[str], number: int, language: str) -> Iterator[Pattern]:
    """Yield the patterns of *opening*, in the chunk *number*, whose other words follow."""
    second = next(_following(chunks, number, opening.offset), None)
    if second is None:
        return
    named = (opening.second.get(form.folded, ()) for form in (second, *bare(second)))
    for pattern in (*chain.from_iterable(named), *opening.others):
        if not pattern.rest[0].fits(second, language):
            continue
        words = islice(_following(chunks, number, opening.offset), 1, None)
        if all(
            (one := next(words, None)) is not None and step.fits(one, language)
            for step in pattern.rest[1:]
        ):
            yield pattern


def _by_field(found: Iterable[Stretch]) -> Masked:
    masked: Masked = {}
    for stretch in found:
        masked.setdefault(stretch.field, []).append((stretch.start, stretch.end))
    return masked


def _outside(found: Iterable[Stretch], masked: Masked) -> tuple[Stretch, ...]:
    return tuple(
        stretch
        for stretch in found
        if not any(
            stretch.start < end and start < stretch.end
            for start, end in masked.get(stretch.field, ())
        )
    )


def _longest(leaf: Leaf, found: tuple[Stretch, ...]) -> tuple[Stretch, ...]:
    """Return *found*, of names without those that stand inside longer ones."""
    if not leaf.is_name or len(found) < 2:
        return found
    return tuple(one for one in found if not any(_inside(one, other) for other in found))


def _inside(one: Stretch, other: Stretch) -> bool:
    if one.field != other.field or other.end - other.start <= one.end - one.start:
        return False
    return other.start <= one.start and one.end <= other.end
