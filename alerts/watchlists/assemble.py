"""The sections of all files put together: ids known once, references followed."""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Self

from alerts.gazetteer import Gazetteer
from alerts.gazetteer.known import KnownEntities
from alerts.model import (
    Complaint,
    Endpoint,
    Entity,
    Feed,
    Kind,
    Receiver,
    Route,
    RuleSet,
    TimeInterval,
    Watchlist,
)
from alerts.watchlists.complaints import FlawError, quoted, shortened
from alerts.watchlists.entities import Names, read_entity
from alerts.watchlists.intervals import read_interval
from alerts.watchlists.nodes import Node, scalars
from alerts.watchlists.notes import note_strangers, note_who_hears_nothing
from alerts.watchlists.places import Atlas
from alerts.watchlists.receivers import CONSOLE, VARIABLE, ReceiverReader, circles
from alerts.watchlists.resolve import WatchlistReader
from alerts.watchlists.routes import RouteReader
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.rule_tests import check_tests
from alerts.watchlists.schema.document import Document
from alerts.watchlists.schema.feeds import EntitySection, FeedSection
from alerts.watchlists.validation import validate

#: Complaints about what is missing; it may stand in a file that could not be read.
_MISSING = frozenset({"R301", "R306", "R307", "R308"})


@dataclass(frozen=True, slots=True)
class Page:
    """One file with what it says."""

    file: RuleFile
    root: Node
    document: Document
    #: Ids that it declares, also those of sections that the schema refused.
    declared: Mapping[str, frozenset[str]]
    #: False: there is more in it than we could see.
    is_readable: bool

    @classmethod
    def of(cls, file: RuleFile, root: Node | None) -> Self:
        """Hold the tree against the schema, complaining in *file*."""
        if root is None or root.value is None:
            return cls(file, Node({}, 1, 1), Document(), {}, not file.complaints)
        declared = _declared(root)
        _check_variables(file, root)
        return cls(file, root, validate(file, root), declared, isinstance(root.value, dict))

    def entries(self, section: str) -> Mapping[str, Node]:
        """Return the nodes of a section that is a mapping."""
        return self.root.entries[section].entries if section in self.root.entries else {}


def _declared(root: Node) -> dict[str, frozenset[str]]:
    names: dict[str, frozenset[str]] = {}
    for section in ("entities", "receivers", "time_intervals"):
        if section in root.entries:
            names[section] = frozenset(root.entries[section].entries)
    watchlists = root.parts("watchlists")
    ids = (each.entries["id"].value for each in watchlists if "id" in each.entries)
    names["watchlists"] = frozenset(id_ for id_ in ids if isinstance(id_, str))
    return names


def _check_variables(file: RuleFile, root: Node) -> None:
    """Complain about `${NAME}` where nothing would fill it in."""
    if not any("${" in line for line in file.lines):
        return
    elsewhere = (node for key, node in root.entries.items() if key != "receivers")
    for node in (scalar for part in elsewhere for scalar in scalars(part)):
        found = VARIABLE.search(node.value) if isinstance(node.value, str) else None
        if found:
            message = f"{quoted(found.group())} is filled in only in receivers"
            file.blame(node, FlawError("R506", message, offset=found.start()))


def entities_of(pages: list[Page], known: KnownEntities | None) -> dict[str, Entity]:
    """Return the entities of all pages by id, which may refer to *known* ones."""
    return dict(_entities(pages, Names(_sections(pages), _all_declared(pages, "entities"), known)))


def assemble(
    pages: list[Page],
    environment: Mapping[str, str],
    gazetteer: Gazetteer,
    known: KnownEntities,
    *,
    hash_: str,
) -> RuleSet:
    """Return the set of all pages; what is wrong with it is noted on the pages."""
    sections = _sections(pages)
    names = Names(sections, _all_declared(pages, "entities"), known)
    places = {id_: each for id_, each in sections.items() if each.type is Kind.PLACE}
    watchlists = tuple(_watchlists(pages, names, Atlas(gazetteer, names, places)))
    reached = list(_receivers(pages, environment))
    receivers = {CONSOLE.name: CONSOLE, **{each.name: each for each, _ in reached}}
    _check_fallbacks(pages, receivers)
    _check_tests(pages)
    own = dict(_entities(pages, names))
    rules = RuleSet(
        feeds=tuple(_feeds(pages)),
        # The known ones behind, when all is read that may refer to them.
        entities=ChainMap(own, names.used()),
        watchlists=watchlists,
        route=_route(pages) or Route(receiver=CONSOLE.name),
        receivers=receivers,
        intervals=dict(_intervals(pages)),
        endpoints={key: at for _, endpoints in reached for key, at in endpoints.items()},
        hash=hash_,
    )
    if not all(page.is_readable for page in pages):
        for page in pages:
            page.file.complaints = [
                each for each in page.file.complaints if each.code not in _MISSING
            ]
    return replace(rules, notes=_notes(pages, rules))


def _notes(pages: Iterable[Page], rules: RuleSet) -> tuple[Complaint, ...]:
    for page in pages:
        note_strangers(page.file, page.root, rules.feeds)
        note_who_hears_nothing(page.file, page.root, rules)
    return tuple(note for page in pages for note in in_order(page.file.notes))


