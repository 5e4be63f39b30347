"""Is it them, or is it us?  Pure.

When the last polls of five hosts or more all failed, and the network never answered, it is our own
outage: said once, and again only after something was reached.
"""

from __future__ import annotations

from collections import OrderedDict
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from alerts.errors import FeedError, UnreachableError

_HOSTS = 5
_WINDOW = timedelta(minutes=5)


class Outlook:
    """Remembers which hosts could be reached lately."""

    def __init__(self) -> None:
        #: Host -> when it failed, the oldest first; empty as soon as one is reached.
        self._unreached: OrderedDict[str, datetime] = OrderedDict()
        self._said = False

    def note(self, url: str, error: FeedError | None, *, now: datetime) -> bool:
        """Count a poll of *url*; return True when this one shows that we are offline."""
        if not isinstance(error, UnreachableError):
            self._unreached.clear()
            self._said = False
            return False
        host = urlsplit(url).hostname or ""
        self._unreached[host] = now
        self._unreached.move_to_end(host)
        while now - next(iter(self._unreached.values())) > _WINDOW:
            self._unreached.popitem(last=False)
        if self._said or len(self._unreached) < _HOSTS:
            return False
        self._said = True
        return True
