"""Turns: two at once, two seconds apart, nobody forgotten, and nobody kept waiting by a crowd."""

from __future__ import annotations

import time
from collections import defaultdict
from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.poller.manners import Turns
from alerts.poller.neighbours import APART, AT_ONCE, Circle, Neighbours
from tests.builders import NOW

SECOND = timedelta(seconds=1)


def company(domain: str, host: str = "") -> Neighbours:
    host = host or domain
    held_by = (host, f"*.{domain}")
    return Neighbours(circle=Circle(name=domain), pauses=host, held_by=held_by)


def alone(host: str) -> Neighbours:
    circle = Circle(name=host, at_once=25, apart=timedelta(0))
    return Neighbours(circle=circle, pauses="", held_by=())


def turns_of(neighbours: dict[str, Neighbours], due_at: datetime = NOW) -> Turns:
    turns = Turns()
    turns.seat(neighbours)
    for url in neighbours:
        turns.put(url, due_at)
    return turns


def taken(turns: Turns, now: datetime = NOW) -> list[str]:
    """Take what may begin at *now*."""
    found = []
    while (at := turns.next_at()) is not None and at <= now:
        if (url := turns.take(now)) is not None:
            found.append(url)
    return found


def test_two_starts_of_one_domain_are_two_seconds_apart() -> None:
    turns = turns_of({f"u{n}": company("news.example", f"h{n}.news.example") for n in range(3)})
    assert len(taken(turns)) == 1
    assert turns.next_at() == NOW + APART
    assert taken(turns, NOW + APART - timedelta(milliseconds=1)) == []
    assert len(taken(turns, NOW + APART)) == 1


def test_two_polls_of_one_domain_are_under_way_at_most() -> None:
    neighbours = {f"u{n}": company("news.example") for n in range(5)}
    turns = turns_of(neighbours)
    begun = [url for second in range(0, 60, 2) for url in taken(turns, NOW + second * SECOND)]
    assert len(begun) == AT_ONCE
    assert turns.next_at() is None
    turns.end(neighbours[begun[0]].circle)
    assert len(taken(turns, NOW + 60 * SECOND)) == 1


def test_what_waited_longest_goes_first() -> None:
    neighbours = {"late": company("a.example"), "early": company("a.example")}
    turns = Turns()
    turns.seat(neighbours)
    turns.put("late", NOW)
    turns.put("early", NOW - SECOND)
    assert taken(turns) == ["early"]


def test_nothing_begins_before_it_is_due() -> None:
    turns = turns_of({"u": company("a.example")}, NOW + SECOND)
    assert taken(turns) == []
    assert turns.next_at() == NOW + SECOND
    assert taken(turns, NOW + SECOND) == ["u"]


def test_a_feed_that_is_put_again_has_its_newest_place_only() -> None:
    turns = turns_of({"u": alone("bridge")})
    turns.put("u", NOW + 5 * SECOND)
    assert taken(turns) == []
    assert taken(turns, NOW + 5 * SECOND) == ["u"]
    assert taken(turns, NOW + 50 * SECOND) == []


def test_a_pause_holds_every_feed_of_its_host_and_no_other() -> None:
    neighbours = {
        "a1": company("news.example", "a.news.example"),
        "a2": company("news.example", "a.news.example"),
        "b": company("news.example", "b.news.example"),
        "c": company("other.example"),
    }
    turns = turns_of(neighbours)
    until = NOW + timedelta(hours=1)
    turns.pause("a.news.example", until)
    assert sorted(taken(turns)) == ["b", "c"]
    turns.end(neighbours["b"].circle)
    assert taken(turns, until - SECOND) == []
    assert taken(turns, until) == ["a1"]


def test_a_pause_of_a_domain_holds_all_of_its_hosts() -> None:
    turns = turns_of({"a": company("news.example", "a.news.example"), "b": company("b.example")})
    turns.pause("*.news.example", NOW + SECOND)
    assert taken(turns) == ["b"]


