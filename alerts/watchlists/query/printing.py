"""A condition as text, in the one way that the parser reads back as the same condition."""

from __future__ import annotations

import re

from alerts import model
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.query.lexer import Sort, tokens
from alerts.watchlists.query.terms import QUOTES

#: How tightly an operator binds; what binds less than its surroundings gets parentheses.
_OR, _AND, _NEAR, _SINGLE, _PRIMARY = range(5)

#: A slash that no backslash covers yet.
_SLASH = re.compile(r"(\\.)|/", re.DOTALL)
#: What would end a phrase.
_SPECIAL = re.compile(rf"[{QUOTES}\\]")


def to_text(condition: model.Condition) -> str:
    """Return *condition* in the query language: `parse(to_text(c)) == c` for what it can say.

    Areas and weights have no words in it; they print as in a rule file.
    """
    return _text(condition, _OR)


def _text(condition: model.Condition, around: int) -> str:
    text, binding = _written(condition)
    return f"({text})" if binding < around else text


def _written(condition: model.Condition) -> tuple[str, int]:
    match condition:
        case model.Any(parts=parts):
            return " OR ".join(_text(part, _AND) for part in parts), _OR
        case model.All(parts=parts):
            return " AND ".join(_text(part, _NEAR) for part in parts), _AND
        case model.Near(left=left, right=right, distance=distance, ordered=ordered):
            operator = f"{'ONEAR' if ordered else 'NEAR'}/{distance}"
            return f"{_text(left, _NEAR)} {operator} {_text(right, _SINGLE)}", _NEAR
        case model.Not(part=part):
            return f"NOT {_text(part, _SINGLE)}", _SINGLE
        case model.AtLeast(count=count, part=part):
            return f"ATLEAST/{count} {_text(part, _SINGLE)}", _SINGLE
        case model.InField(field=field, part=part):
            return f"{field.value}:{_text(part, _PRIMARY)}", _PRIMARY
        case model.Score():
            return _score(condition), _PRIMARY
        case _:
            return _term(condition), _PRIMARY


def _term(term: model.Term) -> str:
    match term:
        case model.Keyword(text=text):
            return text if _is_word(text) else f"keyword:{_quoted(text)}"
        case model.Phrase(text=text):
            return _quoted(text)
        case model.Cased(text=text):
            return f"={text if _is_word(text) else _quoted(text)}"
        case model.Prefix(text=text):
            return f"{text}*" if _is_word(text) else f"keyword:{_quoted(text + '*')}"
        case model.Regex(pattern=pattern):
            return f"/{_SLASH.sub(_with_backslash, pattern)}/"
        case model.EntityRef(id=id_):
            return f"@{id_}"
        case model.Name(kind=kind, text=text, country=""):
            return f"{kind.value}:{_quoted(text)}"
        case model.Name(kind=kind, text=text, country=country):
            return f"{kind.value}:{_quoted(f'{text} ({country})')}"
        case _:
            return _place(term)


def _place(term: model.Around | model.Inside | model.Demonym) -> str:
    """Return a place as it stands in a list: the query language has no words for it."""
    match term:
        case model.Around(near=near, kilometres=kilometres):
            return f"{{near: {near}, within: {kilometres:g}km}}"
        case model.Inside(country=country, area=area):
            return f"{{in: {country}, admin: {_quoted(area)}}}" if area else f"{{in: {country}}}"
        case model.Demonym(of=place):
            return f"{{demonym: {_quoted(place)}}}"


def _with_backslash(found: re.Match[str]) -> str:
    return found.group(1) or r"\/"


def _score(score: model.Score) -> str:
    terms = ", ".join(f"{_quoted(to_text(term))}: {weight:g}" for term, weight in score.terms)
    factor = f", title_factor: {score.title_factor:g}"
    return f"{{score: {{threshold: {score.threshold:g}, terms: {{{terms}}}{factor}}}}}"


def _quoted(text: str) -> str:
    return '"' + _SPECIAL.sub(r"\\\g<0>", text) + '"'


def _is_word(text: str) -> bool:
    """Tell whether the lexer reads *text* as one word without any sign."""
    try:
        first, *rest = tokens(text)
    except FlawError:
        return False
    return first.is_bare and first.text == text and [each.sort for each in rest] == [Sort.END]
