"""What a check of rule files found, as one value; its modules tell it to people and to programs.

Pure: nothing here reads files or writes to a terminal.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from alerts.errors import RulesError
from alerts.model import Complaint, RuleSet
from alerts.watchlists.complaints import printable


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """The outcome for one folder of rule files."""

    #: As the operator named it, fit to be shown.
    folder: str
    #: How many feeds, entities, known entities that they refer to, watchlists and receivers; None:
    #: the files cannot be loaded.
    counts: Mapping[str, int] | None = None
    #: None of them: the files can be loaded.
    complaints: tuple[Complaint, ...] = ()
    #: What an author should know though nothing is wrong.
    notes: tuple[Complaint, ...] = ()

    @property
    def is_good(self) -> bool:
        """Whether the files can be loaded."""
        return not self.complaints

    @classmethod
    def of(cls, folder: Path, outcome: RuleSet | RulesError, *, known: int = 0) -> Self:
        """Return the report of what loading *folder* gave or raised.

        So many of the entities are *known* ones, which Tocsin brings and the folder refers to.
        """
        shown = printable(str(folder))
        if isinstance(outcome, RulesError):
            return cls(folder=shown, complaints=outcome.complaints)
        counts = {
            "feeds": len(outcome.feeds),
            "entities": len(outcome.entities) - known,
            "known_entities": known,
            "watchlists": len(outcome.watchlists),
            "receivers": len(outcome.receivers),
        }
        return cls(folder=shown, counts=counts, notes=outcome.notes)
