"""Routes, receivers, and the hours that they keep."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal, Self

from pydantic import Field, Tag, model_validator

from alerts import model
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.schema.section import (
    GIVEN,
    WHOLE,
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

    #: Where the alerts of this node go. Without it: to the receiver of the node above.
    receiver: Annotated[Line | None, GIVEN] = None
    #: Matchers such as `severity=~"high|critical"`, which must all be met.
    match: Lines = []
    #: Also look at the routes behind this one.
    continue_: Annotated[bool, Field(alias="continue")] = False
    #: Matches that agree in these travel together. Without it: as above; at the root by story.
    group_by: Annotated[list[GroupLabel], Field(min_length=1)] = []
    #: How long a story gathers matches before it is sent. Without it: as above; at the root `0s`.
    group_wait: Annotated[Wait | None, GIVEN] = None
    #: A story that was told is told again after so long. Without it: as above; at the root never.
    repeat_after: Annotated[Repeat | None, GIVEN] = None
    #: Time intervals outside of which the node takes nothing.
    active_time_intervals: Lines = []
    #: Time intervals within which the node takes nothing.
    mute_time_intervals: Lines = []
    #: Nodes below: the first that matches takes the alert.
    routes: Annotated[list[RouteSection], Field(min_length=1)] = []


class TimesSection(Section):
    """From an hour to another one; an end before its start is of the next day."""

    #: The first minute of it.
    start: ClockTime
    #: The first minute behind it.
    end: ClockTime

    @model_validator(mode="after")
    def _lasts(self) -> Self:
        # Two values compared: no JSON Schema can say it, so it is no complaint about the shape.
        if self.start == self.end:
            hint = "leave 'times' out for the whole day"
            raise FlawError("R510", "it ends when it starts", hint=hint)
        return self


class IntervalSection(Section):
    """A part of the week, by the clock of a place."""

    needs_one_of: ClassVar[tuple[str, ...]] = ("times", "days")

    #: From when to when; any of them. Without it: the whole day.
    times: Annotated[list[TimesSection], Field(min_length=1)] = []
    #: Days on which it begins. Without it: every day.
    days: Days = []
    #: Whose clock it goes by.
    location: Zone = "UTC"

    @model_validator(mode="after")
    def _is_a_part(self) -> Self:
        if not self.has_one():
            raise FlawError("R212", "the interval is all the time", hint="add times or days")
        return self


# --- receivers --------------------------------------------------------------------------------


class TelegramSection(Section):
    """A chat, and a topic of it."""

    #: The number of the chat, or `@name` of a public channel.
    chat: NumberOrText
    #: The number of a topic in it.
    thread: Annotated[NumberOrText | None, GIVEN] = None


Chats = Annotated[
    Annotated[TelegramSection, Tag("<mapping>")]
    | Annotated[list[TelegramSection], Tag("<list>"), Field(min_length=1)],
    either("{chat: …} or a list of them"),
]


class EmailSection(Section):
    """One mailbox or several; each gets a mail of its own."""

    #: Who gets it.
    to: TextOrLines


class WebhookSection(Section):
    """An address that is sent JSON."""

    #: Where it is posted to, http or https; as a rule `${NAME}`, for whoever knows it can write there.
    url: Line
    #: What it is signed with: `${NAME}`, where the environment holds `whsec_` and base64. Without it:
    #: nothing is signed.
    secret: Annotated[Line | None, GIVEN] = None


Webhooks = Annotated[
    Annotated[WebhookSection, Tag("<mapping>")]
    | Annotated[list[WebhookSection], Tag("<list>"), Field(min_length=1)],
    either("{url: …} or a list of them"),
]


class ConsoleSection(Section):
    """The terminal of `tocsin run`; nothing to set."""


class QuietSection(Section):
    """When a receiver wants to be left alone, and by what."""

    #: Names of time intervals.
    during: TextOrLines
    #: What is at least as urgent goes through all the same.
    below: SeverityName = model.Severity.CRITICAL
    #: Send the rest as one message afterwards, send it at once without a sound, or drop it.
    then: HeldName = model.Held.BUNDLE


class DigestSection(Section):
    """The hours at which everything goes out at once."""

    #: When it goes out.
    at: Annotated[list[ClockTime], Field(min_length=1)]
    #: On which days. Without it: every day.
    days: Days = []
    #: Whose clock it goes by.
    location: Zone = "UTC"
    #: How many alerts it holds at most; the most urgent ones come first.
    max_items: Annotated[int, Field(ge=1, le=500), WHOLE] = 40
    #: Whether it comes without any alert too.
    empty: EmptyName = model.Empty.SKIP


class ReceiverSection(Section):
    """A named way to reach people."""

    needs_one_of: ClassVar[tuple[str, ...]] = (
        "telegram",
        "email",
        "webhook",
        "apprise",
        "console",
    )

    #: Chats of Telegram.
    telegram: Annotated[Chats | None, GIVEN] = None
    #: Mailboxes.
    email: Annotated[EmailSection | None, GIVEN] = None
    #: Addresses that are sent JSON.
    webhook: Annotated[Webhooks | None, GIVEN] = None
    #: URLs of Apprise, one for each service; as a rule `${NAME}`.
    apprise: Annotated[TextOrLines | None, GIVEN] = None
    #: The terminal.
    console: Annotated[ConsoleSection | None, GIVEN] = None
    #: When to leave the receiver alone.
    quiet: Annotated[QuietSection | None, GIVEN] = None
    #: Messages in an hour; the rest of the hour goes as one.
    max_per_hour: Annotated[Annotated[int, Field(ge=1, le=3_600), WHOLE] | None, GIVEN] = None
    #: Everything at agreed hours and not at once.
    digest: Annotated[DigestSection | None, GIVEN] = None
    #: The receiver that gets what this one cannot have in time.
    fallback: Annotated[Line | None, GIVEN] = None

    @model_validator(mode="after")
    def _reaches_somebody(self) -> Self:
        if not self.has_one():
            hint = "add telegram, email, webhook, apprise or console: {}"
            raise FlawError("R509", "the receiver reaches nobody", hint=hint)
        return self
