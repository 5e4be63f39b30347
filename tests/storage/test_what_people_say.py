"""Verdicts, alerts by their buttons, updates that were handled, and chats that went."""

from __future__ import annotations

import itertools

import pytest
from sqlalchemy import select

from alerts.errors import StorageError
from alerts.model import Receipt
from alerts.storage import Storage
from alerts.storage.bot_updates import BotUpdates
from alerts.storage.departures import Departures
from alerts.storage.feedback import Feedback, Verdict
from alerts.storage.sent_alerts import SentAlerts
from alerts.storage.tables import addresses, alerts, bot_updates, deliveries
from tests.builders import NOW, a_destination, a_sighting, an_article
from tests.storage.databases import count, fetch, list_feeds, record, table


async def announced(storage: Storage, name: str = "a", target: str = "100") -> str:
    """Let an article ring; return the alert's id."""
    await list_feeds(storage)
    article = an_article(name)
    await record(storage, a_sighting(article, to=[a_destination(target)]))
    [row] = await fetch(storage, select(alerts.c.id).where(alerts.c.story == article.id))
    return str(row["id"])


# --- verdicts ---------------------------------------------------------------------------------


async def test_the_last_word_of_each_person_counts(storage: Storage) -> None:
    feedback = Feedback(storage.hosts._writer, storage.hosts._readers)
    alert, other = await announced(storage), await announced(storage, "b")
    for person, verdict in (
        ("telegram:1", Verdict.USEFUL),
        ("telegram:2", Verdict.USEFUL),
        ("telegram:1", Verdict.FALSE_ALARM),
        ("telegram:1", Verdict.FALSE_ALARM),
    ):
        await feedback.give(alert, person, verdict, now=NOW)
    assert await feedback.of(alert) == {
        "telegram:1": Verdict.FALSE_ALARM,
        "telegram:2": Verdict.USEFUL,
    }
    assert await feedback.of(other) == {}


async def test_there_is_no_verdict_on_what_is_not_there(storage: Storage) -> None:
    feedback = Feedback(storage.hosts._writer, storage.hosts._readers)
    with pytest.raises(StorageError):
        await feedback.give("0" * 64, "telegram:1", Verdict.USEFUL, now=NOW)


# --- alerts by their buttons ------------------------------------------------------------------


async def test_an_alert_is_found_by_the_digits_of_its_button(storage: Storage) -> None:
    found = SentAlerts(storage.hosts._readers)
    for target in ("100", "200"):
        alert = await announced(storage, target, target)
        sent = await found.find(alert[:32])
        assert sent is not None
        assert sent.alert.id == alert
        assert (sent.address.target, sent.receiver) == (target, "desk")
        assert sent.alert.lead.title == f"Blast near Khmeimim ({target})"


async def test_what_is_not_there_or_not_one_is_not_found(storage: Storage) -> None:
    found = SentAlerts(storage.hosts._readers)
    assert await found.find("0" * 32) is None
    for name in "abcdefghijklmnopqrstuvwxyz":
        await announced(storage, name)
    assert await found.find("") is None
    ids = sorted(str(row["id"]) for row in await table(storage, alerts))
    twins = next(a[0] for a, b in itertools.pairwise(ids) if a[0] == b[0])
    assert await found.find(twins) is None


# --- updates ----------------------------------------------------------------------------------


async def test_an_update_is_known_once_it_was_handled(storage: Storage) -> None:
    handled = BotUpdates(storage.hosts._writer, storage.hosts._readers)
    # Telegram's numbers are larger than 32 bits at times.
    number = 3_000_000_000
    assert await handled.among([number]) == set()
    for _ in range(2):
        await handled.note(number, now=NOW)
    assert await handled.among([number, number + 1]) == {number}
    assert await count(storage, bot_updates) == 1


# --- chats that went --------------------------------------------------------------------------


async def test_what_waits_for_a_chat_that_went_is_held_until_it_is_back(storage: Storage) -> None:
    await announced(storage, "told", "100")
    [told] = await storage.outbox.lease_due(
        "telegram", now=NOW, until=NOW.replace(hour=13), limit=1
    )
    await storage.outbox.mark_sent(told, Receipt(message_id="1"), now=NOW)
    for name, target in (("a", "100"), ("b", "@news"), ("c", "200")):
        await announced(storage, name, target)
    await Departures(storage.hosts._writer).note(
        "telegram", ["100", "@news"], "the bot was removed", now=NOW
    )

    async def states() -> list[tuple[str, str]]:
        rows = await table(storage, deliveries)
        return sorted((row["target"], f"{row['state']} {row['held_by']}".strip()) for row in rows)

    assert await states() == [
        ("100", "held gone"),
        ("100", "sent"),
        ("200", "pending"),
        ("@news", "held gone"),
    ]
    gone = {row["target"]: row["reason"] for row in await table(storage, addresses)}
    assert gone == {"100": "the bot was removed", "@news": "the bot was removed"}
    await storage.backlog.readmit([("telegram", "100"), ("telegram", "@news")], now=NOW)
    assert {state for _, state in await states()} == {"pending", "sent"}
