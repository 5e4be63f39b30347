"""What is muted does not ring and is counted; the end is told once, and nothing else is touched."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select

from alerts.model import Address, DeliveryKind, Receipt, Severity
from alerts.storage import Storage, mutes
from alerts.storage.muted import Mute, MuteKind, Subject
from alerts.storage.mutes import Mutes
from alerts.storage.tables import alerts, deliveries, notices
from tests.builders import CHAT, NOW, a_sighting, an_article
from tests.storage.databases import fetch, list_feeds, record, table
from tests.storage.endings import told_in_english

DAY = timedelta(hours=24)
LATAKIA = Subject(kind=MuteKind.WATCHLIST, value="latakia", title="Latakia")
BASES = Subject(kind=MuteKind.WATCHLIST, value="bases", title="Bases")


def shelf(storage: Storage) -> Mutes:
    return Mutes(storage.hosts._writer, storage.hosts._readers)


async def begin(
    storage: Storage, subject: Subject = BASES, address: Address = CHAT, **fields: Any
) -> Mute:
    given: dict[str, Any] = {"until": NOW + DAY, "now": NOW}
    return await shelf(storage).begin(subject, address, "desk", **given | fields)


async def states(storage: Storage) -> Mapping[str, str]:
    """Return delivery -> its state and why it is held."""
    rows = await table(storage, deliveries)
    return {row["id"]: f"{row['state']} {row['held_by']}".strip() for row in rows}


# --- beginning --------------------------------------------------------------------------------


async def test_a_mute_lasts_until_its_end_and_is_its_addresss_alone(storage: Storage) -> None:
    mute = await begin(storage)
    held = shelf(storage)
    assert mute.subject == BASES
    assert (mute.address, mute.receiver, mute.muted) == (CHAT, "desk", 0)
    assert await held.lasting(CHAT.key, now=NOW) == [mute]
    assert await held.lasting(CHAT.key, now=NOW + DAY) == []
    assert await held.lasting("telegram:200", now=NOW) == []
    assert await held.lasting(f"{CHAT.key}/7", now=NOW) == []


async def test_a_second_press_makes_no_second_mute_and_none_shorter(storage: Storage) -> None:
    first = await begin(storage)
    longer = await begin(storage, until=NOW + 2 * DAY, now=NOW + DAY / 2)
    shorter = await begin(storage, until=NOW + DAY, now=NOW + DAY / 2)
    assert first.id == longer.id == shorter.id
    assert shorter.until == NOW + 2 * DAY
    assert shorter.begun_at == NOW


async def test_publishers_are_muted_in_any_case(storage: Storage) -> None:
    for name in ("Example News", "EXAMPLE NEWS"):
        await begin(storage, Subject(kind=MuteKind.PUBLISHER, value=name, title=name))
    assert len(await shelf(storage).lasting(CHAT.key, now=NOW)) == 1


async def test_a_mute_can_be_ended_before_its_time_and_nobody_is_told(storage: Storage) -> None:
    mute = await begin(storage)
    await begin(storage, LATAKIA)
    held = shelf(storage)
    assert await held.end(CHAT.key, MuteKind.WATCHLIST, "bases") == mute
    assert await held.end(CHAT.key, MuteKind.WATCHLIST, "bases") is None
    [left] = await held.lasting(CHAT.key, now=NOW)
    assert left.subject == LATAKIA
    assert await held.end_due(now=NOW + DAY, ending=told_in_english) == 1


# --- what waits -------------------------------------------------------------------------------


async def waiting(storage: Storage, **watchlists: tuple[str, ...]) -> dict[str, str]:
    """Let an article ring for each word; return word -> the delivery that carries it."""
    await list_feeds(storage)
    found = {}
    for name, lists in watchlists.items():
        article = an_article(name)
        await record(storage, a_sighting(article, watchlists=lists))
        query = select(alerts.c.delivery).where(alerts.c.story == article.id)
        [row] = await fetch(storage, query)
        found[name] = row["delivery"]
    return found


async def test_what_waits_and_says_nothing_else_is_held_and_counted(storage: Storage) -> None:
    found = await waiting(storage, only=("bases",), more=("bases", "latakia"), none=("latakia",))
    mute = await begin(storage)
    now = await states(storage)
    assert now == {
        found["only"]: "held muted",
        found["more"]: "pending",
        found["none"]: "pending",
    }
    assert mute.muted == 1
    # The second watchlist takes the rest, and counts what it took alone.
    await begin(storage, LATAKIA)
    assert set((await states(storage)).values()) == {"held muted"}
    counts = {one.subject: one.muted for one in await shelf(storage).lasting(CHAT.key, now=NOW)}
    assert counts == {BASES: 2, LATAKIA: 2}


async def test_a_muted_story_is_held_whatever_matches(storage: Storage) -> None:
    found = await waiting(storage, one=("bases", "latakia"), two=("bases",))
    story = Subject(kind=MuteKind.STORY, value=an_article("one").id, title="x")
    assert (await begin(storage, story)).muted == 1
    assert await states(storage) == {found["one"]: "held muted", found["two"]: "pending"}


async def test_a_muted_publisher_is_held(storage: Storage) -> None:
    found = await waiting(storage, one=("bases",))
    await begin(storage, Subject(kind=MuteKind.PUBLISHER, value="EXAMPLE news", title="x"))
    assert await states(storage) == {found["one"]: "held muted"}


async def test_an_update_of_a_muted_story_is_held(storage: Storage) -> None:
    article = an_article("one")
    await list_feeds(storage)
    await record(storage, a_sighting(article))
    until = NOW + timedelta(minutes=3)
    [told] = await storage.outbox.lease_due("telegram", now=NOW, until=until, limit=9)
    await storage.outbox.mark_sent(told, Receipt(message_id="7"), now=NOW)
    again = a_sighting(
        an_article("two"), story_keys=(f"url:{article.url}",), severity=Severity.CRITICAL
    )
    await record(storage, again)
    await begin(storage, Subject(kind=MuteKind.STORY, value=article.id, title="x"))
    assert sorted((await states(storage)).values()) == ["held muted", "sent"]


@pytest.mark.parametrize(
    ("fields", "kept"),
    [
        ({"state": "leased"}, "leased"),
        ({"state": "sent"}, "sent"),
        ({"state": "ambiguous", "possible_repeat": True}, "ambiguous"),
        ({"state": "pending", "possible_repeat": True}, "pending"),
        ({"kind": DeliveryKind.DIGEST.value}, "pending"),
        ({"target": "200"}, "pending"),
        ({"thread": 7}, "pending"),
        ({"channel": "email"}, "pending"),
    ],
)
async def test_what_may_have_arrived_or_is_not_theirs_is_left_alone(
    storage: Storage, fields: dict[str, Any], kept: str
) -> None:
    found = await waiting(storage, one=("bases",))

    async def work(connection: Any) -> None:
        await connection.execute(deliveries.update().values(**fields))

    await storage.hosts._writer.run(work)
    assert (await begin(storage)).muted == 0
    assert await states(storage) == {found["one"]: kept}


# --- in a transaction of others ---------------------------------------------------------------


async def test_an_announcement_learns_what_is_muted_where(storage: Storage) -> None:
    await begin(storage)
    await begin(storage, LATAKIA, until=NOW + DAY / 2)
    away = Address(channel="telegram", target="200")

    async def look(connection: Any) -> list[set[str]]:
        seen = []
        for at in (NOW, NOW + DAY / 2, NOW + DAY):
            found = await mutes.active(connection, [CHAT.key, away.key], now=at)
            seen.append({f"{key} {len(muted._mutes)}" for key, muted in found.items()})
        return seen

    assert await storage.hosts._writer.run(look) == [{"telegram:100 2"}, {"telegram:100 1"}, set()]


async def test_what_did_not_ring_is_counted_as_often_as_it_happened(storage: Storage) -> None:
    one, two = await begin(storage), await begin(storage, LATAKIA)

    async def work(connection: Any) -> None:
        await mutes.count(connection, [one.id, two.id, one.id])
        await mutes.count(connection, [one.id])
        await mutes.count(connection, [])

    await storage.hosts._writer.run(work)
    counts = {mute.id: mute.muted for mute in await shelf(storage).lasting(CHAT.key, now=NOW)}
    assert counts == {one.id: 3, two.id: 1}


async def test_mutes_follow_a_chat_that_moves(storage: Storage) -> None:
    topic = Address(channel="telegram", target="100", thread=7)
    new = Address(channel="telegram", target="-1001")
    await begin(storage)
    await begin(storage, BASES, topic)
    await begin(storage, BASES, new)  # somebody muted it there already

    async def work(connection: Any) -> None:
        await mutes.move(connection, "telegram", "100", "-1001")

    await storage.hosts._writer.run(work)
    held = shelf(storage)
    for key in ("telegram:-1001", "telegram:-1001/7"):
        [moved] = await held.lasting(key, now=NOW)
        assert moved.address.key == key
    assert await held.lasting("telegram:100", now=NOW) == []


# --- the end ----------------------------------------------------------------------------------


async def told(storage: Storage) -> list[tuple[str, str, str]]:
    query = (
        select(deliveries.c.target, notices.c.subject, notices.c.text)
        .join(notices, notices.c.delivery == deliveries.c.id)
        .order_by(deliveries.c.target, notices.c.subject)
    )
    return [(row["target"], row["subject"], row["text"]) for row in await fetch(storage, query)]


async def test_the_end_is_told_once_with_what_did_not_ring(storage: Storage) -> None:
    await waiting(storage, a=("bases",), b=("bases",))
    await begin(storage)
    held = shelf(storage)
    assert await held.end_due(now=NOW + DAY - timedelta(seconds=1), ending=told_in_english) == 0
    [due] = await held.due_ends(now=NOW + DAY)
    assert due.muted == 2
    assert await held.end_due(now=NOW + DAY, ending=told_in_english) == 1
    assert await held.end_due(now=NOW + DAY, ending=told_in_english) == 0
    assert await held.due_ends(now=NOW + DAY) == []
    assert await told(storage) == [
        ("100", "The mute of “Bases” is over", "2 alerts did not ring meanwhile.")
    ]
    # What was held stays so: the end is told, and not everything that came before it.
    assert list((await states(storage)).values()).count("held muted") == 2


async def test_each_of_many_ends_is_told_where_it_was_muted(storage: Storage) -> None:
    topic = Address(channel="telegram", target="-1001", thread=7)
    await begin(storage)
    await begin(storage, LATAKIA)
    await begin(storage, BASES, topic)
    assert await shelf(storage).end_due(now=NOW + DAY, ending=told_in_english) == 3
    assert await told(storage) == [
        ("-1001", "The mute of “Bases” is over", "Nothing was kept from you."),
        ("100", "The mute of “Bases” is over", "Nothing was kept from you."),
        ("100", "The mute of “Latakia” is over", "Nothing was kept from you."),
    ]


async def test_the_same_thing_can_be_muted_again_and_its_end_is_news_again(
    storage: Storage,
) -> None:
    for day in range(3):
        now = NOW + day * 2 * DAY
        await begin(storage, until=now + DAY, now=now)
        assert await shelf(storage).end_due(now=now + DAY, ending=told_in_english) == 1
    assert len(await told(storage)) == 3
