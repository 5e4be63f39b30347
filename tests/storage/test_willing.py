"""Who has left, moved or muted something is not told; what they said holds where alerts are written."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from alerts.model import Address, Delivery, Receipt, RoutedMatch, Severity
from alerts.storage import Storage
from alerts.storage.consents import Consents
from alerts.storage.muted import MuteKind, Subject
from alerts.storage.mutes import Mutes
from alerts.storage.tables import alerts
from tests.builders import CHAT, NOW, a_destination, a_match, a_sighting, an_article
from tests.storage.databases import count, list_feeds, record

HOUR = timedelta(hours=1)
MAILBOX = Address(channel="email", target="reader@example.org")
MAIL = a_destination(address=MAILBOX)


def consents(storage: Storage) -> Consents:
    return Consents(storage.outbox._writer, storage.outbox._readers)


def mutes(storage: Storage) -> Mutes:
    return Mutes(storage.outbox._writer, storage.outbox._readers)


async def due(storage: Storage, channel: str) -> list[Delivery]:
    return await storage.outbox.lease_due(channel, now=NOW + HOUR, until=NOW + 2 * HOUR, limit=9)


async def test_who_left_is_not_told_and_the_others_are(storage: Storage) -> None:
    await list_feeds(storage)
    asked = consents(storage)
    await asked.open(now=NOW)
    await asked.leave(MAILBOX, "desk", now=NOW)
    await record(storage, a_sighting(to=[MAIL, a_destination()]))
    assert await due(storage, "email") == []
    assert len(await due(storage, "telegram")) == 1


async def test_a_muted_watchlist_leaves_the_others_to_ring(storage: Storage) -> None:
    await list_feeds(storage)
    bases = Subject(kind=MuteKind.WATCHLIST, value="bases", title="Bases")
    await mutes(storage).begin(bases, CHAT, "desk", until=NOW + HOUR, now=NOW)
    await record(storage, a_sighting(an_article("a"), watchlists=("bases",)))
    await record(storage, a_sighting(an_article("b"), watchlists=("bases", "raids")))
    [told] = await due(storage, "telegram")
    assert [match.watchlist for match in told.alerts[0].matches] == ["raids"]
    [mute] = await mutes(storage).lasting(CHAT.key, now=NOW)
    assert mute.muted == 1


async def test_a_muted_story_rings_when_it_is_reported_after_the_mute(storage: Storage) -> None:
    await list_feeds(storage)
    bases = Subject(kind=MuteKind.WATCHLIST, value="bases", title="Bases")
    await mutes(storage).begin(bases, CHAT, "desk", until=NOW + HOUR, now=NOW)
    keys = ("url:blast",)
    await record(storage, a_sighting(an_article("a"), story_keys=keys))
    assert await due(storage, "telegram") == []
    later = NOW + 2 * HOUR
    worse = a_sighting(an_article("b"), story_keys=keys, severity=Severity.HIGH)
    await record(storage, worse, now=later)
    [told] = await storage.outbox.lease_due("telegram", now=later, until=later, limit=9)
    assert len(told.alerts[0].articles) == 2
    assert await storage.outbox.mark_sent(told, Receipt(), now=later)
    assert await count(storage, alerts) == 1


async def test_who_moved_to_a_mailbox_that_is_told_anyway_is_told_all_of_it(
    storage: Storage,
) -> None:
    await list_feeds(storage)
    asked = consents(storage)
    await asked.open(now=NOW)
    new = replace(MAILBOX, target="new@example.org")
    version = await asked.ask(new, "desk", now=NOW)
    assert version is not None
    assert await asked.give(new, "desk", version=version, moves=MAILBOX.target, now=NOW)
    article = an_article()
    there = a_destination(address=new, receiver="duty")
    ringing = (
        RoutedMatch(match=a_match(article, "bases"), destinations=(MAIL,)),
        RoutedMatch(
            match=a_match(article, "raids", severity=Severity.CRITICAL), destinations=(there,)
        ),
    )
    await record(storage, a_sighting(article, matches=ringing))
    [told] = await due(storage, "email")
    assert told.address == new
    assert told.severity is Severity.CRITICAL
    assert {match.watchlist for match in told.alerts[0].matches} == {"bases", "raids"}
