"""What a watchlist would have brought is what a backtest counts, and time that is short cuts days."""

from __future__ import annotations

import asyncio
import random
import threading
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

from alerts.model import Keyword, Novelty, RuleSet, Sighting, Watchlist
from alerts.storage import Storage, open_storage
from alerts.subscribers.preview import (
    ENOUGH,
    FEWEST_ARTICLES,
    MOST_A_DAY,
    Breadth,
    Preview,
    Previews,
)
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents
from alerts.workbench.backtest import Question, Rules, Window, backtest
from tests.workbench.archives import BEGUN, seen, store

DAY = timedelta(days=1)
#: When the tests look back: a week after the first article.
LOOKED_AT = BEGUN + 7 * DAY
SARIN = Watchlist(id="subscriber/1/1", title="T", condition=Keyword("sarin"))


class Watch:
    """Seconds that pass whenever somebody asks for them."""

    def __init__(self, step: float = 0.0) -> None:
        self.at, self.step = 0.0, step

    def __call__(self) -> float:
        self.at += self.step
        return self.at


@asynccontextmanager
async def archive(folder: Path, articles: Sequence[Sighting]) -> AsyncIterator[Storage]:
    async with open_storage(await store(folder, *articles), now=LOOKED_AT) as storage:
        yield storage


async def looked(
    folder: Path,
    articles: Sequence[Sighting],
    watchlist: Watchlist = SARIN,
    rules: RuleSet | None = None,
    *,
    clock: Watch | None = None,
) -> Preview:
    """Return the preview of *watchlist* over *articles*."""
    async with archive(folder, articles) as storage:
        previews = Previews(storage, now=lambda: LOOKED_AT, clock=clock or Watch())
        return await previews.look(watchlist, rules or RuleSet())


# --- the same as a backtest -------------------------------------------------------------------

RULES = """
version: 1
entities: {bases: {type: place, name: Khmeimim, aliases: [Hmeymim]}}
watchlists:
  - {id: bases, title: T, query: '@bases OR sarin', exclude: drill, repeat_after: 1d}
  - {id: others, title: T, keywords: [weather]}
routes: {receiver: desk, routes: [{match: [watchlist=bases], receiver: sleeper}]}
time_intervals: {night: {times: [{start: "22:00", end: "06:00"}]}}
receivers:
  desk: {telegram: {chat: "1"}}
  sleeper: {telegram: [{chat: "2"}, {chat: "3"}], quiet: {during: night, then: drop}}
"""
PLAIN = 'version: 1\nroutes: {receiver: me}\nreceivers: {me: {telegram: {chat: "9"}}}\n'


def some_articles(count: int) -> list[Sighting]:
    """Return articles of a week, some of which share stories, slid back in, or are of long ago."""
    dice = random.Random(5)
    words = ["Sarin", "Hmeymim", "Khmeimim", "drill", "weather", "sarin gas", "talks"]
    novelties = [Novelty.NEW] * 8 + [Novelty.LATE, Novelty.BASELINE]
    return [
        seen(
            str(number),
            " ".join(dice.sample(words, 2)),
            hours=dice.uniform(-24, 24 * 8),
            story=f"story {dice.randrange(count // 2)}",
            novelty=dice.choice(novelties),
        )
        for number in range(count)
    ]


async def test_a_preview_counts_what_a_backtest_counts(tmp_path: Path) -> None:
    articles = some_articles(400)
    contents = Contents.of_files({"rules.yml": RULES.encode()})
    rules = load_contents(contents, environment={})
    watchlist = next(one for one in rules.watchlists if one.id == "bases")
    found = await looked(tmp_path, articles, watchlist, rules)

    # The other rules differ in nothing but in who hears.
    head, _, _ = RULES.partition("routes:")
    alone = head + PLAIN.removeprefix("version: 1\n")
    question = Question(
        rules=Rules(name="r", contents=Contents.of_files({"rules.yml": alone.encode()})),
        only=frozenset({"bases"}),
        window=Window(since=LOOKED_AT - 7 * DAY, until=LOOKED_AT),
    )
    url = f"sqlite:///{tmp_path}/tocsin.db"
    report = await backtest(question, url, articles=400, advance=lambda _: None)
    [ringing] = report.trial.ringings
    assert found.alerts == ringing.alerts > ringing.stories > 50  # some ring again
    assert (found.articles, found.since, found.days) == (report.articles, LOOKED_AT - 7 * DAY, 7)
    samples = [(one.headline.title, one.headline.seen_at) for one in ringing.samples]
    assert [(one.title, one.seen_at) for one in found.headlines] == samples


