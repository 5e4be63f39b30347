"""What names stand for: entities, those of rule files and known ones, and places of the gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from functools import cache, lru_cache
from types import MappingProxyType
from typing import Self, TypeVar

from alerts.gazetteer import Gazetteer, Place
from alerts.gazetteer.known import KnownEntities
from alerts.gazetteer.shipped import known, shipped
from alerts.gazetteer.sounding import is_latin
from alerts.gazetteer.writing import LEAST_LETTERS, is_telling
from alerts.model import (
    Around,
    Demonym,
    Entity,
    EntityRef,
    How,
    Inside,
    Kind,
    Name,
    Named,
    Spelling,
    Term,
)
from alerts.text.spelling.letters import is_arabic, is_cyrillic
from alerts.text.spelling.words import is_word
from alerts.text.tokens import Token, Word
from alerts.watchlists.meaning.respellings import Respelling, Source, by_sound
from alerts.watchlists.meaning.rivals import Rivals
from alerts.watchlists.meaning.wordings import Wording, folded, of_entity, once, wording

Asked = TypeVar("Asked", bound=Term)

_NONE: Mapping[str, Entity] = MappingProxyType({})
#: Letters of a name of a watched place in other scripts, where words are seldom so short: Уфа, قم.
_LEAST_CYRILLIC, _LEAST_ABJAD = 3, 2


class Lexicon:
    """Every way to write what a name, a reference or an area stands for.  Any thread may ask."""

    def __init__(
        self,
        entities: Mapping[str, Entity] = _NONE,
        gazetteer: Gazetteer | None = None,
        known: KnownEntities | None = None,
    ) -> None:
        #: By id; each stands in place of the known one of its id.
        self.entities = entities
        self._gazetteer = gazetteer
        self._known = known
        self.rivals = Rivals(entities, gazetteer, known)
        self._bearer_of = lru_cache(maxsize=1 << 12)(self._find_bearer)
        #: Who asks how a name is written asks next how it sounds.
        self._typed = lru_cache(maxsize=1)(_typed)

    @classmethod
    def shipped(cls, entities: Mapping[str, Entity] = _NONE) -> Self:
        """Return the lexicon of *entities*, and of the entities and the gazetteer that ship.

        Raises:
            GazetteerError: a table was not made.
        """
        return cls(entities, shipped(), known())

    def entity(self, id_: str) -> Entity | None:
        """Return the entity of this id."""
        own = self.entities.get(id_)
        return own if own or self._known is None else self._known.entity(id_)

    def meant(self, term: Asked) -> Asked | EntityRef:
        """Return the entity whose name the plain name *term* is, if there is one, or *term* itself.

        Of `entities`, or else a known one.  A name of several stays what it is, unless it is the id
        of one: rule files, where it means all of them, say so by references.
        """
        if not isinstance(term, Name) or term.country:
            return term
        called = self.rivals.called(term.kind, term.text)
        if len(called) > 1:
            called = tuple(id_ for id_ in called if id_ == term.text.casefold())
        return EntityRef(called[0]) if called else term

    def wordings(self, term: Named) -> tuple[Wording, ...]:
        """Return how *term* is written, the most trustworthy first, each word sequence once.

        A name is taken as it is, also when it is an entity's (`meant`).  Without a gazetteer, a place
        has the name that its author wrote, and an area has none.
        """
        match term:
            case EntityRef(id_):
                entity = self.entity(id_)
                return of_entity(entity) if entity else ()
            case Name():
                return once([self._typed(term), *self._other_names(term)])
            case Around(at=at, kilometres=kilometres):
                near = self._gazetteer.near(at, kilometres) if self._gazetteer else ()
                return self._of_places(near)
            case Inside():
                return self._inside(term)
            case Demonym(of=place):
                forms = self._gazetteer.demonyms(place) if self._gazetteer else ()
                return once(wording(form, How.GAZETTEER, place) for form in forms)

    def respellings(self, term: Named) -> tuple[Respelling, ...]:
        """Return by which sounds *term* is known besides its `wordings`, each once.

        A name is, also in the scripts that the gazetteer has for a place; so is an entity, unless
        its author listed the spellings.  Weak aliases, acronyms and the towns of an area are not.
        """
        match term:
            case EntityRef(id_):
                entity = self.entity(id_)
                if entity is None or entity.spelling is Spelling.LISTED:
                    return ()
                owner = self.rivals.owner_of_entity(entity)
                strong = (one for one in of_entity(entity) if not one.weak)
                return by_sound(Source(one, owner) for one in strong)
            case Name():
                return by_sound(self._sources(term))
            case _:
                return ()

    def _sources(self, name: Name) -> Iterator[Source]:
        """Yield what *name* sounds like: as its author wrote it, and as the gazetteer has it."""
        yield Source(self._typed(name), self.rivals.owner_of_name(name))
        place = self.bearer(name)
        if place is None:
            return
        meant = self.rivals.owner_of_name(name, place)
        for text in self._names(place):
            if _is_native(text) or is_latin(text):
                is_variant = text != place.name and not _is_native(text)
                yield Source(wording(text, How.EXACT, name.text), meant, is_variant)

    def _names(self, place: Place) -> tuple[str, ...]:
        return self._gazetteer.names(place) if self._gazetteer else ()

    def _other_names(self, name: Name) -> Iterator[Wording]:
        """Yield what the gazetteer knows of a place besides the name that stands in the rules."""
        place = self.bearer(name)
        for text in self._names(place) if place else ():
            if is_telling(text, _least_letters(text)):
                yield wording(text, How.GAZETTEER, name.text)

    def bearer(self, name: Name) -> Place | None:
        """Return the place that *name* means: of its bearers the most populous one.

        Without bearers, the town that it is a spelling of (`Gazetteer.heard`).
        """
        return self._bearer_of(name) if name.kind is Kind.PLACE else None

    def _find_bearer(self, name: Name) -> Place | None:
        if self._gazetteer is None:
            return None
        borne = next(iter(self._gazetteer.bearers(name.text, name.country)), None)
        return borne or self._gazetteer.heard(name.text, name.country)

    def _inside(self, area: Inside) -> tuple[Wording, ...]:
        """Return how the places of *area* are written, each word sequence once."""
        if self._gazetteer is None:
            return ()
        found: dict[tuple[str, ...], Wording] = {}
        # Only for this area: names have words in common, and rules hold none of these tokens.
        token_of = cache(_folded_token)
        for place, words, capitals in self._gazetteer.written(area.country, area.area):
            if words not in found:
                tokens = tuple(map(token_of, words))
                found[words] = Wording(
                    tokens=tokens, how=How.GAZETTEER, capitals=capitals, term=place
                )
        return tuple(found.values())

    def _of_places(self, places: Iterable[Place]) -> tuple[Wording, ...]:
        if self._gazetteer is None:
            return ()
        places = tuple(places)
        names = self._gazetteer.own_names(places)
        return once(
            wording(text, How.GAZETTEER, place.name)
            for place in places
            for text in filter(is_telling, names[place.id])
        )


def _typed(name: Name) -> Wording:
    """Return *name* as its author wrote it; of a place that is called like a word, as a name."""
    written = wording(name.text, How.EXACT, name.text)
    words = folded(written.tokens)
    is_word_too = name.kind is Kind.PLACE and len(words) == 1 and is_word(words[0])
    return replace(written, is_word_too=True) if is_word_too else written


def _least_letters(name: str) -> int:
    if is_arabic(name[:1]):
        return _LEAST_ABJAD
    return _LEAST_CYRILLIC if is_cyrillic(name[:1]) else LEAST_LETTERS


def _folded_token(folded: str) -> Token:
    """Return a token of a name of which nobody needs to know more than what it is compared by."""
    word = Word(folded, folded, capitals=False, dotted=False, length=len(folded))
    return Token(0, 0, word, joined=False, prefixed=False)


def _is_native(name: str) -> bool:
    """Tell whether *name* is written in one of the other scripts whose sounds we know."""
    return is_arabic(name[:1]) or is_cyrillic(name[:1])
