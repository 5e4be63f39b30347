"""What falls silent is told once, and its end once, whoever was killed in between."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from alerts.app.silence import SilenceWatch
from alerts.model import Address, Evidence, Field, How, Notice, Receipt, RoutedMatch, Severity
from alerts.storage import PollRecord, Storage, open_storage
from alerts.storage.retention import Keep
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_text
from tests.builders import (
    FEED,
    NOW,
    a_destination,
    a_match,
    a_sighting,
    a_state,
    an_article,
)
from tests.storage.databases import list_feeds, record

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
KEEP = Keep()

RULES = f"""
feeds: [{{url: "{FEED}", publisher: Example News}}]
entities:
  hts: {{type: group, name: Hayat Tahrir al-Sham, aliases: [Levant Board, Shamiya Front]}}
watchlists:
  - {{id: quiet, title: Quiet place, keywords: [sarin], expect: 7d}}
  - {{id: hts, title: HTS, groups: ["@hts"]}}
routes: {{receiver: desk}}
receivers:
  operator: {{telegram: {{chat: 7}}}}
  desk: {{telegram: {{chat: 100}}}}
"""
SILENT, AGAIN = "No match for 7 days: Quiet place", "Matches again: Quiet place"


class Room:
    """A running Tocsin without its loops: one database, its rules, and a clock in the arguments."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self.rules = load_text(RULES)
        self._told: Counter[str] = Counter()

    async def use(self, text: str, *, now: datetime) -> None:
        self.rules = load_text(text)
        contents = Contents.of_files({"rules.yml": text.encode()})
        await self.storage.rule_archive.keep(contents, now=now)

    async def read(self, now: datetime, **fields: Any) -> None:
        """Have the feed read at *now*."""
        state = a_state(**({"baselined_at": NOW, "last_read_at": now} | fields))
        await self.storage.polls.record(PollRecord(state=state), now=now)

    async def match(
        self, watchlist: str, now: datetime, *, surface: str = "Blast", term: str = ""
    ) -> None:
        article = an_article(f"{watchlist} {surface} {now}", title=surface, seen_at=now)
        word = Evidence(
            field=Field.TITLE,
            start=0,
            end=len(surface),
            surface=surface,
            term=term or surface,
            how=How.EXACT,
        )
        match = a_match(article, watchlist, evidence=(word,))
        routed = RoutedMatch(match=match, destinations=())
        state = a_state(baselined_at=NOW, last_read_at=now)
        await record(self.storage, a_sighting(article, matches=(routed,)), now=now, state=state)

    def watch(self, keep: Keep = KEEP) -> SilenceWatch:
        return SilenceWatch(self.storage, self.rules, keep)

    async def look(self, now: datetime) -> list[str]:
        """Return what is told newly when somebody looks at *now*."""
        channels = await self.watch().look(now=now)
        return await self._news(channels)

    async def look_at_names(self, now: datetime) -> list[str]:
        return await self._news(await self.watch().look_at_names(now=now))

    async def _news(self, channels: frozenset[str]) -> list[str]:
        notices = await self.notices()
        subjects = [notice.subject for notice in notices]
        new = Counter(subjects) - self._told
        self._told.update(new)
        assert channels == (frozenset({"telegram"}) if new else frozenset())
        return list(new.elements())

    async def notices(self) -> list[Notice]:
        recent = await self.storage.overview.recent(limit=1000)
        return [each.notice for each in reversed(recent) if each.notice is not None]

    async def restarted(self) -> Room:
        """Return the same room as a new process finds it."""
        room = Room(self.storage)
        room.rules, room._told = self.rules, self._told
        return room


@pytest.fixture
async def room(tmp_path: Path) -> AsyncIterator[Room]:
    async with open_storage(f"sqlite:///{tmp_path}/tocsin.db", now=NOW) as storage:
        await list_feeds(storage)
        room = Room(storage)
        await room.use(RULES, now=NOW)
        await room.read(NOW)
        yield room


async def lasts(room: Room, days: float) -> datetime:
    """Let so many days pass since `NOW` in which the feed is read."""
    now = NOW + days * DAY
    await room.read(now)
    return now


