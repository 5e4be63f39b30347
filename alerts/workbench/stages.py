"""One stage of an article's way, as it is told."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.model import Evidence


class Turn(StrEnum):
    """What a stage did to the way; in the order of what matters most to whoever asks why."""

    #: Somebody was told.
    TOLD = "told"
    #: It may still be told.
    WAITS = "waits"
    #: The way ended here, and nobody was told.
    ENDS = "ends"
    GOES_ON = "goes on"


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """One stage, and what came of it."""

    name: str
    said: str
    #: When it happened; None: it has no moment of its own.
    at: datetime | None = None
    turn: Turn = Turn.GOES_ON
    #: Of a match.
    evidence: tuple[Evidence, ...] = ()
