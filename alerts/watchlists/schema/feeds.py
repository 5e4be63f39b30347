"""Feeds, and the entities that news speaks of."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal

from pydantic import Field

from alerts import model
from alerts.watchlists.schema.section import (
    GIVEN,
    Coordinates,
    Country,
    FeedUrl,
    Interval,
    KindName,
    Language,
    Line,
    Lines,
    Past,
    Reliability,
    Section,
    SpellingName,
)


class FeedSection(Section):
    """A feed, and who speaks in it."""

    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"name": "publisher", "title": "publisher", "link": "url", "href": "url"}
    )

    #: Where the feed is read. A login stands in front of the host, percent-encoded.
    url: FeedUrl
    #: Who speaks; several feeds may share one publisher.
    publisher: Line
    #: Where the publisher is at home.
    country: Country = ""
    #: How far the publisher can be trusted: A (reliable) to E (unreliable), F cannot be judged.
    reliability: Reliability = ""
    #: Added to the tags of its articles; routes can ask for them.
    tags: Lines = []
    #: The language of articles that name none.
    language: Language = ""
    #: How often the feed is read. Without it as usual, or less often if the publisher asks for it.
    interval: Annotated[Interval | None, GIVEN] = None
    #: What is high is read more often, whatever the publisher asks for.
    priority: Literal["high", "normal"] = "normal"
    #: Who rests when the server asks for a pause: this feed alone, its host, its domain. `feed`, and
    #: a private host, also take no turns: others of a domain are polled two seconds apart.
    rate_limit_scope: Literal["feed", "host", "domain"] = "host"
    #: How much of the feed's past is told, as one list, when it is read for the first time.
    backfill: Annotated[Past | None, GIVEN] = None
    #: Read the page of each new article too: for feeds that bring summaries alone. Alerts on the
    #: summary do not wait for it.
    full_text: bool = False


class EntitySection(Section):
    """A place, group, person or topic with all its names."""

    #: What it is. Where a watchlist names groups, only groups are meant.
    type: KindName
    #: The canonical name, which alerts show.
    name: Line
    #: Other names, in any script.
    aliases: Lines = []
    #: Names that it once had.
    previous_names: Lines = []
    #: Names that others bear too: they count as they are written, capitals included, and only
    #: with one of `support` in the same article.
    weak_aliases: Lines = []
    #: Words of which one must stand in the article beside a weak alias.
    support: Lines = []
    #: Texts that hold a name and do not mean it.
    mask: Lines = []
    #: Whether spellings count that nobody listed, or only those listed here.
    spelling: SpellingName = model.Spelling.ANY
    #: Of a place: latitude and longitude in degrees.
    at: Annotated[Coordinates | None, GIVEN] = None
    #: Countries in which it lies or is at home.
    in_: Annotated[list[Country], Field(min_length=1, alias="in")] = []
