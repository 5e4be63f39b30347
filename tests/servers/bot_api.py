"""A stand-in for Telegram's Bot API on loopback, which enforces the rules that the real one enforces.

    async with BotApi() as api:
        channel = TelegramChannel(api.token, api.url)
        ...
        assert api.accepted[0].text == "..."

By hand: `python -m tests.servers.bot_api --port 8081 --token 123:abc`, then
TOCSIN_TELEGRAM_API_URL=http://127.0.0.1:8081.  It knows `getMe` and `sendMessage`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import math
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Self

from aiohttp import web

from tests.servers.telegram_html import Entity, HtmlError, cleaned, parse_html, utf16_length

TEXT_LIMIT = 4096
ENTITY_LIMIT = 100

Answer = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message that the server took: it would stand in the chat."""

    message_id: int
    chat: str
    thread: int | None
    #: As people read it, after parsing.
    text: str
    #: As it was sent; empty for plain text.
    html: str
    entities: tuple[Entity, ...]
    preview: bool
    #: The clock's reading.
    at: float


class Fault(StrEnum):
    """What happens to one request instead of an answer."""

    #: The connection is reset and nothing is taken.
    RESET = "reset"
    #: The message is taken, then the connection is reset.
    RESET_AFTER_ACCEPTING = "reset after accepting"
    #: Nothing is taken and nothing is answered until the server stops.
    HANG = "hang"
    #: The message is taken, but nothing is answered.
    HANG_AFTER_ACCEPTING = "hang after accepting"
    #: The message is taken; the answer comes a byte at a time and never ends.
    DRIP = "drip"
    #: A gateway's page with status 502.
    BAD_GATEWAY = "bad gateway"
    #: Status 200, and a body that is no JSON; the message is taken.
    GARBLED = "garbled"


@dataclass(slots=True)
class FloodLimits:
    """Telegram's limits, counted in sliding windows of accepted messages."""

    per_chat: tuple[int, float] = (1, 1.0)
    per_group: tuple[int, float] = (20, 60.0)
    overall: tuple[int, float] = (30, 1.0)
    _accepted: dict[str, deque[float]] = field(default_factory=dict)

    def wait(self, chat: str, now: float) -> float:
        """Return the seconds that *chat* has to wait, 0 for none; count the message if none."""
        limits = [(f"chat {chat}", self.per_chat), ("all", self.overall)]
        if chat.startswith(("-", "@")):
            limits.append((f"group {chat}", self.per_group))
        waits = [self._wait(key, count, span, now) for key, (count, span) in limits]
        if max(waits) <= 0:
            for key, _ in limits:
                self._accepted.setdefault(key, deque()).append(now)
        return max(0.0, *waits)

    def _wait(self, key: str, count: int, span: float, now: float) -> float:
        times = self._accepted.setdefault(key, deque())
        while times and times[0] <= now - span:
            times.popleft()
        return times[-count] + span - now if len(times) >= count else 0.0


