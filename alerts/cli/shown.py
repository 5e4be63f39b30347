"""How times and states read in a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta

_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def ago(at: datetime | None, now: datetime) -> str:
    """Return `3 min ago`, `in 2 h` or `never`."""
    if at is None:
        return "never"
    span = now - at
    text = _span(abs(span))
    return f"{text} ago" if span >= timedelta(0) else f"in {text}"


def _span(span: timedelta) -> str:
    for unit, length in _UNITS:
        if span >= length:
            return f"{span // length} {unit}"
    return f"{span // timedelta(seconds=1)} s"