def in_order(findings: Iterable[Complaint]) -> list[Complaint]:
    """Return the *findings* about one file in the order of its lines."""
    return sorted(findings, key=lambda each: (each.line, each.column))


@dataclass(slots=True)
class _Register:
    """What was declared so far, so that nothing is declared twice."""

    #: "watchlist", "feed" …, for the complaint.
    thing: str
    places: dict[str, str] = field(default_factory=dict)

    def is_new(self, name: str, node: Node, file: RuleFile) -> bool:
        """Tell whether *name* is declared for the first time, complaining if it is not."""
        if name not in self.places:
            self.places[name] = f"{file.path}:{node.line}"
            return True
        message = f"the {self.thing} {quoted(name)} is declared twice"
        file.blame(node, FlawError("R304", message, hint=f"first at {self.places[name]}"))
        return False


def _sections(pages: Iterable[Page]) -> dict[str, EntitySection]:
    return {id_: each for page in pages for id_, each in page.document.entities.items()}


def _entities(pages: Iterable[Page], names: Names) -> Iterator[tuple[str, Entity]]:
    register = _Register("entity")
    for page in pages:
        for id_, section in page.document.entities.items():
            node = page.entries("entities")[id_]
            key = page.root.entries["entities"].key(id_)
            if register.is_new(id_, key, page.file):
                yield id_, read_entity(id_, section, node, page.file, names)


def _watchlists(pages: Iterable[Page], names: Names, atlas: Atlas) -> Iterator[Watchlist]:
    register = _Register("watchlist")
    for page in pages:
        reader = WatchlistReader(page.file, names, atlas)
        sections = page.document.watchlists
        for section, node in zip(sections, page.root.parts("watchlists"), strict=True):
            watchlist = reader.read(section, node)
            if register.is_new(section.id, node.entries["id"], page.file) and watchlist:
                yield watchlist


def _feeds(pages: Iterable[Page]) -> Iterator[Feed]:
    register = _Register("feed")
    for page in pages:
        for section, node in zip(page.document.feeds, page.root.parts("feeds"), strict=True):
            if register.is_new(section.url, node.entries["url"], page.file):
                yield _feed(section)


def _feed(section: FeedSection) -> Feed:
    return Feed(
        url=section.url,
        publisher=section.publisher,
        country=section.country,
        reliability=section.reliability,
        language=section.language,
        tags=tuple(section.tags),
        interval=section.interval,
        priority=section.priority == "high",
        rate_limit_scope=section.rate_limit_scope,
        backfill=section.backfill,
        full_text=section.full_text,
    )


def _receivers(
    pages: list[Page], environment: Mapping[str, str]
) -> Iterator[tuple[Receiver, Mapping[str, Endpoint]]]:
    register = _Register("receiver")
    known, intervals = _receiver_names(pages), _all_declared(pages, "time_intervals")
    for page in pages:
        reader = ReceiverReader(page.file, environment, known, intervals)
        for name, section in page.document.receivers.items():
            key = page.root.entries["receivers"].key(name)
            receiver, endpoints = reader.read(name, section, page.entries("receivers")[name])
            if register.is_new(name, key, page.file):
                yield receiver, {address.key: at for address, at in endpoints.items()}


def _check_fallbacks(pages: Iterable[Page], receivers: Mapping[str, Receiver]) -> None:
    for circle in circles(receivers):
        name, way = circle[0], " -> ".join((*circle, circle[0]))
        page = next(page for page in pages if name in page.document.receivers)
        message = f"receivers that fall back on one another reach nobody: {shortened(way)}"
        node = page.entries("receivers")[name].entries["fallback"]
        page.file.blame(node, FlawError("R309", message, hint="let the last one have no fallback"))


def _check_tests(pages: list[Page]) -> None:
    receivers = _receiver_names(pages)
    for page in pages:
        sections = page.document.watchlists
        for section, node in zip(sections, page.root.parts("watchlists"), strict=True):
            check_tests(section, node, page.file, receivers)


def _intervals(pages: Iterable[Page]) -> Iterator[tuple[str, TimeInterval]]:
    register = _Register("time interval")
    for page in pages:
        for name, section in page.document.time_intervals.items():
            key = page.root.entries["time_intervals"].key(name)
            if register.is_new(name, key, page.file):
                yield name, read_interval(name, section)


def _route(pages: list[Page]) -> Route | None:
    """Return the one routing tree, if there is one."""
    route, first = None, ""
    receivers, watchlists = _receiver_names(pages), _all_declared(pages, "watchlists")
    intervals = _all_declared(pages, "time_intervals")
    for page in pages:
        if page.document.routes is None:
            continue
        key = page.root.key("routes")
        if first:
            flaw = FlawError("R305", "the routes stand in two files", hint=f"first at {first}")
            page.file.blame(key, flaw)
        first = first or f"{page.file.path}:{key.line}"
        reader = RouteReader(page.file, receivers, watchlists, intervals)
        route = route or reader.read(page.document.routes, page.root.entries["routes"])
    return route


def _receiver_names(pages: Iterable[Page]) -> set[str]:
    """Return what a route, a fallback or a test may name."""
    return {CONSOLE.name, *_all_declared(pages, "receivers")}


def _all_declared(pages: Iterable[Page], section: str) -> set[str]:
    return {id_ for page in pages for id_ in page.declared.get(section, ())}
