"""The one entry: a delivery in, the message of its channel out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Final

from alerts.delivery.links import ReaderPages
from alerts.delivery.rendering.answer import answer
from alerts.delivery.rendering.brief import brief
from alerts.delivery.rendering.mail import Mails
from alerts.delivery.rendering.notice import notice
from alerts.delivery.rendering.plain import plain
from alerts.delivery.rendering.telegram import telegram
from alerts.delivery.rendering.view import link
from alerts.delivery.rendering.webhook import webhook
from alerts.model import Delivery, Message, RuleSet

_Dialect = Callable[[Delivery, str, datetime], Message]

#: Channels that are not named here take plain text.
_DIALECTS: Final[dict[str, _Dialect]] = {
    "telegram": telegram,
    "webhook": webhook,
    "apprise": brief,
}


class Renderer:
    """Renders deliveries; holds where links to our own pages point, and how digests are wanted."""

    def __init__(self, public_url: str | None = None, pages: ReaderPages | None = None) -> None:
        """Point to *public_url*, and in mails to the *pages* of their readers."""
        self._public_url = link(public_url or "")
        self._mails = Mails(pages)
        self._dialects: dict[str, _Dialect] = {**_DIALECTS, "email": self._mails}

    def use(self, rules: RuleSet) -> None:
        """Heed how the receivers of *rules* want their digests from now on."""
        self._mails.use(rules.receivers)

    def render(self, delivery: Delivery, *, now: datetime) -> Message:
        """Return *delivery* as it reads on its address' channel at *now*."""
        if delivery.answer is not None:
            return answer(delivery, delivery.answer)
        if delivery.notice is not None:
            return notice(delivery, delivery.notice, self._public_url)
        dialect = self._dialects.get(delivery.address.channel, plain)
        return dialect(delivery, self._public_url, now)
