"""Whatever happens in whatever order: one alert a story and address, nothing lost or doubled."""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from alerts.model import Delivery, DeliveryState, Gathering, Receipt, Severity
from alerts.storage import Storage
from alerts.storage.outbox import Outbox
from alerts.storage.tables import alerts, deliveries
from alerts.storage.told import alert_id
from tests.builders import CHAT, Clock, a_destination, a_sighting, an_article
from tests.storage.databases import list_feeds, on_sqlite, opened, record, table

T = TypeVar("T")

NAMES = ("a", "b", "c", "d", "e", "f")
TARGETS = ("1", "2", "3")
OPEN = {DeliveryState.PENDING.value, DeliveryState.AMBIGUOUS.value, DeliveryState.HELD.value}


def story_key(name: str) -> str:
    """Two articles each report one story."""
    return f"url:story-{NAMES.index(name) // 2}"


class Histories(RuleBasedStateMachine):
    """Polls, leases, marks and crashes, beside a model that knows what must be true."""

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory(prefix="tocsin-")
        self.database = on_sqlite(Path(self.folder.name))
        self.clock = Clock()
        #: Story key -> the article that opened it.
        self.stories: dict[str, str] = {}
        #: Story and chat -> the id of the alert that was due there.
        self.expected: dict[tuple[str, str], str] = {}
        #: Chat, as the rules name it -> its id since it moved.
        self.names: dict[str, str] = {target: target for target in TARGETS}
        self.leased: dict[str, Delivery] = {}
        #: Leases that ended with a crash: whoever still marks them comes too late.
        self.late: list[Delivery] = []
        #: Delivery -> the state in which it ended.
        self.ended: dict[str, str] = {}
        self.ambiguous: set[str] = set()
        self.targets: set[str] = set(TARGETS)
        self.storage = self.wait(self.open())

    def wait(self, answer: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(answer)

    async def open(self) -> Storage:
        self.opened = AsyncExitStack()
        storage = await self.opened.enter_async_context(opened(self.database))
        await storage.outbox.recover(now=self.clock())
        await list_feeds(storage)
        return storage

    @rule(
        names=st.lists(st.sampled_from(NAMES), min_size=1, max_size=4),
        people=st.sets(st.sampled_from(TARGETS), min_size=1),
        gathers=st.sampled_from(["", "", "list"]),
        severity=st.sampled_from(Severity),
    )
    def poll(self, names: list[str], people: set[str], gathers: str, severity: Severity) -> None:
        to = [a_destination(target, gathers=gathers) for target in sorted(people)]
        sightings = [
            a_sighting(an_article(name), story_keys=(story_key(name),), to=to, severity=severity)
            for name in names
        ]
        before = len(self.expected)
        for name in names:
            story = self.stories.setdefault(story_key(name), an_article(name).id)
            for target in sorted(people):
                now_at = self.names[target]
                key = a_destination(now_at).address.key
                self.expected.setdefault((story, now_at), alert_id(story, key))
        _, _, news = self.wait(record(self.storage, *sightings, now=self.clock()))
        assert news == len(self.expected) - before

    @rule(limit=st.integers(1, 4))
    def lease(self, limit: int) -> None:
        now = self.clock.advance(seconds=1)
        outbox = self.storage.outbox
        until = now + timedelta(minutes=1)
        for delivery in self.wait(outbox.lease_due("telegram", now=now, until=until, limit=limit)):
            assert delivery.id not in self.leased
            assert delivery.id not in self.ended
            assert delivery.possible_repeat == (delivery.id in self.ambiguous)
            assert delivery.address.target not in {d.address.target for d in self.leased.values()}
            assert delivery.alerts
            assert all(alert.matches and alert.articles for alert in delivery.alerts)
            self.leased[delivery.id] = delivery

    @precondition(lambda self: self.leased)
    @rule(
        data=st.data(),
        mark=st.sampled_from(["sent", "retry", "ambiguous", "dead", "gone", "back"]),
    )
    def mark(self, data: st.DataObject, mark: str) -> None:
        delivery = self.leased.pop(data.draw(st.sampled_from(sorted(self.leased))))
        now = self.clock.advance(seconds=1)
        outbox = self.storage.outbox
        # Of a chat that is gone it is held, until the chat lets us in again.
        if mark in ("sent", "dead"):
            ended = DeliveryState.SENT if mark == "sent" else DeliveryState.DEAD
            self.ended[delivery.id] = ended.value
        if mark == "ambiguous":
            self.ambiguous.add(delivery.id)
        match mark:
            case "sent":
                pace = now + timedelta(seconds=1)
                done = outbox.mark_sent(delivery, Receipt(), now=now, not_before_at=pace)
            case "retry" | "ambiguous":
                unsure = mark == "ambiguous"
                done = outbox.mark_retry(delivery, mark, due_at=now, ambiguous=unsure)
            case "dead":
                done = outbox.mark_dead(delivery, mark)
            case "gone":
                done = outbox.mark_gone(delivery, mark, now=now)
            case _:
                done = outbox.give_back(delivery)
        assert self.wait(done)

    @precondition(lambda self: self.leased)
    @rule(data=st.data())
    def move(self, data: st.DataObject) -> None:
        delivery = self.leased.pop(data.draw(st.sampled_from(sorted(self.leased))))
        target = f"{delivery.address.target}0"
        self.targets.add(target)
        old = delivery.address.target
        self.names = {name: target if at == old else at for name, at in self.names.items()}
        self.expected = {
            (story, target if at == old else at): key for (story, at), key in self.expected.items()
        }
        self.wait(self.storage.outbox.move(delivery, target, now=self.clock()))

    @precondition(lambda self: self.late)
    @rule(data=st.data(), sent=st.booleans())
    def mark_too_late(self, data: st.DataObject, sent: bool) -> None:
        delivery = data.draw(st.sampled_from(self.late))
        outbox, now = self.storage.outbox, self.clock()
        done = (
            outbox.mark_sent(delivery, Receipt(), now=now) if sent else outbox.give_back(delivery)
        )
        assert not self.wait(done)

    @rule(reopened=st.booleans())
    def crash(self, reopened: bool) -> None:
        """Begin a new life that knows nothing of the leases; *reopened*: in a new process."""
        self.late += self.leased.values()
        self.ambiguous |= self.leased.keys()
        if reopened:
            self.wait(self.opened.aclose())
            self.storage = self.wait(self.open())
        else:
            outbox = Outbox(self.storage.outbox._writer, self.storage.outbox._readers)
            assert self.wait(outbox.recover(now=self.clock())) == len(self.leased)
            self.storage.outbox = outbox
        self.leased.clear()

    @rule()
    def readmit(self) -> None:
        targets = {(CHAT.channel, target) for target in self.targets}
        self.wait(self.storage.backlog.readmit(targets, now=self.clock()))

    @rule(held=st.booleans())
    def gather(self, *, held: bool) -> None:
        """Let what waits leave as one message, or hold it until later."""
        now, backlog = self.clock(), self.storage.backlog
        into = Gathering(
            gathers="hour" if held else "", due_at=now + timedelta(minutes=10) if held else now
        )
        for crowd in self.wait(backlog.crowds("telegram", restrained=["desk"], now=now)):
            assert self.wait(backlog.gather(crowd, into, now=now)) >= crowd.waiting

    @invariant()
    def the_tables_are_what_the_model_says(self) -> None:
        told = self.wait(table(self.storage, alerts))
        rows = self.wait(table(self.storage, deliveries))
        assert sorted(row["id"] for row in told) == sorted(self.expected.values())
        carried = [row["delivery"] for row in told]
        # An update carries no alert: it says more of one.
        assert set(carried) == {row["id"] for row in rows if row["kind"] != "update"}
        for row in rows:
            assert row["kind"] == "update" or row["gathers"] or carried.count(row["id"]) >= 1
            assert row["kind"] != "alert" or row["gathers"] or carried.count(row["id"]) == 1
            assert row["possible_repeat"] == (row["id"] in self.ambiguous)
            if row["id"] in self.leased:
                assert row["state"] == DeliveryState.LEASED.value
            elif row["id"] in self.ended:
                assert row["state"] == self.ended[row["id"]]
            else:
                assert row["state"] in OPEN

    async def send_all(self) -> None:
        outbox, now = self.storage.outbox, self.clock()
        sends = [outbox.mark_sent(each, Receipt(), now=now) for each in self.leased.values()]
        assert all(await asyncio.gather(*sends))
        self.ended |= dict.fromkeys(self.leased, DeliveryState.SENT.value)
        self.leased.clear()

    def teardown(self) -> None:
        """Nothing is lost: whatever is left can be sent."""
        try:
            self.crash(reopened=False)
            self.readmit()
            self.clock.advance(hours=1)
            while True:
                self.lease(limit=100)
                if not self.leased:
                    break
                self.wait(self.send_all())
            states = {row["state"] for row in self.wait(table(self.storage, deliveries))}
            assert states <= {DeliveryState.SENT.value, DeliveryState.DEAD.value}
        finally:
            self.wait(self.opened.aclose())
            self.runner.close()
            self.folder.cleanup()


TestHistories = Histories.TestCase
TestHistories.settings = settings(
    max_examples=10,
    stateful_step_count=20,
    deadline=None,
    suppress_health_check=list(HealthCheck),
)
