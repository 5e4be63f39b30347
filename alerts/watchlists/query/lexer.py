"""The text of a query cut into tokens."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum

from alerts import model
from alerts.watchlists.complaints import FlawError, quoted, shortened
from alerts.watchlists.query import terms
from alerts.watchlists.query.terms import QUOTES
from alerts.watchlists.suggest import did_you_mean


class Sort(Enum):
    """What a token is."""

    TERM = "a term"
    #: `title:` or `place:`, with the value behind it still to come.
    LABEL = "a field"
    OPEN = "("
    CLOSE = ")"
    AND = "AND"
    OR = "OR"
    NOT = "NOT"
    NEAR = "NEAR"
    ATLEAST = "ATLEAST"
    END = "the end"


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a query."""

    sort: Sort
    #: As it is written.
    text: str
    offset: int
    #: The n of NEAR/n and ATLEAST/n.
    number: int = 0

    @property
    def is_bare(self) -> bool:
        """Whether this is a word without any sign."""
        return self.sort is Sort.TERM and self.text[0] not in f"{QUOTES}=/@"


#: What may stand before a colon.
LABELS: dict[str, model.Field | model.Kind | None] = {
    **{field.value: field for field in model.Field},
    **{kind.value: kind for kind in model.Kind if kind is not model.Kind.TOPIC},
    "keyword": None,
}

_PHRASE = rf"[{QUOTES}](?:\\.|[^{QUOTES}\\])*[{QUOTES}]"
_TOKEN = re.compile(
    rf"""
      (?P<blank> \s+ )
    | (?P<open> \( )
    | (?P<close> \) )
    | (?P<term> =?{_PHRASE} | /(?:\\.|[^/\\])*/ )
    | (?P<label> [^\W\d_]+ : )
    | (?P<word> [^\s(){QUOTES}]+ )
    """,
    re.VERBOSE | re.DOTALL,
)
_WORDS = {"AND": Sort.AND, "OR": Sort.OR, "NOT": Sort.NOT}
_COUNTED = re.compile(r"(O?NEAR|ATLEAST)(?:/(.*))?", re.DOTALL)
#: Signs of other query languages, and what is written here.
_FOREIGN = {
    "-": "NOT word",
    "!": "NOT word",
    "+": "word AND word",
    "&": "word AND word",
    "|": "word OR word",
    "~": "word NEAR/5 word",
    "^": "the word alone",
    "{": "( and )",
    "[": "( and )",
}
_STRAY = re.compile(r"[,;|{}\[\]<>^~!?\\]")
MOST_NEAR = 1_000
MOST_TIMES = 100


def tokens(text: str) -> Iterator[Token]:
    """Yield the tokens of *text*, the last of them an `END`.

    Raises:
        FlawError: something in *text* begins no token.
    """
    offset = 0
    while offset < len(text):
        found = _TOKEN.match(text, offset)
        if found is None:
            raise FlawError("R404", "the phrase is not closed", hint='add a "', offset=offset)
        if found.lastgroup != "blank":
            yield _token(str(found.lastgroup), found.group(), offset)
        offset = found.end()
    yield Token(Sort.END, "", len(text))


def _token(group: str, text: str, offset: int) -> Token:
    if group == "word":
        return _word(text, offset)
    if group == "label" and text[:-1] not in LABELS:
        hint = "write @ and its id" if text == "topic:" else did_you_mean(text[:-1], LABELS)
        hint = hint or f'as words: "{shortened(text)}…"'
        raise FlawError("R405", f"{quoted(text)} is not a field", hint=hint, offset=offset)
    sort = {"open": Sort.OPEN, "close": Sort.CLOSE, "label": Sort.LABEL}.get(group, Sort.TERM)
    return Token(sort, text, offset)


def _word(text: str, offset: int) -> Token:
    if text in _WORDS:
        return Token(_WORDS[text], text, offset)
    if counted := _COUNTED.fullmatch(text):
        return _counted(counted, offset)
    if text[0] in _FOREIGN:
        hint = f"here one writes: {_FOREIGN[text[0]]}"
        raise FlawError("R401", f"{quoted(text)} begins with a sign", hint=hint, offset=offset)
    if text[0] == "/":
        hint = "a regex ends with /"
        raise FlawError("R410", f"{quoted(text)} is not a regex", hint=hint, offset=offset)
    if stray := _STRAY.search(text):
        place = offset + stray.start()
        hint = "terms are joined by AND or OR"
        if stray.end() < len(text):
            hint += f'; as words: "{shortened(text)}"'
        raise FlawError("R401", f"{quoted(stray.group())} has no meaning", hint=hint, offset=place)
    return Token(Sort.TERM, text, offset)


def _counted(found: re.Match[str], offset: int) -> Token:
    name, digits = found.group(1), found.group(2) or ""
    near = name != "ATLEAST"
    least, most = (0, MOST_NEAR) if near else (1, MOST_TIMES)
    if not re.fullmatch(r"\d{1,5}", digits, re.ASCII) or not least <= int(digits) <= most:
        code, example = ("R406", f"a {name}/10 b") if near else ("R408", "ATLEAST/3 a")
        message = f"{quoted(found.group())} needs a number from {least} to {most:,} behind a slash"
        raise FlawError(code, message, hint=f"such as {example}", offset=offset)
    return Token(Sort.NEAR if near else Sort.ATLEAST, found.group(), offset, int(digits))


def term(token: Token) -> model.Term:
    """Return what a `TERM` stands for.

    Raises:
        FlawError: nothing could ever match it.
    """
    text = token.text
    if text[0] in QUOTES:
        return terms.phrase(text)
    if text[0] == "/":
        return terms.regex(text)
    if text[0] == "=":
        return terms.cased(text[1:])
    if text[0] == "@":
        return terms.reference(text)
    return terms.prefix(text) if text.endswith("*") else model.Keyword(terms.checked(text))