class BotApi:
    """The server; every attribute may be changed while it runs."""

    def __init__(
        self,
        token: str = "123456:stand-in",
        *,
        port: int = 0,
        limits: FloodLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.token = token
        self.limits = limits
        #: Messages that were taken, in order.
        self.accepted: list[Accepted] = []
        #: Parameters of every `sendMessage`, refused ones included.
        self.requests: list[dict[str, str]] = []
        #: Answers for the next messages, used up one by one before any rule is looked at:
        #: `{"ok": False, "error_code": 429, "description": "...", "parameters": {"retry_after": 5}}`
        self.answers: list[Answer] = []
        #: Faults for the next requests, used up one by one; None lets a request pass.
        self.faults: list[Fault | None] = []
        #: Faults that hit every message for one chat, for as long as they stand here.
        self.chat_faults: dict[str, Fault] = {}
        self.missing_chats: set[str] = set()
        self.blocked_by: set[str] = set()
        #: Old chat id -> new one.
        self.migrated: dict[str, int] = {}
        self.closed_topics: set[tuple[str, int]] = set()
        #: Set each time a message is taken: what a test waits for instead of sleeping.
        self.took_one = asyncio.Event()
        self._clock = clock
        self._port = port
        self._stopping = asyncio.Event()
        app = web.Application()
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0)

    @property
    def url(self) -> str:
        """What TOCSIN_TELEGRAM_API_URL would be."""
        host, port = self._runner.addresses[0][:2]
        return f"http://{host}:{port}"

    async def __aenter__(self) -> Self:
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", self._port).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        self._stopping.set()
        await self._runner.cleanup()

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            well_formed = ":" in request.match_info["token"]
            return _json(
                _refusal(401, "Unauthorized") if well_formed else _refusal(404, "Not Found")
            )
        parameters = {key: str(value) for key, value in (await request.post()).items()}
        parameters.update(request.query)
        match request.match_info["method"].casefold():
            case "getme":
                me = {
                    "id": 123456,
                    "is_bot": True,
                    "first_name": "Tocsin",
                    "username": "tocsin_bot",
                }
                return _json({"ok": True, "result": me})
            case "sendmessage":
                return await self._send_message(request, parameters)
            case _:
                return _json(_refusal(404, "Not Found"))

    async def _send_message(
        self, request: web.Request, parameters: dict[str, str]
    ) -> web.StreamResponse:
        self.requests.append(parameters)
        fault = self.faults.pop(0) if self.faults else None
        fault = fault or self.chat_faults.get(parameters.get("chat_id", ""))
        if fault in (Fault.RESET, Fault.HANG, Fault.BAD_GATEWAY):
            return await self._break(request, fault)
        answer = self.answers.pop(0) if self.answers else self._judge(parameters)
        if fault is not None:
            return await self._break(request, fault)
        return _json(answer)

    async def _break(self, request: web.Request, fault: Fault) -> web.StreamResponse:
        if fault in (Fault.HANG, Fault.HANG_AFTER_ACCEPTING):
            await self._stopping.wait()
        if fault is Fault.BAD_GATEWAY:
            return web.Response(status=502, text="<html>Bad Gateway</html>")
        if fault is Fault.GARBLED:
            return web.Response(text=f"<html>{request.path} moved</html>")
        if fault is Fault.DRIP:
            return await self._drip(request)
        if request.transport is not None:
            request.transport.abort()
        return web.Response()

    async def _drip(self, request: web.Request) -> web.StreamResponse:
        answer = web.StreamResponse()
        await answer.prepare(request)
        with contextlib.suppress(ConnectionError):
            while not self._stopping.is_set():
                await answer.write(b" ")
                await asyncio.sleep(0.02)
        return answer

    def _judge(self, parameters: dict[str, str]) -> Answer:
        chat = parameters.get("chat_id", "")
        thread = int(parameters["message_thread_id"]) if "message_thread_id" in parameters else None
        refusal = self._refused_chat(chat, thread)
        if refusal is not None:
            return refusal
        sent = parameters.get("text", "")
        html = sent if parameters.get("parse_mode") == "HTML" else ""
        try:
            text, entities = parse_html(html) if html else (cleaned(sent), ())
        except HtmlError as error:
            return _refusal(400, f"Bad Request: can't parse entities: {error}")
        refusal = _refused_text(text, entities) or self._flooded(chat)
        if refusal is not None:
            return refusal
        return self._accept(
            Accepted(
                message_id=len(self.accepted) + 1,
                chat=chat,
                thread=thread,
                text=text,
                html=html,
                entities=entities,
                preview='"is_disabled": true' not in parameters.get("link_preview_options", ""),
                at=self._clock(),
            )
        )

    def _refused_chat(self, chat: str, thread: int | None) -> Answer | None:
        if not chat:
            return _refusal(400, "Bad Request: chat_id is empty")
        if chat in self.missing_chats:
            return _refusal(400, "Bad Request: chat not found")
        if chat in self.blocked_by:
            return _refusal(403, "Forbidden: bot was blocked by the user")
        if chat in self.migrated:
            return _refusal(
                400,
                "Bad Request: group chat was upgraded to a supergroup chat",
                migrate_to_chat_id=self.migrated[chat],
            )
        if thread is not None and (chat, thread) in self.closed_topics:
            return _refusal(400, "Bad Request: TOPIC_CLOSED")
        return None

    def _flooded(self, chat: str) -> Answer | None:
        wait = math.ceil(self.limits.wait(chat, self._clock())) if self.limits else 0
        if not wait:
            return None
        return _refusal(429, f"Too Many Requests: retry after {wait}", retry_after=wait)

    def _accept(self, message: Accepted) -> Answer:
        self.accepted.append(message)
        self.took_one.set()
        kind = "supergroup" if message.chat.startswith(("-", "@")) else "private"
        number = int(message.chat) if message.chat.lstrip("-").isdecimal() else -1
        result = {
            "message_id": message.message_id,
            "date": int(time.time()),
            "chat": {"id": number, "type": kind},
            "text": message.text,
        }
        return {"ok": True, "result": result}


def _refused_text(text: str, entities: tuple[Entity, ...]) -> Answer | None:
    if not text:
        return _refusal(400, "Bad Request: message text is empty")
    if utf16_length(text) > TEXT_LIMIT:
        return _refusal(400, "Bad Request: message is too long")
    # The real server drops what goes beyond, without a word; a stand-in that did would hide it.
    if len(entities) > ENTITY_LIMIT:
        return _refusal(400, "Bad Request: ENTITIES_TOO_LONG")
    return None


def _refusal(code: int, description: str, **parameters: int) -> Answer:
    answer: Answer = {"ok": False, "error_code": code, "description": description}
    return answer | {"parameters": parameters} if parameters else answer


def _json(answer: Answer) -> web.Response:
    return web.json_response(answer, status=answer.get("error_code", 200))


async def _run(token: str, port: int) -> None:
    async with BotApi(token, port=port, limits=FloodLimits()) as api:
        print(f"the Bot API's stand-in: {api.url}, token {token}")
        shown = 0
        while True:
            await api.took_one.wait()
            api.took_one.clear()
            for message in api.accepted[shown:]:
                print(f"--- to {message.chat}/{message.thread or ''}\n{message.text}\n", flush=True)
            shown = len(api.accepted)


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description="A stand-in for Telegram's Bot API.")
    arguments.add_argument("--port", type=int, default=8081)
    arguments.add_argument("--token", default="123456:stand-in")
    given = arguments.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(_run(given.token, given.port))
