"""What is wrong with a rule file, and how it is told.

Pure functions raise a `FlawError`, which knows nothing of files; whoever holds the file and the
node turns it into a `Complaint`.  `render` is for people; colours are given by whoever knows the
terminal.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable
from typing import Literal

from alerts.model import Complaint

#: A part of a rendered complaint, and its text -> the text in its colours.
Part = Literal["place", "code", "caret", "hint"]
Paint = Callable[[Part, str], str]

#: Characters of a source line that are shown; a file may hold a line of a megabyte.
_SHOWN = 160
#: Whatever stands before the last @ behind //, or a name and a password anywhere: complaints go to
#: logs and pages.
_LOGIN = re.compile(r"(?<=//)\S*@|[^\s/@]*:[^\s/@]*@")
#: Characters of a value that are repeated in a message.
_QUOTED = 60


class FlawError(ValueError):
    """A value is wrong, wherever it stands.

    A `ValueError`, so that pydantic's validators may raise it and hand it back unchanged.
    """

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str = "",
        offset: int = 0,
        slip: tuple[str, Collection[str]] = ("", ()),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        #: Where in the text the flaw stands, in characters from 0.
        self.offset = offset
        #: A word, and the many that it may stand for: the hint, if one of them is like it.
        self.slip = slip


def quoted(value: object) -> str:
    """Return *value* in quotes for a message: on one line, printable, of bounded length."""
    return f"'{shortened(str(value))}'"


def shortened(text: str) -> str:
    """Return *text* fit for a message or a hint, without what may be the login of a URL."""
    text = _LOGIN.sub("…@", text)
    return printable(text if len(text) <= _QUOTED else text[: _QUOTED - 1] + "…")


def printable(text: str) -> str:
    """Replace what could move a terminal's cursor or reorder its line; tabs stay."""
    return "".join("\ufffd" if _hidden(letter) else letter for letter in text)


def unpainted(part: Part, text: str) -> str:
    """Return *text* as it is: for logs, files and pipes."""
    del part
    return text


def place(complaint: Complaint) -> str:
    """Return `file:line:column`, or only the file where the whole of it is meant."""
    if not complaint.line:
        return complaint.path
    return f"{complaint.path}:{complaint.line}:{complaint.column}"


def render(complaint: Complaint, paint: Paint = unpainted) -> str:
    """Return *complaint* with its line, a caret under the place, and the hint."""
    said = f"{paint('code', complaint.code)} {complaint.message}"
    lines = [f"{paint('place', place(complaint))}: {said}"]
    if complaint.source.strip() and complaint.column > 0:
        shown, column = _window(complaint.source, complaint.column - 1)
        lines.append(f"    {printable(shown)}".rstrip())
        lines.append(f"    {_padding(shown[:column])}{paint('caret', '^')}")
    if complaint.hint:
        lines.append(f"  {paint('hint', 'hint:')} {complaint.hint}")
    return "\n".join(lines)


def render_all(complaints: Iterable[Complaint], paint: Paint = unpainted) -> str:
    """Return every complaint as `render` does, with an empty line between them."""
    return "\n\n".join(render(complaint, paint) for complaint in complaints)


def _window(line: str, column: int) -> tuple[str, int]:
    """Cut a long line around *column*; return the cut and the column in it."""
    if len(line) <= _SHOWN:
        return line, column
    start = max(0, min(column - _SHOWN // 2, len(line) - _SHOWN))
    return line[start : start + _SHOWN], column - start


def _hidden(letter: str) -> bool:
    # Zero-width joiners are letters' business (Persian, emoji); bidi controls would show a lie.
    if letter in "\t\u200c\u200d":
        return False
    return unicodedata.category(letter) in ("Cc", "Cf", "Cs", "Zl", "Zp")


def _padding(before: str) -> str:
    """Return blanks as wide as *before* is in a terminal."""
    return "".join("\t" if letter == "\t" else " " * _width(letter) for letter in before)


def _width(letter: str) -> int:
    if letter in "\u200c\u200d" or unicodedata.category(letter) in ("Mn", "Me"):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1
