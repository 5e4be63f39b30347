"""/watchlists: what is heard of, one's own and the operator's, and what becomes of each."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from alerts.bot.commands import drafting
from alerts.bot.commands.catalogue import catalogue
from alerts.bot.desk import Desk
from alerts.bot.draft_said import severity_label
from alerts.bot.numbered import numbered
from alerts.bot.talk import Call, Command, Says, button
from alerts.bot.terms_said import flaw_said, terms_said
from alerts.bot.typed import brief
from alerts.bot.watchlist_said import (
    key_of,
    label,
    named,
    offered,
    own_said,
    page,
    pause_said,
    subscribed_said,
    title_of,
)
from alerts.locales import marked
from alerts.model import Button, OwnWatchlist, Subscriber, Subscription, is_paused
from alerts.subscribers.draft import DraftFlaw
from alerts.subscribers.kept import wish_of_own

_NONE: Final = marked(
    "You have no watchlists yet. Make one of your own, or take one that is ready-made."
)
_YOURS: Final = marked("What you hear of:")
_ALL_PAUSED: Final = marked("At the moment everything is paused: /resume")
_OWN: Final = marked("Watchlist {number}: <b>{title}</b>")
_THEIRS: Final = marked("Ready-made watchlist: <b>{title}</b>")
_SINCE: Final = marked("Since {at}.")
_LINK: Final = marked("To share it: {link}")
_NOT_OFFERED: Final = marked("The operator does not offer it any more, so it does not ring.")
_LOST: Final = marked(
    "It does not ring: a name in it is known no more. Send its words again, or others: /edit"
    " {number}"
)
_GONE: Final = marked("There is no such watchlist any more.")
_REALLY: Final = marked(
    "Delete watchlist {number}, <b>{title}</b>? It does not ring any more then."
)
_DELETED: Final = marked("Watchlist {number}, <b>{title}</b>, is deleted.")
_WHICH: Final = marked("Which one? Say its number: <code>{example}</code>")
_WATCH: Final = marked("Watch for something")
_CATALOGUE: Final = marked("Ready-made watchlists")
_EDIT: Final = marked("Edit")
_PAUSE: Final = marked("Pause")
_RESUME: Final = marked("Resume")
_DELETE: Final = marked("Delete")
_YES: Final = marked("Yes, delete it")
_KEEP: Final = marked("Keep it")
_END: Final = marked("Hear of it no more")
_BACK: Final = marked("All of mine")

_EXAMPLE: Final = "/unwatch 2"
_OWN_ONES = OwnWatchlist | Subscription


async def watchlists(call: Call, desk: Desk) -> Says:
    """Show a page of what is heard of, one of them, or the operator's."""
    verb, _, rest = call.text.strip().partition(" ")
    match verb.casefold():
        case "catalogue" | "catalog":
            return await asyncio.to_thread(catalogue, call, desk, rest)
        case "show":
            return await _show_own(call, desk, numbered(rest)[0])
        case "of":
            return _show_theirs(call, desk, rest)
        case _:
            number, _ = numbered(call.text)
            return _list(call, desk, number or 1)


async def unwatch(call: Call, desk: Desk) -> Says:
    """Delete one of one's own, once somebody has said that it is really meant."""
    words, subscriber = call.words, call.subscriber
    number, rest = numbered(call.text)
    if number is None:
        return Says(html=words.say(_WHICH, example=_EXAMPLE), buttons=(_back(call),))
    own = subscriber.own(number) if subscriber is not None else None
    if subscriber is None or own is None:
        return Says(html=words.say(_GONE), buttons=(_back(call),))
    title = brief(own.title)
    if rest != "yes":
        yes = button(words.of(_YES), f"/unwatch {number} yes")
        keep = button(words.of(_KEEP), f"/watchlists show {number}")
        said = words.say(_REALLY, number=number, title=title)
        return Says(html=said, buttons=((yes, keep),))
    await desk.members.unwatch(subscriber, number)
    return Says(html=words.say(_DELETED, number=number, title=title), buttons=(_back(call),))


# --- the list -----------------------------------------------------------------------------------------


def _list(call: Call, desk: Desk, number: int) -> Says:
    words, who = call.words, call.subscriber
    new = (
        (button(words.of(_WATCH), "/watch"),),
        (button(words.of(_CATALOGUE), "/watchlists catalogue"),),
    )
    all_: list[_OWN_ONES] = [*who.watchlists, *who.subscriptions] if who is not None else []
    if who is None or not all_:
        return Says(html=words.say(_NONE), buttons=new)
    shown = page(all_, number)
    lines = [_said(call, desk, who, one) for one in shown.items]
    html = words.say(_YOURS) + "\n\n" + Markup("\n").join(lines)
    if is_paused(who.paused_until, call.now):
        html += "\n\n" + words.say(_ALL_PAUSED)
    rows = [(_opening(desk, one),) for one in shown.items]
    turned = shown.turned("/watchlists")
    return Says(html=html, buttons=(*rows, *((turned,) if turned else ()), *new))


