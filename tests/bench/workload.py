"""Watchlists by the million and articles for them: made up, the same for the same seed.

The names and words are syllables that no rule of inflection touches, so that an engine that knows
nothing of inflection finds the same.  Interest follows Zipf's law with a flattened head (Mandelbrot):
the most popular name is in some 1 in 1,000 places of the lists.  An article has some 430 tokens: prose
whose words also follow Zipf's law, one in a hundred never seen before; eight names that stand one to
four times, mostly popular ones; a dozen keywords; and now and then a phrase that somebody watches.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from alerts.model import All, Any, Article, Condition, Keyword, Kind, Name, Not, Phrase, Watchlist
from alerts.text.stems import answered

NAMES = 60_000
KEYWORDS = 40_000
PROSE = 30_000
PHRASES = 5_000
#: Rank that is added to all others: without it the first name alone is in one list of twelve.
_HEAD = 100

#: Watchlists are made so many at a time.
_BLOCK = 50_000

_ONSETS = [
    "b",
    "d",
    "f",
    "g",
    "h",
    "j",
    "k",
    "l",
    "m",
    "n",
    "p",
    "r",
    "t",
    "v",
    "z",
    "br",
    "dr",
    "gr",
    "kr",
    "tr",
    "bl",
    "gl",
    "kl",
    "sh",
    "kh",
    "th",
    "zh",
]
_NUCLEI = ["a", "e", "o", "u", "aa", "ou"]
_CODAS = ["k", "m", "n", "p", "t", "kt", "mp", "nt", "rt", "rk", "lm", "lk"]

Numbers = NDArray[np.int64]
#: Of each watchlist of a block: its kind, a count, names, keywords, a phrase.
_Drawn = tuple[NDArray[np.float64], Numbers, Numbers, Numbers, Numbers]


@dataclass(frozen=True, slots=True)
class Plan:
    """What a watchlist asks for, as numbers of `Workload.terms`; any of each list is enough."""

    number: int
    #: All of them must be met; one, but for places AND keywords.
    clauses: tuple[tuple[int, ...], ...]
    #: Any of them vetoes.
    vetoes: tuple[int, ...] = ()


def _plan(  # noqa: PLR0917 - a row of `_Drawn`
    number: int,
    kind: float,
    count: int,
    names: Sequence[int],
    keywords: Sequence[int],
    phrases: Sequence[int],
) -> Plan:
    if kind < 0.70:
        return Plan(number, (tuple(names[:count]),))
    if kind < 0.95:
        places = tuple(names[: 1 + count % 3])
        words = tuple(keywords[: 1 + (count + number) % 3])
        # 40 % of this quarter.
        return Plan(number, (places, words), (keywords[3],) if kind < 0.80 else ())
    return Plan(number, (tuple(phrases),))


class Workload:
    """Vocabulary, watchlists and articles that belong together."""

    def __init__(self, seed: int = 4, *, spelling: bool = False) -> None:
        self._seed = seed
        self._blocks: dict[int, _Drawn] = {}
        #: Whether names are also to be found by how they sound, as no peer can.
        self._spelling = spelling
        random = np.random.default_rng(seed)
        words = _words(random, PROSE + NAMES + KEYWORDS + NAMES // 4)
        self._prose = words[:PROSE]
        keywords = words[PROSE : PROSE + KEYWORDS]
        plain = words[PROSE + KEYWORDS :]
        pairs = random.choice(PROSE, size=(PHRASES, 3))
        #: Names, then keywords, then phrases; names of one word to three, with capitals.
        self.terms = [
            *_names(random, plain),
            *keywords,
            *(" ".join(self._prose[word] for word in row[: 2 + row[2] % 2]) for row in pairs),
        ]
        self._names = _Ranked(0, NAMES, _HEAD)
        self._keywords = _Ranked(NAMES, KEYWORDS, _HEAD)
        self._phrases = _Ranked(NAMES + KEYWORDS, PHRASES, _HEAD)

    @cached_property
    def _conditions(self) -> list[Condition]:
        """What each term is in the words of the project; shared, as a loader would intern them."""
        names, rest = self.terms[:NAMES], self.terms[NAMES:]
        return [
            *(Name(Kind.PLACE, text) if self._spelling else Phrase(text) for text in names),
            *map(Keyword, rest[:KEYWORDS]),
            *map(Phrase, rest[KEYWORDS:]),
        ]

    def plans(self, count: int) -> Iterator[Plan]:
        """Yield *count* watchlists, by number; fewer are the first of more."""
        for first in range(0, count, _BLOCK):
            kinds, counts, names, keywords, phrases = self._drawn(first)
            rows = zip(
                kinds.tolist(),
                counts.tolist(),
                names.tolist(),
                keywords.tolist(),
                phrases.tolist(),
                strict=True,
            )
            for number, row in zip(range(first, count), rows, strict=False):
                yield _plan(number, *row)

    def plan(self, number: int) -> Plan:
        """Return the watchlist of this number."""
        kinds, counts, names, keywords, phrases = self._drawn(number - number % _BLOCK)
        row = number % _BLOCK
        return _plan(
            number,
            float(kinds[row]),
            int(counts[row]),
            names[row].tolist(),
            keywords[row].tolist(),
            phrases[row].tolist(),
        )

    def _drawn(self, first: int) -> _Drawn:
        """Return what decides of the watchlists of one block."""
        if first not in self._blocks:
            self._blocks.clear()
            random = np.random.default_rng((self._seed, 1, first))
            self._blocks[first] = (
                random.random(_BLOCK),
                random.integers(1, 6, _BLOCK),
                self._names.drawn(random, (_BLOCK, 5)),
                self._keywords.drawn(random, (_BLOCK, 4)),
                self._phrases.drawn(random, (_BLOCK, 1)),
            )
        return self._blocks[first]

    def watchlists(self, count: int) -> Iterator[Watchlist]:
        """Yield the same watchlists as values of the project, their ids the numbers."""
        for plan in self.plans(count):
            yield self.watchlist(plan)

    def watchlist(self, plan: Plan) -> Watchlist:
        """Return *plan* as a value of the project."""
        terms = self._conditions
        # Numbers and not the terms that they stand for: these are hashed in Python.
        parts = [_any([terms[n] for n in dict.fromkeys(clause)]) for clause in plan.clauses]
        parts += [Not(terms[veto]) for veto in plan.vetoes]
        condition = parts[0] if len(parts) == 1 else All(tuple(parts))
        return Watchlist(id=str(plan.number), title="A watchlist", condition=condition)

    def articles(self, count: int, *, first: int = 0) -> list[Article]:
        """Return *count* articles, those from number *first* on."""
        return [self._article(number) for number in range(first, first + count)]

    def vocabulary(self) -> list[Article]:
        """Return articles that hold every word once, the most popular last.

        What an engine has seen when it has run for some days.
        """
        names, rest = self.terms[:NAMES], self.terms[NAMES:]
        words = [*rest[KEYWORDS:], *rest[KEYWORDS - 1 :: -1], *names[::-1], *self._prose[::-1]]
        return [
            Article(id="all", content=" ".join(words[first : first + 1_000]), language="en")
            for first in range(0, len(words), 1_000)
        ]

    def _article(self, number: int) -> Article:
        random = np.random.default_rng((self._seed, 2, number))
        prose = _Ranked(0, PROSE, 3).drawn(random, (400,)).tolist()
        pieces = [self._prose[word] for word in prose]
        for place in random.choice(400, size=4, replace=False).tolist():
            pieces[place] = str(random.integers(10_000_000))
        names = self._names.drawn(random, (6,)).tolist() + random.integers(NAMES, size=2).tolist()
        keywords = self._keywords.drawn(random, (12,)).tolist()
        mentions = [name for name in names for _ in range(random.integers(1, 5))] + keywords
        if random.random() < 0.3:
            mentions += self._phrases.drawn(random, (1,)).tolist()
        for place, term in zip(random.integers(400, size=len(mentions)), mentions, strict=True):
            pieces[int(place)] += f" {self.terms[term]}"
        sentences = [" ".join(pieces[first : first + 20]) for first in range(0, 400, 20)]
        return Article(
            id=str(number),
            title=sentences[0],
            summary=f"{sentences[1]}.",
            content=", ".join(sentences[2:10]) + ". " + ". ".join(sentences[10:]) + ".",
            language="en",
        )


@dataclass(frozen=True, slots=True)
class _Ranked:
    """Terms of which the first are the most popular: Zipf's law with a flattened head."""

    first: int
    count: int
    head: int

    def drawn(self, random: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
        # The inverse of the law's integral: exact enough, and nothing to keep.
        span = (self.count + self.head) / self.head
        ranks = self.head * span ** random.random(shape) - self.head
        return self.first + np.minimum(ranks.astype(np.int64), self.count - 1)


def _words(random: np.random.Generator, count: int) -> list[str]:
    """Return *count* words that are their own and only inflection."""
    syllables = [onset + nucleus for onset in _ONSETS for nucleus in _NUCLEI]
    found: dict[str, None] = {}
    while len(found) < count:
        sizes = 1 + np.searchsorted([0.1, 0.7], random.random(count))
        chosen = random.integers(len(syllables), size=(count, 3)).tolist()
        codas = random.integers(len(_CODAS), size=count).tolist()
        for size, row, coda in zip(sizes.tolist(), chosen, codas, strict=True):
            word = "".join(syllables[one] for one in row[:size]) + _CODAS[coda]
            if answered(word, "en") == (word,):
                found[word] = None
    return list(found)[:count]


def _names(random: np.random.Generator, words: list[str]) -> Iterator[str]:
    """Yield names of one word (70 %), two or three; the longer ones share words."""
    singles, shared = words[:NAMES], words[NAMES:]
    more = random.integers(len(shared), size=(NAMES, 2)).tolist()
    counts = np.searchsorted([0.7, 0.92], random.random(NAMES)).tolist()
    for single, others, count in zip(singles, more, counts, strict=True):
        yield " ".join(one.capitalize() for one in (single, *(shared[n] for n in others[:count])))


def _any(terms: list[Condition]) -> Condition:
    return terms[0] if len(terms) == 1 else Any(tuple(terms))
