"""How times and states read in a terminal."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from alerts.model import Address

_UNITS = (
    ("d", timedelta(days=1)),
    ("h", timedelta(hours=1)),
    ("min", timedelta(minutes=1)),
    ("s", timedelta(seconds=1)),
)


def ago(at: datetime | None, now: datetime) -> str:
    """Return `3 min ago`, `in 2 h` or `never`."""
    if at is None:
        return "never"
    return f"{span(now - at)} ago" if at <= now else f"in {wait(at - now)}"


def span(length: timedelta) -> str:
    """Return `3 min`: how many whole ones of its largest unit passed in *length*."""
    for unit, size in _UNITS:
        if length >= size:
            return f"{length // size} {unit}"
    return "0 s"


def wait(length: timedelta) -> str:
    """Return `6 h`: *length* is to come, and rounded.

    What was to last six hours still does a second later.  Below two of a unit the next one tells
    more: `90 min`, `36 h`.
    """
    for (unit, size), (_, smaller) in pairwise(_UNITS):
        rounded = _rounded(length, smaller)
        if rounded == size or rounded >= 2 * size:
            return f"{_rounded(rounded, size) // size} {unit}"
    return f"{_rounded(length, timedelta(seconds=1)) // timedelta(seconds=1)} s"


def _rounded(length: timedelta, unit: timedelta) -> timedelta:
    return (length + unit / 2) // unit * unit


def where(address: Address) -> str:
    """Return `telegram:-100123` or `console`: an address as people read it."""
    return address.key.removesuffix(":")


def plural(count: int, one: str, many: str) -> str:
    """Return `1 feed` or `1,200 feeds`."""
    return f"{count:,} {one if count == 1 else many}"
