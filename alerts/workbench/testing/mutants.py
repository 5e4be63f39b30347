"""Rule files with one part taken away, as the loader would read them then.

Taken away is each entry of a list, each term and each constraint of a query, each entry of a score, each
exclusion and mask, and each alias of an entity of the files; a severity is lowered.  The entry falls out of
the tree of the file and the watchlist is read again, so that what an entry means stays the loader's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Self, TypeVar

from alerts.gazetteer.known import KnownEntities
from alerts.gazetteer.shipped import known, shipped
from alerts.model import Entity, Kind, RuleSet, Severity, Status, Watchlist
from alerts.watchlists import source
from alerts.watchlists.assemble import Page
from alerts.watchlists.complaints import quoted
from alerts.watchlists.contents import Contents
from alerts.watchlists.entities import Names, read_entity
from alerts.watchlists.nodes import Node
from alerts.watchlists.places import Atlas
from alerts.watchlists.resolve import WatchlistReader
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.rule_tests import Spot
from alerts.watchlists.schema.watchlists import WatchlistSection
from alerts.workbench.testing.cutting import cuts, references, without
from alerts.workbench.testing.places import spot_of, spots_in

#: Lists of a watchlist, and what one entry of each is.
_LISTS = {
    "places": "place",
    "groups": "group",
    "people": "person",
    "keywords": "keyword",
    "exclude": "exclusion",
    "mask": "mask",
}
#: Queries of a watchlist, and what one term of each is.
_QUERIES = {"query": "term", "exclude": "exclusion"}
#: Lists of an entity, and what one entry of each is.
_NAMES = {
    "aliases": "alias",
    "previous_names": "previous name",
    "weak_aliases": "weak alias",
    "mask": "mask",
}

Entry = TypeVar("Entry")
#: Watchlists by id.
Users = dict[str, Watchlist | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Mutant:
    """The rules without one of their parts."""

    spot: Spot
    #: `alias`, `keyword`, `NEAR/5` …
    kind: str
    #: As it is written.
    part: str
    #: Of the entity that it belongs to; empty: it is a watchlist's.
    entity: str = ""
    #: The watchlists whose matches may differ, by id, as they are then; None: nothing is left of it.
    watchlists: Mapping[str, Watchlist | None]
    #: The entities that differ, by id.
    entities: Mapping[str, Entity] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return `alias 'Hmeimim' of @khmeimim`."""
        owner = f" of @{self.entity}" if self.entity else ""
        return f"{self.kind} {self.part}{owner}"


@dataclass(frozen=True, slots=True)
class Files:
    """The rule files as trees, and what is needed to read a watchlist of them again."""

    pages: tuple[Page, ...]
    names: Names
    atlas: Atlas

    @classmethod
    def of(cls, contents: Contents, *, entities: KnownEntities | None = None) -> Self:
        """Read *contents*, which can be loaded."""
        pages = tuple(Page.of(*source.read(body.content, body.path)) for body in contents.bodies)
        sections = {id_: each for page in pages for id_, each in page.document.entities.items()}
        names = Names(sections, sections, entities or known())
        places = {id_: each for id_, each in sections.items() if each.type is Kind.PLACE}
        return cls(pages, names, Atlas(shipped(), names, places))

    def mutants(self, rules: RuleSet, wanted: Iterable[str]) -> Iterator[Mutant]:
        """Yield the mutants of the watchlists *wanted* and of the entities that they use.

        *rules* are what the files say; watchlists that are off have none.
        """
        ids = {*wanted}
        watchlists = {
            each.id: each
            for each in rules.watchlists
            if each.id in ids and each.status is not Status.OFF
        }
        users = _users(rules, watchlists.values())
        for page in self.pages:
            for id_ in page.document.entities:
                if those := users.get(id_):
                    yield from _of_entity(page, id_, self.names, those)
            nodes = page.root.parts("watchlists")
            for section, node in zip(page.document.watchlists, nodes, strict=True):
                if section.id in watchlists:
                    yield from _Sheet(self, page.file, section, node).mutants()


# --- entities ---------------------------------------------------------------------------------


def _users(rules: RuleSet, watchlists: Iterable[Watchlist]) -> dict[str, Users]:
    """Return by which of *watchlists* each entity is used, also by way of other entities."""
    users: dict[str, Users] = {}
    for watchlist in watchlists:
        for id_ in _used(rules.entities, watchlist):
            users.setdefault(id_, {})[watchlist.id] = watchlist
    return users


def _used(entities: Mapping[str, Entity], watchlist: Watchlist) -> set[str]:
    exclude = (watchlist.exclude,) if watchlist.exclude is not None else ()
    waiting = references((watchlist.condition, *exclude, *watchlist.mask))
    found: set[str] = set()
    while waiting:
        found.add(id_ := waiting.pop())
        if entity := entities.get(id_):
            waiting |= references((*entity.support, *entity.mask)) - found
    return found


