"""Watchlists, and the tests inside them."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from alerts import model
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.schema.section import (
    GIVEN,
    Age,
    Coordinates,
    Country,
    Distance,
    FieldName,
    Id,
    Language,
    Line,
    Lines,
    Moment,
    Reliability,
    Repeat,
    Section,
    SeverityName,
    StatusName,
    TextOrLines,
    UnknownName,
    either,
    shape,
)

# --- places -----------------------------------------------------------------------------------


class CountryPlace(Section):
    """A place whose name others bear too."""

    place: Line
    country: Country


class AroundPlace(Section):
    """Any known place near another one."""

    near: Annotated[
        Annotated[Line, Tag("<text>")] | Annotated[Coordinates, Tag("<list>")],
        either("a name or [latitude, longitude]"),
    ]
    within: Distance


class InsidePlace(Section):
    """Any known place of a country, or of an administrative area of it."""

    in_: Annotated[Country, Field(alias="in")]
    admin: Annotated[Line | None, GIVEN] = None


def _place_shape(value: object) -> str | None:
    if isinstance(value, dict):
        if value.keys() & {"near", "within"}:
            return "<near>"
        return "<in>" if value.keys() & {"in", "admin"} else "<place>"
    return shape(value)


Place = Annotated[
    Annotated[Line, Tag("<text>")]
    | Annotated[CountryPlace, Tag("<place>")]
    | Annotated[AroundPlace, Tag("<near>")]
    | Annotated[InsidePlace, Tag("<in>")],
    Discriminator(
        _place_shape,
        custom_error_type="shape",
        custom_error_message="a name, {place: …, country: …}, {near: …, within: 50km} or {in: SY}",
    ),
]

# --- tests ------------------------------------------------------------------------------------


class ArticleSection(Section):
    """An article that was invented for a test."""

    title: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    tags: Lines = []
    url: str = ""
    publisher: str = ""
    language: Language = ""
    published_at: Annotated[Moment | None, GIVEN] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.title or self.summary or self.content):
            raise FlawError("R212", "the article has no title, summary or content")
        return self


class RuleTestSection(Section):
    """What a watchlist must, or must not, match."""

    name: Line
    article: ArticleSection
    expect: Literal["match", "no-match"]
    at: Annotated[Moment | None, GIVEN] = None
    evidence: Lines = []
    severity: Annotated[SeverityName | None, GIVEN] = None
    receivers: Lines = []


# --- watchlists -------------------------------------------------------------------------------


class PublishersSection(Section):
    """Whose articles a watchlist wants."""

    only: Lines = []
    except_: Annotated[Lines, Field(alias="except")] = []
    reliability: Reliability = ""
    countries: Annotated[list[Country], Field(min_length=1)] = []


Weight = Annotated[float, Field(ge=-1_000, le=1_000)]


class ScoreSection(Section):
    """Weighted queries, of which enough must be met."""

    threshold: Annotated[float, Field(gt=0, le=1_000_000)]
    terms: Annotated[dict[Line, Weight], Field(min_length=1)]
    title_factor: Annotated[float, Field(ge=0, le=100)] = 1.0


class WatchlistSection(Section):
    """What somebody wants to hear of."""

    id: Id
    title: Line
    owner: Line = ""
    status: StatusName = model.Status.ACTIVE
    severity: SeverityName = model.Severity.MEDIUM
    tags: Lines = []
    places: Annotated[list[Place], Field(min_length=1)] = []
    demonyms: bool = False
    groups: Lines = []
    people: Lines = []
    keywords: Lines = []
    query: Annotated[str | None, GIVEN] = None
    score: Annotated[ScoreSection | None, GIVEN] = None
    exclude: Annotated[TextOrLines | None, GIVEN] = None
    mask: Lines = []
    in_: Annotated[list[FieldName], Field(min_length=1, alias="in")] = []
    languages: Annotated[list[Language], Field(min_length=1)] = []
    publishers: Annotated[PublishersSection | None, GIVEN] = None
    max_age: Annotated[Age | None, GIVEN] = None
    unknown: UnknownName = model.Unknown.PASS
    repeat_after: Annotated[Repeat | None, GIVEN] = None
    tests: Annotated[list[RuleTestSection], Field(min_length=1)] = []

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        lists = (self.places, self.groups, self.people, self.keywords)
        if not any(lists) and self.query is None and self.score is None:
            hint = "add places, groups, people, keywords, a query or a score"
            raise FlawError("R212", "the watchlist asks for nothing", hint=hint)
        return self
