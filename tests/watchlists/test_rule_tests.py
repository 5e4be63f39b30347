"""Tests inside watchlists: what they may ask for, and what they cannot mean."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from alerts.model import Article, Severity
from alerts.watchlists.load import load_rules, load_tests
from alerts.watchlists.rule_tests import RuleTest, Spot
from tests.watchlists.marked import WITH_KEYWORD, assert_refused, complaints_about

MATCH = "name: n, article: {title: a}, expect: match"
NO_MATCH = "name: n, article: {title: a}, expect: no-match"

BROKEN = [
    ("R214", f"{MATCH}, at: ‸'07:00'", "2026-11-22T07:00:00Z"),
    ("R214", f"{MATCH}, at: ‸2026-11-22", "2026-11-22T07:00:00Z"),
    ("R214", f"{MATCH}, at: ‸2026-11-22T07:00:00", "2026-11-22T07:00:00Z"),
    ("R214", f"{MATCH}, at: ‸2026-11-22T25:00:00Z", "2026-11-22T07:00:00Z"),
    ("R214", f"{MATCH}, at: ‸1763794800", "2026-11-22T07:00:00Z"),
    ("R205", f"{MATCH}, ‸at: ", "delete the key"),
    ("R214", "name: n, expect: match, article: {title: a, published_at: ‸yesterday}", "2026-"),
    ("R201", "name: n, expect: match, article: {title: a, ‸publishd_at: x}", "'published_at'"),
    ("R203", "name: n, expect: match, article: {title: ‸12}", "quotes"),
    ("R205", "name: n, expect: match, article: {title: ‸''}", ""),
    ("R203", "name: n, expect: match, article: ‸sarin", ""),
    ("R204", "name: n, article: {title: a}, expect: ‸true", ""),
    ("R203", f"{MATCH}, evidence: ‸Sarin", "[first, second]"),
    ("R203", f"{MATCH}, evidence: [‸12]", "quotes"),
    ("R205", f"{MATCH}, evidence: ‸[]", "delete the key"),
    ("R204", f"{MATCH}, severity: ‸urgent", ""),
    ("R204", f"{MATCH}, severity: ‸hihg", "'high'"),
    ("R203", f"{MATCH}, receivers: ‸ops", "[first, second]"),
    ("R201", f"{MATCH}, ‸receiver: [ops]", "'receivers'"),
    ("R306", f"{MATCH}, receivers: [ops, ‸nobody]", "'receivers'"),
    ("R306", f"{MATCH}, receivers: [‸consol]", "'console'"),
    ("R306", f"{MATCH}, receivers: [‸osp]", "'ops'"),
    ("R310", f"{NO_MATCH}, ‸evidence: [Sarin]", "expect a match"),
    ("R310", f"{NO_MATCH}, ‸severity: high", "expect a match"),
    ("R310", f"{NO_MATCH}, ‸receivers: [ops]", "expect a match"),
]
OPS = "receivers: {ops: {telegram: {chat: 1}}}\n"


@pytest.mark.parametrize(("code", "keys", "hint"), BROKEN)
def test_tests_that_cannot_hold_are_refused(code: str, keys: str, hint: str) -> None:
    assert_refused(f"{OPS}{WITH_KEYWORD}    tests: [{{{keys}}}]\n", code, hint)


def test_every_test_is_looked_at() -> None:
    found = complaints_about(
        f"{WITH_KEYWORD}    tests:\n"
        f"      - {{{NO_MATCH}, severity: high, receivers: [ops]}}\n"
        f"      - {{{MATCH}}}\n"
        f"      - {{{MATCH}, receivers: [desk]}}\n"
    )
    assert [(each.line, each.code) for each in found] == [
        (6, "R310"),
        (6, "R310"),
        (6, "R306"),
        (8, "R306"),
    ]


def test_a_test_may_say_when_what_how_grave_and_to_whom(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        OPS
        + WITH_KEYWORD
        + """
    tests:
      - name: at night
        at: 2026-11-22T23:30:00+01:00
        article: {title: Sarin used, published_at: "2026-11-22 21:00Z"}
        expect: match
        evidence: [Sarin, sarin, Sarin]
        severity: high
        receivers: [ops, console, ops]
      - {name: fair, article: {title: Trade fair}, expect: no-match, at: 2026-11-22T12:00Z}
"""
    )
    load_rules(tmp_path, environment={})
    night = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    noon = datetime(2026, 11, 22, 12, tzinfo=UTC)
    told = Article(
        id="w/at night",
        title="Sarin used",
        published_at=datetime(2026, 11, 22, 21, tzinfo=UTC),
        seen_at=night,
    )
    fair = Article(id="w/fair", title="Trade fair", seen_at=noon)
    path = str(tmp_path / "a.yml")
    assert [test for _, test in load_tests(tmp_path)] == [
        RuleTest(
            spot=Spot(path, 8, 9),
            watchlist="w",
            name="at night",
            article=told,
            expects_match=True,
            at=night,
            evidence=("Sarin", "sarin"),
            severity=Severity.HIGH,
            receivers=("ops", "console"),
        ),
        RuleTest(
            spot=Spot(path, 15, 9),
            watchlist="w",
            name="fair",
            article=fair,
            expects_match=False,
            at=noon,
        ),
    ]


def test_the_article_of_a_test_is_told_its_language_as_that_of_a_poll_is(tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(
        WITH_KEYWORD
        + """
    tests:
      - {name: told, article: {title: تجدد القصف في المدينة المحاصرة بعد الهدنة}, expect: no-match}
      - {name: said, article: {title: Sarin used, language: fr}, expect: match}
      - {name: too short, article: {title: Sarin used}, expect: match}
"""
    )
    languages = {test.name: test.article.language for _, test in load_tests(tmp_path)}
    assert languages == {"told": "ar", "said": "fr", "too short": ""}
