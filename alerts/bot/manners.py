"""How much one chat, or one person, may ask in a minute.  Pure state.

Whoever asks for more is told so once, and then not answered until a minute is over: ten thousand
commands of one chat cost ten thousand looks at a counter.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

from alerts.bot.recent import Recent

#: Calls of one person in one chat, and of one chat, within `WINDOW`.
MOST_OF_PERSON: Final = 20
MOST_OF_CHAT: Final = 40
WINDOW: Final = timedelta(minutes=1)


class Verdict(Enum):
    """What becomes of a call."""

    WELCOME = auto()
    #: It is one too many: that is said.
    TOO_MANY = auto()
    #: That was said already.
    UNHEARD = auto()


class Manners:
    """Counts calls."""

    def __init__(self) -> None:
        self._calls = Recent(WINDOW)
        self._told = Recent(WINDOW)

    def judge(self, chat: int, person: str, now: datetime) -> Verdict:
        """Say what becomes of one more call of *person* in *chat*."""
        crowd, one = ("chat", chat), (chat, person)
        if (
            self._calls.count(crowd, now) < MOST_OF_CHAT
            and self._calls.count(one, now) < MOST_OF_PERSON
        ):
            self._calls.note(crowd, now)
            self._calls.note(one, now)
            return Verdict.WELCOME
        if self._told.count(crowd, now):
            return Verdict.UNHEARD
        self._told.note(crowd, now)
        return Verdict.TOO_MANY
