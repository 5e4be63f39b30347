"""A replay shows what a receiver would have got, marks it, and leaves no trace."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.delivery.channels.console import ConsoleChannel
from alerts.delivery.rendering import Renderer
from alerts.errors import DeliveryError, PermanentDeliveryError
from alerts.model import Address, DeliveryKind, Field, Message, Receipt, RuleSet, Sighting
from alerts.storage import open_beside
from alerts.watchlists.load import load_text
from alerts.workbench.replay import Due, Replay, send
from tests.builders import Clock
from tests.workbench.archives import BEGUN, seen, store

RULES = """
version: 1
watchlists:
  - {id: sarin, title: Sarin, keywords: [sarin], severity: high}
  - {id: idlib, title: Idlib, places: [Idlib]}
routes: {receiver: desk, routes: [{match: [watchlist=idlib], receiver: mornings, continue: true}]}
receivers:
  desk: {telegram: {chat: "1"}}
  mornings: {telegram: {chat: "2"}, digest: {at: ["07:00"]}}
"""


async def replayed(
    folder: Path, articles: Sequence[Sighting], receiver: str, text: str = RULES
) -> list[Due]:
    rules: RuleSet = load_text(text)
    url = await store(folder, *articles)
    replay = Replay(rules, rules.receivers[receiver])
    async with open_beside(url) as storage:
        begin, end = BEGUN - timedelta(days=1), BEGUN + timedelta(days=9)
        async for stretch in storage.archive.read(since=begin, until=end):
            replay.hear(stretch)
    return replay.due(now=BEGUN)


async def test_a_receiver_gets_what_its_routes_bring(tmp_path: Path) -> None:
    articles = [seen("a", "Sarin used"), seen("b", "Talks in Idlib", hours=1), seen("c", "Rain")]
    (desk,) = await replayed(tmp_path, articles, "desk")
    assert desk.delivery.address == Address(channel="telegram", target="1")
    assert (desk.due_at, desk.delivery.kind) == (BEGUN, DeliveryKind.ALERT)


async def test_a_digest_gathers_until_its_hour(tmp_path: Path) -> None:
    articles = [seen(str(n), f"Idlib {n}", hours=n) for n in (0, 1, 30)]
    first, second = await replayed(tmp_path, articles, "mornings")
    assert [len(due.delivery.alerts) for due in (first, second)] == [2, 1]
    assert first.delivery.kind is DeliveryKind.DIGEST
    assert first.due_at == datetime(2026, 11, 2, 7, tzinfo=UTC)


async def test_a_story_is_told_once_and_its_rise_is_an_update(tmp_path: Path) -> None:
    text = RULES.replace("watchlist=idlib", "publisher=Nobody")
    articles = [
        seen("a", "Idlib", story="one"),
        seen("b", "Idlib again", story="one", hours=1),
        seen("c", "Sarin in Idlib", story="one", hours=2),
    ]
    told, update = await replayed(tmp_path, articles, "desk", text)
    assert [len(told.delivery.alerts[0].articles), told.delivery.kind] == [1, DeliveryKind.ALERT]
    assert update.delivery.kind is DeliveryKind.UPDATE
    assert update.delivery.change is not None
    assert update.delivery.change.watchlists == ("Sarin",)


async def test_every_message_is_marked_and_its_evidence_stands_where_it_says(
    tmp_path: Path,
) -> None:
    (due,) = await replayed(tmp_path, [seen("a", "Sarin used", summary="Sarin, again")], "desk")
    (alert,) = due.delivery.alerts
    for evidence in alert.matches[0].evidence:
        text = alert.lead.text(evidence.field)
        assert text[evidence.start : evidence.end] == evidence.surface == "Sarin"
    assert {one.field for one in alert.matches[0].evidence} == {Field.TITLE, Field.SUMMARY}
    message = due.message(Renderer())
    assert "REPLAY: " in message.html
    assert "REPLAY: Sarin used" in message.text
    assert not message.buttons


async def test_a_second_replay_is_another_message(tmp_path: Path) -> None:
    """Mail programs drop a Message-ID that they have."""
    rules = load_text(RULES)
    url = await store(tmp_path, seen("a", "Sarin used"))
    replay = Replay(rules, rules.receivers["desk"])
    async with open_beside(url) as storage:
        async for stretch in storage.archive.read(since=BEGUN, until=BEGUN + timedelta(days=1)):
            replay.hear(stretch)
    first, second = replay.due(now=BEGUN), replay.due(now=BEGUN + timedelta(seconds=1))
    assert first[0].delivery.id != second[0].delivery.id
    assert replay.due(now=BEGUN) == first


# --- sending ----------------------------------------------------------------------------------


class Chats:
    """A channel with the limits of Telegram, which notes when it was asked."""

    name = "telegram"

    def __init__(self, clock: Clock, *, refused: str = "") -> None:
        self.asked: list[tuple[datetime, str]] = []
        self._clock = clock
        self._refused = refused

    async def send(self, message: Message, address: Address) -> Receipt:
        assert address.channel == self.name
        if message.text == self._refused:
            raise PermanentDeliveryError("400 Bad Request")
        self.asked.append((self._clock(), message.text))
        return Receipt()

    async def close(self) -> None:
        """Nothing is open."""


def a_message(text: str) -> Message:
    return Message(delivery=text, created_at=BEGUN, subject=text, text=text)


async def sent(channel: Any, clock: Clock, *texts: str) -> int:
    async def sleep(seconds: float) -> None:
        clock.advance(seconds=seconds)

    to = Address(channel=channel.name, target="-1")
    messages = [(a_message(text), to) for text in texts]
    coming = send(messages, {channel.name: channel}, now=clock, sleep=sleep)
    return len([None async for _ in coming])


async def test_messages_are_sent_in_order_and_at_the_pace_of_their_channel() -> None:
    clock = Clock(BEGUN)
    channel = Chats(clock)
    assert await sent(channel, clock, *map(str, range(40))) == 40
    assert [text for _, text in channel.asked] == list(map(str, range(40)))
    times = [at for at, _ in channel.asked]
    for number, at in enumerate(times):
        last_minute = [one for one in times[: number + 1] if at - one < timedelta(minutes=1)]
        assert len(last_minute) <= 18


async def test_a_refusal_ends_it() -> None:
    clock = Clock(BEGUN)
    channel = Chats(clock, refused="two")
    with pytest.raises(DeliveryError, match="400"):
        await sent(channel, clock, "one", "two", "three")
    assert [text for _, text in channel.asked] == ["one"]


async def test_the_console_prints_it() -> None:
    there = io.StringIO()
    assert await sent(ConsoleChannel(there), Clock(BEGUN), "one", "two") == 2
    assert there.getvalue().split() == ["one", "two"]
