"""Rows to subscribers and what they watch, and back.  Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from datetime import time
from typing import Any

from alerts.model import (
    ChatKind,
    DigestHours,
    OwnWatchlist,
    QuietHours,
    Severity,
    Subscriber,
    Subscription,
    Weekday,
)
from alerts.storage import rows
from alerts.storage.rows import Row


def subscriber_of(row: Row, watched: Sequence[Row] = (), heard: Sequence[Row] = ()) -> Subscriber:
    """Return a stored subscriber with its own watchlists and its subscriptions."""
    return Subscriber(
        id=row["id"],
        chat=rows.address(row),
        kind=ChatKind(row["kind"]),
        language=row["language"],
        time_zone=row["time_zone"],
        quiet=_quiet(row["quiet"]),
        digest=_digest(row["digest"]),
        mail=row["mail"],
        paused_until=row["paused_until"],
        created_at=row["created_at"],
        watchlists=tuple(map(own_watchlist, watched)),
        subscriptions=tuple(map(_subscription, heard)),
    )


def settings_columns(value: Subscriber) -> dict[str, Any]:
    """Return the columns of what a subscriber may set."""
    return {
        "kind": value.kind.value,
        "language": value.language,
        "time_zone": value.time_zone,
        "quiet": value.quiet and _quiet_object(value.quiet),
        "digest": value.digest and _digest_object(value.digest),
        "mail": value.mail,
        "paused_until": value.paused_until,
    }


def own_watchlist(row: Row) -> OwnWatchlist:
    """Return a stored watchlist of a subscriber's own."""
    values = {field.name: row[field.name] for field in fields(OwnWatchlist)}
    return OwnWatchlist(**values | {"severity": Severity(row["severity"])})


def own_columns(value: OwnWatchlist) -> dict[str, Any]:
    """Return the columns of *value*, but for whose it is."""
    return _columns(value) | {"severity": value.severity.value}


def subscription_columns(value: Subscription) -> dict[str, Any]:
    """Return the columns of *value*, but for whose it is."""
    return _columns(value)


def _subscription(row: Row) -> Subscription:
    return Subscription(**{field.name: row[field.name] for field in fields(Subscription)})


def _columns(value: OwnWatchlist | Subscription) -> dict[str, Any]:
    return {field.name: getattr(value, field.name) for field in fields(value)}


def _quiet(value: Mapping[str, Any] | None) -> QuietHours | None:
    if value is None:
        return None
    begin, end = (time.fromisoformat(value[name]) for name in ("begin", "end"))
    return QuietHours(begin=begin, end=end, below=Severity(value["below"]))


def _quiet_object(value: QuietHours) -> dict[str, Any]:
    return {"begin": _clock(value.begin), "end": _clock(value.end), "below": value.below.value}


def _digest(value: Mapping[str, Any] | None) -> DigestHours | None:
    if value is None:
        return None
    hours = tuple(map(time.fromisoformat, value["at"]))
    return DigestHours(at=hours, days=tuple(map(Weekday, value["days"])))


def _digest_object(value: DigestHours) -> dict[str, Any]:
    return {"at": list(map(_clock, value.at)), "days": [day.value for day in value.days]}


def _clock(at: time) -> str:
    return at.isoformat(timespec="minutes")
