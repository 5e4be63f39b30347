"""A stand-in for Telegram's Bot API on loopback, which enforces the rules that the real one enforces.

    async with BotApi() as api:
        channel = TelegramChannel(api.token, api.url)
        ...
        assert api.accepted[0].text == "..."

What people do there is `api.people`'s; a button is pressed with `api.press(...)`.

By hand: `python -m tests.servers.bot_api --port 8081 --token 123:abc`, then
TOCSIN_TELEGRAM_API_URL=http://127.0.0.1:8081.  Messages are printed with their buttons; lines that
are typed are obeyed: `press 3 Why`, `say 4711 /start`, `block 4711`, `unblock 4711`.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import time
from collections.abc import Callable
from enum import StrEnum
from typing import Any, Self

from aiohttp import web

from tests.servers.bot_keyboard import markup
from tests.servers.bot_messages import (
    ENTITY_LIMIT,
    TEXT_LIMIT,
    Accepted,
    Answer,
    FloodLimits,
    Messages,
    Parameters,
    refusal,
    result,
)
from tests.servers.bot_people import ME, TOAST_LIMIT, People, Webhook, refuses_webhook, wanted

__all__ = ["ENTITY_LIMIT", "TEXT_LIMIT", "Accepted", "BotApi", "Fault", "FloodLimits"]


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


class BotApi(Messages):
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
        #: Parameters of every `sendMessage`, refused ones included.
        self.requests: list[dict[str, str]] = []
        #: Every other method that was called, with its parameters.
        self.calls: list[tuple[str, dict[str, str]]] = []
        #: Set with each of them: what a test waits for instead of sleeping.
        self.called = asyncio.Event()
        #: Method in small letters -> answers that its next calls get, used up one by one.
        self.method_answers: dict[str, list[Answer]] = {}
        self.people = People()
        #: Answers for the next messages, used up one by one before any rule is looked at:
        #: `{"ok": False, "error_code": 429, "description": "...", "parameters": {"retry_after": 5}}`
        self.answers: list[Answer] = []
        #: Faults for the next requests, used up one by one; None lets a request pass.
        self.faults: list[Fault | None] = []
        #: Faults that hit every message for one chat, for as long as they stand here.
        self.chat_faults: dict[str, Fault] = {}
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

    def press(self, chat: str, message_id: int, data: str, user: int) -> str:
        """Let *user* press a button that says *data* below a message; return the press' id.

        Nothing holds the three together: programs that people write can press what is not there.
        """
        pressed: dict[str, Any] = {"message_id": message_id, "date": int(time.time()), "text": "…"}
        for one in self.accepted:
            if (one.message_id, one.chat) == (message_id, chat) and one.buttons:
                pressed["reply_markup"] = markup(one.buttons)
        return self.people.press(
            pressed | {"chat": self.people.chat(chat), "from": dict(ME)}, data, user
        )

    async def _answer(self, request: web.Request) -> web.StreamResponse:
        if request.match_info["token"] != self.token:
            well_formed = ":" in request.match_info["token"]
            return _json(refusal(401, "Unauthorized") if well_formed else refusal(404, "Not Found"))
        parameters = {key: str(value) for key, value in (await request.post()).items()}
        parameters.update(request.query)
        method = request.match_info["method"].casefold()
        if method == "sendmessage":
            return await self._send_message(request, parameters)
        self.calls.append((method, parameters))
        self.called.set()
        if self.method_answers.get(method):
            return _json(self.method_answers[method].pop(0))
        if method == "getupdates":
            return _json(await self._get_updates(parameters))
        known: dict[str, Callable[[Parameters], Answer]] = {
            "getme": lambda _: result(dict(ME)),
            "answercallbackquery": self._answer_press,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "getchat": self._get_chat,
            "getchatmember": self._get_chat_member,
            "getchatadministrators": self._get_chat_administrators,
            "editmessagetext": self.edit,
            "editmessagereplymarkup": self.edit,
        }
        return _json(known[method](parameters) if method in known else refusal(404, "Not Found"))

    # --- presses and updates ----------------------------------------------------------------------

    async def _get_updates(self, parameters: Parameters) -> Answer:
        if self.people.webhook is not None:
            return refusal(409, "Conflict: can't use getUpdates method while webhook is active")
        offset = int(parameters.get("offset", 0))
        self.people.confirm(offset)
        self.people.allow(parameters.get("allowed_updates", ""))
        patience = asyncio.timeout(float(parameters.get("timeout", 0)))
        with contextlib.suppress(TimeoutError):
            async with patience:
                await self._something(offset)
        return result(wanted(self.people.updates, offset, int(parameters.get("limit", 100))))

    async def _something(self, offset: int) -> None:
        """Wait for an update, or for the server's end."""
        ending = asyncio.ensure_future(self._stopping.wait())
        while not wanted(self.people.updates, offset, 1) and not ending.done():
            self.people.stirred.clear()
            stirring = asyncio.ensure_future(self.people.stirred.wait())
            try:
                await asyncio.wait((ending, stirring), return_when=asyncio.FIRST_COMPLETED)
            finally:
                stirring.cancel()
        ending.cancel()

    def _answer_press(self, parameters: Parameters) -> Answer:
        text = parameters.get("text", "")
        if len(text) > TOAST_LIMIT:
            return refusal(400, "Bad Request: MESSAGE_TOO_LONG")
        is_alert = parameters.get("show_alert", "").casefold() == "true"
        if self.people.answer(parameters["callback_query_id"], text, is_alert=is_alert):
            return result(True)  # noqa: FBT003 - the Bot API's own answer
        return refusal(
            400,
            "Bad Request: query is too old and response timeout expired or query ID is invalid",
        )

    def _set_webhook(self, parameters: Parameters) -> Answer:
        url, secret = parameters.get("url", ""), parameters.get("secret_token", "")
        why = refuses_webhook(url, secret) if url else ""
        if why:
            return refusal(400, f"Bad Request: {why}")
        self.people.webhook = Webhook(url, secret) if url else None
        self.people.allow(parameters.get("allowed_updates", ""))
        return result(True)  # noqa: FBT003 - the Bot API's own answer

    def _delete_webhook(self, _: Parameters) -> Answer:
        self.people.webhook = None
        return result(True)  # noqa: FBT003 - the Bot API's own answer

    def _get_chat(self, parameters: Parameters) -> Answer:
        chat = parameters.get("chat_id", "")
        if chat in self.missing_chats:
            return refusal(400, "Bad Request: chat not found")
        return result(self.people.full_chat(chat))

    def _get_chat_administrators(self, parameters: Parameters) -> Answer:
        chat = parameters.get("chat_id", "")
        if self.people.chat(chat)["type"] == "private":
            return refusal(400, "Bad Request: there are no administrators in the private chat")
        return result(self.people.administrators(chat))

    def _get_chat_member(self, parameters: Parameters) -> Answer:
        chat, user = parameters.get("chat_id", ""), int(parameters["user_id"])
        if chat in self.missing_chats:
            return refusal(400, "Bad Request: chat not found")
        return result(self.people.member(chat, user))

    async def _send_message(
        self, request: web.Request, parameters: dict[str, str]
    ) -> web.StreamResponse:
        self.requests.append(parameters)
        fault = self.faults.pop(0) if self.faults else None
        fault = fault or self.chat_faults.get(parameters.get("chat_id", ""))
        if fault in (Fault.RESET, Fault.HANG, Fault.BAD_GATEWAY):
            return await self._break(request, fault)
        answer = self.answers.pop(0) if self.answers else self.judge(parameters)
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


def _json(answer: Answer) -> web.Response:
    return web.json_response(answer, status=answer.get("error_code", 200))


if __name__ == "__main__":
    from tests.servers.bot_by_hand import run

    arguments = argparse.ArgumentParser(description="A stand-in for Telegram's Bot API.")
    arguments.add_argument("--port", type=int, default=8081)
    arguments.add_argument("--token", default="123456:stand-in")
    given = arguments.parse_args()
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(run(given.token, given.port))
