"""/language: in which language the bot speaks."""

from __future__ import annotations

from dataclasses import replace
from typing import Final

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says, button
from alerts.locales import LANGUAGES, marked, words_of

_WHICH: Final = marked("Which language shall I speak here?")
_DONE: Final = marked("I speak English now.")


async def language(call: Call, desk: Desk) -> Says:
    """Set the language, or offer those that there are."""
    tag = call.text.strip().casefold()
    if tag not in LANGUAGES:
        rows = [[button(name, f"/language {key}")] for key, name in LANGUAGES.items()]
        return Says(html=call.words.say(_WHICH), buttons=tuple(map(tuple, rows)))
    subscriber = await desk.member(call)
    await desk.members.keep(replace(subscriber, language=tag))
    return Says(html=words_of(tag).say(_DONE))


COMMAND: Final = Command(
    name="language",
    does=language,
    about=marked("the language that I speak"),
    changes=True,
)
