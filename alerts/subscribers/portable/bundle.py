"""What a file holds that a subscriber sends, and why one cannot be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Final

from alerts.model import DigestHours, QuietHours, Severity
from alerts.watchlists.complaints import FlawError

#: Bytes of a file.
MAX_BYTES: Final = 1_000_000
#: Watchlists and subscriptions of one file; no chat has more.
MOST_ENTRIES: Final = 1_000


class Why(StrEnum):
    """Why a file as a whole cannot be read."""

    EMPTY = "the file is empty"
    TOO_LARGE = "the file is too large"
    NOT_TEXT = "the file is no text, or not in UTF-8"
    HIDDEN_CHARACTER = "an invisible character stands in the file"
    BROKEN = "the file is neither YAML nor XML as it stands"
    NOT_PLAIN = "the file uses what is refused: anchors, aliases, tags, directives, more documents"
    TWICE = "a key stands twice in one place"
    TOO_DEEP = "too many levels stand inside one another"
    TOO_MANY = "the file holds more than any chat has"
    DOCUMENT_TYPE = "the file declares a document type"
    FEED = "the file is a feed, and no list of feeds"
    NOT_OURS = "the file is something else"
    NOTHING = "the file has nothing in it that could be taken"


@dataclass(frozen=True, slots=True, kw_only=True)
class PortableFlaw:
    """Why nothing of a file can be taken."""

    why: Why
    #: Where, from 1; 0 when the whole file is meant.
    line: int = 0


class RefusedError(Exception):
    """A file is not read any further."""

    def __init__(self, why: Why, line: int = 0) -> None:
        super().__init__(why)
        self.flaw = PortableFlaw(why=why, line=line)


@dataclass(frozen=True, slots=True, kw_only=True)
class PortableWatchlist:
    """A watchlist that a subscriber made, without what belongs to one chat.

    Its query and what it excludes are queries; whether they mean anything here was not looked up.
    """

    title: str
    #: As it was typed; empty: nobody typed one.  Nothing says that the query is what it asks for.
    wish: str = ""
    query: str
    exclude: str = ""
    severity: Severity = Severity.MEDIUM
    #: None: it rings; `FOREVER`: until somebody lets it.
    paused_until: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PortableSettings:
    """How a subscriber wants to hear of things."""

    #: BCP 47, lower case; empty: the file does not say.
    language: str = ""
    #: IANA; empty: the file does not say.
    time_zone: str = ""
    quiet: QuietHours | None = None
    digest: DigestHours | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Bundle:
    """Everything in a file that can be taken, and what cannot."""

    watchlists: tuple[PortableWatchlist, ...] = ()
    #: `Watchlist.id` -> until when it is paused; None: it rings.
    subscriptions: Mapping[str, datetime | None] = field(
        default_factory=lambda: MappingProxyType({})
    )
    #: None: the file says nothing of them.
    settings: PortableSettings | None = None
    #: URLs of feeds that another reader's list names.
    feeds: tuple[str, ...] = ()
    #: What is left out: the title of a watchlist, the id of a subscription, the name of a setting or
    #: feed, each with the reason.
    flaws: tuple[tuple[str, FlawError], ...] = ()
