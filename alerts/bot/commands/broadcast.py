"""/broadcast: one message to every subscriber, after a look at it; for operators.

What is under way stands among the dialogues, as something that waits to be done: after a restart it
goes on where it was.  Each chat is written to once, since the outbox has one answer to each key.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from markupsafe import Markup, escape

from alerts.bot.desk import Desk
from alerts.bot.talk import CHANNEL, Call, Chat, Command, Says, button
from alerts.delivery.rendering.marked import clean_lines, units
from alerts.locales import Words, marked, words_of
from alerts.model import Answer, Subscriber
from alerts.storage.dialogues import Dialogue

log = structlog.get_logger()

_WHICH: Final = marked(
    "What shall every subscriber be told? Send it to me; you see it before anybody else does."
    " /cancel leaves it."
)
_TOO_LONG: Final = marked("That is too long: {count} characters, of {most} at most.")
_NOBODY: Final = marked("Nobody has subscribed yet.")
_STALE: Final = marked("This was decided already, or another text came since.")
_BEGINS: Final = marked("It begins.")
_CANCELLED: Final = marked("Nothing was sent.")
_UNDER_WAY: Final = marked("Sending: {done} of {count} chats.")
_SEND: Final = marked("Send")
_CANCEL: Final = marked("Cancel")
_STOP: Final = marked("Stop")
_STOPS: Final = marked("It stops.")

_ABOUT: Final = "broadcast"
#: No command is called so: it waits for a button, and words go where they would go without it.
_LOOK: Final = "broadcast_look"
#: UTF-16 units: with what names of links may add it is one message.
_LONGEST: Final = 3500
#: Chats that are written to in a second: alerts and those who speak with the bot need the rest of
#: the 30 messages that Telegram lets a bot send.
_A_SECOND: Final = 25
_ABOUT_ONE: Final = timedelta(seconds=1)
#: Between two looks of the message that tells how far it is.
_TOLD_EVERY: Final = timedelta(seconds=3)

Rest = Callable[[float], Awaitable[None]]


async def broadcast(call: Call, desk: Desk) -> Says:
    """Show what would be sent, and to how many; or send it, where a button says so."""
    words = call.words
    match call.text.split():
        case ["send", key] if call.is_press:
            return await _begin(call, desk, key)
        case ["cancel", key] if call.is_press:
            waiting = await _waiting(call, desk, key)
            if waiting is not None:
                await desk.storage.dialogues.end(waiting.chat, waiting.person)
            return Says(html=words.say(_CANCELLED))
        case ["stop", key] if call.is_press:
            return await _stop(call, desk, key)
    text = clean_lines(call.text).strip()
    if not text:
        await desk.ask(call, _ABOUT, {})
        return Says(html=words.say(_WHICH), asks=not call.chat.is_private, apart=True)
    if (length := units(text)) > _LONGEST:
        count, most = words.number(length), words.number(_LONGEST)
        return Says(html=words.say(_TOO_LONG, count=count, most=most))
    if not len(desk.members):
        return Says(html=words.say(_NOBODY))
    asked = await desk.ask(call, _LOOK, {"text": text})
    await desk.say(call, Says(html=escape(text)), part="preview")
    return _question(words, asked, len(desk.members))


def _question(words: Words, asked: Dialogue, count: int) -> Says:
    row = (
        button(words.of(_SEND), f"/broadcast send {asked.key}"),
        button(words.of(_CANCEL), f"/broadcast cancel {asked.key}"),
    )
    said = words.many(
        "So it arrives. It goes to {count} chat, which takes about {span}.",
        "So it arrives. It goes to {count} chats, which takes about {span}.",
        count,
        span=words.span(max(_ABOUT_ONE, timedelta(seconds=count // _A_SECOND))),
    )
    return Says(html=said, buttons=(row,))


async def _waiting(call: Call, desk: Desk, key: str) -> Dialogue | None:
    """Return what waits for a word."""
    found = await desk.storage.dialogues.by_key(call.chat.address, key)
    return found if found is not None and found.about == _LOOK else None


async def _begin(call: Call, desk: Desk, key: str) -> Says:
    words, waiting = call.words, await _waiting(call, desk, key)
    if waiting is None:
        return Says(toast=words.of(_STALE))
    state = {
        "text": waiting.state["text"],
        "language": words.language,
        "message": call.message,
        "count": len(desk.members),
        "done": 0,
        "after": 0,
    }
    under_way = replace(waiting, about=_ABOUT, person=_sender(key), state=state, asked_at=call.now)
    await desk.storage.dialogues.begin(under_way)
    await desk.storage.dialogues.end(waiting.chat, waiting.person)
    # It tells in the pressed message how far it is, so that nothing else may be written there.
    desk.later(send(desk, under_way))
    return Says(toast=words.of(_BEGINS))


async def _stop(call: Call, desk: Desk, key: str) -> Says:
    """Leave word for the one who sends, and is the only one to change what is under way."""
    chat = call.chat.address
    found = await desk.storage.dialogues.find(chat, _sender(key))
    if found is None:
        return Says(toast=call.words.of(_STALE))
    word = replace(found, person=_stopper(key), about=f"{_ABOUT}_stop", asked_at=call.now)
    await desk.storage.dialogues.begin(word)
    return Says(toast=call.words.of(_STOPS))


# --- sending --------------------------------------------------------------------------------------


async def resume(desk: Desk) -> None:
    """Go on with what a restart broke off.

    Raises:
        StorageError: the next start goes on with it.
    """
    for found in await desk.storage.dialogues.waiting(_ABOUT):
        if _is_under_way(found):
            await send(desk, found)


async def send(desk: Desk, under_way: Dialogue, *, rest: Rest = asyncio.sleep) -> None:
    """Write to everybody to whom *under_way* was not sent yet, and tell how far it is.

    Raises:
        StorageError: the next start goes on with it.
    """
    state: dict[str, Any] = dict(under_way.state)
    left = sorted((one for one in desk.members if one.id > state["after"]), key=lambda one: one.id)
    dialogues, told_at = desk.storage.dialogues, datetime.min.replace(tzinfo=desk.now().tzinfo)
    while left:
        if desk.now() - told_at >= _TOLD_EVERY:
            told_at = desk.now()
            await _tell(desk, under_way, state, is_over=False)
        if await dialogues.end(under_way.chat, _stopper(under_way.key)):
            break
        some, left = left[:_A_SECOND], left[_A_SECOND:]
        state["done"] += await _write(desk, under_way, some)
        state["after"] = some[-1].id
        await dialogues.begin(replace(under_way, state=dict(state)))
        if left:
            await rest(1)
    await dialogues.end(under_way.chat, under_way.person)
    log.info("broadcast sent", key=under_way.key, chats=state["done"])
    await _tell(desk, under_way, state, is_over=True)


async def _write(desk: Desk, under_way: Dialogue, some: Sequence[Subscriber]) -> int:
    """Have the text delivered to those of *some* who are still there; return how many these are."""
    answer = Answer(html=str(escape(under_way.state["text"])))
    there = [one for one in some if desk.members.of(one.chat) is not None]
    puts = (
        desk.storage.answers.put(
            f"{_ABOUT}:{under_way.key}:{one.id}", one.chat, answer, now=desk.now()
        )
        for one in there
    )
    await asyncio.gather(*puts)
    desk.ring({CHANNEL})
    return len(there)


async def _tell(
    desk: Desk, under_way: Dialogue, state: Mapping[str, Any], *, is_over: bool
) -> None:
    words = words_of(state["language"])
    says = Says(html=words.many("Sent to {count} chat.", "Sent to {count} chats.", state["done"]))
    if not is_over:
        done, count = words.number(state["done"]), words.number(state["count"])
        said: Markup = words.say(_UNDER_WAY, done=done, count=count)
        stop = button(words.of(_STOP), f"/broadcast stop {under_way.key}")
        says = Says(html=said, buttons=((stop,),))
    await desk.rewrite(Chat(id=int(under_way.chat.target)), state["message"], says)


def _is_under_way(dialogue: Dialogue) -> bool:
    return dialogue.person == _sender(dialogue.key)


def _sender(key: str) -> str:
    """Return who waits for what is under way: nobody who speaks is called so."""
    return f"{_ABOUT}:{key}"


def _stopper(key: str) -> str:
    return f"{_ABOUT}_stop:{key}"


COMMAND: Final = Command(
    name=_ABOUT,
    does=broadcast,
    about=marked("one message to every subscriber"),
    for_operators=True,
    continues=broadcast,
)
