"""Tests inside watchlists, run on the production path: what was asked for, and what came instead.

Pure but for the stopwatch: nothing is stored, sent or read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from time import perf_counter
from typing import Final

from alerts.alerting.routing import Answer, walk
from alerts.alerting.sightings import RulesInForce
from alerts.matching import Matcher
from alerts.matching.explain import explain
from alerts.matching.reasons import Explanation
from alerts.model import Article, Destination, Match, Route, RoutedMatch, RuleSet, Status, Watchlist
from alerts.text.tokens import tokenize
from alerts.watchlists.meaning.circumstances import known_publishers
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.rule_tests import RuleTest

#: When an article comes that says neither `at` nor when it was published: Monday noon.
NOON: Final = datetime(2026, 3, 2, 12, tzinfo=UTC)
#: Watchlists that are compiled together: what they share is made once, what they match is not asked for.
_TOGETHER = 20


class Asked(StrEnum):
    """What a test asks for."""

    MATCH = "match"
    NO_MATCH = "no-match"
    EVIDENCE = "evidence"
    SEVERITY = "severity"
    RECEIVERS = "receivers"


@dataclass(frozen=True, slots=True)
class Failure:
    """One thing that a test asked for and did not get."""

    asked: Asked
    message: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What came of one test."""

    test: RuleTest
    #: When its article came.
    at: datetime
    #: Empty: the test holds.
    failures: tuple[Failure, ...] = ()
    #: None: the watchlist did not match.
    match: Match | None = None
    destinations: tuple[Destination, ...] = ()
    #: Where receivers were missed: the nodes of the routing tree that took the match, each with those
    #: above it, the root first.
    routes: tuple[tuple[Route, ...], ...] = ()
    #: Where a match was missed: what kept it away.
    explanation: Explanation | None = None
    took: timedelta = timedelta(0)

    @property
    def passed(self) -> bool:
        """Whether everything came as it was asked for."""
        return not self.failures


def arrival(test: RuleTest) -> datetime:
    """Return when the article of *test* comes: `at`, or when it was published, or a Monday noon."""
    return test.at or test.article.published_at or NOON


def arrived(test: RuleTest) -> Article:
    """Return the article of *test* as a poll at that time would have seen it."""
    return replace(test.article, seen_at=arrival(test))


def outcome(rules: RulesInForce, test: RuleTest) -> RoutedMatch | None:
    """Return what becomes of the article of *test* by its watchlist alone."""
    routed = rules.routed(arrived(test), now=arrival(test))
    return next((one for one in routed if one.match.watchlist == test.watchlist), None)


def failures(test: RuleTest, found: RoutedMatch | None) -> tuple[Failure, ...]:
    """Return what *test* asks for and *found* is not."""
    if found is None:
        missed = Failure(Asked.MATCH, "it does not match, and should")
        return (missed,) if test.expects_match else ()
    if not test.expects_match:
        return (Failure(Asked.NO_MATCH, "it matches, and should not"),)
    return (*_evidence(test, found), *_severity(test, found), *_receivers(test, found))


def _evidence(test: RuleTest, found: RoutedMatch) -> Iterator[Failure]:
    surfaces = {_folded(one.surface) for one in found.match.evidence}
    if missed := [words for words in test.evidence if _folded(words) not in surfaces]:
        there = ", ".join(dict.fromkeys(f"'{one.surface}'" for one in found.match.evidence))
        wanted = " and ".join(f"'{words}'" for words in missed)
        yield Failure(Asked.EVIDENCE, f"{wanted} did not count; what did: {there}")


def _severity(test: RuleTest, found: RoutedMatch) -> Iterator[Failure]:
    if test.severity not in (None, found.match.severity):
        message = f"the severity is {found.match.severity}, and should be {test.severity}"
        yield Failure(Asked.SEVERITY, message)


def _receivers(test: RuleTest, found: RoutedMatch) -> Iterator[Failure]:
    told = {one.receiver for one in found.destinations if not one.is_dropped}
    if missed := [name for name in test.receivers if name not in told]:
        why = "" if found.destinations else f": {_why_nobody(found.match)}"
        yield Failure(Asked.RECEIVERS, f"{' and '.join(missed)} would not hear of it{why}")


