"""Watchlists, and the tests inside them."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Annotated, ClassVar, Literal, Self

from pydantic import Discriminator, Field, Tag, model_validator

from alerts import model
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.schema.section import (
    GIVEN,
    Age,
    Coordinates,
    Country,
    Distance,
    Expected,
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
    Text,
    TextOrLines,
    UnknownName,
    either,
    shape,
)

# --- places -----------------------------------------------------------------------------------


class CountryPlace(Section):
    """A place whose name others bear too."""

    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {"in": "country: LB", "admin": "{in: LB, admin: …}"}
    )

    #: The name.
    place: Line
    #: Where the one lies that is meant.
    country: Country


class AroundPlace(Section):
    """Any known place near another one."""

    #: The centre: a place by its name, or latitude and longitude in degrees.
    near: Annotated[
        Annotated[Line, Tag("<text>")] | Annotated[Coordinates, Tag("<list>")],
        either("a name or [latitude, longitude]"),
    ]
    #: How far from there, as the crow flies.
    within: Distance


class InsidePlace(Section):
    """Any known place of a country, or of an administrative area of it."""

    #: The country.
    in_: Annotated[Country, Field(alias="in")]
    #: A first-level administrative area of it, by its name.
    admin: Annotated[Line | None, GIVEN] = None


def _place_shape(value: object) -> str | None:
    if isinstance(value, dict):
        if value.keys() & {"near", "within"}:
            return "<near>"
        return "<in>" if "place" not in value and value.keys() & {"in", "admin"} else "<place>"
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

    needs_one_of: ClassVar[tuple[str, ...]] = ("title", "summary", "content")

    #: The headline.
    title: Text = ""
    #: What a feed gives beside the headline.
    summary: Text = ""
    #: The whole text.
    content: Text = ""
    #: Who wrote it.
    author: Text = ""
    #: The publisher's own categories.
    tags: Lines = []
    #: Where it can be read.
    url: Text = ""
    #: Who speaks, as a feed names it.
    publisher: Text = ""
    #: Its language. Without it, it is told by the words, as that of polled articles is.
    language: Language = ""
    #: When it was published. Without it the date is unknown.
    published_at: Annotated[Moment | None, GIVEN] = None

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not self.has_one():
            raise FlawError("R212", "the article has no title, summary or content")
        return self


class RuleTestSection(Section):
    """What a watchlist must, or must not, match."""

    #: What the test shows.
    name: Line
    #: An article, invented for it.
    article: ArticleSection
    #: What must come of it.
    expect: Literal["match", "no-match"]
    #: When the article comes. Without it the hour does not matter.
    at: Annotated[Moment | None, GIVEN] = None
    #: Words of the article that must be among those which matched.
    evidence: Lines = []
    #: The severity that the match must have.
    severity: Annotated[SeverityName | None, GIVEN] = None
    #: Receivers that must get the alert.
    receivers: Lines = []


# --- watchlists -------------------------------------------------------------------------------


class PublishersSection(Section):
    """Whose articles a watchlist wants."""

    needs_one_of: ClassVar[tuple[str, ...]] = ("only", "except_", "reliability", "countries")

    #: Nobody but these.
    only: Lines = []
    #: Anybody but these.
    except_: Annotated[Lines, Field(alias="except")] = []
    #: The least reliability: `C` is C or better.
    reliability: Reliability = ""
    #: Where the publisher is at home.
    countries: Annotated[list[Country], Field(min_length=1)] = []

    @model_validator(mode="after")
    def _chooses(self) -> Self:
        if not self.has_one():
            hint = "add only, except, reliability or countries"
            raise FlawError("R212", "all publishers are wanted", hint=hint)
        return self


Weight = Annotated[float, Field(ge=-1_000, le=1_000)]


class ScoreSection(Section):
    """Weighted queries, of which enough must be met."""

    #: The least sum of weights that matches.
    threshold: Annotated[float, Field(gt=0, le=1_000_000)]
    #: Queries with their weights; a weight below zero counts against.
    terms: Annotated[dict[Line, Weight], Field(min_length=1)]
    #: What a weight is multiplied by when its query is met in the title.
    title_factor: Annotated[float, Field(ge=0, le=100)] = 1.0


class WatchlistSection(Section):
    """What somebody wants to hear of."""

    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType(
        {
            "name": "title",
            "description": "title",
            "enabled": "status: off",
            "disabled": "status: off",
            "priority": "severity",
            "without": "exclude",
            "fields": "in",
            "receiver": "a route with match: ['watchlist=…']",
        }
    )
    needs_one_of: ClassVar[tuple[str, ...]] = (
        "places",
        "groups",
        "people",
        "keywords",
        "query",
        "score",
    )

    #: Stable: history, mutes and feedback hang on it.
    id: Id
    #: What alerts call it.
    title: Line
    #: Who answers for it; routes can ask for it.
    owner: Line = ""
    #: `experimental` is matched and stored, and never sent; `off` is only checked.
    status: StatusName = model.Status.ACTIVE
    #: How urgent it is.
    severity: SeverityName = model.Severity.MEDIUM
    #: Words of your own, which routes can ask for.
    tags: Lines = []
    #: Places of which one must be named.
    places: Annotated[list[Place], Field(min_length=1)] = []
    #: Also who and what is of the places: "Syrian", "Syrians".
    demonyms: bool = False
    #: Groups of which one must be named: entities, or plain names.
    groups: Lines = []
    #: People of whom one must be named: entities, or plain names.
    people: Lines = []
    #: Words of which one must stand there, in any inflection.
    keywords: Lines = []
    #: A condition in the query language, which must be met besides the lists.
    query: Annotated[str | None, GIVEN] = None
    #: Weighted queries of which enough must be met, besides the lists and the query.
    score: Annotated[ScoreSection | None, GIVEN] = None
    #: A query, or a list of keywords: what meets it does not match.
    exclude: Annotated[TextOrLines | None, GIVEN] = None
    #: Texts that are blanked before anything is looked for.
    mask: Lines = []
    #: Where it is looked for. Without it: title, summary and content.
    in_: Annotated[list[FieldName], Field(min_length=1, alias="in")] = []
    #: Languages of the articles: `pt` is any Portuguese, `pt-BR` that of Brazil. Without it: any.
    languages: Annotated[list[Language], Field(min_length=1)] = []
    #: Whose articles are wanted. Without it: everybody's.
    publishers: Annotated[PublishersSection | None, GIVEN] = None
    #: Older articles do not match, counted from when they were first seen. Without it: any age.
    max_age: Annotated[Age | None, GIVEN] = None
    #: What becomes of an article whose language, date or publisher is not known, where asked for:
    #: it passes, is held back for somebody to look at, or is dropped.
    unknown: UnknownName = model.Unknown.PASS
    #: A story that was told is told again after so long, if it is still reported. Without it: never.
    repeat_after: Annotated[Repeat | None, GIVEN] = None
    #: There is a match at least so often; when not, the receiver `operator` is told, once, and of the
    #: end of the silence. Without it, silence is fine.
    expect: Annotated[Expected | None, GIVEN] = None
    #: Articles that it must match, and articles that it must not.
    tests: Annotated[list[RuleTestSection], Field(min_length=1)] = []

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        if not self.has_one():
            hint = "add places, groups, people, keywords, a query or a score"
            raise FlawError("R212", "the watchlist asks for nothing", hint=hint)
        return self
