"""One watchlist on the production path, as its files say and as mutants have it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Final

from alerts.alerting.sightings import RulesInForce
from alerts.matching import Matcher
from alerts.model import Publisher, RoutedMatch, RuleSet, Status, Watchlist
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.rule_tests import RuleTest
from alerts.workbench.testing.running import failures, outcome

#: No watchlist of a rule file has this id.
_KEEPER: Final = ""


class Trial:
    """Runs tests of a watchlist, which can be changed: a change costs a millisecond.

    What a matcher looks for it keeps while somebody asks for it.  So beside the watchlist stands a copy of
    how it was first, for which nothing is ever sent.
    """

    def __init__(
        self,
        rules: RuleSet,
        watchlist: Watchlist,
        lexicon: Lexicon,
        publishers: Mapping[str, Publisher],
    ) -> None:
        keeper = replace(watchlist, id=_KEEPER, status=Status.EXPERIMENTAL)
        self._id = watchlist.id
        self._matcher = Matcher((keeper, watchlist), lexicon, publishers)
        self._in_force = RulesInForce(
            rules=rules,
            matcher=self._matcher,
            watchlists={_KEEPER: keeper, watchlist.id: watchlist},
        )

    def put(self, watchlist: Watchlist | None) -> None:
        """Try *watchlist* from now on; None: there is nothing left of it."""
        if watchlist is not None:
            self._matcher.add(watchlist)
        elif self._id in self._in_force.watchlists:
            self._matcher.remove(self._id)
        known = {_KEEPER: self._in_force.watchlists[_KEEPER]}
        kept = known if watchlist is None else {**known, self._id: watchlist}
        self._in_force = replace(self._in_force, watchlists=kept)

    def outcome(self, test: RuleTest) -> RoutedMatch | None:
        """Return what becomes of the article of *test*."""
        return outcome(self._in_force, test)

    def fails(self, test: RuleTest) -> bool:
        """Tell whether *test* does not hold."""
        return bool(failures(test, self.outcome(test)))
