"""A delivery as plain text: the console's, and the text part of the other channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, tzinfo
from typing import Final

from alerts.delivery.rendering.digest import changes, items, sections, stories, summary
from alerts.delivery.rendering.excerpt import headline
from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.templates import ENVIRONMENT, isolated
from alerts.delivery.rendering.view import REPEAT, AlertView, Limits, view
from alerts.model import Alert, Delivery, DeliveryKind, Message

LIMITS: Final = Limits(headline=300, excerpt=500, reasons=8, sources=8)
#: Units of a subject; mail programs show some 70 of them.
_SUBJECT: Final = 120
_ALERT: Final = ENVIRONMENT.get_template("plain/alert.txt")


def plain(delivery: Delivery, public_url: str, now: datetime) -> Message:
    """Return *delivery* as plain text, complete."""
    del public_url
    return message(delivery, text=complete_text(delivery, now))


def message(delivery: Delivery, *, text: str, html: str = "", zone: tzinfo = UTC) -> Message:
    """Return the message of *delivery* that reads *text* and *html*."""
    return Message(
        delivery=delivery.id,
        created_at=delivery.created_at,
        subject=subject(delivery, zone),
        text=text,
        html=html,
        thread=_thread(delivery, zone),
        possible_repeat=delivery.possible_repeat,
        receiver=delivery.receiver,
        follows=delivery.follows,
        is_silent=delivery.is_silent,
    )


def complete_text(delivery: Delivery, now: datetime, zone: tzinfo = UTC) -> str:
    """Return all the alerts of *delivery*, in full."""
    told = None if delivery.kind is DeliveryKind.DIGEST else now
    return "\n\n".join(
        [*opening(delivery, zone), stories_text(delivery.alerts, told, zone)]
    ).strip()


def stories_text(alerts: Iterable[Alert], now: datetime | None, zone: tzinfo = UTC) -> str:
    """Return *alerts* in full; None for *now*: as a digest has them."""
    if now is None:
        return "\n\n".join(_sections(alerts, zone))
    return "\n\n".join(plain_alert(view(alert, LIMITS, now=now)) for alert in alerts)


def opening(delivery: Delivery, zone: tzinfo = UTC) -> Sequence[str]:
    """Return what stands before the alerts: the mark of a repeat, what changed, the count."""
    repeat = [REPEAT] if delivery.possible_repeat else []
    match delivery.kind:
        case DeliveryKind.UPDATE:
            return [*repeat, "\n".join(changes(delivery))]
        case DeliveryKind.DIGEST:
            return [*repeat, summary(delivery, zone)]
        case DeliveryKind.LIST:
            order = ", the most severe first" if len(delivery.alerts) > 1 else ""
            return [*repeat, count(delivery) + order]
        case _:
            return repeat


def plain_alert(shown: AlertView) -> str:
    """Return one alert on several lines."""
    return _ALERT.render(view=shown, at="").strip()


def subject(delivery: Delivery, zone: tzinfo = UTC) -> str:
    """Return one line that says how much and what: `3 alerts: Drones over Hmeymim`."""
    if delivery.notice is not None:
        return cut(f"Tocsin: {clean(delivery.notice.subject)}", _SUBJECT)
    if delivery.answer is not None:
        return cut("Tocsin", _SUBJECT)
    if not delivery.alerts:
        return cut(summary(delivery, zone), _SUBJECT)
    top = max(delivery.alerts, key=lambda alert: alert.severity.rank)
    words = str(headline(top.lead, (), LIMITS.headline))
    return cut(f"{_label(delivery)}: {words}", _SUBJECT)


def is_list(delivery: Delivery) -> bool:
    """Tell whether *delivery* says several things at once."""
    return delivery.kind in {DeliveryKind.LIST, DeliveryKind.DIGEST}


def count(delivery: Delivery) -> str:
    """Return how many alerts there are, in words."""
    number = len(delivery.alerts)
    if delivery.kind is DeliveryKind.DIGEST:
        return stories(number)
    return "1 alert" if number == 1 else f"{number} alerts"


def _label(delivery: Delivery) -> str:
    if is_list(delivery):
        return count(delivery)
    if delivery.kind is DeliveryKind.UPDATE:
        before = delivery.change and delivery.change.severity_before
        return f"Update, now {delivery.severity}" if before else "Update"
    return delivery.severity.capitalize()


def _sections(alerts: Iterable[Alert], zone: tzinfo) -> Iterable[str]:
    for section in sections(alerts):
        yield f"## {isolated(section.watchlist)} ({len(section.alerts)})"
        for item in items(section, LIMITS, zone):
            yield _ALERT.render(view=item.view, at=item.at).strip()


def _thread(delivery: Delivery, zone: tzinfo) -> str:
    if delivery.notice is not None:
        return f"notice {clean(delivery.notice.about)} {delivery.address.key}"
    if delivery.answer is not None:
        return f"answers {delivery.address.key}"
    # DELIVERY.md: one root for a story, or for a day of lists or digests.
    day = f"{delivery.created_at.astimezone(zone):%Y-%m-%d}"
    if delivery.kind is DeliveryKind.DIGEST:
        return f"digest {day} {delivery.receiver} {delivery.address.key}"
    if is_list(delivery):
        return f"{day} {delivery.address.key}"
    return delivery.alerts[0].story
