"""The format of rule files: their sections and keys, and what may stand there.

Shape only: what can be told from a section alone.  References between sections, the query
language and the environment come later.  A key that is not here is refused, never ignored; a key
of `unsupported` is refused with a word of its own, until it moves into the model.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta
from typing import Annotated, Any, ClassVar, Literal, Self, get_args, get_origin

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
    model_validator,
)

from alerts import model
from alerts.watchlists import values
from alerts.watchlists.complaints import FlawError

# --- single values ----------------------------------------------------------------------------

Line = Annotated[str, AfterValidator(values.one_line)]
Id = Annotated[str, AfterValidator(values.identifier)]
Country = Annotated[str, AfterValidator(values.country)]
Language = Annotated[str, AfterValidator(values.language)]
FeedUrl = Annotated[str, AfterValidator(values.url)]
Lines = Annotated[list[Line], Field(min_length=1)]


def _version(value: object) -> object:
    # For pydantic's literals, as for Python, true and 1.0 are equal to 1.
    if type(value) is not int:
        raise FlawError("R204", "the version of the format is a number", hint="version: 1")
    return value


def _interval(value: object) -> timedelta:
    return values.duration_within(value, timedelta(seconds=1), timedelta(days=1))


def _group_wait(value: object) -> timedelta:
    return values.duration_within(value, timedelta(0), timedelta(hours=1))


def _number_as_text(value: object) -> object:
    """Chats and topics are numbers, or texts that become numbers (`${OPS_CHAT}`)."""
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


NumberOrText = Annotated[Line, BeforeValidator(_number_as_text)]
# In strict mode only the members of an enumeration would pass, and a file holds texts.
SeverityName = Annotated[model.Severity, Field(strict=False)]
StatusName = Annotated[model.Status, Field(strict=False)]
SpellingName = Annotated[model.Spelling, Field(strict=False)]
KindName = Annotated[model.Kind, Field(strict=False)]
FieldName = Annotated[model.Field, Field(strict=False)]


def _shape(value: object) -> str | None:
    """Tell apart what may be a text, a list or a mapping, so that only one is complained about."""
    if isinstance(value, list | dict):
        return "<list>" if isinstance(value, list) else "<mapping>"
    return None if value is None else "<text>"


def _either(wanted: str) -> Discriminator:
    return Discriminator(_shape, custom_error_type="shape", custom_error_message=wanted)


TextOrLines = Annotated[
    Annotated[Line, Tag("<text>")] | Annotated[Lines, Tag("<list>")], _either("a text or a list")
]


def _given(value: object) -> object:
    """Tell a key without a value from a key that is not there."""
    if value is None:
        raise FlawError("R205", "nothing stands here")
    return value


GIVEN = BeforeValidator(_given)


class Section(BaseModel):
    """A mapping of a rule file."""

    model_config = ConfigDict(strict=True, extra="forbid", frozen=True, allow_inf_nan=False)

    #: Keys of the format that this version does not know yet.
    unsupported: ClassVar[frozenset[str]] = frozenset()


# --- feeds and entities -----------------------------------------------------------------------


class FeedSection(Section):
    """A feed, and who speaks in it."""

    url: FeedUrl
    publisher: Line
    country: Country = ""
    reliability: Literal["", "A", "B", "C", "D", "E", "F"] = ""
    tags: Lines = []
    language: Language = ""
    interval: Annotated[timedelta | None, PlainValidator(_interval)] = None
    priority: Literal["high", "normal"] = "normal"
    rate_limit_scope: Literal["feed", "host", "domain"] = "host"
    backfill: Annotated[model.Backfill | None, PlainValidator(values.backfill)] = None
    full_text: bool = False


Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


def _coordinates(value: object) -> object:
    if isinstance(value, list) and len(value) != 2:
        raise FlawError("R206", "two numbers are wanted: latitude and longitude in degrees")
    return tuple(value) if isinstance(value, list) else value


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
    at: Annotated[tuple[Latitude, Longitude] | None, BeforeValidator(_coordinates)] = None
    in_: Annotated[list[Country], Field(min_length=1, alias="in")] = []


# --- watchlists -------------------------------------------------------------------------------


class CountryPlace(Section):
    """A place whose name others bear too."""

    unsupported = frozenset({"near", "within", "in", "admin"})

    place: Line
    country: Country


Place = Annotated[
    Annotated[Line, Tag("<text>")] | Annotated[CountryPlace, Tag("<mapping>")],
    _either("a name or {place: …, country: …}"),
]


class ArticleSection(Section):
    """An article that was invented for a test."""

    unsupported = frozenset({"published_at"})

    title: str = ""
    summary: str = ""
    content: str = ""
    author: str = ""
    tags: Lines = []
    url: str = ""
    publisher: str = ""
    language: Language = ""

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.title or self.summary or self.content):
            raise FlawError("R212", "the article has no title, summary or content")
        return self


class RuleTestSection(Section):
    """What a watchlist must, or must not, match."""

    unsupported = frozenset({"at", "evidence", "severity", "receivers"})

    name: Line
    article: ArticleSection
    expect: Literal["match", "no-match"]


class WatchlistSection(Section):
    """What somebody wants to hear of."""

    unsupported = frozenset(
        {"demonyms", "languages", "max_age", "publishers", "repeat_after", "score", "unknown"}
    )

    id: Id
    title: Line
    owner: Line = ""
    status: StatusName = model.Status.ACTIVE
    severity: SeverityName = model.Severity.MEDIUM
    tags: Lines = []
    places: Annotated[list[Place], Field(min_length=1)] = []
    groups: Lines = []
    people: Lines = []
    keywords: Lines = []
    query: Annotated[str | None, GIVEN] = None
    exclude: Annotated[TextOrLines | None, GIVEN] = None
    mask: Lines = []
    in_: Annotated[list[FieldName], Field(min_length=1, alias="in")] = []
    tests: Annotated[list[RuleTestSection], Field(min_length=1)] = []

    @model_validator(mode="after")
    def _asks_for_something(self) -> Self:
        lists = (self.places, self.groups, self.people, self.keywords)
        if not any(lists) and self.query is None:
            hint = "add places, groups, people, keywords or a query"
            raise FlawError("R212", "the watchlist asks for nothing", hint=hint)
        return self


# --- routes and receivers ---------------------------------------------------------------------


class RouteSection(Section):
    """A node of the routing tree, in Alertmanager's words."""

    unsupported = frozenset(
        {
            "active_time_intervals",
            "group_by",
            "group_interval",
            "mute_time_intervals",
            "repeat_after",
        }
    )

    receiver: Annotated[Line | None, GIVEN] = None
    match: Lines = []
    continue_: Annotated[bool, Field(alias="continue")] = False
    group_wait: Annotated[timedelta | None, PlainValidator(_group_wait)] = None
    routes: Annotated[list[RouteSection], Field(min_length=1)] = []


