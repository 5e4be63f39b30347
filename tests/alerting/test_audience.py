"""Who hears of a watchlist by their own wish, when, and where."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.audience import Audience, receiver_of
from alerts.alerting.sightings import RulesInForce
from alerts.model import (
    FOREVER,
    Address,
    Article,
    DeliveryKind,
    DigestHours,
    Keyword,
    OwnWatchlist,
    QuietHours,
    Receiver,
    Route,
    RuleSet,
    Severity,
    Status,
    Subscriber,
    Subscription,
    Watchlist,
)

NOW = datetime(2024, 5, 1, 21, 30, tzinfo=UTC)
BASES = Watchlist(id="bases", title="Bases", condition=Keyword("base"))
ARTICLE = Article(id="a", title="A base and sarin", language="en")
RULES = RuleSet(
    watchlists=(BASES,),
    route=Route(receiver="desk"),
    receivers={"desk": Receiver(name="desk", addresses=(Address(channel="telegram", target="1"),))},
)


def somebody(number: int = 7, **fields: Any) -> Subscriber:
    """Return a subscriber in a chat of that number times a hundred."""
    chat = Address(channel="telegram", target=str(100 * number))
    return Subscriber(id=number, chat=chat, created_at=NOW, **fields)


def subscribed(**fields: Any) -> Subscription:
    return Subscription(watchlist="bases", created_at=NOW, **fields)


def own(number: int = 1, **fields: Any) -> OwnWatchlist:
    return OwnWatchlist(
        number=number, title="Mine", wish="sarin", query="sarin", created_at=NOW, **fields
    )


def told(*who: Subscriber, now: datetime = NOW) -> dict[str, list[str]]:
    """Return watchlist -> the addresses that hear of `ARTICLE`."""
    audience = Audience()
    for each in who:
        audience.put(each, watchlists_of(each))
    rules = RulesInForce.compile(RULES, audience)
    return {
        item.match.watchlist: sorted(one.address.key for one in item.destinations)
        for item in rules.routed(ARTICLE, now=now)
    }


def watchlists_of(who: Subscriber) -> list[Watchlist]:
    return [
        Watchlist(id=who.watchlist_id(each.number), title=each.title, condition=Keyword("sarin"))
        for each in who.watchlists
    ]


def test_subscribers_hear_of_an_operators_watchlist_beside_its_routes() -> None:
    assert told() == {"bases": ["telegram:1"]}
    assert told(somebody(subscriptions=(subscribed(),))) == {
        "bases": ["telegram:1", "telegram:700"]
    }


def test_what_somebody_made_is_heard_by_nobody_else() -> None:
    found = told(somebody(watchlists=(own(),)), somebody(8))
    assert found == {"bases": ["telegram:1"], "subscriber/7/1": ["telegram:700"]}


def test_a_watchlist_rings_in_its_topic_and_in_the_mailbox() -> None:
    who = somebody(watchlists=(own(thread=5),), mail="ann@example.org")
    assert told(who)["subscriber/7/1"] == ["email:ann@example.org", "telegram:700/5"]


@pytest.mark.parametrize(
    ("paused", "rings"),
    [
        ({"paused_until": FOREVER}, False),
        ({"paused_until": NOW + timedelta(seconds=1)}, False),
        ({"paused_until": NOW}, True),
        ({"watchlists": (own(paused_until=FOREVER),)}, False),
    ],
)
def test_a_pause_keeps_it_quiet_until_it_is_over(paused: dict[str, Any], rings: bool) -> None:
    who = somebody(**({"watchlists": (own(),)} | paused))
    assert bool(told(who)["subscriber/7/1"]) is rings


def test_quiet_hours_and_digests_are_read_by_the_clock_of_the_subscriber() -> None:
    """At 21:30 UTC it is 23:30 in Berlin."""
    quiet = QuietHours(begin=time(23), end=time(7))
    there = somebody(watchlists=(own(),), quiet=quiet, time_zone="Europe/Berlin")
    [bundle] = _leaving(there)
    assert (bundle.kind, bundle.due_at) == (DeliveryKind.LIST, NOW.replace(hour=5, minute=0) + DAY)
    [at_once] = _leaving(replace(there, time_zone="UTC"))
    assert (at_once.kind, at_once.due_at) == (DeliveryKind.ALERT, NOW)
    digest = replace(there, quiet=None, digest=DigestHours(at=(time(8),)))
    [daily] = _leaving(digest)
    assert (daily.kind, daily.due_at) == (DeliveryKind.DIGEST, NOW.replace(hour=6, minute=0) + DAY)


def test_what_is_severe_enough_goes_through_quiet_hours() -> None:
    quiet = QuietHours(begin=time(21), end=time(7), below=Severity.HIGH)
    [told_at_once] = _leaving(somebody(watchlists=(own(),), quiet=quiet), Severity.HIGH)
    assert told_at_once.due_at == NOW


DAY = timedelta(days=1)


def _leaving(who: Subscriber, severity: Severity = Severity.MEDIUM) -> list[Any]:
    audience = Audience()
    mine = [replace(each, severity=severity) for each in watchlists_of(who)]
    audience.put(who, mine)
    rules = RulesInForce.compile(RULES, audience)
    [_, item] = sorted(rules.routed(ARTICLE, now=NOW), key=lambda item: item.match.watchlist)
    return list(item.destinations)


def test_an_experiment_of_the_operator_is_told_to_nobody() -> None:
    audience = Audience()
    audience.put(somebody(subscriptions=(subscribed(),)), ())
    tried = replace(RULES, watchlists=(replace(BASES, status=Status.EXPERIMENTAL),))
    [item] = RulesInForce.compile(tried, audience).routed(ARTICLE, now=NOW)
    assert item.destinations == ()


def test_a_watchlist_that_goes_while_an_article_is_matched_rings_for_nobody() -> None:
    audience, who = Audience(), somebody(watchlists=(own(),))
    audience.put(who, watchlists_of(who))
    rules = RulesInForce.compile(RULES, audience)
    audience.drop(who)  # the matcher still knows it
    assert [item.match.watchlist for item in rules.routed(ARTICLE, now=NOW)] == ["bases"]


_WISHES = st.tuples(st.integers(1, 3), st.sets(st.integers(1, 3)), st.booleans(), st.booleans())


@given(changes=st.lists(_WISHES, max_size=12))
def test_after_any_changes_everybody_hears_what_they_wanted_last(
    changes: list[tuple[int, set[int], bool, bool]],
) -> None:
    audience, last = Audience(), dict[int, Subscriber]()
    for number, numbers, subscribes, leaves in changes:
        mine = tuple(own(each) for each in sorted(numbers))
        wanted = (subscribed(),) if subscribes else ()
        who = somebody(number, watchlists=mine, subscriptions=wanted)
        if leaves:
            audience.drop(who)
            last.pop(number, None)
        else:
            audience.put(who, watchlists_of(who))
            last[number] = who
    fresh = Audience()
    for who in last.values():
        fresh.put(who, watchlists_of(who))
    assert audience.watchlists == fresh.watchlists
    assert (
        audience.receivers
        == fresh.receivers
        == {who.name: receiver_of(who) for who in last.values()}
    )
    for id_, watchlist in [*fresh.watchlists.items(), ("bases", BASES)]:
        assert _heard(audience, id_, watchlist) == _heard(fresh, id_, watchlist)


def _heard(audience: Audience, id_: str, watchlist: Watchlist) -> set[str]:
    [match] = RulesInForce.compile(RuleSet(watchlists=(replace(watchlist, id=id_),))).matcher.match(
        ARTICLE
    )
    return {one.address.key for one in audience.destinations(watchlist, match, now=NOW)}
