"""Every error that Tocsin raises on purpose; each class says whose move it is.

TocsinError
├── SettingsError                  the operator: the environment is wrong (exit code 3)
├── RulesError                     the author of the rule files; carries every complaint (exit code 2)
├── FeedError                      nobody: the feed is polled again later
│   ├── FetchError                 the server's answer
│   │   ├── GoneError              the publisher says that the feed is no more
│   │   └── UnreachableError       there was none: the network, theirs or ours
│   ├── AddressRefusedError        the address guard; nothing was sent
│   └── ParseError                 the document
├── DeliveryError
│   ├── TransientDeliveryError     nobody: it is sent again later
│   ├── AmbiguousDeliveryError     nobody: perhaps it arrived; it is sent again, marked as a repeat
│   ├── PermanentDeliveryError     nobody: a dead letter
│   │   └── AddressGoneError       the receiver: blocked us or ceased to exist
│   ├── AddressMovedError          nobody: it is sent again to the new address
│   └── ChannelRefusedError        the operator: a wrong token or login; the channel pauses
├── GazetteerError                 the operator: the table of places was not made
└── StorageError                   the operator: the database cannot be used
    ├── DatabaseHeldError          another instance holds it
    └── DatabaseFullError          the disk is full; nothing was written

Anything else is a bug and ends the process with its state safe.
"""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    # Every command imports the errors; `tocsin --help` needs no values.
    from alerts.model import Complaint


class TocsinError(Exception):
    """Base of the tree above.  The text is fit to be shown: it holds no secret."""


class SettingsError(TocsinError):
    """The environment is wrong; the text names each setting and what it wants."""


class RulesError(TocsinError):
    """Rule files cannot be loaded."""

    def __init__(self, complaints: tuple[Complaint, ...]) -> None:
        super().__init__("\n".join(map(str, complaints)))
        #: Every finding of every file, in the order of files and lines; never empty.
        self.complaints = complaints


class FeedError(TocsinError):
    """A poll failed; other feeds are not concerned."""

    #: How much this counts against the feed (FEEDS.md: hard 1.0, soft 0.5, temporary DNS 0.25).
    weight: float = 0.5

    def __init__(
        self, message: str, *, weight: float | None = None, retry_after: timedelta | None = None
    ) -> None:
        super().__init__(message)
        if weight is not None:
            self.weight = weight
        #: The server's own wish (Retry-After), already capped at 24 h.
        self.retry_after = retry_after


class FetchError(FeedError):
    """No usable answer: connection, status, size."""


class GoneError(FetchError):
    """410: the publisher says that the feed is no more; said twice, an hour apart, we stop."""

    weight = 1.0


class UnreachableError(FetchError):
    """No answer at all: DNS, connection, time-out.  It may be our own network that is down."""


class AddressRefusedError(FeedError, OSError):
    """The address guard refused to connect; nothing was sent.

    An `OSError` too, because the connector tries the next address on those and only on those.
    """

    weight = 1.0


class ParseError(FeedError):
    """The document is not a feed, or broke the parser."""


class DeliveryError(TocsinError):
    """A message was not, or not certainly, accepted."""


class TransientDeliveryError(DeliveryError):
    """The message certainly did not arrive; try again."""

    def __init__(
        self,
        message: str,
        *,
        retry_after: timedelta | None = None,
        connected: bool = True,
    ) -> None:
        super().__init__(message)
        #: The least wait that the other side asked for (Telegram's flood control).
        self.retry_after = retry_after
        #: False: the transport itself failed; five in a row open the channel's circuit breaker.
        self.connected = connected


class AmbiguousDeliveryError(DeliveryError):
    """The request was written and its answer was lost: it may have arrived."""


class PermanentDeliveryError(DeliveryError):
    """Refused for good."""


class AddressGoneError(PermanentDeliveryError):
    """The address blocked us or does not exist any more; nothing else should be sent to it."""


class AddressMovedError(DeliveryError):
    """The address has a new name (a Telegram group that became a supergroup)."""

    def __init__(self, message: str, *, target: str) -> None:
        super().__init__(message)
        self.target = target


class ChannelRefusedError(DeliveryError):
    """The other side refuses *us*: a wrong token, a wrong login.  Nothing is dropped."""


class GazetteerError(TocsinError):
    """The table of places is missing or of another version; the text says how it is made."""


class StorageError(TocsinError):
    """The database cannot be opened, read or written."""


class DatabaseHeldError(StorageError):
    """Another instance works on this database; the text says which."""


class DatabaseFullError(StorageError):
    """There is no room on the disk; the transaction was rolled back."""
