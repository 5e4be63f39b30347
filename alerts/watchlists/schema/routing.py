"""Routes, receivers, and the hours that they keep."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, Tag, model_validator

from alerts import model
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.schema.section import (
    GIVEN,
    ClockTime,
    Days,
    EmptyName,
    HeldName,
    Line,
    Lines,
    NumberOrText,
    Repeat,
    Section,
    SeverityName,
    TextOrLines,
    Wait,
    Zone,
    either,
)

# --- routes -----------------------------------------------------------------------------------

GroupLabel = Literal[
    "story", "watchlist", "severity", "owner", "publisher", "place", "group", "tag"
]


class RouteSection(Section):
    """A node of the routing tree, in Alertmanager's words."""

    unsupported: ClassVar[frozenset[str]] = frozenset({"group_interval"})

    receiver: Annotated[Line | None, GIVEN] = None
    match: Lines = []
    continue_: Annotated[bool, Field(alias="continue")] = False
    group_by: Annotated[list[GroupLabel], Field(min_length=1)] = []
    group_wait: Annotated[Wait | None, GIVEN] = None
    repeat_after: Annotated[Repeat | None, GIVEN] = None
    active_time_intervals: Lines = []
    mute_time_intervals: Lines = []
    routes: Annotated[list[RouteSection], Field(min_length=1)] = []


class TimesSection(Section):
    """From an hour to another one; an end before its start is of the next day."""

    start: ClockTime
    end: ClockTime

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        if self.start == self.end:
            hint = "leave 'times' out for the whole day"
            raise FlawError("R206", "it ends when it starts", hint=hint)
        return self


class IntervalSection(Section):
    """A part of the week, by the clock of a place."""

    times: Annotated[list[TimesSection], Field(min_length=1)] = []
    days: Days = []
    location: Zone = "UTC"

    @model_validator(mode="after")
    def _is_a_part(self) -> Self:
        if not (self.times or self.days):
            raise FlawError("R212", "the interval is all the time", hint="add times or days")
        return self


# --- receivers --------------------------------------------------------------------------------


class TelegramSection(Section):
    """A chat, and a topic of it."""

    chat: NumberOrText
    thread: Annotated[NumberOrText | None, GIVEN] = None


Chats = Annotated[
    Annotated[TelegramSection, Tag("<mapping>")]
    | Annotated[list[TelegramSection], Tag("<list>"), Field(min_length=1)],
    either("{chat: …} or a list of them"),
]


class EmailSection(Section):
    """One mailbox or several; each gets a mail of its own."""

    to: TextOrLines


class ConsoleSection(Section):
    """The terminal of `tocsin run`; nothing to set."""


class QuietSection(Section):
    """When a receiver wants to be left alone, and by what."""

    during: TextOrLines
    below: SeverityName = model.Severity.CRITICAL
    then: HeldName = model.Held.BUNDLE


class DigestSection(Section):
    """The hours at which everything goes out at once."""

    at: Annotated[list[ClockTime], Field(min_length=1)]
    days: Days = []
    location: Zone = "UTC"
    max_items: Annotated[int, Field(ge=1, le=500)] = 40
    empty: EmptyName = model.Empty.SKIP


class ReceiverSection(Section):
    """A named way to reach people."""

    unsupported: ClassVar[frozenset[str]] = frozenset({"apprise", "webhook"})

    telegram: Annotated[Chats | None, GIVEN] = None
    email: Annotated[EmailSection | None, GIVEN] = None
    console: Annotated[ConsoleSection | None, GIVEN] = None
    quiet: Annotated[QuietSection | None, GIVEN] = None
    max_per_hour: Annotated[Annotated[int, Field(ge=1, le=3_600)] | None, GIVEN] = None
    digest: Annotated[DigestSection | None, GIVEN] = None
    fallback: Annotated[Line | None, GIVEN] = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if not (self.telegram or self.email or self.console):
            hint = "add telegram, email or console: {}"
            raise FlawError("R509", "the receiver reaches nobody", hint=hint)
        return self
