"""Markup in, words out: what a person would read, on one line, and nothing that plays tricks.

Pure, and linear in the length of what it is given: it runs on hostile text.  Escaping for a channel
is not done here; what comes out may well contain a "<" that the author wrote.
"""

from __future__ import annotations

import html
import re
import unicodedata

# Tags between which no word ends: "<b>Khan</b>-Sheikhun" is one.  All others make a space, so that
# "Sheikhun.</p><p>A convoy" stays two words; of an unknown tag that is the safer guess.
_INLINE_NAMES = """
    a abbr acronym b bdi bdo big cite code data del dfn em font i ins kbd mark q rb rp rt ruby s samp
    small span strike strong sub sup time tt u var wbr
"""
_OTHER_NAMES = """
    address article aside audio blockquote body br button canvas caption center col colgroup dd
    details dialog dir div dl dt embed fieldset figcaption figure footer form frame frameset h1 h2 h3
    h4 h5 h6 head header hgroup hr html iframe img input label legend li link main map menu meta nav
    noscript object ol optgroup option output p param picture pre progress script section select
    source style summary svg table tbody td template textarea tfoot th thead title tr track ul video
"""
_INLINE = frozenset(_INLINE_NAMES.split())
_ELEMENTS = _INLINE | frozenset(_OTHER_NAMES.split())

# Every loop is possessive and stops at "<", so that a thousand unclosed tags are read once each.
# A quote counts only where a value begins; elsewhere it is the apostrophe of a careless author.
_ATTRIBUTES = r"""(?:[^<>=]|=\s*+(?:"[^"<]*+"|'[^'<]*+')?+)*+"""
_MARKUP = re.compile(
    rf"""
      <!--.*?(?:-->|\Z)                                             # a comment
    | <(?P<unseen>script|style|template|noframes|noembed)\b{_ATTRIBUTES}>
          .*?(?:</(?P=unseen)\b[^<>]*+>|\Z)                         # what no browser shows
    | <!\[CDATA\[ | \]\]>
    | <[!?][^<>]*+>                                                 # a declaration
    | </?(?P<name>[a-zA-Z][a-zA-Z0-9:-]*+){_ATTRIBUTES}(?:>|\Z)     # a tag, perhaps cut off
    """,
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
# Controls but white space; soft hyphens and byte order marks, which hide inside words; bidi
# embeddings, overrides and isolates, which make a text read as another; lone surrogates, which no
# database takes; noncharacters.  Joiners and plain direction marks stay: Persian is spelt with them.
_UNWANTED = re.compile(
    "[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u202a-\u202e\u2066-\u2069\ufeff\ud800-\udfff"
    "\ufdd0-\ufdef\ufffe\uffff]"
)
_UNWANTED_ASCII = bytes(code for code in range(128) if _UNWANTED.match(chr(code)))


def words(text: str, *, markup: bool = True) -> str:
    """Return *text* without tags and with its entities decoded, tidied.

    With `markup=False` only elements that HTML knows are taken for tags: titles and summaries are
    plain text by their standards and markup in practice, and "x<y" must survive.
    """
    if "<" in text or "]]>" in text:
        text = _MARKUP.sub(_space if markup else _space_for_known, text)
    if "&" in text:
        text = html.unescape(text)
    return tidy(text)


def tidy(text: str) -> str:
    """Return *text* in NFC on one line, white space collapsed, unwanted characters gone."""
    if text.isascii():
        # Bytes are translated eight times as fast as the expression looks.
        return " ".join(text.encode().translate(None, _UNWANTED_ASCII).decode().split())
    return unicodedata.normalize("NFC", " ".join(_UNWANTED.sub("", text).split()))


def shorten(text: str, limit: int) -> str:
    """Return at most *limit* characters, cut between words where one ends near the limit."""
    if len(text) <= limit:
        return text
    cut = text[: limit - 1]
    boundary = cut.rfind(" ")
    return (cut[:boundary] if boundary > limit * 3 // 4 else cut).rstrip() + "…"


def _space(tag: re.Match[str]) -> str:
    name = tag["name"]
    return "" if name is not None and name.lower() in _INLINE else " "


def _space_for_known(tag: re.Match[str]) -> str:
    name = tag["name"]
    return tag[0] if name is not None and name.lower() not in _ELEMENTS else _space(tag)
