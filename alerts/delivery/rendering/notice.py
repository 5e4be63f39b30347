"""What the system tells its operator, as each channel shows it.

The words are our own, but they quote rule files, feeds and servers: everything is cleaned, cut and
escaped as in alerts.  Where a channel is too narrow for all details, the last ones are counted.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from alerts.delivery.links import Links
from alerts.delivery.rendering.mail import foot, page
from alerts.delivery.rendering.marked import clean, clean_lines, cut, units
from alerts.delivery.rendering.plain import message, opening
from alerts.delivery.rendering.telegram import MOST_UNITS, SIGNS, fits
from alerts.delivery.rendering.templates import ENVIRONMENT
from alerts.delivery.rendering.view import REPEAT, link
from alerts.delivery.rendering.webhook import structured
from alerts.model import Delivery, Message, Notice, Severity

#: UTF-16 units.  Three details always fit into a message of Telegram, and all into a mail's HTML
#: part, which is to stay below 90 kB: a unit that is escaped is five bytes.
_SUBJECT: Final = 200
_TEXT: Final = 1500
_DETAIL: Final = 600
_COMMAND: Final = 100
#: The others are counted.
_DETAILS: Final = 20

_TELEGRAM: Final = ENVIRONMENT.get_template("telegram/notice.html")
_PLAIN: Final = ENVIRONMENT.get_template("plain/notice.txt")
_MAIL: Final = ENVIRONMENT.get_template("mail/notice.html")


@dataclass(frozen=True, slots=True, kw_only=True)
class NoticeView:
    """A notice, ready for a template."""

    severity: Severity
    subject: str
    text: str
    details: tuple[str, ...]
    #: "and 37 more: tocsin check"; empty when everything is shown.
    rest: str


def notice(delivery: Delivery, told: Notice, public_url: str) -> Message:
    """Return *told*, which *delivery* carries, as its address' channel shows it."""
    match delivery.address.channel:
        case "telegram":
            return _telegram(delivery, told)
        case "email":
            return _mail(delivery, told, public_url)
        case "webhook":
            words = message(delivery, text=_text(delivery, _view(told)))
            return structured(delivery, words, public_url)
        case _:
            return message(delivery, text=_text(delivery, _view(told)))


def _view(told: Notice, shown: int = _DETAILS) -> NoticeView:
    """Return *told* with the first *shown* details at most."""
    left = told.more + max(0, len(told.details) - shown)
    where = cut(clean(told.shown_by), _COMMAND)
    return NoticeView(
        severity=told.severity,
        subject=cut(clean(told.subject), _SUBJECT),
        text=cut(clean_lines(told.text), _TEXT),
        details=tuple(cut(clean_lines(detail), _DETAIL) for detail in told.details[:shown]),
        rest=f"and {left} more{': ' * bool(where)}{where}" if left else "",
    )


def _telegram(delivery: Delivery, told: Notice) -> Message:
    """Show as many details as fit: the text and the HTML say the same."""
    for shown in range(_DETAILS, -1, -1):
        view = _view(told, shown)
        html, text = _html(delivery, view), _text(delivery, view)
        if fits([html]) and units(text) <= MOST_UNITS:
            break
    return message(delivery, text=text, html=html)


def _html(delivery: Delivery, view: NoticeView) -> str:
    repeat = REPEAT if delivery.possible_repeat else ""
    return _TELEGRAM.render(view=view, repeat=repeat, sign=SIGNS[view.severity]).strip()


def _text(delivery: Delivery, view: NoticeView) -> str:
    return "\n\n".join([*opening(delivery), _PLAIN.render(view=view).strip()])


def _mail(delivery: Delivery, told: Notice, public_url: str) -> Message:
    view = _view(told)
    text = "\n\n".join([_text(delivery, view), foot(delivery, public_url)])
    said = message(delivery, text=text)
    # A text that ends with one of our own pages asks its reader to go there.
    words, _, last = view.text.rpartition("\n")
    action = link(last) if public_url and last.startswith(public_url) else ""
    shown = replace(view, text=words.strip()) if action else view
    html = page(
        _MAIL, delivery, public_url, Links(), subject=said.subject, view=shown, action=action
    )
    return replace(said, html=html)
