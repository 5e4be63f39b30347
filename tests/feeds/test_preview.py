"""What is told of a feed before it is followed."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from alerts.feeds.parsed import ParsedFeed, ParsedItem
from alerts.feeds.preview import preview
from alerts.model import IdentityRule

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
LACKING = ("guid", "link", "link with a date")
URL = "https://news.example/rss"


def item(name: str, **fields: object) -> ParsedItem:
    given = {
        "guid": name,
        "link": f"https://news.example/{name}",
        "title": f"Title {name}",
        "published_at": NOW - timedelta(hours=1),
    } | fields
    return ParsedItem(**given)  # type: ignore[arg-type]


def test_a_good_feed_has_no_warnings() -> None:
    items = (item("a"), item("b", published_at=NOW - timedelta(days=2), language="en"))
    shown = preview(URL, ParsedFeed(version="rss20", title="News", items=items), now=NOW)
    assert shown.warnings == ()
    assert (shown.title, shown.language, shown.entries) == ("News", "en", 2)
    assert (shown.newest_at, shown.oldest_at) == (NOW - timedelta(hours=1), NOW - timedelta(days=2))
    assert (shown.rule, shown.why) == (IdentityRule.GUID, "items have ids of their own")


@pytest.mark.parametrize(
    ("feed", "said"),
    [
        (ParsedFeed(version="rss20"), "lists nothing"),
        (ParsedFeed(version="rss20", items=(item("a", published_at=None), item("b"))), "1 of 2"),
        (
            ParsedFeed(version="rss20", items=(item("a", published_at=NOW - timedelta(days=90)),)),
            "90 days old",
        ),
        (
            ParsedFeed(version="rss20", items=(item("a", published_at=NOW + timedelta(days=1)),)),
            "in the future",
        ),
        (ParsedFeed(version="rss20", items=(item("a"),), skipped=3), "3 entries say nothing"),
        (ParsedFeed(version="rss20", items=(item("a"),), truncated=True), "stops before its end"),
    ],
)
def test_what_an_operator_should_know_is_a_warning(feed: ParsedFeed, said: str) -> None:
    (warning,) = preview(URL, feed, now=NOW).warnings
    assert said in warning


@pytest.mark.parametrize(
    ("items", "rule", "why"),
    [
        (
            [item("a", guid=""), item("b", guid=""), item("c", guid="x")],
            IdentityRule.LINK,
            "of 3 items 2 without a guid",
        ),
        (
            [item(name, guid="same") for name in "abc"],
            IdentityRule.LINK,
            "of 3 items 2 repeat the guids of others",
        ),
        (
            [item(name, guid="", link="", published_at=None) for name in "ab"],
            IdentityRule.TITLE_AND_SUMMARY,
            "; ".join(f"of 2 items 2 without a {what}" for what in LACKING),
        ),
    ],
)
def test_why_a_rule_was_chosen_is_said_with_numbers(
    items: list[ParsedItem], rule: IdentityRule, why: str
) -> None:
    shown = preview(URL, ParsedFeed(version="rss20", items=tuple(items)), now=NOW)
    assert (shown.rule, shown.why) == (rule, why)
