"""What waits for a yes is kept as a file; the same is made of it again."""

from __future__ import annotations

from dataclasses import replace
from datetime import time

from hypothesis import given
from hypothesis import strategies as st

from alerts.bot.importing import Plan, Setting, file_of, plan_of
from alerts.gazetteer.shipped import known, shipped
from alerts.model import (
    Address,
    DigestHours,
    QuietHours,
    RuleSet,
    Severity,
    Subscriber,
    Watchlist,
)
from alerts.model.condition import Keyword
from alerts.subscribers.portable import Bundle, PortableSettings, PortableWatchlist, read
from alerts.watchlists.wishes.readings import Readers
from tests.builders import NOW

SOMEBODY = Subscriber(
    id=7, chat=Address(channel="telegram", target="100"), time_zone="Asia/Damascus", created_at=NOW
)
RULES = RuleSet(
    watchlists=tuple(
        Watchlist(id=id_, title=id_, condition=Keyword("x")) for id_ in ("idlib", "homs")
    )
)
READERS = Readers({}, known(), shipped())

watchlists = st.builds(
    PortableWatchlist,
    title=st.text(min_size=1, max_size=80),
    wish=st.sampled_from(("", "sarin", "Idlib + sarin", "🧪")),
    query=st.sampled_from(("sarin", "place:Idlib AND sarin", '"حمص"', "@unknown", "AND")),
    exclude=st.sampled_from(("", "football")),
    severity=st.sampled_from(Severity),
)
bundles = st.builds(
    Bundle,
    watchlists=st.lists(watchlists, max_size=6).map(tuple),
    subscriptions=st.dictionaries(st.sampled_from(("idlib", "homs", "gone")), st.none()),
    settings=st.none()
    | st.builds(
        PortableSettings,
        language=st.sampled_from(("", "ar", "xx")),
        time_zone=st.sampled_from(("", "Europe/Kyiv")),
        quiet=st.none() | st.just(QuietHours(begin=time(22), end=time(7))),
        digest=st.none() | st.just(DigestHours(at=(time(7),))),
    ),
)


def planned(bundle: Bundle, subscriber: Subscriber = SOMEBODY) -> Plan:
    return plan_of(bundle, subscriber, RULES, READERS, thread=None, now=NOW)


@given(bundles)
def test_the_same_is_planned_again(bundle: Bundle) -> None:
    plan = planned(bundle)
    found = read("", file_of(plan, now=NOW).encode())
    assert isinstance(found, Bundle)
    again = planned(found)
    assert [(one.query, one.exclude, one.severity, one.wish) for one in again.new] == [
        (one.query, one.exclude, one.severity, one.wish) for one in plan.new
    ]
    assert {one.watchlist for one in again.subscriptions} == {
        one.watchlist for one in plan.subscriptions
    }
    assert again.changed == plan.changed
    assert not again.flawed
    assert not again.over


@given(bundles)
def test_what_was_imported_is_not_new(bundle: Bundle) -> None:
    plan = planned(bundle)
    numbered = (replace(own, number=number) for number, own in enumerate(plan.new, 1))
    after = replace(plan.changed, watchlists=tuple(numbered), subscriptions=plan.subscriptions)
    assert planned(bundle, after).is_empty


def test_a_file_takes_no_setting_away() -> None:
    there = replace(SOMEBODY, quiet=QuietHours(begin=time(22), end=time(7)))
    plan = planned(Bundle(settings=PortableSettings(language="xx")), there)
    assert (plan.changed, plan.settings) == (there, ())
    plan = planned(Bundle(settings=PortableSettings(language="ar")), there)
    assert plan.settings == (Setting.LANGUAGE,)
    assert plan.changed == replace(there, language="ar")
