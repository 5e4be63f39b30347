"""One term of a list of keywords, or of `keyword:"…"`: what stands in the text."""

from __future__ import annotations

import re
import unicodedata

from alerts import model
from alerts.watchlists.complaints import FlawError, quoted, shortened
from alerts.watchlists.query import regexes
from alerts.watchlists.values import identifier

#: All of them open and close a phrase: keyboards and word processors disagree.
QUOTES = '"“”„'
MIN_PREFIX = 3
#: Characters of a term; more is a text that was pasted by mistake.
MAX_TERM = 200

_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_OPERATOR = re.compile(r"(^|\s)(AND|OR|NOT|O?NEAR(/\d+)?|ATLEAST(/\d+)?)(?=\s|$)")
_IN_COUNTRY = re.compile(r"(.*\S) \(([A-Z]{2})\)")
_LABELLED = re.compile(r"(title|summary|content|author|tags|place|group|person|keyword):")


def keyword_entry(text: str) -> model.Term:
    """Read `=Term`, `chem*`, `"exact phrase"`, `/regex/`, `@entity`; the rest is a keyword.

    Raises:
        FlawError: nothing could ever match it, or it was meant as a query.
    """
    text = spaced(text)
    first = text[:1]
    if first == "@":
        return reference(text)
    if first == "/":
        return regex(text)
    if first == "=":
        return cased(text[1:])
    if first and first in QUOTES:
        return phrase(text)
    if text.endswith("*"):
        return prefix(text)
    return keyword(text)


def reference(text: str) -> model.EntityRef:
    """Read `@khmeimim`."""
    return model.EntityRef(identifier(text[1:]))


def keyword(text: str) -> model.Keyword:
    """Read a word or words that match in any inflection."""
    text = spaced(text)
    for pattern, what in ((_OPERATOR, "an operator"), (_LABELLED, "a field")):
        if found := pattern.search(text):
            hint = f"it belongs into 'query'; as words: \"{shortened(text)}\""
            shown = quoted(found.group().strip())
            raise FlawError("R417", f"{what} among keywords: {shown}", hint=hint)
    return model.Keyword(checked(text))


def phrase(text: str) -> model.Phrase:
    """Read `"air strike"`."""
    return model.Phrase(checked(unquoted(text)))


def cased(text: str) -> model.Cased:
    """Read what stands behind the `=` of `=IS` or `="Islamic State"`."""
    return model.Cased(checked(unquoted(text) if text and text[0] in QUOTES else spaced(text)))


def prefix(text: str) -> model.Prefix:
    """Read `chem*`, or `HTS code*`, where the last word goes on."""
    begin = checked(spaced(text.removesuffix("*")))
    if text.endswith(" *"):
        raise FlawError("R409", f"the star of {quoted(text)} stands alone", hint="such as chem*")
    if sum(letter.isalnum() for letter in begin.split()[-1]) < MIN_PREFIX:
        hint = f"at least {MIN_PREFIX} letters before the star"
        raise FlawError("R409", f"{quoted(text)} would match too many words", hint=hint)
    return model.Prefix(begin)


def regex(text: str) -> model.Regex:
    r"""Read `/S-?300/`; a slash inside is written `\/`."""
    pattern = re.sub(r"\\(.)", _without_slash, text[1:-1], flags=re.DOTALL)
    if len(text) < 2 or not _closes(text):
        raise FlawError("R410", f"{quoted(text)} is not a regex", hint="/…/, and nothing behind it")
    try:
        regexes.check(pattern)
    except FlawError as flaw:
        flaw.offset += 1
        raise
    return model.Regex(pattern)


def _without_slash(escaped: re.Match[str]) -> str:
    return "/" if escaped.group(1) == "/" else escaped.group()


def _closes(text: str) -> bool:
    return re.fullmatch(r"/(?:\\.|[^/\\])*/", text, re.DOTALL) is not None


def name(kind: model.Kind, text: str, country: str = "") -> model.Name:
    """Return a plain name; patterns are no names.

    That of a place may say its *country*, as in `Tripoli (LB)`.
    """
    text = spaced(text)
    if kind is model.Kind.PLACE and not country and (found := _IN_COUNTRY.fullmatch(text)):
        text, country = found.groups()
    if text[:1] in (*QUOTES, "=", "/") or text.endswith("*"):
        hint = "a name as it is written, without quotes, stars and slashes"
        raise FlawError("R419", f"{quoted(text)} is not a name", hint=hint)
    return model.Name(kind, checked(text), country)


def spaced(text: str) -> str:
    """Return *text* with one blank between words and none around."""
    return " ".join(text.split())


def unquoted(text: str) -> str:
    """Return what stands between the quotes, with escapes undone."""
    inner = text[1:-1]
    if len(text) < 2 or text[-1] not in QUOTES or re.search(rf"(?<!\\)[{QUOTES}]", inner):
        raise FlawError("R404", f"the phrase {quoted(text)} is not closed", hint="add a quote")
    return spaced(_ESCAPED.sub(r"\1", inner))


def checked(text: str) -> str:
    """Return *text* if an article could hold it."""
    if len(text) > MAX_TERM:
        raise FlawError("R416", f"the term is longer than {MAX_TERM} characters")
    if not any(unicodedata.category(letter)[0] in "LN" for letter in text):
        raise FlawError("R416", f"{quoted(text)} has no letter or digit to look for")
    if "*" in text:
        hint = "a star ends the last word: chem*"
        raise FlawError("R409", f"the star in {quoted(text)} would match nothing", hint=hint)
    return text
