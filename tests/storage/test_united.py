"""A subscriber whose chat gets another id, and two that turn out to be one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from sqlalchemy import select

from alerts.model import Address, ChatKind, QuietHours, Subscriber
from alerts.storage import Storage
from alerts.storage.dialogues import Dialogue
from alerts.storage.muted import MuteKind, Subject
from alerts.storage.tables import consents, deliveries, matches, mutes, subscribers
from tests.builders import NOW, a_sighting, an_article
from tests.storage.databases import count, fetch, list_feeds, record, table
from tests.storage.people import MINUTE, a_subscription, admitted, again, an_own, to

OLD, NEW = "-100", "-1001234"
CHATS = [Address(channel="telegram", target=target) for target in (OLD, NEW)]


async def move(storage: Storage) -> None:
    await storage.subscribers.move(*CHATS, now=NOW)


async def a_group(storage: Storage, target: str, *numbers: int) -> Subscriber:
    """Return a group that had as many watchlists as the highest of *numbers*, and has these."""
    group = await admitted(storage, target, kind=ChatKind.GROUP)
    for number in range(1, max(numbers, default=0) + 1):
        own = an_own(title=f"{target} {number}")
        await storage.subscribers.watch(group.id, own, most=99)
        if number not in numbers:
            await storage.subscribers.unwatch(group.id, number)
    return await again(storage, group)


async def ask(storage: Storage, chat: Address, person: str, key: str) -> None:
    dialogue = Dialogue(chat=chat, person=person, key=key, about="edit", state={}, asked_at=NOW)
    await storage.dialogues.begin(dialogue)


async def asked(storage: Storage) -> list[tuple[str, str, str]]:
    waiting = await storage.dialogues.waiting("edit")
    return [(each.chat.target, each.person, each.key) for each in waiting]


async def test_a_subscriber_goes_with_its_chat(storage: Storage) -> None:
    group = await a_group(storage, OLD, 1, 3)
    other = await a_group(storage, "-1002", 1)
    await move(storage)
    assert await again(storage, group) == replace(group, chat=CHATS[1])
    assert await again(storage, other) == other
    # It is told twice: by the refusal of a message, and by the chat itself.
    await move(storage)
    assert await storage.subscribers.find(CHATS[1]) == replace(group, chat=CHATS[1])


async def test_a_dialogue_goes_on_in_the_new_chat(storage: Storage) -> None:
    await a_group(storage, OLD, 1)
    await ask(storage, CHATS[0], "telegram:1", "a")
    await ask(storage, CHATS[0], "telegram:2", "b")
    await ask(storage, CHATS[1], "telegram:2", "c")  # begun after the group had moved
    await ask(storage, Address(channel="telegram", target="-1002"), "telegram:1", "d")
    await move(storage)
    assert sorted(await asked(storage)) == [
        ("-1001234", "telegram:1", "a"),
        ("-1001234", "telegram:2", "c"),
        ("-1002", "telegram:1", "d"),
    ]


async def test_dialogues_of_strangers_move_too(storage: Storage) -> None:
    await ask(storage, CHATS[0], "telegram:1", "a")
    await move(storage)
    assert await asked(storage) == [(NEW, "telegram:1", "a")]


async def test_two_that_are_one_chat_keep_the_settings_of_the_new_and_the_watchlists_of_both(
    storage: Storage,
) -> None:
    store = storage.subscribers
    old, new = await a_group(storage, OLD, 1, 3), await a_group(storage, NEW, 2)
    await store.keep(
        replace(old, language="ar", quiet=QuietHours(begin=NOW.time(), end=NOW.time()))
    )
    for group, watchlist, thread in ((old, "a", 1), (old, "b", 2), (new, "b", 3)):
        heard = a_subscription(watchlist, thread=thread)
        await store.subscribe(group.id, heard, most=9)
    await move(storage)
    [one] = await store.everybody()
    assert (one.id, one.chat, one.language, one.quiet) == (new.id, CHATS[1], "en", None)
    assert [(own.number, own.title) for own in one.watchlists] == [
        (2, f"{NEW} 2"),
        (3, f"{OLD} 1"),
        (5, f"{OLD} 3"),
    ]
    assert {each.watchlist: each.thread for each in one.subscriptions} == {"a": 1, "b": 3}
    following = await store.watch(one.id, an_own(), most=99)
    assert following is not None
    assert following.number == 6


async def test_what_was_found_and_muted_for_the_old_is_the_new_ones(storage: Storage) -> None:
    old, new = await a_group(storage, OLD, 1, 2), await a_group(storage, NEW, 1)
    await storage.subscribers.unwatch(old.id, 2)
    await list_feeds(storage)
    for number in (1, 2):
        watchlist = old.watchlist_id(number)
        sighting = a_sighting(an_article(watchlist), watchlists=[watchlist], to=[to(old)])
        await record(storage, sighting)
    muted = Subject(kind=MuteKind.WATCHLIST, value=old.watchlist_id(1), title="1")
    until = NOW + MINUTE
    await storage.mutes.begin(muted, CHATS[0], old.name, until=until, now=NOW)
    mail = Address(channel="email", target="desk@example.org")
    await storage.consents.ask(mail, old.name, now=NOW)
    await move(storage)
    found = await fetch(storage, select(matches.c.watchlist).order_by(matches.c.watchlist))
    assert [row["watchlist"] for row in found] == [new.watchlist_id(2), new.watchlist_id(3)]
    assert {row["receiver"] for row in await table(storage, deliveries)} == {new.name}
    [mute] = await table(storage, mutes)
    assert (mute["value"], mute["receiver"]) == (new.watchlist_id(2), new.name)
    assert {row["list"] for row in await table(storage, consents)} == {""}
    assert await count(storage, subscribers) == 1


async def test_a_dialogue_ends_where_the_numbers_that_it_names_are_others(
    storage: Storage,
) -> None:
    await a_group(storage, OLD, 1)
    await a_group(storage, NEW, 1)
    await ask(storage, CHATS[0], "telegram:1", "a")
    await ask(storage, CHATS[1], "telegram:2", "b")
    await move(storage)
    assert await asked(storage) == [(NEW, "telegram:2", "b")]


async def test_a_dialogue_goes_on_where_the_new_one_came_a_moment_ago(storage: Storage) -> None:
    await a_group(storage, OLD, 1)
    fresh: Any = await a_group(storage, NEW)
    await ask(storage, CHATS[0], "telegram:1", "a")
    await move(storage)
    assert await asked(storage) == [(NEW, "telegram:1", "a")]
    assert [own.number for own in (await again(storage, fresh)).watchlists] == [1]
