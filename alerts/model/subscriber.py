"""People and chats with watchlists of their own: what they watch, and how they want to hear of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import StrEnum
from typing import Final

from alerts.model.article import Severity
from alerts.model.routing import Address, Weekday

#: The end of a pause that has none.
FOREVER: Final = datetime(9999, 1, 1, tzinfo=UTC)


class ChatKind(StrEnum):
    """Who reads a chat."""

    PRIVATE = "private"
    #: A group or supergroup, with or without topics.
    GROUP = "group"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True, kw_only=True)
class QuietHours:
    """The part of each day in which a subscriber wants no sound, by the subscriber's clock."""

    begin: time
    #: Before `begin`: it is of the next day.
    end: time
    #: What is as severe goes through.
    below: Severity = Severity.CRITICAL


@dataclass(frozen=True, slots=True, kw_only=True)
class DigestHours:
    """The hours at which a subscriber gets everything at once, by the subscriber's clock."""

    #: Sorted; never empty.
    at: tuple[time, ...]
    #: Empty: every day.
    days: tuple[Weekday, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnWatchlist:
    """A watchlist that a subscriber made by talking, as it is kept: in words that are read again."""

    #: From 1; never used again for another one.
    number: int
    title: str
    #: As it was typed, for whoever edits it.
    wish: str
    #: In the query language.
    query: str
    #: What vetoes an article, in the query language; empty: nothing.
    exclude: str = ""
    severity: Severity = Severity.MEDIUM
    #: The forum topic that it rings in; None: the chat itself.
    thread: int | None = None
    #: None: it rings; `FOREVER`: until somebody lets it.
    paused_until: datetime | None = None
    created_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscription:
    """A watchlist of the operator that a subscriber wants to hear of."""

    #: `Watchlist.id`.
    watchlist: str
    thread: int | None = None
    paused_until: datetime | None = None
    created_at: datetime


#: What names of the receivers that subscribers are begin with.
_NAMED: Final = "subscriber "


def list_name(receiver: str) -> str:
    """Return how readers of mails are told of *receiver*, which is the list that they are on."""
    if receiver.startswith(_NAMED):
        return f"alerts of a Telegram chat ({receiver.removeprefix(_NAMED)})"
    return receiver


@dataclass(frozen=True, slots=True, kw_only=True)
class Subscriber:
    """A person or chat, with everything that is kept of it."""

    id: int
    #: The chat; its threads stand with what rings there.
    chat: Address
    kind: ChatKind = ChatKind.PRIVATE
    #: Of the interface: "en", "ar".
    language: str = "en"
    #: An IANA time zone.
    time_zone: str = "UTC"
    quiet: QuietHours | None = None
    #: None: alerts leave at once.
    digest: DigestHours | None = None
    #: A mailbox that hears of the same, once it has said so itself (`storage.consents`); or empty.
    mail: str = ""
    paused_until: datetime | None = None
    created_at: datetime
    #: By number.
    watchlists: tuple[OwnWatchlist, ...] = ()
    #: By the time at which they were made.
    subscriptions: tuple[Subscription, ...] = ()

    @property
    def name(self) -> str:
        """The name of the receiver that it is: no rule file can have one with a blank."""
        return f"{_NAMED}{self.id}"

    def watchlist_id(self, number: int) -> str:
        """Return the id of one of its own watchlists: no rule file can have one with a slash."""
        return f"subscriber/{self.id}/{number}"

    def own(self, number: int) -> OwnWatchlist | None:
        """Return its own watchlist of that number; None: there is none."""
        return next((each for each in self.watchlists if each.number == number), None)


def is_paused(paused_until: datetime | None, now: datetime) -> bool:
    """Tell whether a pause lasts."""
    return paused_until is not None and now < paused_until
