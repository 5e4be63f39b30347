"""Hubs: who names one, what is confirmed, what is believed (WebSub, W3C Recommendation)."""

from __future__ import annotations

import hmac
from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.fetch import Fetched
from alerts.feeds.parse import parse_document
from alerts.feeds.parsed import ParsedFeed, read_feed, write_feed
from alerts.feeds.websub import course
from alerts.feeds.websub.admission import Turnstile
from alerts.feeds.websub.advert import Advert, advertised
from alerts.feeds.websub.intent import ASKS_BACK_WITHIN, confirmed
from alerts.feeds.websub.signature import is_signed
from alerts.model import Push, PushState
from alerts.poller.nudges import APART, Nudges
from tests.builders import NOW

FEED = "https://news.example/feed.xml"
HUB = "https://hub.example/"
ADVERT = Advert(hub=HUB, topic=FEED)
DAY = timedelta(days=1)


def a_push(state: PushState = PushState.ACTIVE, **fields: object) -> Push:
    push = course.begun(FEED, ADVERT, path="path", secret="secret", now=NOW)
    given: dict[str, object] = {"asked_at": NOW, "lease_until": NOW + timedelta(days=10)}
    return replace(push, state=state, **given | fields)  # type: ignore[arg-type]


# --- discovery --------------------------------------------------------------------------------


def adverts(*headers: str, hubs: tuple[str, ...] = (), self_url: str = "") -> Advert | None:
    fetched = Fetched(status=200, url=FEED, links=headers)
    return advertised(FEED, fetched, ParsedFeed(version="rss20", hubs=hubs, self_url=self_url))


@pytest.mark.parametrize(
    ("headers", "topic"),
    [
        ((f'<{HUB}>; rel="hub"',), FEED),
        ((f"<{HUB}>; rel=hub",), FEED),
        ((f'<{HUB}>; rel="hub", <https://news.example/a>; rel="self"',), "https://news.example/a"),
        ((f'<{HUB}>; rel="hub"', "</own>; rel=self"), "https://news.example/own"),
        ((f'<{HUB}>;title="a, b; rel=self";rel="preload HUB"',), FEED),
        (("garbage <, ;;", f'<{HUB}>; rel="hub"; type="x"'), FEED),
    ],
)
def test_a_hub_in_the_headers(headers: tuple[str, ...], topic: str) -> None:
    assert adverts(*headers) == Advert(hub=HUB, topic=topic)


def test_headers_come_before_the_document() -> None:
    found = adverts(f"<{HUB}>; rel=hub", hubs=("https://other.example/",), self_url="/doc")
    assert found == Advert(hub=HUB, topic="https://news.example/doc")


@pytest.mark.parametrize(
    "headers", [(), ("",), ("<ftp://hub.example/>; rel=hub",), ("<>; rel=hub",), ("<x; rel=hub",)]
)
def test_what_is_no_hub(headers: tuple[str, ...]) -> None:
    assert adverts(*headers) is None


def test_no_hub_hears_of_a_feed_behind_a_login() -> None:
    private = "https://user:password@news.example/feed.xml"
    fetched, parsed = Fetched(status=200, url=FEED), ParsedFeed(version="rss20", hubs=(HUB,))
    assert advertised(FEED, fetched, parsed) == ADVERT
    assert advertised(private, fetched, parsed) is None


@given(st.lists(st.text(max_size=200), max_size=5))
def test_any_header_is_read(headers: list[str]) -> None:
    adverts(*headers)


def test_a_hostile_header_is_read_once() -> None:
    assert adverts("<a>" + ';x="' * 2000) is None


