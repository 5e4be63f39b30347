"""The stand-in of the Bot API for people: it prints messages and obeys typed lines."""

from __future__ import annotations

import asyncio
import contextlib
import sys

from tests.servers.bot_api import BotApi
from tests.servers.bot_keyboard import Key
from tests.servers.bot_messages import FloodLimits


async def run(token: str, port: int) -> None:
    """Serve until the process is stopped."""
    async with BotApi(token, port=port, limits=FloodLimits()) as api:
        print(f"the Bot API's stand-in: {api.url}, token {token}")
        await asyncio.gather(_show(api), _obey(api), _post(api))


async def _show(api: BotApi) -> None:
    shown = toasts = 0
    while True:
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(api.took_one.wait(), 0.2)
        api.took_one.clear()
        for message in api.accepted[shown:]:
            print(f"--- {message.message_id} to {message.chat}/{message.thread or ''}")
            print(message.text, flush=True)
            for row in message.buttons:
                print("  ".join(f"[{key.text}]" for key in row), flush=True)
        for toast in api.people.toasts[toasts:]:
            print(f"*** {toast.text}", flush=True)
        shown, toasts = len(api.accepted), len(api.people.toasts)


async def _obey(api: BotApi) -> None:
    while line := await asyncio.to_thread(sys.stdin.readline):
        try:
            _do(api, *line.split(maxsplit=2))
        except (LookupError, TypeError, ValueError):
            print("press MESSAGE LABEL | say CHAT TEXT | block CHAT | unblock CHAT", flush=True)


def _do(api: BotApi, deed: str, whom: str, what: str = "") -> None:
    match deed:
        case "press":
            message = next(one for one in api.accepted if one.message_id == int(whom))
            keys: list[Key] = [key for row in message.buttons for key in row]
            key = next(key for key in keys if key.text == what.strip())
            api.press(message.chat, message.message_id, key.data, abs(int(message.chat)))
        case "say":
            api.people.say(whom, abs(int(whom)), what.strip())
        case "block":
            api.blocked_by.add(whom)
            api.people.becomes(whom, "kicked")
        case "unblock":
            api.blocked_by.discard(whom)
            api.people.becomes(whom, "member", was="kicked")
        case _:
            raise ValueError(deed)


async def _post(api: BotApi) -> None:
    while True:
        await asyncio.sleep(0.2)
        if api.people.webhook is not None and api.people.updates:
            with contextlib.suppress(OSError):
                await api.people.post()
