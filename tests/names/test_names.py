"""Our own names are found as well as the last time that somebody measured; docs/names.md has all."""

from __future__ import annotations

import pytest

from tests.names.judging import judge, tallies
from tests.names.sets import own_cases

#: Percent: at least so much recall, at most so many false alarms.  Never loosened.
FOUND = {
    "place/spelling": 98.2,
    "place/native": 96.3,
    "group/spelling": 94.5,
    "group/acronym": 82.0,
    "group/other": 91.5,
    "group/native": 90.5,
    "keyword/inflection": 100.0,
}
FALSE = {"place/not": 2.0, "group/not": 1.7, "keyword/not": 0.6}
LEAST_WATCHES = 60


@pytest.mark.parametrize("kind", ["place", "group", "keyword"])
def test_spellings_are_found_and_look_alikes_are_not(kind: str) -> None:
    for tally in tallies(judge(own_cases(kind))):
        if tally.match:
            assert tally.percent >= FOUND.pop(tally.stratum), tally
        else:
            assert tally.percent <= FALSE.pop(tally.stratum), tally
    assert not any(stratum.startswith(kind) for stratum in {**FOUND, **FALSE})


@pytest.mark.parametrize("kind", ["place", "group", "keyword"])
def test_our_sets_are_large_enough_to_say_something(kind: str) -> None:
    cases = own_cases(kind)
    assert len({case.watch for case in cases}) >= LEAST_WATCHES
    assert {case.match for case in cases} == {True, False}
