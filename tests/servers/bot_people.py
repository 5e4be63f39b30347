"""What people do on the other side of the Bot API: they press, write, block, join and leave.

Their deeds become updates, which wait until the bot fetches them or are posted to its webhook.
"""

from __future__ import annotations

import asyncio
import json
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import aiohttp

#: Of `getMe`.
ME: Mapping[str, Any] = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Tocsin",
    "username": "tocsin_bot",
}
#: What the Bot API demands of answers to presses.
TOAST_LIMIT = 200
_RIGHTS = (
    *("can_be_edited", "is_anonymous", "can_manage_chat", "can_delete_messages"),
    *("can_manage_video_chats", "can_restrict_members", "can_promote_members", "can_change_info"),
    *("can_invite_users", "can_post_stories", "can_edit_stories", "can_delete_stories"),
)
_FREEDOMS = (
    *("can_send_messages", "can_send_audios", "can_send_documents", "can_send_photos"),
    *("can_send_videos", "can_send_video_notes", "can_send_voice_notes", "can_send_polls"),
    *("can_send_other_messages", "can_add_web_page_previews", "can_change_info"),
    *("can_invite_users", "can_pin_messages", "can_manage_topics", "can_edit_tag"),
    "can_react_to_messages",
)

Json = dict[str, Any]


class Toast(NamedTuple):
    """The answer to a press, as it pops up."""

    query: str
    text: str
    is_alert: bool


@dataclass(slots=True)
class Webhook:
    """Where updates are posted."""

    url: str
    secret: str


def person(user: int) -> Json:
    """Return a user."""
    return {"id": user, "is_bot": False, "first_name": f"Person {user}"}


def member(status: str, user: int, **rights: Any) -> Json:
    """Return *user* as `getChatMember` shows one with *status*."""
    whom = dict(ME) if user == ME["id"] else person(user)
    given: Json = {"status": status, "user": whom}
    match status:
        case "creator":
            given["is_anonymous"] = False
        case "administrator":
            given |= dict.fromkeys(_RIGHTS, False)
        case "restricted":
            given |= {"is_member": True, "until_date": 0} | dict.fromkeys(_FREEDOMS, False)
        case "kicked":
            given["until_date"] = 0
    return given | rights


