"""The matcher: a changing set of watchlists, and the matches of one article with all of them.

Two ways to one answer.  Few watchlists are matched by dictionaries (`few`), which say at once why.  Many
are matched by the engine, which says which; those that it finds are then asked why by the first way.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from alerts.matching.few import Few
from alerts.matching.register import Register
from alerts.model import Article, Match, Publisher, RuleSet, Watchlist
from alerts.watchlists.collector import collector_paused
from alerts.watchlists.meaning.circumstances import NOBODY, known_publishers
from alerts.watchlists.meaning.lexicon import Lexicon

if TYPE_CHECKING:
    from alerts.matching.engine import Engine
    from alerts.matching.engine.compiled import Ints

#: From so many watchlists on, the engine finds those that are met.
MANY = 5_000
#: Edits after which the engine's tables are made anew: so many, and one of so many watchlists.
_EDITS, _SHARE = 1_000, 20


class Matcher:
    """Finds the watchlists that an article meets.

    Any thread may call any method; each answer is from one consistent set of watchlists, and the next
    one knows of an edit.  Costs, on one slow core, for articles of 430 words:

    ============  ==================  ==================  ===========
    watchlists    `match_ids`         `match`             `add`
    ============  ==================  ==================  ===========
    100           0.1 ms              0.5 ms              1 ms
    10,000        0.1 ms              as it, and 3 ms     1 ms
                                      where any is met
    1,000,000     0.15 ms             the same            2 ms
    ============  ==================  ==================  ===========

    The first `match_ids`, or the five thousandth watchlist, loads the engine: 0.7 s and 115 MB, and
    half a minute once on each machine, to compile it.  A million watchlists take another 140 MB beside
    the values themselves, and some 10 s to build.  After a thousand edits, or one in twenty watchlists,
    the tables are made anew in a thread of their own.
    """

    def __init__(
        self,
        watchlists: Iterable[Watchlist] = (),
        lexicon: Lexicon | None = None,
        publishers: Mapping[str, Publisher] = NOBODY,
    ) -> None:
        """Match *watchlists*, whose names mean what *lexicon* says: if it is left out, what we know.

        A sequence is kept and not copied, so that one that reads from a store keeps a million values
        out of memory; it must not change.  Of watchlists with the same id the last counts.

        Raises:
            ValueError: RE2 refuses one of their regexes.
        """
        self._lock = threading.Lock()
        self._lexicon = lexicon or Lexicon.shipped()
        self._publishers = publishers
        given = watchlists if isinstance(watchlists, Sequence) else tuple(watchlists)
        self._register = Register(given)
        self._few: Few | None = None
        self._engine: Engine | None = None
        self._edits = 0
        self._rebuilding: threading.Thread | None = None
        with collector_paused():
            if len(given) < MANY:
                self._few = self._asked(one for _, one in self._register.read())
            else:
                self._engine = self._made_engine(self._register.read())
                for number in self._register.replaced:
                    self._engine.remove(number)

    def __len__(self) -> int:
        return len(self._register)

    def match(self, article: Article) -> list[Match]:
        """Return the matches of *article*, the most severe first, then by watchlist id."""
        with self._lock:
            if self._few is not None:
                return self._few.match(article)
            numbers = self._of_engine().match_ids(article).tolist()
            return self._asked(map(self._register.__getitem__, numbers)).match(article)

    def match_ids(self, article: Article) -> Ints:
        """Return the numbers of the watchlists that *article* meets, in no order, each once.

        Those that the matcher was made of count from 0; each that is added has the next number, and one
        that takes the place of another has that one's.
        """
        with self._lock:
            return self._of_engine().match_ids(article)

    def ids(self, numbers: Iterable[int]) -> list[str]:
        """Return the ids of the watchlists with these *numbers*.

        Raises:
            KeyError: one of them is gone, or never was.
        """
        with self._lock:
            return [self._register[int(number)].id for number in numbers]

    def add(self, watchlist: Watchlist) -> None:
        """Match *watchlist* from now on, in place of the one with the same id.

        One that is `off` is kept and never matches.

        Raises:
            ValueError: RE2 refuses one of its regexes; nothing was changed.
        """
        with self._lock:
            if self._few is not None:
                self._few.add(watchlist)
            if self._engine is not None:
                self._engine.add(self._register.number_for(watchlist.id), watchlist)
            self._register.add(watchlist)
            self._edited()

    def remove(self, watchlist_id: str) -> None:
        """Match the watchlist of this id no more.

        Raises:
            KeyError: there is none.
        """
        with self._lock:
            number = self._register.remove(watchlist_id)
            if self._few is not None:
                self._few.remove(watchlist_id)
            if self._engine is not None:
                self._engine.remove(number)
            self._edited()

    def _asked(self, watchlists: Iterable[Watchlist]) -> Few:
        return Few(watchlists, self._lexicon, self._publishers)

    def _of_engine(self) -> Engine:
        if self._engine is None:
            with collector_paused():
                self._engine = self._made_engine(self._register.items())
        return self._engine

    def _made_engine(self, watchlists: Iterable[tuple[int, Watchlist]]) -> Engine:
        # Numba takes 0.7 s and 115 MB, which few watchlists do not need.
        from alerts.matching.engine import Engine  # noqa: PLC0415

        return Engine(watchlists, self._lexicon, self._publishers)

    def _edited(self) -> None:
        """Leave the dictionaries when there are many; make the engine's tables anew when it is time."""
        if self._few is not None and len(self._register) >= MANY:
            self._of_engine()
            self._few = None
        self._edits += 1
        is_busy = self._rebuilding is not None and self._rebuilding.is_alive()
        if is_busy or self._edits < max(_EDITS, len(self._register) // _SHARE):
            return
        self._edits = 0
        if self._engine is not None:
            self._engine.begin_rebuild()
            self._rebuilding = threading.Thread(
                target=self._engine.rebuild, args=(self._register.items(),), daemon=True
            )
            self._rebuilding.start()


def matcher_of(rules: RuleSet, others: Iterable[Watchlist] = ()) -> Matcher:
    """Return a matcher of all the watchlists of *rules* and of *others*.

    Entities and publishers are those of *rules*.
    """
    lexicon = Lexicon.shipped(rules.entities)
    return Matcher((*rules.watchlists, *others), lexicon, known_publishers(rules.feeds))
