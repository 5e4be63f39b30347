"""From a watchlist as it is written to the condition that it means.

The entries of one list are alternatives; the lists, and the query, must all be met.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts import model
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.entities import Names, read_terms
from alerts.watchlists.nodes import Node
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.tree import all_of, any_of
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.watchlists import CountryPlace, WatchlistSection

#: Where a watchlist looks that does not say `in`.
DEFAULT_FIELDS = (model.Field.TITLE, model.Field.SUMMARY, model.Field.CONTENT)


@dataclass(frozen=True, slots=True)
class WatchlistReader:
    """Reads the watchlists of one file."""

    file: RuleFile
    names: Names

    def read(self, section: WatchlistSection, node: Node) -> model.Watchlist | None:
        """Return the watchlist, complaining about what cannot be read; None if nothing can."""
        parts = list(self._conditions(section, node))
        exclude = self._exclude(section, node)
        mask = tuple(self._keywords(node, "mask"))
        if not parts:
            return None
        return model.Watchlist(
            id=section.id,
            title=section.title,
            condition=all_of(parts),
            owner=section.owner,
            status=section.status,
            severity=section.severity,
            exclude=exclude,
            mask=mask,
            fields=tuple(dict.fromkeys(section.in_)) or DEFAULT_FIELDS,
            tags=tuple(section.tags),
        )

    def _conditions(self, section: WatchlistSection, node: Node) -> Iterable[model.Condition]:
        for terms in (
            self._places(section, node),
            self._named(node, "groups", model.Kind.GROUP),
            self._named(node, "people", model.Kind.PERSON),
            self._keywords(node, "keywords"),
        ):
            if terms:
                yield any_of(terms)
        if section.query is not None and (query := self._query(section.query, node, "query")):
            yield query

    def _places(self, section: WatchlistSection, node: Node) -> list[model.Term]:
        terms = []
        for place, where in zip(section.places, node.parts("places"), strict=True):
            text, country = (
                (place.place, place.country) if isinstance(place, CountryPlace) else (place, "")
            )
            with self.file.reviewing(where):
                terms.append(self.names.entry(model.Kind.PLACE, text, country))
        return terms

    def _named(self, node: Node, key: str, kind: model.Kind) -> list[model.Term]:
        return read_terms(node, key, lambda text: self.names.entry(kind, text.strip()), self.file)

    def _keywords(self, node: Node, key: str) -> list[model.Term]:
        return read_terms(node, key, self.names.keyword, self.file)

    def _exclude(self, section: WatchlistSection, node: Node) -> model.Condition | None:
        if isinstance(section.exclude, str):
            return self._query(section.exclude, node, "exclude")
        terms = self._keywords(node, "exclude")
        return any_of(terms) if terms else None

    def _query(self, text: str, node: Node, key: str) -> model.Condition | None:
        where = node.entries[key]

        def meant(named: model.Name | model.EntityRef, offset: int) -> model.Term:
            # An unknown name is no reason to stop reading the query.
            try:
                return self.names.meant(named)
            except FlawError as flaw:
                flaw.offset = offset
                self.file.blame(where, flaw)
                return named

        with self.file.reviewing(where):
            return parse(text, meant)
        return None
