"""Subscribers in force: each change is heeded by the next article, whatever the rule files become."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import time, timedelta
from pathlib import Path

import pytest

from alerts.alerting.sightings import sight_new
from alerts.errors import StorageError
from alerts.model import (
    Address,
    Article,
    ChatKind,
    DigestHours,
    OwnWatchlist,
    QuietHours,
    RuleSet,
    Subscriber,
    Subscription,
)
from alerts.storage import Storage, open_storage
from alerts.subscribers.members import MOST_OWN, Members
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from tests.builders import FEED, NOW, Clock
from tests.storage.databases import list_feeds, record

CHAT = Address(channel="telegram", target="700")
DAY = timedelta(days=1)


def rules(text: str = "") -> RuleSet:
    """Return rules with one watchlist of the operator's."""
    whole = f"""
feeds: [{{url: "{FEED}", publisher: Example News}}]
watchlists: [{{id: bases, title: Bases, keywords: [airbase]}}]
{text}"""
    return load_contents(Contents.of_files({"r.yml": whole.encode()}), environment={})


@pytest.fixture
async def storage(tmp_path: Path) -> AsyncIterator[Storage]:
    async with open_storage(f"sqlite:///{tmp_path}/t.db", now=NOW) as storage:
        await list_feeds(storage)
        yield storage


async def opened(storage: Storage, text: str = "") -> Members:
    members = Members(storage, now=Clock(NOW))
    await members.open()
    await members.use(await members.compiled(rules(text)))
    return members


async def admitted(members: Members, chat: Address = CHAT) -> Subscriber:
    return await members.admit(chat, kind=ChatKind.PRIVATE, language="en")


def own(query: str = "sarin", number: int = 0) -> OwnWatchlist:
    return OwnWatchlist(number=number, title=query, wish=query, query=query, created_at=NOW)


def heard(members: Members, title: str) -> dict[str, list[str]]:
    """Return watchlist -> who hears when an article of that *title* comes."""
    article = Article(id="a", title=title, language="en", seen_at=NOW, feed=FEED)
    [sighting] = sight_new(members.rules, [article], newest_at=None, now=NOW)
    return {
        item.match.watchlist: [one.address.target for one in item.destinations]
        for item in sighting.matches
    }


async def test_a_watchlist_rings_for_the_next_article_and_after_a_restart(storage: Storage) -> None:
    members = await opened(storage)
    who = await admitted(members)
    kept = await members.watch(who, own())
    assert kept is not None
    assert heard(members, "Sarin found") == {"subscriber/1/1": ["700"]}
    again = await opened(storage)
    assert heard(again, "Sarin found") == {"subscriber/1/1": ["700"]}
    assert again.of(CHAT) == members.of(CHAT)


async def test_an_edit_rings_for_the_new_words_alone(storage: Storage) -> None:
    members = await opened(storage)
    who = await admitted(members)
    await members.watch(who, own())
    await members.watch(_now(members), own("chlorine", number=1))
    assert heard(members, "Sarin found") == {}
    assert heard(members, "Chlorine found") == {"subscriber/1/1": ["700"]}
    assert await members.unwatch(_now(members), 1)
    assert heard(members, "Chlorine found") == {}
    assert not await members.unwatch(_now(members), 1)


def _now(members: Members) -> Subscriber:
    who = members.of(CHAT)
    assert who is not None
    return who


async def test_a_quota_is_kept_and_nothing_of_what_exceeds_it(storage: Storage) -> None:
    members = await opened(storage)
    await admitted(members)
    several = [own(f"word{number}") for number in range(MOST_OWN)]
    assert await members.watch_all(_now(members), several)
    assert await members.watch(_now(members), own()) is None
    assert await members.watch_all(_now(members), [own()]) is None
    assert len(_now(members).watchlists) == MOST_OWN
    assert heard(members, "Sarin, word7") == {"subscriber/1/8": ["700"]}


async def test_subscriptions_begin_and_end(storage: Storage) -> None:
    members = await opened(storage)
    who = await admitted(members)
    assert await members.subscribe(who, Subscription(watchlist="bases", created_at=NOW))
    assert "700" in heard(members, "Airbase hit")["bases"]
    assert await members.unsubscribe(_now(members), "bases")
    assert "700" not in heard(members, "Airbase hit")["bases"]


async def test_rules_that_are_loaded_anew_keep_what_subscribers_want(storage: Storage) -> None:
    members = await opened(storage)
    await members.watch(await admitted(members), own())
    compiled = await members.compiled(rules())
    # While an edit waits to be taken, people go on.
    await members.watch(_now(members), own("chlorine"))
    await members.unwatch(_now(members), 1)
    await members.use(compiled)
    assert heard(members, "Chlorine and sarin") == {"subscriber/1/2": ["700"]}


