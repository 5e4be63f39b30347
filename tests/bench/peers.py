"""Engines that match watchlists by the thousand, each in a process of its own.

`python -m tests.bench.peers NAME COUNT` builds NAME with COUNT watchlists, says so on its output in
one line of JSON, and then answers each line of its input: how it is asked stands in `Worker`.  With
`spelling` behind it, names are also found by how they sound.
The peers are written as well as their kind allows: identical conditions are one, and what touches many
numbers is done by the sets of Python or the library, not in loops.
"""

from __future__ import annotations

import gc
import json
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from hashlib import blake2b
from itertools import chain, pairwise
from typing import Any, Protocol, overload

import numpy as np
import psutil

from alerts.model import Article, Watchlist
from alerts.watchlists.meaning.lexicon import Lexicon
from tests.bench.workload import NAMES, Numbers, Plan, Workload

_MARKS = str.maketrans("", "", ".,")
#: Articles that are read before anything is measured.
WARM = 200


class Peer(Protocol):
    """An engine with its watchlists."""

    def match(self, article: Article) -> Iterable[int]:
        """Return the numbers of the watchlists that *article* meets."""

    def edit(self, number: int) -> None:
        """Replace the watchlist of this number, so that the next match is against the new one."""


def _folded(article: Article) -> str:
    """Return the words of *article*, one space around each; fields are parted by a mark."""
    text = f"{article.title} | {article.summary} | {article.content}"
    return f" {' '.join(text.lower().translate(_MARKS).split())} "


class AhoCorasick:
    """ahocorasick-rs finds the terms, an inverted index over sets of Python the watchlists."""

    def __init__(self, workload: Workload, count: int) -> None:
        # Imported where it is used: each process shows the memory of one engine.
        from ahocorasick_rs import AhoCorasick as Automaton  # noqa: PLC0415

        self._automaton = Automaton([f" {term.lower()} " for term in workload.terms])
        self._owners: list[list[int]] = []
        self._any: dict[int, list[int]] = {}
        self._first: dict[int, list[int]] = {}
        self._second: dict[int, list[int]] = {}
        self._vetoes: dict[int, list[int]] = {}
        #: Wish -> its number; only while building.
        known: dict[object, int] = {}
        for plan in workload.plans(count):
            clauses = tuple(tuple(sorted(set(clause))) for clause in plan.clauses)
            wish = known.setdefault((clauses, plan.vetoes), len(known))
            if wish == len(self._owners):
                self._owners.append([])
                self._enter(wish, clauses, plan.vetoes)
            self._owners[wish].append(plan.number)

    def _enter(
        self, wish: int, clauses: tuple[tuple[int, ...], ...], vetoes: tuple[int, ...]
    ) -> None:
        indexes = (self._any,) if len(clauses) == 1 else (self._first, self._second)
        for index, terms in chain(zip(indexes, clauses, strict=True), [(self._vetoes, vetoes)]):
            for term in terms:
                index.setdefault(term, []).append(wish)

    def match(self, article: Article) -> Iterable[int]:
        found = self._automaton.find_matches_as_indexes(_folded(article), overlapping=True)
        terms = {term for term, _, _ in found}
        both = _union(self._first, terms) & _union(self._second, terms)
        if both:
            both -= _union(self._vetoes, terms)
        wishes = _union(self._any, terms) | both
        return chain.from_iterable(map(self._owners.__getitem__, wishes))

    def edit(self, number: int) -> None:
        """Automata cannot be changed."""
        raise NotImplementedError(number)


def _union(index: dict[int, list[int]], terms: set[int]) -> set[int]:
    return set().union(*(index[term] for term in terms if term in index))


class Mokaccino:
    """A percolator in Rust.  It knows no phrases: those of a text are handed to it as values."""

    def __init__(self, workload: Workload, count: int) -> None:
        from mokaccino import Document, Percolator, Query  # noqa: PLC0415

        self._document = Document
        terms = [term.lower() for term in workload.terms]
        self._longer = {term for term in terms if " " in term}
        self._percolator = Percolator()
        for plan in workload.plans(count):
            query = Query.from_and(
                [
                    *(
                        Query.from_or([Query.from_kv("t", terms[n]) for n in dict.fromkeys(clause)])
                        for clause in plan.clauses
                    ),
                    *(~Query.from_kv("t", terms[veto]) for veto in plan.vetoes),
                ]
            )
            self._percolator.add_query_id(query, plan.number)

    def match(self, article: Article) -> Iterable[int]:
        words = _folded(article).split()
        values = set(words)
        pairs = map(" ".join, pairwise(words))
        threes = map(" ".join, zip(words, words[1:], words[2:], strict=False))
        values.update(self._longer.intersection(pairs), self._longer.intersection(threes))
        document = self._document()
        for value in values:
            document.add_value("t", value)
        answer: list[int] = self._percolator.percolate_list(document)
        return answer

    def edit(self, number: int) -> None:
        """It has no way to take a query out."""
        raise NotImplementedError(number)


