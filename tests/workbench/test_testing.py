"""Tests inside rule files: what holds, what does not, and what is said of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from alerts.alerting.sightings import RulesInForce
from alerts.watchlists import load
from alerts.watchlists.contents import Contents
from alerts.watchlists.rule_tests import RuleTest, Spot
from alerts.workbench.testing.choosing import chosen
from alerts.workbench.testing.junit import junit
from alerts.workbench.testing.misses import misses
from alerts.workbench.testing.running import Asked, Outcomes, Verdict, outcome, run

RULES = """\
entities:
  hts: {type: group, name: Hayat Tahrir al-Sham, weak_aliases: [HTS], support: [Syria, Idlib]}
watchlists:
  - id: w
    title: W
    severity: high
    places: [Idlib, Khan Sheikhun]
    keywords: [sarin, chlorine]
    exclude: 'title:anniversary'
    max_age: 24h
    tests:
"""
ROUTES = """\
  - {id: trial, title: Trial, status: experimental, keywords: [sarin]}
routes:
  receiver: console
  routes:
    - {match: ['severity="high"'], receiver: ops, continue: true}
    - {match: ['watchlist="w"'], receiver: desk, continue: true}
    - {match: ['watchlist="w"'], receiver: patient, group_wait: 5m}
time_intervals:
  night: {times: [{start: "22:00", end: "06:30"}], location: Europe/Berlin}
receivers:
  ops: {telegram: {chat: 1}, quiet: {during: night, then: drop}}
  desk: {email: {to: [desk@example.org]}, digest: {at: ["07:00"], location: Europe/Berlin}}
  patient: {telegram: {chat: 2}}
  nobody: {telegram: {chat: 3}}
