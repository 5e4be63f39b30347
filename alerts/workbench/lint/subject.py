"""What is looked at: the rule set, the files that it was made of, and the place of everything in them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Self

from alerts.gazetteer.known import KnownEntities
from alerts.gazetteer.shipped import known, shipped
from alerts.model import (
    Complaint,
    Condition,
    Field,
    Kind,
    RuleSet,
    Term,
    Watchlist,
)
from alerts.watchlists import source
from alerts.watchlists.assemble import Page
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.contents import Contents
from alerts.watchlists.entities import Names
from alerts.watchlists.load import load_contents
from alerts.watchlists.nodes import Node
from alerts.watchlists.places import Atlas, PlaceReader
from alerts.watchlists.query import lexer, terms
from alerts.watchlists.query.lexer import LABELS, Sort
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.feeds import EntitySection
from alerts.watchlists.schema.watchlists import WatchlistSection

_KINDS = {"groups": Kind.GROUP, "people": Kind.PERSON}
#: Lists of which an article must meet one entry.
WANTED = ("places", "groups", "people", "keywords")


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something at a place of a file."""

    file: RuleFile
    node: Node
    code: str
    message: str
    hint: str = ""
    #: Characters behind the beginning of the node.
    offset: int = 0

    def complaint(self) -> Complaint:
        """Return it with its line, column and source."""
        review = RuleFile(self.file.path, self.file.lines)
        if place := _folded_place(self.file.lines, self.node, self.offset):
            line, column = place
            review.complain(self.code, self.message, line=line, column=column, hint=self.hint)
        else:
            flaw = FlawError(self.code, self.message, hint=self.hint, offset=self.offset)
            review.blame(self.node, flaw)
        return review.complaints[0]


def _folded_place(lines: list[str], node: Node, offset: int) -> tuple[int, int] | None:
    """Return line and column of the character at *offset* of a text over several lines.

    Folding changes white space alone, so the letters before it are counted.  None: it stands on one
    line, or in quotes, where escapes would count, too.
    """
    if node.line == node.end_line or node.style in ("'", '"') or not isinstance(node.value, str):
        return None
    ahead = sum(not letter.isspace() for letter in node.value[:offset])
    is_block = node.style in ("|", ">")
    for number in range(node.line + is_block, node.end_line + 1):
        begin = 0 if is_block or number > node.line else node.column - 1
        for column, letter in enumerate(lines[number - 1][begin:], begin + 1):
            if not letter.isspace():
                if not ahead:
                    return number, column
                ahead -= 1
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Spot:
    """A term, or the entry of a list, and where it stands."""

    #: What it means; several where it is a name of several entities, or an area.
    terms: tuple[Term, ...]
    #: As its author wrote it.
    written: str
    node: Node
    offset: int = 0


@dataclass(frozen=True, slots=True)
class Placed:
    """A watchlist and where it stands."""

    watchlist: Watchlist
    section: WatchlistSection
    node: Node
    page: Page

    @property
    def fields(self) -> frozenset[Field]:
        """Where it looks."""
        return frozenset(self.watchlist.fields)

    @property
    def id_node(self) -> Node:
        """Where its id stands."""
        return self.node.entries["id"]

    def key(self, name: str) -> Node:
        """Return one of its keys, or its id where it has no such key."""
        return self.page.file.key(self.node, name) if name in self.node.entries else self.id_node

    def found(
        self, code: str, message: str, *, at: Node | Spot | None = None, hint: str = ""
    ) -> Finding:
        """Return a finding *at* a place of the watchlist; by default at its id."""
        node, offset = (at.node, at.offset) if isinstance(at, Spot) else (at or self.id_node, 0)
        return Finding(
            file=self.page.file, node=node, offset=offset, code=code, message=message, hint=hint
        )


@dataclass(frozen=True, slots=True)
class PlacedEntity:
    """An entity of the rule files and where it stands."""

    id: str
    section: EntitySection
    node: Node
    page: Page

    @property
    def id_node(self) -> Node:
        """Where its id stands."""
        return self.page.file.key(self.page.root.entries["entities"], self.id)

    def found(self, code: str, message: str, *, at: Node | None = None, hint: str = "") -> Finding:
        """Return a finding *at* a place of the entity; by default at its id."""
        return Finding(
            file=self.page.file, node=at or self.id_node, code=code, message=message, hint=hint
        )