class Engine:
    """The fast path of our matcher: its answers are numbers."""

    def __init__(self, workload: Workload, count: int) -> None:
        from alerts.matching import matcher  # noqa: PLC0415

        # However few: it is the engine that is measured.
        matcher.MANY = 0
        self._workload = workload
        self._matcher = matcher.Matcher(Stored(workload, count), Lexicon())

    def match(self, article: Article) -> Iterable[int]:
        return self._matcher.match_ids(article)

    def edit(self, number: int) -> None:
        self._matcher.add(self._workload.watchlist(Plan(number, ((number,), (number + NAMES,)))))


class Dictionaries:
    """The matcher of few watchlists; its answers are whole matches with their evidence."""

    def __init__(self, workload: Workload, count: int) -> None:
        from alerts.matching.few import Few  # noqa: PLC0415

        self._workload = workload
        self._matcher = Few(workload.watchlists(count), Lexicon())

    def match(self, article: Article) -> Iterable[int]:
        return [int(match.watchlist) for match in self._matcher.match(article)]

    def edit(self, number: int) -> None:
        self._matcher.add(self._workload.watchlist(Plan(number, ((number,), (number + NAMES,)))))


class Stored(Sequence[Watchlist]):
    """The watchlists as a store gives them: made when they are asked for, and not kept."""

    def __init__(self, workload: Workload, count: int) -> None:
        self._workload, self._count = workload, count

    def __len__(self) -> int:
        return self._count

    def __iter__(self) -> Iterator[Watchlist]:
        return self._workload.watchlists(self._count)

    @overload
    def __getitem__(self, number: int) -> Watchlist: ...

    @overload
    def __getitem__(self, number: slice) -> Sequence[Watchlist]: ...

    def __getitem__(self, number: int | slice) -> Watchlist | Sequence[Watchlist]:
        if isinstance(number, slice):
            raise TypeError(number)
        return self._workload.watchlist(self._workload.plan(number))


PEERS: dict[str, Callable[[Workload, int], Peer]] = {
    "engine": Engine,
    "ahocorasick": AhoCorasick,
    "mokaccino": Mokaccino,
    "dictionaries": Dictionaries,
}


class Worker:
    """One engine, and what is asked of it: each method that is no `_` is a command."""

    def __init__(self, name: str, count: int, *, spelling: bool) -> None:
        bare = _resident()
        self._workload = Workload(spelling=spelling)
        made = _seconds(lambda: _exhaust(self._workload.watchlists(count)))
        gc.collect()
        before = _resident()
        begun = time.process_time()
        gc.disable()
        self._peer = PEERS[name](self._workload, count)
        gc.enable()
        built = time.process_time() - begun
        gc.collect()
        gc.freeze()
        # So that memories are filled, as they are after a day.
        warm = self._workload.articles(WARM, first=1_000_000)
        for article in (*self._workload.vocabulary(), *warm):
            _exhaust(self._peer.match(article))
        #: What the building took without the making of the watchlists, and what it holds.
        self.report = {
            "build_s": max(0.0, built - made),
            "made_s": made,
            # Without what the workload itself takes: words, names and the terms made of them.
            "own_mb": _resident() - before,
            "resident_mb": _resident() - (before - bare),
        }

    def run(self, first: int, count: int) -> dict[str, Any]:
        """Match *count* articles; CPU seconds, and milliseconds of each."""
        articles = self._workload.articles(count, first=first)
        begun = time.process_time()
        each, matches = [], 0
        for article in articles:
            start = time.perf_counter()
            found = self._peer.match(article)
            matches += len(found) if isinstance(found, list | np.ndarray) else len(list(found))
            each.append((time.perf_counter() - start) * 1000)
        return {"cpu_s": time.process_time() - begun, "ms": each, "matches": matches}

    def answers(self, first: int, count: int) -> list[str]:
        """Return a fingerprint of the answer for each of *count* articles."""
        articles = self._workload.articles(count, first=first)
        return [_fingerprint(self._peer.match(article)) for article in articles]

    def edits(self, first: int, count: int) -> list[float]:
        """Return the milliseconds that each of *count* edits takes until a match knows of it."""
        (article,) = self._workload.articles(1, first=first)
        found = []
        for number in range(count):
            begun = time.perf_counter()
            self._peer.edit(number)
            _exhaust(self._peer.match(article))
            found.append((time.perf_counter() - begun) * 1000)
        return found


def _fingerprint(found: Iterable[int]) -> str:
    numbers: Numbers = np.unique(np.fromiter(found, np.int64))
    return f"{len(numbers)} {blake2b(numbers.tobytes(), digest_size=8).hexdigest()}"


def _exhaust(several: Iterable[object]) -> None:
    for _ in several:
        pass


def _seconds(call: Callable[[], None]) -> float:
    begun = time.process_time()
    call()
    return time.process_time() - begun


def _resident() -> float:
    return float(psutil.Process().memory_info().rss / 2**20)


def _commands() -> Iterator[list[Any]]:
    yield from map(json.loads, sys.stdin)


def main(name: str, count: str, *options: str) -> None:
    """Build, then answer `["run", first, count]` and its like until the input ends."""
    worker = Worker(name, int(count), spelling="spelling" in options)
    print(json.dumps(worker.report), flush=True)
    for verb, *arguments in _commands():
        print(json.dumps(getattr(worker, verb)(*arguments)), flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