async def test_only_the_one_watchlist_and_nobodys_hours_count(tmp_path: Path) -> None:
    """Quiet hours, mutes by routes and other watchlists are somebody else's."""
    rules = load_contents(Contents.of_files({"rules.yml": RULES.encode()}), environment={})
    articles = [seen("night", "Sarin", hours=11), seen("day", "Weather", hours=20)]
    found = await looked(tmp_path, articles, replace(SARIN, id="bases"), rules)
    assert (found.alerts, found.articles) == (1, 2)


async def test_names_mean_what_the_rules_in_force_say(tmp_path: Path) -> None:
    text = "version: 1\nentities: {x: {type: group, name: Zorbian Front, aliases: [Zorbs]}}\n"
    text += "watchlists: [{id: w, title: T, groups: [Zorbian Front]}]\n"
    rules = load_contents(Contents.of_files({"r.yml": text.encode()}), environment={})
    [watchlist] = rules.watchlists
    found = await looked(tmp_path, [seen("a", "The Zorbs strike")], watchlist, rules)
    assert [one.words for one in found.headlines] == [("Zorbs",)]


# --- what is shown ----------------------------------------------------------------------------


async def test_the_newest_three_stories_are_shown_with_their_words(tmp_path: Path) -> None:
    articles = [seen(name, f"Sarin {name}", hours=hours) for hours, name in enumerate("abcd")]
    articles.append(seen("e", "More sarin: SARIN, sarin", hours=9, story="d"))
    found = await looked(tmp_path, articles)
    assert [one.title for one in found.headlines] == ["Sarin d", "Sarin c", "Sarin b"]
    [newest, *_] = found.headlines
    assert (newest.words, newest.publisher) == (("Sarin",), "Example News")
    assert newest.url == "https://news.example/d"
    assert (found.alerts, found.breadth, found.is_cut) == (4, Breadth.FINE, False)


