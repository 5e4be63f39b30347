"""Inline keyboards, read as strictly as the Bot API reads them."""

from __future__ import annotations

import json
from typing import Any, NamedTuple
from urllib.parse import urlsplit

#: Buttons of one message, and of one row.
MOST_BUTTONS = 100
MOST_IN_A_ROW = 8
#: Bytes of what a button says when it is pressed.
DATA_LIMIT = 64


class Key(NamedTuple):
    """A button as it hangs below a message."""

    text: str
    data: str = ""
    url: str = ""


Keyboard = tuple[tuple[Key, ...], ...]


class KeyboardError(ValueError):
    """What follows "Bad Request: " in the answer."""


def parse_keyboard(markup: str) -> Keyboard:
    """Return the rows of *markup*, which is JSON; none for no markup.

    Raises:
        KeyboardError: in Telegram's words.
    """
    if not markup:
        return ()
    try:
        rows = json.loads(markup)["inline_keyboard"]
        keyboard = tuple(tuple(_key(one) for one in row) for row in rows)
    except (KeyError, TypeError, json.JSONDecodeError) as error:
        raise KeyboardError("can't parse reply keyboard markup JSON object") from error
    if sum(map(len, keyboard)) > MOST_BUTTONS or any(len(row) > MOST_IN_A_ROW for row in keyboard):
        raise KeyboardError("REPLY_MARKUP_TOO_LONG")
    return keyboard


def markup(keyboard: Keyboard) -> dict[str, Any]:
    """Return *keyboard* as it hangs below a message."""
    rows = [[{"text": key.text} | _says(key) for key in row] for row in keyboard]
    return {"inline_keyboard": rows}


def _says(key: Key) -> dict[str, str]:
    return {"url": key.url} if key.url else {"callback_data": key.data}


def _key(one: dict[str, Any]) -> Key:
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
