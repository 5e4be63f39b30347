"""An explanation in a terminal: the words that count, and the condition as a tree."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.matching.reasons import Explanation, Reason
from alerts.model import Article, Evidence, Field
from alerts.watchlists.complaints import printable

#: What a term says that stands nowhere; alternatives that say it share a line.
_NOWHERE = "stands nowhere"
#: What alternatives are called.
ONE_OF = "one of"
_VETOES = frozenset({"NOT", "not excluded"})
#: Places of words that are told of one part.
PLACES = 3
#: Characters that are shown around the words that count, in fields longer than `_WHOLE`.
_AROUND, _WHOLE = 60, 240
#: Stretches that are shown of such a field.
_STRETCHES = 3
#: Columns below which lines are not broken at all.
_NARROWEST = 20


@dataclass(frozen=True, slots=True)
class Signs:
    """How met, not met and neither are told, and how a tree is drawn, in what the terminal has."""

    met: str = "✓"
    unmet: str = "✗"
    neither: str = "·"
    #: Before the first line of a part, and before what belongs to it.
    fork: tuple[str, str] = ("├─ ", "│  ")
    last: tuple[str, str] = ("└─ ", "   ")

    @classmethod
    def of(cls, console: Console) -> Signs:
        """Return signs for *console*."""
        if console.encoding.startswith("utf"):
            return cls()
        return cls("+", "-", ".", ("|- ", "|  "), ("`- ", "   "))

    def text(self, part: _Part) -> Text:
        """Return the sign of *part*; what must not stand there is neither good nor bad."""
        if part.vetoes:
            return Text().append(self.neither, "dim")
        if part.reason.met:
            return Text().append(self.met, "green")
        return Text().append(self.unmet, "bold red" if part.matters else "dim")


# --- the words --------------------------------------------------------------------------------


def words(explanation: Explanation, article: Article) -> Table:
    """Return the fields of *article* with what counts in them marked: what met, and what nearly did."""
    marks: dict[Field, list[tuple[int, int, str]]] = {}
    for reason in explanation.reasons:
        for one, style in _marks(reason, vetoes=False):
            marks.setdefault(one.field, []).append((one.start, one.end, style))
    table = Table.grid(padding=(0, 2))
    table.add_column(style="dim", no_wrap=True)
    table.add_column()
    for field in Field:
        text = article.text(field)
        if text and (field is Field.TITLE or field in marks):
            table.add_row(f"  {field}", _excerpt(text, marks.get(field, ())))
    return table


def _marks(reason: Reason, *, vetoes: bool) -> Iterator[tuple[Evidence, str]]:
    vetoes = vetoes or reason.what in _VETOES
    for part in reason.parts:
        yield from _marks(part, vetoes=vetoes)
    if not reason.parts:
        style = "bold reverse red" if vetoes and reason.met else "bold reverse"
        style = style if reason.met else "bold reverse yellow"
        for one in reason.evidence:
            yield one, style


def _excerpt(text: str, marks: Iterable[tuple[int, int, str]]) -> Text:
    shown = Text(printable(text).replace("\t", " ").replace("\n", " "))
    for start, end, style in marks:
        shown.stylize(style, start, end)
    if len(text) <= _WHOLE:
        return shown
    windows = _windows([(start, end) for start, end, _ in marks], len(text))
    joined = Text("")
    for start, end in windows[:_STRETCHES]:
        joined.append("… " * (start > 0)).append_text(shown[start:end])
        joined.append(" " * (end < len(text)))
    more = len(windows) > _STRETCHES or windows[-1][1] < len(text)
    return joined.append("…") if more else joined


def _windows(spans: Sequence[tuple[int, int]], length: int) -> list[tuple[int, int]]:
    """Return what is shown of a text with *spans* that count; without any its beginning."""
    found: list[tuple[int, int]] = []
    for start, end in sorted(spans) or [(0, 0)]:
        start, end = max(0, start - _AROUND), min(length, end + _AROUND)  # noqa: PLW2901 - widened
        if found and start <= found[-1][1]:
            start, end = found.pop()[0], max(end, found[-1][1] if found else end)  # noqa: PLW2901 - joined
        found.append((start, end))
    return found


# --- the tree ---------------------------------------------------------------------------------


def tree(explanation: Explanation, console: Console) -> Iterator[Text]:
    """Yield the lines of everything that is asked, each part below what it is a part of.

    Long lines are broken where people read, and the rest of one stands below its beginning.
    """
    signs = Signs.of(console)
    for reason in explanation.reasons:
        for guide, below, label in _branch(_Part(reason), signs):
            yield from _broken(f"  {guide}", f"  {below}", label, console)


@dataclass(frozen=True, slots=True)
class _Part:
    reason: Reason
    #: It belongs to something that must not stand there.
    vetoes: bool = False
    #: Nothing above it is met without it.
    matters: bool = True

    def below(self) -> Iterator[_Part]:
        reason = self.reason
        vetoes = self.vetoes or reason.what in _VETOES
        for part in reason.parts:
            yield _Part(part, vetoes, self.matters and not reason.met)


def _branch(part: _Part, signs: Signs) -> Iterator[tuple[str, str, Text]]:
    """Yield lines: what stands before the first and before the others of each, and its text."""
    yield "", "", _label(part, signs)
    if _is_nowhere(part.reason):
        return
    parts = list(part.below())
    alone = [each for each in parts if _is_nowhere(each.reason) and not each.reason.parts]
    folded = alone if len(alone) > 1 else []
    # By their places: alternatives may be equal.
    told = [each for each in parts if not any(each is one for one in folded)]
    rows = [list(_branch(each, signs)) for each in told]
    if folded:
        rows.append([("", "", _folded(folded, signs))])
    for number, lines in enumerate(rows, 1):
        first, others = signs.last if number == len(rows) else signs.fork
        for place, (guide, below, label) in enumerate(lines):
            yield (others if place else first) + guide, others + below, label


def _broken(first: str, others: str, label: Text, console: Console) -> Iterator[Text]:
    # Below the text, not below the sign.
    others += "  "
    room = console.width - len(others)
    if console.soft_wrap or room < _NARROWEST:
        yield Text.assemble((first, "dim"), label)
        return
    for number, line in enumerate(label.wrap(console, room)):
        line.rstrip()
        yield Text.assemble((others if number else first, "dim"), line)


def _folded(parts: Sequence[_Part], signs: Signs) -> Text:
    names = ", ".join(part.reason.what for part in parts)
    return signs.text(parts[0]).append(f" {_NOWHERE}: {printable(names)}", "dim")


def _label(part: _Part, signs: Signs) -> Text:
    reason = part.reason
    label = signs.text(part)
    if reason.parts and _is_nowhere(reason):
        return _nowhere(label, reason)
    label.append(f" {printable(reason.what)}")
    said = [printable(reason.why)] if reason.why else []
    said += [] if reason.parts else surfaces(reason.evidence)
    if not said:
        return label
    is_plain = part.vetoes or reason.met or not part.matters
    return label.append(": ").append("; ".join(said), "dim" if is_plain else "red")


def _nowhere(label: Text, reason: Reason) -> Text:
    """Append to *label* that nothing of *reason* stands in the article."""
    names = list(map(printable, terms(reason)))
    if reason.what == ONE_OF and len(names) > 1:
        return label.append(f" none stands there: {', '.join(names)}", "dim")
    said = (
        f"none of {', '.join(names)} stands there" if len(names) > 1 else f"{names[0]} {_NOWHERE}"
    )
    return label.append(f" {printable(reason.what)}").append(f": {said}", "dim")


def _is_nowhere(reason: Reason) -> bool:
    """Tell whether no word of *reason*, or of what it consists of, stands in the article."""
    if reason.parts:
        plain = reason.what.startswith(ONE_OF) or reason.what in _VETOES
        return plain and not reason.why and all(map(_is_nowhere, reason.parts))
    return reason.why == _NOWHERE and not reason.evidence


def terms(reason: Reason) -> Iterator[str]:
    """Yield the terms of which *reason* consists, as their author wrote them."""
    for part in reason.parts:
        if part.parts:
            yield from terms(part)
        else:
            yield part.what


def surfaces(evidence: Iterable[Evidence]) -> list[str]:
    """Return where words stand, and how they were recognised; the same ones once."""
    found = Counter((one.surface, one.term, one.how.value, one.field.value) for one in evidence)
    told = [
        f"“{printable(surface)}”{_meant(surface, term)} ({how}) in {field}"
        + (f", {count} times" if count > 1 else "")
        for (surface, term, how, field), count in found.items()
    ]
    more = len(told) - PLACES
    return told[:PLACES] + ([f"and {more} more"] if more > 0 else [])


def _meant(surface: str, term: str) -> str:
    return "" if surface.casefold() == term.casefold() else f" = {printable(term)}"
