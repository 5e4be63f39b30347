"""Articles, and what a watchlist found in them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Severity(StrEnum):
    """How urgent a watchlist is, from `info` to `critical`; ordered by `rank`."""

    INFO = "info"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        """0 for info to 4 for critical; what comparisons and tables use."""
        return list(Severity).index(self)


class Field(StrEnum):
    """The parts of an article that a condition can look at."""

    TITLE = "title"
    SUMMARY = "summary"
    CONTENT = "content"
    AUTHOR = "author"
    TAGS = "tags"


class How(StrEnum):
    """How a term was recognised, the most trustworthy first."""

    EXACT = "exact"
    ALIAS = "alias"
    PREVIOUS_NAME = "previous name"
    WEAK_ALIAS = "weak alias"
    GAZETTEER = "gazetteer"
    SPELLING = "spelling"
    INFLECTION = "inflection"
    PREFIX = "prefix"
    REGEX = "regex"


#: What separates the tags of an article where they are read as one text.
TAG_SEPARATOR = "; "


@dataclass(frozen=True, slots=True, kw_only=True)
class Article:
    """One item of a feed, as text without markup."""

    #: Ours: the hex identity key of a polled article, or whatever `tocsin match` was given.
    id: str
    #: The feed's URL; empty for an article that came from elsewhere.
    feed: str = ""
    publisher: str = ""
    #: The publisher's own id for the item (RSS guid, Atom id), or empty.
    guid: str = ""
    #: Absolute, http or https; empty when the item has no link.
    url: str = ""
    title: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    tags: tuple[str, ...] = ()
    #: A BCP 47 language tag as the feed gave it, lower case; empty when it gave none.
    language: str = ""
    #: None: the publisher gave no date; that is "unknown" and not "now".
    published_at: datetime | None = None
    seen_at: datetime | None = None

    def text(self, field: Field) -> str:
        """Return the text that spans of evidence in *field* point into."""
        if field is Field.TAGS:
            return TAG_SEPARATOR.join(self.tags)
        text: str = getattr(self, field.value)
        return text


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The words of an article that met a term of a watchlist."""

    field: Field
    #: Half-open span in `Article.text(field)`, in characters (code points).
    start: int
    end: int
    #: The words as they stand there.
    surface: str
    #: What they stand for: an entity's canonical name, or the keyword as its author wrote it.
    term: str
    how: How


class Fact(StrEnum):
    """What a watchlist may ask of an article besides its words, and an article may not say."""

    LANGUAGE = "language"
    DATE = "date"
    #: The publisher's country or reliability.
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Match:
    """A watchlist that an article meets."""

    #: `Article.id` and `Watchlist.id`.
    article: str
    watchlist: str
    title: str
    severity: Severity
    #: In the order of the article; never empty.
    evidence: tuple[Evidence, ...]
    #: What the watchlist asks for and the article does not say; the reader is told.
    unknown: tuple[Fact, ...] = ()
    #: Kept for somebody to look at, and sent to nobody: `unknown: hold`.
    is_held: bool = False
