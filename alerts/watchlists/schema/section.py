"""What all sections of rule files share: strictness, and the values that stand in many of them."""

from __future__ import annotations

from datetime import datetime, time, timedelta
from typing import Annotated, ClassVar, Literal

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
from alerts.watchlists import values
from alerts.watchlists.complaints import FlawError

Line = Annotated[str, AfterValidator(values.one_line)]
Id = Annotated[str, AfterValidator(values.identifier)]
Country = Annotated[str, AfterValidator(values.country)]
Language = Annotated[str, AfterValidator(values.language)]
FeedUrl = Annotated[str, AfterValidator(values.url)]
Lines = Annotated[list[Line], Field(min_length=1)]


def _duration(least: timedelta, most: timedelta) -> PlainValidator:
    return PlainValidator(lambda value: values.duration_within(value, least, most))


Interval = Annotated[timedelta, _duration(timedelta(seconds=1), timedelta(days=1))]
Wait = Annotated[timedelta, _duration(timedelta(0), timedelta(hours=1))]
Repeat = Annotated[timedelta, _duration(timedelta(minutes=1), timedelta(days=30))]
Age = Annotated[timedelta, _duration(timedelta(minutes=1), timedelta(days=365))]
Distance = Annotated[float, PlainValidator(values.distance)]
ClockTime = Annotated[time, PlainValidator(values.clock_time)]
Moment = Annotated[datetime, PlainValidator(values.moment)]
Zone = Annotated[str, AfterValidator(values.zone)]


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
UnknownName = Annotated[model.Unknown, Field(strict=False)]
HeldName = Annotated[model.Held, Field(strict=False)]
EmptyName = Annotated[model.Empty, Field(strict=False)]
Days = Annotated[list[Annotated[model.Weekday, Field(strict=False)]], Field(min_length=1)]
Reliability = Literal["", "A", "B", "C", "D", "E", "F"]
Latitude = Annotated[float, Field(ge=-90, le=90)]
Longitude = Annotated[float, Field(ge=-180, le=180)]


def _coordinates(value: object) -> object:
    if isinstance(value, list) and len(value) != 2:
        raise FlawError("R206", "two numbers are wanted: latitude and longitude in degrees")
    return tuple(value) if isinstance(value, list) else value


Coordinates = Annotated[tuple[Latitude, Longitude], BeforeValidator(_coordinates)]


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
