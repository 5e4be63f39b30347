"""Who is called so: the operator's own entities, and those that Tocsin knows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Self

from alerts.gazetteer.entity_rows import strong_names, words_of
from alerts.gazetteer.known import KnownEntities
from alerts.model import Entity, Kind, Name
from alerts.workbench.lint.subject import Subject

#: A slip in a name of some length; anything less alike would mislead.
_LIKENESS = 0.8


@dataclass
class KnownNames:
    """Names that stand for an entity wherever they stand; weak aliases do not."""

    own: Mapping[str, Entity]
    known: KnownEntities

    @classmethod
    def of(cls, subject: Subject) -> Self:
        """Return the names of the entities that *subject* declares, and of the known ones."""
        rules = subject.rules.entities
        return cls({each.id: rules[each.id] for each in subject.entities}, subject.known)

    @cached_property
    def _own(self) -> Mapping[str, frozenset[str]]:
        found: defaultdict[str, set[str]] = defaultdict(set)
        for id_, entity in self.own.items():
            for name in strong_names(entity):
                found[words_of(name)].add(id_)
        return {words: frozenset(ids) for words, ids in found.items()}

    def called(self, text: str) -> tuple[str, ...]:
        """Return the ids of those of this name that are somebody or somewhere, and no topic.

        The operator's, or else known ones.  A word of a topic may be just what is meant.
        """
        words = words_of(text)
        own = (id_ for id_ in self._own.get(words, ()) if self.own[id_].kind is not Kind.TOPIC)
        known = self.known.bearers(words)
        others = (each.id for each in known if not each.weak and each.kind is not Kind.TOPIC)
        return tuple(sorted(own)) or tuple(sorted({*others} - self.own.keys()))

    def known_as(self, words: str) -> frozenset[str]:
        """Return the ids of the known entities of this name, but those that the operator replaced."""
        bearers = self.known.bearers(words)
        return frozenset(each.id for each in bearers if not each.weak and each.id not in self.own)

    def like(self, name: Name) -> str:
        """Return a hint that names the entity of the same kind that is called nearly so, or nothing."""
        # 2.4 MB and forty modules that good rules do not need.
        from rapidfuzz import process  # noqa: PLC0415
        from rapidfuzz.distance import OSA  # noqa: PLC0415

        found = process.extractOne(
            words_of(name.text),
            self._by_kind[name.kind].keys(),
            scorer=OSA.normalized_similarity,
            score_cutoff=_LIKENESS,
        )
        return f"did you mean @{self._by_kind[name.kind][found[0]]}?" if found else ""

    @cached_property
    def _by_kind(self) -> Mapping[Kind, Mapping[str, str]]:
        """The words of names, and whose they are."""
        found: dict[Kind, dict[str, str]] = {kind: {} for kind in Kind}
        for entity in (*self.own.values(), *self.known):
            for name in strong_names(entity):
                found[entity.kind].setdefault(words_of(name), entity.id)
        return found
