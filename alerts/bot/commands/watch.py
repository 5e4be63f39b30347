"""/watch: a watchlist by talking, in one line or step by step; also plain words in a private chat."""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Mapping
from datetime import timedelta
from typing import Final

from alerts.bot.commands import drafting, guided
from alerts.bot.commands.draft_presses import PRESSED
from alerts.bot.commands.drafting import Sketch
from alerts.bot.commands.guided import Guide
from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says, button
from alerts.locales import marked
from alerts.storage.dialogues import Dialogue
from alerts.subscribers.draft import Draft

_STALE: Final = marked("That was saved or dropped already.")
_NEWER: Final = marked("Something newer has taken its place.")
_USELESS: Final = marked("This button is of no use any more.")
_DROPPED: Final = marked("Dropped. Nothing was saved.")
_AGAIN: Final = marked("Watch for something else")

#: So long words are taken for other words of what is being made; then they are another wish.
_FRESH: Final = timedelta(hours=1)
#: What a button says: a verb, the key of its dialogue, and what the verb is about.
_BUTTON: Final = re.compile(r"(?P<verb>[a-z]+) (?P<key>[0-9a-f]{8})(?: (?P<rest>.*))?")
_GUIDED: Final[Mapping[str, Callable[[Call, Desk, Guide, str], Awaitable[Says]]]] = {
    "skip": guided.skip,
    "about": guided.about,
}


async def watch(call: Call, desk: Desk) -> Says:
    """Begin a watchlist, or do what one of the buttons of a draft says."""
    pressed = _BUTTON.fullmatch(call.text) if call.is_press else None
    if pressed is not None:
        return await _pressed(call, desk, pressed["verb"], pressed["key"], pressed["rest"] or "")
    if not call.text.strip():
        return await guided.begin(call, desk)
    return await drafting.begin(call, desk, Draft(wish=call.text, thread=call.chat.thread))


async def go_on(call: Call, desk: Desk) -> Says:
    """Go on with what was typed: an answer, or other words for what is being made."""
    dialogue = call.dialogue
    guide = Guide.of(dialogue) if dialogue is not None else None
    if guide is not None:
        return await guided.answered(call, desk, guide)
    sketch = Sketch.of(dialogue) if dialogue is not None else None
    if sketch is not None and sketch.update == call.key:  # it was brought again
        return await drafting.begin(call, desk, sketch.draft)
    if sketch is None or call.now - sketch.dialogue.asked_at > _FRESH:
        return await watch(call, desk)
    before = sketch.draft
    draft = Draft(
        wish=call.text,
        title=before.title,
        severity=before.severity,
        number=before.number,
        thread=before.thread,
    )
    return await drafting.begin(call, desk, draft)


async def _pressed(call: Call, desk: Desk, verb: str, key: str, rest: str) -> Says:
    dialogue = await desk.storage.dialogues.by_key(call.chat.address, key)
    if dialogue is None:
        return Says(toast=call.words.of(_NEWER if _is_making(call) else _STALE))
    try:
        said = await _said(call, desk, dialogue, verb, rest)
    except (ValueError, IndexError):
        said = None
    return said if said is not None else Says(toast=call.words.of(_USELESS))


async def _said(call: Call, desk: Desk, dialogue: Dialogue, verb: str, rest: str) -> Says | None:
    """Do what a button of *dialogue* says; None: it has no such button."""
    sketch, guide = Sketch.of(dialogue), Guide.of(dialogue)
    if sketch is not None and verb in PRESSED:
        return await PRESSED[verb](call, desk, sketch, rest)
    if guide is not None and verb in _GUIDED:
        return await _GUIDED[verb](call, desk, guide, rest)
    if guide is not None and verb == "cancel":
        await desk.storage.dialogues.end(dialogue.chat, dialogue.person)
        again = button(call.words.of(_AGAIN), "/watch")
        return Says(html=call.words.say(_DROPPED), buttons=((again,),))
    return None


def _is_making(call: Call) -> bool:
    return call.dialogue is not None and call.dialogue.about == drafting.ABOUT


COMMAND: Final = Command(
    name=drafting.ABOUT,
    does=watch,
    about=marked("what you want to hear of"),
    changes=True,
    waits=True,
    continues=go_on,
)