async def test_nothing_that_rang_differs_from_nothing_that_was_read(tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    none = await looked(tmp_path / "empty", [])
    assert (none.articles, none.alerts, none.days, none.is_cut) == (0, 0, 7, False)
    found = await looked(tmp_path, [seen("a", "Weather")])
    assert (found.articles, found.breadth, found.headlines) == (1, Breadth.NOTHING, ())


# --- how broad --------------------------------------------------------------------------------


def spread(count: int, title: str, *, begin: float = 0.0, length: float = 7.0) -> list[Sighting]:
    """Return *count* articles from day *begin* on, over *length* days."""
    step = 24 * length / count
    return [
        seen(f"{title} {number}", title, hours=24 * begin + step * number)
        for number in range(count)
    ]


async def test_more_than_twenty_a_day_is_broad(tmp_path: Path) -> None:
    others = spread(10 * FEWEST_ARTICLES, "Weather")
    for number, breadth in ((7 * MOST_A_DAY, Breadth.FINE), (7 * MOST_A_DAY + 1, Breadth.BROAD)):
        (tmp_path / str(number)).mkdir()
        found = await looked(tmp_path / str(number), others + spread(number, "Sarin"))
        assert (found.alerts, found.breadth) == (number, breadth)


async def test_a_day_counts_whole_while_there_is_no_more_of_the_archive(tmp_path: Path) -> None:
    """A system that began yesterday has read for one day, and not for seven."""
    others = spread(10 * FEWEST_ARTICLES, "Weather", begin=6, length=1)
    for number, breadth in ((MOST_A_DAY, Breadth.FINE), (MOST_A_DAY + 1, Breadth.BROAD)):
        (tmp_path / str(number)).mkdir()
        articles = others + spread(number, "Sarin", begin=6.5, length=0.2)
        assert (await looked(tmp_path / str(number), articles)).breadth is breadth


async def test_more_than_a_third_of_all_articles_is_everything(tmp_path: Path) -> None:
    for name, sarin, others, breadth in (
        ("few", 20, FEWEST_ARTICLES - 21, Breadth.FINE),
        ("third", 20, 40, Breadth.FINE),
        ("more", 21, 40, Breadth.EVERYTHING),
    ):
        (tmp_path / name).mkdir()
        articles = spread(sarin, "Sarin") + spread(others, "Weather")
        assert (await looked(tmp_path / name, articles)).breadth is breadth


# --- when time is short -----------------------------------------------------------------------


async def test_the_newest_whole_days_are_told_when_time_runs_out(tmp_path: Path) -> None:
    """Of the day in which it ran out nothing counts, so that what is told is true of whole days."""
    articles = spread(7 * 90, "Weather") + spread(7 * 30, "Sarin")
    # The budget of 8 s ends in the fourth: each day asks twice, before its second and third stretch.
    found = await looked(tmp_path, articles, clock=Watch(step=1.0))
    assert (found.days, found.is_cut, found.since) == (3, True, LOOKED_AT - 3 * DAY)
    assert (found.articles, found.alerts, found.breadth) == (3 * 120, 3 * 30, Breadth.BROAD)
    newest = max(each.article.seen_at for each in articles[7 * 90 :])  # type: ignore[type-var]
    assert found.headlines[0].seen_at == newest


async def test_much_of_everything_is_enough(tmp_path: Path) -> None:
    articles = spread(ENOUGH, "Sarin", begin=6, length=1) + spread(12, "Weather", length=6)
    found = await looked(tmp_path, articles)
    assert (found.breadth, found.days, found.is_cut) == (Breadth.EVERYTHING, 1, True)
    assert found.alerts == found.articles == ENOUGH
    (tmp_path / "less").mkdir()
    found = await looked(tmp_path / "less", articles[1:])
    assert (found.breadth, found.days, found.is_cut) == (Breadth.EVERYTHING, 7, False)


async def test_less_than_a_day_is_told_by_its_begin(tmp_path: Path) -> None:
    articles = spread(240, "Sarin", begin=6, length=1)
    found = await looked(tmp_path, articles, clock=Watch(step=5.0))
    assert (found.days, found.is_cut, found.articles) == (0, True, 100)
    assert found.since == LOOKED_AT - 100 * DAY / 240


async def test_something_is_looked_at_however_little_time_there_is(tmp_path: Path) -> None:
    found = await looked(tmp_path, spread(70, "Sarin", begin=6, length=1), clock=Watch(step=99.0))
    assert (found.days, found.is_cut, found.articles) == (0, True, 50)


async def test_looks_take_turns_in_one_thread_of_their_own(tmp_path: Path) -> None:
    """The time of the second begins when the first is done: neither is cut by the other."""
    async with archive(tmp_path, spread(7 * 60, "Weather")) as storage:
        previews = Previews(storage, now=lambda: LOOKED_AT, clock=Watch(step=1.0))
        looks = [previews.look(SARIN, RuleSet()) for _ in range(3)]
        found = await asyncio.gather(*looks)
        threads = [one.name for one in threading.enumerate() if one.name.startswith("preview")]
    assert [one.days for one in found] == [7, 7, 7]
    assert len(threads) == 1


async def test_a_look_that_nobody_waits_for_any_more_ends(tmp_path: Path) -> None:
    async with archive(tmp_path, spread(70, "Sarin")) as storage:
        previews = Previews(storage, now=lambda: LOOKED_AT, clock=Watch())
        async with asyncio.TaskGroup() as group:
            left = group.create_task(previews.look(SARIN, RuleSet()))
            await asyncio.sleep(0)
            left.cancel()
        assert (await previews.look(SARIN, RuleSet())).articles == 70