class TelegramSection(Section):
    """A chat, and a topic of it."""

    chat: NumberOrText
    thread: Annotated[NumberOrText | None, GIVEN] = None


Chats = Annotated[
    Annotated[TelegramSection, Tag("<mapping>")]
    | Annotated[list[TelegramSection], Tag("<list>"), Field(min_length=1)],
    _either("{chat: …} or a list of them"),
]


class EmailSection(Section):
    """One mailbox or several; each gets a mail of its own."""

    to: TextOrLines


class ConsoleSection(Section):
    """The terminal of `tocsin run`; nothing to set."""


class ReceiverSection(Section):
    """A named way to reach people."""

    unsupported = frozenset({"digest", "fallback", "max_per_hour", "quiet", "webhook"})

    telegram: Annotated[Chats | None, GIVEN] = None
    email: Annotated[EmailSection | None, GIVEN] = None
    console: Annotated[ConsoleSection | None, GIVEN] = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if not (self.telegram or self.email or self.console):
            hint = "add telegram, email or console: {}"
            raise FlawError("R509", "the receiver reaches nobody", hint=hint)
        return self


class Document(Section):
    """A rule file: any of the sections."""

    unsupported = frozenset({"time_intervals"})

    version: Annotated[Literal[1], BeforeValidator(_version)] = 1
    feeds: Annotated[list[FeedSection], Field(min_length=1)] = []
    entities: Annotated[dict[Id, EntitySection], Field(min_length=1)] = {}
    watchlists: Annotated[list[WatchlistSection], Field(min_length=1)] = []
    routes: Annotated[RouteSection | None, GIVEN] = None
    receivers: Annotated[dict[Id, ReceiverSection], Field(min_length=1)] = {}


def sections_of(annotation: Any, path: Sequence[str]) -> list[type[Section]]:
    """Return the sections that may stand at *path*, given as keys without positions."""
    found = _sections_in(annotation)
    if not path:
        return found
    key, *rest = path
    return [
        section
        for parent in found
        for name, field in parent.model_fields.items()
        if (field.alias or name) == key
        # Below entities and receivers the next key is an id.
        for section in sections_of(field.annotation, rest[_is_mapping(field.annotation) :])
    ]


def _is_mapping(annotation: Any) -> bool:
    return get_origin(annotation) is dict


def _sections_in(annotation: Any) -> list[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    return [section for part in get_args(annotation) for section in _sections_in(part)]
