"""What a watchlist asks of an article besides its words, and what becomes of an open question."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import pytest

from alerts.matching import Matcher
from alerts.model import Article, Fact, Feed, Keyword, Match, Publishers, Unknown, Watchlist
from alerts.watchlists.meaning.circumstances import known_publishers
from alerts.watchlists.meaning.evaluate import evaluate
from alerts.watchlists.meaning.lexicon import Lexicon
from tests.watchlists.marked import W, rules_of, watchlist_of

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
FEEDS = [
    Feed(url="https://times.example/world", publisher="Example Times", country="GB"),
    Feed(url="https://times.example/war", publisher="Example Times", reliability="B"),
    Feed(url="https://wire.example/rss", publisher="Levant Wire", country="LB", reliability="C"),
    Feed(url="https://echo.example/rss", publisher="Echo", country="SY", reliability="F"),
]
PUBLISHERS = known_publishers(FEEDS)


def met(watchlist: Mapping[str, object], **article: object) -> Match | None:
    """Ask both, the definition and the matcher."""
    wish = Watchlist(id="w", title="W", condition=Keyword("sarin"), **watchlist)  # type: ignore[arg-type]
    given = Article(id="a", title="Sarin", **article)  # type: ignore[arg-type]
    match = evaluate(wish, given, Lexicon(), PUBLISHERS)
    assert Matcher([wish], publishers=PUBLISHERS).match(given) == ([match] if match else [])
    return match


LANGUAGES = [
    (("en",), "en", True),
    (("en",), "en-GB", True),
    (("en",), "en_GB", True),
    (("en",), "EN", True),
    (("en-gb",), "en-GB", True),
    (("en-gb",), "en-US", False),
    (("en",), "enm", False),
    (("ar", "ru"), "ru", True),
    (("ar", "ru"), "en", False),
    ((), "xx", True),
    # The tag says less than is asked.
    (("pt-br",), "pt", None),
    (("pt-br",), "pt-PT", False),
    (("pt-br",), "es", False),
    (("pt-br", "pt"), "pt", True),
    (("fr", "pt-br"), "pt", None),
    (("sr-latn",), "sr", None),
    (("sr-latn",), "sr-Latn-RS", True),
    (("sr-rs",), "sr-Latn-RS", True),
    (("sr-latn",), "sr-Cyrl", False),
    (("es-419",), "es-MX", False),
    (("ca-valencia",), "ca", None),
    (("ca-valencia",), "ca-ES-valencia", True),
    (("en",), "en-x-simple", True),
    # Norwegian, whichever way it is tagged.
    (("no",), "nb", True),
    (("no",), "nn-NO", True),
    (("nb",), "no", True),
    (("nb",), "nn", True),
    (("nb-no",), "no", None),
    (("no",), "da", False),
    # Chinese: a place has a script.
    (("zh",), "zh-Hant", True),
    (("zh-hant",), "zh", None),
    (("zh-hant",), "zh-Hans-CN", False),
    (("zh-hant",), "zh-TW", True),
    (("zh-hant",), "zh-CN", False),
    (("zh-tw",), "zh-Hant", None),
    (("zh-tw",), "zh-Hans", False),
]


@pytest.mark.parametrize(("wanted", "language", "fits"), LANGUAGES)
def test_languages_are_compared_by_what_their_tags_say(
    wanted: tuple[str, ...], language: str, fits: bool | None
) -> None:
    found = met({"languages": wanted, "unknown": Unknown.HOLD}, language=language)
    if fits is False:
        assert found is None
    else:
        assert found
        assert found.unknown == (() if fits else (Fact.LANGUAGE,))


PUBLISHED = [
    (timedelta(hours=24), timedelta(hours=24), True),
    (timedelta(hours=24), timedelta(hours=24, seconds=1), False),
    (timedelta(hours=24), timedelta(hours=-3), True),
]


@pytest.mark.parametrize(("most", "age", "fits"), PUBLISHED)
def test_age_is_counted_from_when_the_article_was_seen(
    most: timedelta, age: timedelta, fits: bool
) -> None:
    found = met({"max_age": most}, published_at=NOW - age, seen_at=NOW)
    assert (found is not None) is fits


WIRE, TIMES, ECHO = "Levant Wire", "Example Times", "Echo"
BY_PUBLISHER = [
    (Publishers(only=("levant  WIRE",)), WIRE, True),
    (Publishers(only=(WIRE, ECHO)), TIMES, False),
    (Publishers(but=(ECHO,)), "echo", False),
    (Publishers(but=(ECHO,)), TIMES, True),
    (Publishers(reliability="C"), WIRE, True),
    (Publishers(reliability="B"), WIRE, False),
    (Publishers(reliability="E"), ECHO, False),
    (Publishers(countries=("LB", "SY")), WIRE, True),
    (Publishers(countries=("LB", "SY")), TIMES, False),
    (Publishers(countries=("LB",), but=(WIRE,)), WIRE, False),
    (Publishers(reliability="F"), ECHO, True),
]


@pytest.mark.parametrize(("wanted", "publisher", "fits"), BY_PUBLISHER)
def test_publishers_are_wanted_by_name_rating_and_country(
    wanted: Publishers, publisher: str, fits: bool
) -> None:
    found = met({"publishers": wanted}, publisher=publisher)
    assert (found is not None) is fits
    assert found is None or found.unknown == ()


def test_a_feed_says_more_of_its_articles_than_its_publisher_does() -> None:
    wanted = {"publishers": Publishers(reliability="B")}
    rated = met(wanted, publisher=TIMES, feed="https://times.example/war")
    assert rated is not None
    assert rated.unknown == ()
    by_name = met(wanted, publisher=TIMES)
    assert by_name is not None
    assert by_name.unknown == (Fact.PUBLISHER,)


OPEN = [
    ({"languages": ("en",)}, {}, Fact.LANGUAGE),
    ({"max_age": timedelta(days=1)}, {"seen_at": NOW}, Fact.DATE),
    ({"max_age": timedelta(days=1)}, {"published_at": NOW}, Fact.DATE),
    ({"publishers": Publishers(only=(WIRE,))}, {}, Fact.PUBLISHER),
    ({"publishers": Publishers(but=(WIRE,))}, {}, Fact.PUBLISHER),
    ({"publishers": Publishers(reliability="C")}, {"publisher": "Nobody"}, Fact.PUBLISHER),
    ({"publishers": Publishers(countries=("GB",))}, {"publisher": "Nobody"}, Fact.PUBLISHER),
]


@pytest.mark.parametrize(("asked", "article", "fact"), OPEN)
@pytest.mark.parametrize("unknown", Unknown)
def test_what_is_not_known_passes_is_held_or_is_dropped(
    asked: dict[str, object], article: dict[str, object], fact: Fact, unknown: Unknown
) -> None:
    found = met(asked | {"unknown": unknown}, **article)
    if unknown is Unknown.DROP:
        assert found is None
    else:
        assert found is not None
        assert found.unknown == (fact,)
        assert found.is_held is (unknown is Unknown.HOLD)


def test_what_is_known_to_be_unwanted_is_so_whatever_else_is_unknown() -> None:
    asked = {"languages": ("en",), "max_age": timedelta(days=1)}
    assert met(asked, language="ru", seen_at=NOW) is None
    both = met(asked, seen_at=NOW)
    assert both is not None
    assert both.unknown == (Fact.LANGUAGE, Fact.DATE)


def test_a_wish_that_many_have_is_met_for_those_who_want_the_article() -> None:
    several = [
        Watchlist(id=f"w-{code}", title="W", condition=Keyword("sarin"), languages=(code,))
        for code in ("ar", "en", "ru")
    ]
    matches = Matcher(several).match(Article(id="a", title="Sarin", language="en"))
    assert [match.watchlist for match in matches] == ["w-en"]


def test_rule_files_say_it_so() -> None:
    watchlist = watchlist_of(
        "keywords: [sarin], languages: [en, no, pt-BR], max_age: 24h, unknown: hold,"
        " repeat_after: 1h30m, expect: 7d, publishers: {only: [Levant Wire], except: [Echo], reliability: C,"
        " countries: [LB]}"
    )
    assert watchlist.languages == ("en", "no", "pt-br")
    assert watchlist.max_age == timedelta(hours=24)
    assert watchlist.unknown is Unknown.HOLD
    assert watchlist.repeat_after == timedelta(minutes=90)
    assert watchlist.expect == timedelta(days=7)
    assert watchlist.publishers == Publishers(
        only=("Levant Wire",), but=("Echo",), reliability="C", countries=("LB",)
    )


def test_a_publisher_that_no_feed_has_is_noted_where_it_stands() -> None:
    feed = "feeds: [{url: https://x.example/, publisher: Example Times}]\n"
    text = f"{feed}{W}    keywords: [sarin]\n    publishers: {{except: [exampel times]}}\n"
    (note,) = rules_of(text).notes
    assert (note.line, note.column, note.code) == (6, 27, "R603")
    assert note.hint == "did you mean 'Example Times'?"
    assert rules_of(text.replace("exampel", "example")).notes == ()
    assert rules_of(text.removeprefix(feed)).notes == ()
