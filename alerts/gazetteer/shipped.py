"""The gazetteer that comes with Tocsin, opened once for the whole process."""

from __future__ import annotations

from functools import cache

from alerts.gazetteer import Gazetteer


@cache
def shipped() -> Gazetteer:
    """Return the gazetteer that ships; it is never written to, and any thread may ask it.

    Raises:
        GazetteerError: its table was not made.
    """
    return Gazetteer.open()
