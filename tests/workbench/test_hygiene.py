"""The report on what in the rules wants a hand, from what was really stored."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.alerting.health import Ailment
from alerts.alerting.sightings import RulesInForce, sight_new
from alerts.model import DeliveryState, HeldBy, Receipt
from alerts.storage import Storage, open_storage
from alerts.storage.feedback import Verdict
from alerts.storage.hygiene import Activity, Fate, Verdicts
from alerts.storage.muted import MuteKind, Subject
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_text
from alerts.workbench.hygiene import Report, look, precision, reasons, wilson
from tests.builders import CHAT, FEED, NOW, a_feed, a_state, an_article
from tests.storage.databases import list_feeds, record

DAY = timedelta(days=1)
OLD = f"""
feeds: [{{url: "{FEED}", publisher: Example News}}]
entities:
  hts: {{type: group, name: Hayat Tahrir al-Sham, aliases: [Levant Board, Shamiya Front]}}
watchlists:
  - {{id: gas, title: Gas, owner: desk, keywords: [sarin, chlorine]}}
  - {{id: hts, title: HTS, owner: desk, groups: ["@hts"]}}
  - {{id: ports, title: Ports, keywords: [harbour]}}
  - {{id: trial, title: Trial, owner: desk, keywords: [sarin], status: experimental}}
  - {{id: out, title: Out, owner: desk, keywords: [sarin], status: "off"}}
