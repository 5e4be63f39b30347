"""Feeds, and the entities that news speaks of."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, PlainValidator

from alerts import model
from alerts.watchlists import values
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
    Reliability,
    Section,
    SpellingName,
)


class FeedSection(Section):
    """A feed, and who speaks in it."""

    url: FeedUrl
    publisher: Line
    country: Country = ""
    reliability: Reliability = ""
    tags: Lines = []
    language: Language = ""
    interval: Annotated[Interval | None, GIVEN] = None
    priority: Literal["high", "normal"] = "normal"
    rate_limit_scope: Literal["feed", "host", "domain"] = "host"
    backfill: Annotated[model.Backfill | None, PlainValidator(values.backfill)] = None
    full_text: bool = False


class EntitySection(Section):
    """A place, group, person or topic with all its names."""

    type: KindName
    name: Line
    aliases: Lines = []
    previous_names: Lines = []
    weak_aliases: Lines = []
    support: Lines = []
    mask: Lines = []
    spelling: SpellingName = model.Spelling.ANY
    at: Annotated[Coordinates | None, GIVEN] = None
    in_: Annotated[list[Country], Field(min_length=1, alias="in")] = []
