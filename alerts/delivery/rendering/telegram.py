"""A delivery as Telegram's HTML, within Telegram's limits, with a plain text of the same for refusals.

The limits hold after parsing: 4096 UTF-16 units and 100 entities.  An alert keeps them because each
of its parts is short; a list takes as many alerts as fit and says how many did not.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

from markupsafe import Markup

from alerts.delivery.rendering.buttons import buttons
from alerts.delivery.rendering.digest import sections
from alerts.delivery.rendering.marked import cut, units
from alerts.delivery.rendering.phrases import Phrases
from alerts.delivery.rendering.plain import introduction, is_list, message, opening, plain_alert
from alerts.delivery.rendering.reader import ENGLISH, Reader
from alerts.delivery.rendering.templates import ENVIRONMENT, bare, inert, isolated
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
_ALERT: Final = ENVIRONMENT.get_template("telegram/alert.html")
_OPENING: Final = ENVIRONMENT.get_template("telegram/opening.html")

#: Alerts that stand below one heading; empty: below none.
_Group = tuple[str, Sequence[Alert]]


def telegram(
    delivery: Delivery, public_url: str, now: datetime, *, reader: Reader = ENGLISH
) -> Message:
    """Return *delivery* as HTML, and as plain text that fits as well, as *reader* reads it."""
    if is_list(delivery):
        return _list(delivery, public_url, now, reader)
    html = _alert(delivery, _ALERT_LIMITS, now, reader)
    if not fits([html]):
        html = _alert(delivery, _SHORT_LIMITS, now, reader)
    alert = delivery.alerts[0]
    text = plain_alert(alert, _ALERT_LIMITS, now, reader)
    text = _cut_lines("\n\n".join([*opening(delivery, reader), text]))
    said = message(delivery, text=text, html=html, reader=reader)
    return replace(said, buttons=buttons(alert, reader.words))


def _alert(delivery: Delivery, limits: Limits, now: datetime, reader: Reader) -> str:
    alert = delivery.alerts[0]
    said = Phrases(view(alert, limits, now=now, reader=reader), reader, inert)
    html = _ALERT.render(said=said, sign=SIGNS[alert.severity]).strip()
    return "\n\n".join([*_html_opening(delivery, reader), html])


def _html_opening(delivery: Delivery, reader: Reader) -> Sequence[str]:
    """Return what stands before the alerts: the mark of a repeat, what changed, the count."""
    repeat = [f"<i>{reader.words.of(REPEAT)}</i>"] if delivery.possible_repeat else []
    return [*repeat, *map(_opened, introduction(delivery, reader))]


def _opened(block: str) -> str:
    """Return *block* with its first line bold."""
    return _OPENING.render(lines=block.split("\n")).strip()


def _list(delivery: Delivery, public_url: str, now: datetime, reader: Reader) -> Message:
    def html_item(alert: Alert) -> str:
        shown = view(alert, _ITEM_LIMITS, now=now, reader=reader)
        return Phrases(shown, reader, inert).item(SIGNS[alert.severity])

    def plain_item(alert: Alert) -> str:
        return plain_alert(alert, _ITEM_LIMITS, now, reader)

    groups = _groups(delivery, reader)
    headed = [(_opened(heading) if heading else "", alerts) for heading, alerts in groups]
    rest = _rest(public_url, reader)
    html = _fitted(_html_opening(delivery, reader), headed, html_item, rest, fits)
    text = _fitted(
        opening(delivery, reader), groups, plain_item, lambda left: bare(rest(left)), _fits_plain
    )
    return message(delivery, text=text, html=html, reader=reader)


def _groups(delivery: Delivery, reader: Reader) -> Sequence[_Group]:
    """Return the alerts as they are listed: those of a digest below their watchlists."""
    if delivery.kind is DeliveryKind.DIGEST:
        is_rtl = reader.words.is_rtl
        return [
            (f"{isolated(one.watchlist, is_rtl=is_rtl)} ({len(one.alerts)})", one.alerts)
            for one in sections(delivery.alerts)
        ]
    return [("", delivery.alerts)]


def _fitted(
    opening: Sequence[str],
    groups: Sequence[_Group],
    item: Callable[[Alert], str],
    rest: Callable[[int], str],
    fit: Callable[[Sequence[str]], bool],
) -> str:
    """Return the opening, as many items as fit, and how many did not."""
    blocks = list(opening)
    left = sum(len(alerts) for _, alerts in groups)
    for heading, alerts in groups:
        for place, alert in enumerate(alerts):
            # A heading goes with its first item: at the end it would promise what is not there.
            block = [heading, item(alert)] if heading and not place else [item(alert)]
            if not fit([*blocks, *block, rest(left)]):
                return "\n\n".join([*blocks, rest(left)])
            blocks += block
            left -= 1
    return "\n\n".join(blocks)


def _rest(public_url: str, reader: Reader) -> Callable[[int], Markup]:
    """Return what says how many alerts are left, and where they are read."""
    many = reader.words.many

    def rest(left: int) -> Markup:
        if not public_url:
            return many("and {count} more", "and {count} more", left)
        return many("and {count} more: {url}", "and {count} more: {url}", left, url=public_url)

    return rest


def fits(blocks: Sequence[str]) -> bool:
    """Tell whether *blocks*, with an empty line between them, are within the limits."""
    joined = "\n\n".join(blocks)
    return units(bare(joined)) <= MOST_UNITS and joined.count("</") <= MOST_ENTITIES


def _fits_plain(blocks: Sequence[str]) -> bool:
    # Not `fits`: what looks like a tag here is text, and counts.
    return units("\n\n".join(blocks)) <= MOST_UNITS


def _cut_lines(text: str) -> str:
    """Return *text* within the limit; whole lines are dropped from its end, never half of one."""
    if units(text) <= MOST_UNITS:
        return text
    lines = text.split("\n")
    while len(lines) > 1 and units("\n".join(lines)) + 2 > MOST_UNITS:
        lines.pop()
    return cut("\n".join(lines), MOST_UNITS - 2) + "\n…"
