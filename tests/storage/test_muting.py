"""Muted alerts are written and held when they are announced, and ring as soon as they may."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from sqlalchemy import select

from alerts.model import Severity
from alerts.storage import Storage
from alerts.storage.muted import MuteKind, Subject
from alerts.storage.tables import alert_matches, alerts, deliveries, matches
from tests.builders import CHAT, NOW, a_destination, a_sighting, an_article
from tests.storage.databases import fetch, list_feeds, record

DAY = timedelta(hours=24)


async def mute(storage: Storage, value: str = "bases", **fields: Any) -> None:
    kind = fields.pop("kind", MuteKind.WATCHLIST)
    subject = Subject(kind=kind, value=value, title=value)
    given: dict[str, Any] = {"until": NOW + DAY, "now": NOW}
    await storage.mutes.begin(subject, fields.pop("address", CHAT), "desk", **given | fields)


async def states(storage: Storage) -> list[str]:
    query = (
        select(deliveries.c.target, deliveries.c.state, deliveries.c.held_by)
        .join(alerts, alerts.c.delivery == deliveries.c.id)
        .order_by(alerts.c.created_at, deliveries.c.target)
    )
    found = await fetch(storage, query)
    return [f"{row['target']} {row['state']} {row['held_by']}".strip() for row in found]


async def named(storage: Storage) -> set[str]:
    query = select(matches.c.watchlist).join(alert_matches, alert_matches.c.match == matches.c.id)
    return {row["watchlist"] for row in await fetch(storage, query)}


async def counted(storage: Storage) -> list[int]:
    return [one.muted for one in await storage.mutes.lasting(CHAT.key, now=NOW)]


async def ring(storage: Storage, name: str = "a", **fields: Any) -> None:
    await list_feeds(storage)
    fields.setdefault("to", [a_destination(due_at=fields.get("now", NOW))])
    now = fields.pop("now", NOW)
    await record(storage, a_sighting(an_article(name), **fields), now=now)


async def test_what_is_muted_is_held_and_counted_once(storage: Storage) -> None:
    await mute(storage)
    await ring(storage)
    await ring(storage, "again", story_keys=(f"url:{an_article('a').url}",))
    assert await states(storage) == ["100 held muted"]
    assert await counted(storage) == [1]


async def test_a_mute_is_its_addresss_alone(storage: Storage) -> None:
    await mute(storage)
    await ring(storage, to=[a_destination("100"), a_destination("200")])
    assert await states(storage) == ["100 held muted", "200 pending"]


async def test_what_another_watchlist_matches_rings_and_names_that_alone(storage: Storage) -> None:
    await mute(storage)
    await ring(storage, watchlists=("bases", "latakia"))
    assert await states(storage) == ["100 pending"]
    assert await named(storage) == {"latakia"}
    assert await counted(storage) == [0]


async def test_a_publisher_is_muted_in_any_case(storage: Storage) -> None:
    await mute(storage, "EXAMPLE NEWS", kind=MuteKind.PUBLISHER)
    await ring(storage)
    assert await states(storage) == ["100 held muted"]


async def test_a_story_that_was_told_is_not_updated_while_it_is_muted(storage: Storage) -> None:
    await ring(storage)
    until = NOW + timedelta(minutes=3)
    [told] = await storage.outbox.lease_due("telegram", now=NOW, until=until, limit=9)
    assert told.alerts[0].story == an_article("a").id
    await mute(storage, told.alerts[0].story, kind=MuteKind.STORY)
    same = (f"url:{an_article('a').url}",)
    await ring(storage, "b", story_keys=same, severity=Severity.CRITICAL)
    [row] = await fetch(storage, select(deliveries.c.id))
    assert row["id"] == told.id


async def test_a_held_story_rings_when_a_watchlist_matches_that_is_not_muted(
    storage: Storage,
) -> None:
    await mute(storage)
    await ring(storage)
    same = (f"url:{an_article('a').url}",)
    await ring(storage, "b", story_keys=same, watchlists=("latakia",))
    assert await states(storage) == ["100 pending"]
    until = NOW + timedelta(minutes=3)
    [told] = await storage.outbox.lease_due("telegram", now=NOW, until=until, limit=9)
    assert {match.watchlist for match in told.alerts[0].matches} == {"bases", "latakia"}


async def test_a_held_story_rings_when_it_is_reported_after_the_mute(storage: Storage) -> None:
    await mute(storage)
    await ring(storage)
    same = (f"url:{an_article('a').url}",)
    await ring(storage, "b", story_keys=same, now=NOW + DAY)
    assert await states(storage) == ["100 pending"]


async def test_what_was_muted_in_a_list_rings_without_the_rest_of_it(storage: Storage) -> None:
    to = [a_destination(gathers="hour", due_at=NOW + timedelta(minutes=9))]
    for name in "ab":
        await ring(storage, name, to=to)
    await mute(storage)
    assert await states(storage) == ["100 held muted"] * 2
    same = (f"url:{an_article('a').url}",)
    await ring(storage, "c", story_keys=same, watchlists=("latakia",))
    assert sorted(await states(storage)) == ["100 held muted", "100 pending"]


async def test_what_is_muted_adds_nothing_to_what_waits(storage: Storage) -> None:
    await mute(storage)
    await ring(storage, watchlists=("latakia",))
    same = (f"url:{an_article('a').url}",)
    await ring(storage, "b", story_keys=same, severity=Severity.CRITICAL)
    assert await named(storage) == {"latakia"}
    [row] = await fetch(storage, select(deliveries.c.rank))
    assert row["rank"] == Severity.MEDIUM.rank


async def test_a_muted_alert_joins_nothing_that_rings(storage: Storage) -> None:
    await mute(storage)
    to = [a_destination(gathers="hour")]
    await ring(storage, "a", to=to, watchlists=("latakia",))
    await ring(storage, "b", to=to)
    assert sorted(await states(storage)) == ["100 held muted", "100 pending"]


async def test_mutes_move_with_their_chat(storage: Storage) -> None:
    await ring(storage)
    until = NOW + timedelta(minutes=3)
    [told] = await storage.outbox.lease_due("telegram", now=NOW, until=until, limit=9)
    await mute(storage, "latakia")
    await storage.outbox.move(told, "-1001", now=NOW)
    [moved] = await storage.mutes.lasting("telegram:-1001", now=NOW)
    assert moved.subject.value == "latakia"