"""
TOLD = "article: {title: Sarin used in Idlib}, expect: match"
NIGHT = "at: 2026-11-22T23:30:00+01:00"


def outcomes(*tests: str, rest: str = ROUTES) -> Outcomes:
    lines = "".join(f"      - {{name: n{number}, {keys}}}\n" for number, keys in enumerate(tests))
    contents = Contents.of_files({"a.yml": (RULES + lines + rest).encode()}, place="rules/")
    rules = load.load_contents(contents, environment={})
    return run(rules, [test for _, test in load.tests_in(contents)])


def verdict(test: str) -> Verdict:
    [only] = outcomes(test).verdicts
    return only


HOLDS = [
    TOLD,
    "article: {title: Sarin used in Khan Shaykhun}, expect: match",
    "article: {title: Sarin used in Homs}, expect: no-match",
    f"{TOLD}, evidence: [sarin, IDLIB]",
    f"{TOLD}, severity: high",
    f"{TOLD}, receivers: [ops, desk]",
    f"{TOLD}, receivers: [desk], {NIGHT}",
]


@pytest.mark.parametrize("test", HOLDS)
def test_what_is_asked_for_and_comes_holds(test: str) -> None:
    assert verdict(test).failures == ()


FAILS = [
    ("article: {title: Sarin used in Homs}, expect: match", Asked.MATCH, "does not match"),
    (TOLD.replace("match", "no-match"), Asked.NO_MATCH, "it matches"),
    (f"{TOLD}, evidence: [Idlib, Sarin gas]", Asked.EVIDENCE, "'Sarin gas' did not count"),
    (f"{TOLD}, severity: low", Asked.SEVERITY, "is high, and should be low"),
    (f"{TOLD}, receivers: [nobody]", Asked.RECEIVERS, "nobody would not hear"),
    # Its quiet hours drop it; at noon it hears.
    (f"{TOLD}, receivers: [ops], {NIGHT}", Asked.RECEIVERS, "ops would not hear"),
]


@pytest.mark.parametrize(("test", "asked", "said"), FAILS)
def test_what_does_not_come_fails_and_is_named(test: str, asked: Asked, said: str) -> None:
    [failure] = verdict(test).failures
    assert failure.asked is asked
    assert said in failure.message


def test_everything_that_fails_in_one_test_is_named() -> None:
    failed = verdict(f"{TOLD}, severity: low, evidence: [gas], receivers: [nobody]").failures
    assert [each.asked for each in failed] == [Asked.EVIDENCE, Asked.SEVERITY, Asked.RECEIVERS]


def test_a_test_knows_its_place_in_the_file() -> None:
    assert [each.test.spot for each in outcomes(*HOLDS[:2]).verdicts] == [
        Spot("rules/a.yml", 12, 9),
        Spot("rules/a.yml", 13, 9),
    ]


# --- time -------------------------------------------------------------------------------------


def test_what_is_told_at_that_time_is_told_with_when_it_leaves() -> None:
    by_name = {one.receiver: one for one in verdict(f"{TOLD}, {NIGHT}").destinations}
    night = datetime(2026, 11, 22, 22, 30, tzinfo=UTC)
    assert by_name["ops"].is_dropped
    assert by_name["desk"].due_at == datetime(2026, 11, 23, 6, tzinfo=UTC)
    assert by_name["patient"].due_at == night + timedelta(minutes=5)


DATED = 'article: {title: Sarin in Idlib, published_at: "2026-11-20T12:00:00Z"}'
AGES = [
    (f"{DATED}, expect: match, at: 2026-11-20T20:00:00Z", True),
    (f"{DATED}, expect: no-match, at: 2026-11-22T20:00:00Z", True),
    # Without `at` it comes when it was published, however long ago that is.
    (f"{DATED.replace('2026', '2019')}, expect: match", True),
    (f"{DATED}, expect: match, at: 2026-11-22T20:00:00Z", False),
]


@pytest.mark.parametrize(("test", "holds"), AGES)
def test_an_article_is_as_old_as_the_time_at_which_it_comes_says(test: str, holds: bool) -> None:
    assert verdict(test).passed is holds


# --- what came instead ------------------------------------------------------------------------

MISSED = [
    ("Sarin used in Homs", ['none of place:"Idlib", place:"Khan Sheikhun"']),
    (
        "Sarin in Idlib: the anniversary",
        ["not excluded: it vetoes the article", "title:anniversary: “anniversary” in the title"],
    ),
    ("Idlib", ["none of sarin, chlorine"]),
]


@pytest.mark.parametrize(("title", "said"), MISSED)
def test_a_missed_match_says_the_nearest_miss(title: str, said: list[str]) -> None:
    found = verdict(f'article: {{title: "{title}"}}, expect: match').explanation
    assert found is not None
    assert [line for _, line in misses(found)] == said


def test_a_missed_receiver_says_the_way_that_was_taken() -> None:
    ways = verdict(f"{TOLD}, receivers: [nobody]").routes
    assert [way[-1].receiver for way in ways] == ["ops", "desk", "patient"]
    assert {way[0].receiver for way in ways} == {"console"}


def test_a_watchlist_that_is_off_is_not_tried_and_an_experiment_tells_nobody() -> None:
    off = "  - {id: v, title: V, status: off, keywords: [x], tests: [{name: n, article: {title: x},"
    trial = off.replace("id: v", "id: t").replace("off", "experimental")
    found = outcomes(
        TOLD,
        rest=f"{off} expect: match}}]}}\n{trial} expect: match, receivers: [console]}}]}}\n",
    )
    assert [test.watchlist for test in found.idle] == ["v"]
    [of_trial] = [each for each in found.verdicts if each.test.watchlist == "t"]
    assert [each.message for each in of_trial.failures] == [
        "console would not hear of it: the watchlist is experimental"
    ]


# --- which ------------------------------------------------------------------------------------


def named(watchlist: str, name: str) -> RuleTest:
    test = verdict(TOLD).test
    return replace(test, watchlist=watchlist, name=name)


def test_tests_are_chosen_by_watchlist_and_by_pattern() -> None:
    every = [named("idlib", "sarin"), named("idlib", "fair"), named("homs", "sarin")]
    assert chosen(every) == every
    assert chosen(every, watchlists=["idlib"]) == every[:2]
    assert chosen(every, pattern="^idlib/s") == every[:1]
    assert chosen(every, pattern="sarin", watchlists=["homs"]) == every[2:]
    with pytest.raises(ValueError, match="missing"):
        chosen(every, pattern="(")


def test_verdicts_come_in_the_order_of_the_files_whatever_their_language() -> None:
    titles = ["Sarin in Idlib", "Хлор в Идлибе применили вчера вечером", "Idlib: chlorine"]
    rules = [f'article: {{title: "{title}"}}, expect: match' for title in titles] * 3
    assert [each.test.name for each in outcomes(*rules).verdicts] == [f"n{n}" for n in range(9)]


def test_the_production_path_says_the_same_of_all_watchlists_together(tmp_path: Path) -> None:
    """Only some are compiled at a time; what one matches must not hang on the others."""
    many = "".join(
        f"  - {{id: w{n}, title: W, keywords: [sarin, word{n}], tests: [{{name: n, article:"
        f" {{title: sarin word{n}}}, expect: match}}]}}\n"
        for n in range(45)
    )
    (tmp_path / "a.yml").write_text(f"watchlists:\n{many}")
    contents = Contents.of_folder(tmp_path)
    rules = load.load_contents(contents, environment={})
    tests = [test for _, test in load.tests_in(contents)]
    whole = RulesInForce.compile(rules)
    for one in run(rules, tests).verdicts:
        found = outcome(whole, one.test)
        assert found is not None
        assert (one.match, one.destinations) == (found.match, found.destinations)


# --- JUnit ------------------------------------------------------------------------------------

#: What Windy Road's JUnit.xsd and the junit-10.xsd of Jenkins' xUnit plugin both accept: the children of
#: an element in their order, and its attributes, all of them required by one of the two.
CHILDREN = {
    "testsuites": r"(testsuite )*",
    "testsuite": r"properties (testcase )*system-out system-err ",
    "testcase": r"(failure )?",
    "failure": "",
    "properties": "",
    "system-out": "",
    "system-err": "",
}
ATTRIBUTES = {
    "testsuites": {},
    "testsuite": {
        "id": r"\d+",
        "package": r"\S.*",
        "name": r"\S.*",
        "timestamp": r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d",
        "hostname": r"\S+",
        "tests": r"\d+",
        "failures": r"\d+",
        "errors": r"\d+",
        "time": r"\d+\.\d+",
    },
    "testcase": {"name": r"\S.*", "classname": r"\S.*", "time": r"\d+\.\d+"},
    "failure": {"type": r"\S.*", "message": r"\S.*"},
    "properties": {},
    "system-out": {},
    "system-err": {},
}


def test_junit_holds_to_both_schemas_in_use() -> None:
    found = outcomes(
        *HOLDS, *(test for test, _, _ in FAILS), f"{TOLD}, evidence: [g], severity: low"
    )
    document = junit(found.verdicts, at=datetime(2026, 11, 22, 7, tzinfo=UTC))
    root = ET.fromstring(document)
    for element in root.iter():
        children = "".join(f"{child.tag} " for child in element)
        assert re.fullmatch(CHILDREN[element.tag], children), (element.tag, children)
        wanted = ATTRIBUTES[element.tag]
        assert element.keys() == list(wanted)
        assert all(re.fullmatch(wanted[key], value) for key, value in element.items())
    [suite] = root
    assert (suite.get("name"), suite.get("timestamp")) == ("w", "2026-11-22T07:00:00")
    assert suite.get("tests") == str(len(suite.findall("testcase"))) == str(len(found.verdicts))
    assert suite.get("failures") == str(len(suite.findall(".//failure"))) == str(len(found.failed))


def test_a_failure_in_junit_says_where_and_why() -> None:
    document = junit([verdict(FAILS[0][0])], at=datetime(2026, 11, 22, tzinfo=UTC))
    [failure] = ET.fromstring(document).iter("failure")
    assert failure.get("type") == "match"
    assert str(failure.text).splitlines() == [
        "rules/a.yml:12:9: it does not match, and should",
        'none of place:"Idlib", place:"Khan Sheikhun"',
    ]


def test_junit_can_be_read_whatever_a_test_is_called() -> None:
    one = verdict(TOLD)
    odd = replace(one, test=replace(one.test, name="a\x00\ud800<&>\x1b"))
    [case] = ET.fromstring(junit([odd], at=datetime(2026, 11, 22, tzinfo=UTC))).iter("testcase")
    assert case.get("name") == "a\ufffd\ufffd<&>\ufffd"