@dataclass(slots=True)
class People:
    """Chats, who is in them, and what happened there that the bot has not heard of."""

    #: What `getChat` says beyond the usual of a chat.
    chats: dict[str, Json] = field(default_factory=dict)
    #: Chat and user -> `member(...)`; everybody else is a member.
    members: dict[tuple[str, int], Json] = field(default_factory=dict)
    #: Everything that pops up where somebody pressed.
    toasts: list[Toast] = field(default_factory=list)
    webhook: Webhook | None = None
    #: Updates that wait.
    updates: list[Json] = field(default_factory=list)
    #: Kinds that the bot asked for; empty: all.
    allowed: tuple[str, ...] = ()
    #: Set whenever something happened, or pops up.
    stirred: asyncio.Event = field(default_factory=asyncio.Event)
    _next_id: int = 700_000
    _open: set[str] = field(default_factory=set)

    def chat(self, chat: str) -> Json:
        """Return *chat* as messages show it."""
        known = self.chats.get(chat, {})
        if chat.startswith("@"):
            given = {"id": -1009, "type": "channel", "title": chat, "username": chat[1:]}
        elif chat.startswith("-"):
            given = {"id": int(chat), "type": "supergroup", "title": f"Group {chat}"}
        else:
            given = {"id": int(chat), "type": "private", "first_name": f"Person {chat}"}
        shown = ("id", "type", "title", "username", "first_name", "is_forum")
        return given | {key: known[key] for key in shown if key in known}

    def full_chat(self, chat: str) -> Json:
        """Return *chat* as `getChat` shows it."""
        gifts = (
            *("unlimited_gifts", "limited_gifts", "unique_gifts"),
            *("premium_subscription", "gifts_from_channels"),
        )
        whole: Json = {"accent_color_id": 0, "max_reaction_count": 11}
        whole["accepted_gift_types"] = dict.fromkeys(gifts, False)
        return self.chat(chat) | whole | self.chats.get(chat, {})

    def member(self, chat: str, user: int) -> Json:
        """Return *user* as `getChatMember` shows them in *chat*."""
        return self.members.get((chat, user), member("member", user))

    def administrators(self, chat: str) -> list[Json]:
        """Return whom `getChatAdministrators` shows in *chat*."""
        known = (one for (where, _), one in self.members.items() if where == chat)
        return [one for one in known if one["status"] in {"creator", "administrator"}]

    def press(self, message: Json, data: str, user: int) -> str:
        """Let *user* press the button that says *data*; return the id of the press."""
        query = str(self._next_id)
        self._open.add(query)
        pressed = {
            "id": query,
            "from": person(user),
            "message": message,
            "chat_instance": str(message["chat"]["id"]),
            "data": data,
        }
        self.happens("callback_query", pressed)
        return query

    def answer(self, query: str, text: str, *, is_alert: bool) -> bool:
        """Show *text* to whoever pressed; False when nobody waits for it."""
        if query not in self._open:
            return False
        self._open.discard(query)
        self.toasts.append(Toast(query, text, is_alert))
        self.stirred.set()
        return True

    def say(self, chat: str, user: int, text: str) -> None:
        """Let *user* write *text* into *chat*."""
        message: Json = {
            "message_id": 1_000_000 + self._next_id,
            "date": int(time.time()),
            "chat": self.chat(chat),
            "from": person(user),
            "text": text,
        }
        if text.startswith("/"):
            length = len(text.split(maxsplit=1)[0])
            message["entities"] = [{"type": "bot_command", "offset": 0, "length": length}]
        self.happens("message", message)

    def becomes(self, chat: str, status: str, *, was: str = "member", **rights: Any) -> None:
        """Let the bot itself become *status* in *chat*: `kicked` is blocked, in a private chat."""
        me = int(ME["id"])
        change = {
            "chat": self.chat(chat),
            "from": person(1),
            "date": int(time.time()),
            "old_chat_member": member(was, me),
            "new_chat_member": member(status, me, **rights),
        }
        self.members[chat, me] = member(status, me, **rights)
        self.happens("my_chat_member", change)

    def happens(self, kind: str, what: Json) -> int:
        """Make an update of *what*, if the bot asked for its *kind*; return its id."""
        number, self._next_id = self._next_id, self._next_id + 1
        if not self.allowed or kind in self.allowed:
            self.updates.append({"update_id": number, kind: what})
            self.stirred.set()
        return number

    def confirm(self, offset: int) -> None:
        """Forget what the bot has heard: every update below *offset*."""
        self.updates = [one for one in self.updates if one["update_id"] >= offset]

    def allow(self, kinds: str) -> None:
        """Take the `allowed_updates` of a request; none leaves the last ones."""
        if kinds:
            self.allowed = tuple(json.loads(kinds))

    async def post(self) -> list[int]:
        """Post what waits to the webhook, in order, until one is not taken; return the answers."""
        answers: list[int] = []
        assert self.webhook is not None
        async with aiohttp.ClientSession() as session:
            while self.updates and answers[-1:] in ([], [200]):
                answers.append(await self._post(session, self.webhook, self.updates[0]))
                if answers[-1] == 200:
                    del self.updates[0]
        return answers

    async def _post(self, session: aiohttp.ClientSession, webhook: Webhook, update: Json) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        async with session.post(webhook.url, json=update, headers=headers) as answer:
            return answer.status


def refuses_webhook(url: str, secret: str) -> str:
    """Say in Telegram's words why it will not post to *url*; empty: it will."""
    parts = urlsplit(url)
    # A self-hosted server in local mode posts to plain addresses as well; ours does to loopback.
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        return "bad webhook: An HTTPS URL must be provided for webhook"
    if not all(char.isascii() and (char.isalnum() or char in "_-") for char in secret):
        return "bad webhook: secret token contains unallowed characters"
    return "bad webhook: secret token is too long" if len(secret) > 256 else ""


def wanted(updates: Iterable[Json], offset: int, limit: int) -> list[Json]:
    """Return what `getUpdates` returns."""
    return [one for one in updates if one["update_id"] >= offset][:limit]
