"""The methods of the Bot API that the stand-in knows, with the parameters that it knows of each.

What it does not know is refused, so that a test notices: the real server passes over parameters
that it does not know, and knows many more.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from typing import Final

from tests.servers.bot_answers import Answer, Parameters, RefusedError, refusal, result
from tests.servers.bot_chats import ME, MY_ID
from tests.servers.bot_commands import Commands
from tests.servers.bot_floods import FloodLimits
from tests.servers.bot_messages import Messages
from tests.servers.bot_people import TOAST_LIMIT
from tests.servers.bot_updates import MOST_UPDATES, Webhook, refuses_webhook

_ON_SEND: Final = "chat_id message_thread_id parse_mode disable_notification reply_parameters"
#: Method in small letters -> parameters.
PARAMETERS: Final = {
    name: frozenset(known.split())
    for name, known in {
        "sendmessage": f"{_ON_SEND} text link_preview_options reply_markup",
        "senddocument": f"{_ON_SEND} document caption reply_markup",
        "getme": "",
        "getupdates": "offset limit timeout allowed_updates",
        "setwebhook": "url secret_token allowed_updates max_connections drop_pending_updates",
        "deletewebhook": "drop_pending_updates",
        "answercallbackquery": "callback_query_id text show_alert cache_time",
        "editmessagetext": "chat_id message_id text parse_mode link_preview_options reply_markup",
        "editmessagereplymarkup": "chat_id message_id reply_markup",
        "deletemessage": "chat_id message_id",
        "sendchataction": "chat_id action message_thread_id",
        "getchat": "chat_id",
        "getchatmember": "chat_id user_id",
        "getchatadministrators": "chat_id",
        "leavechat": "chat_id",
        "setmycommands": "commands scope language_code",
        "getmycommands": "scope language_code",
        "deletemycommands": "scope language_code",
        "getfile": "file_id",
    }.items()
}
_ACTIONS: Final = frozenset(
    {
        *("typing", "upload_photo", "record_video", "upload_video", "record_voice"),
        *("upload_voice", "upload_document", "choose_sticker", "find_location"),
        *("record_video_note", "upload_video_note"),
    }
)
_DONE: Final = result(True)  # noqa: FBT003 - the Bot API's own answer

Method = Callable[[Parameters], Answer | Awaitable[Answer]]


class Methods(Messages):
    """Answers every method but those that send."""

    def __init__(self, *, limits: FloodLimits | None, clock: Callable[[], float]) -> None:
        super().__init__(limits=limits, clock=clock)
        #: What apps show when somebody types a slash.
        self.commands = Commands()
        #: "typing" and the like: chat, topic, what.
        self.actions: list[tuple[str, str, str]] = []
        self._stopping = asyncio.Event()
        #: Whoever asks for updates last gets them.
        self._asker = object()
        self._methods: dict[str, Method] = {
            "getme": self._get_me,
            "getupdates": self._get_updates,
            "setwebhook": self._set_webhook,
            "deletewebhook": self._delete_webhook,
            "answercallbackquery": self._answer_press,
            "editmessagetext": self.edit_text,
            "editmessagereplymarkup": self.edit_buttons,
            "deletemessage": self.delete,
            "sendchataction": self._send_chat_action,
            "getchat": lambda given: result(self.people.full_chat(self.known(given))),
            "getchatmember": self._get_chat_member,
            "getchatadministrators": self._get_chat_administrators,
            "leavechat": self._leave_chat,
            "setmycommands": self._set_my_commands,
            "getmycommands": lambda given: result(self.commands.shown(given)),
            "deletemycommands": self._delete_my_commands,
            "getfile": lambda given: result(self.people.files.file(given.get("file_id", ""))),
        }

    async def answer(self, method: str, parameters: Parameters) -> Answer:
        """Return what a method, in small letters, answers."""
        known = self._methods.get(method)
        if known is None:
            return refusal(404, "Not Found")
        try:
            answer = known(parameters)
            return answer if isinstance(answer, dict) else await answer
        except RefusedError as error:
            return error.answer

    # --- updates ----------------------------------------------------------------------------------

    def _get_me(self, _: Parameters) -> Answer:
        powers = {
            "can_join_groups": True,
            "can_read_all_group_messages": self.people.can_read_all,
            "supports_inline_queries": False,
        }
        return result(dict(ME) | powers)

    async def _get_updates(self, parameters: Parameters) -> Answer:
        people = self.people
        if people.webhook is not None:
            raise RefusedError("can't use getUpdates method while webhook is active", code=409)
        self._asker = asker = object()
        people.stirred.set()  # whoever asked before is told
        people.confirm(int(parameters.get("offset", 0)))
        people.allow(parameters.get("allowed_updates", ""))
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(float(parameters.get("timeout", 0))):
                while not people.updates and self._asker is asker and not self._stopping.is_set():
                    people.stirred.clear()
                    await people.stirred.wait()
        if self._asker is not asker:
            raise RefusedError(
                "terminated by other getUpdates request; make sure that only one bot instance is"
                " running",
                code=409,
            )
        return result(people.waiting(int(parameters.get("limit", MOST_UPDATES))))

    def _set_webhook(self, parameters: Parameters) -> Answer:
        url, secret = parameters.get("url", ""), parameters.get("secret_token", "")
        why = refuses_webhook(url, secret) if url else ""
        if why:
            raise RefusedError(why)
        self.people.webhook = Webhook(url, secret) if url else None
        self.people.allow(parameters.get("allowed_updates", ""))
        return self._drop(parameters)

    def _delete_webhook(self, parameters: Parameters) -> Answer:
        self.people.webhook = None
        return self._drop(parameters)

    def _drop(self, parameters: Parameters) -> Answer:
        if _is_true(parameters, "drop_pending_updates"):
            self.people.updates.clear()
        return _DONE

    def _answer_press(self, parameters: Parameters) -> Answer:
        text = parameters.get("text", "")
        if len(text) > TOAST_LIMIT:
            raise RefusedError("MESSAGE_TOO_LONG")
        query, is_alert = (
            parameters.get("callback_query_id", ""),
            _is_true(parameters, "show_alert"),
        )
        if not self.people.answer(query, text, is_alert=is_alert):
            raise RefusedError(
                "query is too old and response timeout expired or query ID is invalid"
            )
        return _DONE

    # --- chats ------------------------------------------------------------------------------------

    def _send_chat_action(self, parameters: Parameters) -> Answer:
        chat, action = self.writable(parameters), parameters.get("action", "")
        if action not in _ACTIONS:
            raise RefusedError("wrong parameter action in request")
        if self.people.chat(chat)["type"] == "channel":
            raise RefusedError("chat actions are not supported in channels")
        self.actions.append((chat, parameters.get("message_thread_id", ""), action))
        return _DONE

    def _get_chat_member(self, parameters: Parameters) -> Answer:
        user = int(parameters.get("user_id", "0"))
        return result(self.people.member(self.known(parameters), user))

    def _get_chat_administrators(self, parameters: Parameters) -> Answer:
        chat = self.known(parameters)
        if self.people.chat(chat)["type"] == "private":
            raise RefusedError("there are no administrators in the private chat")
        return result(self.people.administrators(chat))

    def _leave_chat(self, parameters: Parameters) -> Answer:
        chat = self.writable(parameters)
        if self.people.chat(chat)["type"] == "private":
            raise RefusedError("chat member status can't be changed in private chats")
        was = self.people.member(chat, MY_ID)["status"]
        self.people.becomes(chat, "left", was=was, by=MY_ID)
        return _DONE

    # --- commands ---------------------------------------------------------------------------------

    def _set_my_commands(self, parameters: Parameters) -> Answer:
        self.commands.put(parameters)
        return _DONE

    def _delete_my_commands(self, parameters: Parameters) -> Answer:
        self.commands.drop(parameters)
        return _DONE


def _is_true(parameters: Parameters, name: str) -> bool:
    return parameters.get(name, "").casefold() == "true"
