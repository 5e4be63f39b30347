"""A delivery as Telegram's HTML, within Telegram's limits, with a plain text of the same for refusals.

The limits hold after parsing: 4096 UTF-16 units and 100 entities.  An alert keeps them because each
of its parts is short; a list takes as many alerts as fit and says how many did not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from datetime import datetime
from html import unescape
from typing import Final

from alerts.delivery.rendering.marked import cut, units
from alerts.delivery.rendering.plain import count, is_list, message, opening, plain_alert
from alerts.delivery.rendering.templates import ENVIRONMENT
from alerts.delivery.rendering.view import REPEAT, Limits, view
from alerts.model import Alert, Delivery, Message, Severity

#: The rest of 4096 and 100 is room for the note that the channel puts in front when a topic is gone.
MOST_UNITS: Final = 4000
MOST_ENTITIES: Final = 98

_ALERT_LIMITS: Final = Limits(headline=256, excerpt=320, reasons=5, sources=5)
#: For the rare alert that is too long with those; with these it cannot be.
_SHORT_LIMITS: Final = Limits(headline=160, excerpt=160, reasons=2, sources=2, words=2, name=48)
_ITEM_LIMITS: Final = Limits(headline=160, excerpt=0, reasons=1, sources=0, name=48)
#: What a message begins with, so that a glance tells how urgent it is.
SIGNS: Final = {
    Severity.CRITICAL: "🔴",
    Severity.HIGH: "🟠",
    Severity.MEDIUM: "🟡",
    Severity.LOW: "🔵",
    Severity.INFO: "⚪",
}
_TAG: Final = re.compile("<[^>]*>")
_ALERT: Final = ENVIRONMENT.get_template("telegram/alert.html")
_ITEM: Final = ENVIRONMENT.get_template("telegram/item.html")


def telegram(delivery: Delivery, public_url: str, now: datetime) -> Message:
    """Return *delivery* as HTML, and as plain text that fits as well."""
    if is_list(delivery):
        return _list(delivery, public_url, now)
    html = _alert(delivery, _ALERT_LIMITS, now)
    if not fits([html]):
        html = _alert(delivery, _SHORT_LIMITS, now)
    text = plain_alert(view(delivery.alerts[0], _ALERT_LIMITS, now=now))
    return message(delivery, text=_cut_lines("\n\n".join([*opening(delivery), text])), html=html)


def _alert(delivery: Delivery, limits: Limits, now: datetime) -> str:
    shown = view(delivery.alerts[0], limits, now=now)
    repeat = REPEAT if delivery.possible_repeat else ""
    return _ALERT.render(view=shown, repeat=repeat, sign=SIGNS[shown.severity]).strip()


def _list(delivery: Delivery, public_url: str, now: datetime) -> Message:
    def html_item(alert: Alert) -> str:
        shown = view(alert, _ITEM_LIMITS, now=now)
        return _ITEM.render(view=shown, sign=SIGNS[alert.severity]).strip()

    def plain_item(alert: Alert) -> str:
        return plain_alert(view(alert, _ITEM_LIMITS, now=now))

    repeat = [f"<i>{REPEAT}</i>"] if delivery.possible_repeat else []
    html = _fitted(
        [*repeat, f"<b>{count(delivery)}</b>, the most severe first"],
        delivery.alerts,
        html_item,
        public_url,
    )
    text = _fitted(opening(delivery), delivery.alerts, plain_item, public_url)
    return message(delivery, text=text, html=html)


def _fitted(
    opening: Sequence[str], alerts: Sequence[Alert], item: Callable[[Alert], str], public_url: str
) -> str:
    """Return the opening, as many items as fit, and how many did not."""
    blocks = list(opening)
    for shown, alert in enumerate(alerts):
        block = item(alert)
        if not fits([*blocks, block, _rest(len(alerts), public_url)]):
            blocks.append(_rest(len(alerts) - shown, public_url))
            break
        blocks.append(block)
    return "\n\n".join(blocks)


def _rest(left: int, public_url: str) -> str:
    return f"and {left} more" + (f": {public_url}" if public_url else "")


def fits(blocks: Sequence[str]) -> bool:
    """Tell whether *blocks*, with an empty line between them, are within the limits."""
    joined = "\n\n".join(blocks)
    seen = unescape(_TAG.sub("", joined))
    return units(seen) <= MOST_UNITS and joined.count("</") <= MOST_ENTITIES


def _cut_lines(text: str) -> str:
    """Return *text* within the limit; whole lines are dropped from its end, never half of one."""
    if units(text) <= MOST_UNITS:
        return text
    lines = text.split("\n")
    while len(lines) > 1 and units("\n".join(lines)) + 2 > MOST_UNITS:
        lines.pop()
    return cut("\n".join(lines), MOST_UNITS - 2) + "\n…"
