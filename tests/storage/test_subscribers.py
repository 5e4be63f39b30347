"""Who subscribed, what they watch, and what they were told."""

from __future__ import annotations

import asyncio
import tempfile
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path
from typing import Any

import pytest
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from sqlalchemy import event

from alerts.model import (
    FOREVER,
    Address,
    ChatKind,
    DigestHours,
    OwnWatchlist,
    QuietHours,
    Severity,
    Subscriber,
    Subscription,
    Weekday,
)
from alerts.storage import Storage
from alerts.storage.subscribers import SubscriberCounts
from tests.builders import CHAT, NOW, a_destination, a_sighting, an_article
from tests.storage.databases import list_feeds, on_sqlite, opened, record
from tests.storage.people import a_subscription, admitted, again, an_own, sent, to

DAY = timedelta(days=1)
MOST = 50


# --- who ------------------------------------------------------------------------------------------


async def test_a_stranger_becomes_a_subscriber_once(storage: Storage) -> None:
    chat = replace(CHAT, thread=7)
    store = storage.subscribers
    assert await store.find(chat) is None
    first = await store.admit(
        chat, kind=ChatKind.GROUP, language="ar", time_zone="Asia/Damascus", now=NOW
    )
    assert first == Subscriber(
        id=first.id,
        chat=CHAT,
        kind=ChatKind.GROUP,
        language="ar",
        time_zone="Asia/Damascus",
        created_at=NOW,
    )
    await store.watch(first.id, an_own(), most=MOST)
    # A second press of the same button, at the same moment.
    later = [admitted(storage, language="fr", now=NOW + DAY) for _ in range(2)]
    for known in await asyncio.gather(*later):
        assert known == await again(storage, first)
        assert known.watchlists
    assert await store.find(chat) == known
    assert await store.find(replace(CHAT, channel="email")) is None


async def test_two_strangers_at_once_are_two_and_one_is_one(storage: Storage) -> None:
    targets = ["1", "2", "1", "2", "1"]
    came = await asyncio.gather(*(admitted(storage, target) for target in targets))
    assert [each.chat.target for each in came] == targets
    assert len({each.id for each in came}) == 2


SETTINGS: dict[str, dict[str, Any]] = {
    "language": {"language": "uk"},
    "time zone": {"time_zone": "Europe/Kyiv"},
    "kind": {"kind": ChatKind.CHANNEL},
    "quiet": {"quiet": QuietHours(begin=time(22), end=time(7, 5), below=Severity.HIGH)},
    "digest": {
        "digest": DigestHours(at=(time(7), time(17, 30)), days=(Weekday.MONDAY, Weekday.SUNDAY))
    },
    "digest every day": {"digest": DigestHours(at=(time(0),))},
    "mail": {"mail": "desk@example.org"},
    "pause": {"paused_until": NOW + DAY},
    "pause for ever": {"paused_until": FOREVER},
}


@pytest.mark.parametrize("changed", SETTINGS.values(), ids=list(SETTINGS))
async def test_each_setting_is_kept_and_can_be_taken_back(
    storage: Storage, changed: dict[str, Any]
) -> None:
    store = storage.subscribers
    before = await admitted(storage)
    await store.watch(before.id, an_own(), most=MOST)
    other = await admitted(storage, "200")
    assert await store.keep(replace(before, **changed))
    after = await again(storage, before)
    assert replace(after, watchlists=()) == replace(before, **changed)
    assert len(after.watchlists) == 1
    assert await store.keep(before)
    assert replace(await again(storage, before), watchlists=()) == before
    assert await again(storage, other) == other


async def test_nothing_is_kept_of_who_is_gone(storage: Storage) -> None:
    store = storage.subscribers
    gone = await admitted(storage)
    await store.erase(gone, people=())
    assert not await store.keep(replace(gone, language="tr"))
    assert await store.watch(gone.id, an_own(), most=MOST) is None
    assert await store.watch(gone.id, an_own(1), most=MOST) is None
    assert not await store.subscribe(gone.id, a_subscription(), most=MOST)
    assert await store.everybody() == []


