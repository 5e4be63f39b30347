"""Who else is meant by words that sound like a watched name: other places, entities, plain words.

Niger is no spelling of Nigeria, nor "York" one of Yorck where "New York" stands.  Exact names are
not judged here; only what is recognised by its sound can be somebody else's name.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

from alerts.gazetteer import Gazetteer, Place
from alerts.gazetteer.entity_rows import bare_name, words_of
from alerts.gazetteer.keys import name_key
from alerts.gazetteer.known import Bearer, KnownEntities
from alerts.gazetteer.places import Sort
from alerts.model import Entity, Kind, Name
from alerts.text.spelling.affixes import plain_forms
from alerts.text.spelling.windows import SMALL_WORDS
from alerts.text.spelling.words import is_common, is_persons
from alerts.text.tokens import Token, Word
from alerts.watchlists.meaning.wordings import folded, of_entity

#: People of a place that a reader knows by name.
_KNOWN = 15_000
#: Words on either side that may make a longer name of it.
AROUND = 2


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose name is watched."""

    #: `Entity.id`; empty: a plain name.
    entity: str = ""
    #: Ids of the places that bear the name.
    places: frozenset[int] = frozenset()
    #: Ids of those that bear it too, and that the author did not mean.
    namesakes: frozenset[int] = frozenset()
    #: Where `places` are.
    countries: frozenset[str] = frozenset()
    #: Nobody bears the name as it is written: it may be a spelling of anybody's of this kind.
    seeks: Kind | None = None


@cache
def _seeker(kind: Kind) -> Owner:
    """Return the owner of every name that nobody bears: one value for all of them."""
    return Owner(seeks=kind)


class Rivals:
    """The names that mean somebody."""

    def __init__(
        self,
        entities: Mapping[str, Entity],
        gazetteer: Gazetteer | None,
        known: KnownEntities | None = None,
    ) -> None:
        self._gazetteer = gazetteer
        self._known = known
        # Those that are known as they are need not be held: looking them up says the same.
        self._own = {
            id_: entity
            for id_, entity in entities.items()
            if known is None or known.entity(id_) != entity
        }
        #: By folded words.  Nearly every name has one bearer: a tuple of it takes a quarter of a
        #: set's room.
        self._entities: dict[str, tuple[Bearer, ...]] = {}
        for entity in self._own.values():
            for wording in of_entity(entity):
                name = " ".join(folded(wording.tokens))
                bearers = self._entities.get(name, ())
                bearer = Bearer(entity.id, entity.kind, wording.weak)
                if entity.id not in (each.id for each in bearers):
                    self._entities[name] = (*bearers, bearer)
        self._bearers = lru_cache(maxsize=1 << 12)(self._known_by)

    def owner_of_entity(self, entity: Entity) -> Owner:
        """Return whose the names of *entity* are: of a place, also the gazetteer's of that name."""
        names = (entity.name, *entity.aliases, *entity.previous_names)
        places = names if entity.kind is Kind.PLACE else ()
        countries = entity.countries if entity.kind is Kind.PLACE else ()
        return Owner(entity=entity.id, places=self._places(places), countries=frozenset(countries))

    def owner_of_name(self, name: Name, place: Place | None = None) -> Owner:
        """Return whose the plain *name* is: all who bear it, or *place* alone.

        *place* may be one that is only spelt so (`Gazetteer.heard`).
        """
        bearers = self._bearers(name.text) if name.kind is Kind.PLACE else ()
        bearers = bearers or ((place,) if place else ())
        if not bearers:
            return _seeker(name.kind)
        meant = frozenset(
            each.id
            for each in bearers
            if name.country in ("", each.country) and place in (None, each)
        )
        return Owner(
            places=meant,
            namesakes=frozenset(each.id for each in bearers) - meant,
            countries=frozenset(each.country for each in bearers if each.id in meant),
            seeks=None if meant else name.kind,
        )

    def _places(self, names: Iterable[str]) -> frozenset[int]:
        return frozenset(place.id for name in names for place in self._bearers(name))

    def take(self, owner: Owner, tokens: tuple[Token, ...], first: int, last: int) -> bool:
        """Tell whether the tokens from *first* to before *last* mean somebody else than *owner*.

        Plain words do, names of others, and a part of a longer name of others.
        """
        takes = self.take_words(owner, tokens[first:last])
        return self.take_there(owner, tokens, first, last) if takes is None else takes

    def take_words(self, owner: Owner, tokens: tuple[Token, ...]) -> bool | None:
        """Tell whether *tokens* mean somebody else wherever they stand.

        None: that depends on the words around (`take_there`).
        """
        words = folded(tokens)
        forms = [(*words[:-1], form) for form in plain_forms(tokens[-1].word.written)]
        if len(words) == 1 and any(is_common(form[0]) for form in forms):
            return True
        meant = [self._means(owner, form) for form in forms]
        if True in meant:
            return None if owner.places else False
        return True if False in meant else None

    def take_there(self, owner: Owner, tokens: tuple[Token, ...], first: int, last: int) -> bool:
        """Do what `take` does for a name of which `take_words` says that it depends."""
        if first and owner.places and _is_persons(tokens[first - 1].word):
            return True
        names = [*_longer(tokens, first, last)]
        # The usual no comes first.
        is_anothers = any(self._is_anothers(owner, longer, is_longer=True) for longer in names)
        return is_anothers and not self._is_owners(owner, tokens[first:last])

    def _is_owners(self, owner: Owner, tokens: tuple[Token, ...]) -> bool:
        words = folded(tokens)
        forms = plain_forms(tokens[-1].word.written)
        return any(self._means(owner, (*words[:-1], form)) for form in forms)

    def _means(self, owner: Owner, words: tuple[str, ...]) -> bool | None:
        """Tell whether *words* are a name of *owner*, or (False) of another; None: of nobody."""
        entities = self._named(words)
        kinds = {each.kind for each in entities}
        places = self._bearers(" ".join(words))
        if owner.entity in (each.id for each in entities) or any(
            place.id in owner.places for place in places
        ):
            return True
        if owner.seeks in kinds or (places and owner.seeks is Kind.PLACE):
            return None
        return False if self._is_anothers(owner, words) else None

    def _is_anothers(
        self, owner: Owner, words: tuple[str, ...], *, is_longer: bool = False
    ) -> bool:
        """Tell whether readers know somebody by *words* who is not *owner*.

        By a longer name than the one that was heard, of a town however small: who writes "Tizi
        Ouzou" does not mean Taiz.
        """
        name = " ".join(words)
        others = (one for one in self._bearers(name) if one.id not in owner.places)
        return any(each.id != owner.entity for each in self._named(words)) or any(
            _is_rival(place, name, owner) or (is_longer and place.id not in owner.namesakes)
            for place in others
        )

    def called(self, kind: Kind, text: str) -> tuple[str, ...]:
        """Return the ids of the entities of this *kind* whose name *text* is; known ones last.

        A name in any case, or else a weak alias as it is written; with or without a "the".
        """
        own = self._own_called(kind, text) if self._own else ()
        if own or self._known is None:
            return own
        return tuple(id_ for id_ in self._known.called(kind, text) if id_ not in self._own)

    def _own_called(self, kind: Kind, text: str) -> tuple[str, ...]:
        text = " ".join(text.split())
        return self._own_bearers(kind, text) or self._own_bearers(kind, bare_name(text))

    def _own_bearers(self, kind: Kind, text: str) -> tuple[str, ...]:
        bearers = [each for each in self._entities.get(words_of(text), ()) if each.kind is kind]
        weak = (each.id for each in bearers if text in self._own[each.id].weak_aliases)
        return tuple(each.id for each in bearers if not each.weak) or tuple(weak)

    def _named(self, words: tuple[str, ...]) -> tuple[Bearer, ...]:
        """Return the entities that are written so, weak aliases too."""
        name = " ".join(words)
        own = self._entities.get(name, ())
        known = self._known.bearers(name) if self._known else ()
        return (*own, *(each for each in known if each.id not in self._own)) if known else own

    def _known_by(self, name: str) -> tuple[Place, ...]:
        return self._gazetteer.bearers(name) if self._gazetteer else ()


