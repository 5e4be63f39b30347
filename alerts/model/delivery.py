"""Alerts and messages on their way to people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from alerts.model.article import Article, Match, Severity
from alerts.model.routing import Address


class DeliveryState(StrEnum):
    """Where a delivery stands (DELIVERY.md, Outbox)."""

    PENDING = "pending"
    LEASED = "leased"
    SENT = "sent"
    #: Perhaps it arrived: it is sent again, marked as a possible repeat.
    AMBIGUOUS = "ambiguous"
    #: Kept back: quiet hours, a blocked chat, a mute.
    HELD = "held"
    DEAD = "dead"


class HeldBy(StrEnum):
    """Why a delivery is held."""

    #: The address blocked us or ceased to exist; it leaves when we are let in again.
    GONE = "gone"
    #: Quiet hours that drop: it never leaves.
    DROPPED = "dropped"
    #: Everything that it says was muted before it left.
    MUTED = "muted"
    #: A silence meets everything that it says.
    SILENCED = "silenced"
    #: The reader left the list, or a pause of theirs lasts.
    LEFT = "left"
    #: The receiver's fallback has it.
    HANDED_OVER = "handed over"


class DeliveryKind(StrEnum):
    """What a message is, which decides how it reads."""

    #: One story.
    ALERT = "alert"
    #: Several stories at once: a backfill, quiet hours, or what a busy hour left over.
    LIST = "list"
    #: Everything since the last one, at an agreed hour.
    DIGEST = "digest"
    #: What became of a story that was told.
    UPDATE = "update"
    #: What the system tells its operator about itself.
    NOTICE = "notice"
    #: What the bot says to whoever spoke to it.
    ANSWER = "answer"


@dataclass(frozen=True, slots=True, kw_only=True)
class Alert:
    """A story that one address should hear of, with its matches."""

    id: str
    story: str
    severity: Severity
    #: The articles that report the story, the first seen first; never empty.
    articles: tuple[Article, ...]
    #: Of these articles; the most severe first; never empty.
    matches: tuple[Match, ...]

    @property
    def lead(self) -> Article:
        """The article that opened the story: what the headline and the link come from."""
        return self.articles[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """Something about the system itself that its operator should hear of: trouble, or its end."""

    #: "rules": there is one trouble at a time with each thing, and one end of it.
    about: str
    #: What exactly is wrong, as a word or a hash: the same is told once.  Empty: all is well again.
    state: str
    #: One line.
    subject: str
    #: What happened, what holds meanwhile, and what to do.
    text: str
    #: Each is shown as it is, in letters of one width; may have several lines.
    details: tuple[str, ...] = ()
    #: Further details, and the command that shows them.
    more: int = 0
    shown_by: str = ""
    severity: Severity = Severity.HIGH

    @property
    def is_end(self) -> bool:
        """Tell whether it says that all is well again."""
        return not self.state


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """What became of a story after an address was told of it."""

    #: How severe it was then; None: it still is.
    severity_before: Severity | None = None
    #: The headline that was told, where its publisher has changed it; or empty.
    headline_before: str = ""
    #: Titles of the watchlists that match since.
    watchlists: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Button:
    """Something to press below a message."""

    label: str
    #: What comes back when it is pressed: at most 64 bytes of ASCII, no secret.
    action: str = ""
    #: Where it leads instead; http or https.
    url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What the bot says to whoever spoke to it, as it is sent: in their language, in Telegram's tags."""

    html: str
    buttons: tuple[tuple[Button, ...], ...] = ()
    #: The number of the message that it answers; or empty.
    follows: str = ""
    #: It is a question: the app opens the field for the answer.
    asks: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """One message on its way to one address."""

    #: sha256 hex over what it says and to whom: the same message is the same delivery.
    id: str
    kind: DeliveryKind
    receiver: str
    address: Address
    #: The most severe first; one for an alert or an update, one or more for a list, none for a
    #: notice or an answer; an empty digest says that nothing happened.
    alerts: tuple[Alert, ...]
    created_at: datetime
    #: Of a notice, and of nothing else.
    notice: Notice | None = None
    #: Of an update, and of nothing else.
    change: Change | None = None
    #: Of an answer, and of nothing else.
    answer: Answer | None = None
    #: Of an update: the channel's id of the message that told the story; or empty.
    follows: str = ""
    #: Of a digest: when the last one was sent; None: it is the first.
    since: datetime | None = None
    #: It is to arrive without a sound.
    is_silent: bool = False
    #: Sends that were begun, this one included; 1 at the first.
    attempt: int = 1
    #: An earlier send was ambiguous: people must be told that this may be a repeat.
    possible_repeat: bool = False

    @property
    def severity(self) -> Severity:
        """The highest severity among the alerts, or the notice's."""
        if self.notice is not None:
            return self.notice.severity
        levels = (alert.severity for alert in self.alerts)
        return max(levels, key=lambda level: level.rank, default=Severity.INFO)


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """A delivery as it reads on one channel."""

    #: `Delivery.id`: what a Message-ID is made of.
    delivery: str
    created_at: datetime
    #: One line without control characters.
    subject: str
    #: Complete on its own, without markup.
    text: str
    #: In the channel's own dialect (Telegram's tags; a mail's HTML part); empty where it has none.
    html: str = ""
    #: What messages of one story or one day share, so that mail programs thread them.
    thread: str = ""
    possible_repeat: bool = False
    #: The receiver, which is the list that a mail belongs to.
    receiver: str = ""
    #: The channel's id of the message that this one answers; or empty.
    follows: str = ""
    is_silent: bool = False
    #: Rows of them, where the channel has buttons.
    buttons: tuple[tuple[Button, ...], ...] = ()
    #: It is a question: where the channel can, the field for the answer opens.
    asks: bool = False
    #: Where one press ends these messages (RFC 8058); or empty.
    unsubscribe_url: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """The other side's word that it took a message."""

    #: The channel's id of the message: Telegram's message_id, a mail's Message-ID.
    message_id: str = ""