async def test_everybody_is_read_whole_and_in_three_queries(storage: Storage) -> None:
    store = storage.subscribers
    people = [await admitted(storage, str(number)) for number in range(5)]
    for number, each in enumerate(people):
        for _ in range(number):
            await store.watch(each.id, an_own(), most=MOST)
            heard = a_subscription(f"w{9 - number}", created_at=NOW + number * DAY)
            await store.subscribe(each.id, heard, most=MOST)
    await store.subscribe(people[4].id, a_subscription("early"), most=MOST)
    asked: list[str] = []

    def note(_c: object, _cursor: object, statement: str, *_: object) -> None:
        asked.append(statement)

    engine = storage.outbox._readers.sync_engine
    event.listen(engine, "before_cursor_execute", note)
    found = await store.everybody()
    event.remove(engine, "before_cursor_execute", note)
    assert len(asked) == 3
    assert [each.id for each in found] == [each.id for each in people]
    assert [[own.number for own in each.watchlists] for each in found] == [
        list(range(1, number + 1)) for number in range(5)
    ]
    assert [one.watchlist for one in found[4].subscriptions] == ["early", "w5"]


# --- what they watch ------------------------------------------------------------------------------


async def test_a_number_is_never_used_again(storage: Storage) -> None:
    store = storage.subscribers
    owner = await admitted(storage)
    for number in (1, 2, 3):
        kept = await store.watch(owner.id, an_own(), most=MOST)
        assert kept == an_own(number)
    assert await store.unwatch(owner.id, 3)
    assert not await store.unwatch(owner.id, 3)
    assert await store.watch(owner.id, an_own(), most=MOST) == an_own(4)
    assert [own.number for own in (await again(storage, owner)).watchlists] == [1, 2, 4]


async def test_watchlists_that_are_saved_at_once_get_numbers_of_their_own(
    storage: Storage,
) -> None:
    store = storage.subscribers
    owner = await admitted(storage)
    saving = (store.watch(owner.id, an_own(), most=5) for _ in range(8))
    kept = [own.number for own in await asyncio.gather(*saving) if own is not None]
    assert kept == [1, 2, 3, 4, 5]


async def test_an_edit_replaces_one_watchlist_also_where_there_are_as_many_as_may_be(
    storage: Storage,
) -> None:
    store = storage.subscribers
    owner, other = await admitted(storage), await admitted(storage, "200")
    for each in (owner, other):
        for _ in range(2):
            await store.watch(each.id, an_own(), most=2)
    assert await store.watch(owner.id, an_own(), most=2) is None
    edited = an_own(
        2,
        title="\u200fإدلب",
        wish="إدلب",
        query="place:إدلب",
        exclude='"chemical industry"',
        severity=Severity.CRITICAL,
        thread=7,
        paused_until=FOREVER,
    )
    assert await store.watch(owner.id, edited, most=2) == edited
    assert (await again(storage, owner)).watchlists == (an_own(1), edited)
    assert (await again(storage, other)).watchlists == (an_own(1), an_own(2))
    assert await store.watch(owner.id, an_own(3), most=9) is None


async def test_words_that_no_database_holds_are_returned_as_they_are_kept(
    storage: Storage,
) -> None:
    owner = await admitted(storage)
    kept = await storage.subscribers.watch(owner.id, an_own(wish="a\0b\ud800"), most=MOST)
    assert kept == an_own(1, wish="a?b?")
    assert (await again(storage, owner)).watchlists == (kept,)


async def test_a_subscription_is_one_however_often_it_is_made(storage: Storage) -> None:
    store = storage.subscribers
    owner = await admitted(storage)
    assert await store.subscribe(owner.id, a_subscription("a"), most=2)
    assert await store.subscribe(owner.id, a_subscription("b"), most=2)
    assert not await store.subscribe(owner.id, a_subscription("c"), most=2)
    changed = a_subscription("a", thread=7, paused_until=FOREVER, created_at=NOW + DAY)
    assert await store.subscribe(owner.id, changed, most=2)
    assert (await again(storage, owner)).subscriptions == (a_subscription("b"), changed)
    assert await store.unsubscribe(owner.id, "b")
    assert not await store.unsubscribe(owner.id, "b")
    assert (await again(storage, owner)).subscriptions == (changed,)