def _why_nobody(match: Match) -> str:
    if match.is_held:
        return f"the match is held, since the {' and '.join(match.unknown)} is not known"
    return "the watchlist is experimental"


def _folded(text: str) -> tuple[str, ...]:
    return tuple(token.word.folded for token in tokenize(text))


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcomes:
    """What came of all tests, in the order of the files."""

    verdicts: tuple[Verdict, ...]
    #: Tests of watchlists that are off: nothing matches those.
    idle: tuple[RuleTest, ...] = ()

    @property
    def failed(self) -> tuple[Verdict, ...]:
        """Those of tests that do not hold."""
        return tuple(one for one in self.verdicts if not one.passed)


def run(
    rules: RuleSet,
    tests: Sequence[RuleTest],
    *,
    advance: Callable[[int], None] = lambda _count: None,
) -> Outcomes:
    """Put the article of each test on the production path; *advance* hears of each that is done.

    Only watchlists with tests are compiled, some at a time: none changes what another one matches, and
    what the others match would only cost time.
    """
    off = {each.id for each in rules.watchlists if each.status is Status.OFF}
    awake = [test for test in tests if test.watchlist not in off]
    verdicts: dict[int, Verdict] = {}
    for bench, numbers in _benches(rules, awake):
        # The matcher keeps the tables of eight languages, and files often have more.
        for number in sorted(numbers, key=lambda number: awake[number].article.language):
            verdicts[number] = bench.verdict(awake[number])
            advance(1)
    return Outcomes(
        verdicts=tuple(verdicts[number] for number in sorted(verdicts)),
        idle=tuple(test for test in tests if test.watchlist in off),
    )


def _benches(rules: RuleSet, tests: Sequence[RuleTest]) -> Iterator[tuple[_Bench, list[int]]]:
    """Yield some of the watchlists at a time, with the numbers of their tests."""
    lexicon = Lexicon.shipped(rules.entities)
    of_watchlist: dict[str, list[int]] = {}
    for number, test in enumerate(tests):
        of_watchlist.setdefault(test.watchlist, []).append(number)
    tested = [each for each in rules.watchlists if each.id in of_watchlist]
    for first in range(0, len(tested), _TOGETHER):
        chosen = tested[first : first + _TOGETHER]
        numbers = [number for each in chosen for number in of_watchlist[each.id]]
        yield _Bench(rules, chosen, lexicon), numbers


class _Bench:
    """Some watchlists of a set of rules, which tests are put to."""

    def __init__(self, rules: RuleSet, watchlists: Sequence[Watchlist], lexicon: Lexicon) -> None:
        self._lexicon = lexicon
        self._publishers = known_publishers(rules.feeds)
        self._rules = RulesInForce(
            rules=rules,
            matcher=Matcher(watchlists, lexicon, self._publishers),
            watchlists={each.id: each for each in watchlists},
        )

    def verdict(self, test: RuleTest) -> Verdict:
        begun = perf_counter()
        found = outcome(self._rules, test)
        failed = failures(test, found)
        asked = {each.asked for each in failed}
        return Verdict(
            test=test,
            at=arrival(test),
            failures=failed,
            match=found.match if found else None,
            destinations=found.destinations if found else (),
            routes=self._routes(found, test) if found and Asked.RECEIVERS in asked else (),
            explanation=self._explanation(test) if Asked.MATCH in asked else None,
            took=timedelta(seconds=perf_counter() - begun),
        )

    def _explanation(self, test: RuleTest) -> Explanation:
        watchlist = self._rules.watchlists[test.watchlist]
        return explain(watchlist, arrived(test), self._lexicon, self._publishers)

    def _routes(self, found: RoutedMatch, test: RuleTest) -> tuple[tuple[Route, ...], ...]:
        rules = self._rules.rules
        return tuple(
            _way(rules.route, asked.place)
            for asked in walk(rules.route, found.labels, rules.intervals, arrival(test))
            if asked.answer is Answer.TAKES
        )


def _way(root: Route, place: tuple[int, ...]) -> tuple[Route, ...]:
    """Return the nodes on the way to *place*, the root first."""
    way = [root]
    for number in place:
        way.append(way[-1].routes[number])
    return tuple(way)
