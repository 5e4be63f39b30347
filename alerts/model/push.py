"""What was agreed with a hub about one feed (WebSub): the feed is pushed, and polled seldom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class PushState(StrEnum):
    """Where the agreement stands."""

    #: The hub is asked, or will be at `due_at`; it has not asked back yet.
    ASKED = "asked"
    #: The hub asked back and pushes until `lease_until`.
    ACTIVE = "active"
    #: The hub does not want to; asked again at `due_at`.
    REFUSED = "refused"
    #: Polls kept finding news first; asked again at `due_at`.
    DISTRUSTED = "distrusted"
    #: No rule file names the feed any more: the hub is told so.
    ENDING = "ending"


@dataclass(frozen=True, slots=True, kw_only=True)
class Push:
    """The agreement with a hub about one feed; stored."""

    #: `Feed.url`.
    feed: str
    hub: str
    #: What the hub calls the feed: its own address of itself.
    topic: str
    #: The end of the callback's address: nobody but the hub knows it.
    path: str
    #: What the hub signs its messages with.
    secret: str
    state: PushState
    #: When the hub is asked next: for the first time, again, or to renew.
    due_at: datetime
    #: When it was last asked: it may ask back for a while after.
    asked_at: datetime | None = None
    lease_until: datetime | None = None
    #: Asks since the hub last asked back.
    attempt: int = 0
    #: Pushes in a row that brought news first; polls become seldom after some.
    proofs: int = 0
    #: Polls that found news which no push had told of, since the hub last proved itself.
    misses: int = 0
    #: When a poll found news: a miss, unless a push of it still comes.
    found_at: datetime | None = None
    #: When a push came of which no poll has found the news yet.
    told_at: datetime | None = None
    #: One line: why the hub is not pushing.
    error: str = ""