def test_a_pause_is_never_made_shorter() -> None:
    turns = turns_of({"u": company("a.example")})
    turns.pause("a.example", NOW + timedelta(hours=2))
    turns.pause("a.example", NOW + SECOND)
    assert taken(turns, NOW + timedelta(hours=1)) == []


def test_polls_under_way_count_after_the_rules_changed() -> None:
    neighbours = {f"u{n}": company("a.example") for n in range(4)}
    turns = turns_of(neighbours)
    for second in range(0, 4, 2):
        assert taken(turns, NOW + second * SECOND)
    turns.seat(neighbours)
    for url in neighbours:
        turns.put(url, NOW)
    assert taken(turns, NOW + timedelta(hours=1)) == []


def test_ten_thousand_feeds_of_one_host_keep_none_of_two_hundred_others_waiting() -> None:
    neighbours = {f"giant{n}": company("giant.example") for n in range(10_000)}
    others = {f"other{n}": company(f"h{n}.example") for n in range(200)}
    turns = Turns()
    turns.seat(neighbours | others)
    for url in neighbours:
        turns.put(url, NOW - timedelta(days=1))
    for url in others:
        turns.put(url, NOW)
    found = taken(turns)
    assert found.count("giant0") == 1
    assert set(found) - {"giant0"} == others.keys()


def test_a_paused_giant_is_passed_in_small_steps() -> None:
    """No single question goes through all of its feeds: the event loop must have its turn."""
    neighbours = {f"giant{n}": company("giant.example") for n in range(10_000)}
    turns = turns_of(neighbours | {"other": company("other.example")})
    turns.pause("giant.example", NOW + timedelta(hours=1))
    questions = 0
    found = None
    while found is None:
        begun = time.thread_time()
        found = turns.take(NOW)
        assert time.thread_time() - begun < 0.25
        questions += 1
    assert found == "other"
    assert questions <= 21


DOMAINS = ["a.example", "b.example", "c.example", "bridge"]
STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("put"), st.integers(0, 30), st.integers(-5, 20)),
        st.tuples(st.just("pass"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("end"), st.integers(0, 9), st.just(0)),
        st.tuples(st.just("pause"), st.integers(0, 3), st.integers(0, 30)),
    ),
    max_size=80,
)


@settings(max_examples=300)
@given(STEPS)
def test_whatever_happens_the_limits_hold_and_everybody_comes_to_a_turn(
    steps: list[tuple[str, int, int]],
) -> None:
    neighbours = {
        f"{domain}/{n}": alone(domain) if domain == "bridge" else company(domain)
        for domain in DOMAINS
        for n in range(8)
    }
    urls, now, turns = list(neighbours), NOW, Turns()
    turns.seat(neighbours)
    due: dict[str, datetime] = {}
    pauses: dict[str, datetime] = {}
    starts: dict[Circle, list[datetime]] = defaultdict(list)
    running: list[str] = []

    def begin() -> None:
        for url in taken(turns, now):
            circle = neighbours[url].circle
            assert due.pop(url) <= now
            assert all(pauses.get(name, now) <= now for name in neighbours[url].held_by)
            assert all(now - start >= circle.apart for start in starts[circle])
            running.append(url)
            starts[circle].append(now)
            assert sum(neighbours[each].circle == circle for each in running) <= circle.at_once

    for act, which, number in steps:
        if act == "put":
            url = urls[which]
            due[url] = now + number * SECOND
            turns.put(url, due[url])
        elif act == "pass":
            now += which * SECOND
        elif act == "end" and running:
            turns.end(neighbours[running.pop(which % len(running))].circle)
        elif act == "pause":
            until = now + number * SECOND
            pauses[DOMAINS[which]] = max(until, pauses.get(DOMAINS[which], until))
            turns.pause(DOMAINS[which], until)
        begin()
    for _ in range(200):
        now += 2 * SECOND
        while running:
            turns.end(neighbours[running.pop()].circle)
        begin()
    assert not due
