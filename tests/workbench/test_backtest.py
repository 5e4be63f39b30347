"""A backtest counts what production would have told, and nothing else."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from alerts.alerting.sightings import RulesInForce, sight_new
from alerts.model import DeliveryState, Novelty, Receipt, Severity, Sighting, Status
from alerts.storage import open_storage
from alerts.storage.tables import alerts, deliveries
from alerts.watchlists.contents import Contents
from alerts.workbench.backtest import Question, Report, Rules, Window, backtest, running
from alerts.workbench.backtest.report import Difference, Ringing, Standing
from tests.storage.databases import list_feeds, record, table
from tests.workbench.archives import BEGUN, seen, store

WINDOW = Window(since=BEGUN - timedelta(days=1), until=BEGUN + timedelta(days=10))

RECEIVERS = """
routes: {receiver: desk, routes: [{match: [severity=critical], receiver: duty, continue: true}]}
time_intervals: {night: {times: [{start: "22:00", end: "06:00"}]}}
receivers:
  desk: {telegram: {chat: "1"}}
  duty: {telegram: {chat: "2"}, quiet: {during: night, below: critical, then: drop}}
  sleeper: {telegram: {chat: "3"}, quiet: {during: night, below: critical, then: drop}}
"""


def rules(*watchlists: str, more: str = RECEIVERS, name: str = "rules") -> Rules:
    listed = "".join(f"  - {{title: T, {one}}}\n" for one in watchlists)
    text = f"version: 1\nwatchlists:\n{listed}{more}"
    return Rules(name=name, contents=Contents.of_files({"rules.yml": text.encode()}))


SARIN = "id: sarin, keywords: [sarin]"


async def tried(
    folder: Path, articles: Sequence[Sighting], *watchlists: str, **fields: Any
) -> Report:
    """Store *articles*, and say what *watchlists* would have made of them."""
    url = await store(folder, *articles)
    given: dict[str, Any] = {"rules": rules(*watchlists), "window": WINDOW}
    return await asked(Question(**given | fields), url)


async def asked(question: Question, url: str, **options: Any) -> Report:
    given: dict[str, Any] = {"articles": 10, "advance": lambda _: None}
    return await backtest(question, url, **given | options)


def ringing(report: Report, watchlist: str = "sarin") -> Ringing:
    (found,) = (one for one in report.trial.ringings if one.watchlist == watchlist)
    return found


# --- what is counted --------------------------------------------------------------------------


async def test_several_articles_of_one_story_are_one_alert(tmp_path: Path) -> None:
    articles = [
        seen("a", "Sarin in Idlib", story="one"),
        seen("b", "More sarin", story="one", hours=5),
        seen("c", "Sarin again", hours=30),
        seen("d", "Weather", hours=31),
    ]
    report = await tried(tmp_path, articles, SARIN)
    found = ringing(report)
    assert (found.alerts, found.stories, report.articles) == (2, 2, 4)
    assert dict(zip(WINDOW.days, found.by_day, strict=True))[BEGUN.date()] == 1
    assert found.receivers == {"desk": 2}
    assert [sample.headline.title for sample in found.samples] == ["Sarin again", "Sarin in Idlib"]


async def test_a_story_rings_again_after_its_time(tmp_path: Path) -> None:
    articles = [
        seen(name, "Sarin", story="one", hours=hours)
        for name, hours in {"a": 0, "b": 5, "c": 7, "d": 8, "e": 14}.items()
    ]
    found = ringing(await tried(tmp_path, articles, SARIN + ", repeat_after: 6h"))
    assert (found.alerts, found.stories) == (3, 1)


async def test_only_news_counts(tmp_path: Path) -> None:
    articles = [
        seen("a", "Sarin", novelty=Novelty.BASELINE),
        seen("b", "Sarin", novelty=Novelty.LATE),
        seen("c", "Sarin", hours=-48),
        seen("d", "Sarin", hours=24 * 12),
        seen("e", "Sarin"),
    ]
    report = await tried(tmp_path, articles, SARIN)
    assert (report.articles, report.aside, ringing(report).alerts) == (1, 2, 1)


async def test_each_address_is_an_alert_and_the_story_is_one(tmp_path: Path) -> None:
    more = RECEIVERS.replace("receiver: duty, continue: true", "receiver: both")
    more += '  both: {telegram: [{chat: "4"}, {chat: "5"}]}\n'
    report = await tried(
        tmp_path, [seen("a", "Sarin")], rules=rules(SARIN + ", severity: critical", more=more)
    )
    assert (ringing(report).alerts, ringing(report).stories, report.trial.alerts) == (2, 1, 2)


async def test_an_alert_that_two_watchlists_share_is_counted_once_together(tmp_path: Path) -> None:
    report = await tried(
        tmp_path, [seen("a", "Sarin in Idlib")], SARIN, "id: idlib, places: [Idlib]"
    )
    assert [one.alerts for one in report.trial.ringings] == [1, 1]
    assert report.trial.alerts == 1


async def test_a_story_that_gets_more_severe_is_an_update(tmp_path: Path) -> None:
    articles = [seen("a", "Idlib", story="one"), seen("b", "Sarin in Idlib", story="one", hours=1)]
    report = await tried(
        tmp_path, articles, "id: idlib, places: [Idlib]", SARIN + ", severity: high"
    )
    assert (report.trial.alerts, report.trial.updates) == (1, 1)


async def test_experiments_stand_apart(tmp_path: Path) -> None:
    report = await tried(tmp_path, [seen("a", "Sarin")], SARIN + ", status: experimental")
    assert (ringing(report).alerts, ringing(report).status) == (1, Status.EXPERIMENTAL)
    assert (report.trial.alerts, report.trial.rings) == (0, ())


async def test_what_is_held_or_dropped_does_not_ring(tmp_path: Path) -> None:
    more = RECEIVERS.replace("receiver: desk,", "receiver: sleeper,")
    articles = [
        seen("night", "Sarin", hours=11),
        seen("day", "Sarin", hours=20),
        seen("unknown", "Sarin", hours=21, published_at=None),
    ]
    watchlist = SARIN + ", max_age: 24h, unknown: hold"
    found = ringing(await tried(tmp_path, articles, rules=rules(watchlist, more=more)))
    assert (found.alerts, found.dropped, found.held) == (1, 1, 1)


async def test_watchlists_can_be_chosen(tmp_path: Path) -> None:
    report = await tried(
        tmp_path,
        [seen("a", "Sarin in Idlib")],
        SARIN,
        "id: idlib, places: [Idlib]",
        only=frozenset({"idlib"}),
    )
    assert [one.watchlist for one in report.trial.ringings] == ["idlib"]


# --- as production ----------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(4))
async def test_as_many_alerts_are_counted_as_production_makes(tmp_path: Path, seed: int) -> None:
    """Polled one by one, each message sent when it is due, against the same articles looked back at."""
    dice = random.Random(seed)
    words = ["sarin", "Idlib", "drone", "talks", "Homs"]
    articles = [
        seen(
            str(number),
            " ".join(dice.sample(words, 2)),
            story=str(dice.randrange(12)),
            hours=number * dice.choice([0.02, 1.5]),
            published_at=None if dice.random() < 0.2 else BEGUN,
        )
        for number in range(60)
    ]
    articles.sort(key=lambda each: (each.article.seen_at, each.article.id))
    tested = rules(
        SARIN + ", severity: critical, repeat_after: 20h",
        "id: idlib, places: [Idlib], max_age: 30h, unknown: hold",
        "id: drone, keywords: [drone], severity: high",
        "id: homs, places: [Homs], status: experimental",
        more=RECEIVERS.replace("receiver: desk,", "receiver: sleeper, group_wait: 10m,"),
    )
    made, updates = await polled(tmp_path, articles, tested)
    url = f"sqlite:///{tmp_path}/tocsin.db"
    report = await asked(Question(rules=tested, window=WINDOW), url)
    assert (report.trial.alerts, report.trial.updates) == (made, updates)
    assert made > 10


async def polled(folder: Path, articles: Sequence[Sighting], tested: Rules) -> tuple[int, int]:
    """Have *articles* polled; return how many alerts left, and how many updates."""
    in_force = RulesInForce.compile(tested.load({}))
    async with open_storage(f"sqlite:///{folder}/tocsin.db", now=BEGUN) as storage:
        await list_feeds(storage)
        for each in articles:
            now = each.article.seen_at
            assert now is not None
            until = now + timedelta(minutes=3)
            while leased := await storage.outbox.lease_due(
                "telegram", now=now, until=until, limit=100
            ):
                for delivery in leased:
                    await storage.outbox.mark_sent(delivery, Receipt(), now=now)
            (sighting,) = sight_new(in_force, [each.article], newest_at=None, now=now)
            await record(storage, replace(sighting, story_keys=each.story_keys), now=now)
        rung = await table(storage, alerts)
        carried = {row["id"]: row for row in await table(storage, deliveries)}
    left = [row for row in rung if carried[row["delivery"]]["state"] != DeliveryState.HELD]
    return len(left), sum(row["kind"] == "update" for row in carried.values())


# --- the same answer each time ----------------------------------------------------------------

MANY = [
    seen(str(number), title, hours=number / 3, story=str(number % 17))
    for number, title in enumerate(["Sarin", "Idlib", "Sarin in Idlib", "Talks"] * 12)
]
TWO = (SARIN, "id: idlib, places: [Idlib], repeat_after: 3h")
EDITED = (SARIN + ", severity: high", "id: idlib, places: [Idlib, Homs], repeat_after: 3h")


async def test_the_answer_is_the_same_however_it_is_worked_out(tmp_path: Path) -> None:
    question = Question(rules=rules(*TWO), against=rules(*EDITED, name="other"), window=WINDOW)
    url = await store(tmp_path, *MANY)
    once = await asked(question, url)
    assert once.articles == len(MANY)
    assert await asked(question, url) == once
    assert await asked(question, url, articles=20_000, workers=1) == once
    assert await asked(question, url, articles=20_000, workers=2) == once


async def test_the_order_of_files_does_not_matter(tmp_path: Path) -> None:
    url = await store(tmp_path, *MANY)

    def in_files(names: Mapping[str, str]) -> Rules:
        texts = {
            name: f"version: 1\nwatchlists: [{{title: T, {one}}}]\n".encode()
            for name, one in names.items()
        }
        files = texts | {"z.yml": f"version: 1\n{RECEIVERS}".encode()}
        return Rules(name="rules", contents=Contents.of_files(files))

    found = []
    for order in (TWO, TWO[::-1]):
        files = {f"{name}.yml": one for name, one in zip("ab", order, strict=True)}
        found.append(await asked(Question(rules=in_files(files), window=WINDOW), url))
    first, second = found
    assert first.trial.alerts > 0
    assert replace(first.trial, hash="") == replace(second.trial, hash="")


async def test_slices_cover_the_time_once() -> None:
    slices = running.sliced(WINDOW, 7)
    assert (slices[0].since, slices[-1].until) == (WINDOW.since, WINDOW.until)
    assert all(one.until == next_.since for one, next_ in pairwise(slices))


async def test_a_backtest_that_is_stopped_ends(tmp_path: Path) -> None:
    url = await store(tmp_path, *MANY)
    question = Question(rules=rules(*TWO), window=WINDOW)
    first = asyncio.Event()
    running_ = asyncio.create_task(
        asked(question, url, articles=40_000, workers=2, advance=lambda _: first.set())
    )
    await first.wait()
    running_.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running_


# --- an edit ----------------------------------------------------------------------------------


async def compared(
    folder: Path, articles: Sequence[Sighting], before: Rules, after: Rules
) -> dict[str, Difference]:
    report = await tried(folder, articles, rules=after, against=before)
    return {one.watchlist: one for one in report.differences}


async def test_stories_are_won_and_lost(tmp_path: Path) -> None:
    articles = [seen("a", "Sarin"), seen("b", "Chlorine", hours=1), seen("c", "Tabun", hours=2)]
    found = await compared(
        tmp_path,
        articles,
        rules("id: gas, keywords: [sarin, tabun]", "id: same, keywords: [sarin]"),
        rules("id: gas, keywords: [sarin, chlorine]", "id: same, keywords: [sarin]"),
    )
    assert found.keys() == {"gas"}
    gas = found["gas"]
    assert (gas.won, gas.lost, gas.alerts) == (1, 1, (2, 2))
    assert [one.headline.title for one in gas.won_samples] == ["Chlorine"]
    assert [one.headline.title for one in gas.lost_samples] == ["Tabun"]


async def test_a_story_that_rings_by_another_article_is_neither(tmp_path: Path) -> None:
    articles = [seen("a", "Sarin", story="one"), seen("b", "Tabun", story="one", hours=1)]
    found = await compared(
        tmp_path,
        articles,
        rules("id: gas, keywords: [sarin]"),
        rules("id: gas, keywords: [tabun]"),
    )
    assert found == {}


async def test_watchlists_come_and_go(tmp_path: Path) -> None:
    found = await compared(
        tmp_path,
        [seen("a", "Sarin")],
        rules("id: old, keywords: [sarin]", "id: silent, keywords: [sarin], status: experimental"),
        rules("id: new, keywords: [sarin]", "id: silent, keywords: [sarin]"),
    )
    assert (found["old"].standing, found["old"].lost) == (Standing.REMOVED, 1)
    assert (found["new"].standing, found["new"].won) == (Standing.ADDED, 1)
    assert found["silent"].status == (Status.EXPERIMENTAL, Status.ACTIVE)
    assert (found["silent"].won, found["silent"].lost) == (1, 0)


async def test_severities_and_receivers_that_change_are_told(tmp_path: Path) -> None:
    found = await compared(
        tmp_path,
        [seen("a", "Sarin")],
        rules(SARIN + ", severity: critical"),
        rules(SARIN, more=RECEIVERS.replace("receiver: desk,", "receiver: sleeper,")),
    )
    assert found["sarin"].severity == (Severity.CRITICAL, Severity.MEDIUM)
    assert found["sarin"].receivers == ({"duty": 1}, {"sleeper": 1})
    assert found["sarin"].moved


ENTITY = "entities: {{us: {{type: group, name: {}}}}}\n"
ANOTHER_WAY = RECEIVERS.replace("receiver: desk,", "receiver: sleeper,")
PAIRS = {
    "watchlists": (rules(*TWO), rules(*EDITED)),
    "one more": (rules(*TWO), rules(*TWO, "id: new, keywords: [talks]")),
    "routes": (rules(*TWO), rules(*TWO, more=ANOTHER_WAY)),
    "routes and watchlists": (rules(*TWO), rules(*EDITED, more=ANOTHER_WAY)),
    "entities": (
        rules(*TWO, "id: own, groups: ['@us']", more=RECEIVERS + ENTITY.format("Talks")),
        rules(*TWO, "id: own, groups: ['@us']", more=RECEIVERS + ENTITY.format("Idlib")),
    ),
}


@pytest.mark.parametrize(("before", "after"), PAIRS.values(), ids=PAIRS)
async def test_both_sets_are_judged_as_each_would_be_alone(
    tmp_path: Path, before: Rules, after: Rules
) -> None:
    """What two sets share is matched once, and gives what each of them gives by itself."""
    url = await store(tmp_path, *MANY)
    both = await asked(Question(rules=after, against=before, window=WINDOW), url)
    alone = [await asked(Question(rules=each, window=WINDOW), url) for each in (after, before)]
    assert both.against is not None
    assert [both.trial, both.against] == [one.trial for one in alone]
