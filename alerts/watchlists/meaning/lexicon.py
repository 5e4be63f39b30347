"""What names stand for: the entities of the rule files, and the places of the gazetteer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType

from alerts.gazetteer import Gazetteer, Place
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
)
from alerts.watchlists.meaning.wordings import Wording, of_entity, once, wording

_NONE: Mapping[str, Entity] = MappingProxyType({})
#: Letters of a name that nobody chose by hand; shorter ones are words and initials everywhere.
_LEAST_LETTERS = 4


class Lexicon:
    """Every way to write what a name, a reference or an area stands for.  Any thread may ask."""

    def __init__(
        self, entities: Mapping[str, Entity] = _NONE, gazetteer: Gazetteer | None = None
    ) -> None:
        #: By id.
        self.entities = entities
        self._gazetteer = gazetteer

    def wordings(self, term: Named) -> tuple[Wording, ...]:
        """Return how *term* is written, the most trustworthy first, each word sequence once.

        Without a gazetteer, a place has the name that its author wrote, and an area has none.
        """
        match term:
            case EntityRef(id_):
                entity = self.entities.get(id_)
                return of_entity(entity) if entity else ()
            case Name(text=text):
                return once([wording(text, How.EXACT, text), *self._other_names(term)])
            case Around(at=at, kilometres=kilometres):
                near = self._gazetteer.near(at, kilometres) if self._gazetteer else ()
                return self._of_places(near)
            case Inside():
                return self._of_places(self._inside(term))
            case Demonym(of=place):
                forms = self._gazetteer.demonyms(place) if self._gazetteer else ()
                return once(wording(form, How.GAZETTEER, place) for form in forms)

    def _other_names(self, name: Name) -> Iterator[Wording]:
        """Yield what the gazetteer knows of a place besides the name that stands in the rules."""
        place = self.bearer(name)
        if place is not None and self._gazetteer is not None:
            for text in filter(_is_telling, self._gazetteer.names(place)):
                yield wording(text, How.GAZETTEER, name.text)

    def bearer(self, name: Name) -> Place | None:
        """Return the place that *name* means: of its bearers the most populous one."""
        if name.kind is not Kind.PLACE or self._gazetteer is None:
            return None
        return next(iter(self._gazetteer.bearers(name.text, name.country)), None)

    def _inside(self, term: Inside) -> Iterable[Place]:
        if self._gazetteer is None:
            return ()
        towns = self._gazetteer.inside(term.country, term.area)
        if term.area:
            whole = self._gazetteer.area(term.country, term.area)
            return (whole, *towns) if whole else towns
        country = self._gazetteer.country(term.country)
        areas = self._gazetteer.areas(term.country)
        return (country, *areas, *towns) if country else towns

    def _of_places(self, places: Iterable[Place]) -> tuple[Wording, ...]:
        if self._gazetteer is None:
            return ()
        places = tuple(places)
        names = self._gazetteer.own_names(places)
        return once(
            wording(text, How.GAZETTEER, place.name)
            for place in places
            for text in filter(_is_telling, names[place.id])
        )


def _is_telling(name: str) -> bool:
    """Tell whether *name* is long enough to be looked for unasked."""
    return sum(map(str.isalpha, name)) >= (_LEAST_LETTERS if _is_alphabetic(name) else 2)


def _is_alphabetic(name: str) -> bool:
    """Tell whether the script of *name* writes sounds one by one: not Han, Kana or Hangul."""
    return not any(letter >= "\u2e80" for letter in name)
