"""Does the language of an article answer the one that a watchlist asks for?  Pure.

As RFC 4647, 3.3.2 filters, with one difference: a tag that leaves open what is asked for ("pt", where
Brazil's is wanted) is no refusal.  Nobody knows, and `Watchlist.unknown` decides.
"""

from __future__ import annotations

import re
from functools import lru_cache
from itertools import takewhile
from typing import NamedTuple

# RFC 5646, 2.1: what a subtag behind the first says is told by its form.
_SCRIPT = re.compile(r"[a-z]{4}")
_REGION = re.compile(r"[a-z]{2}|\d{3}")
#: Feeds and detectors write "no" for either way to write Norwegian, which readers of one also read.
_NORWEGIAN = frozenset({"nb", "nn"})
#: Which Chinese is written there, as CLDR's likely subtags say: feeds name the place, authors the script.
_CHINESE = {"cn": "hans", "sg": "hans", "my": "hans", "tw": "hant", "hk": "hant", "mo": "hant"}


class Parts(NamedTuple):
    """What a BCP 47 tag says, in small letters; empty: nothing."""

    language: str
    script: str
    region: str
    #: Variants, and whatever else it has.
    more: frozenset[str]


@lru_cache(maxsize=1 << 10)
def parts(tag: str) -> Parts:
    """Return what *tag* says; "_" will do for "-".  Any string is accepted."""
    language, *rest = tag.lower().replace("_", "-").split("-")
    # Behind a single letter stands what no language is told apart by (RFC 5646, 2.2.6).
    said = [*takewhile(lambda each: len(each) != 1, rest)]
    script = next(filter(_SCRIPT.fullmatch, said), "")
    region = next(filter(_REGION.fullmatch, said), "")
    more = frozenset(said) - {script, region}
    if language == "zh" and not script:
        script = _CHINESE.get(region, "")
    return Parts("no" if language in _NORWEGIAN else language, script, region, more)


def answers(said: Parts, wanted: Parts) -> bool | None:
    """Tell whether an article in *said* is in the language *wanted*; None: it leaves that open."""
    if said.language != wanted.language:
        return False
    pairs = (said.script, wanted.script), (said.region, wanted.region)
    if any(one and other and one != other for one, other in pairs):
        return False
    is_open = any(other and not one for one, other in pairs)
    return None if is_open or not wanted.more <= said.more else True
