"""/privacy: what is stored of whoever speaks, for how long, and how it is deleted."""

from __future__ import annotations

from typing import Final

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says, button
from alerts.locales import marked

_NOTE: Final = marked(
    "<b>What is stored</b>\n"
    "• the number of this chat, the language, the time zone, quiet hours and digest hours that you"
    " set, and an email address if you link one;\n"
    "• your watchlists as you typed them, and what you subscribed to;\n"
    "• which alerts were sent to you and when, what you muted, and what you said of alerts.\n\n"
    "<b>What is not stored</b>: your name, your phone number, your photo, other messages in your"
    " groups, your location (only the time zone that it lies in).\n\n"
    "<b>How long</b>: what you set, until you change it; sent alerts for {sent}; articles for"
    " {articles}; what I answered you, a day; half-finished questions, 30 days. Backups of the"
    " operator may keep a copy for longer.\n\n"
    "<b>How to delete it</b>: /delete_me deletes everything at once. /export gives you a copy."
)
_DELETE: Final = marked("Delete everything…")


async def privacy(call: Call, desk: Desk) -> Says:
    """Tell what is stored."""
    words, keep = call.words, desk.settings.keep
    note = words.say(_NOTE, sent=words.span(keep.sent), articles=words.span(keep.articles))
    return Says(html=note, buttons=((button(words.of(_DELETE), "/delete_me"),),))


COMMAND: Final = Command(
    name="privacy",
    does=privacy,
    about=marked("what is stored of you, how long, and how to delete it"),
    for_strangers=True,
)
