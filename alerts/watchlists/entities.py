"""The entities of the rule files, and what a name that stands in a watchlist refers to."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

from alerts import model
from alerts.text import spelling
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.query.terms import keyword_entry, name, spaced
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.feeds import EntitySection


class Names:
    """What is known by which name."""

    def __init__(self, entities: Mapping[str, EntitySection], declared: Iterable[str] = ()) -> None:
        self._kinds = {id_: entity.type for id_, entity in entities.items()}
        self._entities = entities
        #: Made when the first name is not known as it is written: 5,000 names take 0.3 s.
        self._sounds: dict[tuple[model.Kind, str], list[tuple[str, str]]] = {}
        #: Those that could not be read are still no reason to call a reference unknown.
        self._declared = {*entities, *declared}
        self._bearers: defaultdict[tuple[model.Kind, str], set[str]] = defaultdict(set)
        #: Weak aliases as they are written; whoever writes one that is unique means its entity.
        self._weak: defaultdict[tuple[model.Kind, str], set[str]] = defaultdict(set)
        for id_, entity in entities.items():
            for text in (id_, entity.name, *entity.aliases, *entity.previous_names):
                self._bearers[entity.type, _folded(text)].add(id_)
            for text in entity.weak_aliases:
                self._weak[entity.type, spaced(text)].add(id_)

    def entity(self, reference: model.EntityRef, kind: model.Kind | None = None) -> model.EntityRef:
        """Return *reference* if there is such an entity, of *kind* if one is wanted.

        Raises:
            FlawError: there is none.
        """
        if reference.id not in self._declared:
            raise FlawError(
                "R301",
                f"no entity has the id {quoted(reference.id)}",
                hint="a plain name needs no @",
                slip=(reference.id, self._declared),
            )
        found = self._kinds.get(reference.id)
        if kind and found and found is not kind:
            message = f"{quoted(reference.id)} is a {found.value}, not a {kind.value}"
            raise FlawError("R302", message)
        return reference

    def named(self, plain: model.Name) -> model.Name | model.EntityRef:
        """Return the entity of this name and kind, or the name itself.

        Raises:
            FlawError: several entities bear it.
        """
        if plain.country:
            return plain
        known = self._bearers.get((plain.kind, _folded(plain.text)))
        known = known or self._weak.get((plain.kind, spaced(plain.text)))
        bearers = sorted(known or self.respelt(plain))
        if len(bearers) > 1:
            hint = "write " + " or ".join(f"@{bearer}" for bearer in bearers)
            raise FlawError("R303", f"{quoted(plain.text)} names several entities", hint=hint)
        return model.EntityRef(bearers[0]) if bearers else plain

    def is_known(self, kind: model.Kind, text: str) -> bool:
        """Tell whether *text* is a reference, or a name of an entity as somebody listed it."""
        listed = (kind, _folded(text)) in self._bearers or (kind, spaced(text)) in self._weak
        return listed or text.startswith("@")

    def respelt(self, plain: model.Name) -> set[str]:
        """Return the entity that sounds like *plain*, if exactly one does.

        Of places the gazetteer knows the spellings, and more of them than there are entities.
        """
        if plain.kind is model.Kind.PLACE:
            return set()
        if not self._sounds:
            self._sounds = self._by_sound()
        alike = {
            id_
            for key in spelling.keys(plain.text)
            for id_, text in self._sounds.get((plain.kind, key), ())
            if spelling.alike(plain.text, text)
        }
        return alike if len(alike) == 1 else set()

    def _by_sound(self) -> dict[tuple[model.Kind, str], list[tuple[str, str]]]:
        found: defaultdict[tuple[model.Kind, str], list[tuple[str, str]]] = defaultdict(list)
        for id_, entity in self._entities.items():
            if entity.type is model.Kind.PLACE or entity.spelling is model.Spelling.LISTED:
                continue
            for text in (entity.name, *entity.aliases, *entity.previous_names):
                for key in spelling.keys(text):
                    found[entity.type, key].append((id_, text))
        return dict(found)

    def meant(self, term: model.Term) -> model.Term:
        """Return *term* with names that are entities' replaced by references to them."""
        if isinstance(term, model.EntityRef):
            return self.entity(term)
        return self.named(term) if isinstance(term, model.Name) else term

    def keyword(self, text: str) -> model.Term:
        """Read an entry of a list of keywords."""
        return self.meant(keyword_entry(text))

    def entry(self, kind: model.Kind, text: str, country: str = "") -> model.Term:
        """Read an entry of places, groups or people: `@id`, an entity's name, or any other."""
        if text.startswith("@"):
            return self.entity(model.EntityRef(text[1:]), kind)
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
    node: Node, key: str, read: Callable[[str], model.Term], file: RuleFile
) -> list[model.Term]:
    """Read every text of the list under *key*, once each; complain of those that are no terms."""
    terms: dict[model.Term, None] = {}
    for text in node.parts(key):
        with file.reviewing(text):
            terms[read(str(text.value))] = None
    return list(terms)
