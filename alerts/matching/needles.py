"""What a text must hold for a regex to be found in it: pieces of text, so that few are tried.

A reader of RE2's syntax that understands the plain part of it, and says "anything" of the rest: what
it answers is always true, and need not be all that is true.  Everything is case-folded, so that
flags make no difference.  `regexes` looks for the needles.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import product
from typing import NoReturn

#: Pieces of text without blanks, of which one at least must stand there.
Needles = frozenset[str]

#: What UTF-8 takes for three letters of English, two of Arabic, one sign of Chinese: less stands in
#: nearly every text.
_LEAST_BYTES = 3
#: Alternatives that are combined with what stands around them, and how long they get.
_MOST, _LONGEST = 16, 40
#: Alternatives that are looked for.
_WIDEST = 100
#: Sets of needles that are kept of one regex.
_KEPT = 3
#: Brackets in one another; how often a repeated part is written out.
_DEEPEST, _REPEATED = 40, 4

_REPEAT = re.compile(r"\*|\+|\?|\{([0-9]{1,4})(,?)([0-9]{0,4})\}")
_GROUP = re.compile(r"\?(?:P?<\w+>|[imsU-]*(:|\)))")
_HEX = re.compile(r"([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,6})\}")
_PROPERTY = re.compile(r"\{[^}]*\}|.", re.DOTALL)
#: What may stand behind a backslash and is one of many, and what takes nothing.
_CLASSES, _EDGES = frozenset("dDsSwWCpP"), frozenset("AzbB")
_CONTROLS = {"a": "\a", "f": "\f", "t": "\t", "n": "\n", "r": "\r", "v": "\v"}


@dataclass(frozen=True, slots=True)
class _Part:
    """What is known of the text that a part of a regex takes."""

    #: It is one of these, folded; None: anything.
    exact: frozenset[str] | None
    #: It holds one of each of these.
    holds: tuple[frozenset[str], ...] = ()


_NOTHING = _Part(frozenset({""}))
_ANYTHING = _Part(None)


class _Unclear(Exception):  # noqa: N818 - a way out of the recursion, no error
    """Something of RE2's syntax that is not understood here."""


def needles(pattern: str) -> tuple[Needles, ...]:
    """Return sets of pieces of text of which one each stands wherever RE2's *pattern* is found.

    They stand in the case-folded text, each inside of what white space parts.  Empty: nothing is
    known of where it may be found.
    """
    try:
        part = _Reader(pattern).whole()
    except _Unclear:
        return ()
    found = {_unspaced(one) for one in _held(part)}
    telling = sorted((one for one in found if _weight(one) >= _LEAST_BYTES), key=_order)
    return tuple(telling[:_KEPT])


def _held(part: _Part) -> tuple[frozenset[str], ...]:
    return part.holds if part.exact is None else (part.exact,)


def _unspaced(texts: Iterable[str]) -> Needles:
    """Return the longest piece of each of *texts* in which there is no white space."""
    return frozenset(max(text.split(), key=len, default="") for text in texts)


def _weight(texts: Needles) -> int:
    # RE2 lets a pattern name a surrogate, which no text can hold.
    return min(len(text.encode(errors="replace")) for text in texts)


def _order(texts: Needles) -> tuple[int, int, list[str]]:
    return -_weight(texts), len(texts), sorted(texts)


# --- what is known of a whole from its parts ------------------------------------------------------


def _in_a_row(parts: Iterable[_Part]) -> _Part:
    run, holds, is_exact = frozenset({""}), [], True
    for part in parts:
        if part.exact is not None and _is_small(run, part.exact):
            run = frozenset(map("".join, product(run, part.exact)))
            continue
        holds += [run, *part.holds]
        run, is_exact = part.exact or frozenset({""}), False
    return _Part(run) if is_exact else _Part(None, _telling([*holds, run]))


def _is_small(run: frozenset[str], more: frozenset[str]) -> bool:
    longest = max(map(len, run)) + max(map(len, more))
    return len(run) * len(more) <= _MOST and longest <= _LONGEST


def _one_of(parts: list[_Part]) -> _Part:
    if len(parts) == 1:
        return parts[0]
    exact = [part.exact for part in parts if part.exact is not None]
    texts = frozenset().union(*exact)
    if len(exact) == len(parts) and len(texts) <= _MOST:
        return _Part(texts)
    best = [min(map(_unspaced, held), key=_order) for part in parts if (held := _held(part))]
    whole = len(best) == len(parts)
    return _Part(None, _telling([frozenset().union(*best)]) if whole else ())


def _telling(holds: list[frozenset[str]]) -> tuple[frozenset[str], ...]:
    """Return the best of *holds*; that a text holds nothing is always true."""
    kept = [one for one in holds if "" not in one and len(one) <= _WIDEST]
    return tuple(sorted(kept, key=_order)[:_KEPT])


