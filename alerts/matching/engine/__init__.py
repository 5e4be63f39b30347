"""An engine for a million watchlists: which of them does an article meet, in less than one ms?

Nothing imports it yet.  `alerts.matching.Matcher` stays the way of every alert until what is listed
below is done; the engine gives numbers of watchlists, and the matches of those few are a `Matcher`'s.

The way of an article, and where it is written:

- `reading`, compiled: the text as code points, cut where white space parts it; each chunk is looked up
  in `memory`, which knows its tokens and their classes.  A chunk that was never seen is worked out by
  `learning`, in Python, from `alerts.text`: the words are those of the definition.
- `standing`, compiled: the classes of tokens next to one another are looked up in the tables of
  `table`; each term that stands in the article is noted once.  `terms` makes the sequences.
- `postings`, compiled: entries (one for all identical wishes) wait at terms, or at pairs of terms; the
  clauses and vetoes of `wishes` are checked on those whose terms are hit.
- `judging`: wishes that are more than clauses and vetoes are found by the clauses that they need at
  least, and decided by `alerts.matching.nodes` on a `Reading`, as in the matcher.
- `segment` holds one set of watchlists that does not change; `engine` one large and some small ones.
  An edit strikes a number out and makes the small one anew; `rebuild` makes one of all in a thread.

What is missing:

- **Names by sound.**  A name that has respellings is `Look.BLIND`: a clause of such names cannot be
  looked up, and a watchlist that has no other clause is matched by a `Matcher` inside its segment: right,
  and as slow as that one.  The seam: a class of kind SOUND for each token with which a name may begin
  (`Sounds.beginnings`), found in a table of the heads of keys; where one is hit, Python runs
  `Sounds.met` and the rivals for that place, and the terms that it finds go into `Found` between `stand`
  and `meet`.  The decision falls once for a term and an article, not for each watchlist, so that all of
  `postings` stays as it is.  Weak aliases with support, masks of entities and regexes fit the same seam.
- **Chunks that were never seen** cost some 25 µs each, in Python, and about 50 µs once for each article
  that has any: most of the time of an article below 100,000 watchlists.  Numbers and plain words of
  ASCII could be learnt in compiled code, if the stems of English were.
- **Caches of compiled code** are kept by file (`compiled`): a release should name a folder of its own
  for them (NUMBA_CACHE_DIR), or the compiled functions become one file.
- **When it pays**: numba and the memory of chunks take 115 MB and 0.7 s (compiled code cached; some 20 s
  to compile it first), more than an idle process may grow.  Nobody decides yet from how many watchlists
  on it is imported; with a thousand it reads five times as many articles as the matcher of dictionaries,
  which gives evidence too.
"""

from alerts.matching.engine.engine import Engine

__all__ = ["Engine"]
