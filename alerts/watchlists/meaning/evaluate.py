"""What a watchlist means: the plain evaluator, slow and obviously right.

`alerts.matching` must answer the same, and is tested against it.  Read the functions below as the
definition of each construct; RULES.md says it in the author's words.

What is found of a condition is a list of **stretches**: from the first to the last word that it
needed, in one field, with the evidence inside.  None means that the condition is not met; an empty
list, that it is met by what does not stand there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

from alerts.model import (
    All,
    Any,
    Article,
    AtLeast,
    Cased,
    Condition,
    Entity,
    EntityRef,
    Evidence,
    Field,
    How,
    InField,
    Keyword,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Regex,
    Score,
    Term,
    Watchlist,
)
from alerts.text.normalize import fold
from alerts.text.regexes import compile_regex, spans
from alerts.text.stems import answered, asked, language_of, parted
from alerts.text.tokens import Token, Word, tokenize, word
from alerts.watchlists.names import Wording, wordings

Fields = tuple[Field, ...]
Same = Callable[[Word, Word], bool]
_FIELDS: Fields = tuple(Field)
_TRUST = {how: rank for rank, how in enumerate(How)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """A part of a field that met a condition."""

    field: Field
    #: Tokens: the first, and the one behind the last.
    first: int
    last: int
    #: Characters, half-open.
    start: int
    end: int
    evidence: frozenset[Evidence]


Found = list[Stretch] | None


def evaluate(
    watchlist: Watchlist, article: Article, entities: Mapping[str, Entity]
) -> tuple[Evidence, ...] | None:
    """Return why *article* meets *watchlist*, or None if it does not; the status is not asked.

    Evidence stands in the order of the article, and holds the words of the positive terms that were
    met.  Where there is none (a condition that only forbids), nothing was met.  The mask blanks
    spans for the exclusion too: what is blanked neither matches nor vetoes.
    """
    reading = _Reading(article, entities)
    reading.masked = {
        one: [(hit.start, hit.end) for hit in reading.stretches(watchlist.mask, (one,))]
        for one in _FIELDS
    }
    found = reading.find(watchlist.condition, watchlist.fields)
    if found is None:
        return None
    if watchlist.exclude and reading.find(watchlist.exclude, watchlist.fields) is not None:
        return None
    return _in_order(found) or None


def _in_order(found: Iterable[Stretch]) -> tuple[Evidence, ...]:
    """Return each span and term once, with the most trustworthy way in which it was met."""
    met: dict[tuple[int, int, int, str], Evidence] = {}
    for one in sorted(_evidence(found), key=lambda one: _TRUST[one.how]):
        met.setdefault((_FIELDS.index(one.field), one.start, one.end, one.term), one)
    return tuple(met[key] for key in sorted(met))


def _evidence(found: Iterable[Stretch]) -> Iterator[Evidence]:
    for stretch in found:
        yield from stretch.evidence


@dataclass(slots=True)
class _Reading:
    """One article, read for one watchlist."""

    article: Article
    entities: Mapping[str, Entity]
    #: Spans of characters that match nothing.
    masked: dict[Field, list[tuple[int, int]]] = field(default_factory=dict)
    language: str = field(init=False)
    tokens: dict[Field, tuple[Token, ...]] = field(init=False)

    def __post_init__(self) -> None:
        self.language = language_of(self.article.language)
        self.tokens = {one: tokenize(self.article.text(one)) for one in _FIELDS}

    # --- operators ----------------------------------------------------------------------------

    def find(self, condition: Condition, fields: Fields) -> Found:
        """Return what is found of *condition* in *fields*."""
        match condition:
            case All(parts):
                return self.all_of([self.find(part, fields) for part in parts])
            case Any(parts):
                return self.any_of([self.find(part, fields) for part in parts])
            case Not(part):
                return self.not_found(part, fields)
            case Near():
                return self.near(condition, fields)
            case AtLeast(count, part):
                return self.at_least(count, self.find(part, fields))
            case InField(one, part):
                return self.find(part, (one,))
            case Score():
                return self.score(condition, fields)
            case _:
                return self.stretches((condition,), fields) or None

    def all_of(self, parts: list[Found]) -> Found:
        """AND: every part is met."""
        met = [part for part in parts if part is not None]
        return [hit for part in met for hit in part] if len(met) == len(parts) else None

    def any_of(self, parts: list[Found]) -> Found:
        """OR: some part is met; all parts that are met take part."""
        met = [part for part in parts if part is not None]
        return [hit for part in met for hit in part] if met else None

    def not_found(self, part: Condition, fields: Fields) -> Found:
        """NOT: the part is not met.

        It passes inwards, by De Morgan's laws: NOT NOT a is a, with its evidence.
        """
        match part:
            case Not(inner):
                return self.find(inner, fields)
            case All(parts):
                return self.any_of([self.not_found(one, fields) for one in parts])
            case Any(parts):
                return self.all_of([self.not_found(one, fields) for one in parts])
            case InField(one, inner):
                return self.not_found(inner, (one,))
            case _:
                return [] if self.find(part, fields) is None else None

    def near(self, condition: Near, fields: Fields) -> Found:
        """NEAR: a stretch of each side in one field, apart, with few enough tokens between.

        What is found reaches from one side to the other, and a NEAR around it counts from there.
        Stretches that begin and end at the same words are one, with the evidence of all.
        """
        left = self.find(condition.left, fields) or []
        right = self.find(condition.right, fields) or []
        pairs = [(one, other) for one in left for other in right if one.field is other.field]
        found = [
            _across(one, other)
            for one, other in pairs
            if one.end <= other.start or (other.end <= one.start and not condition.ordered)
            if _between(one, other) <= condition.distance
        ]
        return _merged(found) or None

    def at_least(self, count: int, found: Found) -> Found:
        """ATLEAST: so many stretches that do not overlap, over all fields together."""
        taken: list[Stretch] = []
        # Those that end first leave the most room for others.
        for hit in sorted(found or (), key=lambda hit: (_FIELDS.index(hit.field), hit.end)):
            if not taken or taken[-1].field is not hit.field or taken[-1].end <= hit.start:
                taken.append(hit)
        return found if len(taken) >= count else None

    def score(self, condition: Score, fields: Fields) -> Found:
        """Score: the weights of the met parts reach the threshold.

        However often a part stands there, it counts once; where one of its stretches lies in the
        title, it counts `title_factor` times, whatever its sign.
        """
        total, found = 0.0, []
        for part, weight in condition.terms:
            hits = self.find(part, fields)
            if hits is None:
                continue
            in_title = any(hit.field is Field.TITLE for hit in hits)
            total += weight * (condition.title_factor if in_title else 1.0)
            if weight > 0:
                found += hits
        return found if total >= condition.threshold else None

    # --- terms --------------------------------------------------------------------------------

    def stretches(self, terms: Iterable[Term], fields: Fields) -> list[Stretch]:
        """Return where one of *terms* stands and no mask lies over it."""
        return [
            hit
            for term in terms
            for one in fields
            for hit in self.term(term, one)
            if not _overlaps(hit, self.masked.get(one, []))
        ]

    def term(self, term: Term, where: Field) -> list[Stretch]:
        """Return where *term* stands in the field *where*, masks of watchlists apart."""
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
            case Name(text=text):
                return self.wording(wordings(term)[0], text, where)
            case EntityRef(id=name):
                entity = self.entities.get(name)
                return self.entity(entity, where) if entity else []

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
        return _merged(
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

    def wording(self, wording: Wording, term: str, where: Field) -> list[Stretch]:
        """Return where a name is written so; a weak alias exactly so, capitals included."""
        tokens = self.tokens[where]
        same = _same_writing if wording.weak else _same_word
        return [
            self.stretch(where, first, last, term, wording.how)
            for first, last in self.sequences(len(wording.tokens), where)
            if all(
                same(name.word, token.word) and (token.word.capitals or not capitals)
                for name, token, capitals in zip(
                    wording.tokens, tokens[first:last], wording.capitals, strict=True
                )
            )
        ]

    def entity(self, entity: Entity, where: Field) -> list[Stretch]:
        """Entity: one of its names, outside its own mask and those of the watchlist.

        Of names inside one another the longest counts.  A weak alias counts if a word of support,
        or another name of the entity, stands anywhere in the article.
        """
        hits = self.named(entity, where, weak=False)
        if self.is_supported(entity):
            hits += self.named(entity, where, weak=True)
        hits = [hit for hit in hits if not _overlaps(hit, self.masked.get(where, []))]
        return [hit for hit in hits if not any(_inside(hit, other) for other in hits)]

    def is_supported(self, entity: Entity) -> bool:
        """Tell whether the article speaks of *entity*: a matter of all its fields, unmasked."""
        return any(
            self.named(entity, where, weak=False)
            or any(self.strong(term, where) for term in entity.support)
            for where in _FIELDS
        )

    def named(self, entity: Entity, where: Field, *, weak: bool) -> list[Stretch]:
        """Return the names of *entity* that are weak, or not, outside the mask of the entity."""
        masked = [(hit.start, hit.end) for term in entity.mask for hit in self.strong(term, where)]
        return [
            hit
            for wording in wordings(entity)
            if wording.weak is weak
            for hit in self.wording(wording, entity.name, where)
            if not _overlaps(hit, masked)
        ]

    def strong(self, term: Term, where: Field) -> list[Stretch]:
        """Return what supports or masks an entity; of another entity only names that stand alone.

        Otherwise two weak aliases could support each other out of nothing.
        """
        if not isinstance(term, EntityRef):
            return self.term(term, where)
        other = self.entities.get(term.id)
        strong = [wording for wording in wordings(other) if not wording.weak] if other else []
        return [hit for wording in strong for hit in self.wording(wording, term.id, where)]

    # --- places in the text -------------------------------------------------------------------

    def sequences(self, length: int, where: Field) -> Iterator[tuple[int, int]]:
        """Yield every run of *length* tokens; none for a term without words."""
        if length:
            for first in range(len(self.tokens[where]) - length + 1):
                yield first, first + length

    def stretch(self, where: Field, first: int, last: int, term: str, how: How) -> Stretch:
        tokens = self.tokens[where]
        return self.at(where, (first, last, tokens[first].start, tokens[last - 1].end), term, how)

    def at(self, where: Field, place: tuple[int, int, int, int], term: str, how: How) -> Stretch:
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


def _overlaps(hit: Stretch, masked: Iterable[tuple[int, int]]) -> bool:
    return any(hit.start < end and start < hit.end for start, end in masked)


def _inside(hit: Stretch, other: Stretch) -> bool:
    longer = other.end - other.start > hit.end - hit.start
    return longer and other.start <= hit.start and hit.end <= other.end


def _between(one: Stretch, other: Stretch) -> int:
    return max(one.first, other.first) - min(one.last, other.last)


def _across(one: Stretch, other: Stretch) -> Stretch:
    return Stretch(
        field=one.field,
        first=min(one.first, other.first),
        last=max(one.last, other.last),
        start=min(one.start, other.start),
        end=max(one.end, other.end),
        evidence=one.evidence | other.evidence,
    )


def _merged(found: Iterable[Stretch]) -> list[Stretch]:
    """Return *found* with stretches at the same place made one."""
    places: dict[tuple[Field, int, int], Stretch] = {}
    for hit in found:
        place = (hit.field, hit.start, hit.end)
        places[place] = _across(places[place], hit) if place in places else hit
    return list(places.values())
