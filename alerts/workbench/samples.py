"""Messages to look at before anybody gets them: invented ones, and what an article would make.

They are rendered and put into the words of their channel by the code that sends.  Links in mails are
signed with a key that opens nothing: whoever passes a sample on gives no reader's page away.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from alerts.alerting.digests import next_digest_at
from alerts.alerting.sightings import RulesInForce
from alerts.delivery.channels.email import EmailChannel
from alerts.delivery.channels.webhook import signed_headers
from alerts.delivery.links import ReaderPages
from alerts.delivery.rendering import Renderer
from alerts.model import (
    Address,
    Alert,
    Article,
    Button,
    Delivery,
    DeliveryKind,
    Evidence,
    Field,
    How,
    Match,
    Message,
    Notice,
    Receiver,
    RuleSet,
    Severity,
)

#: Who sends mails where no setting says.
NOBODY: Final = "Tocsin <tocsin@example.org>"
#: A channel that only composes connects to nothing.
_NO_RELAY: Final = "smtp://localhost"

_STORIES: Final = (
    (
        Severity.CRITICAL,
        "Drones shot down over Hmeymim, residents report explosions",
        "Air defences at the Hmeymim base brought down at least four drones shortly after 2 a.m.",
        (("Hmeymim", "Khmeimim Air Base", How.ALIAS), ("drones", "drone", How.INFLECTION)),
    ),
    (
        Severity.HIGH,
        "Sarin used in Khan Sheikhun, inspectors say",
        "Samples from the town contain traces of sarin, a report of the inspectors says.",
        (
            ("Khan Sheikhun", "Khan Shaykhun", How.SPELLING),
            ("Sarin", "sarin", How.EXACT),
        ),
    ),
    (
        Severity.LOW,
        "Ferry service between Latakia and Mersin resumes <test & sample>",
        "The first ferry in nine years left the port of Latakia on Monday.",
        (("Latakia", "Latakia", How.GAZETTEER),),
    ),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sent:
    """A message as its channel would send it."""

    address: Address
    message: Message
    #: Of an HTTP request; empty for other channels.
    headers: Mapping[str, str] = field(default_factory=dict)
    #: What goes over the wire as the text: Telegram's HTML, a webhook's JSON, a mail, plain words.
    body: bytes

    @property
    def buttons(self) -> Sequence[Sequence[Button]]:
        """Return what can be pressed below it, row by row."""
        return self.message.buttons


class Studio:
    """Renders deliveries of one rule set as the settings would have them."""

    def __init__(self, rules: RuleSet, *, public_url: str = "", sender: str = "") -> None:
        """Render with links to *public_url*, and mails from *sender*; both may be missing."""
        pages = ReaderPages(public_url, _NoSignatures()) if public_url else None
        self._renderer = Renderer(public_url or None, pages)
        self._renderer.use(rules)
        self._endpoints = rules.endpoints
        self._mail = EmailChannel(_NO_RELAY, sender or NOBODY)

    def sent(self, delivery: Delivery, *, now: datetime) -> Sent:
        """Return *delivery* as its channel would send it at *now*."""
        message, address = self._renderer.render(delivery, now=now), delivery.address
        match address.channel:
            case "email":
                return Sent(
                    address=address, message=message, body=self._mail.composed(message, address)
                )
            case "webhook":
                body = message.html.encode()
                secret = self._endpoints[address.key].secret
                headers = signed_headers(message.delivery, now, body, secret)
                return Sent(address=address, message=message, headers=headers, body=body)
            case "telegram":
                return Sent(address=address, message=message, body=message.html.encode())
            case _:
                return Sent(address=address, message=message, body=message.text.encode())


class _NoSignatures:
    """Signs with a key that no server has."""

    keys: Sequence[str] = ("sample",)

    def version(self, address: Address, receiver: str) -> int:
        """Return the version of somebody who never said a word."""
        del address, receiver
        return 0


def sample_alerts(*, now: datetime) -> tuple[Alert, ...]:
    """Return invented alerts, the most severe first."""
    return tuple(_alert(number, now) for number in range(len(_STORIES)))


def alert_of(rules: RulesInForce, article: Article) -> Alert | None:
    """Return the alert that *article* makes alone; None: no watchlist matches it."""
    matches = tuple(sorted(rules.matcher.match(article), key=lambda one: -one.severity.rank))
    if not matches:
        return None
    return Alert(
        id=_id("alert", article.id),
        story=article.id,
        severity=matches[0].severity,
        articles=(article,),
        matches=matches,
    )


def deliveries_of(receiver: Receiver, alerts: Sequence[Alert], *, now: datetime) -> list[Delivery]:
    """Return what each address of *receiver* gets of *alerts*: a message of the first, or a digest.

    A digest is as of its next hour.
    """
    digest = receiver.digest
    made_at = now if digest is None else next_digest_at(digest, now)
    return [
        Delivery(
            id=_id("delivery", receiver.name, address.key),
            kind=DeliveryKind.ALERT if digest is None else DeliveryKind.DIGEST,
            receiver=receiver.name,
            address=address,
            alerts=tuple(alerts[:1] if digest is None else alerts),
            created_at=made_at,
            since=None if digest is None else made_at - timedelta(hours=12),
        )
        for address in receiver.addresses
    ]


def trial(receiver: Receiver, *, now: datetime) -> list[Delivery]:
    """Return a message to each address of *receiver* that says it is a test, and nothing else."""
    notice = Notice(
        about=f"test of {receiver.name}",
        state="test",
        subject=f"Test message to {receiver.name}: all is well",
        text=(
            f"Somebody tried at {now:%Y-%m-%d %H:%M:%S} UTC whether alerts reach the receiver"
            f" {receiver.name}. They do. Nothing happened, and there is nothing to do."
        ),
        severity=Severity.INFO,
    )
    return [
        Delivery(
            # Every trial is a message of its own, also to those who drop what they know.
            id=_id("test", receiver.name, address.key, now.isoformat()),
            kind=DeliveryKind.NOTICE,
            receiver=receiver.name,
            address=address,
            alerts=(),
            created_at=now,
            notice=notice,
        )
        for address in receiver.addresses
    ]


def _alert(number: int, now: datetime) -> Alert:
    severity, title, summary, found = _STORIES[number]
    article = Article(
        id=_id("article", title),
        publisher="Sample Times",
        url=f"https://news.example/sample-{number + 1}",
        title=title,
        summary=summary,
        published_at=now - timedelta(minutes=4 + 17 * number),
        seen_at=now,
    )
    match = Match(
        article=article.id,
        watchlist=f"sample-{number + 1}",
        title=f"Sample watchlist {number + 1}",
        severity=severity,
        evidence=tuple(_evidence(article, *one) for one in found),
    )
    return Alert(
        id=_id("alert", article.id),
        story=article.id,
        severity=severity,
        articles=(article,),
        matches=(match,),
    )


def _evidence(article: Article, surface: str, term: str, how: How) -> Evidence:
    in_title = surface in article.title
    where = Field.TITLE if in_title else Field.SUMMARY
    start = article.text(where).index(surface)
    end = start + len(surface)
    return Evidence(field=where, start=start, end=end, surface=surface, term=term, how=how)


def _id(*parts: str) -> str:
    return sha256("\0".join(("sample", *parts)).encode("utf-8", "surrogatepass")).hexdigest()
