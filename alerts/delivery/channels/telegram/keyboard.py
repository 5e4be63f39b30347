"""Between our buttons and Telegram's inline keyboards."""

from __future__ import annotations

from telegram import ForceReply, InlineKeyboardButton, InlineKeyboardMarkup

from alerts.model import Button

Rows = tuple[tuple[Button, ...], ...]


def keyboard(rows: Rows) -> InlineKeyboardMarkup | None:
    """Return *rows* as they are sent; None: no keyboard."""
    return (
        InlineKeyboardMarkup([[_key(button) for button in row] for row in rows]) if rows else None
    )


def below(rows: Rows, *, asks: bool) -> InlineKeyboardMarkup | ForceReply | None:
    """Return what goes below a message: its buttons, or else, if it *asks*, the field to answer in.

    A message has one of them (Bot API, sendMessage).  In a group the field opens only for whoever
    the message answers.
    """
    return keyboard(rows) or (ForceReply(selective=True) if asks else None)


def rows_of(markup: InlineKeyboardMarkup | None) -> Rows:
    """Return what hangs below a message; keys that none of ours are say nothing."""
    rows = markup.inline_keyboard if markup is not None else ()
    return tuple(tuple(_button(key) for key in row) for row in rows)


def _key(button: Button) -> InlineKeyboardButton:
    if button.url:
        return InlineKeyboardButton(button.label, url=button.url)
    return InlineKeyboardButton(button.label, callback_data=button.action)


def _button(key: InlineKeyboardButton) -> Button:
    action = key.callback_data if isinstance(key.callback_data, str) else ""
    return Button(label=key.text, action=action, url=key.url or "")