# --- watchlists that should speak -------------------------------------------------------------


async def test_a_watchlist_that_stays_silent_is_told_once_and_its_end_once(room: Room) -> None:
    for days in (0.0, 1.0, 7.0):
        assert await room.look(await lasts(room, days)) == []
    assert await room.look(await lasts(room, 7.1)) == [SILENT]
    for days in (7.2, 8.0, 20.0):
        assert await room.look(await lasts(room, days)) == []
    await room.match("quiet", NOW + 21 * DAY)
    assert await room.look(NOW + 21 * DAY) == [AGAIN]
    assert await room.look(await lasts(room, 27)) == []
    assert await room.look(await lasts(room, 29)) == [SILENT]


async def test_what_it_says_leads_somewhere(room: Room) -> None:
    await room.match("quiet", NOW + DAY)
    await room.look(await lasts(room, 9))
    [notice] = await room.notices()
    assert "the last one came at 2024-05-02 12:00 UTC" in notice.text
    assert (notice.severity, notice.shown_by) == (Severity.HIGH, "tocsin hygiene")


async def test_a_restart_tells_nothing_again_and_does_not_forget_the_end(room: Room) -> None:
    assert await room.look(await lasts(room, 8)) == [SILENT]
    after = await room.restarted()
    assert await after.look(await lasts(room, 9)) == []
    await after.match("quiet", NOW + 9 * DAY)
    last = await after.restarted()
    assert await last.look(NOW + 9 * DAY) == [AGAIN]


async def test_two_that_look_at_once_tell_once(room: Room) -> None:
    now = await lasts(room, 8)
    await asyncio.gather(*(room.watch().look(now=now) for _ in range(4)))
    assert [notice.subject for notice in await room.notices()] == [SILENT]


async def test_while_its_feeds_are_not_read_they_are_the_message(room: Room) -> None:
    await room.read(NOW + 7 * DAY, error="503")
    assert await room.look(NOW + 9 * DAY) == []
    assert await room.look(await lasts(room, 10)) == [SILENT]
    # Nor is it an end that they fail now.
    assert await room.look(NOW + 20 * DAY) == []


async def test_after_a_standstill_it_is_given_its_time_again(room: Room) -> None:
    now = NOW + 30 * DAY
    await room.read(now, baselined_at=now)
    assert await room.look(now) == []
    await room.read(now + 6 * DAY, baselined_at=now)
    assert await room.look(now + 6 * DAY) == []
    await room.read(now + 8 * DAY, baselined_at=now)
    assert await room.look(now + 8 * DAY) == [SILENT]


async def test_a_new_watchlist_is_counted_from_when_its_rules_came_in_force(room: Room) -> None:
    new = "  - {id: new, title: New, keywords: [vx], expect: 2d}\nroutes:"
    await room.match("quiet", NOW + 29 * DAY)
    await room.use(RULES.replace("routes:", new), now=NOW + 30 * DAY)
    assert await room.look(await lasts(room, 31)) == []
    assert await room.look(await lasts(room, 32.5)) == ["No match for 2 days: New"]


@pytest.mark.parametrize(
    ("before", "after"), [(", expect: 7d", ""), ("expect: 7d", 'expect: 7d, status: "off"')]
)
async def test_when_nothing_is_expected_any_more_that_is_the_end(
    before: str, after: str, room: Room
) -> None:
    assert await room.look(await lasts(room, 8)) == [SILENT]
    await room.use(RULES.replace(before, after), now=NOW + 8 * DAY)
    assert await room.look(await lasts(room, 9)) == ["No match is expected any more: quiet"]
    assert await room.look(await lasts(room, 30)) == []


async def test_what_is_switched_on_again_is_counted_from_there(room: Room) -> None:
    off = RULES.replace("expect: 7d", 'expect: 7d, status: "off"')
    await room.use(off, now=NOW + DAY)
    await room.use(RULES, now=NOW + 20 * DAY)
    assert await room.look(await lasts(room, 21)) == []
    assert await room.look(await lasts(room, 28)) == [SILENT]


