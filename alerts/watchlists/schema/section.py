"""What all sections of rule files share: strictness, and the values that stand in many of them.

A comment `#:` above a key is its description in the JSON Schema and on the reference page.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, time, timedelta
from types import MappingProxyType
from typing import Annotated, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Discriminator,
    Field,
    PlainValidator,
    Tag,
)

from alerts import model
from alerts.watchlists import patterns, registers, values
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.schema.form import Form, JsonSchema, choice, pattern

# --- texts ------------------------------------------------------------------------------------

#: As it stands, over several lines if need be.
Text = Annotated[str, Field(min_length=1)]
Line = Annotated[
    str,
    AfterValidator(values.one_line),
    Form("line", "a text on one line", pattern(patterns.LINE)),
]
Lines = Annotated[list[Line], Field(min_length=1)]
Id = Annotated[
    str,
    AfterValidator(values.identifier),
    Form("id", "an id: ASCII letters, digits, - and _, at most 64", pattern(patterns.ID)),
]
Country = Annotated[
    str,
    AfterValidator(values.country),
    Form("country", "a country, as `SY` (ISO 3166-1)", choice(lambda: registers.COUNTRIES)),
]
Language = Annotated[
    str,
    AfterValidator(values.language),
    Form(
        "language",
        "a language, as `en`, `ckb` or `pt-BR` (BCP 47)",
        pattern(
            lambda: f"(?:{'|'.join(registers.PRIMARY_SUBTAGS)}){patterns.SUBTAGS}", "en", "pt-BR"
        ),
    ),
]
Reliability = Annotated[
    str,
    AfterValidator(values.rating),
    Form("reliability", "a grade from `A` to `F`", choice(lambda: values.RATINGS)),
]
Zone = Annotated[
    str,
    AfterValidator(values.zone),
    Form("zone", "a time zone, as `Europe/Berlin`", choice(registers.zones)),
]


def _url() -> JsonSchema:
    said = pattern(patterns.URL, "https://example.org/rss")()
    return {**said, "maxLength": values.LONGEST_URL}


FeedUrl = Annotated[
    str, AfterValidator(values.url), Form("url", "an http or https URL with a host", _url)
]

# --- names ------------------------------------------------------------------------------------

# In strict mode only the members of an enumeration would pass, and a file holds texts.
SeverityName = Annotated[model.Severity, Field(strict=False)]
StatusName = Annotated[model.Status, Field(strict=False)]
SpellingName = Annotated[model.Spelling, Field(strict=False)]
KindName = Annotated[model.Kind, Field(strict=False)]
FieldName = Annotated[model.Field, Field(strict=False)]
UnknownName = Annotated[model.Unknown, Field(strict=False)]
HeldName = Annotated[model.Held, Field(strict=False)]
EmptyName = Annotated[model.Empty, Field(strict=False)]
Days = Annotated[list[Annotated[model.Weekday, Field(strict=False)]], Field(min_length=1)]

# --- numbers ----------------------------------------------------------------------------------

WHOLE = BeforeValidator(values.whole)
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


def _coordinates(value: object) -> object:
    if isinstance(value, list) and len(value) != 2:
        raise FlawError("R206", "two numbers are wanted: latitude and longitude in degrees")
    return tuple(value) if isinstance(value, list) else value


Coordinates = Annotated[tuple[Latitude, Longitude], BeforeValidator(_coordinates)]
Distance = Annotated[
    float,
    PlainValidator(values.distance),
    Form(
        "distance",
        "a distance from 1km to 1000km",
        pattern(patterns.DISTANCE_WITHIN, "50km"),
    ),
]


def _number_as_text(value: object) -> object:
    """Chats and topics are numbers, or texts that become numbers (`${OPS_CHAT}`)."""
    value = values.whole(value)
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else value


NumberOrText = Annotated[
    Line,
    BeforeValidator(_number_as_text),
    Form(
        "number-or-text",
        "a whole number, or a text on one line such as `${OPS_CHAT}`",
        lambda: {**pattern(patterns.LINE)(), "type": ["integer", "string"]},
    ),
]

# --- times ------------------------------------------------------------------------------------


def _duration(least: timedelta, most: timedelta) -> Form:
    said = f"{values.brief(least)} to {values.brief(most)}"
    name = f"duration-{said.replace(' ', '-')}"
    made = pattern(lambda: patterns.duration_within(least, most))
    return Form(name, f"a duration from {said}, as `90s`, `15m`, `1h30m` or `7d`", made)


def _within(least: timedelta, most: timedelta) -> PlainValidator:
    return PlainValidator(lambda value: values.duration_within(value, least, most))


_INTERVAL = (timedelta(seconds=1), timedelta(days=1))
_WAIT = (timedelta(0), timedelta(hours=1))
_REPEAT = (timedelta(minutes=1), timedelta(days=30))
_AGE = (timedelta(minutes=1), timedelta(days=365))
_EXPECTED = (timedelta(hours=1), timedelta(days=90))
Interval = Annotated[timedelta, _within(*_INTERVAL), _duration(*_INTERVAL)]
Wait = Annotated[timedelta, _within(*_WAIT), _duration(*_WAIT)]
Repeat = Annotated[timedelta, _within(*_REPEAT), _duration(*_REPEAT)]
Age = Annotated[timedelta, _within(*_AGE), _duration(*_AGE)]
Expected = Annotated[timedelta, _within(*_EXPECTED), _duration(*_EXPECTED)]


def _past() -> JsonSchema:
    least, most = values.PAST_ITEMS
    ages = pattern(lambda: patterns.duration_within(*values.PAST_AGE))()
    return {"anyOf": [{"type": "integer", "minimum": least, "maximum": most}, ages]}


Past = Annotated[
    model.Backfill,
    PlainValidator(values.backfill),
    Form("past", "a number of articles from 1 to 500, or their age from `1m` to `30d`", _past),
]
ClockTime = Annotated[
    time,
    PlainValidator(values.clock_time),
    Form("clock-time", "a time of day, as `07:00`", pattern(patterns.CLOCK, "07:00", "22:00")),
]
Moment = Annotated[
    datetime,
    PlainValidator(values.moment),
    Form(
        "moment",
        "a date and time with zone, as `2026-11-22T07:00:00Z`",
        pattern(patterns.REAL_MOMENT, "2026-11-22T07:00:00Z"),
    ),
]

# --- either, or -------------------------------------------------------------------------------


def shape(value: object) -> str | None:
    """Tell apart what may be a text, a list or a mapping, so that only one is complained about."""
    if isinstance(value, list | dict):
        return "<list>" if isinstance(value, list) else "<mapping>"
    return None if value is None else "<text>"


def either(wanted: str) -> Discriminator:
    """Tell the members of a union apart by `shape`; *wanted* says in words what may stand there."""
    return Discriminator(shape, custom_error_type="shape", custom_error_message=wanted)


TextOrLines = Annotated[
    Annotated[Line, Tag("<text>")] | Annotated[Lines, Tag("<list>")], either("a text or a list")
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
    #: Keys that people write who know other formats, and what is written here.
    elsewhere: ClassVar[Mapping[str, str]] = MappingProxyType({})
    #: Keys of which at least one must be given; empty: none must.
    needs_one_of: ClassVar[tuple[str, ...]] = ()

    def has_one(self) -> bool:
        """Tell whether one of the keys stands there of which one must."""
        return not self.model_fields_set.isdisjoint(self.needs_one_of)
