"""What an explanation consists of, and how it reads in a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from alerts.model import Evidence

#: Words of the article that are shown of one part.
_SHOWN = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Reason:
    """A part of what a watchlist asks for, and whether the article meets it."""

    #: As an author writes it: `"air strike"`, `title:Idlib`, `NEAR/5`, `all of`.
    what: str
    #: How many parts below (or this one) would have to be otherwise for it to be met; 0: it is.
    short: int
    #: What keeps it from being met, where its parts do not say so; what lets a weak alias count.
    why: str = ""
    #: The words that met it, or of what is not met those that nearly did.
    evidence: tuple[Evidence, ...] = ()
    parts: tuple[Reason, ...] = ()
    #: Of NEAR, ATLEAST and score that are not met: the distance, count or sum that is there.
    reached: float | None = None

    @property
    def met(self) -> bool:
        """Whether the article meets it."""
        return self.short == 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Explanation:
    """Why an article meets a watchlist, or does not; the status of the watchlist is not asked."""

    #: `Watchlist.id`, `Watchlist.title` and `Article.id`.
    watchlist: str
    title: str
    article: str
    #: What is asked besides words.
    facts: tuple[Reason, ...]
    #: The same tree as `Watchlist.condition`, but for NOT, which is passed inwards.
    condition: Reason
    #: That some word stands there, where none does, and the exclusion.
    provisos: tuple[Reason, ...]

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """Everything that must be met."""
        return (*self.facts, self.condition, *self.provisos)

    @property
    def met(self) -> bool:
        """Whether it is a match; as the matcher decides, of a watchlist that is not off."""
        return self.nearest == 0

    @property
    def nearest(self) -> int:
        """How many parts would have to be otherwise for a match: 1 is the nearest miss."""
        return sum(reason.short for reason in self.reasons)


def as_text(explanation: Explanation) -> str:
    """Return *explanation* for a terminal: a line for each part, `+` met and `-` not met.

    What the article could do to a terminal is taken out.
    """
    lines = [_verdict(explanation)]
    for reason in explanation.reasons:
        lines += _lines(reason, depth=1)
    return "\n".join(map(_printable, lines))


def _verdict(explanation: Explanation) -> str:
    name = f"{explanation.watchlist} ({explanation.title})"
    if explanation.met:
        return f"{name}: match"
    count = explanation.nearest
    return f"{name}: no match, {count} {'part' if count == 1 else 'parts'} short"


def _lines(reason: Reason, depth: int) -> Iterator[str]:
    said = ", ".join(filter(None, (reason.why, _words(reason.evidence))))
    sign = "+" if reason.met else "-"
    yield f"{'  ' * depth}{sign} {reason.what}{': ' * bool(said)}{said}"
    for part in reason.parts:
        yield from _lines(part, depth + 1)


def _words(evidence: Iterable[Evidence]) -> str:
    several = [
        f'"{one.surface}" at {one.field.value} {one.start}-{one.end} ({one.how.value})'
        for one in evidence
    ]
    more = len(several) - _SHOWN
    return ", ".join(several[:_SHOWN]) + f" and {more} more" * (more > 0)


def _printable(line: str) -> str:
    return "".join(letter if letter.isprintable() else " " for letter in line)
