"""What first-level areas are called besides their name: "Idlib Governorate", "Province of Bari".

Pure; works on lookup keys (`name_key`).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

_KINDS = """
governorate province oblast region state district department county republic krai division
prefecture territory voivodeship parish canton emirate municipality
"""
_SPELLINGS = "|".join(
    [*_KINDS.split(), "kray", "raion", "rayon", "muhafazah", "muhafazat", "wilaya"]
)
_BEFORE = re.compile(rf"(?:the )?(?:{_SPELLINGS}) (?:of (?:the )?)?(?=.)")
_BEHIND = re.compile(rf"(?<=.) (?:{_SPELLINGS})\Z")


def other_names(key: str) -> Iterator[str]:
    """Yield *key*, then it with another kind of area or none: the order in which to try.

    None at last: "Kyiv Province" means Kyiv Oblast rather than the city.
    """
    yield key
    bare = _BEHIND.sub("", _BEFORE.sub("", key, count=1), count=1)
    yield from (f"{bare} {kind}" for kind in _KINDS.split())
    yield bare
