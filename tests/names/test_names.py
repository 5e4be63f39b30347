"""Our own names are found as well as the last time that somebody measured; docs/names.md has all."""

from __future__ import annotations

import pytest

from tests.names.judging import judge, tallies
from tests.names.sets import held_out_cases, own_cases, typed_cases

#: Percent: at least so much recall, at most so many false alarms.  Never loosened.
FOUND = {
    "place/spelling": 98.9,
    "place/native": 97.5,
    "group/spelling": 99.6,
    "group/acronym": 96.9,
    "group/other": 95.7,
    "group/native": 99.4,
    "keyword/inflection": 100.0,
}
FALSE = {"place/not": 0.7, "group/not": 0.0, "keyword/not": 0.0}
#: Of the places that nobody tuned for, and of those as subscribers type them.
HELD_OUT = {
    "place/held-out-spelling": 97.4,
    "place/held-out-native": 97.5,
    "place/typed-name": 96.8,
    "place/typed-native": 94.0,
}
HELD_OUT_FALSE = 7.1
LEAST_WATCHES = 60


@pytest.mark.parametrize("kind", ["place", "group", "keyword"])
def test_spellings_are_found_and_look_alikes_are_not(kind: str) -> None:
    for tally in tallies(judge(own_cases(kind))):
        if tally.match:
            assert tally.percent >= FOUND.pop(tally.stratum), tally
        else:
            assert tally.percent <= FALSE.pop(tally.stratum), tally
    assert not any(stratum.startswith(kind) for stratum in {**FOUND, **FALSE})


def test_places_that_were_held_out_are_found_too() -> None:
    found = {each.stratum: each for each in tallies(judge(held_out_cases() + typed_cases()))}
    assert found.pop("place/held-out-not").percent <= HELD_OUT_FALSE
    assert found.keys() == HELD_OUT.keys()
    assert [each for each in found.values() if each.percent < HELD_OUT[each.stratum]] == []


@pytest.mark.parametrize("kind", ["place", "group", "keyword"])
def test_our_sets_are_large_enough_to_say_something(kind: str) -> None:
    cases = own_cases(kind)
    assert len({case.watch for case in cases}) >= LEAST_WATCHES
    assert {case.match for case in cases} == {True, False}
