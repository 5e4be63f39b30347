"""What hangs below a message or takes the keyboard's place, read as strictly as Telegram reads it.

What Telegram drops without a word (buttons beyond its limits, buttons without a text) is refused:
a stand-in that dropped it too would hide it.
"""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from tests.servers.bot_answers import Json

#: Buttons of one message, and of one row.
MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
#: Of a keyboard that takes the place of the app's own (td's ReplyMarkup.cpp).
MOST_KEYS = 300
MOST_KEYS_IN_A_ROW = 12
#: Bytes of what a button says when it is pressed.
DATA_LIMIT = 64
#: Characters that stand in the empty field.
PLACEHOLDER_LIMIT = 64
_REQUESTS = ("request_contact", "request_location")


class Key(NamedTuple):
    """A button as it hangs below a message."""

    text: str
    data: str = ""
    url: str = ""


class ReplyKey(NamedTuple):
    """A button that takes the place of letters: what it says is said, or the location is shared."""

    text: str
    #: "request_location", "request_contact"; or empty.
    request: str = ""


Keyboard = tuple[tuple[Key, ...], ...]
ReplyKeyboard = tuple[tuple[ReplyKey, ...], ...]


class Markup(NamedTuple):
    """A `reply_markup`."""

    buttons: Keyboard = ()
    #: The field for the answer opens.
    asks: bool = False
    #: What stands in that field, or in that of the keyboard.
    placeholder: str = ""
    reply_keyboard: ReplyKeyboard = ()
    #: A keyboard that was shown before goes.
    removes_keyboard: bool = False


class KeyboardError(ValueError):
    """What follows "Bad Request: " in the answer."""


def parse_markup(markup: str, *, chat_type: str) -> Markup:
    """Return what *markup*, which is JSON, does in a chat; nothing for no markup.

    Raises:
        KeyboardError: in Telegram's words.
    """
    if not markup:
        return Markup()
    given = _read(markup)
    if "inline_keyboard" in given:
        return Markup(buttons=_keyboard(given["inline_keyboard"]))
    if chat_type == "channel":
        raise KeyboardError("inline keyboard expected")
    placeholder = str(given.get("input_field_placeholder", ""))
    if len(placeholder) > PLACEHOLDER_LIMIT:
        raise KeyboardError("INPUT_FIELD_PLACEHOLDER_TOO_LONG")
    if given.get("force_reply") is True:
        return Markup(asks=True, placeholder=placeholder)
    if given.get("remove_keyboard") is True:
        return Markup(removes_keyboard=True)
    if "keyboard" not in given:
        raise KeyboardError("object expected as reply markup")
    keyboard = _reply_keyboard(given["keyboard"], is_private=chat_type == "private")
    return Markup(reply_keyboard=keyboard, placeholder=placeholder)


def parse_keyboard(markup: str) -> Keyboard:
    """Return the rows of *markup*, which is JSON; none for no markup.

    Raises:
        KeyboardError: in Telegram's words.
    """
    # What can be changed afterwards is what a channel can have in the first place.
    return parse_markup(markup, chat_type="channel").buttons


def markup(keyboard: Keyboard) -> Json:
    """Return *keyboard* as it hangs below a message."""
    rows = [[{"text": key.text} | _says(key) for key in row] for row in keyboard]
    return {"inline_keyboard": rows}


def _read(markup: str) -> Json:
    try:
        given = json.loads(markup)
    except json.JSONDecodeError as error:
        raise KeyboardError("can't parse reply keyboard markup JSON object") from error
    if not isinstance(given, dict):
        raise KeyboardError("object expected as reply markup")
    return given


def _keyboard(rows: Any) -> Keyboard:
    try:
        keyboard = tuple(tuple(_key(one) for one in row) for row in rows)
    except (KeyError, TypeError) as error:
        raise KeyboardError("can't parse reply keyboard markup JSON object") from error
    if sum(map(len, keyboard)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in keyboard):
        raise KeyboardError("REPLY_MARKUP_TOO_LONG")
    return keyboard


def _says(key: Key) -> dict[str, str]:
    return {"url": key.url} if key.url else {"callback_data": key.data}


def _key(one: Json) -> Key:
    if not str(one["text"]).strip():
        raise KeyboardError("can't parse inline keyboard button: text is empty")
    data, url = one.get("callback_data"), one.get("url")
    if (data is None) is (url is None):
        raise KeyboardError("BUTTON_TYPE_INVALID")
    if data is not None and not 1 <= len(data.encode()) <= DATA_LIMIT:
        raise KeyboardError("BUTTON_DATA_INVALID")
    if url is not None and urlsplit(url).scheme not in {"http", "https", "tg"}:
        raise KeyboardError("BUTTON_URL_INVALID")
    return Key(text=one["text"], data=data or "", url=url or "")


def _reply_keyboard(rows: Any, *, is_private: bool) -> ReplyKeyboard:
    try:
        keyboard = tuple(tuple(_reply_key(one) for one in row) for row in rows)
    except (KeyError, TypeError) as error:
        raise KeyboardError("can't parse reply keyboard markup JSON object") from error
    keys = [key for row in keyboard for key in row]
    if not keys:
        raise KeyboardError("REPLY_MARKUP_INVALID")
    if len(keys) > MOST_KEYS or any(len(row) > MOST_KEYS_IN_A_ROW for row in keyboard):
        raise KeyboardError("REPLY_MARKUP_TOO_LONG")
    for key in keys:
        if key.request and not is_private:
            what = {"request_location": "location", "request_contact": "phone number"}[key.request]
            raise KeyboardError(f"{what} can be requested in private chats only")
    return keyboard


def _reply_key(one: Json | str) -> ReplyKey:
    given = {"text": one} if isinstance(one, str) else one
    if not given["text"].strip():
        raise KeyboardError("keyboard button text must be non-empty")
    asked = [name for name in _REQUESTS if given.get(name)]
    if set(given) - {"text", *_REQUESTS} or len(asked) > 1:
        raise KeyboardError("BUTTON_TYPE_INVALID")
    return ReplyKey(given["text"], *asked)