ATOM = f"""<feed xmlns="http://www.w3.org/2005/Atom"><title>F</title>
<link rel="hub" href="{HUB}"/><link rel="self" href="https://news.example/self"/>
<entry><id>1</id><title>One</title></entry></feed>"""
RSS = f"""<rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>F</title>
<atom:link rel="hub" href="{HUB}"/><atom:link rel="self" href="https://news.example/self"/>
<item><guid>1</guid><title>One</title></item></channel></rss>"""
JSON = f"""{{"version": "https://jsonfeed.org/version/1.1", "title": "F",
"feed_url": "https://news.example/self", "items": [{{"id": "1", "title": "One"}}],
"hubs": [{{"type": "rssCloud", "url": "https://x.example/"}}, {{"type": "WebSub", "url": "{HUB}"}}]}}"""


@pytest.mark.parametrize("document", [ATOM, RSS, JSON])
def test_a_hub_in_the_document(document: str) -> None:
    feed = parse_document(document.encode(), url=FEED, content_type="")
    assert (feed.hubs, feed.self_url) == ((HUB,), "https://news.example/self")
    again = read_feed(write_feed(feed) | {"hubs": list(feed.hubs)}, feed.items)
    assert (again.hubs, again.self_url) == (feed.hubs, feed.self_url)


# --- signatures -------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sha1", "sha256", "sha384", "sha512"])
def test_a_signed_body_is_believed(method: str) -> None:
    signature = f"{method}={hmac.new(b'secret', b'body', method).hexdigest()}"
    assert is_signed(b"body", signature, "secret")
    assert is_signed(b"body", signature.upper(), "secret")
    assert not is_signed(b"body2", signature, "secret")
    assert not is_signed(b"body", signature, "other")
    assert not is_signed(b"body", signature[:-1], "secret")


@pytest.mark.parametrize("header", ["", "sha256", "sha256=", "=", "md5=x", "sha256=ключ", "x=y=z"])
def test_anything_else_is_not(header: str) -> None:
    assert not is_signed(b"body", header, "secret")


def test_a_weak_method_is_not_taken_though_it_be_right() -> None:
    signature = f"md5={hmac.new(b'secret', b'body', 'md5').hexdigest()}"
    assert not is_signed(b"body", signature, "secret")


# --- asking back ------------------------------------------------------------------------------


def query(**said: str) -> dict[str, str]:
    given = {"mode": "subscribe", "topic": FEED, "challenge": "c", "lease_seconds": "864000"}
    return {f"hub.{name}": value for name, value in (given | said).items()}


def test_what_was_asked_for_is_confirmed_and_the_lease_begins() -> None:
    asked = course.asked(a_push(PushState.ASKED), now=NOW)
    reply = confirmed(asked, query(), now=NOW + timedelta(minutes=1))
    assert reply is not None
    assert reply.push is not None
    assert (reply.text, reply.push.state, reply.push.attempt) == ("c", PushState.ACTIVE, 0)
    assert reply.push.lease_until == NOW + timedelta(days=10, minutes=1)
    # It is renewed days before its end.
    assert NOW + timedelta(days=7) < reply.push.due_at < NOW + timedelta(days=8)


@pytest.mark.parametrize(
    "said",
    [
        {"topic": "https://other.example/"},
        {"topic": ""},
        {"mode": "unsubscribe"},
        {"mode": "SUBSCRIBE"},
        {"mode": ""},
        {"challenge": ""},
        {"challenge": "x" * 2001},
    ],
)
def test_what_was_not_asked_for_is_not_confirmed(said: dict[str, str]) -> None:
    assert confirmed(a_push(PushState.ASKED), query(**said), now=NOW) is None


@pytest.mark.parametrize(
    ("push", "after"),
    [
        (a_push(PushState.ASKED), ASKS_BACK_WITHIN + timedelta(seconds=1)),
        (a_push(PushState.ASKED), timedelta(seconds=-1)),
        (a_push(PushState.ASKED, asked_at=None), timedelta(0)),
        (a_push(PushState.REFUSED), timedelta(0)),
        (a_push(PushState.DISTRUSTED), timedelta(0)),
    ],
)
def test_a_hub_that_asks_back_out_of_turn_is_not_confirmed(push: Push, after: timedelta) -> None:
    assert confirmed(push, query(), now=NOW + after) is None


