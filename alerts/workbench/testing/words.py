"""What an article could say so that a condition is met: bare words, in the order of the condition.

Only a proposal: whether it is met is asked of the matcher.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from alerts.model import (
    All,
    Any,
    Around,
    AtLeast,
    Cased,
    Condition,
    EntityRef,
    InField,
    Inside,
    Keyword,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Regex,
    Score,
    Term,
)
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.workbench.testing.cutting import leaves


@dataclass(frozen=True, slots=True)
class Writer:
    """Writes what conditions ask for."""

    lexicon: Lexicon
    #: Of terms for which the words are given; what has one of them is preferred.
    given: Mapping[Term, str] = field(default_factory=dict)
    #: What is to stand there several times stands there once.
    is_brief: bool = False

    def text(self, condition: Condition) -> str:
        """Return words that meet *condition*; an empty text where none are needed, or known."""
        match condition:
            case All(parts):
                return self._joined(parts)
            case Any(parts):
                return self.text(next(filter(self._has_given, parts), parts[0]))
            case Near(left, right):
                return f"{self.text(left)} {self.text(right)}"
            case InField(_, part):
                return self.text(part)
            case AtLeast(count, part):
                return " and ".join([self.text(part)] * (1 if self.is_brief else count))
            case Not():
                return ""
            case Score():
                return self._joined(self._weighty(condition))
            case _:
                return self.given.get(condition) or next(self.ways(condition), "")

    def ways(self, term: Term) -> Iterator[str]:
        """Yield ways to write *term*, the plainest first."""
        match term:
            case Keyword(text) | Phrase(text) | Cased(text):
                yield text
            case Prefix(text):
                yield from (text, f"{text}s")
            case Regex(pattern):
                yield from (pattern.replace(r"\b", "").replace("?", ""), pattern)
            case EntityRef(id_):
                if entity := self.lexicon.entity(id_):
                    yield from (entity.name, *entity.aliases, *entity.previous_names)
            case Around() | Inside():
                # Their words are folded; the places' own names are not.
                yield from dict.fromkeys(one.term for one in self.lexicon.wordings(term))
            case _:
                if isinstance(term, Name):
                    yield term.text
                for one in self.lexicon.wordings(term):
                    yield " ".join(token.word.written for token in one.tokens)

    def _joined(self, parts: tuple[Condition, ...]) -> str:
        return ", ".join(filter(None, map(self.text, parts)))

    def _has_given(self, condition: Condition) -> bool:
        return any(term in self.given for term in leaves(condition))

    def _weighty(self, score: Score) -> tuple[Condition, ...]:
        """Return parts that reach the threshold in the title, just so: the given one, then light ones."""
        taken = [(part, weight) for part, weight in score.terms if self._has_given(part)]
        others = [each for each in score.terms if each not in taken and each[1] > 0]
        total = sum(max(weight, 0) for _, weight in taken) * score.title_factor
        for part, weight in sorted(others, key=lambda each: each[1]):
            if total >= score.threshold:
                break
            taken.append((part, weight))
            total += weight * score.title_factor
        return tuple(part for part, _ in taken)
