"""A delivery as plain text: the console's, and the text part of the other channels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final
from zoneinfo import ZoneInfo

from markupsafe import Markup

from alerts.delivery.rendering.digest import changes, items, sections, stories, summary
from alerts.delivery.rendering.excerpt import headline
from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.phrases import Phrases
from alerts.delivery.rendering.reader import ENGLISH, Reader
from alerts.delivery.rendering.templates import ENVIRONMENT, bare, isolated
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


def message(delivery: Delivery, *, text: str, html: str = "", reader: Reader = ENGLISH) -> Message:
    """Return the message of *delivery* that reads *text* and *html*."""
    return Message(
        delivery=delivery.id,
        created_at=delivery.created_at,
        subject=subject(delivery, reader),
        text=text,
        html=html,
        thread=_thread(delivery, reader),
        possible_repeat=delivery.possible_repeat,
        receiver=delivery.receiver,
        follows=delivery.follows,
        is_silent=delivery.is_silent,
    )


def complete_text(delivery: Delivery, now: datetime, reader: Reader = ENGLISH) -> str:
    """Return all the alerts of *delivery*, in full."""
    told = None if delivery.kind is DeliveryKind.DIGEST else now
    return "\n\n".join(
        [*opening(delivery, reader), stories_text(delivery.alerts, told, reader)]
    ).strip()


def stories_text(alerts: Iterable[Alert], now: datetime | None, reader: Reader = ENGLISH) -> str:
    """Return *alerts* in full; None for *now*: as a digest has them."""
    if now is None:
        return "\n\n".join(_sections(alerts, reader))
    return "\n\n".join(plain_alert(alert, LIMITS, now, reader) for alert in alerts)


def opening(delivery: Delivery, reader: Reader = ENGLISH) -> Sequence[str]:
    """Return what stands before the alerts: the mark of a repeat, what changed, the count."""
    repeat = [reader.words.of(REPEAT)] if delivery.possible_repeat else []
    return [*repeat, *map(bare, introduction(delivery, reader))]


def introduction(delivery: Delivery, reader: Reader) -> Sequence[Markup]:
    """Return what stands before the alerts besides the mark of a repeat, escaped."""
    match delivery.kind:
        case DeliveryKind.UPDATE:
            return [Markup("\n").join(changes(delivery, reader))]
        case DeliveryKind.DIGEST:
            return [summary(delivery, reader)]
        case DeliveryKind.LIST:
            return [_ordered(delivery, reader)]
        case _:
            return []


def plain_alert(alert: Alert, limits: Limits, now: datetime, reader: Reader) -> str:
    """Return one alert on several lines."""
    shown = view(alert, limits, now=now, reader=reader)
    return _lines(shown, reader, shown.age, shown.dated)


def _lines(shown: AlertView, reader: Reader, *when: str) -> str:
    said = Phrases(shown, reader)
    return _ALERT.render(said=said, when=tuple(filter(None, when))).strip()


def subject(delivery: Delivery, reader: Reader = ENGLISH) -> str:
    """Return one line that says how much and what: `3 alerts: Drones over Hmeymim`."""
    if delivery.notice is not None:
        return cut(f"Tocsin: {clean(delivery.notice.subject)}", _SUBJECT)
    if delivery.answer is not None:
        return cut("Tocsin", _SUBJECT)
    if not delivery.alerts:
        return cut(bare(summary(delivery, reader)), _SUBJECT)
    top = max(delivery.alerts, key=lambda alert: alert.severity.rank)
    words = str(headline(top.lead, (), LIMITS.headline, reader.words))
    return cut(f"{bare(_label(delivery, reader))}: {words}", _SUBJECT)


def is_list(delivery: Delivery) -> bool:
    """Tell whether *delivery* says several things at once."""
    return delivery.kind in {DeliveryKind.LIST, DeliveryKind.DIGEST}


def count(delivery: Delivery, reader: Reader = ENGLISH) -> Markup:
    """Return how many alerts there are, in words."""
    number = len(delivery.alerts)
    if delivery.kind is DeliveryKind.DIGEST:
        return stories(number, reader)
    return reader.words.many("{count} alert", "{count} alerts", number)


def _ordered(delivery: Delivery, reader: Reader) -> Markup:
    """Return how many alerts a list holds, and in which order."""
    number = len(delivery.alerts)
    if number == 1:
        return count(delivery, reader)
    return reader.words.many(
        "{count} alert, the most severe first", "{count} alerts, the most severe first", number
    )


def _label(delivery: Delivery, reader: Reader) -> str:
    if is_list(delivery):
        return count(delivery, reader)
    level = reader.level(delivery.severity)
    if delivery.kind is not DeliveryKind.UPDATE:
        return level.capitalize()
    if delivery.change is None or delivery.change.severity_before is None:
        return reader.words.say("Update")
    # Translators: before a headline: "Update, now critical: Drones over Latakia".
    return reader.words.say("Update, now {severity}", severity=level)


def _sections(alerts: Iterable[Alert], reader: Reader) -> Iterable[str]:
    for section in sections(alerts):
        title = isolated(section.watchlist, is_rtl=reader.words.is_rtl)
        yield f"## {title} ({len(section.alerts)})"
        for item in items(section, LIMITS, reader):
            yield _lines(item.view, reader, item.at)


def _thread(delivery: Delivery, reader: Reader) -> str:
    if delivery.notice is not None:
        return f"notice {clean(delivery.notice.about)} {delivery.address.key}"
    if delivery.answer is not None:
        return f"answers {delivery.address.key}"
    # DELIVERY.md: one root for a story, or for a day of lists or digests.
    day = f"{delivery.created_at.astimezone(ZoneInfo(reader.zone)):%Y-%m-%d}"
    if delivery.kind is DeliveryKind.DIGEST:
        return f"digest {day} {delivery.receiver} {delivery.address.key}"
    if is_list(delivery):
        return f"{day} {delivery.address.key}"
    return delivery.alerts[0].story
