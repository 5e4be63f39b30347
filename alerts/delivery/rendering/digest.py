"""What a digest or an update says besides its alerts, and in which order they come.  Pure.

Sentences are in the reader's language, and escaped.

Times are those on the reader's wall: a digest is read hours after it was written, when "12 min ago"
would be wrong.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Final

from markupsafe import Markup

from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.reader import ENGLISH, Reader
from alerts.delivery.rendering.view import AlertView, Limits, view
from alerts.locales import marked
from alerts.model import Alert, Change, Delivery

#: UTF-16 units of a headline or a watchlist's title in a sentence of ours.
_HEADLINE: Final = 300
_TITLE: Final = 64
#: Watchlists that an update names; the others are counted.
_TITLES: Final = 8
_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
_UNDATED: Final = marked("date unknown")


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


def items(section: Section, limits: Limits, reader: Reader = ENGLISH) -> tuple[Item, ...]:
    """Return the stories of *section* within *limits*, each watchlist named once."""
    return tuple(_item(alert, limits, reader) for alert in section.alerts)


def summary(delivery: Delivery, reader: Reader = ENGLISH) -> Markup:
    """Say how much a digest holds: `7 stories since Tue 3 Nov, 17:00`."""
    words, count = reader.words, len(delivery.alerts)
    if delivery.since is None:
        return stories(count, reader) if count else words.say("Nothing rang")
    since = reader.moment(delivery.since)
    if not count:
        return words.say("Nothing rang since {moment}", moment=since)
    return words.many(
        "{count} story since {moment}", "{count} stories since {moment}", count, moment=since
    )


def stories(count: int, reader: Reader = ENGLISH) -> Markup:
    """Return *count* in words."""
    return reader.words.many("{count} story", "{count} stories", count)


def changes(delivery: Delivery, reader: Reader = ENGLISH) -> Sequence[Markup]:
    """Return what an update says first, a line each: `Update: now critical, was high`."""
    words, change = reader.words, delivery.change or Change()
    lines = [_update(delivery, change, reader)]
    if change.headline_before:
        headline = cut(clean(change.headline_before), _HEADLINE)
        lines.append(words.say("The headline was: {headline}", headline=headline))
    if change.watchlists:
        titles = [cut(clean(title), _TITLE) for title in change.watchlists[:_TITLES]]
        more = len(change.watchlists) - len(titles)
        listed = reader.and_more(reader.listed(titles), more)
        # Translators: {watchlists} that the story meets since it was told.
        lines.append(words.say("Also matches: {watchlists}", watchlists=listed))
    return lines


def _update(delivery: Delivery, change: Change, reader: Reader) -> Markup:
    before, words = change.severity_before, reader.words
    if before is None:
        return words.say("Update")
    now, was = reader.level(delivery.severity), reader.level(before)
    # Translators: how severe a story is: "Update: now critical, was high".
    return words.say("Update: now {severity}, was {before}", severity=now, before=was)


def _item(alert: Alert, limits: Limits, reader: Reader) -> Item:
    # Its age is not shown.
    shown = view(alert, limits, now=_EPOCH, reader=reader)
    named = {reason.watchlist: reason for reason in reversed(shown.reasons)}
    reasons = tuple(reason for reason in shown.reasons if named[reason.watchlist] is reason)
    reported, seen = alert.lead.published_at, alert.lead.seen_at
    at = reader.words.of(_UNDATED)
    if reported is not None:
        at = reader.moment(reported)
    elif seen is not None:
        # Translators: when we first saw an article that has no date.
        at = reader.words.say("seen {moment}", moment=reader.moment(seen))
    return Item(view=replace(shown, reasons=reasons), at=at)


def _at(alert: Alert) -> datetime:
    """Return when the story was reported first, as far as its publisher says."""
    times = (alert.lead.published_at, alert.lead.seen_at)
    return next((at for at in times if at is not None), datetime.max.replace(tzinfo=UTC))


def _title(alert: Alert) -> str:
    first = alert.matches[0]
    return cut(clean(first.title), _TITLE) or first.watchlist
