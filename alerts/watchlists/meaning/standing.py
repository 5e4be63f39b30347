"""Where a term stands in an article: what each kind of term means."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field

from alerts.model import (
    Article,
    Cased,
    Entity,
    EntityRef,
    Evidence,
    Field,
    How,
    Keyword,
    Named,
    Phrase,
    Prefix,
    Regex,
    Term,
)
from alerts.text.capitals import begins_sentence
from alerts.text.clinging import bare
from alerts.text.normalize import fold
from alerts.text.regexes import compile_regex, spans
from alerts.text.spelling.windows import Heard, windows
from alerts.text.stems import answered, asked, language_of, parted
from alerts.text.tokens import Token, Word, tokenize, word
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.meaning.respellings import Respelling
from alerts.watchlists.meaning.stretches import Stretch, inside, merged, overlaps
from alerts.watchlists.meaning.wordings import Wording, is_proper, of_entity

#: In the order of evidence.
FIELDS: tuple[Field, ...] = tuple(Field)
Same = Callable[[Word, Word], bool]


@dataclass(slots=True)
class Standing:
    """One article, with the terms that stand in it."""

    article: Article
    lexicon: Lexicon
    #: Spans of characters that match nothing.
    masked: dict[Field, list[tuple[int, int]]] = field(default_factory=dict)
    known: dict[Named, tuple[Wording, ...]] = field(default_factory=dict)
    known_sounds: dict[Named, tuple[Respelling, ...]] = field(default_factory=dict)
    heard: dict[Field, list[tuple[int, int, Heard]]] = field(default_factory=dict)
    language: str = field(init=False)
    tokens: dict[Field, tuple[Token, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.language = language_of(self.article.language)
        self.tokens = {one: tokenize(self.article.text(one)) for one in FIELDS}

    def mask(self, terms: Iterable[Term]) -> None:
        """Blank the spans of *terms*: from now on they match nothing."""
        self.masked = {
            one: [(hit.start, hit.end) for hit in self.stretches(terms, (one,))] for one in FIELDS
        }

    def stretches(self, terms: Iterable[Term], fields: Iterable[Field]) -> list[Stretch]:
        """Return where one of *terms* stands and no mask lies over it."""
        return [hit for term in terms for one in fields for hit in self.unmasked(term, one)]

    def unmasked(self, term: Term, where: Field) -> list[Stretch]:
        """Return where *term* stands in the field *where*.

        Of names inside one another the longest counts, unless a mask lies over it.
        """
        hits = [hit for hit in self.term(term, where) if not self.is_masked(hit)]
        if not isinstance(term, Named):
            return hits
        return [hit for hit in hits if not any(inside(hit, other) for other in hits)]

    def is_masked(self, hit: Stretch) -> bool:
        """Tell whether a mask of the watchlist lies over *hit*."""
        return overlaps(hit, self.masked.get(hit.field, []))

    def term(self, term: Term, where: Field) -> list[Stretch]:
        """Return where *term* stands in the field *where*, masks of watchlists apart."""
        term = self.lexicon.meant(term)
        match term:
            case Keyword():
                return self.keyword(term, where)
            case Phrase(text):
                return self.words(text, where, (_same_word, _same_word), term=text, prefixed=False)
            case Cased(text):
                return self.words(text, where, (_same_writing, _same_writing), term=text)
            case Prefix():
                return self.prefix(term, where)
            case Regex():
                return self.regex(term, where)
            case EntityRef(id=id_):
                entity = self.lexicon.entity(id_)
                return self.entity(entity, where) if entity else []
            case _:
                return self.written(self.wordings(term), where) + self.respelt(term, where)

    def keyword(self, term: Keyword, where: Field) -> list[Stretch]:
        """Keyword: its words next to one another in any inflection; other words if prefixed.

        One word may be parted by a hyphen ("car-bomb" for "carbomb"), or by a space where English
        does that ("air strike" for "airstrike"); two words may be written as one.
        """
        words = [token.word for token in tokenize(term.text)]
        hits = self.inflected(words, where)
        if len(words) == 1:
            hits += self.parted_by_hyphen(words[0], where)
            pair = parted(words[0].written, self.language)
            hits += self.inflected([word(part) for part in pair or ()], where)
        if len(words) == 2:
            hits += self.inflected([_closed(words)], where)
        written = tuple(word.folded for word in words)
        tokens = self.tokens[where]
        return merged(
            self.stretch(
                where,
                first,
                last,
                term.text,
                How.EXACT
                if tuple(token.word.folded for token in tokens[first:last]) == written
                else How.INFLECTION,
            )
            for first, last in hits
        )

    def inflected(self, words: list[Word], where: Field) -> list[tuple[int, int]]:
        """Return the tokens that are forms of *words*, one after the other."""
        return [
            (first, last)
            for first, last in self.sequences(len(words), where)
            if not self.tokens[where][first].prefixed
            and all(map(self.is_form, words, self.tokens[where][first:last]))
        ]

    def is_form(self, word: Word, token: Token) -> bool:
        """Tell whether *token* is an inflection of *word*; an acronym with dots wants capitals."""
        keys = asked(word.written, self.language)
        found = answered(token.word.written, self.language)
        return not set(keys).isdisjoint(found) and (token.word.capitals or not word.dotted)

    def parted_by_hyphen(self, word: Word, where: Field) -> list[tuple[int, int]]:
        """Return the pairs that a hyphen joins, and that are a form of *word* without it."""
        tokens = self.tokens[where]
        keys = set(asked(word.written, self.language))
        return [
            (first, last)
            for first, last in self.sequences(2, where)
            if tokens[first + 1].joined
            and not tokens[first].prefixed
            and not word.dotted
            and not keys.isdisjoint(self.answers(tokens, first))
        ]

    def answers(self, tokens: tuple[Token, ...], first: int) -> tuple[str, ...]:
        """Return what two tokens answer to as one word."""
        pair = _closed([token.word for token in tokens[first : first + 2]])
        return answered(pair.written, self.language)

    def prefix(self, term: Prefix, where: Field) -> list[Stretch]:
        """Prefix: a word that begins so; of several words the last goes on ("HTS code*")."""
        label = f"{term.text}*"
        begins = _same_word, _begins
        return self.words(term.text, where, begins, term=label, how=How.PREFIX, prefixed=False)

    def words(
        self,
        text: str,
        where: Field,
        same: tuple[Same, Same],
        *,
        term: str,
        how: How = How.EXACT,
        prefixed: bool = True,
    ) -> list[Stretch]:
        """Return where the words of *text* stand next to one another.

        They are compared by the first of *same*, the last word by the second.  Phrases and prefixes are words, and prefixed they are other words; names and what is written
        =So pass: "anti-IS" speaks of IS.
        """
        words = [token.word for token in tokenize(text)]
        tokens = self.tokens[where]
        return [
            self.stretch(where, first, last, term, how)
            for first, last in self.sequences(len(words), where)
            if prefixed or not tokens[first].prefixed
            if same[1](words[-1], tokens[last - 1].word)
            if all(map(same[0], words[:-1], (token.word for token in tokens[first : last - 1])))
        ]

    def regex(self, term: Regex, where: Field) -> list[Stretch]:
        """Regex: on the text as it stands; for distances it covers the tokens that it touches."""
        tokens = self.tokens[where]
        found = []
        for start, end in spans(compile_regex(term.pattern), self.article.text(where)):
            first = sum(token.end <= start for token in tokens)
            last = max(first, sum(token.start < end for token in tokens))
            found.append(self.at(where, (first, last, start, end), f"/{term.pattern}/", How.REGEX))
        return found

    # --- names --------------------------------------------------------------------------------

    def written(self, wordings: Iterable[Wording], where: Field) -> list[Stretch]:
        """Name, area or demonym: where it is written in one of its ways."""
        return [hit for one in wordings for hit in self.wording(one, where)]

    def wordings(self, term: Named) -> tuple[Wording, ...]:
        """Return how *term* is written; an area has thousands of names, asked for in every field."""
        if term not in self.known:
            self.known[term] = self.lexicon.wordings(term)
        return self.known[term]

    def wording(self, wording: Wording, where: Field) -> list[Stretch]:
        """Return where a name is written so; a weak alias exactly so, capitals included.

        Of names that have no sound a suffix, or a proclitic, may stand there too: "PKK'nın".
        """
        tokens, text = self.tokens[where], self.article.text(where)
        same = _same_writing if wording.weak else _same_word
        return [
            self.stretch(where, first, last, wording.term, wording.how)
            for first, last in self.sequences(len(wording.tokens), where)
            if all(
                any(
                    same(name.word, form) and (form.capitals or not capitals)
                    for form in (token.word, *(bare(token.word) if bared else ()))
                )
                for name, token, capitals, bared in zip(
                    wording.tokens, tokens[first:last], wording.capitals, wording.bared, strict=True
                )
            )
            if not wording.proper or is_proper(token.word for token in tokens[first:last])
            if not (wording.inside and begins_sentence(text, tokens[first].start))
        ]

    def respelt(self, term: Named, where: Field) -> list[Stretch]:
        """Return where words sound like a name of *term*, and mean nobody else.

        Written as a name is, in scripts that have capitals.
        """
        tokens = self.tokens[where]
        if where not in self.heard:
            text = self.article.text(where)
            self.heard[where] = list(windows(tokens, text, self.language))
        if term not in self.known_sounds:
            self.known_sounds[term] = self.lexicon.respellings(term)
        return [
            self.stretch(where, first, last, one.term, How.SPELLING)
            for one in self.known_sounds[term]
            for first, last, heard in self.heard[where]
            if one.is_heard(heard)
            if is_proper(token.word for token in tokens[first:last])
            if not self.lexicon.rivals.take(one.owner, tokens, first, last)
        ]

    def entity(self, entity: Entity, where: Field) -> list[Stretch]:
        """Entity: one of its names, outside of its own mask.

        A weak alias counts if a word of support, or another name of the entity, stands anywhere in
        the article.
        """
        hits = self.named(entity, where, weak=False)
        if self.is_supported(entity):
            hits += self.named(entity, where, weak=True)
        return hits

    def is_supported(self, entity: Entity) -> bool:
        """Tell whether the article speaks of *entity*: a matter of all its fields, unmasked."""
        return any(
            self.named(entity, where, weak=False)
            or any(self.strong(term, where) for term in entity.support)
            for where in FIELDS
        )

    def named(self, entity: Entity, where: Field, *, weak: bool) -> list[Stretch]:
        """Return the names of *entity* that are weak, or not, outside the mask of the entity."""
        masked = [(hit.start, hit.end) for term in entity.mask for hit in self.strong(term, where)]
        written = [one for one in of_entity(entity) if one.weak is weak]
        hits = self.written(written, where)
        if not weak:
            hits += self.respelt(EntityRef(entity.id), where)
        return [hit for hit in hits if not overlaps(hit, masked)]

    def strong(self, term: Term, where: Field) -> list[Stretch]:
        """Return what supports or masks an entity; of another entity only names that stand alone.

        Otherwise two weak aliases could support each other out of nothing.
        """
        term = self.lexicon.meant(term)
        if not isinstance(term, EntityRef):
            return self.term(term, where)
        strong = (wording for wording in self.lexicon.wordings(term) if not wording.weak)
        return self.written(strong, where) + self.respelt(term, where)

    # --- places in the text -------------------------------------------------------------------

    def sequences(self, length: int, where: Field) -> Iterator[tuple[int, int]]:
        """Yield every run of *length* tokens; none for a term without words."""
        if length:
            for first in range(len(self.tokens[where]) - length + 1):
                yield first, first + length

    def stretch(self, where: Field, first: int, last: int, term: str, how: How) -> Stretch:
        """Return the tokens from *first* to before *last* as a stretch with its evidence."""
        tokens = self.tokens[where]
        return self.at(where, (first, last, tokens[first].start, tokens[last - 1].end), term, how)

    def at(self, where: Field, place: tuple[int, int, int, int], term: str, how: How) -> Stretch:
        """Return a stretch of so many tokens, and of these characters."""
        first, last, start, end = place
        surface = self.article.text(where)[start:end]
        evidence = Evidence(field=where, start=start, end=end, surface=surface, term=term, how=how)
        return Stretch(
            field=where,
            first=first,
            last=last,
            start=start,
            end=end,
            evidence=frozenset({evidence}),
        )


def _same_word(word: Word, other: Word) -> bool:
    return word.folded == other.folded and (other.capitals or not word.dotted)


def _same_writing(word: Word, other: Word) -> bool:
    return word.written == other.written


def _begins(word: Word, other: Word) -> bool:
    return other.folded.startswith(word.folded)


def _closed(words: list[Word]) -> Word:
    """Return *words* as one: car bomb -> carbomb."""
    written = "".join(word.written for word in words)
    return Word(fold(written), written, capitals=False, dotted=False, length=len(written))
