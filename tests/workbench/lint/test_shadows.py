"""A watchlist is shadowed only where the same people hear of the same articles."""

from __future__ import annotations

import pytest

from tests.workbench.lint.desks import codes, watchlist, watchlists

DESK = "receivers:\n  desk: {email: {to: desk@example.org}}\n"
WIDE = watchlist("keywords: [sarin, chlorine]", name="v")
NARROW = watchlist("keywords: [sarin]")


def routed(matcher: str) -> str:
    """Return routes of which one takes what *matcher* meets."""
    return (
        DESK
        + f"routes: {{receiver: console, routes: [{{match: ['{matcher}'], receiver: desk}}]}}\n"
    )


def test_the_narrow_one_is_shadowed() -> None:
    assert codes(watchlists(WIDE, NARROW)) == ["L102"]


@pytest.mark.parametrize("matcher", ["severity=medium", 'owner=~"d.*"', "publisher=Times", "tag=x"])
def test_a_route_that_tells_them_not_apart_changes_nothing(matcher: str) -> None:
    assert codes(watchlists(WIDE, NARROW) + routed(matcher)) == ["L102"]


@pytest.mark.parametrize("matcher", ["watchlist=w", "watchlist!=v", "place=Idlib", "group=HTS"])
def test_a_route_that_may_tell_them_apart_saves_it(matcher: str) -> None:
    assert "L102" not in codes(watchlists(WIDE, NARROW) + routed(matcher))


@pytest.mark.parametrize(
    ("key", "matcher"), [("tags: [x]", "tag=x"), ("severity: low", "severity=low")]
)
def test_what_a_route_asks_for_saves_it(key: str, matcher: str) -> None:
    other = watchlist(f"{key}\nkeywords: [sarin]")
    assert "L102" in codes(watchlists(WIDE, other))
    assert "L102" not in codes(watchlists(WIDE, other) + routed(matcher))


@pytest.mark.parametrize("status", ["experimental", "off"])
def test_one_that_does_not_ring_shadows_nobody_and_is_not_shadowed(status: str) -> None:
    quiet = f"status: {status}\nkeywords: "
    assert codes(watchlists(watchlist(f"{quiet}[sarin, gas]", name="v"), NARROW)) == []
    assert codes(watchlists(WIDE, watchlist(f"{quiet}[sarin]"))) == []


def test_alerts_that_gather_by_watchlist_are_not_alike() -> None:
    text = watchlists(WIDE, NARROW) + "routes: {receiver: console, group_by: [watchlist]}\n"
    assert codes(text) == []
    assert codes(text.replace("[watchlist]", "[story]")) == ["L102"]


def test_of_three_alike_the_first_stays() -> None:
    several = (watchlist("keywords: [sarin]", name=name) for name in "abc")
    assert codes(watchlists(*several)) == ["L102", "L102"]
