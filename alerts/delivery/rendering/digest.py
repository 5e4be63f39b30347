"""What a digest or an update says besides its alerts, and in which order they come.  Pure; no markup.

Times are those on the reader's wall: a digest is read hours after it was written, when "12 min ago"
would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, tzinfo
from typing import Final

from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.view import AlertView, Limits, view
from alerts.model import Alert, Change, Delivery

#: UTF-16 units of a headline or a watchlist's title in a sentence of ours.
_HEADLINE: Final = 300
_TITLE: Final = 64
#: Watchlists that an update names; the others are counted.
_TITLES: Final = 8
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
# Not %a and %b: names must not follow the machine's locale.
_DAYS: Final = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS: Final = (
    *("Jan", "Feb", "Mar", "Apr", "May", "Jun"),
    *("Jul", "Aug", "Sep", "Oct", "Nov", "Dec"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """The stories of a digest that are told under one watchlist."""

    watchlist: str
    alerts: tuple[Alert, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One story of a digest, ready for a template."""

    view: AlertView
    #: When it was reported: `Tue 3 Nov, 17:00`.
    at: str


def sections(alerts: Iterable[Alert], *, most: int | None = None) -> tuple[Section, ...]:
    """Return the *most* severe of *alerts*, each once, below the most severe watchlist that it met.

    Within a section the more severe come first and then the earlier; the sections come in the order
    of their first stories.  None: all alerts.
    """
    ordered = sorted(alerts, key=lambda alert: (-alert.severity.rank, _at(alert), alert.story))
    grouped: dict[str, list[Alert]] = {}
    for alert in ordered[:most]:
        grouped.setdefault(alert.matches[0].watchlist, []).append(alert)
    return tuple(
        Section(watchlist=_title(group[0]), alerts=tuple(group)) for group in grouped.values()
    )


def items(section: Section, limits: Limits, zone: tzinfo = UTC) -> tuple[Item, ...]:
    """Return the stories of *section* within *limits*, each watchlist named once."""
    return tuple(_item(alert, limits, zone) for alert in section.alerts)


def summary(delivery: Delivery, zone: tzinfo = UTC) -> str:
    """Say how much a digest holds: `7 stories since Tue 3 Nov, 17:00`."""
    since = f" since {moment(delivery.since, zone)}" if delivery.since is not None else ""
    if not delivery.alerts:
        return f"Nothing rang{since}"
    return f"{stories(len(delivery.alerts))}{since}"


def stories(count: int) -> str:
    """Return *count* in words."""
    return "1 story" if count == 1 else f"{count} stories"


def moment(at: datetime, zone: tzinfo = UTC) -> str:
    """Return *at* as the clock in *zone* reads it: `Tue 3 Nov, 17:00`; UTC is named."""
    there = at.astimezone(zone)
    named = " UTC" if zone is UTC else ""
    day = f"{_DAYS[there.weekday()]} {there.day} {_MONTHS[there.month - 1]}"
    return f"{day}, {there:%H:%M}{named}"


def changes(delivery: Delivery) -> Sequence[str]:
    """Return what an update says first, a line each: `Update: now critical, was high`."""
    change = delivery.change or Change()
    before = change.severity_before
    lines = [f"Update: now {delivery.severity}, was {before}" if before else "Update"]
    if change.headline_before:
        lines.append(f"The headline was: {cut(clean(change.headline_before), _HEADLINE)}")
    if change.watchlists:
        titles = [cut(clean(title), _TITLE) for title in change.watchlists[:_TITLES]]
        more = len(change.watchlists) - len(titles)
        lines.append(f"Also matches: {', '.join(titles)}" + (f" and {more} more" if more else ""))
    return lines


def _item(alert: Alert, limits: Limits, zone: tzinfo) -> Item:
    # Its age is not shown.
    shown = view(alert, limits, now=_EPOCH)
    named = {reason.watchlist: reason for reason in reversed(shown.reasons)}
    reasons = tuple(reason for reason in shown.reasons if named[reason.watchlist] is reason)
    reported, seen = alert.lead.published_at, alert.lead.seen_at
    at = "date unknown"
    if reported is not None:
        at = moment(reported, zone)
    elif seen is not None:
        at = f"seen {moment(seen, zone)}"
    return Item(view=replace(shown, reasons=reasons), at=at)


def _at(alert: Alert) -> datetime:
    """Return when the story was reported first, as far as its publisher says."""
    times = (alert.lead.published_at, alert.lead.seen_at)
    return next((at for at in times if at is not None), datetime.max.replace(tzinfo=UTC))


def _title(alert: Alert) -> str:
    first = alert.matches[0]
    return cut(clean(first.title), _TITLE) or first.watchlist
