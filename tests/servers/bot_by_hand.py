"""The stand-in of the Bot API for people: it prints what stands in chats and obeys typed lines.

say CHAT TEXT            write; CHAT is 4711, or -1001:7 for person 7 in a group
reply MESSAGE TEXT       answer a message of the bot, in its chat
press MESSAGE BUTTON     by its label or its number
doc CHAT FILE            send a file of this machine
location CHAT LAT LON    share a place
post CHANNEL TEXT        publish in a channel
join CHAT USER           add the bot to a group; `admin CHAT USER` makes it an administrator
leave CHAT USER          remove it from there
upgrade OLD NEW          let a group become a supergroup
block CHAT               and `unblock CHAT`
"""

from __future__ import annotations

import asyncio
import contextlib
import sys
from pathlib import Path

from tests.servers.bot_api import Accepted, BotApi
from tests.servers.bot_floods import FloodLimits
from tests.servers.bot_keyboard import Key
from tests.servers.bot_said import How


async def run(token: str, port: int) -> None:
    """Serve until the process is stopped."""
    async with BotApi(token, port=port, limits=FloodLimits()) as api:
        print(f"the Bot API's stand-in: {api.url}, token {token}")
        await asyncio.gather(_show(api), _obey(api), _post(api))


async def _show(api: BotApi) -> None:
    shown = edited = deleted = toasts = 0
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(api.took_one.wait(), 0.2)
        api.took_one.clear()
        for message in api.accepted[shown:]:
            print(as_text(message), flush=True)
        shown = len(api.accepted)
        for number in api.edits[edited:]:
            print(as_text(api.accepted[number - 1], mark="edited "), flush=True)
        for number in api.deleted[deleted:]:
            print(f"--- {number} is deleted", flush=True)
        for toast in api.people.toasts[toasts:]:
            print(f"*** {toast.text}", flush=True)
        edited, deleted, toasts = len(api.edits), len(api.deleted), len(api.people.toasts)


def as_text(message: Accepted, *, mark: str = "") -> str:
    """Return a message as it is printed: its number, its text, and its buttons with theirs."""
    topic = f"/{message.thread}" if message.thread is not None else ""
    answers = f", to {message.follows}" if message.follows is not None else ""
    lines = [f"--- {mark}{message.message_id} in {message.chat}{topic}{answers}"]
    if message.document is not None:
        lines.append(f"<{message.document.name}, {len(message.document.content)} bytes>")
    lines.append(message.text)
    number = 0
    for row in message.buttons:
        first, number = number + 1, number + len(row)
        lines.append("  ".join(f"[{place} {key.text}]" for place, key in enumerate(row, first)))
    lines += ["  ".join(f"({key.text})" for key in row) for row in message.reply_keyboard]
    if message.asks:
        lines.append(f"> {message.placeholder or 'an answer is awaited'}")
    return "\n".join(line for line in lines if line)


async def _obey(api: BotApi) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            do(api, line)
        except (LookupError, TypeError, ValueError, OSError) as error:
            print(f"not understood: {error}\n{__doc__}", flush=True)


def do(api: BotApi, line: str) -> None:
    """Obey *line*.

    Raises:
        LookupError, OSError, TypeError, ValueError: it cannot be.
    """
    deed, whom, what = (*line.strip().split(maxsplit=2), "")[:3]
    chat, user = _place(whom)
    match deed:
        case "say":
            api.people.say(chat, user, what)
        case "reply":
            _reply(api, api.accepted[int(whom) - 1], what)
        case "press":
            _press(api, api.accepted[int(whom) - 1], what)
        case "doc":
            file = Path(what)
            api.people.send_document(chat, user, file.name, file.read_bytes())
        case "location":
            latitude, longitude = map(float, what.split())
            api.people.send_location(chat, user, latitude, longitude)
        case "post":
            api.people.publish(whom, what)
        case "upgrade":
            api.people.upgrades(whom, what)
        case _:
            _move(api, deed, chat, by=int(what or user))


def _place(whom: str) -> tuple[str, int]:
    """Return the chat, and who acts there: in a private chat its other side, elsewhere person 1."""
    chat, _, user = whom.partition(":")
    return chat, int(user or (chat if chat.isdecimal() else 1))


def _reply(api: BotApi, message: Accepted, text: str) -> None:
    chat, user = _place(message.chat)
    how: How = {"reply_to": message.message_id}
    if message.thread is not None:
        how["thread"] = message.thread
    api.people.say(chat, user, text, **how)


def _press(api: BotApi, message: Accepted, which: str) -> None:
    keys: list[Key] = [key for row in message.buttons for key in row]
    numbered = {str(place): key for place, key in enumerate(keys, 1)}
    key = numbered.get(which) or next((key for key in keys if key.text == which), None)
    if key is None or not key.data:
        raise LookupError(f"no button {which} that says something")
    chat, user = _place(message.chat)
    api.press(chat, message.message_id, key.data, user)


def _move(api: BotApi, deed: str, chat: str, *, by: int) -> None:
    people = api.people
    match deed:
        case "join":
            people.becomes(chat, "member", was="left", by=by)
        case "admin":
            people.becomes(chat, "administrator", by=by, can_post_messages=True)
        case "leave":
            people.becomes(chat, "left", by=by)
        case "block":
            people.becomes(chat, "kicked")
        case "unblock":
            people.becomes(chat, "member", was="kicked")
        case _:
            raise ValueError(deed)


async def _post(api: BotApi) -> None:
    while True:
        await asyncio.sleep(0.2)
        if api.people.webhook is not None and api.people.updates:
            with contextlib.suppress(OSError):
                await api.people.post()