def _repeated(part: _Part, least: int, most: int | None) -> list[_Part]:
    """Return *part* written out as often as it must stand there, and what may come behind."""
    if (least, most) == (0, 1):
        return [_ANYTHING if part.exact is None else _Part(part.exact | {""})]
    behind = [] if most == least and least <= _REPEATED else [_ANYTHING]
    return [part] * min(least, _REPEATED) + behind


# --- reading ----------------------------------------------------------------------------------


class _Reader:
    """Reads one pattern from left to right; RE2 has accepted it."""

    def __init__(self, pattern: str) -> None:
        self._pattern = pattern
        self._at = 0
        self._depth = 0

    def whole(self) -> _Part:
        part = self._alternatives()
        return part if self._at == len(self._pattern) else _unclear()

    def _next(self) -> str:
        return self._pattern[self._at : self._at + 1]

    def _takes(self, text: str) -> bool:
        found = self._pattern.startswith(text, self._at)
        self._at += len(text) * found
        return found

    def _taken(self, regex: re.Pattern[str]) -> re.Match[str]:
        found = regex.match(self._pattern, self._at)
        if found is None:
            _unclear()
        self._at = found.end()
        return found

    def _alternatives(self) -> _Part:
        parts = [_in_a_row(self._pieces())]
        while self._takes("|"):
            parts.append(_in_a_row(self._pieces()))
        return _one_of(parts)

    def _pieces(self) -> Iterator[_Part]:
        while self._next() not in ("", "|", ")"):
            yield from self._piece()

    def _piece(self) -> list[_Part]:
        part = self._atom()
        if self._next() not in ("*", "+", "?", "{"):
            return [part]
        found = self._taken(_REPEAT)
        self._takes("?")
        if self._next() in ("*", "+", "?", "{"):
            _unclear()
        match found.group():
            case "*":
                return [_ANYTHING]
            case "+":
                return _repeated(part, 1, None)
            case "?":
                return _repeated(part, 0, 1)
        least, comma, most = found.groups()
        if comma:
            return _repeated(part, int(least), int(most) if most else None)
        return _repeated(part, int(least), int(least)) if not most else _unclear()

    def _atom(self) -> _Part:
        sign = self._next()
        self._at += 1
        match sign:
            case "(":
                return self._group()
            case "[":
                return self._class()
            case "\\":
                return self._escape()
            case ".":
                return _ANYTHING
            case "^" | "$":
                return _NOTHING
            case "*" | "+" | "?" | "{":
                _unclear()
        return _letter(sign)

    def _group(self) -> _Part:
        if self._next() == "?" and self._taken(_GROUP).group(1) == ")":
            return _NOTHING
        self._depth += 1
        if self._depth > _DEEPEST:
            _unclear()
        part = self._alternatives()
        self._depth -= 1
        return part if self._takes(")") else _unclear()

    def _escape(self) -> _Part:
        sign = self._next()
        if sign in _CLASSES:
            self._at += 1
            if sign in "pP":
                self._taken(_PROPERTY)
            return _ANYTHING
        if sign in _EDGES:
            self._at += 1
            return _NOTHING
        return _letter(self._escaped())

    def _escaped(self) -> str:
        """Read the letter that is meant behind a backslash."""
        sign = self._next()
        self._at += 1
        if sign == "x":
            short, long = self._taken(_HEX).groups()
            return chr(int(short or long, 16))
        if sign in _CONTROLS:
            return _CONTROLS[sign]
        # Digits and \Q are rare.
        return _unclear() if sign.isalnum() or not sign else sign

    def _class(self) -> _Part:
        is_negated = self._takes("^")
        texts: frozenset[str] | None = frozenset()
        is_first = True
        while is_first or self._next() != "]":
            more = self._members()
            texts = None if texts is None or more is None else texts | more
            is_first = False
        self._at += 1
        if is_negated or texts is None or len(texts) > _MOST:
            return _ANYTHING
        return _Part(texts)

    def _members(self) -> frozenset[str] | None:
        """Read a letter of a class, or a range, or a class in it; None: too many to be told."""
        if self._takes("[:"):
            end = self._pattern.find(":]", self._at)
            self._at = end + 2 if end >= 0 else _unclear()
            return None
        first = last = self._member()
        if self._next() == "-" and self._pattern[self._at + 1 : self._at + 2] != "]":
            self._at += 1
            last = self._member()
        if first is None or last is None or ord(last) - ord(first) >= _MOST:
            return None
        return frozenset(chr(each).casefold() for each in range(ord(first), ord(last) + 1))

    def _member(self) -> str | None:
        sign = self._next() or _unclear()
        self._at += 1
        if sign != "\\":
            return sign
        if self._next() in _CLASSES:
            self._escape()
            return None
        return self._escaped()


def _letter(sign: str) -> _Part:
    # No needle goes across a blank: on either side of it stand needles of their own.
    return _ANYTHING if sign.isspace() else _Part(frozenset({sign.casefold()}))


def _unclear() -> NoReturn:
    raise _Unclear
