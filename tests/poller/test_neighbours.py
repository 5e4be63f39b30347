"""With whom a feed takes turns, and whose pause holds it."""

from __future__ import annotations

import pytest

from alerts.poller.neighbours import (
    APART,
    AT_ONCE,
    host_of,
    is_private,
    neighbours_of,
    registrable_domains,
)
from tests.builders import a_feed

DOMAINS = {
    "www.bbc.co.uk": "bbc.co.uk",
    "feeds.bbci.co.uk": "bbci.co.uk",
    "bbc.co.uk": "bbc.co.uk",
    "a.b.news.example": "news.example",
    # One publisher each, although somebody else registered the name.
    "one.blogspot.com": "one.blogspot.com",
    "two.github.io": "two.github.io",
    "github.io": "github.io",
    "новости.рф": "новости.рф",
    "лента.новости.рф": "новости.рф",
    "8.8.8.8": "8.8.8.8",
    "2001:4860:4860::8888": "2001:4860:4860::8888",
}


def test_a_registrable_domain_is_what_one_publisher_registered() -> None:
    assert registrable_domains(DOMAINS) == DOMAINS


@pytest.mark.parametrize(
    ("url", "host"),
    [
        ("https://user:pw@News.Example:8443/feed", "news.example"),
        ("https://news.example./feed", "news.example"),
        ("http://[::1]:80/feed", "::1"),
        ("http://[broken/feed", ""),
        ("nothing", ""),
    ],
)
def test_the_host_of_a_url(url: str, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "private"),
    [
        ("localhost", True),
        ("rss-bridge", True),
        ("bridge.local", True),
        ("bridge.home.arpa", True),
        ("bridge.corp.internal", True),
        ("127.0.0.1", True),
        ("10.1.2.3", True),
        ("100.64.0.1", True),
        ("::1", True),
        ("fd00::1", True),
        ("2130706433", True),
        ("", True),
        ("8.8.8.8", False),
        ("news.example", False),
        ("internal.example", False),
        ("notlocal", True),
        ("new.thelocal", False),
    ],
)
def test_what_is_nobodys_on_the_public_internet(host: str, private: bool) -> None:
    assert is_private(host) is private


def test_hosts_of_one_domain_share_their_turns_and_a_pause_holds_its_host() -> None:
    one, two = "https://a.news.example/1", "https://b.news.example/2"
    found = neighbours_of([a_feed(one), a_feed(two)])
    assert found[one].circle == found[two].circle
    circle = found[one].circle
    assert (circle.name, circle.at_once, circle.apart) == ("news.example", AT_ONCE, APART)
    assert found[one].pauses == "a.news.example"
    assert found[one].pauses in found[one].held_by
    assert found[one].pauses not in found[two].held_by


def test_a_pause_of_scope_domain_holds_every_host_of_it() -> None:
    one, two = "https://a.news.example/1", "https://b.news.example/2"
    found = neighbours_of([a_feed(one, rate_limit_scope="domain"), a_feed(two)])
    assert found[one].pauses in found[two].held_by


@pytest.mark.parametrize(
    ("url", "scope"),
    [
        ("https://news.example/1", "feed"),
        ("http://127.0.0.1:8000/1", "host"),
        ("http://rss-bridge/1", "domain"),
    ],
)
def test_a_feed_that_stands_for_itself_waits_for_nobody(url: str, scope: str) -> None:
    [found] = neighbours_of([a_feed(url, rate_limit_scope=scope)]).values()
    assert (found.pauses, found.held_by) == ("", ())
    assert not found.circle.apart
    assert found.circle.at_once > AT_ONCE


def test_a_feed_takes_its_turns_where_it_has_moved_to() -> None:
    old, new = "https://old.example/1", "https://new.example/1"
    found = neighbours_of([a_feed(old)], {old: new})
    assert found[old].circle.name == "new.example"


def test_thousands_of_feeds_of_one_host_share_one_value() -> None:
    feeds = [a_feed(f"https://news.example/{n}") for n in range(1000)]
    assert len({id(each) for each in neighbours_of(feeds).values()}) == 1