async def test_a_publisher_that_is_not_asked_for_does_not_speak_for_its_feeds(room: Room) -> None:
    asks = "expect: 7d, publishers: {only: [Somebody Else]}"
    await room.use(RULES.replace("expect: 7d", asks), now=NOW)
    assert await room.look(await lasts(room, 30)) == []


async def test_what_is_forgotten_sooner_than_it_is_expected_says_nothing(room: Room) -> None:
    now = await lasts(room, 60)
    await room.use(RULES.replace("expect: 7d", "expect: 30d"), now=now)
    assert await room.watch(Keep(articles=14 * DAY)).look(now=now) == frozenset()
    assert await room.watch(Keep(articles=30 * DAY)).look(now=now) == {"telegram"}


# --- receivers --------------------------------------------------------------------------------

NOTHING, ARRIVES = "Nothing arrives at desk", "Nothing is kept from desk any more"


async def alert(room: Room, name: str, *, target: str = "100", now: datetime) -> None:
    article = an_article(name, seen_at=now)
    destination = a_destination(target, due_at=now)
    sighting = a_sighting(article, watchlists=["hts"], to=[destination])
    await record(room.storage, sighting, now=now, state=a_state(last_read_at=now))


async def fail(room: Room, now: datetime, error: str = "502") -> None:
    """Have everything that is due fail."""
    leased = await room.storage.outbox.lease_due("telegram", now=now, until=now + HOUR, limit=9)
    for delivery in leased:
        await room.storage.outbox.mark_retry(delivery, error, due_at=now + HOUR)


async def send(room: Room, now: datetime) -> None:
    """Have everything that is due arrive."""
    outbox = room.storage.outbox
    while leased := await outbox.lease_due("telegram", now=now, until=now + HOUR, limit=9):
        for delivery in leased:
            await outbox.mark_sent(delivery, Receipt(), now=now)


async def test_a_server_that_does_not_answer_for_hours_is_told_with_its_end(room: Room) -> None:
    await alert(room, "a", now=NOW)
    await fail(room, NOW)
    assert await room.look(NOW + HOUR) == []
    assert await room.look(NOW + 2 * HOUR) == [NOTHING]
    [notice] = await room.notices()
    assert notice.details == ("telegram:100: since 2024-05-01 12:00 UTC: 502",)
    # While it is tried once more, nothing has arrived yet.
    now = NOW + 3 * HOUR
    outbox = room.storage.outbox
    leased = await outbox.lease_due("telegram", now=now, until=now + HOUR, limit=9)
    assert await room.look(now) == []
    for delivery in leased:
        await outbox.mark_sent(delivery, Receipt(), now=now)
    assert await room.look(NOW + 4 * HOUR) == [ARRIVES]
    assert await room.look(NOW + 5 * HOUR) == []


async def test_what_the_fallback_has_did_not_arrive(room: Room) -> None:
    await alert(room, "a", now=NOW)
    await fail(room, NOW)
    now = NOW + 2 * HOUR
    backlog = room.storage.backlog
    [delivery] = await backlog.overdue("telegram", ["desk"], before=now)
    await backlog.hand_over(delivery, {}, reason="too late", now=now)
    assert await room.look(now) == [NOTHING]
    assert await room.look(now + DAY) == []


async def test_a_chat_that_blocks_us_is_told_at_once_until_something_arrives(room: Room) -> None:
    await alert(room, "a", now=NOW)
    outbox = room.storage.outbox
    [delivery] = await outbox.lease_due("telegram", now=NOW, until=NOW + HOUR, limit=9)
    await outbox.mark_gone(delivery, "Forbidden: bot was blocked", now=NOW)
    assert await room.look(NOW) == [NOTHING]
    assert await (await room.restarted()).look(NOW + DAY) == []
    now = NOW + 2 * DAY
    await room.storage.backlog.readmit([("telegram", "100")], now=now)
    assert await room.look(now) == []
    await send(room, now)
    assert await room.look(now) == [ARRIVES]


