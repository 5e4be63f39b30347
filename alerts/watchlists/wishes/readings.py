"""What a term of a wish may mean: a group, a person, one of several places, or just the word.

Nobody in a chat says which; so the likeliest comes first, and the others are offered.  A reading is a
term of a condition, which means here what it means in a rule file.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from alerts.gazetteer import Gazetteer, Place, Sort, name_key
from alerts.gazetteer.gazetteer import FAR_WEIGHTIER, UNCOUNTED
from alerts.gazetteer.known import KnownEntities
from alerts.model import Entity, EntityRef, Kind, Name, Phrase, Term
from alerts.text.normalize import fold
from alerts.text.spelling.words import is_word
from alerts.watchlists.query.terms import keyword, spaced
from alerts.watchlists.wishes.wish import Asked

#: Places of one name that are offered, in so many countries.
_MOST_PLACES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One thing that a term may mean."""

    term: Term
    #: As alerts show it.
    name: str
    #: None: the word, whatever it is a name of.
    kind: Kind | None = None
    #: Its other names, as they are listed.
    also: tuple[str, ...] = ()
    #: Of a place.
    place: Place | None = None


@dataclass(frozen=True, slots=True)
class Meaning:
    """A term with everything that it may mean, the likeliest first; never empty."""

    asked: Asked
    readings: tuple[Reading, ...]
    #: Two of them are as likely: somebody must choose.
    is_open: bool = False


class Readers:
    """Knows entities, those of rule files and others, and places."""

    def __init__(
        self, entities: Mapping[str, Entity], known: KnownEntities, gazetteer: Gazetteer
    ) -> None:
        """Take *entities* of rule files for known ones of the same id."""
        self._entities = entities
        self._known = known
        self._gazetteer = gazetteer

    def meaning(self, asked: Asked) -> Meaning:
        """Return what *asked* may mean.

        Raises:
            FlawError: it is no term: it has operators, or a lone star.
        """
        if asked.is_phrase:
            return Meaning(asked, (Reading(term=Phrase(asked.text), name=asked.text),))
        word = Reading(term=keyword(asked.text), name=asked.text)
        entities = tuple(self._named(asked.text))
        topics = [each for each in entities if each.kind is Kind.TOPIC]
        if topics and len(topics) == len(entities):
            return Meaning(asked, _of_topics(asked.text, topics, word))
        if entities:
            return Meaning(asked, (*entities, word), is_open=len(entities) > 1)
        places = tuple(self._places(asked.text))
        if not places:
            return Meaning(asked, (word,))
        # `hit` is a word before it is a town of Iraq.
        if asked.text == asked.text.casefold() and is_word(fold(asked.text)):
            return Meaning(asked, (word, *places))
        return Meaning(asked, (*places, word), is_open=_is_open(places))

    def _named(self, text: str) -> Iterator[Reading]:
        ids = dict.fromkeys([*self._own(text), *self._shipped(text)])
        for id_ in ids:
            entity = self._entities.get(id_) or self._known.entity(id_)
            if entity is not None:
                names = (*entity.aliases, *entity.previous_names, *entity.weak_aliases)
                yield Reading(term=EntityRef(id_), name=entity.name, kind=entity.kind, also=names)

    def _own(self, text: str) -> Iterator[str]:
        words = fold(spaced(text))
        for id_, entity in self._entities.items():
            strong = (entity.name, *entity.aliases, *entity.previous_names)
            if words in map(fold, strong) or text in entity.weak_aliases:
                yield id_

    def _shipped(self, text: str) -> Iterator[str]:
        for kind in Kind:
            yield from self._known.called(kind, text) or self._known.sounding(kind, text)

    def _places(self, text: str) -> Iterator[Reading]:
        """Yield the weightiest place of this name in each country; or the one that sounds like it."""
        bearers = self._gazetteer.bearers(text)
        if not bearers:
            heard = self._gazetteer.heard(text)
            bearers = (heard,) if heard is not None else ()
        by_country: dict[str, Place] = {}
        for place in bearers:
            by_country.setdefault(place.country, place)
        for first, place in enumerate(list(by_country.values())[:_MOST_PLACES]):
            # The weightiest is meant when nothing is said; its country is only said of the others.
            name = Name(Kind.PLACE, text, place.country if first else "")
            also = self._gazetteer.names(place)
            yield Reading(term=name, name=place.name, kind=Kind.PLACE, also=also, place=place)


def _of_topics(text: str, topics: Sequence[Reading], word: Reading) -> tuple[Reading, ...]:
    """Put the word first, unless it is what a topic is called: who asks for sarin wants no chlorine."""
    called = [topic for topic in topics if fold(topic.name) == fold(text)]
    return (*topics, word) if called else (word, *topics)


def _is_open(places: tuple[Reading, ...]) -> bool:
    """Tell whether another place than the first is known by the name, and nearly as weighty."""
    first, *others = (each.place for each in places if each.place is not None)
    return any(
        name_key(other.name) == name_key(first.name)
        and (other.sort is Sort.AREA or _weight(other) * FAR_WEIGHTIER >= _weight(first))
        for other in others
    )


def _weight(place: Place) -> int:
    return place.population or UNCOUNTED
