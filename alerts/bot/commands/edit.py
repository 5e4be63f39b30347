"""/edit: other words, another urgency or another title for one of one's own watchlists."""

from __future__ import annotations

import asyncio
import re
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from alerts.bot.commands import drafting
from alerts.bot.desk import Desk
from alerts.bot.numbered import numbered
from alerts.bot.rewording import to_copy
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.typed import brief
from alerts.bot.watchlist_said import label
from alerts.locales import marked
from alerts.model import OwnWatchlist, Subscriber
from alerts.subscribers.draft import MOST_OF_TITLE, Draft, title_of
from alerts.subscribers.kept import wish_of_own
from alerts.watchlists.wishes import Wish, wish_of

_WHICH: Final = marked("Which one shall be changed?")
_NONE: Final = marked("You have no watchlists of your own yet.")
_GONE: Final = marked("There is no watchlist {number}. Yours: /watchlists")
_PRESENT: Final = marked(
    "Watchlist {number}, <b>{title}</b>. Send me its new words. These are the present ones, to be"
    " copied:\n<code>{wish}</code>"
)
_RENAME: Final = marked("Another title: <code>{example}</code>")
_RENAMED: Final = marked("Watchlist {number} is called <b>{title}</b> now.")
_NO_TITLE: Final = marked("What shall it be called? For example: <code>{example}</code>")
_SETTINGS: Final = marked("Urgency, topic, meaning…")
_OPEN: Final = marked("Open")
_DRONES: Final = marked("Drones")
_CANCEL: Final = marked("Cancel")
_WATCH: Final = marked("Watch for something")

#: What a title is set with: /edit 3 title: Drones
_TITLE: Final = re.compile(r"title\s*[:=]\s*(?P<title>.*)", re.DOTALL | re.IGNORECASE)
#: Buttons in a row, where there are so many that one each would fill the screen.
_MANY: Final = 8


async def edit(call: Call, desk: Desk) -> Says:
    """Ask which, ask for new words, or show what the new words would be."""
    who = call.subscriber
    if who is None or not who.watchlists:
        watch = (button(call.words.of(_WATCH), "/watch"),)
        return Says(html=call.words.say(_NONE), buttons=(watch,))
    number, rest = numbered(call.text)
    if number is None:
        return Says(html=call.words.say(_WHICH), buttons=_choices(who))
    own = who.own(number)
    if own is None:
        return Says(html=call.words.say(_GONE, number=number))
    if titled := _TITLE.fullmatch(rest):
        return await _rename(call, desk, own, titled["title"])
    draft = await asyncio.to_thread(_draft, own, desk)
    if not rest:
        return await _ask(call, desk, own, draft)
    # Choices were of the words of before.
    return await drafting.begin(call, desk, replace(draft, wish=rest, choices={}))


async def rename(call: Call, desk: Desk) -> Says:
    """Give one of one's own another title."""
    number, rest = numbered(call.text)
    own = call.subscriber.own(number) if call.subscriber is not None and number else None
    if own is not None:
        return await _rename(call, desk, own, rest)
    if number is not None:
        return Says(html=call.words.say(_GONE, number=number))
    return Says(html=call.words.say(_NO_TITLE, example=f"/rename 1 {call.words.of(_DRONES)}"))


async def _rename(call: Call, desk: Desk, own: OwnWatchlist, typed: str) -> Says:
    title = brief(typed, MOST_OF_TITLE)
    words, number = call.words, own.number
    if not title:
        return Says(html=words.say(_NO_TITLE, example=f"/rename {number} {words.of(_DRONES)}"))
    kept = await desk.members.watch(await desk.member(call), replace(own, title=title))
    if kept is None:
        return Says(html=words.say(_GONE, number=number))
    opened = (button(words.of(_OPEN), f"/watchlists show {number}"),)
    return Says(html=words.say(_RENAMED, number=number, title=title), buttons=(opened,))


async def _ask(call: Call, desk: Desk, own: OwnWatchlist, draft: Draft) -> Says:
    """Ask for new words; what is typed next takes the place of the present ones in the draft."""
    state = drafting.state_of(draft, call, is_shown=True)
    dialogue = await desk.ask(call, drafting.ABOUT, state)
    words, number = call.words, own.number
    parts = [
        words.say(_PRESENT, number=number, title=brief(own.title), wish=to_copy(own.wish)),
        words.say(_RENAME, example=f"/rename {number} {words.of(_DRONES)}"),
    ]
    html = Markup("\n\n").join(parts)
    if not call.chat.is_private:
        # Telegram opens the field for the answer or shows buttons, not both.
        follows = None if call.is_press else call.message
        return Says(html=html, asks=True, apart=True, follows=follows)
    rows = (
        (button(words.of(_SETTINGS), f"/watch back {dialogue.key}"),),
        (button(words.of(_CANCEL), f"/watch cancel {dialogue.key}"),),
    )
    return Says(html=html, buttons=rows)


def _draft(own: OwnWatchlist, desk: Desk) -> Draft:
    """Return *own* as a draft; a title that was made of its words is made anew."""
    draft = wish_of_own(own, desk.readers)
    wish = wish_of(own.wish)
    is_made = isinstance(wish, Wish) and own.title == title_of(wish)
    return replace(draft, title="") if is_made else draft


def _choices(who: Subscriber) -> Rows:
    keys = [
        button(label(own.title, before=f"{own.number}. "), f"/edit {own.number}")
        for own in who.watchlists
    ]
    wide = 1 if len(keys) <= _MANY else 2
    return tuple(tuple(keys[at : at + wide]) for at in range(0, len(keys), wide))


COMMAND: Final = Command(
    name="edit",
    does=edit,
    about=marked("change one of your watchlists"),
    changes=True,
)
RENAME: Final = Command(name="rename", does=rename, changes=True)
