"""The number of a watchlist before what is said of it: `3 Idlib, Homs`.  Pure."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

#: No subscriber has a longer one.
_NUMBER: Final = re.compile(r"\s*[#№]?(?P<digits>\d{1,6})[.:)]?(?=\s|$)")


def numbered(text: str) -> tuple[int | None, str]:
    """Return the number that *text* begins with, in any script's digits, and the rest; None: none."""
    found = _NUMBER.match(text)
    if found is None:
        return None, text.strip()
    digits = (str(unicodedata.decimal(digit)) for digit in found["digits"])
    return int("".join(digits)), text[found.end() :].strip()
