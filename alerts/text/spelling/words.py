"""Words and names of people that may sound like a name and are none."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from alerts.text.normalize import fold

_FUNCTION = """
a after all also and any as at but by for from has have he her his how i if in into is it its more
my new no not now of on one or our over she so some such than that the their then there these they
this those to two under up was we were what when where which while who why will with you
aber als auch auf aus bei das dem den der des die ein eine er es für hat ich ihr im ist mit nach
nicht noch nur sie sind so und vom von vor war was wie wir zu zum zur
au aux avec ce ces cette dans et il ils leur mais ou par pas pour que qui sa se ses son sont sur un
con como este ha lo los más no para pero por sin su sus una
"""
#: What sentences are held together with, in six languages; folded.
FUNCTION_WORDS = frozenset(map(fold, _FUNCTION.split()))


def is_word(folded: str) -> bool:
    """Tell whether *folded* is a frequent word of some language: "hit" is, and a town in Iraq."""
    return folded in _list("words.txt") or folded in FUNCTION_WORDS


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
