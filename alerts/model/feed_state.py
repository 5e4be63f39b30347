"""What is remembered of a feed between two polls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum


class IdentityRule(StrEnum):
    """Which values of an item make its key, in the order in which they are tried (FEEDS.md)."""

    GUID = "guid"
    LINK = "link"
    LINK_AND_DATE = "link+date"
    TITLE_AND_SUMMARY = "title+summary"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedState:
    """The stored state of one feed; written in the transaction that stores its articles."""

    url: str
    #: Nothing is polled before it, also after a restart.
    next_due_at: datetime
    #: Validators, byte for byte as received; empty: none.
    etag: str = ""
    last_modified: str = ""
    #: sha256 hex of the last complete body; empty: none.
    body_hash: str = ""
    #: None until the first document was read.
    identity_rule: IdentityRule | None = None
    #: When the first document was read; None: the next one is a baseline.
    baselined_at: datetime | None = None
    last_polled_at: datetime | None = None
    #: The last poll that brought a readable document or a 304.
    last_read_at: datetime | None = None
    last_new_at: datetime | None = None
    #: When it publishes (`alerts.feeds.rhythm`); None: nothing was learned yet.
    rhythm: bytes | None = None
    #: How many articles the last document listed.
    listed_count: int = 0
    #: How often nothing that a document listed was known, so that articles may have been missed.
    gaps: int = 0
    last_gap_at: datetime | None = None
    #: Articles that slid back into the feed: stored, not told.
    late: int = 0
    #: How seldom the last document said that it changes; None: it did not say.
    update_every: timedelta | None = None
    #: Weighted sum of failures since the last success.
    failures: float = 0.0
    #: One line; empty after a success.
    error: str = ""
    #: 304s in a row; after 50 of them, or 7 days, one unconditional poll.
    not_modified: int = 0
    #: When 304s were found to hide articles; None: they are believed, and validators sent.
    unreliable_at: datetime | None = None
    #: Where permanent redirects lead, since when, and how often in a row they did; empty: nowhere.
    moved_to: str = ""
    moved_at: datetime | None = None
    moved: int = 0
    #: What is polled instead of `url`; empty: `url` is.
    effective_url: str = ""
    #: When a 200 was last received.
    last_document_at: datetime | None = None
    #: When a 410 was first answered; the second, an hour later, stops the feed.
    gone_at: datetime | None = None
    stopped: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How patient all feeds are together, and how that kept to the budget; stored for all feeds."""

    #: For so many minutes the articles that are to be expected may have waited, added up.
    threshold: float = 0.6
    #: Polls of late, and how many of them the feeds' rates foretold; both fade over days.
    polled: float = 0.0
    foretold: float = 0.0
    #: None: never.
    tuned_at: datetime | None = None
