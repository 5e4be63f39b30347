"""Text that came from outside, made fit to be shown: cleaned, cut, with the matched words marked.

Lengths are UTF-16 code units throughout, because Telegram counts them; no other limit is as strict.
Escaping is the templates' business and comes last, so that nothing is ever cut inside a reference.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from markupsafe import Markup, escape

ELLIPSIS: Final = "…"
#: Marked spans of one text; each is a Telegram entity, of which a message may have 100.
MOST_MARKS: Final = 8

_CONTROLS: Final = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
# Bidi controls reorder what stands around them, the others are invisible: both serve to deceive.
# The joiners U+200C and U+200D stay: Persian words and emoji are made with them.
_INVISIBLE: Final = re.compile(
    "[\u00ad\u061c\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]"
)
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_BLANKS: Final = re.compile(r"\s+")
_JOINER: Final = "\u200d"
#: The longest step back that a cut makes to keep one visible character whole.
_LONGEST_CLUSTER: Final = 16


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of text that is marked, or not, as a whole."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Marked:
    """A text with marked words; in a template it is bold in HTML and plain in text."""

    runs: tuple[Run, ...] = ()

    def __str__(self) -> str:
        return "".join(run.text for run in self.runs)

    def __bool__(self) -> bool:
        return bool(self.runs)

    def __html__(self) -> str:
        """Return the text escaped, marked words in <b>; templates with autoescape call it."""
        bold = Markup("<b>{}</b>")
        parts = (bold.format(run.text) if run.marked else escape(run.text) for run in self.runs)
        return Markup("").join(parts)

    def map(self, change: Callable[[str], str]) -> Marked:
        """Return the text with *change* made to each run."""
        return Marked(tuple(Run(change(run.text), run.marked) for run in self.runs))


def units(text: str) -> int:
    """Return the length of *text* in UTF-16 code units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def clean(text: str) -> str:
    """Return *text* on one line, without control, bidi and other invisible characters."""
    return _without_controls(text).strip()


def clean_lines(text: str) -> str:
    """Return *text* line by line, as `clean` does, but with its indentation and blanks."""
    return "\n".join(_without_hidden(line).rstrip() for line in text.split("\n")).strip("\n")


def cut(text: str, limit: int) -> str:
    """Return *text* in at most *limit* units, with an ellipsis where something is missing."""
    return str(cut_marked(Marked((Run(text),)), limit))


def cut_marked(text: Marked, limit: int) -> Marked:
    """Return *text* in at most *limit* units, cut between words where one ends near the limit."""
    if units(str(text)) <= limit:
        return text
    kept: list[Run] = []
    left = limit - units(ELLIPSIS)
    for run in text.runs:
        if units(run.text) > left:
            kept.append(Run(_beginning(run.text, left), run.marked))
            break
        kept.append(run)
        left -= units(run.text)
    while kept and not kept[-1].text.strip():
        kept.pop()
    last = kept.pop() if kept else Run("")
    return Marked((*kept, Run(last.text.rstrip() + ELLIPSIS, last.marked)))


def mark(
    text: str, spans: Iterable[tuple[int, int]], start: int = 0, end: int | None = None
) -> Marked:
    """Return `text[start:end]` cleaned, with the parts inside *spans* marked.

    Spans are half-open, in code points of *text*, in any order; they may overlap or be out of
    range.  Only the first `MOST_MARKS` are marked.
    """
    end = len(text) if end is None else end
    runs: list[Run] = []
    at = start
    for first, last in _merged(spans, start, end)[:MOST_MARKS]:
        runs += [Run(text[at:first]), Run(text[first:last], marked=True)]
        at = last
    return _cleaned([*runs, Run(text[at:end])])


def _merged(spans: Iterable[tuple[int, int]], start: int, end: int) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for first, last in sorted((max(start, first), min(end, last)) for first, last in spans):
        if merged and first <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(last, merged[-1][1]))
        elif first < last:
            merged.append((first, last))
    return merged


def _cleaned(runs: Iterable[Run]) -> Marked:
    cleaned: list[Run] = []
    for run in runs:
        text = _without_controls(run.text)
        if not cleaned or cleaned[-1].text.endswith(" "):
            text = text.lstrip()
        if text:
            cleaned.append(Run(text, run.marked))
    if cleaned and cleaned[-1].text.endswith(" "):
        last = cleaned.pop()
        cleaned += [Run(text, last.marked)] if (text := last.text.rstrip()) else []
    return Marked(tuple(cleaned))


def _without_controls(text: str) -> str:
    return _BLANKS.sub(" ", _without_hidden(text))


def _without_hidden(text: str) -> str:
    return _SURROGATES.sub("\ufffd", _INVISIBLE.sub("", _CONTROLS.sub(" ", text)))


def _beginning(text: str, limit: int) -> str:
    """Return the beginning of *text* in at most *limit* units, cut where it hurts least."""
    end, used = 0, 0
    while end < len(text) and (used := used + 1 + (text[end] > "\uffff")) <= limit:
        end += 1
    if end == len(text):
        return text
    blank = text.rfind(" ", end * 2 // 3, end + 1)
    return text[:blank] if blank > 0 else text[: _whole(text, end)]


def _whole(text: str, end: int) -> int:
    """Move *end* back out of an accented letter or a joined emoji, if it is not too long."""
    for at in range(end, max(0, end - _LONGEST_CLUSTER), -1):
        inside = unicodedata.combining(text[at]) or text[at] == _JOINER or text[at - 1] == _JOINER
        if not inside and unicodedata.category(text[at]) not in ("Mn", "Me", "Sk"):
            return at
    return end