# For all histories, of two subscribers

_WHO = st.integers(0, 1)
_STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("watch"), _WHO, st.integers(0, 6), st.text(max_size=3)),
        st.tuples(st.just("unwatch"), _WHO, st.integers(1, 6)),
        st.tuples(st.just("subscribe"), _WHO, st.sampled_from("abcd"), st.integers(0, 2)),
        st.tuples(st.just("unsubscribe"), _WHO, st.sampled_from("abcd")),
    ),
    max_size=20,
)
_MOST = 3


class Kept:
    """What a subscriber's rows should be: two dicts."""

    def __init__(self) -> None:
        self.own: dict[int, OwnWatchlist] = {}
        self.heard: dict[str, Subscription] = {}
        self.last = 0

    def watch(self, number: int, title: str) -> OwnWatchlist | None:
        if (number and number not in self.own) or (not number and len(self.own) >= _MOST):
            return None
        if not number:
            number = self.last = self.last + 1
        self.own[number] = an_own(number, title=title)
        return self.own[number]

    def unwatch(self, number: int) -> bool:
        return self.own.pop(number, None) is not None

    def subscribe(self, watchlist: str, thread: int) -> bool:
        if watchlist not in self.heard and len(self.heard) >= _MOST:
            return False
        self.heard[watchlist] = a_subscription(watchlist, thread=thread)
        return True

    def unsubscribe(self, watchlist: str) -> bool:
        return self.heard.pop(watchlist, None) is not None


@given(_STEPS)
# Not shrunk: each try takes a database, and a history is short enough to be read.
@settings(max_examples=15, deadline=None, phases=(Phase.explicit, Phase.reuse, Phase.generate))
def test_what_is_watched_is_what_a_dict_would_keep(steps: list[Any]) -> None:
    asyncio.run(_follow(steps))


async def _follow(steps: list[Any]) -> None:
    with tempfile.TemporaryDirectory(prefix="tocsin-") as folder:
        async with opened(on_sqlite(Path(folder))) as storage:
            people = [await admitted(storage, target) for target in ("1", "2")]
            kept = [Kept(), Kept()]
            for name, who, *values in steps:
                told = await _done(storage, people[who].id, name, *values)
                assert told == getattr(kept[who], name)(*values)
            for person, should in zip(people, kept, strict=True):
                found = await again(storage, person)
                assert {own.number: own for own in found.watchlists} == should.own
                assert {one.watchlist: one for one in found.subscriptions} == should.heard


async def _done(storage: Storage, who: int, name: str, *values: Any) -> object:
    store = storage.subscribers
    if name == "watch":
        # What the database holds of any text (`tables.Words`) is tested above.
        title = values[1].replace("\0", "?").encode(errors="replace").decode()
        return await store.watch(who, an_own(values[0], title=title), most=_MOST)
    if name == "subscribe":
        one = a_subscription(values[0], thread=values[1])
        return await store.subscribe(who, one, most=_MOST)
    return await (store.unwatch if name == "unwatch" else store.unsubscribe)(who, values[0])


# --- what they were told --------------------------------------------------------------------------


async def ring(storage: Storage, name: str, *destinations: Any) -> None:
    await list_feeds(storage)
    await record(storage, a_sighting(an_article(name), to=destinations))


async def test_the_last_alerts_are_those_that_left_for_the_chat_the_newest_first(
    storage: Storage,
) -> None:
    reader = await admitted(storage)
    topic = replace(CHAT, thread=7)
    for name, where in (
        ("a", to(reader)),
        ("b", to(reader, address=topic)),
        ("other", a_destination("1000")),
        ("c", a_destination(CHAT.target)),
    ):
        await ring(storage, name, where)
        await sent(storage, first=len(name) + ord(name[0]))
    await ring(storage, "waits", to(reader))

    async def last(*keys: str, most: int = 9) -> list[str]:
        told = await storage.subscribers.last_told(keys, most=most)
        return [alert.lead.guid.removeprefix("urn:news:") for alert in told]

    assert await last(CHAT.key) == ["c", "b", "a"]
    assert await last(CHAT.key, most=2) == ["c", "b"]
    assert await last(topic.key) == ["b"]
    assert await last("telegram:1000", CHAT.key) == ["other", "c", "b", "a"]
    assert await last() == await last("telegram:10") == await last("email:100") == []


