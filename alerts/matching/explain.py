"""Why an article meets a watchlist or does not: the condition as a tree, with what is missing.

Whether a part is met is asked of the nodes and the reading that the matcher uses; a second opinion
would be another evaluator.  What only explains (`misses`, distances, sums) decides nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from functools import cached_property

from alerts.matching.misses import Misses
from alerts.matching.nodes import (
    AbsentNode,
    AllNode,
    AnyNode,
    AtLeastNode,
    Found,
    LeafNode,
    NearNode,
    Node,
    ScoreNode,
    Sight,
    compiled,
)
from alerts.matching.reading import FIELDS, TITLE, Part, Reading, Stretch
from alerts.matching.reasons import Explanation, Reason
from alerts.model import (
    Article,
    Evidence,
    How,
    Publisher,
    Publishers,
    Unknown,
    Watchlist,
)
from alerts.watchlists.meaning.circumstances import NOBODY, unknown_facts
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.query.printing import to_text
from alerts.watchlists.values import brief, duration


def explain(
    watchlist: Watchlist,
    article: Article,
    lexicon: Lexicon,
    publishers: Mapping[str, Publisher] = NOBODY,
) -> Explanation:
    """Return why *article* meets *watchlist*, or what keeps it from that."""
    explainer = _Explainer(watchlist, Misses(article, lexicon), asks_why=True)
    return _explanation(watchlist, article, publishers, explainer)


def explain_all(
    watchlists: Iterable[Watchlist],
    article: Article,
    lexicon: Lexicon,
    publishers: Mapping[str, Publisher] = NOBODY,
) -> list[Explanation]:
    """Return how *article* fares with each of *watchlists*, at a glance.

    It is read once for all of them, and why a term does not stand there, which takes longest, is left
    out: `explain` says it of those that matter.
    """
    misses = Misses(article, lexicon)
    asked = [(each, _Explainer(each, misses, asks_why=False)) for each in watchlists]
    return [_explanation(each, article, publishers, explainer) for each, explainer in asked]


def _explanation(
    watchlist: Watchlist,
    article: Article,
    publishers: Mapping[str, Publisher],
    explainer: _Explainer,
) -> Explanation:
    condition, *provisos = explainer.reasons()
    return Explanation(
        watchlist=watchlist.id,
        title=watchlist.title,
        article=article.id,
        facts=tuple(_facts(watchlist, article, publishers)),
        condition=condition,
        provisos=tuple(provisos),
    )


class _Explainer:
    """One watchlist and one article, which is not read before all its terms were taken."""

    def __init__(self, watchlist: Watchlist, misses: Misses, *, asks_why: bool) -> None:
        self._misses, self._asks_why = misses, asks_why
        self._fields = frozenset(map(FIELDS.index, watchlist.fields))
        take, veto = misses.take, watchlist.exclude
        self._node = compiled(watchlist.condition, watchlist.fields, take)
        self._veto = compiled(veto, watchlist.fields, take) if veto is not None else None
        self._mask = tuple(map(take, watchlist.mask))

    @cached_property
    def _reading(self) -> Reading:
        return self._misses.reading

    @cached_property
    def _sight(self) -> Sight:
        reading = self._reading
        return Sight(reading, reading.spans(self._mask) if self._mask else None)

    def reasons(self) -> Iterator[Reason]:
        condition = self.reason(self._node)
        yield condition
        if condition.met and not self._node.find(self._sight):
            yield Reason(what="something that stands there", short=1, why="no word met it")
        if self._veto is not None:
            yield self._exclusion(self._veto)

    def _exclusion(self, veto: Node) -> Reason:
        reason = self.reason(veto)
        if reason.met:
            return Reason(
                what="not excluded", short=1, why="it vetoes the article", parts=(reason,)
            )
        return Reason(what="not excluded", short=0, parts=(reason,))

    def reason(self, node: Node) -> Reason:
        """Return whether *node* is met, and why."""
        found = node.find(self._sight)
        match node:
            case LeafNode():
                return self._term(node, found)
            case AllNode(parts=parts):
                reasons = tuple(map(self.reason, parts))
                return Reason(what="all of", short=_sum(reasons), parts=reasons)
            case AnyNode(parts=parts):
                reasons = tuple(map(self.reason, parts))
                short = min(one.short for one in reasons)
                return Reason(what="one of", short=short, parts=reasons)
            case AbsentNode(part=part):
                why = "" if found is not None else "it stands there"
                inner = (self.reason(part),)
                return Reason(what="NOT", short=int(found is None), why=why, parts=inner)
            case NearNode():
                return self._near(node, found)
            case AtLeastNode():
                return self._at_least(node, found)
            case ScoreNode():
                return self._score(node, found)

    def _term(self, node: LeafNode, found: Found) -> Reason:
        what = self._misses.name(node.leaf)
        if node.fields != self._fields:
            what = f"{','.join(FIELDS[each].value for each in sorted(node.fields))}:{what}"
        if found is not None:
            evidence = self._evidence(found)
            return Reason(what=what, short=0, why=self._support(node, evidence), evidence=evidence)
        if not self._asks_why:
            return Reason(what=what, short=1)
        miss = self._misses.of(node.leaf, node.fields, self._mask)
        return Reason(what=what, short=1, why=miss.why, evidence=miss.evidence)

    def _support(self, node: LeafNode, evidence: Iterable[Evidence]) -> str:
        """Say what lets a weak alias among *evidence* count."""
        if all(one.how is not How.WEAK_ALIAS for one in evidence):
            return ""
        support = [one.term for one in node.leaf.support if self._reading.stands(one, None)]
        return f"supported by {', '.join(map(to_text, support)) or 'another of its names'}"

    def _near(self, node: NearNode, found: Found) -> Reason:
        parts = self.reason(node.left), self.reason(node.right)
        what = f"{'ONEAR' if node.ordered else 'NEAR'}/{node.distance}"
        if found is not None:
            return Reason(what=what, short=0, evidence=self._evidence(found), parts=parts)
        left, right = node.left.find(self._sight), node.right.find(self._sight)
        why, apart = ("", None) if left is None or right is None else _apart(node, left, right)
        return Reason(what=what, short=_sum(parts) or 1, why=why, parts=parts, reached=apart)

    def _at_least(self, node: AtLeastNode, found: Found) -> Reason:
        part = self.reason(node.part)
        what = f"ATLEAST/{node.count}"
        if found is not None:
            return Reason(what=what, short=0, parts=(part,))
        fewer = (AtLeastNode(count, node.part) for count in range(node.count - 1, 0, -1))
        count = next((each.count for each in fewer if each.find(self._sight) is not None), 0)
        why = f"{count} of {node.count}"
        return Reason(what=what, short=part.short or 1, why=why, parts=(part,), reached=count)

    def _score(self, node: ScoreNode, found: Found) -> Reason:
        total, parts = 0.0, []
        for part, weight in node.terms:
            reason, hits = self.reason(part), part.find(self._sight)
            in_title = any(one.field == TITLE for one in hits or ())
            counted = weight * (node.title_factor if in_title else 1.0) if hits is not None else 0.0
            total += counted
            times = f" ({weight:g} x {node.title_factor:g} in the title)" * in_title
            what = f"{reason.what} counts {counted:g} of {weight:g}{times}"
            parts.append(replace(reason, what=what))
        why = f"{total:g} of {node.threshold:g}"
        short = int(found is None)
        return Reason(what="score", short=short, why=why, parts=tuple(parts), reached=total)

    def _evidence(self, found: Sequence[Stretch]) -> tuple[Evidence, ...]:
        parts: dict[Part, None] = dict.fromkeys(part for one in found for part in one.parts)
        return tuple(map(self._reading.evidence, sorted(parts)))


def _sum(reasons: Iterable[Reason]) -> int:
    return sum(one.short for one in reasons)


def _apart(
    node: NearNode, left: Sequence[Stretch], right: Sequence[Stretch]
) -> tuple[str, int | None]:
    """Say how far the nearest of *left* and *right* are from one another, and count it."""
    pairs = [(one, other) for one in left for other in right if one.field == other.field]
    apart = [
        (max(one.first, other.first) - min(one.last, other.last), one.end <= other.start)
        for one, other in pairs
        if one.end <= other.start or other.end <= one.start
    ]
    if not pairs:
        return ("they stand in different fields" if left and right else "a side is no word"), None
    if not apart:
        return "the same words are both sides", None
    in_order = [each for each in apart if each[1]] if node.ordered else apart
    if not in_order:
        return "they stand in the other order", min(apart)[0]
    nearest = min(in_order)[0]
    return f"nearest distance {nearest} of {node.distance}", nearest


# --- what is asked besides words --------------------------------------------------------------

_LEFT_OPEN = {
    Unknown.PASS: "the article does not say, and passes",
    Unknown.HOLD: "the article does not say, and is held",
    Unknown.DROP: "the article does not say, and is dropped",
}


def _facts(
    watchlist: Watchlist, article: Article, publishers: Mapping[str, Publisher]
) -> Iterator[Reason]:
    """Yield each thing that is asked besides words, put alone to the code that decides it."""
    plain = replace(
        watchlist, languages=(), max_age=None, publishers=Publishers(), unknown=Unknown.PASS
    )
    for what, asked, otherwise in _asked(watchlist, plain, article):
        open_facts = unknown_facts(asked, article, publishers)
        if open_facts is None:
            yield Reason(what=what, short=1, why=otherwise)
        elif open_facts:
            short = int(watchlist.unknown is Unknown.DROP)
            yield Reason(what=what, short=short, why=_LEFT_OPEN[watchlist.unknown])
        else:
            yield Reason(what=what, short=0)


def _asked(
    watchlist: Watchlist, plain: Watchlist, article: Article
) -> Iterator[tuple[str, Watchlist, str]]:
    """Yield what is asked, a watchlist that asks nothing else, and what is said if it is not so."""
    wanted = watchlist.publishers
    if languages := watchlist.languages:
        other = f"the article is in {article.language}"
        yield f"in {_either(languages)}", replace(plain, languages=languages), other
    if (age := watchlist.max_age) is not None:
        other = f"it was {_age(article)} old when it was seen"
        yield f"at most {_span(age)} old", replace(plain, max_age=age), other
    by = f"it is by {article.publisher}"
    if wanted.only:
        only = replace(plain, publishers=Publishers(only=wanted.only))
        yield f"published by {_either(wanted.only)}", only, by
    if wanted.but:
        but = replace(plain, publishers=Publishers(but=wanted.but))
        yield f"not published by {_either(wanted.but)}", but, by
    if wanted.countries:
        countries = replace(plain, publishers=Publishers(countries=wanted.countries))
        other = "its publisher is in another country"
        yield f"published in {_either(wanted.countries)}", countries, other
    if wanted.reliability:
        rated = replace(plain, publishers=Publishers(reliability=wanted.reliability))
        yield f"rated {wanted.reliability} or better", rated, "its publisher is rated worse"


def _age(article: Article) -> str:
    if article.seen_at is None or article.published_at is None:
        return "of unknown age"
    return _span(max(article.seen_at - article.published_at, timedelta(0)))


def _span(span: timedelta) -> str:
    """Return *span* as rule files write it, with a second unit where it has one: `2d 1h`."""
    whole = brief(span)
    rest = span - duration(whole)
    return f"{whole} {brief(rest)}" if rest >= timedelta(seconds=1) else whole


def _either(several: tuple[str, ...]) -> str:
    return " or ".join(several)
