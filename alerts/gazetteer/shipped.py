"""What comes with Tocsin: the gazetteer and the known entities, opened once for the whole process."""

from __future__ import annotations

from functools import cache

from alerts.gazetteer import Gazetteer
from alerts.gazetteer.known import KnownEntities


@cache
def shipped() -> Gazetteer:
    """Return the gazetteer that ships; it is never written to, and any thread may ask it.

    Raises:
        GazetteerError: its table was not made.
    """
    return Gazetteer.open()


@cache
def known() -> KnownEntities:
    """Return the entities that ship, of which nothing is read before it is asked for.

    Raises:
        GazetteerError: their table was not made.
    """
    return KnownEntities.open()
