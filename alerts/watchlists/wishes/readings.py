"""What a term of a wish may mean: a group, a person, one of several places, or just the word.

Nobody in a chat says which; so the likeliest comes first, and the others are offered.  A reading is a
term of a condition, which means here what it means in a rule file.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from alerts.gazetteer import Gazetteer, Place, Sort, name_key
from alerts.gazetteer.gazetteer import FAR_WEIGHTIER, UNCOUNTED
from alerts.gazetteer.known import KnownEntities
from alerts.model import Entity, EntityRef, Keyword, Kind, Name, Phrase, Prefix, Term
from alerts.text.normalize import fold
from alerts.text.spelling.words import is_word
from alerts.watchlists.query import terms
from alerts.watchlists.wishes.wish import Asked, Wish

#: People in a town that nobody far away has heard of.
_SMALL: Final = 10_000
#: Places of one name that are offered, in so many countries.
_MOST_PLACES: Final = 4
#: What opens a regex, a reference, an exact term or a hashtag elsewhere; here it is dust on a word.
_SIGNS: Final = f"@#/={terms.QUOTES} "
#: Terms of one wish for which nearly equal names are sought: each costs up to 30 ms.
MOST_SOUGHT: Final = 5
#: Terms whose meaning is remembered: a draft is read again at each press of its buttons.
_REMEMBERED: Final = 1 << 9
#: Letters of a name of which a slip makes no other one; names that are suggested for it.
_LEAST_NEARLY, _MOST_NEARLY = 4, 3


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
    #: Names that may have been meant by a name that nobody has.
    nearly: tuple[str, ...] = ()


class Readers:
    """Knows entities, those of rule files and others, and places.  Any thread may ask.

    Entities of rule files are read once: other rule files are another one of these.
    """

    def __init__(
        self, entities: Mapping[str, Entity], known: KnownEntities, gazetteer: Gazetteer
    ) -> None:
        """Take *entities* of rule files for known ones of the same id."""
        self._entities = entities
        self._known = known
        self._gazetteer = gazetteer
        #: Ids by their names, folded, and by weak aliases as they are written.
        self._named: defaultdict[str, list[str]] = defaultdict(list)
        for id_, entity in entities.items():
            strong = (id_, entity.name, *entity.aliases, *entity.previous_names)
            for text in dict.fromkeys((*map(fold, strong), *entity.weak_aliases)):
                self._named[text].append(id_)
        self._meaning = lru_cache(maxsize=_REMEMBERED)(self._find_meaning)

    def meanings(self, wish: Wish) -> tuple[Meaning, ...]:
        """Return what each of the terms of *wish* may mean.

        Only for the first `MOST_SOUGHT` names that nobody has is sought which one sounds like them.
        The first word of a message has a capital on every phone: if it is a town, too, it is open.

        Raises:
            FlawError: one of them is no term; as `meaning` says.
        """
        first, *others = self._within(MOST_SOUGHT, wish.terms)
        if first.readings[0].place is not None and is_word(fold(_bare(first.asked.text))):
            first = replace(first, is_open=True)
        return first, *others

    def meaning(self, asked: Asked, *, is_sought: bool = True) -> Meaning:
        """Return what *asked* may mean; of a name that nobody has, if it *is_sought*, what is nearly so.

        Raises:
            FlawError: it is no term: it has operators, or a star that does not end a word.
        """
        if asked.is_phrase:
            term = Phrase(terms.checked(asked.text))
            return Meaning(asked, (Reading(term=term, name=asked.text),))
        return self._meaning(asked, is_sought)

    def _within(self, most: int, terms: Iterable[Asked]) -> Iterator[Meaning]:
        for asked in terms:
            meaning = self.meaning(asked, is_sought=False)
            if most > 0 and _is_strange(meaning):
                meaning = self.meaning(asked)
                most -= 1
            yield meaning

    def _find_meaning(self, asked: Asked, is_sought: bool) -> Meaning:  # noqa: FBT001 - a key of a memo
        text = _bare(asked.text)
        word = Reading(term=_word(asked.text), name=text)
        if isinstance(word.term, Prefix):
            return Meaning(asked, (Reading(term=word.term, name=f"{word.term.text}*"),))
        if found := tuple(self._entities_of(self._called(text))):
            return _among(asked, found, word)
        if found := tuple(self._places(text, self._bearers(text))):
            if is_word(fold(text)) and _is_rather_word(text, found[0].place):
                return Meaning(asked, (word, *found))
            is_open = _is_open(found) or (_has_no_case(text) and _is_small(found[0].place))
            return Meaning(asked, (*found, word), is_open=is_open)
        return self._sounding(asked, word) if is_sought else Meaning(asked, (word,))

    def _sounding(self, asked: Asked, word: Reading) -> Meaning:
        """Return what *asked*, nobody's name, may be a spelling of; or nearly is."""
        text = word.name
        # Of a frequent word whatever sounds like it is something else.
        if is_word(fold(text)):
            return Meaning(asked, (word,))
        if found := tuple(self._entities_of(self._heard(text))):
            return _among(asked, found, word)
        name = _place_name(text)
        heard = self._gazetteer.heard(name.text, name.country)
        if heard is None:
            return Meaning(asked, (word,), nearly=self._nearly(text, heard=False))
        places = tuple(self._places(text, (heard,)))
        if text == text.casefold() != text.upper():
            # "chemicl" has lost a letter; it is no Chamical of Argentina.
            return Meaning(asked, (word, *places))
        if _has_no_case(text) and " " not in text:
            # Nobody sees whether it is a name: سارين is sarin, and no Sariwon of Korea.
            return Meaning(asked, (word, *places))
        return Meaning(asked, (*places, word), nearly=self._nearly(text, heard=True))

    def _nearly(self, text: str, *, heard: bool) -> tuple[str, ...]:
        """Return the names that somebody may have meant by *text*, if that looks like a name.

        Of places none, if one was *heard*: that one is more like it than the others.
        """
        is_name = text[:1] != text[:1].lower()
        if not is_name or len(text) < _LEAST_NEARLY or any(map(str.isdigit, text)):
            return ()
        names = self._known.candidates(text, _MOST_NEARLY)
        if not heard:
            names += self._gazetteer.candidates(text, _MOST_NEARLY, is_quick=True)
        return tuple(dict.fromkeys(names))[:_MOST_NEARLY]

    def _entities_of(self, ids: Iterable[str]) -> Iterator[Reading]:
        for id_ in dict.fromkeys(ids):
            entity = self._entities.get(id_) or self._known.entity(id_)
            if entity is not None:
                names = (*entity.aliases, *entity.previous_names, *entity.weak_aliases)
                yield Reading(term=EntityRef(id_), name=entity.name, kind=entity.kind, also=names)

    def _called(self, text: str) -> Iterator[str]:
        """Yield the ids of the entities whose name, or id, *text* is."""
        for words in dict.fromkeys((fold(text), text)):
            yield from self._named.get(words, ())
        for kind in Kind:
            yield from self._known.called(kind, text)

    def _heard(self, text: str) -> Iterator[str]:
        for kind in Kind:
            yield from self._known.sounding(kind, text)

    def _bearers(self, text: str) -> tuple[Place, ...]:
        name = _place_name(text)
        return self._gazetteer.bearers(name.text, name.country)

    def _places(self, text: str, bearers: Iterable[Place]) -> Iterator[Reading]:
        """Yield the weightiest of *bearers* in each country."""
        by_country: dict[str, Place] = {}
        for place in bearers:
            by_country.setdefault(place.country, place)
        called = _place_name(text)
        for first, place in enumerate(list(by_country.values())[:_MOST_PLACES]):
            # The weightiest is meant when nothing is said; its country is only said of the others.
            country = called.country or (place.country if first else "")
            name = Name(Kind.PLACE, called.text, country)
            also = self._gazetteer.names(place)
            yield Reading(term=name, name=place.name, kind=Kind.PLACE, also=also, place=place)


