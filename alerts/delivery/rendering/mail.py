"""A delivery as a mail's two parts: text that is complete, and HTML that Gmail does not cut."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from css_inline import CSSInliner
from jinja2 import Template

from alerts.delivery.rendering.plain import LIMITS, complete_text, message, subject
from alerts.delivery.rendering.templates import ENVIRONMENT
from alerts.delivery.rendering.view import REPEAT, AlertView, view
from alerts.model import Delivery, Message

#: Bytes of the HTML part in UTF-8; Gmail hides what comes after some 102 kB.
MOST_BYTES: Final = 90_000
#: More than that nobody reads in a mail; the text part has them all.
MOST_ALERTS: Final = 50

_MAIL: Final = ENVIRONMENT.get_template("mail/mail.html")
# Media queries (dark mode) cannot be inlined and stay in a style element.
_INLINER: Final = CSSInliner(load_remote_stylesheets=False, keep_at_rules=True)


def mail(delivery: Delivery, public_url: str, now: datetime) -> Message:
    """Return *delivery* as text and HTML."""
    views = [view(alert, LIMITS, now=now) for alert in delivery.alerts]
    text = "\n\n".join([complete_text(delivery, views), foot(delivery, public_url)])
    return message(delivery, text=text, html=_html(delivery, views[:MOST_ALERTS], public_url))


def _html(delivery: Delivery, views: Sequence[AlertView], public_url: str) -> str:
    """Return as many alerts as fit into the limit; nothing if not even one does."""
    while views:
        html = _page(delivery, views, public_url)
        size = len(html.encode())
        if size < MOST_BYTES:
            return html
        views = views[: min(len(views) - 1, len(views) * MOST_BYTES // size)]
    return ""


def _page(delivery: Delivery, views: Sequence[AlertView], public_url: str) -> str:
    return inlined(
        _MAIL,
        delivery,
        public_url,
        count=len(delivery.alerts),
        views=views,
        rest=len(delivery.alerts) - len(views),
    )


def inlined(template: Template, delivery: Delivery, public_url: str, **values: object) -> str:
    """Return the page that *template* makes, fit for mail programs that know no style sheets."""
    page = template.render(
        subject=subject(delivery),
        repeat=REPEAT if delivery.possible_repeat else "",
        receiver=delivery.receiver,
        public_url=public_url,
        **values,
    )
    html: str = _INLINER.inline(page)
    return html


def foot(delivery: Delivery, public_url: str) -> str:
    """Return the last lines of a text part: who sent it, and to whom."""
    # RFC 3676, 4.3: "-- " opens a signature.
    where = f"\n{public_url}" if public_url else ""
    return f"-- \nSent by Tocsin to the receiver {delivery.receiver}{where}"
