"""/cancel: whatever I asked is not waited for any more."""

from __future__ import annotations

from typing import Final

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says
from alerts.locales import marked

_DROPPED: Final = marked("Dropped. What I asked is forgotten, and nothing was changed.")
_NOTHING: Final = marked("There is nothing to cancel: I was waiting for no answer of yours.")


async def cancel(call: Call, desk: Desk) -> Says:
    """End the dialogue of who speaks, whatever it is about."""
    if call.dialogue is None:
        return Says(html=call.words.say(_NOTHING))
    await desk.ended(call)
    return Says(html=call.words.say(_DROPPED))


COMMAND: Final = Command(name="cancel", does=cancel, about=marked("drop what I was asking"))
