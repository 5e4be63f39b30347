"""Watchlists as lists and buttons name them: a subscriber's own, and the operator's.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Final, Generic, TypeVar

from markupsafe import Markup

from alerts.bot.draft_said import severity_label
from alerts.bot.talk import button
from alerts.bot.typed import brief
from alerts.locales import Words, marked
from alerts.model import (
    FOREVER,
    Button,
    OwnWatchlist,
    RuleSet,
    Severity,
    Status,
    Subscriber,
    Subscription,
    Watchlist,
    is_paused,
)

_PAUSED: Final = marked("paused")
_PAUSED_UNTIL: Final = marked("paused until {until}")
_IN_TOPIC: Final = marked("in a topic")
_NOT_UNDERSTOOD: Final = marked("not understood any more, as a name in it is gone: /edit {number}")
_GONE: Final = marked("not offered any more")

#: Watchlists on one page.
PAGE: Final = 8
#: Of an id in a button, behind "/unsubscribe " and before the number of a page.
_MOST_ID: Final = 40
_DIGITS: Final = 20
_LABEL: Final = 40
T = TypeVar("T")


def key_of(watchlist: str) -> str:
    """Return what names an operator's watchlist in a button: its id, or digits that stand for it."""
    if len(watchlist) <= _MOST_ID:
        return watchlist
    return sha256(watchlist.encode()).hexdigest()[:_DIGITS]


def offered(rules: RuleSet) -> list[Watchlist]:
    """Return the operator's watchlists that can be subscribed to, by title."""
    active = [each for each in rules.watchlists if each.status is Status.ACTIVE]
    return sorted(active, key=lambda each: (each.title.casefold(), each.id))


def named(watchlists: Iterable[str], key: str) -> str:
    """Return which of *watchlists*, ids, *key* names; empty: none of them."""
    ids = list(watchlists)
    by_key = (each for each in ids if key_of(each) == key)
    return key if key in ids else next(by_key, "")


def title_of(rules: RuleSet, watchlist: str) -> str:
    """Return the title of an operator's watchlist; its id where it is gone."""
    titles = (each.title for each in rules.watchlists if each.id == watchlist)
    return brief(next(titles, watchlist))


def pause_said(words: Words, until: datetime | None, zone: str, now: datetime) -> Markup:
    """Return "paused until 24 Nov, 07:00"; empty: it is not paused."""
    if until is None or not is_paused(until, now):
        return Markup()
    if until == FOREVER:
        return words.say(_PAUSED)
    return words.say(_PAUSED_UNTIL, until=words.moment(until, zone))


def own_said(
    words: Words, subscriber: Subscriber, own: OwnWatchlist, *, now: datetime, understood: bool
) -> Markup:
    """Return one of a subscriber's own on a line: its number, its title and how it stands."""
    facts = [
        severity_label(words, own.severity),
        pause_said(words, own.paused_until, subscriber.time_zone, now),
        words.say(_IN_TOPIC) if own.thread is not None else Markup(),
        Markup() if understood else words.say(_NOT_UNDERSTOOD, number=own.number),
    ]
    title = words.say(marked("{number}. <b>{title}</b>"), number=own.number, title=brief(own.title))
    return _line(title, facts)


def subscribed_said(
    words: Words, subscriber: Subscriber, one: Subscription, rules: RuleSet, now: datetime
) -> Markup:
    """Return one of the operator's on a line, which *subscriber* hears of."""
    watchlist = next((each for each in offered(rules) if each.id == one.watchlist), None)
    facts = [
        severity_label(words, watchlist.severity) if watchlist else words.say(_GONE),
        pause_said(words, one.paused_until, subscriber.time_zone, now),
        words.say(_IN_TOPIC) if one.thread is not None else Markup(),
    ]
    return _line(offered_title(words, title_of(rules, one.watchlist)), facts)


def offered_said(words: Words, title: str, severity: Severity) -> Markup:
    """Return one of the operator's on a line, for whoever may not hear of it yet."""
    return _line(offered_title(words, brief(title)), [severity_label(words, severity)])


def offered_title(words: Words, title: str) -> Markup:
    """Return the title of one of the operator's."""
    return words.say(marked("• <b>{title}</b>"), title=title)


def _line(title: Markup, facts: Sequence[str]) -> Markup:
    return Markup(" · ").join([title, *(fact for fact in facts if fact)])


def label(title: str, *, before: str = "") -> str:
    """Return *title* as it fits on a button."""
    return f"{before}{brief(title, _LABEL)}"


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """A part of a list; the first is 1."""

    items: Sequence[T]
    number: int
    count: int

    def turned(self, command: str) -> tuple[Button, ...]:
        """Return the buttons that turn to the pages beside it; *command* is followed by a number."""
        keys = []
        if self.number > 1:
            keys.append(button("«", f"{command} {self.number - 1}"))
        if self.number < self.count:
            keys.append(button("»", f"{command} {self.number + 1}"))
        return tuple(keys)


def page(items: Sequence[T], number: int) -> Page[T]:
    """Return a page of *items*; where there is none of that number, the nearest."""
    count = max(1, -(-len(items) // PAGE))
    number = min(max(number, 1), count)
    return Page(items[(number - 1) * PAGE : number * PAGE], number, count)
