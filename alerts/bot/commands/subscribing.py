"""Hearing of a watchlist of the operator: by a link, by a button of the catalogue, or by its name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from alerts.bot.commands.catalogue import catalogue, having
from alerts.bot.desk import Desk
from alerts.bot.draft_said import severity_label
from alerts.bot.talk import Call, Command, Says, button
from alerts.bot.typed import brief
from alerts.bot.watchlist_said import key_of, label, named, offered, title_of
from alerts.locales import marked
from alerts.model import Button, Subscriber, Subscription, Watchlist, is_paused
from alerts.subscribers.members import MOST_SUBSCRIPTIONS

_DONE: Final = marked("You hear of <b>{title}</b> ({severity}) from now on.")
_ALREADY: Final = marked("You hear of <b>{title}</b> ({severity}) already.")
_ENDED: Final = marked("You hear of <b>{title}</b> no more.")
_NOT_HEARD: Final = marked("You do not hear of that watchlist.")
_NO_MORE: Final = marked("That one is not offered any more.")
_UNKNOWN: Final = marked(
    "There is no ready-made watchlist “{typed}”, or none any more. These there are:"
)
_WHICH: Final = marked("Which one?")
_FULL: Final = marked(
    "You hear of {most} ready-made watchlists, which is as many as can be. End one of them first:"
    " /watchlists"
)
_PAUSED: Final = marked("At the moment everything is paused: /resume")
_UNDO: Final = marked("Undo")
_AGAIN: Final = marked("Hear of it again")
_MORE: Final = marked("Ready-made watchlists")
_YOURS: Final = marked("Your watchlists")


async def begin(call: Call, desk: Desk, id_: str) -> Says:
    """Subscribe to the watchlist of that id, where a link led."""
    watchlist = _found(desk, id_.strip())
    if watchlist is None:
        return _unknown(call, desk, id_)
    subscriber = await desk.member(call)
    if _heard(subscriber, watchlist.id) is not None:
        return _told(call, subscriber, watchlist, _ALREADY)
    if not await _subscribe(call, desk, subscriber, watchlist):
        return Says(html=call.words.say(_FULL, most=MOST_SUBSCRIPTIONS))
    return _told(call, subscriber, watchlist, _DONE)


async def subscribe(call: Call, desk: Desk) -> Says:
    """Subscribe by key or name; a number behind a key is the page of the catalogue to go back to."""
    key, number = _parted(call.text)
    if not number or not call.is_press:
        return await begin(call, desk, call.text) if call.text else catalogue(call, desk, "")
    watchlist = _found(desk, key)
    if watchlist is None:
        return replace(catalogue(call, desk, number), toast=call.words.of(_NO_MORE))
    subscriber = await desk.member(call)
    is_new = _heard(subscriber, watchlist.id) is None
    if is_new and not await _subscribe(call, desk, subscriber, watchlist):
        return Says(toast=str(call.words.say(_FULL, most=MOST_SUBSCRIPTIONS).unescape()))
    return catalogue(call, desk, number, who=desk.members.of(call.chat.address))


async def unsubscribe(call: Call, desk: Desk) -> Says:
    """End a subscription by key or name."""
    key, number = _parted(call.text)
    is_paged = bool(number) and call.is_press
    key = key if is_paged else call.text.strip()
    subscriber = call.subscriber
    heard = [one.watchlist for one in subscriber.subscriptions] if subscriber is not None else []
    id_ = named(heard, key) or _by_title(desk, heard, key)
    if subscriber is not None and id_:
        await desk.members.unsubscribe(subscriber, id_)
    if is_paged:
        return catalogue(call, desk, number, who=desk.members.of(call.chat.address))
    if not id_:
        return Says(html=call.words.say(_NOT_HEARD), buttons=(_yours(call),))
    again = (button(call.words.of(_AGAIN), f"/subscribe {key_of(id_)}"),)
    title = title_of(desk.rules, id_)
    rows = (again, _yours(call)) if _found(desk, id_) is not None else (_yours(call),)
    return Says(html=call.words.say(_ENDED, title=title), buttons=rows)


async def _subscribe(call: Call, desk: Desk, who: Subscriber, watchlist: Watchlist) -> bool:
    wanted = Subscription(watchlist=watchlist.id, thread=call.chat.thread, created_at=desk.now())
    return await desk.members.subscribe(who, wanted)


def _told(call: Call, who: Subscriber, watchlist: Watchlist, text: str) -> Says:
    words, key = call.words, key_of(watchlist.id)
    severity = severity_label(words, watchlist.severity)
    said = words.say(text, title=brief(watchlist.title), severity=severity)
    if is_paused(who.paused_until, call.now):
        said += Markup(" ") + words.say(_PAUSED)
    undo = (button(words.of(_UNDO), f"/unsubscribe {key}"),)
    more = (button(words.of(_MORE), "/watchlists catalogue"), *_yours(call))
    return Says(html=said, buttons=(undo, more))


def _unknown(call: Call, desk: Desk, typed: str) -> Says:
    """Offer what may have been meant, or everything."""
    words = call.words
    likely = having(offered(desk.rules), typed)[:3]
    rows = [(button(label(each.title), f"/subscribe {key_of(each.id)}"),) for each in likely]
    rows.append((button(words.of(_MORE), "/watchlists catalogue"),))
    said = words.say(_WHICH) if likely else words.say(_UNKNOWN, typed=brief(typed))
    return Says(html=said, buttons=tuple(rows))


def _found(desk: Desk, key: str) -> Watchlist | None:
    by_id = {each.id: each for each in offered(desk.rules)}
    id_ = named(by_id, key) or _by_title(desk, by_id, key)
    return by_id.get(id_)


def _by_title(desk: Desk, ids: Iterable[str], typed: str) -> str:
    """Return the one of *ids* whose title was *typed*; empty: none, or several."""
    wanted = set(ids)
    found = [
        each.id
        for each in desk.rules.watchlists
        if each.id in wanted and each.title.casefold() == typed.casefold()
    ]
    return found[0] if len(found) == 1 else ""


def _heard(subscriber: Subscriber, id_: str) -> Subscription | None:
    return next((one for one in subscriber.subscriptions if one.watchlist == id_), None)


def _parted(text: str) -> tuple[str, str]:
    """Return what a button of the catalogue names, and its page; the latter empty where none is."""
    key, _, number = text.strip().partition(" ")
    return key, number if number.isdecimal() else ""


def _yours(call: Call) -> tuple[Button, ...]:
    return (button(call.words.of(_YOURS), "/watchlists"),)


SUBSCRIBE: Final = Command(name="subscribe", does=subscribe, changes=True)
UNSUBSCRIBE: Final = Command(name="unsubscribe", does=unsubscribe, changes=True)