async def test_a_list_is_told_by_its_alerts(storage: Storage) -> None:
    reader = await admitted(storage)
    waits = to(reader, gathers="quiet", due_at=NOW)
    for name in "abc":
        await ring(storage, name, waits)
    [told] = await sent(storage, first=5)
    assert len(told.alerts) == 3
    assert len(await storage.subscribers.last_told([CHAT.key], most=2)) == 2
    found = await storage.subscribers.alert_of(CHAT, "5")
    assert {alert.id for alert in found} == {alert.id for alert in told.alerts}


async def test_a_message_leads_to_what_it_told(storage: Storage) -> None:
    store, reader = storage.subscribers, await admitted(storage)
    topic = replace(CHAT, thread=7)
    await ring(storage, "a", to(reader, address=topic))
    await ring(storage, "b", a_destination("200"))
    [here, there] = sorted(await sent(storage), key=lambda told: told.address.target)
    [number] = [
        each for each in ("1", "2") if (await store.alert_of(CHAT, each)) == list(here.alerts)
    ]
    assert await store.alert_of(topic, number) == list(here.alerts)
    assert await store.alert_of(there.address, number) == []
    assert await store.alert_of(CHAT, "99") == await store.alert_of(CHAT, "") == []


async def test_an_update_leads_to_the_alert_that_it_says_more_of(storage: Storage) -> None:
    reader = await admitted(storage)
    keys = ("url:https://news.example/blast",)
    await list_feeds(storage)
    for name, severity in (("a", Severity.MEDIUM), ("b", Severity.CRITICAL)):
        sighting = a_sighting(an_article(name), story_keys=keys, to=[to(reader)], severity=severity)
        await record(storage, sighting)
        await sent(storage, first=ord(name))
    [first] = await storage.subscribers.alert_of(CHAT, str(ord("a")))
    [update] = await storage.subscribers.alert_of(CHAT, str(ord("b")))
    assert first.id == update.id


# --- how many -------------------------------------------------------------------------------------


async def test_operators_see_how_many_there_are(storage: Storage) -> None:
    store = storage.subscribers
    assert await store.counts(now=NOW) == SubscriberCounts(
        subscribers={}, paused=0, watchlists=0, subscriptions=0
    )
    one = await admitted(storage)
    two = await admitted(storage, "200", kind=ChatKind.GROUP)
    await admitted(storage, "300", kind=ChatKind.GROUP)
    for each in (one, one, two):
        await store.watch(each.id, an_own(), most=MOST)
    await store.subscribe(two.id, a_subscription(), most=MOST)
    await store.keep(replace(one, paused_until=FOREVER))
    await store.keep(replace(two, paused_until=NOW))
    assert await store.counts(now=NOW) == SubscriberCounts(
        subscribers={ChatKind.PRIVATE: 1, ChatKind.GROUP: 2},
        paused=1,
        watchlists=3,
        subscriptions=1,
    )


async def test_a_mailbox_with_a_slash_is_no_thread(storage: Storage) -> None:
    mail = Address(channel="email", target="desk/7@example.org")
    await ring(storage, "a", a_destination(address=mail))
    await sent(storage, channel="email")
    assert len(await storage.subscribers.last_told([mail.key], most=9)) == 1


async def test_several_are_watched_together_or_not_at_all(storage: Storage) -> None:
    reader = await admitted(storage)
    several = [an_own(title=title) for title in "abc"]
    assert await storage.subscribers.watch_all(reader.id, several, most=2) is None
    kept = await storage.subscribers.watch_all(reader.id, several, most=3)
    assert kept is not None
    assert [(each.number, each.title) for each in kept] == [(1, "a"), (2, "b"), (3, "c")]
    [stored] = await storage.subscribers.everybody()
    assert list(stored.watchlists) == kept
    assert await storage.subscribers.watch_all(reader.id + 1, several, most=9) is None
