"""The places of a watchlist: names, surroundings, countries, and who is of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from alerts import model
from alerts.gazetteer import Gazetteer, Place, Sort, name_key
from alerts.gazetteer.gazetteer import FAR_WEIGHTIER
from alerts.gazetteer.globe import distance
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.entities import Names, note_sharing
from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.feeds import EntitySection
from alerts.watchlists.schema.watchlists import AroundPlace, CountryPlace, InsidePlace
from alerts.watchlists.suggest import did_you_mean

#: Names without a place for which one is looked for that is written nearly so, in all files: each
#: costs up to a seventh of a second.
_GUESSES = 10
#: A place of rule files belongs to the area of the next town, if that is so near; kilometres.
_NEXT_TOWN = 50.0

Entry = str | CountryPlace | AroundPlace | InsidePlace


@dataclass(frozen=True, slots=True)
class Atlas:
    """Where things are: the gazetteer, and the places of the rule files."""

    gazetteer: Gazetteer
    names: Names
    #: Those of the rule files that are places.
    entities: Mapping[str, EntitySection]
    #: Thousands of watchlists ask for the same few hundred places.
    asked: dict[str, tuple[Place, ...]] = field(default_factory=dict)
    guesses: dict[str, str] = field(default_factory=dict)
    #: In which areas places that are entities lie, by their id.
    areas: dict[str, str] = field(default_factory=dict)

    def bearers(self, text: str) -> tuple[Place, ...]:
        """Return the places of this name, the most populous first."""
        if text not in self.asked:
            self.asked[text] = self.gazetteer.bearers(text)
        return self.asked[text]

    def point(self, text: str) -> tuple[float, float]:
        """Return where the place called *text*, or `@id`, is.

        Raises:
            FlawError: there is none of that name, or there are several, or nobody said where it is.
        """
        term, *others = self.names.entry(model.Kind.PLACE, text)
        if others:
            ids = self.names.sharing(model.Kind.PLACE, text)
            hint = "write " + " or ".join(f"@{id_}" for id_ in ids)
            raise FlawError("R303", f"{quoted(text)} names several entities", hint=hint)
        if isinstance(term, model.EntityRef):
            entity = self.names.place(term.id)
            if entity is None or entity.at is None:
                message = f"nothing says where the entity {quoted(term.id)} is"
                raise FlawError("R311", message, hint="give it 'at: [latitude, longitude]'")
            return entity.at
        if (town := self.town(text)) is None or town.at is None:
            message = f"no place is called {quoted(text)}"
            raise FlawError("R312", message, hint=self._candidates(text))
        return town.at

    def town(self, text: str) -> Place | None:
        """Return the most populous place of this name that is a point on the map."""
        towns = (each for each in self.bearers(text) if each.sort is Sort.TOWN and each.at)
        return next(towns, None)

    def guess(self, text: str) -> str:
        """Return what *text*, the name of no place, may have been meant to be; or nothing."""
        # What has a number is a base or a camp.
        is_worth_it = len(self.guesses) < _GUESSES and not any(map(str.isdigit, text))
        if text not in self.guesses and is_worth_it:
            self.guesses[text] = " or ".join(map(quoted, self.gazetteer.candidates(text)))
        return self.guesses.get(text, "")

    def _candidates(self, text: str) -> str:
        found = self.gazetteer.candidates(text)
        if not found:
            return "its coordinates will do: near: [latitude, longitude]"
        return f"did you mean {' or '.join(map(quoted, found))}?"

    def area(self, country: str, text: str) -> str:
        """Return the name of an administrative area of *country*.

        Raises:
            FlawError: there is none of that name.
        """
        area = self.gazetteer.area(country, text)
        if area is None:
            known = [area.name for area in self.gazetteer.areas(country)]
            hint = did_you_mean(text, known) or f"known: {', '.join(known[:20])}"
            message = f"{country} has no area {quoted(text)}"
            raise FlawError("R313", message, hint=hint if known else "leave it out")
        return area.name

    def near(self, at: tuple[float, float], kilometres: float) -> Iterator[model.EntityRef]:
        """Yield the places of the rule files, and known ones, that are so near."""
        for id_, entity in self.entities.items():
            if entity.at and distance(at, entity.at) <= kilometres:
                yield model.EntityRef(id_)
        yield from self.names.known_near(at, kilometres)

    def inside(self, country: str, area: str) -> Iterator[model.EntityRef]:
        """Yield the places of the rule files, and known ones, in *country* and *area* of it."""
        own = (model.EntityRef(id_) for id_, each in self.entities.items() if country in each.in_)
        for reference in (*own, *self.names.known_inside(country)):
            if area in ("", self._area_of(reference.id)):
                yield reference

    def _area_of(self, id_: str) -> str:
        if id_ not in self.areas:
            entity = self.names.place(id_)
            towns = self.gazetteer.near(entity.at, _NEXT_TOWN) if entity and entity.at else ()
            self.areas[id_] = towns[0].area if towns else "nowhere"
        return self.areas[id_]

    def demonym(self, term: model.Term) -> model.Demonym | None:
        """Return who or what is of the place *term*, if there is a word for it."""
        return next((model.Demonym(each) for each in self._called(term) if self._has(each)), None)

    def _has(self, place: str) -> bool:
        return bool(self.gazetteer.demonyms(place))

    def _called(self, term: model.Term) -> Iterator[str]:
        match term:
            case model.Name(text=text, country=country):
                yield text
                yield from (each.name for each in self.gazetteer.bearers(text, country)[:1])
            case model.EntityRef(id=id_) if entity := self.names.place(id_):
                yield from (entity.name, *entity.aliases)
            case model.Inside(country=country, area=area):
                whole = self.gazetteer.country(country)
                yield from (area,) if area else (whole.name,) if whole else ()


@dataclass(frozen=True, slots=True)
class PlaceReader:
    """Reads the places of the watchlists of one file."""

    file: RuleFile
    atlas: Atlas

    def read(self, entry: Entry, node: Node) -> list[model.Term]:
        """Return what *entry*, which stands at *node*, asks for; complain if that is nothing."""
        with self.file.reviewing(self._place(entry, node)):
            return list(self._terms(entry, node))
        return []

    def _place(self, entry: Entry, node: Node) -> Node:
        """Return where a flaw of *entry* is."""
        key = "near" if isinstance(entry, AroundPlace) else "admin"
        return node.entries.get(key, node)

    def _terms(self, entry: Entry, node: Node) -> Iterator[model.Term]:
        match entry:
            case AroundPlace(near=near, within=kilometres):
                at = self.atlas.point(near) if isinstance(near, str) else near
                called = near if isinstance(near, str) else f"[{at[0]:g}, {at[1]:g}]"
                if isinstance(near, str) and (town := self.atlas.town(near)):
                    self._say_which(town, near, node.entries["near"])
                yield model.Around(called, at, kilometres)
                yield from self.atlas.near(at, kilometres)
            case InsidePlace(in_=country, admin=admin):
                area = self.atlas.area(country, admin) if admin else ""
                yield model.Inside(country, area)
                yield from self.atlas.inside(country, area)
            case CountryPlace(place=text, country=country):
                yield from self.atlas.names.entry(model.Kind.PLACE, text, country)
            case _:
                terms = self.atlas.names.entry(model.Kind.PLACE, entry)
                if isinstance(terms[0], model.Name):
                    meant = next(iter(self.atlas.bearers(terms[0].text)), None)
                    self._say_which(meant, terms[0].text, node)
                note_sharing(self.atlas.names, model.Kind.PLACE, entry.strip(), node, self.file)
                yield from terms

    def _say_which(self, meant: Place | None, text: str, node: Node) -> None:
        """Note which of several places of weight is *meant*, or which one it may be."""
        if meant is None:
            if like := self.atlas.guess(text):
                town = self.atlas.gazetteer.heard(text)
                taken = f"taken for {_described(town)}" if town else "looked for as it is written"
                message = f"no place is called {quoted(text)}: it is {taken}"
                self.file.remark(node, "R604", message, f"did you mean {like}?")
            return
        others = [
            each
            for each in self.atlas.bearers(text)
            # Who bears the name besides another one is no namesake that anybody thinks of.
            if name_key(each.name) == name_key(text)
            and not _same(each, meant)
            and (each.population * FAR_WEIGHTIER >= meant.population or each.sort is Sort.AREA)
        ]
        if others:
            named = ", ".join(dict.fromkeys(map(_described, others[:3])))
            message = f"{quoted(text)} is taken as {_described(meant)}; there is also {named}"
            hint = f"{{place: {text}, country: {others[0].country}}} would decide"
            self.file.remark(node, "R601", message, hint if _differs(others, meant) else "")


def _same(one: Place, other: Place) -> bool:
    """Tell whether two entries of the gazetteer are of one place: a town, and the area around."""
    near = one.at and other.at and distance(one.at, other.at) < _NEXT_TOWN
    return bool(near) or (
        one.id == other.id
        or near
        or (one.country == other.country and Sort.AREA in (one.sort, other.sort))
    )


def _differs(others: list[Place], meant: Place) -> bool:
    return others[0].country != meant.country


def _described(place: Place) -> str:
    if place.sort is Sort.COUNTRY:
        return f"the country {place.name}"
    if place.sort is Sort.AREA:
        return f"the area {place.name} of {place.country}"
    where = f"{place.area}, {place.country}" if place.area else place.country
    return f"{place.name} ({where}; {place.population:,} people)"
