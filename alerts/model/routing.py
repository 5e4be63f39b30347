"""Who hears of a match, where and when: routes, receivers, and the hours that they keep."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import time, timedelta
from enum import StrEnum
from typing import Final

from alerts.model.article import Severity


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelMatcher:
    """One matcher of a route: `severity=~"high|critical"`, with Alertmanager's meaning."""

    label: str
    #: One of =, !=, =~ and !~; patterns are anchored at both ends.
    operator: str
    value: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """A node of the routing tree."""

    #: A child without one inherits its parent's; the root always has one.
    receiver: str
    matchers: tuple[LabelMatcher, ...] = ()
    #: Go on to the next sibling after this one took the match.
    proceed: bool = False
    routes: tuple[Route, ...] = ()
    #: How long a story gathers matches before it is sent.
    group_wait: timedelta = timedelta(0)
    #: Labels; matches that agree in them travel together.
    group_by: tuple[str, ...] = ("story",)
    repeat_after: timedelta | None = None
    #: Names of time intervals: it takes nothing outside of the ones, and within the others.
    active_intervals: tuple[str, ...] = ()
    mute_intervals: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """Where a channel delivers: a chat, a mailbox, the terminal."""

    channel: str
    #: The chat's id or @name, the mailbox, the name of an `Endpoint`; empty for the console.
    target: str = ""
    #: A Telegram forum topic.
    thread: int | None = None

    @property
    def key(self) -> str:
        """Name the address in tables and delivery ids: `telegram:-100123/7`."""
        thread = f"/{self.thread}" if self.thread is not None else ""
        return f"{self.channel}:{self.target}{thread}"


#: The receiver that is told how Tocsin itself fares; where none is declared, the console is.
OPERATOR: Final = "operator"


class Weekday(StrEnum):
    """A day of the week; Monday is the first."""

    MONDAY = "mon"
    TUESDAY = "tue"
    WEDNESDAY = "wed"
    THURSDAY = "thu"
    FRIDAY = "fri"
    SATURDAY = "sat"
    SUNDAY = "sun"


@dataclass(frozen=True, slots=True, kw_only=True)
class TimeInterval:
    """A part of the week, by the clock of a place: "night"."""

    name: str
    #: Begin and end; an end before its begin is of the next day.  Empty: the whole day.
    times: tuple[tuple[time, time], ...] = ()
    #: On which a stretch begins; empty: every day.
    days: tuple[Weekday, ...] = ()
    #: An IANA time zone.
    location: str = "UTC"


class Held(StrEnum):
    """What becomes of alerts that came in quiet hours."""

    #: One message at their end.
    BUNDLE = "bundle"
    #: They are sent without a sound.
    SILENT = "silent"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Quiet:
    """When a receiver wants to be left alone, and by what."""

    #: Names of time intervals.
    during: tuple[str, ...]
    #: What is more urgent goes through.
    below: Severity = Severity.CRITICAL
    then: Held = Held.BUNDLE


class Empty(StrEnum):
    """What becomes of a digest without alerts."""

    SKIP = "skip"
    SEND = "send"


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """The hours at which a receiver gets everything at once."""

    #: By the clock of `location`; never empty.
    at: tuple[time, ...]
    #: Empty: every day.
    days: tuple[Weekday, ...] = ()
    location: str = "UTC"
    max_items: int = 40
    empty: Empty = Empty.SKIP


@dataclass(frozen=True, slots=True, kw_only=True)
class Endpoint:
    """Where a webhook or an apprise address leads: what is secret stays out of tables and logs."""

    url: str = field(repr=False)
    #: What requests are signed with; empty: nothing.
    secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Receiver:
    """A named way to reach people."""

    name: str
    addresses: tuple[Address, ...]
    quiet: Quiet | None = None
    #: Messages to one address; the rest of the hour goes as one.
    max_per_hour: int | None = None
    #: None: alerts leave at once.
    digest: Digest | None = None
    #: The receiver that gets what this one cannot have in time; empty: none.
    fallback: str = ""
    #: In which messages are written, as far as a channel can: "en", "ar".
    language: str = "en"
    #: By whose clock they tell times, an IANA time zone; digests have one of their own.
    time_zone: str = "UTC"