def _of_entity(page: Page, id_: str, names: Names, users: Users) -> Iterator[Mutant]:
    """Yield the mutants of an entity that stands on *page* and is used by *users*."""
    section, node = page.document.entities[id_], page.entries("entities")[id_]
    for key, kind in _NAMES.items():
        for number, where in enumerate(node.parts(key)):
            kept = section.model_copy(update={key: _lacking(getattr(section, key), number)})
            scratch = RuleFile(page.file.path, page.file.lines)
            changed = read_entity(id_, kept, _without(node, key, number), scratch, names)
            yield Mutant(
                spot=spot_of(page.file, where),
                kind=kind,
                part=quoted(where.value),
                entity=id_,
                watchlists=users,
                entities={id_: changed},
            )


# --- watchlists -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Sheet:
    """One watchlist as it stands in its file."""

    files: Files
    file: RuleFile
    section: WatchlistSection
    node: Node

    def mutants(self) -> Iterator[Mutant]:
        yield from self._severity()
        for key, kind in _LISTS.items():
            for number, where in enumerate(self.node.parts(key)):
                section = self._section(**{key: _lacking(getattr(self.section, key), number)})
                node = _without(self.node, key, number)
                yield self._mutant(where, kind, _shown(where), self._read(section, node))
        if self.section.demonyms:
            changed = self._read(self._section(demonyms=False), self.node)
            yield self._mutant(self.node.key("demonyms"), "demonyms", "", changed)
        for key in _QUERIES:
            if isinstance(getattr(self.section, key), str):
                yield from self._query(key)
        yield from self._score()

    def _severity(self) -> Iterator[Mutant]:
        if where := self.node.entries.get("severity"):
            other = list(Severity)[abs(self.section.severity.rank - 1)]
            changed = self._read(self._section(severity=other), self.node)
            yield self._mutant(where, "severity", self.section.severity.value, changed)

    def _query(self, key: str) -> Iterator[Mutant]:
        where = self.node.entries[key]
        spot = spots_in(self.file, where)
        for cut in cuts(str(where.value)):
            node = _with(self.node, key, replace(where, value=cut.query))
            kind = "operator" if cut.is_operator else _QUERIES[key]
            changed = self._read(self.section, node)
            mutant = self._mutant(where, kind, cut.part, changed)
            yield replace(mutant, spot=spot(cut.offset))

    def _score(self) -> Iterator[Mutant]:
        if self.section.score is None:
            return
        score = self.node.entries["score"]
        terms = score.entries["terms"]
        for text in terms.entries:
            weights = {each: at for each, at in self.section.score.terms.items() if each != text}
            entries = {each: at for each, at in terms.entries.items() if each != text}
            node = _with(self.node, "score", _with(score, "terms", replace(terms, value=entries)))
            section = self._section(score=self.section.score.model_copy(update={"terms": weights}))
            yield self._mutant(terms.key(text), "weight", text, self._read(section, node))

    def _section(self, **changed: object) -> WatchlistSection:
        return self.section.model_copy(update=changed)

    def _read(self, section: WatchlistSection, node: Node) -> Watchlist | None:
        # What would be complained of then is nobody's business.
        file = RuleFile(self.file.path, self.file.lines)
        read = WatchlistReader(file, self.files.names, self.files.atlas).read(section, node)
        condition = without(read.condition) if read else None
        if read is None or condition is None:
            return None
        exclude = without(read.exclude) if read.exclude is not None else None
        return replace(read, condition=condition, exclude=exclude)

    def _mutant(self, where: Node, kind: str, part: str, changed: Watchlist | None) -> Mutant:
        return Mutant(
            spot=spot_of(self.file, where),
            kind=kind,
            part=part,
            watchlists={self.section.id: changed},
        )


def _lacking(entries: Sequence[Entry], number: int) -> list[Entry]:
    return [*entries[:number], *entries[number + 1 :]]


def _without(node: Node, key: str, number: int) -> Node:
    """Return the mapping *node* without one entry of its list under *key*."""
    items = node.parts(key)
    return _with(node, key, replace(node.entries[key], value=_lacking(items, number)))


def _with(node: Node, key: str, value: Node) -> Node:
    return replace(node, value={**node.entries, key: value})


def _shown(where: Node) -> str:
    """Return an entry on one line, as it is written: `'Idlib'`, `{in: SY}`."""
    if not where.entries:
        return quoted(where.value)
    return f"{{{', '.join(f'{key}: {_flat(part)}' for key, part in where.entries.items())}}}"


def _flat(node: Node) -> str:
    return f"[{', '.join(map(_flat, node.items))}]" if node.items else str(node.value)
