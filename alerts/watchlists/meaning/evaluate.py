"""What a watchlist means: the plain evaluator, slow and obviously right.

`alerts.matching` must answer the same, and is tested against it.  Read the functions below as the
definition of each operator, and those of `standing` as that of each term; RULES.md says it in the
author's words.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from alerts.model import (
    All,
    Any,
    Article,
    AtLeast,
    Condition,
    Evidence,
    Field,
    How,
    InField,
    Match,
    Near,
    Not,
    Publisher,
    Score,
    Watchlist,
)
from alerts.watchlists.meaning.circumstances import NOBODY, match_of, unknown_facts
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.meaning.standing import FIELDS, Standing
from alerts.watchlists.meaning.stretches import Found, Stretch, across, between, merged

Fields = tuple[Field, ...]
_TRUST = {how: rank for rank, how in enumerate(How)}


def evaluate(
    watchlist: Watchlist,
    article: Article,
    lexicon: Lexicon,
    publishers: Mapping[str, Publisher] = NOBODY,
) -> Match | None:
    """Return how *article* meets *watchlist*, or None if it does not; the status is not asked.

    Evidence stands in the order of the article, and holds the words of the positive terms that were
    met.  Where there is none (a condition that only forbids), nothing was met.  The mask blanks
    spans for the exclusion too: what is blanked neither matches nor vetoes.
    """
    unknown = unknown_facts(watchlist, article, publishers)
    if unknown is None:
        return None
    reading = _Reading(Standing(article, lexicon))
    reading.standing.mask(watchlist.mask)
    found = reading.find(watchlist.condition, watchlist.fields)
    if found is None:
        return None
    if watchlist.exclude and reading.find(watchlist.exclude, watchlist.fields) is not None:
        return None
    evidence = _in_order(found)
    return match_of(watchlist, article, evidence, unknown) if evidence else None


def _in_order(found: Iterable[Stretch]) -> tuple[Evidence, ...]:
    """Return each span and term once, with the most trustworthy way in which it was met."""
    met: dict[tuple[int, int, int, str], Evidence] = {}
    every = (one for stretch in found for one in stretch.evidence)
    for one in sorted(every, key=lambda one: _TRUST[one.how]):
        met.setdefault((FIELDS.index(one.field), one.start, one.end, one.term), one)
    return tuple(met[key] for key in sorted(met))


@dataclass(frozen=True, slots=True)
class _Reading:
    """One article, read for one watchlist."""

    standing: Standing

    def find(self, condition: Condition, fields: Fields) -> Found:
        """Return what is found of *condition* in *fields*."""
        match condition:
            case All(parts):
                return self.all_of([self.find(part, fields) for part in parts])
            case Any(parts):
                return self.any_of([self.find(part, fields) for part in parts])
            case Not(part):
                return self.not_found(part, fields)
            case Near():
                return self.near(condition, fields)
            case AtLeast(count, part):
                return self.at_least(count, self.find(part, fields))
            case InField(one, part):
                return self.find(part, (one,))
            case Score():
                return self.score(condition, fields)
            case _:
                return self.standing.stretches((condition,), fields) or None

    def all_of(self, parts: list[Found]) -> Found:
        """AND: every part is met."""
        met = [part for part in parts if part is not None]
        return [hit for part in met for hit in part] if len(met) == len(parts) else None

    def any_of(self, parts: list[Found]) -> Found:
        """OR: some part is met; all parts that are met take part."""
        met = [part for part in parts if part is not None]
        return [hit for part in met for hit in part] if met else None

    def not_found(self, part: Condition, fields: Fields) -> Found:
        """NOT: the part is not met.

        It passes inwards, by De Morgan's laws: NOT NOT a is a, with its evidence.
        """
        match part:
            case Not(inner):
                return self.find(inner, fields)
            case All(parts):
                return self.any_of([self.not_found(one, fields) for one in parts])
            case Any(parts):
                return self.all_of([self.not_found(one, fields) for one in parts])
            case InField(one, inner):
                return self.not_found(inner, (one,))
            case _:
                return [] if self.find(part, fields) is None else None

    def near(self, condition: Near, fields: Fields) -> Found:
        """NEAR: a stretch of each side in one field, apart, with few enough tokens between.

        What is found reaches from one side to the other, and a NEAR around it counts from there.
        Stretches that begin and end at the same words are one, with the evidence of all.
        """
        left = self.find(condition.left, fields) or []
        right = self.find(condition.right, fields) or []
        pairs = [(one, other) for one in left for other in right if one.field is other.field]
        found = [
            across(one, other)
            for one, other in pairs
            if one.end <= other.start or (other.end <= one.start and not condition.ordered)
            if between(one, other) <= condition.distance
        ]
        return merged(found) or None

    def at_least(self, count: int, found: Found) -> Found:
        """ATLEAST: so many stretches that do not overlap, over all fields together."""
        taken: list[Stretch] = []
        # Those that end first leave the most room for others.
        for hit in sorted(found or (), key=lambda hit: (FIELDS.index(hit.field), hit.end)):
            if not taken or taken[-1].field is not hit.field or taken[-1].end <= hit.start:
                taken.append(hit)
        return found if len(taken) >= count else None

    def score(self, condition: Score, fields: Fields) -> Found:
        """Score: the weights of the met parts reach the threshold.

        However often a part stands there, it counts once; where one of its stretches lies in the
        title, it counts `title_factor` times, whatever its sign.
        """
        total, found = 0.0, []
        for part, weight in condition.terms:
            hits = self.find(part, fields)
            if hits is None:
                continue
            in_title = any(hit.field is Field.TITLE for hit in hits)
            total += weight * (condition.title_factor if in_title else 1.0)
            if weight > 0:
                found += hits
        return found if total >= condition.threshold else None