@pytest.mark.parametrize(
    ("seconds", "days"), [("864000", 10), ("9999999999", 30), ("", 10), ("-1", 10), ("٣", 10)]
)
def test_leases_are_bounded_and_garbage_means_ours(seconds: str, days: int) -> None:
    reply = confirmed(a_push(), query(lease_seconds=seconds), now=NOW)
    assert reply is not None
    assert reply.push is not None
    assert reply.push.lease_until == NOW + timedelta(days=days)


def test_a_short_lease_does_not_have_the_hub_asked_all_the_time() -> None:
    reply = confirmed(a_push(), query(lease_seconds="1"), now=NOW)
    assert reply is not None
    assert reply.push is not None
    assert reply.push.due_at == NOW + course.ASKS_APART
    assert not course.is_heard(reply.push, now=NOW + timedelta(seconds=1))


def test_a_goodbye_is_confirmed_and_ends_it() -> None:
    reply = confirmed(a_push(PushState.ENDING), query(mode="unsubscribe"), now=NOW)
    assert reply is not None
    assert (reply.text, reply.push) == ("c", None)
    assert confirmed(a_push(PushState.ENDING), query(), now=NOW) is None


def test_a_refusal_is_kept_with_its_reason_and_tried_again_later() -> None:
    denied = query(mode="denied", reason="no\nroom " + "x" * 1000)
    reply = confirmed(a_push(), denied, now=NOW)
    assert reply is not None
    assert reply.push is not None
    assert reply.push.state is PushState.REFUSED
    assert reply.push.error.startswith("the hub refused: no room x")
    assert len(reply.push.error) < 400
    assert reply.push.due_at == NOW + course.REST


# --- believing --------------------------------------------------------------------------------


def proved(push: Push) -> Push:
    for number in range(course.PROOFS):
        at = NOW + number * timedelta(hours=1)
        push = course.found(course.pushed(push, now=at), now=at + timedelta(seconds=5))
    return push


def test_polls_become_seldom_after_the_hub_was_first_three_times() -> None:
    push = a_push()
    assert course.rests_until(push, NOW, now=NOW) is None
    push = proved(push)
    assert course.rests_until(push, NOW, now=NOW) == NOW + course.SAFETY
    assert course.SAFETY <= DAY


def test_one_push_proves_itself_once() -> None:
    push = course.pushed(a_push(), now=NOW)
    for second in range(5):
        push = course.found(push, now=NOW + timedelta(seconds=second))
    assert push.proofs == 1


def test_polls_become_usual_when_the_lease_ends() -> None:
    push = proved(a_push(lease_until=NOW + timedelta(hours=4)))
    assert course.rests_until(push, NOW, now=NOW) == NOW + timedelta(hours=4)
    assert course.rests_until(push, NOW, now=NOW + timedelta(hours=4)) is None


def test_one_miss_makes_polls_usual_at_once() -> None:
    push = course.found(proved(a_push()), now=NOW + DAY)
    assert course.rests_until(push, NOW, now=NOW + DAY) is None
    push = course.settled(push, now=NOW + DAY + course.GRACE + timedelta(seconds=1))
    assert (push.proofs, push.misses) == (0, 1)
    assert course.rests_until(push, NOW, now=NOW + DAY) is None


def test_a_poll_that_was_a_little_faster_is_no_miss() -> None:
    push = course.found(a_push(), now=NOW)
    push = course.pushed(push, now=NOW + course.GRACE)
    push = course.settled(push, now=NOW + 2 * course.GRACE)
    assert push.misses == 0


def test_a_third_miss_ends_it_for_a_week() -> None:
    push = a_push()
    for number in range(course.MISSES):
        assert push.state is PushState.ACTIVE
        push = course.found(push, now=NOW + number * timedelta(hours=1))
        push = course.settled(push, now=NOW + number * timedelta(hours=1) + 2 * course.GRACE)
    assert push.state is PushState.DISTRUSTED
    assert "found news first" in push.error
    assert push.due_at - NOW > timedelta(days=6)


