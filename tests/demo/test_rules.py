"""What of the script rings which watchlist, by the production loader and matcher."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest

from alerts.demo.rule_files import rule_files
from alerts.demo.script import BACKGROUND, PUBLISHERS, SCRIPT, Draft, Format, draft
from alerts.feeds.identity import canonical_url, title_key
from alerts.matching import Matcher, matcher_of
from alerts.model import Article, Evidence, How, RuleSet, Severity
from alerts.watchlists.load import load_rules, load_tests

URL = "http://127.0.0.1:4000"

#: Every draft that rings, with its watchlists, the most severe first; the others must not.
RINGS = {
    "wedding-drone": ["khmeimim-drones"],
    "chlorine-leak": ["idlib-chemical"],
    "bird-drone": ["khmeimim-drones"],
    "chlorine-leak-reprint": ["idlib-chemical"],
    "footbridge": ["tahrir-al-sham", "floods"],
    "blanket-convoys": ["bab-al-hawa-convoys"],
    "bicycle-helmets": ["tahrir-al-sham"],
    "small-library": ["tahrir-al-sham"],
    "paint-spill": ["idlib-chemical"],
}
#: The same for the background, which nobody hears of: it is there before the first poll.
PAST = {"past-tablets": ["idlib-chemical"], "past-race": ["khmeimim-drones"]}
#: The same for the rounds that follow, by the key without its number.
LATER = {
    "flood": ["floods"],
    "convoy": ["bab-al-hawa-convoys"],
    "dunes": ["khmeimim-drones"],
}

#: How the words were recognised: surface, term and how of the first evidence for a watchlist.
SHOWN = [
    ("wedding-drone", "khmeimim-drones", "Hmeimim", "Khmeimim Air Base", How.ALIAS),
    ("bird-drone", "khmeimim-drones", "حميميم", "Khmeimim Air Base", How.ALIAS),
    ("chlorine-leak", "idlib-chemical", "Chlorine", "chlorine", How.EXACT),
    ("paint-spill", "idlib-chemical", "chemicals", "chemical", How.INFLECTION),
    ("footbridge", "tahrir-al-sham", "Levant Liberation Board", "Hayat Tahrir al-Sham", How.ALIAS),
    ("footbridge", "floods", "flooding", "flood*", How.PREFIX),
    ("small-library", "tahrir-al-sham", "هيئة تحرير الشام", "Hayat Tahrir al-Sham", How.ALIAS),
    ("bicycle-helmets", "tahrir-al-sham", "HTS", "Hayat Tahrir al-Sham", How.WEAK_ALIAS),
    ("blanket-convoys", "bab-al-hawa-convoys", "convoys", "convoy", How.INFLECTION),
]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    rule_files(tmp_path, URL)
    return tmp_path


@pytest.fixture
def rules(folder: Path) -> RuleSet:
    return load_rules(folder, environment={})


@pytest.fixture
def matcher(rules: RuleSet) -> Matcher:
    return matcher_of(rules)


def published(chosen: Draft) -> Article:
    publisher = PUBLISHERS[chosen.publisher]
    return Article(
        id=chosen.key,
        publisher=publisher.name,
        title=chosen.title,
        summary=chosen.summary,
        content=chosen.body if publisher.format is Format.JSON else "",
        tags=chosen.tags,
        language=publisher.language,
    )


def rung(matcher: Matcher, chosen: Draft) -> list[str]:
    return [match.watchlist for match in matcher.match(published(chosen))]


def test_a_complete_rules_folder_is_written(folder: Path) -> None:
    assert sorted(path.name for path in folder.iterdir()) == [
        "entities.yml",
        "feeds.yml",
        "routes.yml",
        "watchlists.yml",
    ]


def test_the_feeds_are_those_of_the_newsroom_polled_in_fast_motion(rules: RuleSet) -> None:
    assert [feed.url for feed in rules.feeds] == [
        f"{URL}/wire/feed.xml",
        f"{URL}/gazette/feed.xml",
        f"{URL}/post/feed.json",
        f"{URL}/mithal/feed.xml",
    ]
    assert [feed.publisher for feed in rules.feeds] == [p.name for p in PUBLISHERS.values()]
    assert {feed.interval for feed in rules.feeds} == {timedelta(seconds=2)}
    assert {feed.rate_limit_scope for feed in rules.feeds} == {"feed"}


def test_every_watchlist_goes_to_the_terminal_and_no_two_are_equally_severe(
    rules: RuleSet,
) -> None:
    assert rules.route.receiver == "console"
    assert [watchlist.severity for watchlist in rules.watchlists] == list(Severity)[::-1]


@pytest.mark.parametrize("chosen", SCRIPT, ids=lambda chosen: chosen.key)
def test_the_script_rings_as_intended(matcher: Matcher, chosen: Draft) -> None:
    assert rung(matcher, chosen) == RINGS.get(chosen.key, [])


@pytest.mark.parametrize("chosen", BACKGROUND, ids=lambda chosen: chosen.key)
def test_the_background_would_ring_were_it_not_the_past(matcher: Matcher, chosen: Draft) -> None:
    assert rung(matcher, chosen) == PAST.get(chosen.key, [])


def test_the_rounds_ring_as_intended(matcher: Matcher) -> None:
    first = len(BACKGROUND) + len(SCRIPT)
    for number in range(first, first + 210):
        chosen = draft(number)
        assert rung(matcher, chosen) == LATER.get(chosen.key.partition("-")[0], []), chosen.title


def test_most_articles_ring_nothing() -> None:
    assert len(RINGS) < len(SCRIPT) / 2


def test_the_first_article_of_the_script_rings() -> None:
    assert SCRIPT[0].key in RINGS


@pytest.mark.parametrize("shown", SHOWN, ids=lambda shown: shown[2])
def test_an_alert_can_say_which_words_did_it(
    matcher: Matcher, shown: tuple[str, str, str, str, How]
) -> None:
    key, watchlist, surface, term, how = shown
    chosen = next(chosen for chosen in SCRIPT if chosen.key == key)
    evidence: list[Evidence] = [
        found
        for match in matcher.match(published(chosen))
        if match.watchlist == watchlist
        for found in match.evidence
    ]
    assert (surface, term, how) in [(one.surface, one.term, one.how) for one in evidence]


def test_a_reprint_is_the_same_story() -> None:
    tracked = f"{URL}/articles/10?utm_source=gazette&utm_medium=rss"
    assert canonical_url(tracked) == canonical_url(f"{URL}/articles/10")


def test_no_headline_is_taken_for_an_earlier_story() -> None:
    keys = [key for number in range(1_000) if (key := title_key(draft(number).title))]
    assert len(set(keys)) == len(keys)


def test_the_tests_inside_the_rule_files_hold(folder: Path, matcher: Matcher) -> None:
    tests = load_tests(folder)
    assert {watchlist for watchlist, _ in tests} == {
        watchlist.id for watchlist in load_rules(folder, environment={}).watchlists
    }
    for watchlist, test in tests:
        matched = [match.watchlist for match in matcher.match(test.article)]
        assert (watchlist in matched) == test.expects_match, test.name
