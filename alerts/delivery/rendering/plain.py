"""A delivery as plain text: the console's, and the text part of the other channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

from alerts.delivery.rendering.excerpt import headline
from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.templates import ENVIRONMENT
from alerts.delivery.rendering.view import REPEAT, AlertView, Limits, view
from alerts.model import Delivery, DeliveryKind, Message

LIMITS: Final = Limits(headline=300, excerpt=500, reasons=8, sources=8)
#: Units of a subject; mail programs show some 70 of them.
_SUBJECT: Final = 120
_ALERT: Final = ENVIRONMENT.get_template("plain/alert.txt")


def plain(delivery: Delivery, public_url: str, now: datetime) -> Message:
    """Return *delivery* as plain text, complete."""
    del public_url
    views = [view(alert, LIMITS, now=now) for alert in delivery.alerts]
    return message(delivery, text=complete_text(delivery, views))


def message(delivery: Delivery, *, text: str, html: str = "") -> Message:
    """Return the message of *delivery* that reads *text* and *html*."""
    return Message(
        delivery=delivery.id,
        created_at=delivery.created_at,
        subject=subject(delivery),
        text=text,
        html=html,
        thread=_thread(delivery),
        possible_repeat=delivery.possible_repeat,
    )


def complete_text(delivery: Delivery, views: Iterable[AlertView]) -> str:
    """Return *views*, which are all the alerts of *delivery*, in full."""
    return "\n\n".join([*opening(delivery), *map(plain_alert, views)])


def opening(delivery: Delivery) -> Sequence[str]:
    """Return what stands before the alerts: the mark of a repeat, the count of a list."""
    repeat = [REPEAT] if delivery.possible_repeat else []
    listed = [f"{count(delivery)}, the most severe first"] if is_list(delivery) else []
    return [*repeat, *listed]


def plain_alert(shown: AlertView) -> str:
    """Return one alert on several lines."""
    return _ALERT.render(view=shown).strip()


def subject(delivery: Delivery) -> str:
    """Return one line that says how much and what: `3 alerts: Drones over Hmeymim`."""
    if delivery.notice is not None:
        return cut(f"Tocsin: {clean(delivery.notice.subject)}", _SUBJECT)
    top = str(headline(delivery.alerts[0].lead, (), LIMITS.headline))
    label = count(delivery) if is_list(delivery) else delivery.severity.capitalize()
    return cut(f"{label}: {top}", _SUBJECT)


def is_list(delivery: Delivery) -> bool:
    """Tell whether *delivery* says several things at once."""
    return delivery.kind is DeliveryKind.LIST


def count(delivery: Delivery) -> str:
    """Return how many alerts there are, in words."""
    return "1 alert" if len(delivery.alerts) == 1 else f"{len(delivery.alerts)} alerts"


def _thread(delivery: Delivery) -> str:
    if delivery.notice is not None:
        return f"notice {clean(delivery.notice.about)} {delivery.address.key}"
    # DELIVERY.md: one root for a story, or for a day of lists.
    if is_list(delivery):
        return f"{delivery.created_at:%Y-%m-%d} {delivery.address.key}"
    return delivery.alerts[0].story
