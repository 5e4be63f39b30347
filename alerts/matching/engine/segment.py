"""A set of watchlists that does not change, ready to be matched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

import numpy as np

from alerts.matching.engine.compiled import Ints
from alerts.matching.engine.judging import Judge
from alerts.matching.engine.memory import Memory
from alerts.matching.engine.postings import ASKING, DEAD, Rows, answer_of, meet, postings_of
from alerts.matching.engine.reading import Page
from alerts.matching.engine.standing import TOO_DEEP, Found, stack_of, stand
from alerts.matching.engine.table import Table
from alerts.matching.engine.terms import Terms, table_of
from alerts.matching.engine.wishes import wish_of
from alerts.matching.matcher import Matcher
from alerts.model import Article, Publisher, Publishers, Status, Watchlist
from alerts.watchlists.collector import collector_paused
from alerts.watchlists.meaning.circumstances import NOBODY, unknown_facts
from alerts.watchlists.meaning.lexicon import Lexicon

#: Languages with a table of stems at the same time.
_LANGUAGES = 8
_LAST = np.iinfo(np.int32).max
_ANY = Publishers()


class Segment:
    """Watchlists by number, in arrays; only those that ask for more than words are kept as values."""

    def __init__(
        self,
        watchlists: Iterable[tuple[int, Watchlist]],
        lexicon: Lexicon,
        publishers: Mapping[str, Publisher] = NOBODY,
    ) -> None:
        self._publishers = publishers
        self._judge = Judge(lexicon)
        self._asking: dict[int, Watchlist] = {}
        #: What no table can find.
        self._rest = Matcher((), lexicon, publishers)
        self._others: set[int] = set()
        terms, rows = Terms(lexicon), Rows()
        with collector_paused():
            self._take(watchlists, terms, rows)
            self._postings = postings_of(rows, len(terms.fields))
        self._keywords = terms.keywords
        self._common = terms.table()
        self._stems: dict[str, Table] = {}
        self.wants = terms.wants
        count = len(terms.fields)
        self._found = Found(
            terms=np.zeros(count, np.int32),
            stamps=np.zeros(count, np.int32),
            fields=np.frombuffer(bytes(terms.fields), np.uint8),
        )
        self._answer = answer_of(self._postings)
        self._stack = stack_of(256)
        self._epoch = 0

    def _take(self, watchlists: Iterable[tuple[int, Watchlist]], terms: Terms, rows: Rows) -> None:
        for number, watchlist in watchlists:
            if watchlist.status is Status.OFF:
                continue
            wish, judged = wish_of(watchlist, terms), -1
            if wish is None:
                judged = self._judge.number(watchlist)
                wish = self._judge.least(judged, terms)
            if wish is None:
                self._rest.add(replace(watchlist, id=str(number)))
                self._others.add(number)
                continue
            asks = _asks_for_more(watchlist)
            rows.add(number | ASKING * asks, wish, judged, terms.costs)
            if asks:
                self._asking[number] = watchlist

    def drop(self, number: int) -> None:
        """Let the watchlist *number* match no more."""
        owners = self._postings.owners
        owners[(owners == number) | (owners == number | ASKING)] = DEAD
        if number in self._others:
            self._others.remove(number)
            self._rest.remove(str(number))

    def match(
        self, article: Article, language: str, page: Page, length: int, memory: Memory
    ) -> Ints:
        """Return the watchlists that *article* meets, which was read to *page*, by number."""
        if self._epoch == _LAST:
            self._found.stamps[:] = self._postings.looked[:, 1] = self._epoch = 0
        self._epoch += 1
        count = self._stand(language, page, length, memory)
        met, asking, judged = meet(self._postings, self._found, count, self._epoch, self._answer)
        found = self._answer.met[:met]
        further = [*self._admitted(article, self._answer.asking[:asking].tolist())]
        further += self._judged(article, self._answer.judged[:judged].tolist())
        if self._others:
            further += [int(match.watchlist) for match in self._rest.match(article)]
        return np.append(found, np.array(further, np.int32)) if further else found.copy()

    def _stand(self, language: str, page: Page, length: int, memory: Memory) -> int:
        stems = self._stems_in(language)
        while True:
            count = stand(
                page, length, memory, self._common, stems, self._found, self._epoch, self._stack
            )
            if count != TOO_DEEP:
                return count
            self._stack = stack_of(2 * len(self._stack.states))
            self._found.stamps[:] = 0

    def _stems_in(self, language: str) -> Table:
        found = self._stems.get(language)
        if found is None:
            if len(self._stems) == _LANGUAGES:
                self._stems.pop(next(iter(self._stems)))
            found = self._stems[language] = table_of(self._keywords, language)
        return found

    def _admitted(self, article: Article, numbers: Iterable[int]) -> Iterator[int]:
        for number in numbers:
            if unknown_facts(self._asking[number], article, self._publishers) is not None:
                yield number

    def _judged(self, article: Article, entries: Iterable[int]) -> Iterator[int]:
        """Yield the watchlists of those entries that the judge finds met."""
        postings = self._postings
        wishes = {entry: int(postings.codes[postings.starts[entry]]) for entry in entries}
        met = set(self._judge.met(article, dict.fromkeys(wishes.values())))
        for entry in (entry for entry, wish in wishes.items() if wish in met):
            first, last = postings.looked[entry, 0], postings.looked[entry + 1, 0]
            for owner in postings.owners[first:last].tolist():
                if owner >= ASKING:
                    yield from self._admitted(article, [owner - ASKING])
                elif owner != DEAD:
                    yield owner


def _asks_for_more(watchlist: Watchlist) -> bool:
    return bool(
        watchlist.languages or watchlist.max_age is not None or watchlist.publishers != _ANY
    )
