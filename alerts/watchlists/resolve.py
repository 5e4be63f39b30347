"""From a watchlist as it is written to the condition that it means.

The entries of one list are alternatives; the lists, and the query, must all be met.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from alerts import model
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.entities import Names, note_sharing, read_terms
from alerts.watchlists.nodes import Node
from alerts.watchlists.places import Atlas, PlaceReader
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.tree import all_of, any_of
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.watchlists import (
    PublishersSection,
    ScoreSection,
    WatchlistSection,
)

#: Where a watchlist looks that does not say `in`.
DEFAULT_FIELDS = (model.Field.TITLE, model.Field.SUMMARY, model.Field.CONTENT)


@dataclass(frozen=True, slots=True)
class WatchlistReader:
    """Reads the watchlists of one file."""

    file: RuleFile
    names: Names
    atlas: Atlas

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
            languages=tuple(dict.fromkeys(section.languages)),
            publishers=_publishers(section.publishers),
            max_age=section.max_age,
            unknown=section.unknown,
            repeat_after=section.repeat_after,
            expect=section.expect,
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
        if section.query is not None and (query := self._query(node.entries["query"])):
            yield query
        if section.score is not None and (score := self._score(section.score, node)):
            yield score

    def _places(self, section: WatchlistSection, node: Node) -> list[model.Term]:
        reader = PlaceReader(self.file, self.atlas)
        terms = [
            term
            for place, where in zip(section.places, node.parts("places"), strict=True)
            for term in reader.read(place, where)
        ]
        return terms + (self._demonyms(terms, node) if section.demonyms else [])

    def _demonyms(self, places: list[model.Term], node: Node) -> list[model.Term]:
        found: list[model.Term] = [each for each in map(self.atlas.demonym, places) if each]
        if not found:
            hint = "delete the key, or add the word to 'keywords' or to the entity's aliases"
            flaw = FlawError("R314", "none of the places has a demonym that we know", hint=hint)
            self.file.blame(node.key("demonyms"), flaw)
        return found

    def _named(self, node: Node, key: str, kind: model.Kind) -> list[model.Term]:
        def read(text: str) -> tuple[model.Term, ...]:
            return self.names.entry(kind, text.strip())

        terms = read_terms(node, key, read, self.file)
        for where in node.parts(key):
            self._say_whom(str(where.value).strip(), kind, where)
        return terms

    def _say_whom(self, text: str, kind: model.Kind, where: Node) -> None:
        """Note the entity that a name was taken for because it sounds like one of its names.

        And the entities that share it.
        """
        if id_ := self.names.spelt(kind, text):
            message = f"{quoted(text)} is taken as a spelling of @{id_}"
            self.file.remark(where, "R606", message, f"write @{id_}")
        note_sharing(self.names, kind, text, where, self.file)

    def _keywords(self, node: Node, key: str) -> list[model.Term]:
        return read_terms(node, key, self.names.keyword, self.file)

    def _exclude(self, section: WatchlistSection, node: Node) -> model.Condition | None:
        if isinstance(section.exclude, str):
            return self._query(node.entries["exclude"])
        terms = self._keywords(node, "exclude")
        return any_of(terms) if terms else None

    def _score(self, section: ScoreSection, node: Node) -> model.Score | None:
        """Return the weighted queries, if enough of them can be met to reach the threshold."""
        weights = node.entries["score"].entries["terms"]
        terms = []
        for text, weight in weights.entries.items():
            query = self._query(self.file.key(weights, text))
            if query is not None and isinstance(weight.value, int | float):
                terms.append((query, float(weight.value)))
        most = sum(max(weight, 0) for _, weight in terms) * max(section.title_factor, 1)
        if len(terms) == len(weights.entries) and most < section.threshold:
            message = f"the weights add up to {most:g} at most: no article reaches the threshold"
            self.file.blame(node.entries["score"].entries["threshold"], FlawError("R421", message))
        return model.Score(section.threshold, tuple(terms), section.title_factor) if terms else None

    def _query(self, where: Node) -> model.Condition | None:
        """Read the query that stands at *where*."""

        def meant(named: model.Name | model.EntityRef, offset: int) -> model.Condition:
            if isinstance(named, model.Name):
                note_sharing(self.names, named.kind, named.text, where, self.file)
            # An unknown name is no reason to stop reading the query.
            try:
                return any_of(self.names.meant(named))
            except FlawError as flaw:
                flaw.offset = offset
                self.file.blame(where, flaw)
                return named

        with self.file.reviewing(where):
            return parse(str(where.value), meant)
        return None


def _publishers(section: PublishersSection | None) -> model.Publishers:
    if section is None:
        return model.Publishers()
    return model.Publishers(
        only=tuple(section.only),
        but=tuple(section.except_),
        reliability=section.reliability,
        countries=tuple(section.countries),
    )
