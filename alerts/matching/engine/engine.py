"""A changing set of watchlists by number, and those that an article meets."""

from __future__ import annotations

import ctypes
import threading
from collections.abc import Iterable, Mapping

import numpy as np

from alerts.matching.engine.compiled import Ints
from alerts.matching.engine.reader import Reader
from alerts.matching.engine.segment import Segment
from alerts.model import Article, Publisher, Watchlist
from alerts.watchlists.meaning.circumstances import NOBODY
from alerts.watchlists.meaning.lexicon import Lexicon

#: Edits that are built anew with each further one.
_FRESH = 64


class Engine:
    """Finds the numbers of the watchlists that an article meets.

    Any thread may call any method; each match is against one consistent set of watchlists.  Those that
    it was made of lie in one segment that does not change.  What is edited is struck out there and
    stands in small segments beside it, until `rebuild` makes one of all.
    """

    def __init__(
        self,
        watchlists: Iterable[tuple[int, Watchlist]] = (),
        lexicon: Lexicon | None = None,
        publishers: Mapping[str, Publisher] = NOBODY,
    ) -> None:
        self._lexicon = lexicon or Lexicon()
        self._publishers = publishers
        self._lock = threading.Lock()
        self._reader = Reader()
        #: The large one, then those of edits that are many enough.
        self._segments = [self._segment(watchlists)]
        _give_back()
        #: The last edits, and their segment, which is made anew with each.
        self._fresh: dict[int, Watchlist] = {}
        self._edits = self._segment(())
        #: Edits since a rebuilding began; None: removed.
        self._since: dict[int, Watchlist | None] | None = None
        self._reader.want(self._segments[0].wants)

    def match_ids(self, article: Article) -> Ints:
        """Return the numbers of the watchlists that *article* meets, in no order, each once."""
        with self._lock:
            read = self._reader.read(article)
            found = [
                segment.match(read)
                for segment in (*self._segments, *([self._edits] if self._fresh else []))
            ]
        return found[0] if len(found) == 1 else np.concatenate(found)

    def add(self, number: int, watchlist: Watchlist) -> None:
        """Match *watchlist* from now on, in place of the one with the same number.

        Raises:
            ValueError: RE2 refuses one of its regexes; nothing was changed.
        """
        with self._lock:
            fresh = {**self._fresh, number: watchlist}
            edits = self._segment(fresh.items())
            self._strike(number)
            self._take(fresh, edits)
            self._note(number, watchlist)

    def remove(self, number: int) -> None:
        """Match the watchlist of this number no more; there need be none."""
        with self._lock:
            self._strike(number)
            self._note(number, None)

    def begin_rebuild(self) -> None:
        """Note the edits from now on: `rebuild` is to come, one at a time."""
        with self._lock:
            self._since = {}

    def rebuild(self, watchlists: Iterable[tuple[int, Watchlist]]) -> None:
        """Make one segment of all *watchlists*: as they stood at `begin_rebuild`, or later.

        Takes seconds, in a thread of its own; articles are matched and watchlists edited meanwhile.
        """
        segment = self._segment(watchlists)
        with self._lock:
            since, self._since = self._since or {}, None
            for number in since:
                segment.drop(number)
            kept = {number: one for number, one in since.items() if one is not None}
            self._segments = [segment]
            self._reader.want(segment.wants)
            self._take(kept, self._segment(kept.items()))
        _give_back()

    def _segment(self, watchlists: Iterable[tuple[int, Watchlist]]) -> Segment:
        return Segment(watchlists, self._lexicon, self._publishers)

    def _take(self, fresh: dict[int, Watchlist], edits: Segment) -> None:
        self._reader.want(edits.wants)
        self._fresh, self._edits = fresh, edits
        if len(fresh) >= _FRESH:
            self._segments.append(edits)
            self._fresh = {}

    def _strike(self, number: int) -> None:
        self._fresh.pop(number, None)
        for segment in (*self._segments, self._edits):
            segment.drop(number)

    def _note(self, number: int, watchlist: Watchlist | None) -> None:
        if self._since is not None:
            self._since[number] = watchlist


def _give_back() -> None:
    """Let the system have what building used: the C library keeps 30 MB of a million watchlists."""
    trim = getattr(ctypes.CDLL(None), "malloc_trim", None)
    if trim is not None:
        trim(0)
