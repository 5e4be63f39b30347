"""What the buttons below a draft do: save it, choose a meaning, change its urgency, its topic, its words."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Final

from markupsafe import Markup

from alerts.bot.commands.drafting import Sketch, end, keep, resolved, show_anew
from alerts.bot.desk import Desk
from alerts.bot.draft_said import is_term, otherwise_says
from alerts.bot.rewording import replaced, to_copy
from alerts.bot.talk import Call, Says, button
from alerts.bot.terms_said import flaw_said
from alerts.locales import marked
from alerts.model import OwnWatchlist, Severity, Subscriber, is_paused
from alerts.subscribers.draft import Draft, DraftFlaw, Resolved, chosen
from alerts.subscribers.kept import kept
from alerts.subscribers.members import MOST_OWN

_CHOOSE_FIRST: Final = marked("Please choose first what is meant.")
_GONE: Final = marked("Watchlist {number} is deleted. Send its words again to have a new one.")
_FULL: Final = marked(
    "You have {most} watchlists, which is as many as I keep. Delete one (/watchlists), then save"
    " this one."
)
_SAVED: Final = marked("Saved as watchlist {number}: <b>{title}</b>. It rings from now on.")
_CHANGED: Final = marked("Changed: watchlist {number} is <b>{title}</b> now.")
_IS_PAUSED: Final = marked("It is paused, and rings when you resume it: /resume {number}")
_ALL_PAUSED: Final = marked("At the moment everything is paused: /resume")
_DROPPED: Final = marked("Dropped. Nothing was saved.")
_NEW_WORDS: Final = marked(
    "Send me the new words. These are the present ones, to be copied:\n<code>{wish}</code>"
)
_EDIT: Final = marked("Edit")
_PAUSE: Final = marked("Pause")
_DELETE: Final = marked("Delete")
_DIGEST: Final = marked("Hear it as a digest")
_AGAIN: Final = marked("Watch for something else")


async def _save(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    del rest
    meant = await resolved(desk, sketch.draft)
    if isinstance(meant, DraftFlaw):
        return Says(html=flaw_said(call.words, meant), apart=True)
    if meant.is_open:
        return Says(toast=call.words.of(_CHOOSE_FIRST))
    subscriber = await desk.member(call)
    number = sketch.draft.number
    before = subscriber.own(number)
    if number and before is None:
        await end(desk, sketch)
        return Says(html=call.words.say(_GONE, number=number))
    own = await _kept(desk, sketch, meant, subscriber)
    if own is None:
        return Says(toast=str(call.words.say(_FULL, most=MOST_OWN).unescape()))
    await end(desk, sketch)
    return _saved(call, subscriber, own, is_new=before is None)


async def _kept(
    desk: Desk, sketch: Sketch, meant: Resolved, subscriber: Subscriber
) -> OwnWatchlist | None:
    """Keep what is *meant*, and return it; the same a second time is kept once.

    That its press may come again after a crash is why a new one is as old as its dialogue.
    """
    own = kept(meant, created_at=sketch.dialogue.asked_at)
    before = subscriber.own(own.number)
    if before is not None:
        own = replace(own, created_at=before.created_at, paused_until=before.paused_until)
        return await desk.members.watch(subscriber, own)
    for known in subscriber.watchlists:
        if known == replace(own, number=known.number):
            return known
    return await desk.members.watch(subscriber, own)


def _saved(call: Call, subscriber: Subscriber, own: OwnWatchlist, *, is_new: bool) -> Says:
    words, number = call.words, own.number
    lines = [words.say(_SAVED if is_new else _CHANGED, number=number, title=own.title)]
    if is_paused(subscriber.paused_until, call.now):
        lines.append(words.say(_ALL_PAUSED))
    elif is_paused(own.paused_until, call.now):
        lines.append(words.say(_IS_PAUSED, number=number))
    keys = [
        button(words.of(_EDIT), f"/edit {number}"),
        button(words.of(_PAUSE), f"/pause {number} on"),
        button(words.of(_DELETE), f"/unwatch {number}"),
    ]
    rows = [tuple(keys)]
    if subscriber.digest is None:
        rows.append((button(words.of(_DIGEST), "/digest"),))
    return Says(html=Markup(" ").join(lines), buttons=tuple(rows))


async def _pick(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    term, _, reading = rest.partition(" ")
    return await _looked_anew(call, desk, sketch, chosen(sketch.draft, int(term), int(reading)))


async def _nearly(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    place, _, turn = rest.partition(" ")
    meant = await resolved(desk, sketch.draft)
    if isinstance(meant, DraftFlaw):
        return Says(html=flaw_said(call.words, meant), apart=True)
    name = meant.terms[int(place)].nearly[int(turn)]
    if not is_term(name):
        raise ValueError(f"{name} is no term")
    return await _looked_anew(call, desk, sketch, replaced(sketch.draft, int(place), name))


async def _looked_anew(call: Call, desk: Desk, sketch: Sketch, draft: Draft) -> Says:
    """Have *draft* looked for anew; the message changes beside."""
    sketch = sketch.changed(draft=draft.to_json(), brought="")
    await keep(desk, sketch)
    desk.later(show_anew(desk, call, sketch))
    return Says()


async def _severity(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    return await _settled(call, desk, sketch, replace(sketch.draft, severity=Severity(rest)))


async def _topic(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    thread = sketch.topic if rest == "here" else None
    return await _settled(call, desk, sketch, replace(sketch.draft, thread=thread))


async def _back(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    del rest
    if not sketch.brought:
        return await _looked_anew(call, desk, sketch, sketch.draft)
    return await _settled(call, desk, sketch, sketch.draft)


async def _settled(call: Call, desk: Desk, sketch: Sketch, draft: Draft) -> Says:
    """Show *draft*, which would have brought the same as before."""
    if draft != sketch.draft:
        sketch = sketch.changed(draft=draft.to_json())
        await keep(desk, sketch)
    meant = await resolved(desk, draft)
    if isinstance(meant, DraftFlaw):
        return Says(html=flaw_said(call.words, meant), apart=True)
    return sketch.says(meant, call.words)


async def _other(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    del rest
    meant = await resolved(desk, sketch.draft)
    if isinstance(meant, DraftFlaw):
        return Says(html=flaw_said(call.words, meant), apart=True)
    return otherwise_says(call.words, meant, key=sketch.dialogue.key)


async def _words(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    """Ask for other words, of whoever pressed: it may be another administrator than began it."""
    del rest
    if call.person != sketch.dialogue.person:
        await end(desk, sketch)
    dialogue = replace(sketch.dialogue, person=call.person, asked_at=call.now)
    await desk.storage.dialogues.begin(dialogue)
    asked = call.words.say(_NEW_WORDS, wish=to_copy(sketch.draft.wish))
    return Says(html=asked, asks=not call.chat.is_private, apart=True)


async def _cancel(call: Call, desk: Desk, sketch: Sketch, rest: str) -> Says:
    del rest
    await end(desk, sketch)
    again = button(call.words.of(_AGAIN), "/watch")
    return Says(html=call.words.say(_DROPPED), buttons=((again,),))


#: What a button of a draft asks for; what comes behind its key is for the last argument.  They raise
#: ValueError or IndexError for what no button of today's draft says.
PRESSED: Final[Mapping[str, Callable[[Call, Desk, Sketch, str], Awaitable[Says]]]] = {
    "save": _save,
    "pick": _pick,
    "nearly": _nearly,
    "severity": _severity,
    "topic": _topic,
    "back": _back,
    "other": _other,
    "words": _words,
    "cancel": _cancel,
}
