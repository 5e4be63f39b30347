"""A set of watchlists that does not change, ready to be matched."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import numpy as np

from alerts.matching.engine.compiled import Ints
from alerts.matching.engine.judging import Judge
from alerts.matching.engine.listening import Listener
from alerts.matching.engine.meeting import answer_of, meet
from alerts.matching.engine.postings import ASKING, DEAD, NUMBER, SINCE, STAMP, postings_of
from alerts.matching.engine.reader import Read
from alerts.matching.engine.rows import JUDGED, Rows
from alerts.matching.engine.standing import TOO_DEEP, Found, stack_of, stand
from alerts.matching.engine.table import Table
from alerts.matching.engine.terms import Terms, table_of
from alerts.matching.engine.wishes import wish_of
from alerts.matching.leaves import Leaf
from alerts.matching.reading import Reading
from alerts.matching.regexes import Regexes
from alerts.model import Article, Field, Publisher, Publishers, Status, Watchlist
from alerts.watchlists.collector import collector_paused
from alerts.watchlists.meaning.circumstances import NOBODY, unknown_facts
from alerts.watchlists.meaning.lexicon import Lexicon

#: Languages with a table of stems at the same time.
_LANGUAGES = 8
_LAST = DEAD - 1
_ANY = Publishers()
#: So many numbers are kept in a dictionary.
_FEW = 1 << 10


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
        terms, rows = Terms(lexicon), Rows()
        with collector_paused():
            self._take(watchlists, terms, rows)
            self._postings = postings_of(rows, len(terms.fields))
        self._keywords = terms.keywords
        self._common = terms.table()
        self._stems: dict[str, Table] = {}
        self.wants = terms.wants
        self._listener = Listener(terms.further.sounds, lexicon.rivals)
        self._weak = terms.further.weak
        self._doubts = [(doubt, self._judge.leaf(doubt.meant)) for doubt in terms.further.doubts]
        self._regexes = Regexes()
        self._leaves: dict[int, Leaf] = {}
        for number, one in terms.further.regexes:
            self._regexes.add(number, one.pattern)
            self._leaves[number] = self._judge.leaf(one)
        count = len(terms.fields)
        self._found = Found(
            terms=np.zeros(count, np.int32),
            stamps=np.zeros(count, np.int32),
            fields=np.frombuffer(bytes(terms.fields), np.uint8),
        )
        #: The same, for Python: it reads a view in half the time of an array.
        self._stamps, self._fields = self._found.stamps.data, bytes(terms.fields)
        self._answer = answer_of(self._postings)
        self._places = _Places(self._postings.owners[:, NUMBER] & (ASKING - 1))
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
            asks = _asks_for_more(watchlist)
            rows.add(number | ASKING * asks, wish, judged, terms.costs)
            if asks:
                self._asking[number] = watchlist

    def drop(self, number: int) -> None:
        """Let the watchlist *number* match no more."""
        owner = self._places.get(number, -1)
        if owner >= 0:
            self._postings.owners[owner, STAMP] = DEAD

    def match(self, read: Read) -> Ints:
        """Return the watchlists that the article meets, by number, in no order, each once."""
        self._begin()
        count = self._stand(read)
        count = self._ask(read, count)
        met, asking, judged = meet(self._postings, self._found, count, self._epoch, self._answer)
        found = self._answer.met[:met]
        if not asking and not judged:
            return found.copy()
        further = [*self._admitted(read.article, self._answer.asking[:asking].tolist())]
        further += self._judged(read.article, self._answer.judged[:judged].tolist())
        return np.append(found, np.array(further, np.int32))

    def _begin(self) -> None:
        if self._epoch == _LAST:
            self._epoch = 0
            self._found.stamps[:] = self._postings.entries[:, SINCE] = 0
            stamps = self._postings.owners[:, STAMP]
            stamps[stamps != DEAD] = 0
        self._epoch += 1

    def _stand(self, read: Read) -> int:
        stems = self._stems_in(read.language)
        while True:
            count = stand(
                read.page,
                read.length,
                read.memory,
                self._common,
                stems,
                self._found,
                self._epoch,
                self._stack,
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

    def _ask(self, read: Read, count: int) -> int:
        """Decide what the tables cannot tell of terms; return how many of them may stand."""
        asked = _Asked(read, self._judge)
        texts = map(read.article.text, Field) if self._leaves else ()
        for number in self._regexes.standing(texts):
            if asked.stands(self._leaves[number], self._fields[number]):
                count = self._note(number, count)
        if self._listener:
            count = self._listener.note(read, self._found, self._epoch, count)
        for weak in self._weak:
            if self._stands(weak.term) and any(map(self._stands, weak.support)):
                count = self._note(weak.whole, count)
        for doubt, leaf in self._doubts:
            if not (self._stands(doubt.term) or (doubt.weak >= 0 and self._stands(doubt.weak))):
                continue
            if doubt.masks and not any(map(self._stands, doubt.masks)):
                continue
            if asked.stands(leaf, self._fields[doubt.term]):
                count = self._note(doubt.term, count)
            else:
                self._found.stamps[doubt.term] = 0
        return count

    def _stands(self, term: int) -> bool:
        return self._stamps[term] == self._epoch

    def _note(self, term: int, count: int) -> int:
        if self._stands(term):
            return count
        self._found.stamps[term] = self._epoch
        self._found.terms[count] = term
        return count + 1

    def _admitted(self, article: Article, numbers: Iterable[int]) -> Iterator[int]:
        for number in numbers:
            if unknown_facts(self._asking[number], article, self._publishers) is not None:
                yield number

    def _judged(self, article: Article, entries: Iterable[int]) -> Iterator[int]:
        """Yield the watchlists of those entries that the judge finds met."""
        postings = self._postings
        reading = None
        for entry in entries:
            reading = reading or self._judge.reading(article)
            _, first, last, row = postings.entries[entry].tolist()
            if not self._judge.is_met(int(postings.codes[row + JUDGED]), reading):
                continue
            for stamp, owner in postings.owners[first:last].tolist():
                if stamp == DEAD:
                    continue
                if owner < ASKING:
                    yield owner
                else:
                    yield from self._admitted(article, [owner - ASKING])


class _Places:
    """Which owner the watchlist of a number is."""

    def __init__(self, numbers: Ints) -> None:
        self._few: dict[int, int] = {}
        self._many: Ints = np.zeros(0, np.int32)
        if len(numbers) < _FEW or numbers.max() > 2 * len(numbers):
            self._few = {number: owner for owner, number in enumerate(numbers.tolist())}
        else:
            self._many = np.full(numbers.max() + 1, -1, np.int32)
            self._many[numbers] = np.arange(len(numbers))

    def get(self, number: int, default: int) -> int:
        """Return the owner with this *number*, or *default*."""
        if number < len(self._many):
            return int(self._many[number])
        return self._few.get(number, default)


class _Asked:
    """An article before the judge, read once somebody asks."""

    def __init__(self, read: Read, judge: Judge) -> None:
        self._read, self._judge = read, judge
        self._reading: Reading | None = None

    def stands(self, leaf: Leaf, fields: int) -> bool:
        """Tell whether *leaf* stands in one of *fields*, which are bits."""
        self._reading = self._reading or self._judge.reading(self._read.article)
        return any((fields >> stretch.field) & 1 for stretch in self._reading.stands(leaf, None))


def _asks_for_more(watchlist: Watchlist) -> bool:
    return bool(
        watchlist.languages or watchlist.max_age is not None or watchlist.publishers != _ANY
    )
