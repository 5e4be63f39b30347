"""The terms of watchlists, one by one and beside one another."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from alerts.model import (
    All,
    Any,
    AtLeast,
    Condition,
    InField,
    Keyword,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Term,
)
from alerts.text.normalize import fold
from alerts.text.spelling.letters import is_arabic
from alerts.text.spelling.words import FUNCTION_WORDS
from alerts.text.stems import answered, asked, language_of
from alerts.text.tokens import tokenize
from alerts.watchlists.complaints import quoted
from alerts.watchlists.query.parser import parse
from alerts.workbench.lint.known_names import KnownNames
from alerts.workbench.lint.subject import WANTED, Finding, Placed, Spot, Subject

#: What holds sentences together, whatever they speak of.
_WORDS = "a an and are as at by for from has have in is it of on that the to was were will with"
_JOINING = frozenset(_WORDS.split())
_KINDS = ("groups", "people")
#: Terms that mean what they say, whoever is known.
_Words = Keyword | Phrase | Prefix
_LISTS = (*WANTED, "mask", "exclude")
#: Letters of a prefix that begin a handful of words; Arabic roots have three.
_TELLING = 4


def check(subject: Subject) -> Iterator[Finding]:
    """Yield terms that say too little, too much, or what another one says."""
    names = KnownNames.of(subject)
    for placed in subject.watchlists:
        languages = _languages(subject, placed)
        for spots in _alternatives(subject, placed):
            yield from _repeated(placed, spots)
            yield from _covered(placed, spots, languages)
        for key in _LISTS:
            spots = subject.listed(placed, key)
            yield from _repeated(placed, spots)
            yield from _covered(placed, spots, languages)
            yield from _named(subject, placed, key, spots, names)
        for spot in subject.every_spot(placed):
            for term in spot.terms:
                yield from _alone(placed, spot, term)


# --- beside one another ---------------------------------------------------------------------------


def _repeated(placed: Placed, spots: Iterable[Spot]) -> Iterator[Finding]:
    first: dict[object, Spot] = {}
    for spot in spots:
        other = first.setdefault(_compared(spot), spot)
        if other is not spot:
            message = f"{quoted(spot.written)} says the same as {quoted(other.written)}"
            hint = f"delete one; the other stands on line {other.node.line}"
            yield placed.found("L201", message, at=spot, hint=hint)


def _compared(spot: Spot) -> object:
    """Return what two entries share that mean the same."""
    term = spot.terms[0] if len(spot.terms) == 1 else None
    if isinstance(term, Keyword | Phrase | Name):
        country = term.country if isinstance(term, Name) else ""
        return type(term), tuple(each.word.folded for each in tokenize(term.text)), country
    return spot.terms


def _languages(subject: Subject, placed: Placed) -> tuple[str, ...]:
    """Return the languages whose inflections count: those asked for, or those of the feeds."""
    tags = placed.watchlist.languages or {feed.language for feed in subject.rules.feeds}
    return tuple(sorted({language_of(tag) for tag in tags} or {"en"}))


def _covered(
    placed: Placed, spots: Sequence[Spot], languages: tuple[str, ...]
) -> Iterator[Finding]:
    words = [(spot, word) for spot in spots if (word := _one_word(spot))]
    covering = _covering([word for _, word in words], languages)
    for number, (spot, word) in enumerate(words):
        # Of two that match each other, the later one is told.
        others = (
            each for each in covering[number] if number not in covering[each] or each < number
        )
        if (other := min(others, default=None)) is not None:
            known = words[other][1]
            message = f"{quoted(word)} is an inflection of {quoted(known)}, which matches it"
            yield placed.found("L202", message, at=spot, hint="delete it")
    prefixes = [spot for spot in spots if isinstance(spot.terms[0], Prefix)] if words else []
    for spot, word in words:
        begins = (each for each in prefixes if fold(word).startswith(fold(each.written[:-1])))
        if (prefix := next(begins, None)) is not None:
            message = f"{quoted(prefix.written)} matches {quoted(word)} and its regular forms"
            yield placed.found("L203", message, at=spot, hint="delete it")


def _covering(words: Sequence[str], languages: tuple[str, ...]) -> list[set[int]]:
    """Return for each of *words* which others, as keywords, match it in every language."""
    found: list[set[int]] = [
        {other for other, known in enumerate(words) if fold(known) != fold(word)} for word in words
    ]
    for language in languages:
        asking: defaultdict[str, set[int]] = defaultdict(set)
        for number, word in enumerate(words):
            for key in asked(word, language):
                asking[key].add(number)
        for number, word in enumerate(words):
            found[number] &= set().union(*(asking[key] for key in answered(word, language)))
    return found


def _alternatives(subject: Subject, placed: Placed) -> Iterator[list[Spot]]:
    """Yield the words of each OR of the queries."""
    for _, node in subject.queries(placed):
        spots = {spot.terms[0]: spot for spot in reversed([*subject.spots(node)])}
        for group in _ors(parse(str(node.value))):
            yield [
                spots[part] for part in group.parts if isinstance(part, _Words) and part in spots
            ]


def _ors(condition: Condition) -> Iterator[Any]:
    match condition:
        case Any(parts):
            yield condition
            for part in parts:
                yield from _ors(part)
        case All(parts):
            for part in parts:
                yield from _ors(part)
        case Near(left=left, right=right):
            yield from _ors(left)
            yield from _ors(right)
        case Not(part=part) | AtLeast(part=part) | InField(part=part):
            yield from _ors(part)


def _one_word(spot: Spot) -> str:
    term = spot.terms[0]
    if not isinstance(term, Keyword):
        return ""
    tokens = tokenize(term.text)
    return tokens[0].word.written if len(tokens) == 1 and not tokens[0].word.dotted else ""


# --- names ----------------------------------------------------------------------------------------


def _named(
    subject: Subject, placed: Placed, key: str, spots: Iterable[Spot], names: KnownNames
) -> Iterator[Finding]:
    for spot in spots:
        term = spot.terms[0] if spot.terms else None
        if key == "places" and isinstance(term, Name) and not subject.atlas.bearers(term.text):
            yield _stranger(subject, placed, spot, term)
        elif key in _KINDS and isinstance(term, Name):
            message = f"no entity is called {quoted(term.text)}: its spelling alone is looked for"
            yield placed.found("L206", message, at=spot, hint=_who(subject, names, term))
        elif key == "keywords" and isinstance(term, Keyword | Phrase):
            yield from _keyword(placed, spot, term.text, names.called(term.text))


def _who(subject: Subject, names: KnownNames, name: Name) -> str:
    if like := names.like(name):
        return like
    if name.text.islower():
        return "a common word has its inflections as a keyword: query: '@… OR word'"
    if subject.atlas.bearers(name.text):
        return "it is a place: what stands for its forces is an entity of their own"
    return "make it an entity with its other names, acronyms and scripts"


def _keyword(placed: Placed, spot: Spot, text: str, ids: tuple[str, ...]) -> Iterator[Finding]:
    if ids:
        references = " or ".join(f"@{id_}" for id_ in ids)
        message = f"{quoted(text)} is a name of {references}: other names are missed"
        hint = " and ".join(f'"@{id_}"' for id_ in ids)
        yield placed.found("L207", message, at=spot, hint=f"write {hint}")


def _stranger(subject: Subject, placed: Placed, spot: Spot, term: Name) -> Finding:
    heard = subject.atlas.gazetteer.heard(term.text, term.country)
    taken = f"taken for {heard.name}, {heard.country}" if heard else "found by its spelling alone"
    message = f"the gazetteer knows no {quoted(term.text)}: it is {taken}"
    like = subject.atlas.guess(term.text)
    hint = f"did you mean {like}?" if like else "make it an entity with 'at: [latitude, longitude]'"
    return placed.found("L205", message, at=spot, hint=hint)


# --- alone ----------------------------------------------------------------------------------------


def _alone(placed: Placed, spot: Spot, term: Term) -> Iterator[Finding]:
    match term:
        # "war" is a word of every German article, and of English ones that are meant; "WHO" is not.
        case Keyword(text) if fold(text) in (FUNCTION_WORDS if text.isupper() else _JOINING):
            shown = f"={text}" if text.isupper() else text
            message = f"{quoted(text)} is a word of nearly every article, whatever its capitals"
            hint = f"write '{shown}'" if text.isupper() else "delete it"
            yield placed.found("L208", message, at=spot, hint=hint)
        case Prefix(text) if _is_short(text):
            message = f"{quoted(spot.written)} begins too many words"
            hint = "one letter more, or the words themselves, which match their inflections"
            yield placed.found("L204", message, at=spot, hint=hint)


def _is_short(begin: str) -> bool:
    is_word = " " not in begin and not is_arabic(begin[:1])
    return is_word and sum(letter.isalnum() for letter in begin) < _TELLING
