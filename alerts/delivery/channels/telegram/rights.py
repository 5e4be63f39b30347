"""May the bot write to a chat?  Pure, on what the Bot API says of the chat and of the bot in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

#: `Chat` and `ChatMember` of the Bot API, as JSON.
Json = Mapping[str, Any]


def missing_rights(chat: Json, member: Json, *, thread: int | None) -> str:
    """Say what *member*, who is the bot, lacks to write to *chat*; empty: nothing.

    *chat* is the answer to `getChat`, which alone knows what all members may do.
    """
    if thread is not None and not chat.get("is_forum"):
        return f"topic {thread} is named, and the group has no topics"
    missing = missing_as(member, chat_type=chat["type"])
    if missing or member["status"] != "member":
        return missing
    may_all = chat.get("permissions", {}).get("can_send_messages", True)
    return "" if may_all else "members may not write in the group: make the bot an administrator"


def missing_as(member: Json, *, chat_type: str) -> str:
    """Say what the bot lacks as the *member* that it is of a chat; empty: nothing."""
    match member["status"]:
        case "kicked":
            return "the bot was removed or blocked: let it in again"
        case "left":
            return "the bot is not in the chat: add it"
        case "restricted" if not (member.get("is_member") and member.get("can_send_messages")):
            return "the bot is restricted in the group: let it send messages"
        case "administrator" if chat_type == "channel" and not member.get("can_post_messages"):
            return "the bot is an administrator without the right to post messages"
        case "member" if chat_type == "channel":
            return "only administrators write in a channel: make the bot one that may post messages"
        case _:
            return ""
