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
    Spelling,
)
from alerts.text.spelling.letters import is_arabic, is_cyrillic
from alerts.watchlists.meaning.respellings import Respelling, Source, by_sound
from alerts.watchlists.meaning.rivals import Rivals
from alerts.watchlists.meaning.wordings import Wording, of_entity, once, wording

_NONE: Mapping[str, Entity] = MappingProxyType({})
#: Letters of a name that nobody chose by hand; shorter ones are words and initials everywhere.
#: Of a watched place those do that the Arabic script needs for them: تعز, Taiz.
_LEAST_LETTERS, _LEAST_ABJAD = 4, 3


class Lexicon:
    """Every way to write what a name, a reference or an area stands for.  Any thread may ask."""

    def __init__(
        self, entities: Mapping[str, Entity] = _NONE, gazetteer: Gazetteer | None = None
    ) -> None:
        #: By id.
        self.entities = entities
        self._gazetteer = gazetteer
        self.rivals = Rivals(entities, gazetteer)

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

    def respellings(self, term: Named) -> tuple[Respelling, ...]:
        """Return by which sounds *term* is known besides its `wordings`, each once.

        A name is, also in the scripts that the gazetteer has for a place; so is an entity, unless
        its author listed the spellings.  Weak aliases, acronyms and the towns of an area are not.
        """
        match term:
            case EntityRef(id_):
                entity = self.entities.get(id_)
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
        yield Source(wording(name.text, How.EXACT, name.text), self.rivals.owner_of_name(name))
        place = self.bearer(name)
        if place is None:
            return
        meant = self.rivals.owner_of_name(name, place)
        for text in self._names(place):
            if _is_native(text) or _is_latin(text):
                is_variant = text != place.name and not _is_native(text)
                yield Source(wording(text, How.EXACT, name.text), meant, is_variant)

    def _names(self, place: Place) -> tuple[str, ...]:
        return self._gazetteer.names(place) if self._gazetteer else ()

    def _other_names(self, name: Name) -> Iterator[Wording]:
        """Yield what the gazetteer knows of a place besides the name that stands in the rules."""
        place = self.bearer(name)
        for text in self._names(place) if place else ():
            if _is_telling(text, _LEAST_ABJAD if is_arabic(text[:1]) else _LEAST_LETTERS):
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


def _is_telling(name: str, least: int = _LEAST_LETTERS) -> bool:
    """Tell whether *name* is long enough to be looked for unasked: *least* letters."""
    return sum(map(str.isalpha, name)) >= (least if _is_alphabetic(name) else 2)


def _is_latin(name: str) -> bool:
    """Tell whether *name* begins in Latin letters, with marks or without."""
    return name[:1] < "\u0250" or "\u1e00" <= name[:1] <= "\u1eff"


def _is_native(name: str) -> bool:
    """Tell whether *name* is written in one of the other scripts whose sounds we know."""
    return is_arabic(name[:1]) or is_cyrillic(name[:1])


def _is_alphabetic(name: str) -> bool:
    """Tell whether the script of *name* writes sounds one by one: not Han, Kana or Hangul."""
    return not any(letter >= "\u2e80" for letter in name)