def _bare(text: str) -> str:
    """Return *text* without signs before it: they would be read again as what they are elsewhere."""
    return text.lstrip(_SIGNS)


def _word(text: str) -> Term:
    text = _bare(text)
    return terms.prefix(text) if text.endswith("*") else terms.keyword(text)


def _is_strange(meaning: Meaning) -> bool:
    """Tell whether a term is nobody's name, and no frequent word either."""
    first, *others = meaning.readings
    return isinstance(first.term, Keyword) and not others and not is_word(fold(first.name))


def _place_name(text: str) -> Name:
    """Return *text* as the name of a place, which may say the country: "Tripoli (LB)"."""
    return terms.name(Kind.PLACE, text)


def _among(asked: Asked, found: tuple[Reading, ...], word: Reading) -> Meaning:
    """Return *asked* as one of the entities *found*."""
    topics = [each for each in found if each.kind is Kind.TOPIC]
    if len(topics) == len(found):
        return Meaning(asked, _of_topics(word.name, topics, word))
    return Meaning(asked, (*found, word), is_open=len(found) > 1)


def _is_rather_word(text: str, place: Place | None) -> bool:
    """Tell whether the frequent word *text* is none of *place*: `hit` is one before it is a town.

    Nor is "Drone" one of Dronero, which has that name besides its own.
    """
    named = place is not None and name_key(place.name) == name_key(text)
    country = place is not None and place.sort is Sort.COUNTRY
    return text == text.casefold() or not (named or country)


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


def _has_no_case(text: str) -> bool:
    """Tell whether nobody sees a name from a word in *text*."""
    return text.lower() == text.upper()


def _is_small(place: Place | None) -> bool:
    """Tell whether *place* is so small that its name may well be a word: كلور is chlorine, too."""
    return place is not None and place.sort is Sort.TOWN and place.population < _SMALL


def _weight(place: Place) -> int:
    return place.population or UNCOUNTED
