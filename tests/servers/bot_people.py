"""What people do on the other side of the Bot API: they press, write, share, block, join and leave.

Their deeds become updates, which wait until the bot fetches them or are posted to its webhook.
"""

from __future__ import annotations

import time
from typing import Any, Final, NamedTuple, Unpack

from tests.servers.bot_answers import Json
from tests.servers.bot_chats import ME, MY_ID, Chats, member, person
from tests.servers.bot_files import Document, Files
from tests.servers.bot_said import (
    How,
    is_meant_for_bot,
    place_of,
    seeming_sender,
    with_entities,
)
from tests.servers.bot_updates import Updates, Webhook
from tests.servers.telegram_html import utf16_length

__all__ = ["ME", "TOAST_LIMIT", "People", "Toast", "Webhook", "member", "person"]

#: What the Bot API demands of answers to presses.
TOAST_LIMIT = 200
#: UTF-16 units that an app sends as one message.
_APP_LIMIT: Final = 4096
_GONE: Final = frozenset({"left", "kicked"})


class Toast(NamedTuple):
    """The answer to a press, as it pops up."""

    query: str
    text: str
    is_alert: bool


class People(Chats, Updates):
    """Chats, who is in them, and what happened there that the bot has not heard of."""

    def __init__(self) -> None:
        Chats.__init__(self)
        Updates.__init__(self)
        #: Everything that pops up where somebody pressed.
        self.toasts: list[Toast] = []
        #: The bot's privacy mode is off: it hears everything that is said in groups.
        self.can_read_all = False
        self.files = Files()
        self._open: set[str] = set()
        self._pressed = 0
        self._said = 1_000_000

    # --- pressing ---------------------------------------------------------------------------------

    def press(self, message: Json, data: str, user: int) -> str:
        """Let *user* press the button that says *data*; return the id of the press."""
        self._pressed += 1
        query = str(self._pressed)
        self._open.add(query)
        pressed = {
            "id": query,
            "from": self.person(user),
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

    # --- writing ----------------------------------------------------------------------------------

    def say(self, chat: str, user: int, text: str, **how: Unpack[How]) -> int:
        """Let *user* write *text* into *chat*; return the number of the message.

        Raises:
            ValueError: no app sends that as one message.
        """
        if not text.strip() or utf16_length(text) > _APP_LIMIT:
            raise ValueError("apps send 1 to 4096 UTF-16 units as one message")
        return self._sends(chat, user, with_entities(text), how)

    def send_document(
        self,
        chat: str,
        user: int,
        name: str,
        content: bytes,
        caption: str = "",
        **how: Unpack[How],
    ) -> int:
        """Let *user* send a file into *chat*; return the number of the message."""
        told: Json = {"document": self.files.keep(Document(name, content))}
        if caption:
            told |= with_entities(caption, field="caption")
        return self._sends(chat, user, told, how)

    def send_location(
        self, chat: str, user: int, latitude: float, longitude: float, **how: Unpack[How]
    ) -> int:
        """Let *user* share a place; return the number of the message."""
        told: Json = {"location": {"latitude": latitude, "longitude": longitude}}
        return self._sends(chat, user, told, how)

    def publish(self, channel: str, text: str) -> int:
        """Let somebody post *text* in *channel*, an @name or a number; return the number."""
        if not channel.startswith("@"):
            self.chats.setdefault(channel, {}).setdefault("type", "channel")
        place = self.chat(channel)
        post = self._begun(place) | {"sender_chat": place} | with_entities(text)
        self.keep(post)
        self.happens("channel_post", post)
        return int(post["message_id"])

    def rewrite(self, chat: str, number: int, text: str) -> None:
        """Let whoever wrote a message edit it.

        Raises:
            LookupError: no such message stands there.
        """
        before = self.find(chat, number)
        if before is None:
            raise LookupError(f"no message {number} in {chat}")
        kept = {key: value for key, value in before.items() if key != "entities"}
        message = kept | with_entities(text) | {"edit_date": int(time.time())}
        self.keep(message)
        is_post = message["chat"]["type"] == "channel"
        self._tell("edited_channel_post" if is_post else "edited_message", message)

    def _sends(self, chat: str, user: int, told: Json, how: How) -> int:
        if "language_code" in how:
            self.users.setdefault(user, {})["language_code"] = how["language_code"]
        thread, place = how.get("thread"), self.chat(chat)
        if thread is not None:
            place["is_forum"] = True
        if place["type"] == "private" and self.member(chat, MY_ID)["status"] in _GONE:
            del self.members[chat, MY_ID]  # the app unblocks before it sends
        answered = self._answered(chat, how.get("reply_to"))
        message = self._begun(place) | self._sender(place, user, how) | told
        message |= place_of(place, thread, answered)
        self.keep(message)
        self._tell("message", message)
        return int(message["message_id"])

    def _answered(self, chat: str, number: int | None) -> Json | None:
        found = None if number is None else self.find(chat, number)
        if number is not None and found is None:
            raise ValueError(f"no message {number} in {chat} to reply to")
        return found

    def _begun(self, place: Json) -> Json:
        self._said += 1
        return {"message_id": self._said, "date": int(time.time()), "chat": place}

    def _sender(self, place: Json, user: int, how: How) -> Json:
        sender: Json = {"from": self.person(user)}
        if "sender_chat" in how:
            sender = seeming_sender(place, self.chat(how["sender_chat"]))
        origin = how.get("forwarded_from")
        if isinstance(origin, int):
            told: Json = {"type": "user", "sender_user": self.person(origin)}
            sender["forward_origin"] = told | {"date": int(time.time())}
        elif origin is not None:
            told = {"type": "channel", "chat": self.chat(origin), "message_id": 1}
            sender["forward_origin"] = told | {"date": int(time.time())}
        return sender

    def _tell(self, kind: str, message: Json) -> None:
        place = message["chat"]
        is_open = place["type"] in {"private", "channel"} or self.can_read_all
        if is_open or is_meant_for_bot(message) or self.is_admin(str(place["id"]), MY_ID):
            self.happens(kind, message)

    # --- chats and the bot's place in them --------------------------------------------------------

    def becomes(
        self, chat: str, status: str, *, was: str = "member", by: int = 0, **rights: Any
    ) -> None:
        """Let the bot itself become *status* in *chat*: `kicked` is blocked, in a private chat.

        *by* is who did it; in a private chat it is the other one, elsewhere person 1.
        """
        place, now = self.chat(chat), member(status, MY_ID, **rights)
        by = by or (int(place["id"]) if place["type"] == "private" else 1)
        for name in (chat, str(place["id"])):
            self.members[name, MY_ID] = now
        change = {"chat": place, "from": self.person(by), "date": int(time.time())}
        change |= {"old_chat_member": member(was, MY_ID), "new_chat_member": now}
        self.happens("my_chat_member", change)
        if place["type"] in {"group", "supergroup"} and was in _GONE and status not in _GONE:
            self._serve(place, by, {"new_chat_members": [dict(ME)]})

    def upgrades(self, old: str, new: str, *, by: int = 1) -> None:
        """Let the group *old* become the supergroup *new*; the bot keeps its place in it.

        Calls to *old* are refused from now on, with the new id.
        """
        known = self.chats.setdefault(old, {})
        known["type"] = "group"
        self.chats[new] = {"title": self.chat(old)["title"]} | known | {"type": "supergroup"}
        for (chat, user), one in list(self.members.items()):
            if chat == old:
                self.members[new, user] = one
        self.migrated[old] = int(new)
        self._serve(self.chat(old), by, {"migrate_to_chat_id": int(new)})
        self._serve(self.chat(new), by, {"migrate_from_chat_id": int(old)})

    def _serve(self, place: Json, by: int, told: Json) -> None:
        """Let a service message stand in a chat; bots hear of all of them."""
        message = self._begun(place) | {"from": self.person(by)} | told
        self.keep(message)
        self.happens("message", message)
