"""The rules that ship: they load, and every test inside the files holds."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import pytest

from alerts.matching import Matcher
from alerts.model import RuleSet, Status
from alerts.watchlists.evaluate import evaluate
from alerts.watchlists.load import load_rules, load_tests
from alerts.watchlists.rule_tests import RuleTest

FOLDER = Path(__file__).parents[1] / "rules"
TESTS = load_tests(FOLDER)


@cache
def rules() -> RuleSet:
    return load_rules(FOLDER, environment={})


@cache
def matcher() -> Matcher:
    return Matcher(rules().watchlists, rules().entities)


@pytest.mark.parametrize(
    ("watchlist", "test"), TESTS, ids=[f"{watchlist}: {test.name}" for watchlist, test in TESTS]
)
def test_the_tests_inside_the_files_hold(watchlist: str, test: RuleTest) -> None:
    found = {match.watchlist for match in matcher().match(test.article)}
    assert (watchlist in found) is test.expects_match
    meant = next(each for each in rules().watchlists if each.id == watchlist)
    plain = evaluate(meant, test.article, rules().entities) is not None
    assert plain is test.expects_match


def test_they_are_a_working_set() -> None:
    assert len(rules().feeds) >= 30
    assert len({feed.publisher for feed in rules().feeds}) >= 25
    assert len({feed.country for feed in rules().feeds}) >= 20
    assert all(feed.backfill for feed in rules().feeds)
    assert len(rules().watchlists) >= 10
    assert rules().route.receiver == "console"


@pytest.mark.parametrize("watchlist", rules().watchlists, ids=lambda each: each.id)
def test_every_watchlist_has_tests_of_both_kinds(watchlist: object) -> None:
    tests = [test for id_, test in TESTS if id_ == watchlist.id]  # type: ignore[attr-defined]
    assert {test.expects_match for test in tests} == {True, False}


def test_every_watchlist_that_rings_has_an_owner() -> None:
    assert [each.id for each in rules().watchlists if not each.owner] == []
    assert any(each.status is Status.EXPERIMENTAL for each in rules().watchlists)
