"""Chats and people as the Bot API shows them, and the messages that stand there."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from tests.servers.bot_answers import Json

#: Of `getMe`.
ME: Mapping[str, Any] = {
    "id": 123456,
    "is_bot": True,
    "first_name": "Tocsin",
    "username": "tocsin_bot",
}
MY_ID: Final = int(ME["id"])
#: Who seems to write when an administrator writes as the group itself.
GROUP_ANONYMOUS_BOT: Mapping[str, Any] = {
    "id": 1087968824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
#: Who seems to write into a group when somebody writes there as a channel.
CHANNEL_BOT: Mapping[str, Any] = {
    "id": 136817688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
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
_GIFTS = (
    *("unlimited_gifts", "limited_gifts", "unique_gifts"),
    *("premium_subscription", "gifts_from_channels"),
)
_SHOWN = ("id", "type", "title", "username", "first_name", "is_forum")
_ADMINS = frozenset({"creator", "administrator"})


def person(user: int) -> Json:
    """Return a user of whom nothing is known."""
    return {"id": user, "is_bot": False, "first_name": f"Person {user}"}


def member(status: str, user: int, **rights: Any) -> Json:
    """Return *user* as `getChatMember` shows one with *status*."""
    whom = dict(ME) if user == MY_ID else person(user)
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


class Chats:
    """Every chat that there is; what is not written down is as usual."""

    def __init__(self) -> None:
        #: What `getChat` says beyond the usual of a chat, by its number or @name.
        self.chats: dict[str, Json] = {}
        #: What is known of a user beyond the usual: `username`, `language_code`.
        self.users: dict[int, Json] = {}
        #: Chat and user -> `member(...)`; everybody else is a member.
        self.members: dict[tuple[str, int], Json] = {}
        #: Old chat id -> new one.
        self.migrated: dict[str, int] = {}
        #: Chat and number -> a message as it is shown.
        self._messages: dict[tuple[int, int], Json] = {}

    def person(self, user: int) -> Json:
        """Return *user* as messages show them."""
        return person(user) | self.users.get(user, {})

    def chat(self, chat: str) -> Json:
        """Return *chat*, a number or an @name, as messages show it.

        Raises:
            ValueError: it is neither.
        """
        if chat.startswith("@") and chat not in self.chats:
            chat = self._named(chat[1:].casefold()) or chat
        known = self.chats.get(chat, {})
        given: Json
        if chat.startswith("@"):
            given = {"id": -1009, "type": "channel", "title": chat, "username": chat[1:]}
        elif chat.startswith("-"):
            given = {"id": int(chat), "type": "supergroup", "title": f"Group {chat}"}
        else:
            whom = self.person(int(chat))
            given = {"id": whom["id"], "type": "private", "first_name": whom["first_name"]}
            given |= {"username": whom["username"]} if "username" in whom else {}
        return given | {key: known[key] for key in _SHOWN if key in known}

    def _named(self, name: str) -> str:
        known = self.chats.items()
        return next((key for key, one in known if one.get("username", "").casefold() == name), "")

    def full_chat(self, chat: str) -> Json:
        """Return *chat* as `getChat` shows it."""
        whole: Json = {"accent_color_id": 0, "max_reaction_count": 11}
        whole["accepted_gift_types"] = dict.fromkeys(_GIFTS, False)
        return self.chat(chat) | whole | self.chats.get(chat, {})

    def member(self, chat: str, user: int) -> Json:
        """Return *user* as `getChatMember` shows them in *chat*."""
        return self.noted_member(chat, user) or member("member", user)

    def noted_member(self, chat: str, user: int) -> Json | None:
        """Return what is written down of *user* in *chat*; None: nothing."""
        if not self.members:
            return None
        return self.members.get((chat, user)) or self.members.get(
            (str(self.chat(chat)["id"]), user)
        )

    def is_admin(self, chat: str, user: int) -> bool:
        """Tell whether *user* is an administrator of *chat*."""
        return self.member(chat, user)["status"] in _ADMINS

    def administrators(self, chat: str) -> list[Json]:
        """Return whom `getChatAdministrators` shows in *chat*."""
        known = (one for (where, _), one in self.members.items() if where == chat)
        return [one for one in known if one["status"] in _ADMINS]

    def keep(self, message: Json) -> None:
        """Let *message* stand in its chat, in place of the one with its number."""
        self._messages[message["chat"]["id"], message["message_id"]] = message

    def find(self, chat: str, number: int) -> Json | None:
        """Return a message that stands in *chat*; None: there is none of that number."""
        return self._messages.get((self.chat(chat)["id"], number))

    def forget(self, chat: str, number: int) -> None:
        """Delete a message."""
        del self._messages[self.chat(chat)["id"], number]