def _said(call: Call, desk: Desk, who: Subscriber, one: _OWN_ONES) -> Markup:
    if isinstance(one, Subscription):
        return subscribed_said(call.words, who, one, desk.rules, call.now)
    understood = desk.members.is_understood(who, one)
    return own_said(call.words, who, one, now=call.now, understood=understood)


def _opening(desk: Desk, one: _OWN_ONES) -> Button:
    if isinstance(one, Subscription):
        title = label(title_of(desk.rules, one.watchlist))
        return button(title, f"/watchlists of {key_of(one.watchlist)}")
    return button(label(one.title, before=f"{one.number}. "), f"/watchlists show {one.number}")


# --- one of them --------------------------------------------------------------------------------------


async def _show_own(call: Call, desk: Desk, number: int | None) -> Says:
    words, who = call.words, call.subscriber
    own = who.own(number) if who is not None and number is not None else None
    if who is None or own is None:
        return Says(html=words.say(_GONE), buttons=(_back(call),))
    parts = [
        words.say(_OWN, number=own.number, title=brief(own.title)),
        await _meaning(call, desk, own),
        Markup("\n").join(_standing(call, who, own)),
    ]
    if not desk.members.is_understood(who, own):
        parts.append(words.say(_LOST, number=own.number))
    return Says(html=Markup("\n\n").join(parts), buttons=_buttons(call, own))


async def _meaning(call: Call, desk: Desk, own: OwnWatchlist) -> Markup:
    draft = await asyncio.to_thread(wish_of_own, own, desk.readers)
    meant = await drafting.resolved(desk, draft)
    if isinstance(meant, DraftFlaw):
        return flaw_said(call.words, meant)
    return terms_said(call.words, meant)


def _standing(call: Call, who: Subscriber, own: OwnWatchlist) -> Iterator[Markup]:
    words = call.words
    paused = pause_said(words, own.paused_until, who.time_zone, call.now)
    facts = [severity_label(words, own.severity), *([paused] if paused else [])]
    yield Markup(" · ").join(facts)
    yield words.say(_SINCE, at=words.moment(own.created_at, who.time_zone))


def _buttons(call: Call, own: OwnWatchlist) -> tuple[tuple[Button, ...], ...]:
    words, number = call.words, own.number
    again = button(words.of(_RESUME), f"/resume {number}")
    pause = button(words.of(_PAUSE), f"/pause {number} on")
    keys = (
        button(words.of(_EDIT), f"/edit {number}"),
        again if is_paused(own.paused_until, call.now) else pause,
        button(words.of(_DELETE), f"/unwatch {number}"),
    )
    return keys, _back(call)


def _show_theirs(call: Call, desk: Desk, key: str) -> Says:
    words, who = call.words, call.subscriber
    by_id = {one.watchlist: one for one in who.subscriptions} if who is not None else {}
    one = by_id.get(named(by_id, key.strip()))
    if who is None or one is None:
        return Says(html=words.say(_GONE), buttons=(_back(call),))
    key = key_of(one.watchlist)
    parts = [
        words.say(_THEIRS, title=title_of(desk.rules, one.watchlist)),
        subscribed_said(words, who, one, desk.rules, call.now),
        words.say(_SINCE, at=words.moment(one.created_at, who.time_zone)),
    ]
    if any(each.id == one.watchlist for each in offered(desk.rules)):
        link = f"https://t.me/{desk.username}?start={one.watchlist}"
        parts.append(words.say(_LINK, link=link))
    else:
        parts.append(words.say(_NOT_OFFERED))
    again = button(words.of(_RESUME), f"/resume {key}")
    pause = button(words.of(_PAUSE), f"/pause {key} on")
    first = again if is_paused(one.paused_until, call.now) else pause
    end = button(words.of(_END), f"/unsubscribe {key}")
    return Says(html=Markup("\n\n").join(parts), buttons=((first, end), _back(call)))


def _back(call: Call) -> tuple[Button, ...]:
    return (button(call.words.of(_BACK), "/watchlists"),)


COMMAND: Final = Command(
    name="watchlists",
    does=watchlists,
    about=marked("what you hear of, and what else there is"),
)
UNWATCH: Final = Command(name="unwatch", does=unwatch, changes=True)