def test_what_polls_find_while_nobody_is_to_push_is_no_miss() -> None:
    push = course.found(a_push(PushState.ASKED), now=NOW)
    assert push.found_at is None


def test_asks_become_seldom_and_never_end() -> None:
    push, now, waits = a_push(PushState.ASKED), NOW, []
    for _ in range(8):
        push = course.asked(push, now=now)
        waits.append((push.due_at - now) / timedelta(hours=1))
        now = push.due_at
    assert waits == [1, 2, 4, 8, 16, 24, 24, 24]


def test_goodbyes_end() -> None:
    push = course.left(a_push(), now=NOW)
    assert push is not None
    for _ in range(3):
        assert not course.is_over(push)
        push = course.asked(push, now=NOW)
    assert course.is_over(push)


def test_a_hub_that_was_never_asked_hears_no_goodbye() -> None:
    assert course.left(a_push(PushState.ASKED, asked_at=None), now=NOW) is None
    assert course.left(a_push(PushState.DISTRUSTED), now=NOW) is None


EVENTS: list[Callable[..., Push]] = [course.pushed, course.found, course.settled, course.asked]


@given(st.lists(st.tuples(st.sampled_from(EVENTS), st.integers(1, 7200)), max_size=60))
def test_whatever_happens_a_feed_is_polled_within_the_safety(
    events: list[tuple[Callable[..., Push], int]],
) -> None:
    push, now = a_push(), NOW
    for event, seconds in events:
        now += timedelta(seconds=seconds)
        push = event(push, now=now)
        until = course.rests_until(push, now, now=now)
        assert until is None or now <= until <= now + course.SAFETY
        assert 0 <= push.misses < course.MISSES
        assert push.state in PushState


# --- how often --------------------------------------------------------------------------------


def test_a_path_is_let_in_sixty_times_a_minute() -> None:
    turnstile = Turnstile()
    let_in = [turnstile.admits("a", now=NOW + timedelta(seconds=n / 2)) for n in range(120)]
    assert let_in == [True] * 60 + [False] * 60
    assert turnstile.admits("b", now=NOW + timedelta(seconds=59))
    assert turnstile.admits("a", now=NOW + timedelta(seconds=61))


def test_a_feed_is_polled_at_once_and_then_not_too_often() -> None:
    polled: list[str] = []
    nudges = Nudges(polled.append)
    for second in range(120):
        now = NOW + timedelta(seconds=second)
        nudges.add("a", again=False, now=now)
        nudges.send(now=now)
        if second % 30 == 1:
            nudges.landed("a", new=True, now=now)
    assert len(polled) == 4


def test_a_hub_that_pushes_nothing_new_is_listened_to_less_and_less() -> None:
    polled: list[str] = []
    nudges = Nudges(polled.append)
    for minute in range(24 * 60):
        now = NOW + timedelta(minutes=minute)
        nudges.add("a", again=True, now=now)
        nudges.send(now=now)
        nudges.landed("a", new=False, now=now)
    assert len(polled) < 24 * 60 / 4


def test_a_poll_that_came_too_early_for_a_cache_is_made_again_twice() -> None:
    polled: list[str] = []
    nudges, now = Nudges(polled.append), NOW
    nudges.add("a", again=True, now=now)
    for wait in (timedelta(0), timedelta(minutes=1), timedelta(minutes=10)):
        now += wait
        assert nudges.moments() == [now]
        nudges.send(now=now)
        nudges.landed("a", new=False, now=now)
    assert (len(polled), nudges.moments()) == (3, [])


def test_news_ends_the_repetitions() -> None:
    polled: list[str] = []
    nudges = Nudges(polled.append)
    nudges.add("a", again=True, now=NOW)
    nudges.send(now=NOW)
    nudges.landed("a", new=True, now=NOW + APART)
    assert nudges.moments() == []
