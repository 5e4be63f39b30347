"""A delivery as a mail's two parts: text that is complete, and HTML that Gmail does not cut.

What all readers of a list get alike, its stories, is made once and kept for the next reader; around
it stands what is the reader's own: the address in the foot and the links.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Final

from jinja2 import Template
from markupsafe import Markup

from alerts.delivery.links import Links, ReaderPages
from alerts.delivery.rendering.digest import changes, items, sections, summary
from alerts.delivery.rendering.plain import LIMITS, is_list, message, opening, stories_text
from alerts.delivery.rendering.reader import ENGLISH, Reader
from alerts.delivery.rendering.templates import ENVIRONMENT
from alerts.delivery.rendering.view import REPEAT, Limits, view
from alerts.model import Alert, Delivery, DeliveryKind, Digest, Message, Receiver, list_name

#: Bytes of the HTML part in UTF-8; Gmail hides what comes after some 102 kB.
MOST_BYTES: Final = 90_000
#: More than that nobody reads in a mail; the text part has them all.
MOST_ALERTS: Final = 50
#: Of a digest whose receiver does not say.
_DIGEST: Final = Digest(at=())
#: What stands around the alerts has some 3 kB, and 9 where every letter of it is escaped.
_ALERTS_BYTES: Final = MOST_BYTES - 10_000
#: Lists whose stories are kept for their next reader.
_KEPT: Final = 32
_ITEM_LIMITS: Final = Limits(headline=300, excerpt=280, reasons=5, sources=3)

_MAIL: Final = ENVIRONMENT.get_template("mail/mail.html")
_ALERT: Final = ENVIRONMENT.get_template("mail/alert.html")
_SECTION: Final = ENVIRONMENT.get_template("mail/section.html")


@dataclass(frozen=True, slots=True)
class _Stories:
    """The alerts of a delivery in both parts, without anything that is one reader's."""

    text: str
    html: Markup
    #: Alerts in the HTML; the others are counted.
    shown: int


class Mails:
    """Renders mails; knows how receivers want their digests, and who signs links."""

    def __init__(self, pages: ReaderPages | None = None) -> None:
        """Render with links to *pages*; None: the world cannot reach us."""
        self._pages = pages
        self._receivers: Mapping[str, Receiver] = {}

    def use(self, receivers: Mapping[str, Receiver]) -> None:
        """Heed how *receivers* want their digests from now on."""
        self._receivers = receivers

    def __call__(self, delivery: Delivery, public_url: str, now: datetime) -> Message:
        """Return *delivery* as text and HTML."""
        links = self._pages.links(delivery) if self._pages is not None else Links()
        receiver = self._receivers.get(delivery.receiver)
        digest = receiver.digest if receiver is not None and receiver.digest else _DIGEST
        return mail(delivery, public_url, now, links=links, digest=digest)


def mail(
    delivery: Delivery,
    public_url: str,
    now: datetime,
    *,
    links: Links = Links(),  # noqa: B008 - frozen
    digest: Digest = _DIGEST,
) -> Message:
    """Return *delivery* as text and HTML; *digest* says whose clock and how many stories."""
    is_digest = delivery.kind is DeliveryKind.DIGEST
    reader = Reader(ENGLISH.words, digest.location) if is_digest else ENGLISH
    told = _stories(
        tuple(replace(alert, id="") for alert in delivery.alerts),
        # Ages are told in minutes, and not at all in a digest.
        None if is_digest else now.replace(second=0, microsecond=0),
        reader,
        digest.max_items if is_digest else MOST_ALERTS,
    )
    parts = (*opening(delivery, reader), told.text, foot(delivery, public_url, links))
    said = message(delivery, text="\n\n".join(filter(None, parts)), reader=reader)
    html = ""
    if told.shown or not delivery.alerts:
        html = page(
            _MAIL,
            delivery,
            public_url,
            links,
            subject=said.subject,
            changes=changes(delivery) if delivery.kind is DeliveryKind.UPDATE else (),
            count=_count(delivery, reader),
            items=told.html,
            rest=len(delivery.alerts) - told.shown,
            whole=links.whole,
        )
    return replace(said, html=html, unsubscribe_url=links.leave)


def page(
    template: Template, delivery: Delivery, public_url: str, links: Links, **values: object
) -> str:
    """Return the page that *template* makes, with what stands around every mail."""
    return template.render(
        values,
        repeat=REPEAT if delivery.possible_repeat else "",
        receiver=delivery.receiver,
        public_url=public_url,
        links=links,
    )


def foot(delivery: Delivery, public_url: str, links: Links = Links()) -> str:  # noqa: B008 - frozen
    """Return the last lines of a text part: who sent it, to whom, and how to leave."""
    # RFC 3676, 4.3: "-- " opens a signature.
    lines = ["-- ", f"Sent by Tocsin to the receiver {list_name(delivery.receiver)}"]
    if public_url:
        lines.append(public_url)
    if links.whole:
        lines.append(f"This digest as a page: {links.whole}")
    if links.leave:
        lines.append(f"Leave this list: {links.leave}")
        lines.append(f"Pause it, or change the address: {links.preferences}")
    return "\n".join(lines)


def _count(delivery: Delivery, reader: Reader) -> str:
    if delivery.kind is DeliveryKind.DIGEST:
        return summary(delivery, reader)
    return opening(delivery)[-1] if is_list(delivery) and len(delivery.alerts) > 1 else ""


@lru_cache(maxsize=_KEPT)
def _stories(
    alerts: tuple[Alert, ...], now: datetime | None, reader: Reader, most: int
) -> _Stories:
    """Return *alerts* in both parts; None for *now*: as a digest, in which clock times stand."""

    def digest(shown: int) -> Markup:
        parts = sections(alerts, most=shown)
        return _joined(
            _SECTION.render(section=part, items=items(part, _ITEM_LIMITS, reader)) for part in parts
        )

    def single(shown: int) -> Markup:
        assert now is not None
        views = (view(alert, LIMITS, now=now) for alert in alerts[:shown])
        return _joined(_ALERT.render(view=one) for one in views)

    html, shown = _fitted(digest if now is None else single, min(most, len(alerts)))
    return _Stories(stories_text(alerts, now, reader), html, shown)


def _joined(parts: Iterable[str]) -> Markup:
    # Each comes from a template, which has escaped its values.
    return Markup("".join(parts))  # noqa: S704


def _fitted(html: Callable[[int], Markup], most: int) -> tuple[Markup, int]:
    """Return the HTML of as many alerts as fit, *most* at most, and how many they are."""
    shown = most
    while shown:
        fitting = html(shown)
        size = len(fitting.encode())
        if size <= _ALERTS_BYTES:
            return fitting, shown
        shown = min(shown - 1, shown * _ALERTS_BYTES // size)
    return Markup(), 0
