"""Words and names of people that may sound like a name and are none."""

from __future__ import annotations

from functools import cache
from pathlib import Path


def is_common(folded: str) -> bool:
    """Tell whether *folded* is a frequent word of some language, or the name of a person."""
    return folded in _list("words.txt") or folded in _list("people.txt")


def is_persons(folded: str) -> bool:
    """Tell whether *folded* is the name of a person: "Ahmed" makes a person of the name behind it."""
    return folded in _list("people.txt")


@cache
def _list(name: str) -> frozenset[str]:
    text = Path(__file__).with_name(name).read_text(encoding="utf-8")
    return frozenset(line for line in text.splitlines() if not line.startswith("#"))
