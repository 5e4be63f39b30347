"""A stand-in for Telegram's Bot API on loopback, which enforces the rules that the real one enforces.

    async with BotApi() as api:
        channel = TelegramChannel(api.token, api.url)
        ...
        assert api.accepted[0].text == "..."

What people do there is `api.people`'s (`bot_people`); a button is pressed with `api.press(...)`.
What was sent is in `accepted`, with `edits` and `deleted`; what apps offer in `commands`.

By hand: `python -m tests.servers.bot_api --port 8081 --token 123:abc`, then
TOCSIN_TELEGRAM_API_URL=http://127.0.0.1:8081.  See `bot_by_hand` for what can be typed.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import json
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Final, Self
from urllib.parse import parse_qsl

from aiohttp import web

from tests.servers.bot_answers import Answer, Json, Parameters, refusal
from tests.servers.bot_chats import ME
from tests.servers.bot_files import UPLOAD_LIMIT, Document
from tests.servers.bot_floods import FloodLimits
from tests.servers.bot_messages import ENTITY_LIMIT, TEXT_LIMIT, Accepted
from tests.servers.bot_methods import PARAMETERS, Methods

__all__ = ["ENTITY_LIMIT", "TEXT_LIMIT", "Accepted", "BotApi", "Fault", "FloodLimits"]

#: Bytes of a request: a document that is a little too large is told so.
_MOST_BYTES: Final = UPLOAD_LIMIT + 4 * 1024 * 1024


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


class BotApi(Methods):
    """The server; every attribute may be changed while it runs."""

    def __init__(
        self,
        token: str = "123456:stand-in",
        *,
        port: int = 0,
        limits: FloodLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        super().__init__(limits=limits, clock=clock)
        self.token = token
        #: Parameters of every `sendMessage` and `sendDocument`, refused ones included.
        self.requests: list[Parameters] = []
        #: Every other method that was called, with its parameters.
        self.calls: list[tuple[str, Parameters]] = []
        #: Set with each of them: what a test waits for instead of sleeping.
        self.called = asyncio.Event()
        #: Method in small letters -> answers that its next calls get, used up one by one.
        self.method_answers: dict[str, list[Answer]] = {}
        #: Answers for the next messages, used up one by one before any rule is looked at:
        #: `{"ok": False, "error_code": 429, "description": "...", "parameters": {"retry_after": 5}}`
        self.answers: list[Answer] = []
        #: Faults for the next messages, used up one by one; None lets a request pass.
        self.faults: list[Fault | None] = []
        #: Faults that hit every message for one chat, for as long as they stand here.
        self.chat_faults: dict[str, Fault] = {}
        self._port = port
        app = web.Application(client_max_size=_MOST_BYTES)
        app.router.add_route("*", "/bot{token}/{method}", self._answer)
        app.router.add_get("/file/bot{token}/{path:.+}", self._download)
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
        self.people.stirred.set()
        await self._runner.cleanup()

    def press(self, chat: str, message_id: int, data: str, user: int) -> str:
        """Let *user* press a button that says *data* below a message; return the press' id.

        Nothing holds the three together: programs that people write can press what is not there.
        """
        message: Json = self.people.find(chat, message_id) or {
            "message_id": message_id,
            "date": int(time.time()),
            "chat": self.people.chat(chat),
            "from": dict(ME),
            "text": "…",
        }
        return self.people.press(message, data, user)

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            well_formed = ":" in request.match_info["token"]
            return _json(refusal(401, "Unauthorized") if well_formed else refusal(404, "Not Found"))
        method = request.match_info["method"].casefold()
        parameters, document = await _read(request)
        unknown = parameters.keys() - PARAMETERS.get(method, parameters.keys())
        if unknown:
            return _json(refusal(400, f"Bad Request: the stand-in knows no {sorted(unknown)}"))
        if method == "sendmessage":
            return await self._send_message(request, parameters)
        if method == "senddocument":
            return await self._send_document(request, parameters, document)
        self.calls.append((method, parameters))
        self.called.set()
        if self.method_answers.get(method):
            return _json(self.method_answers[method].pop(0))
        return _json(await self.answer(method, parameters))

    async def _download(self, request: web.Request) -> web.StreamResponse:
        content = self.people.files.content(request.match_info["path"])
        if request.match_info["token"] != self.token or content is None:
            return _json(refusal(404, "Not Found"))
        return web.Response(body=content, content_type="application/octet-stream")

    async def _send_message(
        self, request: web.Request, parameters: Parameters
    ) -> web.StreamResponse:
        return await self._send(request, parameters, lambda: self.judge(parameters))

    async def _send_document(
        self, request: web.Request, parameters: Parameters, document: Document | None
    ) -> web.StreamResponse:
        def judge() -> Answer:
            if document is None:
                return refusal(400, "Bad Request: there is no document in the request")
            if not document.content:
                return refusal(400, "Bad Request: file must be non-empty")
            if len(document.content) > UPLOAD_LIMIT:
                return refusal(413, "Request Entity Too Large")
            return self.judge(parameters, document)

        return await self._send(request, parameters, judge)

    async def _send(
        self, request: web.Request, parameters: Parameters, judge: Callable[[], Answer]
    ) -> web.StreamResponse:
        self.requests.append(parameters)
        fault = self.faults.pop(0) if self.faults else None
        fault = fault or self.chat_faults.get(parameters.get("chat_id", ""))
        if fault in (Fault.RESET, Fault.HANG, Fault.BAD_GATEWAY):
            return await self._break(request, fault)
        answer = self.answers.pop(0) if self.answers else judge()
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


async def _read(request: web.Request) -> tuple[Parameters, Document | None]:
    """Return the parameters, and the file among them."""
    parameters = dict(request.query)
    if not request.content_type.startswith("multipart/"):
        body = (await request.read()).decode()
        return parameters | dict(parse_qsl(body, keep_blank_values=True)), None
    document = None
    for name, value in (await request.post()).items():
        if isinstance(value, web.FileField):
            document = Document(value.filename, value.file.read())
            parameters[name] = value.filename
        else:
            parameters[name] = str(value)
    return parameters, document


def _json(answer: Answer) -> web.Response:
    return web.Response(
        body=json.dumps(answer).encode(),
        status=answer.get("error_code", 200),
        content_type="application/json",
    )


if __name__ == "__main__":
    from tests.servers.bot_by_hand import run

    arguments = argparse.ArgumentParser(description="A stand-in for Telegram's Bot API.")
    arguments.add_argument("--port", type=int, default=8081)
    arguments.add_argument("--token", default="123456:stand-in")
    given = arguments.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(given.token, given.port))
