"""Which validators are sent, and are a feed's 304s believed?  Pure.

Validators go back byte for byte as they came (RFC 9110, 13.1); none is ever made up.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from alerts.feeds.fetch import FetchRequest
from alerts.feeds.moves import polled_url
from alerts.model import FeedState

#: Some servers answer 304 for ever: after so many, or so long, the document itself is asked for.
MOST_NOT_MODIFIED = 50
LONGEST_WITHOUT_DOCUMENT = timedelta(days=7)
#: Validators that were found to hide articles are not sent for so long; servers are mended, too.
MISTRUSTED_FOR = timedelta(days=30)
#: Articles come out of publishers' own caches later than they are dated.
CACHES_LAG = timedelta(hours=1)


def conditional(state: FeedState, *, now: datetime) -> FetchRequest:
    """Return the request for the next poll: with validators, unless it is time to check them."""
    mistrusted = state.unreliable_at is not None and now - state.unreliable_at < MISTRUSTED_FOR
    stuck = state.not_modified >= MOST_NOT_MODIFIED
    long_ago = (
        state.last_document_at is None or now - state.last_document_at >= LONGEST_WITHOUT_DOCUMENT
    )
    url = polled_url(state)
    if stuck or long_ago or mistrusted:
        return FetchRequest(url=url)
    return FetchRequest(url=url, etag=state.etag, last_modified=state.last_modified)


def mistrusted_since(
    state: FeedState, new: Sequence[datetime | None] | None, *, now: datetime
) -> datetime | None:
    """Return when the feed's 304s were found to hide articles; None: they are believed.

    That shows in a poll without validators after 304s: what it brings (*new*: dates of articles that
    were unknown; None: the document was known) was published before the last of them.  Undated
    articles are taken for hidden: that news falls on just this poll is unlikely, and mistrust costs
    bytes where trust would cost articles.
    """
    since, last = state.unreliable_at, state.last_read_at
    if since is not None and now - since >= MISTRUSTED_FOR:
        since = None
    asked = conditional(state, now=now)
    if new is None or last is None or not state.not_modified:
        return since
    if asked.etag or asked.last_modified:
        return since
    hidden = any(date is None or date < last - CACHES_LAG for date in new)
    return since or (now if hidden else None)
