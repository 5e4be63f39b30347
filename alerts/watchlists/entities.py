"""The entities of the rule files, and what a name that stands in a watchlist refers to.

The operator's own entities come first, and behind them those that Tocsin knows.
"""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property

from alerts import model
from alerts.gazetteer.entity_rows import bare_name
from alerts.gazetteer.known import KnownEntities
from alerts.text import spelling
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.query.terms import keyword_entry, name, spaced
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.feeds import EntitySection


class Names:
    """What is known by which name."""

    def __init__(
        self,
        entities: Mapping[str, EntitySection],
        declared: Iterable[str] = (),
        known: KnownEntities | None = None,
    ) -> None:
        self._kinds = {id_: entity.type for id_, entity in entities.items()}
        self._entities = entities
        self._known = known
        #: Ids of known entities that something refers to.
        self._used: set[str] = set()
        #: Thousands of watchlists name the same few hundred.
        self._answers: dict[model.Name, tuple[set[str], bool]] = {}
        #: Made when the first name is not known as it is written: 5,000 names take 0.3 s.
        self._sounds: dict[tuple[model.Kind, str], list[tuple[str, str]]] = {}
        #: Those that could not be read are still no reason to call a reference unknown.
        self._declared = {*entities, *declared}
        self._bearers: defaultdict[tuple[model.Kind, str], set[str]] = defaultdict(set)
        #: Weak aliases as they are written; whoever writes one means all that have it.
        self._weak: defaultdict[tuple[model.Kind, str], set[str]] = defaultdict(set)
        for id_, entity in entities.items():
            for text in (entity.name, *entity.aliases, *entity.previous_names):
                self._bearers[entity.type, _folded(text)].add(id_)
            for text in entity.weak_aliases:
                self._weak[entity.type, spaced(text)].add(id_)

    def entity(self, reference: model.EntityRef, kind: model.Kind | None = None) -> model.EntityRef:
        """Return *reference* if there is such an entity, of *kind* if one is wanted.

        Raises:
            FlawError: there is none.
        """
        found = self._kinds.get(reference.id)
        if reference.id not in self._declared:
            known = self._known.entity(reference.id) if self._known else None
            if known is None:
                raise self._unknown(reference.id)
            found = known.kind
            self._used.add(known.id)
        if kind and found and found is not kind:
            message = f"{quoted(reference.id)} is a {found.value}, not a {kind.value}"
            raise FlawError("R302", message)
        return reference

    def _unknown(self, id_: str) -> FlawError:
        message = f"no entity has the id {quoted(id_)}"
        called = {
            each for kind in model.Kind for each in self._known_as(kind, id_.replace("-", " "))
        }
        if len(called) == 1:
            return FlawError("R301", message, hint=f"did you mean '{called.pop()}'?")
        return FlawError("R301", message, hint="a plain name needs no @", slip=(id_, self._ids))

    @cached_property
    def _ids(self) -> frozenset[str]:
        """All that may have been meant by an id that nobody has."""
        return frozenset(self._declared.union(self._known.ids() if self._known else ()))

    def named(self, plain: model.Name) -> tuple[model.Name | model.EntityRef, ...]:
        """Return the entities of this name and kind, of several all, or else the name itself."""
        if plain.country:
            return (plain,)
        bearers, _ = self._found(plain)
        return tuple(self.entity(model.EntityRef(id_)) for id_ in sorted(bearers)) or (plain,)

    def spelt(self, kind: model.Kind, text: str) -> str:
        """Return the id of the entity of which the entry *text* is a spelling that nobody listed."""
        if text.startswith("@"):
            return ""
        bearers, is_spelling = self._found(model.Name(kind, text))
        return next(iter(bearers), "") if is_spelling else ""

    def sharing(self, kind: model.Kind, text: str) -> tuple[str, ...]:
        """Return the ids of the entities that share the name *text*; none if one has it alone."""
        if text.startswith("@"):
            return ()
        bearers, _ = self._found(model.Name(kind, text))
        return tuple(sorted(bearers)) if len(bearers) > 1 else ()

    def _found(self, plain: model.Name) -> tuple[set[str], bool]:
        """Return who is called so, and whether only by a sound, which is then that of one alone.

        The operator's entities come first, by name and by sound, and then the known ones.
        """
        if plain not in self._answers:
            self._answers[plain] = self._find(plain)
        return self._answers[plain]

    def _find(self, plain: model.Name) -> tuple[set[str], bool]:
        kind, text = plain.kind, plain.text
        if own := self._own(kind, text) or self._own(kind, bare_name(text)):
            return own, False
        if len(alike := self._own_alike(plain)) == 1:
            return alike, True
        if known := self._known_as(kind, text):
            return known, False
        alike = {*(self._known.sounding(kind, text) if self._known else ())} - self._declared
        return (alike, True) if len(alike) == 1 else (set(), False)

    def _own(self, kind: model.Kind, text: str) -> set[str]:
        by_id = {id_ for id_ in (_folded(text),) if self._kinds.get(id_) is kind}
        strong = self._bearers.get((kind, _folded(text)))
        return by_id | (strong or self._weak.get((kind, spaced(text))) or set())

    def _known_as(self, kind: model.Kind, text: str) -> set[str]:
        # An operator's entity stands in place of the known one of its id, with all names.
        return {*(self._known.called(kind, text) if self._known else ())} - self._declared

    def _own_alike(self, plain: model.Name) -> set[str]:
        """Return the entities that sound like *plain*.

        Of places the gazetteer knows the spellings, and more of them than there are entities.
        """
        if plain.kind is model.Kind.PLACE:
            return set()
        if not self._sounds:
            self._sounds = self._by_sound()
        return {
            id_
            for key in spelling.keys(plain.text)
            for id_, text in self._sounds.get((plain.kind, key), ())
            if spelling.alike(plain.text, text)
        }

    def _by_sound(self) -> dict[tuple[model.Kind, str], list[tuple[str, str]]]:
        found: defaultdict[tuple[model.Kind, str], list[tuple[str, str]]] = defaultdict(list)
        for id_, entity in self._entities.items():
            if entity.type is model.Kind.PLACE or entity.spelling is model.Spelling.LISTED:
                continue
            for text in (entity.name, *entity.aliases, *entity.previous_names):
                for key in spelling.keys(text):
                    found[entity.type, key].append((id_, text))
        return dict(found)

    def place(self, id_: str) -> EntitySection | model.Entity | None:
        """Return the place of this id."""
        if id_ in self._declared:
            own = self._entities.get(id_)
            return own if own and own.type is model.Kind.PLACE else None
        known = self._known.entity(id_) if self._known else None
        return known if known and known.kind is model.Kind.PLACE else None

    def known_near(self, at: tuple[float, float], kilometres: float) -> Iterator[model.EntityRef]:
        """Yield the known places so near, but those that the operator has an entity for."""
        return self._refer(self._known.near(at, kilometres) if self._known else ())

    def known_inside(self, country: str) -> Iterator[model.EntityRef]:
        """Yield the known places in *country*, but those that the operator has an entity for."""
        return self._refer(self._known.inside(country) if self._known else ())

    def _refer(self, ids: Iterable[str]) -> Iterator[model.EntityRef]:
        for id_ in ids:
            if id_ not in self._declared:
                yield self.entity(model.EntityRef(id_))

    def used(self) -> dict[str, model.Entity]:
        """Return the known entities that something refers to, and those that these refer to."""
        found: dict[str, model.Entity] = {}
        waiting = sorted(self._used)
        while waiting:
            known = self._known.entity(waiting.pop()) if self._known else None
            if known is not None:
                found[known.id] = known
                terms = (*known.support, *known.mask)
                asked = {term.id for term in terms if isinstance(term, model.EntityRef)}
                waiting += sorted(asked - found.keys() - self._declared)
        return dict(sorted(found.items()))

    def meant(self, term: model.Term) -> tuple[model.Term, ...]:
        """Return *term*, or references to the entities whose name it is."""
        if isinstance(term, model.EntityRef):
            return (self.entity(term),)
        return self.named(term) if isinstance(term, model.Name) else (term,)

    def keyword(self, text: str) -> tuple[model.Term, ...]:
        """Read an entry of a list of keywords."""
        return self.meant(keyword_entry(text))

    def entry(self, kind: model.Kind, text: str, country: str = "") -> tuple[model.Term, ...]:
        """Read an entry of places, groups or people: `@id`, the name of entities, or any other."""
        if text.startswith("@"):
            return (self.entity(model.EntityRef(text[1:]), kind),)
        return self.named(name(kind, text, country))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFC", spaced(text)).casefold()


