"""How times and states read in a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta

_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("min", timedelta(minutes=1)))


def ago(at: datetime | None, now: datetime) -> str:
    """Return `3 min ago`, `in 2 h` or `never`."""
    if at is None:
        return "never"
    passed = now - at
    text = span(abs(passed))
    return f"{text} ago" if passed >= timedelta(0) else f"in {text}"


def span(length: timedelta) -> str:
    """Return `3 min`: *length* in its largest unit."""
    for unit, size in _UNITS:
        if length >= size:
            return f"{length // size} {unit}"
    return f"{length // timedelta(seconds=1)} s"


def plural(count: int, one: str, many: str) -> str:
    """Return `1 feed` or `1,200 feeds`."""
    return f"{count:,} {one if count == 1 else many}"
