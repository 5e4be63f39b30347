"""One threshold for all feeds, so that all of them together cost what they may."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.budget import Census, foretold, trim, tuned
from alerts.feeds.rhythm import Bounds
from alerts.model import Pace

NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
TEN_MINUTES = timedelta(minutes=10)
BOUNDS = Bounds()
PER_DAY = 96.0

#: Articles a minute.
rates = st.floats(1e-6, 10)


def census_of(*values: float) -> Census:
    census = Census()
    for place, value in enumerate(values):
        census.note(str(place), value)
    return census


def zipf(feeds: int) -> Census:
    return census_of(*(300 / 1440 / rank for rank in range(1, feeds + 1)))


def tune(pace: Pace, census: Census, *, polls: int = 0, now: datetime = NOW) -> Pace:
    return tuned(pace, census, polls=polls, per_day=PER_DAY, bounds=BOUNDS, now=now)


def live(
    pace: Pace, census: Census, *, days: float, polled: float = 1.0, now: datetime = NOW
) -> tuple[list[float], list[float]]:
    """Let feeds be polled *polled* times as often as was foretold; return thresholds and polls a day."""
    thresholds, spent, owed = [], [], 0.0
    for _ in range(int(days * 144)):
        per_day = polled * foretold(census, pace.threshold, BOUNDS)
        owed += per_day / 144
        polls, owed = int(owed), owed % 1
        now += TEN_MINUTES
        pace = tune(pace, census, polls=polls, now=now)
        thresholds.append(pace.threshold)
        spent.append(per_day / len(census))
    return thresholds, spent


@given(st.lists(rates, min_size=1, max_size=50))
def test_the_budget_is_kept_at_once_where_the_bounds_allow_it(values: list[float]) -> None:
    census = census_of(*values)
    pace = tune(Pace(), census)
    cost = foretold(census, pace.threshold, BOUNDS) / len(census)
    least, most = foretold(census, 1e9, BOUNDS), foretold(census, 1e-9, BOUNDS)
    within = min(max(PER_DAY, least / len(census)), most / len(census))
    assert cost == pytest.approx(within, rel=0.02) or pace.threshold in (
        pytest.approx(1e4, rel=0.01),
        pytest.approx(1e-4, rel=0.01),
    )


@given(st.lists(rates, min_size=1, max_size=50), st.floats(1e-4, 1e4), st.floats(1, 100))
def test_more_patience_never_costs_more(values: list[float], low: float, times: float) -> None:
    census = census_of(*values)
    assert foretold(census, low * times, BOUNDS) <= foretold(census, low, BOUNDS) * (1 + 1e-9)


def test_thousands_of_new_feeds_change_the_threshold_at_once_and_not_the_cost() -> None:
    census = zipf(200)
    before = tune(Pace(), census)
    for place in range(5000):
        census.note(f"new {place}", 8 / 1440)
    polls = round(foretold(census, before.threshold, BOUNDS) / 144)
    after = tune(before, census, polls=polls, now=NOW + TEN_MINUTES)
    assert after.threshold != pytest.approx(before.threshold, rel=0.2)
    assert foretold(census, after.threshold, BOUNDS) / 5200 == pytest.approx(PER_DAY, rel=0.02)


def test_what_the_rates_do_not_foretell_is_made_up_for_within_days() -> None:
    """Hints, failures and nights keep a third of the polls away."""
    _, spent = live(tune(Pace(), zipf(300)), zipf(300), days=14, polled=2 / 3)
    assert spent[0] < 70
    assert spent[-1] == pytest.approx(PER_DAY, rel=0.08)


@pytest.mark.parametrize("polled", [0.5, 1.0, 1.4])
def test_the_threshold_goes_one_way_and_does_not_swing(polled: float) -> None:
    thresholds, spent = live(tune(Pace(), zipf(300)), zipf(300), days=14, polled=polled)
    steps = [after - before for before, after in pairwise(thresholds)]
    one_way = max(abs(sum(step for step in steps if step > 0)), 1e-9)
    other_way = abs(sum(step for step in steps if step < 0))
    assert min(one_way, other_way) <= 0.05 * thresholds[0]
    assert abs(spent[-1] - PER_DAY) <= abs(spent[0] - PER_DAY) + 1


def test_a_restart_goes_on_with_what_was_stored() -> None:
    census = zipf(300)
    stored = tune(Pace(threshold=0.1, polled=900, foretold=1000, tuned_at=NOW), census)
    polls = round(foretold(census, stored.threshold, BOUNDS) / 144)
    begun = tune(stored, zipf(300), polls=polls, now=NOW + TEN_MINUTES)
    assert begun.threshold == pytest.approx(stored.threshold, rel=0.05)
    # With no feed known yet it stays as it was.
    assert tune(stored, Census(), now=NOW + TEN_MINUTES).threshold == stored.threshold


def test_a_week_without_us_is_not_taken_for_a_week_without_polls() -> None:
    census = zipf(300)
    before = tune(Pace(), census)
    after = tune(before, census, now=NOW + timedelta(days=7))
    assert after.threshold == before.threshold


@given(st.integers(0, 10**7), st.floats(0, 1e9), st.floats(0, 1e9))
def test_no_measurement_pulls_the_budget_far_away(polls: int, polled: float, told: float) -> None:
    census = zipf(50)
    pace = Pace(polled=polled, foretold=told, tuned_at=NOW)
    after = tune(pace, census, polls=polls, now=NOW + TEN_MINUTES)
    assert 0.25 <= trim(after, foretold(census, after.threshold, BOUNDS)) <= 4


def test_a_feed_counts_once_with_its_newest_rate_and_no_more_when_it_left() -> None:
    census = census_of(1.0, 0.01)
    census.note("0", 0.02)
    assert sum(count for _, count in census.rates()) == len(census) == 2
    census.keep(frozenset({"1", "2"}))
    assert len(census) == 1
    census.drop("1")
    census.drop("1")
    assert (len(census), list(census.rates())) == (0, [])