async def test_dead_letters_in_a_row_are_told_and_a_single_one_is_not(room: Room) -> None:
    outbox = room.storage.outbox
    for number, told in enumerate([[], [], [NOTHING]]):
        now = NOW + number * HOUR
        await alert(room, f"{number}", now=now)
        [delivery] = await outbox.lease_due("telegram", now=now, until=now + HOUR, limit=1)
        await outbox.mark_dead(delivery, "400: chat not found")
        assert await room.look(now) == told


async def test_a_channel_that_refuses_us_is_not_the_receiver(room: Room) -> None:
    await alert(room, "a", now=NOW)
    await fail(room, NOW, "401 Unauthorized")
    outbox = room.storage.outbox
    await outbox.pause("telegram", "401", now=NOW)
    assert await room.look(NOW + 3 * HOUR) == []
    await outbox.resume("telegram")
    assert await room.look(NOW + 3 * HOUR) == [NOTHING]
    # Nor is it an end that the channel refuses us now.
    await outbox.pause("telegram", "401", now=NOW + 3 * HOUR)
    assert await room.look(NOW + 4 * HOUR) == []


async def test_what_the_operator_cannot_be_told_is_not_told_to_the_operator(room: Room) -> None:
    await room.storage.departures.note("telegram", ["7"], "blocked", now=NOW)
    assert await room.look(NOW) == []
    await room.use(RULES.replace("{chat: 7}", "{chat: 7}, console: {}"), now=NOW)
    assert await room.watch().look(now=NOW) == {"telegram", "console"}
    [notice, _] = await room.notices()
    assert notice.subject == "Nothing arrives at operator at 1 of its addresses"
    assert Address(channel="telegram", target="7").key in notice.details[0]


# --- names ------------------------------------------------------------------------------------

UNSEEN = "{} of your entities stood in no match for 90 days"
SEEN = "Every name of your entities was seen"


async def seen(room: Room, surface: str, now: datetime) -> None:
    await room.match("hts", now, surface=surface, term="Hayat Tahrir al-Sham")


async def test_names_never_seen_are_told_as_one_and_their_end_once(room: Room) -> None:
    await room.match("quiet", NOW)
    assert await room.look_at_names(NOW + 89 * DAY) == []
    assert await room.look_at_names(NOW + 90 * DAY) == [UNSEEN.format("2 names")]
    [notice] = await room.notices()
    assert notice.details == ("Levant Board (alias of @hts)", "Shamiya Front (alias of @hts)")
    assert await (await room.restarted()).look_at_names(NOW + 91 * DAY) == []
    await seen(room, "Levant Board", NOW + 100 * DAY)
    await seen(room, "Shamiya Front", NOW + 100 * DAY)
    assert await room.look_at_names(NOW + 101 * DAY) == [SEEN]
    assert await room.look_at_names(NOW + 102 * DAY) == []


async def test_names_are_told_once_a_month_at_most_and_only_when_they_changed(room: Room) -> None:
    await seen(room, "Levant Board", NOW)
    await room.match("quiet", NOW)
    assert await room.look_at_names(NOW + 90 * DAY) == [UNSEEN.format("1 name")]
    # The other one falls silent, too.
    assert await room.look_at_names(NOW + 119 * DAY) == []
    assert await room.look_at_names(NOW + 120 * DAY) == [UNSEEN.format("2 names")]
    assert await room.look_at_names(NOW + 200 * DAY) == []


async def test_a_name_that_is_younger_is_not_told(room: Room) -> None:
    await room.match("quiet", NOW)
    added = RULES.replace("[Levant Board", "[Newest Name, Levant Board")
    await room.use(added, now=NOW + 30 * DAY)
    assert await room.look_at_names(NOW + 91 * DAY) == [UNSEEN.format("2 names")]
    assert await room.look_at_names(NOW + 121 * DAY) == [UNSEEN.format("3 names")]


async def test_nothing_is_said_of_names_before_so_much_is_remembered(room: Room) -> None:
    assert await room.look_at_names(NOW + 300 * DAY) == []  # no article is stored
    await room.match("quiet", NOW + 300 * DAY)
    assert await room.look_at_names(NOW + 389 * DAY) == []
    assert await room.look_at_names(NOW + 390 * DAY) == [UNSEEN.format("2 names")]
