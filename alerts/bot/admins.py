"""Who may change what a group gets: its administrators, asked of Telegram and remembered a while."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Final

from alerts.delivery.channels.telegram.answers import answers_translated
from alerts.delivery.channels.telegram.connection import Connection

#: Who was made an administrator waits so long at most, and who was dismissed keeps so long.
LASTS: Final = timedelta(minutes=5)
#: Remembered at most; ten thousand people may press in a channel.
_MOST: Final = 4096
_ADMINS: Final = frozenset({"creator", "administrator"})


class Admins:
    """Answers whether somebody is an administrator of a chat."""

    def __init__(self, connection: Connection, *, now: Callable[[], datetime]) -> None:
        self._connection = connection
        self._now = now
        #: Chat and user -> what was said, and when.
        self._known: dict[tuple[int, int], tuple[datetime, bool]] = {}

    async def has(self, chat: int, user: int) -> bool:
        """Tell whether *user* is an administrator of *chat*.

        Raises:
            DeliveryError: Telegram does not say.
        """
        now = self._now()
        at, is_admin = self._known.get((chat, user), (None, False))
        if at is not None and now - at < LASTS:
            return is_admin
        with answers_translated():
            member = await self._connection.ask("getChatMember", chat_id=chat, user_id=user)
            is_admin = member["status"] in _ADMINS
        if len(self._known) >= _MOST:
            self._known.clear()
        self._known[chat, user] = now, is_admin
        return is_admin
