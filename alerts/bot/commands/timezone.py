"""/timezone: by which clock quiet hours and digests are, typed or by a shared location.

Of a location nothing is kept but the zone that it lies in.
"""

from __future__ import annotations

import asyncio
from dataclasses import replace
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.typed import brief
from alerts.bot.zones import Option, others, shown, zone_at, zones_called
from alerts.gazetteer.shipped import shipped
from alerts.locales import Words, marked

_NOW: Final = marked("The time zone here is <code>{zone}</code>: it is {time}.")
_HOW: Final = marked(
    "Send me the name of a city or country, or something like <code>UTC+3</code>; or share a"
    " location (paperclip → Location), of which I keep nothing but the time zone."
)
_SET: Final = marked("Done. The time zone is <code>{zone}</code>: it is {time}.")
_NOT_SO: Final = marked("If your clock says something else, choose what it says:")
_WHICH: Final = marked("Which one is it?")
_LIKE: Final = marked("I do not know “{typed}”. Did you mean one of these?")
_UNKNOWN: Final = marked(
    "I do not know “{typed}”. Try a larger city nearby, the country, or something like"
    " <code>UTC+3</code>."
)
_NOWHERE: Final = marked("That is no place on earth. Please send the name of a city instead.")
_ABOUT: Final = "timezone"


async def timezone(call: Call, desk: Desk) -> Says:
    """Set the time zone, ask which one is meant, or show the one that holds."""
    if call.location is not None:
        try:
            zone = await asyncio.to_thread(zone_at, call.location, shipped())
        except ValueError:
            return Says(html=call.words.say(_NOWHERE))
        return await _set(call, desk, zone)
    if not call.text.strip():
        return await _ask(call, desk)
    found = await asyncio.to_thread(zones_called, call.text, shipped(), now=call.now)
    if len(found.options) == 1 and not found.is_guess:
        return await _set(call, desk, found.options[0].zone)
    if not found.options:
        return Says(html=call.words.say(_UNKNOWN, typed=brief(call.text)))
    asked = (
        call.words.say(_LIKE, typed=brief(call.text)) if found.is_guess else call.words.say(_WHICH)
    )
    rows = ((button(_label(call, each), _typed(each.zone)),) for each in found.options)
    return Says(html=asked, buttons=tuple(rows))


async def _set(call: Call, desk: Desk, zone: str) -> Says:
    words = call.words
    await desk.members.keep(replace(await desk.member(call), time_zone=zone))
    if call.dialogue is not None and call.dialogue.about == _ABOUT:
        await desk.ended(call)
    lines = [words.say(_SET, zone=shown(zone), time=words.moment(call.now, zone))]
    rows = _others(call, zone)
    if rows:
        lines.append(words.say(_NOT_SO))
    return Says(html=Markup("\n\n").join(lines), buttons=rows)


async def _ask(call: Call, desk: Desk) -> Says:
    words = call.words
    zone = call.subscriber.time_zone if call.subscriber is not None else "UTC"
    await desk.ask(call, _ABOUT, {})
    now = words.say(_NOW, zone=shown(zone), time=words.moment(call.now, zone))
    # A group's bot only hears what replies to it; a press' message stays where it is.
    asks = not call.chat.is_private
    return Says(html=now + Markup("\n\n") + words.say(_HOW), asks=asks, apart=asks)


def _others(call: Call, zone: str) -> Rows:
    """Offer the other clocks of the country, two in a row."""
    offered = [
        button(f"{shown(each)} · {_clock(call.words, call, each)}", _typed(each))
        for each in others(zone, now=call.now)
    ]
    return tuple(tuple(offered[start : start + 2]) for start in range(0, len(offered), 2))


def _label(call: Call, option: Option) -> str:
    words, place = call.words, option.place
    time = _clock(words, call, option.zone)
    if place is None:
        return f"{shown(option.zone)} · {time}"
    country = words.country(place.country)
    where = f"{place.name}, {country}" if place.at is not None or place.area else shown(option.zone)
    return f"{where} · {time}"


def _clock(words: Words, call: Call, zone: str) -> str:
    return words.clock(call.now.astimezone(ZoneInfo(zone)).time())


def _typed(zone: str) -> str:
    return f"/timezone {zone}"


COMMAND: Final = Command(
    name=_ABOUT,
    does=timezone,
    about=marked("by which clock your hours are"),
    changes=True,
    continues=timezone,
)