@dataclass
class Subject:
    """A folder of rule files that can be loaded."""

    rules: RuleSet
    pages: list[Page]
    known: KnownEntities = field(default_factory=known)
    #: The entries of lists, which one check after the other asks for.
    read: dict[tuple[str, str], list[Spot]] = field(default_factory=dict)

    @classmethod
    def of(cls, contents: Contents, environment: Mapping[str, str]) -> Self:
        """Read *contents*, with what *environment* gives to receivers.

        Raises:
            RulesError: they cannot be loaded.
        """
        rules = load_contents(contents, environment=environment)
        # Read again: the rule set does not keep where its values stood.
        read = (source.read(body.content, body.path) for body in contents.bodies)
        return cls(rules, [Page.of(file, root) for file, root in read])

    @cached_property
    def watchlists(self) -> list[Placed]:
        """All watchlists, in the order of files and lines."""
        by_id = {each.id: each for each in self.rules.watchlists}
        return [
            Placed(by_id[section.id], section, node, page)
            for page in self.pages
            for section, node in zip(
                page.document.watchlists, page.root.parts("watchlists"), strict=True
            )
        ]

    @cached_property
    def entities(self) -> list[PlacedEntity]:
        """The operator's own entities, in the order of files and lines."""
        return [
            PlacedEntity(id_, section, page.entries("entities")[id_], page)
            for page in self.pages
            for id_, section in page.document.entities.items()
        ]

    @cached_property
    def names(self) -> Names:
        """What names in the files stand for."""
        sections = {each.id: each.section for each in self.entities}
        return Names(sections, sections, self.known)

    @cached_property
    def atlas(self) -> Atlas:
        """Where the places of the files are."""
        places = {
            each.id: each.section for each in self.entities if each.section.type is Kind.PLACE
        }
        return Atlas(shipped(), self.names, places)

    def listed(self, placed: Placed, key: str) -> list[Spot]:
        """Return the entries of one of the lists of a watchlist."""
        asked = placed.watchlist.id, key
        if asked not in self.read:
            self.read[asked] = self._listed(placed, key)
        return self.read[asked]

    def _listed(self, placed: Placed, key: str) -> list[Spot]:
        nodes = placed.node.parts(key)
        if key == "places":
            reader = PlaceReader(placed.page.file, self.atlas)
            return [
                Spot(terms=tuple(reader.read(entry, node)), written=_shown(node), node=node)
                for entry, node in zip(placed.section.places, nodes, strict=True)
            ]
        return [self._entry(node, key) for node in nodes]

    def _entry(self, node: Node, key: str) -> Spot:
        text = str(node.value).strip()
        kind = _KINDS.get(key)
        meant = self.names.keyword(text) if kind is None else self.names.entry(kind, text)
        return Spot(terms=meant, written=text, node=node)

    def queries(self, placed: Placed) -> Iterator[tuple[str, Node]]:
        """Yield the queries of a watchlist, each with its key and place."""
        for key in ("query", "exclude"):
            node = placed.node.entries.get(key)
            if node is not None and isinstance(node.value, str):
                yield key, node
        if score := placed.node.entries.get("score"):
            weights = score.entries["terms"]
            for text in weights.entries:
                yield "score", placed.page.file.key(weights, text)

    def spots(self, node: Node) -> Iterator[Spot]:
        """Yield the terms of the query at *node*."""
        label: str | None = None
        for token in lexer.tokens(str(node.value)):
            if token.sort is Sort.LABEL:
                label = token.text[:-1]
                continue
            if token.sort is Sort.TERM:
                meant = self.names.meant(_term(token, label))
                yield Spot(terms=meant, written=token.text, node=node, offset=token.offset)
            label = None

    def every_spot(self, placed: Placed) -> Iterator[Spot]:
        """Yield every term of a watchlist: of its lists, its masks and its queries."""
        for key in (*WANTED, "mask", "exclude"):
            yield from self.listed(placed, key)
        for _, node in self.queries(placed):
            yield from self.spots(node)

    def where(self, placed: Placed, term: Condition, *keys: str) -> Spot | None:
        """Return the first place in the lists and queries *keys* where *term* is asked for."""
        for key in keys:
            listed = self.listed(placed, key) if key in (*WANTED, "mask", "exclude") else []
            asked = [
                spot for of, node in self.queries(placed) if of == key for spot in self.spots(node)
            ]
            for spot in (*listed, *asked):
                if term in spot.terms:
                    return spot
        return None


def _term(token: lexer.Token, label: str | None) -> Term:
    """Return what *token* stands for behind the *label* of a field or kind."""
    meaning = LABELS.get(label) if label else None
    is_phrase = token.text[0] in terms.QUOTES
    text = terms.unquoted(token.text) if is_phrase else token.text
    if isinstance(meaning, Kind):
        return terms.name(meaning, text)
    return terms.keyword_entry(text) if label == "keyword" else lexer.term(token)


def _shown(node: Node) -> str:
    """Return a place as it is written: a name, or the parts of a mapping."""
    if not node.entries:
        return str(node.value).strip()
    parts = (f"{key}: {_shown(part)}" for key, part in node.entries.items())
    return "{" + ", ".join(parts) + "}"