routes: {{receiver: desk}}
receivers: {{desk: {{telegram: {{chat: 100}}}}}}
"""
TEXT = OLD.replace("routes:", "  - {id: new, title: New, owner: desk, keywords: [vx]}\nroutes:")
RULES = load_text(TEXT)


class Archive:
    """A database that months of polls have filled."""

    def __init__(self, storage: Storage) -> None:
        self.storage = storage
        self._rules = RulesInForce.compile(RULES)
        self._seen = 0

    async def see(self, title: str, *, days_ago: float) -> None:
        """Poll an article and send what it rings."""
        now = NOW - days_ago * DAY
        self._seen += 1
        article = an_article(
            f"{self._seen}", title=title, summary="", seen_at=now, published_at=now
        )
        sightings = sight_new(self._rules, [article], newest_at=None, now=now)
        state = a_state(baselined_at=NOW - 99 * DAY, last_read_at=now, last_new_at=now)
        await record(self.storage, *sightings, now=now, state=state)
        await self.send(days_ago=days_ago)

    async def send(self, *, days_ago: float = 0) -> list[str]:
        """Send what is due; return the alerts that were told."""
        now, told, outbox = NOW - days_ago * DAY, [], self.storage.outbox
        while leased := await outbox.lease_due("telegram", now=now, until=now + DAY, limit=9):
            for delivery in leased:
                await outbox.mark_sent(delivery, Receipt(), now=now)
                told += [alert.id for alert in delivery.alerts]
        return told

    async def keep(self, text: str, *, days_ago: float) -> None:
        contents = Contents.of_files({"rules.yml": text.encode()})
        await self.storage.rule_archive.keep(contents, now=NOW - days_ago * DAY)

    async def report(self, *, days: float = 90, noisy: float = 20) -> Report:
        since = NOW - days * DAY
        return await look(self.storage, RULES, since=since, now=NOW, noisy=noisy)


@pytest.fixture
async def archive(tmp_path: Path) -> AsyncIterator[Archive]:
    async with open_storage(f"sqlite:///{tmp_path}/tocsin.db", now=NOW) as storage:
        await list_feeds(storage)
        yield Archive(storage)


async def test_an_empty_archive_says_so(archive: Archive) -> None:
    report = await archive.report()
    assert (report.articles, report.first_at) == (0, None)
    assert report.remembered == timedelta(0)
    assert [one.watchlist.id for one in report.silent] == ["gas", "hts", "ports", "trial", "new"]


async def test_silent_watchlists_are_told_and_young_ones_marked(archive: Archive) -> None:
    await archive.keep(OLD, days_ago=100)
    await archive.keep(TEXT, days_ago=3)
    await archive.see("Harbour closed", days_ago=99)
    await archive.see("Sarin found", days_ago=2)
    report = await archive.report()
    told = {one.watchlist.id: (one.last_at, one.young_since) for one in report.silent}
    assert told == {
        "hts": (None, None),
        "ports": (NOW - 99 * DAY, None),
        "new": (None, NOW - 3 * DAY),
    }
    assert (report.articles, report.remembered) == (1, 90 * DAY)


async def test_what_was_taken_out_meanwhile_is_young_again(archive: Archive) -> None:
    for text, days_ago in ((TEXT, 100), (OLD, 50), (TEXT, 20), (TEXT.replace("Gas", "G"), 10)):
        await archive.keep(text, days_ago=days_ago)
    young = {one.watchlist.id: one.young_since for one in (await archive.report()).silent}
    assert young["new"] == NOW - 20 * DAY
    assert young["gas"] is None


async def test_alerts_are_counted_a_day_over_the_time_that_is_remembered(archive: Archive) -> None:
    for number in range(9):
        await archive.see(f"Sarin found, report {number}", days_ago=3)
    await archive.see("Harbour closed", days_ago=1)
    report = await archive.report(noisy=3)
    loud = [(one.watchlist.id, one.stories, one.per_day, one.is_noisy) for one in report.loud]
    assert loud == [("gas", 9, 3.0, True), ("ports", 1, pytest.approx(1 / 3), False)]
    assert [one.share for one in report.loud] == [0.9, 0.1]


async def test_a_first_day_is_no_flood(archive: Archive) -> None:
    for number in range(5):
        await archive.see(f"Sarin found, report {number}", days_ago=0.01)
    [loud] = (await archive.report(noisy=20)).loud
    assert (loud.per_day, loud.is_noisy) == (5.0, False)


async def test_watchlists_without_an_owner_are_told(archive: Archive) -> None:
    assert [each.id for each in (await archive.report()).ownerless] == ["ports"]


async def test_names_and_terms_by_which_nothing_was_found_are_told(archive: Archive) -> None:
    await archive.see("Levant Board meets", days_ago=9)
    await archive.see("Sarin found", days_ago=9)
    report = await archive.report()
    assert [one.text for one in report.unseen_names] == ["Shamiya Front"]
    assert [(one.watchlist, one.text) for one in report.unseen_terms] == [("gas", "chlorine")]
    recent = await archive.report(days=3)
    assert [one.text for one in recent.unseen_names] == ["Levant Board", "Shamiya Front"]


async def test_matches_that_reached_nobody_are_told_with_the_reason(archive: Archive) -> None:
    subject = Subject(kind=MuteKind.WATCHLIST, value="gas", title="Gas")
    begun = NOW - 9 * DAY
    await archive.storage.mutes.begin(subject, CHAT, "desk", until=NOW, now=begun)
    await archive.see("Sarin found", days_ago=8)
    await archive.see("Harbour closed", days_ago=8)
    [told] = (await archive.report()).unheard
    assert (told.watchlist.id, told.matches, told.reasons) == ("gas", 1, ("1 muted",))
    await archive.see("Chlorine found", days_ago=-1)
    assert (await look_later(archive)).unheard == ()


async def test_a_story_that_people_knew_already_has_reached_them(archive: Archive) -> None:
    for title in ("Sarin found", "Harbour closed"):
        article = an_article(title, title=title, summary="", seen_at=NOW, published_at=NOW)
        found = sight_new(RulesInForce.compile(RULES), [article], newest_at=None, now=NOW)
        await record(archive.storage, *(replace(one, story_keys=("s",)) for one in found))
        await archive.send()
    report = await archive.report()
    assert report.unheard == ()
    assert "ports" not in {one.watchlist.id for one in report.silent}


async def look_later(archive: Archive) -> Report:
    now = NOW + 2 * DAY
    return await look(archive.storage, RULES, since=NOW - 90 * DAY, now=now, noisy=20)


@pytest.mark.parametrize(
    ("activity", "fates", "told"),
    [
        (Activity(matches=3, held=3, silenced=0, stories=0), {}, "3 held, for `unknown: hold`"),
        (Activity(matches=2, held=0, silenced=2, stories=0), {}, "2 silenced"),
        (
            Activity(matches=9, held=1, silenced=0, stories=8),
            {
                Fate(DeliveryState.HELD, HeldBy.DROPPED): 5,
                Fate(DeliveryState.DEAD, ""): 2,
                Fate(DeliveryState.HELD, HeldBy.HANDED_OVER): 9,
            },
            "5 dropped in quiet hours; 2 dead letters; 1 held, for `unknown: hold`",
        ),
        (
            Activity(matches=1, held=0, silenced=0, stories=0),
            {},
            "no receiver takes them, or all their readers left or pause",
        ),
    ],
)
def test_why_nobody_had_a_match(activity: Activity, fates: dict[Fate, int], told: str) -> None:
    assert "; ".join(reasons(activity, fates)) == told


async def test_precision_comes_from_what_readers_pressed(archive: Archive) -> None:
    await archive.see("Nothing", days_ago=1)
    article = an_article("x", title="Sarin found", summary="", seen_at=NOW, published_at=NOW)
    rules = RulesInForce.compile(RULES)
    await record(archive.storage, *sight_new(rules, [article], newest_at=None, now=NOW))
    [alert] = await archive.send()
    for person, verdict in enumerate([Verdict.USEFUL, Verdict.FALSE_ALARM, Verdict.USEFUL]):
        await archive.storage.feedback.give(alert, str(person), verdict, now=NOW)
    [told] = (await archive.report()).precision
    assert told.watchlist.id == "gas"
    assert told.verdicts == Verdicts(useful=2, false_alarms=1)
    assert told.useful == pytest.approx(2 / 3)


def test_the_least_precise_is_told_first() -> None:
    gas, hts, ports = RULES.watchlists[:3]
    said = {
        "gas": Verdicts(useful=9, false_alarms=1),
        "hts": Verdicts(useful=0, false_alarms=1),
        "ports": Verdicts(useful=0, false_alarms=30),
    }
    assert [one.watchlist for one in precision(RULES.watchlists, said)] == [ports, hts, gas]


@pytest.mark.parametrize(
    ("successes", "count", "least", "most"),
    # By hand, with z = 1.959963984540054: (p + z²/2n ± z √(p(1-p)/n + z²/4n²)) / (1 + z²/n).
    [(8, 10, 0.490162, 0.943318), (0, 1, 0.0, 0.793451), (50, 100, 0.403832, 0.596168)],
)
def test_wilson_by_examples(successes: int, count: int, least: float, most: float) -> None:
    assert wilson(successes, count) == pytest.approx((least, most), abs=1e-5)


@given(st.integers(0, 10_000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_wilson_holds_the_share_and_stays_within_bounds(said: tuple[int, int]) -> None:
    successes, count = said
    least, most = wilson(successes, count)
    assert 0 <= least <= most <= 1
    if count:
        assert least - 1e-12 <= successes / count <= most + 1e-12
    # The other side's mirror image.
    other = wilson(count - successes, count)
    assert other == pytest.approx((1 - most, 1 - least))


async def test_feeds_that_fail_or_bring_nothing_are_told_while_rules_name_them(
    archive: Archive,
) -> None:
    other = a_feed("https://other.example/")
    await list_feeds(archive.storage, a_feed(), other)
    empty = a_state(baselined_at=NOW - 9 * DAY, last_read_at=NOW)
    await record(archive.storage, state=empty)
    await record(archive.storage, state=replace(empty, url=other.url))
    [ill] = (await archive.report()).feeds
    assert (ill.feed.state.url, ill.ailment) == (FEED, Ailment.EMPTY)


async def test_receivers_where_nothing_arrives_are_told(archive: Archive) -> None:
    await archive.storage.departures.note("telegram", ["100"], "blocked", now=NOW)
    [told] = (await archive.report()).receivers
    assert (told.receiver, told.address, told.reason) == ("desk", "telegram:100", "blocked")
