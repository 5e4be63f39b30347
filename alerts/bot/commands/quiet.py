"""/quiet: the hours in which only what is urgent enough comes."""

from __future__ import annotations

from dataclasses import replace
from datetime import time
from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.hours_said import quiet_said
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.times import is_off, quiet_of
from alerts.bot.typed import brief
from alerts.bot.zones import shown
from alerts.locales import Words, marked
from alerts.model import QuietHours, Severity, Subscriber

_NONE: Final = marked("There are no quiet hours: every alert comes at once.")
_NOW: Final = marked("Quiet hours: {quiet} (time zone <code>{zone}</code>).")
_MEANING: Final = marked("What comes meanwhile is kept, and told in one message at their end.")
_SET: Final = marked("Done. Quiet hours: {quiet} (time zone <code>{zone}</code>).")
_ENDED: Final = marked("Done. No quiet hours any more: every alert comes at once.")
_HOW: Final = marked("Type other hours like this: <code>{example}</code>")
_UNREAD: Final = marked(
    "I cannot read “{typed}” as hours. Say when they begin and end: <code>{example}</code>"
)
_DIGEST: Final = marked("As you have a digest, alerts wait for it anyway: /digest")
_WHOSE_CLOCK: Final = marked("That is by UTC. Where you live the clock may say something else:")
_OFF: Final = marked("No quiet hours")
_ZONE: Final = marked("Set the time zone")
_EXCEPT_CRITICAL: Final = marked("Except critical")
_EXCEPT_HIGH: Final = marked("Except high and critical")

_EXAMPLE: Final = "/quiet 22:00-07:00 except critical"
_OFFERED: Final = ((time(22), time(7)), (time(23), time(6)))
_SEVERITIES: Final = {Severity.CRITICAL: _EXCEPT_CRITICAL, Severity.HIGH: _EXCEPT_HIGH}


async def quiet(call: Call, desk: Desk) -> Says:
    """Set quiet hours, end them, or show those that there are."""
    words = call.words
    if not call.text.strip():
        subscriber = call.subscriber
        return Says(html=_state(words, subscriber), buttons=_buttons(words, subscriber))
    wanted = None if is_off(call.text) else quiet_of(call.text)
    if wanted is None and not is_off(call.text):
        said = words.say(_UNREAD, typed=brief(call.text), example=_EXAMPLE)
        return Says(html=said, buttons=_buttons(words, call.subscriber))
    subscriber = replace(await desk.member(call), quiet=wanted)
    await desk.members.keep(subscriber)
    return Says(html=_done(words, subscriber), buttons=_buttons(words, subscriber))


def _state(words: Words, subscriber: Subscriber | None) -> Markup:
    lines = [words.say(_NONE)]
    if subscriber is not None and subscriber.quiet is not None:
        said = quiet_said(words, subscriber.quiet)
        lines = [words.say(_NOW, quiet=said, zone=shown(subscriber.time_zone))]
        lines += [words.say(_MEANING)]
    lines += [words.say(_HOW, example=_EXAMPLE)]
    return Markup("\n\n").join(lines)


def _done(words: Words, subscriber: Subscriber) -> Markup:
    if subscriber.quiet is None:
        return words.say(_ENDED)
    said, zone = quiet_said(words, subscriber.quiet), shown(subscriber.time_zone)
    lines = [words.say(_SET, quiet=said, zone=zone), words.say(_MEANING)]
    if subscriber.digest is not None:
        lines.append(words.say(_DIGEST))
    if subscriber.time_zone == "UTC":
        lines.append(words.say(_WHOSE_CLOCK))
    return Markup("\n\n").join(lines)


def _buttons(words: Words, subscriber: Subscriber | None) -> Rows:
    """Offer other hours, other exceptions, the end of it, and the clock where nobody chose one."""
    quiet = subscriber.quiet if subscriber is not None else None
    below = quiet.below if quiet is not None else Severity.CRITICAL
    offered = [QuietHours(begin=begin, end=end, below=below) for begin, end in _OFFERED]
    hours = tuple(button(_label(words, each), _typed(each)) for each in offered)
    rows = [hours]
    if quiet is not None:
        rows += [
            (button(words.of(label), _typed(replace(quiet, below=severity))),)
            for severity, label in _SEVERITIES.items()
            if severity is not quiet.below
        ]
        rows.append((button(words.of(_OFF), "/quiet off"),))
        if subscriber is not None and subscriber.time_zone == "UTC":
            rows.append((button(words.of(_ZONE), "/timezone"),))
    return tuple(rows)


def _label(words: Words, quiet: QuietHours) -> str:
    return f"{words.clock(quiet.begin)}–{words.clock(quiet.end)}"


def _typed(quiet: QuietHours) -> str:
    """Return the command that asks for *quiet*."""
    return f"/quiet {quiet.begin:%H:%M}-{quiet.end:%H:%M} except {quiet.below.value}"


COMMAND: Final = Command(
    name="quiet",
    does=quiet,
    about=marked("hours in which I stay silent"),
    changes=True,
)
