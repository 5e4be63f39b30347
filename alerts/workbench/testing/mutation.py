"""Which parts of the rule files would no test miss?

A mutant is noticed when a test that holds does not hold for it.  Run are the tests of the watchlists that
the mutant changes, and of those each until one notices.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import Enum, auto

from alerts.model import RuleSet, Watchlist
from alerts.watchlists.meaning.circumstances import known_publishers
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.rule_tests import RuleTest
from alerts.workbench.testing.examples import Example, Seeker
from alerts.workbench.testing.mutants import Mutant
from alerts.workbench.testing.trial import Trial


@dataclass(frozen=True, slots=True)
class Survivor:
    """A mutant that no test noticed."""

    mutant: Mutant
    #: A test that would; None: none was found.
    example: Example | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Survey:
    """What became of all mutants."""

    noticed: int
    #: In the order of the files, like the next ones.
    survivors: tuple[Survivor, ...]
    #: Mutants that find what was tried all the same: another part finds it too.
    needless: tuple[Mutant, ...]

    @property
    def score(self) -> float | None:
        """Return how many of those that can be noticed were, 0 to 1; None: there are none."""
        all_ = self.noticed + len(self.survivors)
        return self.noticed / all_ if all_ else None


def survey(
    rules: RuleSet,
    mutants: Iterable[Mutant],
    tests: Sequence[RuleTest],
    *,
    advance: Callable[[int], None] = lambda _count: None,
) -> Survey:
    """Run the *tests*, which hold, on each of the *mutants*; *advance* hears of each that is done.

    Mutants of one watchlist should follow one another: it is compiled once for them.
    """
    room = _Room(rules, tests)
    noticed, survivors, needless = 0, [], []
    for mutant in mutants:
        fate = room.fate(mutant)
        match fate:
            case Fate.NOTICED:
                noticed += 1
            case Fate.NEEDLESS:
                needless.append(mutant)
            case _:
                survivors.append(Survivor(mutant, fate))
        advance(1)
    return Survey(noticed=noticed, survivors=tuple(survivors), needless=tuple(needless))


class Fate(Enum):
    """What may become of a mutant that does not survive."""

    NOTICED = auto()
    NEEDLESS = auto()


class _Room:
    """What the mutants of one set of rules share."""

    def __init__(self, rules: RuleSet, tests: Sequence[RuleTest]) -> None:
        self._rules = rules
        self._publishers = known_publishers(rules.feeds)
        self._lexicon = Lexicon.shipped(rules.entities)
        self._watchlists = {each.id: each for each in rules.watchlists}
        self._tests: dict[str, list[RuleTest]] = {}
        for test in tests:
            self._tests.setdefault(test.watchlist, []).append(test)
        #: Of the watchlist that was tried last: as it is, and to be changed.
        self._id = ""
        self._pair: tuple[Trial, Trial] | None = None

    def fate(self, mutant: Mutant) -> Fate | Example | None:
        """Return what becomes of *mutant*: of a survivor, the test that would notice it, if one is found."""
        trials = []
        for id_, trial in self._trials(mutant):
            if any(trial.fails(test) for test in self._likely_first(mutant, id_)):
                return Fate.NOTICED
            trials.append((id_, trial))
        seekers = [self._seeker(mutant, *each) for each in trials]
        for seeker in seekers:
            find = seeker.of_severity if mutant.kind == "severity" else seeker.example
            if (found := find()) is not None:
                return found
        return Fate.NEEDLESS if all(seeker.is_needless for seeker in seekers) else None

    def _seeker(self, mutant: Mutant, id_: str, changed: Trial) -> Seeker:
        original, _ = self._of(id_)
        return Seeker(
            mutant=mutant,
            before=self._watchlists[id_],
            after=mutant.watchlists[id_],
            tests=self._tests[id_],
            original=original,
            changed=changed,
            lexicon=self._lexicon,
        )

    def _trials(self, mutant: Mutant) -> Iterator[tuple[str, Trial]]:
        """Yield each watchlist that *mutant* changes, and that has tests, changed."""
        lexicon = self._lexicon_of(mutant)
        for id_, watchlist in mutant.watchlists.items():
            if id_ not in self._tests:
                continue
            if lexicon is not None and watchlist is not None:
                yield id_, Trial(self._rules, watchlist, lexicon, self._publishers)
                continue
            _, changed = self._of(id_)
            changed.put(watchlist)
            yield id_, changed

    def _of(self, id_: str) -> tuple[Trial, Trial]:
        if self._pair is None or self._id != id_:
            self._pair = self._made(self._watchlists[id_]), self._made(self._watchlists[id_])
            self._id = id_
        return self._pair

    def _made(self, watchlist: Watchlist) -> Trial:
        return Trial(self._rules, watchlist, self._lexicon, self._publishers)

    def _lexicon_of(self, mutant: Mutant) -> Lexicon | None:
        """Return what names mean if *mutant* changes an entity."""
        if not mutant.entities:
            return None
        return Lexicon.shipped(ChainMap({**mutant.entities}, {**self._rules.entities}))

    def _likely_first(self, mutant: Mutant, id_: str) -> list[RuleTest]:
        """Return the tests of a watchlist, those first that hold the words which *mutant* lacks."""
        words = mutant.part.strip("'\"").casefold()
        return sorted(self._tests[id_], key=lambda test: words not in _text(test).casefold())


def _text(test: RuleTest) -> str:
    article = test.article
    return f"{article.title} {article.summary} {article.content}"
