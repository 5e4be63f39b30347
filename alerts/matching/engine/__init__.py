"""An engine for a million watchlists: which of them does an article meet, in less than one ms?

`alerts.matching.Matcher` uses it from some thousands of watchlists on; it gives numbers of watchlists, and
the matches of those few are made by `alerts.matching.few`.  `compiled` is machine code made by numba.

The way of an article, and where it is written:

- `reader` takes it; `reading`, compiled, cuts the text where white space parts it; each chunk is looked
  up in `memory`, which knows its tokens and their classes (`kinds`, `hashing`).  A chunk that was never
  seen is worked out by `simple`, compiled, if it is a plain word or number, or else by `learning`, in
  Python, from `alerts.text`: the words are those of the definition.
- `standing`, compiled: the classes of tokens next to one another are looked up in the tables of `table`;
  each term that stands in the article is noted once.  `terms` makes the sequences, while building.
- `hearing`, compiled, walks through the sounds of the watched names (`names`, `sounding`); what it hears
  `settling` knows from before, with what `neighbours` remembers of the words around, or `listening` decides
  in Python: once for a term, not for each watchlist.
- `meeting`, compiled: watchlists wait in `postings` at terms, or at pairs of terms; the clauses and
  vetoes of `wishes` (`rows`) are checked on those whose terms are hit.
- `judging`: wishes that are more than clauses and vetoes are found by the clauses that they need at
  least, and decided by `alerts.matching.nodes` on a `Reading`, as for few watchlists; so are the terms
  of which the tables do not know all (masks of entities, regexes).
- `segment` holds one set of watchlists that does not change; `engine` one large and some small ones.
  An edit strikes a number out and makes the small one anew; `rebuild` makes one of all in a thread.
"""

from alerts.matching.engine.engine import Engine

__all__ = ["Engine"]
