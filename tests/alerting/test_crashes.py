"""An article that breaks the matcher keeps no other from ringing, and is not lost in silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from alerts.alerting.notices import not_matched
from alerts.alerting.sightings import (
    MOST_CRASHES,
    RulesInForce,
    sight_baseline,
    sight_changed,
    sight_new,
)
from alerts.model import Article, Backfill, Keyword, Match, RuleSet, Watchlist
from tests.builders import NOW, an_article

RULES = RuleSet(watchlists=(Watchlist(id="blasts", title="Blasts", condition=Keyword("blast")),))


@dataclass
class Brittle:
    """The matcher, but that some titles break it, or do so for a time."""

    inner: RulesInForce
    #: How often each of these titles breaks it.
    breaks: dict[str, int]
    tried: list[str] = field(default_factory=list)

    def match(self, article: Article) -> Sequence[Match]:
        self.tried.append(article.title)
        if self.breaks.get(article.title, 0):
            self.breaks[article.title] -= 1
            raise ZeroDivisionError(article.title)
        return self.inner.matcher.match(article)


def rules(**breaks: int) -> tuple[RulesInForce, Brittle]:
    sound = RulesInForce.compile(RULES)
    brittle = Brittle(sound, breaks)
    return replace(sound, matcher=brittle), brittle  # type: ignore[arg-type]


def test_one_article_that_breaks_the_matcher_keeps_no_other_from_ringing() -> None:
    in_force, brittle = rules(Poison=99)
    articles = [an_article("a"), an_article("b", title="Poison"), an_article("c")]
    sighted = sight_new(in_force, articles, newest_at=None, now=NOW)
    assert [bool(each.matches) for each in sighted] == [True, False, True]
    assert [bool(each.crash) for each in sighted] == [False, True, False]
    assert "ZeroDivisionError: Poison" in sighted[1].crash
    assert brittle.tried.count("Poison") == MOST_CRASHES == 3


def test_what_breaks_it_for_a_moment_rings_all_the_same() -> None:
    in_force, _ = rules(Blast=2)
    [sighting] = sight_new(in_force, [an_article(title="Blast")], newest_at=None, now=NOW)
    assert sighting.matches
    assert not sighting.crash


def test_a_backfill_and_a_change_are_caught_as_well() -> None:
    in_force, _ = rules(Poison=99)
    poison = an_article(title="Poison")
    [first] = sight_baseline(in_force, [poison], Backfill(items=1), now=NOW)
    [changed] = sight_changed(in_force, [(an_article(), poison)], now=NOW)
    assert first.crash
    assert changed.crash


def test_the_operator_is_told_which_article_and_why() -> None:
    in_force, _ = rules(Poison=99)
    [sighting] = sight_new(in_force, [an_article(title="Poison")], newest_at=None, now=NOW)
    told = not_matched(sighting)
    assert "Poison" in told.subject
    assert sighting.article.url in told.text
    assert told.details[0].endswith("ZeroDivisionError: Poison")
