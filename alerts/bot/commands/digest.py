"""/digest: everything at once, at agreed hours."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.hours_said import digest_said, next_digest_said
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.times import WEEKDAYS, digest_of, is_off, plain
from alerts.bot.typed import brief
from alerts.bot.zones import shown
from alerts.locales import Words, marked
from alerts.model import DigestHours, Subscriber, Weekday

_NONE: Final = marked("There is no digest: alerts come one by one, when they happen.")
_NOW: Final = marked("Digest: {digest} (time zone <code>{zone}</code>). The next one comes {next}.")
_SET: Final = marked(
    "Done. Digest: {digest} (time zone <code>{zone}</code>). The next one comes {next}."
)
_WAITS: Final = marked("Everything waits for it, critical alerts as well.")
_ENDED: Final = marked("Done. No digest any more: alerts come one by one, when they happen.")
_LEFT: Final = marked("What had gathered comes now.")
_HOW: Final = marked("Type other hours like this: <code>{example}</code>")
_UNREAD: Final = marked(
    "I cannot read “{typed}” as hours and days. For example: <code>{example}</code>"
)
_WHOSE_CLOCK: Final = marked("That is by UTC. Where you live the clock may say something else:")
_OFF: Final = marked("No digest")
_ZONE: Final = marked("Set the time zone")
_ON_WEEKDAYS: Final = marked("{hours}, weekdays")

_EXAMPLE: Final = "/digest 07:00 17:00 weekdays"
_MORNING: Final = time(7)
_OFFERED: Final = (
    DigestHours(at=(_MORNING,)),
    DigestHours(at=(_MORNING, time(17))),
    DigestHours(at=(_MORNING,), days=WEEKDAYS),
    DigestHours(at=(_MORNING, time(17)), days=WEEKDAYS),
)


async def digest(call: Call, desk: Desk) -> Says:
    """Set the hours of digests, end them, or show those that there are."""
    words = call.words
    if not call.text.strip():
        return _says(call, _state(call, call.subscriber), call.subscriber)
    names = {plain(words.day(day)): day for day in Weekday}
    wanted = None if is_off(call.text) else digest_of(call.text, names)
    if wanted is None and not is_off(call.text):
        said = words.say(_UNREAD, typed=brief(call.text), example=_EXAMPLE)
        return _says(call, said, call.subscriber)
    before = await desk.member(call)
    subscriber = replace(before, digest=wanted)
    await desk.members.keep(subscriber)
    if wanted is None:
        said = words.say(_ENDED)
        if before.digest is not None:
            said += " " + words.say(_LEFT)
        return _says(call, said, subscriber)
    return _says(call, _done(call, subscriber), subscriber)


def _says(call: Call, said: Markup, subscriber: Subscriber | None) -> Says:
    return Says(html=said, buttons=_buttons(call.words, subscriber))


def _state(call: Call, subscriber: Subscriber | None) -> Markup:
    words = call.words
    lines = [words.say(_NONE)]
    if subscriber is not None and subscriber.digest is not None:
        lines = [_told(call, _NOW, subscriber, subscriber.digest)]
    lines.append(words.say(_HOW, example=_EXAMPLE))
    return Markup("\n\n").join(lines)


def _done(call: Call, subscriber: Subscriber) -> Markup:
    words = call.words
    assert subscriber.digest is not None
    lines = [_told(call, _SET, subscriber, subscriber.digest), words.say(_WAITS)]
    if subscriber.time_zone == "UTC":
        lines.append(words.say(_WHOSE_CLOCK))
    return Markup("\n\n").join(lines)


def _told(call: Call, text: str, subscriber: Subscriber, digest: DigestHours) -> Markup:
    words = call.words
    return words.say(
        text,
        digest=digest_said(words, digest),
        zone=shown(subscriber.time_zone),
        next=next_digest_said(words, subscriber, call.now),
    )


def _buttons(words: Words, subscriber: Subscriber | None) -> Rows:
    """Offer other hours, the end of it, and the clock where nobody chose one."""
    now = subscriber.digest if subscriber is not None else None
    offered = [button(_label(words, each), _typed(each)) for each in _OFFERED if each != now]
    rows = [tuple(offered[:2]), tuple(offered[2:])]
    if now is not None:
        rows.append((button(words.of(_OFF), "/digest off"),))
        if subscriber is not None and subscriber.time_zone == "UTC":
            rows.append((button(words.of(_ZONE), "/timezone"),))
    return tuple(rows)


def _label(words: Words, digest: DigestHours) -> str:
    hours = " ".join(map(words.clock, digest.at))
    return f"{words.say(_ON_WEEKDAYS, hours=hours).unescape()}" if digest.days else hours


def _typed(digest: DigestHours) -> str:
    """Return the command that asks for *digest*."""
    hours = " ".join(f"{at:%H:%M}" for at in digest.at)
    return f"/digest {hours} weekdays" if digest.days else f"/digest {hours}"


COMMAND: Final = Command(
    name="digest",
    does=digest,
    about=marked("everything at once, at hours that you choose"),
    changes=True,
)
