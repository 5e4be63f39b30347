"""Queries of strangers: read as any other, within what one file may cost."""

from __future__ import annotations

import re
from typing import Final

from alerts.watchlists.complaints import FlawError
from alerts.watchlists.query.parser import parse

#: Characters of all queries of a file: a megabyte of the shortest terms would take 2.8 s to read.
MOST_CHARACTERS: Final = 200_000
#: A regex of ten characters can take 8 ms to compile, and every article is held against it after.
MOST_REGEXES: Final = 30
#: Where a regex may begin, behind a backslash too (`keyword:"\/a/"`); no slash inside of a word does.
_REGEX: Final = re.compile(r"""(?<![^\s()"“”„:\\])/""")


class Queries:
    """Reads the queries of one file, and counts what that costs."""

    def __init__(self) -> None:
        self._characters = 0
        self._regexes = 0

    def check(self, text: str) -> None:
        """Refuse *text* if it is no query, or one too many.

        Raises:
            FlawError: with the place in *text*.
        """
        characters = self._characters + len(text)
        regexes = self._regexes + len(_REGEX.findall(text))
        if characters > MOST_CHARACTERS:
            message = f"the queries of the file are longer than {MOST_CHARACTERS:,} characters"
            raise FlawError("R415", message, hint="send it in parts")
        if regexes > MOST_REGEXES:
            message = f"the file holds more than {MOST_REGEXES} regexes"
            raise FlawError("R412", message, hint="words are cheaper, and find inflections")
        self._characters, self._regexes = characters, regexes
        parse(text)