async def test_a_watchlist_of_an_entity_that_is_gone_is_kept_and_rings_when_it_is_back(
    storage: Storage,
) -> None:
    entity = "entities: {own-group: {type: group, name: The Grey Falcons}}"
    members = await opened(storage, entity)
    await members.watch(await admitted(members), own("@own-group"))
    title = "The Grey Falcons claim an attack"
    assert heard(members, title) == {"subscriber/1/1": ["700"]}
    await members.use(await members.compiled(rules()))
    assert heard(members, title) == {}
    assert not members.is_understood(_now(members), _now(members).watchlists[0])
    await members.use(await members.compiled(rules(entity)))
    assert heard(members, title) == {"subscriber/1/1": ["700"]}
    assert members.is_understood(_now(members), _now(members).watchlists[0])


async def test_whoever_is_forgotten_hears_nothing(storage: Storage) -> None:
    members = await opened(storage)
    await members.watch(await admitted(members), own())
    await members.forget(_now(members), people={"telegram:700"})
    assert members.of(CHAT) is None
    assert heard(members, "Sarin found") == {}
    assert await storage.subscribers.everybody() == []


async def test_a_group_that_moves_takes_its_watchlists_along(storage: Storage) -> None:
    members = await opened(storage)
    await members.watch(await admitted(members), own())
    await members.moved(CHAT, Address(channel="telegram", target="-1007"))
    assert members.of(CHAT) is None
    assert heard(members, "Sarin found") == {"subscriber/1/1": ["-1007"]}


async def test_two_chats_that_become_one_hear_of_both_their_watchlists(storage: Storage) -> None:
    members = await opened(storage)
    await members.watch(await admitted(members), own())
    new = Address(channel="telegram", target="-1007")
    other = await admitted(members, new)
    await members.watch(other, own("chlorine"))
    await members.moved(CHAT, new)
    found = heard(members, "Sarin and chlorine")
    assert sorted(found.values()) == [["-1007"], ["-1007"]]
    assert set(found) == {f"subscriber/{other.id}/1", f"subscriber/{other.id}/2"}


async def test_nothing_is_in_force_that_could_not_be_written(storage: Storage) -> None:
    members = await opened(storage)
    who = await admitted(members)
    await storage.outbox._writer.close()
    with pytest.raises(StorageError):
        await members.watch(who, own())
    assert heard(members, "Sarin found") == {}
    assert _now(members).watchlists == ()


async def test_a_digest_that_gathers_leaves_when_it_is_wanted_now(storage: Storage) -> None:
    members = await opened(storage)
    await members.watch(await admitted(members), own())
    await members.keep(replace(_now(members), digest=DigestHours(at=(time(18),))))
    await _reported(members, storage)
    noon = NOW
    assert await storage.outbox.next_at("telegram", now=noon) == noon.replace(hour=18, minute=0)
    await members.keep(replace(_now(members), digest=DigestHours(at=(time(20),))))
    assert await storage.outbox.next_at("telegram", now=noon) == noon.replace(hour=20, minute=0)
    await members.keep(replace(_now(members), digest=None))
    assert await storage.outbox.next_at("telegram", now=noon) == noon


async def test_what_quiet_hours_kept_leaves_when_they_are_off(storage: Storage) -> None:
    members = await opened(storage)
    await members.watch(await admitted(members), own())
    quiet = QuietHours(begin=time(0), end=time(23))
    await members.keep(replace(_now(members), quiet=quiet))
    await _reported(members, storage)
    assert await storage.outbox.next_at("telegram", now=NOW) == NOW.replace(hour=23, minute=0)
    await members.keep(replace(_now(members), quiet=None))
    assert await storage.outbox.next_at("telegram", now=NOW) == NOW


async def _reported(members: Members, storage: Storage) -> None:
    article = Article(
        id="a", title="Sarin", language="en", seen_at=NOW, published_at=NOW, feed=FEED
    )
    [sighting] = sight_new(members.rules, [article], newest_at=None, now=NOW)
    await record(storage, sighting, now=NOW)


async def test_polls_go_on_while_people_change_what_they_watch(storage: Storage) -> None:
    members = await opened(storage)
    await admitted(members)

    async def change() -> None:
        for number in range(20):
            await members.watch(_now(members), own(f"sarin{number}"))

    changing = asyncio.create_task(change())
    while not changing.done():
        found = await asyncio.to_thread(heard, members, "sarin1 sarin7 sarin19")
        assert all(who == ["700"] for who in found.values())
    await changing
    assert len(heard(members, "sarin1 sarin7 sarin19")) == 3
