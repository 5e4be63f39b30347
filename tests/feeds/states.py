"""A feed's state after polls of all kinds, for tests of what follows from them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from alerts.feeds.fetch import Fetched
from alerts.feeds.identity import Identified
from alerts.feeds.transitions import Listed, after_document
from alerts.model import Feed, FeedState, IdentityRule

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
FEED = Feed(url="https://example.org/feed", publisher="example")
STATE = FeedState(url=FEED.url, next_due_at=NOW)
READ = Fetched(status=200, url=FEED.url, body=b"x", etag='"2"', last_modified="then")
MINUTE = timedelta(minutes=1)
DAY = timedelta(days=1)
THRESHOLD = 0.3
#: A feed that was met a while ago and listed something.
KNOWN = replace(
    STATE,
    baselined_at=NOW - 30 * DAY,
    last_polled_at=NOW - 15 * MINUTE,
    last_read_at=NOW - 15 * MINUTE,
    last_new_at=NOW - DAY,
    last_document_at=NOW - 15 * MINUTE,
    identity_rule=IdentityRule.LINK,
    listed_count=3,
)
UNCHANGED = replace(READ, status=304, body=None)


def wait(state: FeedState) -> timedelta:
    return state.next_due_at - NOW


def read(
    state: FeedState = STATE,
    *,
    complete: bool = True,
    identified: Identified | None = None,
    listed: Listed | None = None,
    now: datetime = NOW,
    hint: timedelta | None = None,
    fetched: Fetched = READ,
) -> FeedState:
    if identified is not None:
        listed = listed or Listed(count=1, known=1)
    return after_document(
        state,
        fetched,
        FEED,
        body_hash="beef",
        complete=complete,
        now=now,
        jitter=0,
        threshold=THRESHOLD,
        identified=identified,
        listed=listed,
        hint=hint,
    )


def lists(
    state: FeedState,
    *new: datetime | None,
    known: int = 3,
    late: int = 0,
    now: datetime = NOW,
    fetched: Fetched = READ,
) -> FeedState:
    """Return the state after a document with *new* articles beside *known* ones."""
    listed = Listed(count=known + late + len(new), known=known, new=new, late=late)
    return read(state, identified=identified_by_link(), listed=listed, now=now, fetched=fetched)


def identified_by_link(*, changed: bool = False) -> Identified:
    return Identified(rule=IdentityRule.LINK, keys=(), changed=changed)
