"""A delivery as Telegram's HTML, within Telegram's limits, with a plain text of the same for refusals.

The limits hold after parsing: 4096 UTF-16 units and 100 entities.  An alert keeps them because each
of its parts is short; a list takes as many alerts as fit and says how many did not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import UTC, datetime, tzinfo
from html import unescape
from typing import Final

from alerts.delivery.rendering.buttons import buttons
from alerts.delivery.rendering.digest import sections
from alerts.delivery.rendering.marked import cut, units
from alerts.delivery.rendering.plain import is_list, message, opening, plain_alert
from alerts.delivery.rendering.templates import ENVIRONMENT, isolated
from alerts.delivery.rendering.view import REPEAT, Limits, view
from alerts.model import Alert, Delivery, DeliveryKind, Message, Severity

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
_OPENING: Final = ENVIRONMENT.get_template("telegram/opening.html")

#: Alerts that stand below one heading; empty: below none.
_Group = tuple[str, Sequence[Alert]]


def telegram(delivery: Delivery, public_url: str, now: datetime, *, zone: tzinfo = UTC) -> Message:
    """Return *delivery* as HTML, and as plain text that fits as well; moments as *zone* has them."""
    if is_list(delivery):
        return _list(delivery, public_url, now, zone)
    html = _alert(delivery, _ALERT_LIMITS, now)
    if not fits([html]):
        html = _alert(delivery, _SHORT_LIMITS, now)
    text = plain_alert(view(delivery.alerts[0], _ALERT_LIMITS, now=now))
    whole = message(delivery, text=_cut_lines("\n\n".join([*opening(delivery), text])), html=html)
    return replace(whole, buttons=buttons(delivery.alerts[0]))


def _alert(delivery: Delivery, limits: Limits, now: datetime) -> str:
    shown = view(delivery.alerts[0], limits, now=now)
    html = _ALERT.render(view=shown, sign=SIGNS[shown.severity]).strip()
    return "\n\n".join([*_html_opening(delivery), html])


def _html_opening(delivery: Delivery, zone: tzinfo = UTC) -> Sequence[str]:
    """Return what stands before the alerts: the mark of a repeat, what changed, the count."""
    told = opening(delivery, zone)[1 if delivery.possible_repeat else 0 :]
    repeat = [f"<i>{REPEAT}</i>"] if delivery.possible_repeat else []
    return [*repeat, *(_OPENING.render(lines=block.split("\n")).strip() for block in told)]


def _list(delivery: Delivery, public_url: str, now: datetime, zone: tzinfo) -> Message:
    def html_item(alert: Alert) -> str:
        shown = view(alert, _ITEM_LIMITS, now=now)
        return _ITEM.render(view=shown, sign=SIGNS[alert.severity]).strip()

    def plain_item(alert: Alert) -> str:
        return plain_alert(view(alert, _ITEM_LIMITS, now=now))

    def html_heading(words: str) -> str:
        return _OPENING.render(lines=[words]).strip()

    groups = _groups(delivery)
    marked = [(html_heading(heading) if heading else "", alerts) for heading, alerts in groups]
    html = _fitted(_html_opening(delivery, zone), marked, html_item, public_url)
    text = _fitted(opening(delivery, zone), groups, plain_item, public_url)
    return message(delivery, text=text, html=html, zone=zone)


def _groups(delivery: Delivery) -> Sequence[_Group]:
    """Return the alerts as they are listed: those of a digest below their watchlists."""
    if delivery.kind is DeliveryKind.DIGEST:
        return [
            (f"{isolated(section.watchlist)} ({len(section.alerts)})", section.alerts)
            for section in sections(delivery.alerts)
        ]
    return [("", delivery.alerts)]


def _fitted(
    opening: Sequence[str],
    groups: Sequence[_Group],
    item: Callable[[Alert], str],
    public_url: str,
) -> str:
    """Return the opening, as many items as fit, and how many did not."""
    blocks = list(opening)
    left = sum(len(alerts) for _, alerts in groups)
    for heading, alerts in groups:
        for place, alert in enumerate(alerts):
            # A heading goes with its first item: at the end it would promise what is not there.
            block = [heading, item(alert)] if heading and not place else [item(alert)]
            if not fits([*blocks, *block, _rest(left, public_url)]):
                return "\n\n".join([*blocks, _rest(left, public_url)])
            blocks += block
            left -= 1
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
