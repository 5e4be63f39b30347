"""Do 10,000 regexes slow the articles that hold nothing of them?

The same matcher with 10,000 watchlists of the workload, without and with a regex in as many more; the
articles have 430 words.  Each shape of regex is one that authors write.
"""

from __future__ import annotations

import gc
import random
import time
from collections.abc import Callable, Iterator
from functools import partial
from itertools import starmap
from statistics import mean

import psutil

from alerts.matching import Matcher
from alerts.matching.regexes import Regexes
from alerts.model import Article, Field, Regex, Watchlist
from tests.bench.figures import Figure, percentile
from tests.bench.workload import Workload

COUNT = 10_000
#: Articles that are read first, and those that are measured.
WARM, ARTICLES, TURNS = 200, 100, 7
EDITS = 200

_SHAPES = (
    r"\b{0}-?\d+\b",
    r"(?i){0}\s+{1}",
    r"{0}(s|ed|ing)?\b",
    r"\b({0}|{1})\s+attack",
    r"attack\s+on\s+{0}",
    r"[A-Z]{0}",
)


async def measure() -> list[Figure]:
    """Return how much slower articles are, and what the regexes take by themselves."""
    workload = Workload()
    articles = workload.articles(WARM + ARTICLES)
    lists = list(workload.watchlists(COUNT))
    plain, more = Matcher(lists), Matcher([*lists, *starmap(_watchlist, _numbered(COUNT))])
    # As the application does when its rules are loaded.
    gc.collect()
    gc.freeze()
    for article in articles[:WARM]:
        plain.match(article)
        more.match(article)
    without, with_them = _times([plain, more], articles[WARM:])
    alone = _alone(articles[WARM:])
    return [
        Figure(
            what=f"{COUNT:,} regexes: slower articles without them",
            value=(with_them / without - 1) * 100,
            unit="%",
            limit=10,
            note=f"{without * 1e6:.0f} and {with_them * 1e6:.0f} us an article",
        ),
        *alone,
    ]


def patterns(count: int) -> Iterator[str]:
    """Yield *count* regexes that stand in no article of the workload."""
    dice = random.Random(4)
    for number in range(count):
        words = ("".join(dice.choices("abcdefghijklmnopqrstuvwxyz", k=8)) for _ in range(2))
        yield _SHAPES[number % len(_SHAPES)].format(*words)


def _numbered(count: int) -> list[tuple[int, str]]:
    return list(enumerate(patterns(count)))


def _watchlist(number: int, pattern: str) -> Watchlist:
    return Watchlist(id=f"regex-{number}", title="A regex", condition=Regex(pattern))


def _times(matchers: list[Matcher], articles: list[Article]) -> list[float]:
    """Return the seconds that each matcher takes for an article, in its best turn at each.

    They take turns at every article: what else the machine does slows all of them.
    """
    best = [[float("inf")] * len(articles) for _ in matchers]
    for _ in range(TURNS):
        for place, article in enumerate(articles):
            for matcher, times in zip(matchers, best, strict=True):
                times[place] = min(times[place], _seconds(partial(matcher.match, article)))
    return [mean(times) for times in best]


def _alone(articles: list[Article]) -> Iterator[Figure]:
    """Yield what it takes to know which regexes may stand in an article, without a matcher."""
    before, begun = _resident(), time.perf_counter()
    regexes = Regexes()
    for number, pattern in _numbered(COUNT):
        regexes.add(number, pattern)
    added, weight = time.perf_counter() - begun, _resident() - before
    yield Figure(what=f"{COUNT:,} regexes: added", value=added, unit="s")
    yield Figure(what=f"{COUNT:,} regexes: resident", value=weight, unit="MB")
    texts = [tuple(map(article.text, Field)) for article in articles]
    reads = [partial(lambda each: list(regexes.standing(each)), each) for each in texts]
    best = min(mean(map(_seconds, reads)) for _ in range(TURNS))
    yield Figure(what=f"{COUNT:,} regexes: which may stand there", value=best * 1e6, unit="us")
    edits = []
    for number, pattern in _numbered(COUNT + EDITS)[COUNT:]:
        edit = _seconds(partial(regexes.add, number, pattern))
        edits.append(edit + _seconds(reads[number % len(reads)]))
    p95 = percentile(edits, 0.95) * 1e3
    yield Figure(what=f"{COUNT:,} regexes: an edit is seen, p95", value=p95, unit="ms", limit=10)


def _seconds(call: Callable[[], object]) -> float:
    begun = time.perf_counter()
    call()
    return time.perf_counter() - begun


def _resident() -> float:
    return float(psutil.Process().memory_info().rss) / 1e6
