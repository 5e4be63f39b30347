"""Which of the tests are meant: by their watchlist, and by a pattern."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from alerts.text.regexes import compile_regex, encodable
from alerts.watchlists.rule_tests import RuleTest


def chosen(
    tests: Iterable[RuleTest], *, watchlists: Sequence[str] = (), pattern: str = ""
) -> list[RuleTest]:
    """Return the tests of *watchlists*, empty: all, in whose `watchlist/name` RE2 finds *pattern*.

    Raises:
        ValueError: RE2 refuses the pattern; the text is its reason.
    """
    wanted = compile_regex(pattern)
    return [
        test
        for test in tests
        if (not watchlists or test.watchlist in watchlists)
        and wanted.search(encodable(f"{test.watchlist}/{test.name}")) is not None
    ]