def read_entity(
    id_: str, section: EntitySection, node: Node, file: RuleFile, names: Names
) -> model.Entity:
    """Return the entity, complaining in *file* about its terms."""
    return model.Entity(
        id=id_,
        kind=section.type,
        name=spaced(section.name),
        aliases=tuple(map(spaced, section.aliases)),
        previous_names=tuple(map(spaced, section.previous_names)),
        weak_aliases=tuple(map(spaced, section.weak_aliases)),
        support=tuple(read_terms(node, "support", names.keyword, file)),
        mask=tuple(read_terms(node, "mask", names.keyword, file)),
        spelling=section.spelling,
        at=section.at,
        countries=tuple(section.in_),
    )


def read_terms(
    node: Node, key: str, read: Callable[[str], Iterable[model.Term]], file: RuleFile
) -> list[model.Term]:
    """Read every text of the list under *key*, once each; complain of those that are no terms."""
    terms: dict[model.Term, None] = {}
    for text in node.parts(key):
        with file.reviewing(text):
            terms |= dict.fromkeys(read(str(text.value)))
    return list(terms)


def note_sharing(names: Names, kind: model.Kind, text: str, where: Node, file: RuleFile) -> None:
    """Note the entities that are all meant by the name *text*, which stands at *where*."""
    if ids := names.sharing(kind, text):
        references = [f"@{id_}" for id_ in ids]
        message = f"{quoted(text)} is a name of {' and '.join(references)}: all are meant"
        file.remark(where, "R607", message, f"write {' or '.join(references)}")