def _is_rival(place: Place, name: str, owner: Owner) -> bool:
    """Tell whether *place* is what readers understand by *name*, beside *owner*.

    A country by each of its names, and a neighbour in the country of the owner.  A town elsewhere by
    the name that English papers print, or by any in another script, if it has people enough to be in
    the news; beside a place of the gazetteer, whose other names are known, however few live there.
    """
    if place.id in owner.namesakes:
        return place.population >= _KNOWN
    if place.sort is Sort.COUNTRY or place.country in owner.countries:
        return True
    if name_key(place.name) == name_key(name):
        return bool(owner.places) or place.population >= _KNOWN
    return place.population >= _KNOWN and not name.isascii()


def _longer(tokens: tuple[Token, ...], first: int, last: int) -> Iterator[tuple[str, ...]]:
    """Yield the words around, up to a few on either side, as far as they are written like a name."""
    starts = [first]
    while starts[-1] > max(0, first - AROUND) and _may_be_of_name(tokens, starts[-1] - 1):
        starts.append(starts[-1] - 1)
    ends = [last]
    while ends[-1] < min(len(tokens), last + AROUND) and _may_be_of_name(tokens, ends[-1]):
        ends.append(ends[-1] + 1)
    for start in starts:
        for end in ends:
            if (start, end) != (first, last):
                yield folded(tokens[start:end])


def _is_persons(word: Word) -> bool:
    """Tell whether *word* is a person's first name, and written as one."""
    return not word.written[:1].islower() and is_persons(word.folded)


def _may_be_of_name(tokens: tuple[Token, ...], place: int) -> bool:
    word = tokens[place].word
    is_joined = tokens[place].joined or (place + 1 < len(tokens) and tokens[place + 1].joined)
    return is_joined or word.folded in SMALL_WORDS or not word.written[:1].islower()
