"""/pause and /resume: nothing comes for a while, of everything or of one watchlist.

What happens meanwhile is not told later: who wants that has quiet hours or a digest.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.numbered import numbered
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.times import clock_of, plain, span_of
from alerts.bot.typed import brief
from alerts.bot.watchlist_said import key_of, named, title_of
from alerts.locales import Words, marked
from alerts.model import FOREVER, Button, OwnWatchlist, Subscriber, Subscription, is_paused

_ALL: Final = marked("Paused: nothing comes, and what happens meanwhile is not told later.")
_ALL_UNTIL: Final = marked(
    "Paused until {until}: nothing comes, and what happens meanwhile is not told later."
)
_ONE: Final = marked("“{title}” is paused: it does not ring.")
_ONE_UNTIL: Final = marked("“{title}” is paused until {until}: it does not ring.")
_RESUMED: Final = marked("Everything rings again from now on.")
_ONE_RESUMED: Final = marked("“{title}” rings again from now on.")
_STILL_ALL: Final = marked("At the moment everything is paused: /resume")
_STILL_ONES: Final = marked("Watchlists that you paused one by one stay so: /watchlists")
_NOT_PAUSED: Final = marked("Nothing is paused: everything rings.")
_NONE: Final = marked("There is no watchlist {what}. Yours: /watchlists")
_UNREAD: Final = marked(
    "I cannot read “{typed}” as a time. For example: <code>/pause 8h</code>, <code>/pause 3d</code>,"
    " <code>/pause until 18:00</code>, or <code>/pause 2</code> for watchlist 2."
)
_RESUME: Final = marked("Resume")
_OPEN: Final = marked("Open")
_FOR: Final = marked("For {span}")

_DAY: Final = timedelta(days=1)
_OFFERED: Final = {"8h": timedelta(hours=8), "1d": _DAY, "7d": 7 * _DAY}
#: What pauses without an end, and is no toggle: a button is pressed twice.
_ON: Final = "on"
_UNTIL: Final = re.compile(r"until ")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Subject:
    """A watchlist that is paused or resumed."""

    title: str
    #: What names it in a command.
    key: str
    #: The command that shows it.
    shown: str
    paused_until: datetime | None
    #: Keeps it paused until then.
    keep: Callable[[datetime | None], Awaitable[object]]


async def pause(call: Call, desk: Desk) -> Says:
    """Pause everything or one watchlist; one that is paused, named without a time, rings again."""
    subscriber = await desk.member(call)
    zone = subscriber.time_zone
    until = until_of(call.text, call.now, zone)
    if until is not None:
        return await _pause_all(call, desk, subscriber, until)
    number, rest = numbered(call.text)
    first, _, behind = call.text.strip().partition(" ")
    subject = _subject(desk, subscriber, number, first)
    if subject is None:
        return _unknown(call, number)
    time = rest if number is not None else behind
    if not time and is_paused(subject.paused_until, call.now):
        return await _resume_one(call, subject, subscriber)
    until = until_of(time, call.now, zone)
    if until is None:
        return Says(html=call.words.say(_UNREAD, typed=brief(time)))
    await subject.keep(until)
    return _one_paused(call, subject, until, zone)


async def resume(call: Call, desk: Desk) -> Says:
    """Let everything ring again, or one watchlist."""
    subscriber = await desk.member(call)
    if call.text.strip():
        number, _ = numbered(call.text)
        subject = _subject(desk, subscriber, number, call.text.strip())
        if subject is None:
            return _unknown(call, number)
        return await _resume_one(call, subject, subscriber)
    words = call.words
    was_paused = is_paused(subscriber.paused_until, call.now)
    if was_paused:
        await desk.members.keep(replace(subscriber, paused_until=None))
    said = words.say(_RESUMED if was_paused else _NOT_PAUSED)
    pauses = [each.paused_until for each in subscriber.watchlists]
    pauses += [each.paused_until for each in subscriber.subscriptions]
    if any(is_paused(until, call.now) for until in pauses):
        ones = words.say(_STILL_ONES)
        said = said + Markup(" ") + ones if was_paused else ones
    return Says(html=said)


def until_of(text: str, now: datetime, zone: str) -> datetime | None:
    """Return the moment until which *text* pauses, by the clock in *zone*; None: it says no time.

    `8h`, `until 18:00`, `18:00`; nothing at all, or "on", is without end.
    """
    typed = plain(text)
    if typed in ("", _ON):
        return FOREVER
    span = span_of(typed)
    if span is not None:
        return now + span
    clock = clock_of(_UNTIL.sub("", typed, count=1))
    if clock is None or typed.isdecimal():  # a number is a watchlist's
        return None
    there = now.astimezone(ZoneInfo(zone))
    at = datetime.combine(there.date(), clock, there.tzinfo)
    if at <= there:
        at = datetime.combine(there.date() + _DAY, clock, there.tzinfo)
    return at.astimezone(now.tzinfo)


# --- everything ---------------------------------------------------------------------------------------


async def _pause_all(call: Call, desk: Desk, subscriber: Subscriber, until: datetime) -> Says:
    await desk.members.keep(replace(subscriber, paused_until=until))
    words = call.words
    said = words.say(_ALL)
    if until != FOREVER:
        said = words.say(_ALL_UNTIL, until=words.moment(until, subscriber.time_zone))
    return Says(html=said, buttons=_spans(words, "/pause", "/resume"))


def _spans(words: Words, pauses: str, resumes: str) -> Rows:
    spans = tuple(
        button(str(words.say(_FOR, span=words.span(span)).unescape()), f"{pauses} {typed}")
        for typed, span in _OFFERED.items()
    )
    return ((button(words.of(_RESUME), resumes),), spans)


# --- one watchlist ------------------------------------------------------------------------------------


def _subject(desk: Desk, subscriber: Subscriber, number: int | None, key: str) -> _Subject | None:
    own = subscriber.own(number) if number is not None else None
    if own is not None:
        return _own(desk, subscriber, own)
    by_id = {one.watchlist: one for one in subscriber.subscriptions}
    one = by_id.get(named(by_id, key))
    return _subscribed(desk, subscriber, one) if one is not None else None


def _own(desk: Desk, subscriber: Subscriber, own: OwnWatchlist) -> _Subject:
    return _Subject(
        title=brief(own.title),
        key=str(own.number),
        shown=f"/watchlists show {own.number}",
        paused_until=own.paused_until,
        keep=lambda until: desk.members.watch(subscriber, replace(own, paused_until=until)),
    )


def _subscribed(desk: Desk, subscriber: Subscriber, one: Subscription) -> _Subject:
    key = key_of(one.watchlist)
    return _Subject(
        title=title_of(desk.rules, one.watchlist),
        key=key,
        shown=f"/watchlists of {key}",
        paused_until=one.paused_until,
        keep=lambda until: desk.members.subscribe(subscriber, replace(one, paused_until=until)),
    )


def _one_paused(call: Call, subject: _Subject, until: datetime, zone: str) -> Says:
    words = call.words
    said = words.say(_ONE, title=subject.title)
    if until != FOREVER:
        said = words.say(_ONE_UNTIL, title=subject.title, until=words.moment(until, zone))
    rows = _spans(words, f"/pause {subject.key}", f"/resume {subject.key}")
    return Says(html=said, buttons=(*rows, _opened(words, subject)))


async def _resume_one(call: Call, subject: _Subject, subscriber: Subscriber) -> Says:
    if subject.paused_until is not None:
        await subject.keep(None)
    words = call.words
    said = words.say(_ONE_RESUMED, title=subject.title)
    if is_paused(subscriber.paused_until, call.now):
        said += Markup(" ") + words.say(_STILL_ALL)
    return Says(html=said, buttons=(_opened(words, subject),))


def _opened(words: Words, subject: _Subject) -> tuple[Button, ...]:
    return (button(words.of(_OPEN), subject.shown),)


def _unknown(call: Call, number: int | None) -> Says:
    words = call.words
    if number is not None:
        return Says(html=words.say(_NONE, what=number))
    return Says(html=words.say(_UNREAD, typed=brief(call.text)))


PAUSE: Final = Command(
    name="pause", does=pause, about=marked("hear of nothing for a while"), changes=True
)
RESUME: Final = Command(name="resume", does=resume, about=marked("end a pause"), changes=True)
