"""May the bot write where it stands?  Pure."""

from __future__ import annotations

from tests.servers.bot_answers import Json, RefusedError


def missing_right(chat_type: str, member: Json) -> None:
    """Do nothing if the bot, which is *member* of a chat, may write there.

    Raises:
        RefusedError: it may not.
    """
    match member["status"]:
        case "kicked" if chat_type == "private":
            raise RefusedError("bot was blocked by the user", code=403)
        case "kicked":
            raise RefusedError(f"bot was kicked from the {chat_type} chat", code=403)
        case "left":
            raise RefusedError(f"bot is not a member of the {chat_type} chat", code=403)
        case "restricted" if not member.get("can_send_messages"):
            raise RefusedError("not enough rights to send text messages to the chat")
        case "administrator" if chat_type == "channel" and not member.get("can_post_messages"):
            raise RefusedError("need administrator rights in the channel chat")
        case "member" if chat_type == "channel":
            raise RefusedError("need administrator rights in the channel chat")
