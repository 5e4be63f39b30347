"""The one entry: a delivery in, the message of its channel out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from alerts.delivery.links import ReaderPages
from alerts.delivery.rendering.answer import answer
from alerts.delivery.rendering.brief import brief
from alerts.delivery.rendering.mail import Mails
from alerts.delivery.rendering.notice import notice
from alerts.delivery.rendering.plain import plain
from alerts.delivery.rendering.reader import reader_of
from alerts.delivery.rendering.telegram import telegram
from alerts.delivery.rendering.view import link
from alerts.delivery.rendering.webhook import webhook
from alerts.model import Delivery, Message, Receiver, RuleSet

_Dialect = Callable[[Delivery, str, datetime], Message]

#: Channels that are not named here take plain text.
_DIALECTS: Final[dict[str, _Dialect]] = {
    "webhook": webhook,
    "apprise": brief,
}


class Renderer:
    """Renders deliveries; holds where links to our own pages point, and how receivers read."""

    def __init__(self, public_url: str | None = None, pages: ReaderPages | None = None) -> None:
        """Point to *public_url*, and in mails to the *pages* of their readers."""
        self._public_url = link(public_url or "")
        self._mails = Mails(pages)
        self._receivers: Mapping[str, Receiver] = {}
        self._dialects: dict[str, _Dialect] = {
            **_DIALECTS,
            "email": self._mails,
            "telegram": self._telegram,
        }

    def use(self, rules: RuleSet) -> None:
        """Heed from now on how the receivers of *rules* read, and want their digests."""
        # Not a copy: subscribers come, go and change their language between two calls.
        self._receivers = rules.receivers
        self._mails.use(rules.receivers)

    def render(self, delivery: Delivery, *, now: datetime) -> Message:
        """Return *delivery* as it reads on its address' channel at *now*."""
        if delivery.answer is not None:
            return answer(delivery, delivery.answer)
        if delivery.notice is not None:
            return notice(delivery, delivery.notice, self._public_url)
        dialect = self._dialects.get(delivery.address.channel, plain)
        return dialect(delivery, self._public_url, now)

    def _telegram(self, delivery: Delivery, public_url: str, now: datetime) -> Message:
        reader = reader_of(self._receivers.get(delivery.receiver))
        return telegram(delivery, public_url, now, reader=reader)
