"""What a button says when it is pressed: a few characters that come back from the chat.  Pure.

They are no secret and no permission: whoever pressed, and whether the chat may, is asked when they
come back (`alerts.bot`).  64 bytes of ASCII are all that Telegram carries.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import StrEnum
from hashlib import sha256
from typing import Final

#: Hex digits of an alert's id: 128 bits, so that no two alerts share them.
ALERT_DIGITS: Final = 32
#: Of a watchlist's hash: it only has to tell the watchlists of one alert apart.
_WATCHLIST_DIGITS: Final = 12
_PRESS: Final = re.compile(
    f"(?P<verb>[a-z])(?P<alert>[0-9a-f]{{{ALERT_DIGITS}}})"
    f"(?::(?P<watchlist>[0-9a-f]{{{_WATCHLIST_DIGITS}}}))?"
)


class Verb(StrEnum):
    """What is to be done; the letter that travels."""

    MUTE_STORY = "s"
    MUTE_WATCHLIST = "w"
    USEFUL = "u"
    FALSE_ALARM = "f"
    WHY = "y"
    UNMUTE_STORY = "t"
    UNMUTE_WATCHLIST = "x"


#: What takes back what.
_OPPOSITES: Final = {
    Verb.MUTE_STORY: Verb.UNMUTE_STORY,
    Verb.UNMUTE_STORY: Verb.MUTE_STORY,
    Verb.MUTE_WATCHLIST: Verb.UNMUTE_WATCHLIST,
    Verb.UNMUTE_WATCHLIST: Verb.MUTE_WATCHLIST,
}
_OF_WATCHLISTS: Final = (Verb.MUTE_WATCHLIST, Verb.UNMUTE_WATCHLIST)


@dataclass(frozen=True, slots=True, kw_only=True)
class Press:
    """A button that was pressed."""

    verb: Verb
    #: The first `ALERT_DIGITS` of `Alert.id`.
    alert: str
    #: `watchlist_key` of the watchlist that is meant; empty: none is.
    watchlist: str = ""

    @property
    def action(self) -> str:
        """Return what travels: `Button.action`."""
        return f"{self.verb}{self.alert}" + (f":{self.watchlist}" if self.watchlist else "")

    @property
    def opposite(self) -> Press | None:
        """Return the press that takes this one back; None: none does."""
        verb = _OPPOSITES.get(self.verb)
        return replace(self, verb=verb) if verb is not None else None


def read(action: str) -> Press | None:
    """Return the press that *action* says; None: no button of ours says that."""
    found = _PRESS.fullmatch(action)
    if found is None or found["verb"] not in set(Verb):
        return None
    verb, watchlist = Verb(found["verb"]), found["watchlist"] or ""
    if bool(watchlist) is not (verb in _OF_WATCHLISTS):
        return None
    return Press(verb=verb, alert=found["alert"], watchlist=watchlist)


def watchlist_key(watchlist: str) -> str:
    """Return the digits that name `Watchlist.id` on a button.

    Not its place among the alert's matches: those of a later article would move it.
    """
    return sha256(watchlist.encode("utf-8", "surrogatepass")).hexdigest()[:_WATCHLIST_DIGITS]
