"""The one entry: a delivery in, the message of its channel out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from alerts.delivery.rendering.mail import mail
from alerts.delivery.rendering.notice import notice
from alerts.delivery.rendering.plain import plain
from alerts.delivery.rendering.telegram import telegram
from alerts.delivery.rendering.view import link
from alerts.model import Delivery, Message

_Dialect = Callable[[Delivery, str, datetime], Message]

#: Channels that are not named here take plain text.
_DIALECTS: Final[dict[str, _Dialect]] = {"telegram": telegram, "email": mail}


class Renderer:
    """Renders deliveries; holds where links to our own pages point."""

    def __init__(self, public_url: str | None = None) -> None:
        self._public_url = link(public_url or "")

    def render(self, delivery: Delivery, *, now: datetime) -> Message:
        """Return *delivery* as it reads on its address' channel at *now*."""
        if delivery.notice is not None:
            return notice(delivery, delivery.notice, self._public_url)
        dialect = _DIALECTS.get(delivery.address.channel, plain)
        return dialect(delivery, self._public_url, now)
