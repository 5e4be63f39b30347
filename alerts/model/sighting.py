"""What one poll found, on its way into the tables."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum

from alerts.model.article import Article, Match
from alerts.model.delivery import DeliveryKind
from alerts.model.routing import Address


class Novelty(StrEnum):
    """Why an article does or does not ring."""

    NEW = "new"
    #: The past of a feed at its first poll, or after its identity rule changed.
    BASELINE = "baseline"
    #: It slid back into the feed: its own date is older than 72 h.
    LATE = "late"


@dataclass(frozen=True, slots=True, kw_only=True)
class Destination:
    """One address that an alert goes to, and when at the earliest."""

    receiver: str
    address: Address
    due_at: datetime
    kind: DeliveryKind = DeliveryKind.ALERT
    #: Alerts with the same word here and the same address share one delivery until it leaves;
    #: empty: every story travels alone.
    gathers: str = ""
    #: It is to arrive without a sound.
    is_silent: bool = False
    #: It is stored and not sent: quiet hours that drop.
    is_dropped: bool = False
    #: A story that was told is told again after so long; None: never.
    repeat_after: timedelta | None = None

    def urgency(self) -> tuple[bool, datetime, bool]:
        """Order those to one address: the least is how an alert reaches it."""
        return self.is_dropped, self.due_at, self.is_silent


@dataclass(frozen=True, slots=True, kw_only=True)
class RoutedMatch:
    """A match, and everybody who should hear of it; nobody, for an experimental watchlist."""

    match: Match
    destinations: tuple[Destination, ...]
    #: Label -> its values: what the matchers of a silence look at when it is written.
    labels: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sighting:
    """An article that a poll saw for the first time, or changed since."""

    article: Article
    novelty: Novelty
    #: sha256 hex of title, summary, content and url: what makes a revision.
    digest: str
    #: Articles that share any of these report one story; never empty.
    story_keys: tuple[str, ...]
    matches: tuple[RoutedMatch, ...] = ()
    #: The traceback of a matcher that could not match it; empty: it could.
    crash: str = ""
