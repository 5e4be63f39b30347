"""/last: the alerts that came here last."""

from __future__ import annotations

import re
from typing import Final

from markupsafe import Markup, escape

from alerts.bot.desk import Desk
from alerts.bot.talk import CHANNEL, Call, Command, Says, button
from alerts.bot.times import plain
from alerts.bot.typed import brief
from alerts.delivery.rendering.excerpt import headline
from alerts.delivery.rendering.telegram import SIGNS
from alerts.delivery.rendering.templates import inert
from alerts.delivery.rendering.view import link
from alerts.locales import marked
from alerts.model import Address, Alert

_LINKED: Final = marked('{sign} <a href="{url}">{headline}</a>')
_UNLINKED: Final = marked("{sign} {headline}")
_FROM: Final = marked("{publisher}, {when} · {watchlists}")
_NOTHING: Final = marked(
    "No alert has come here yet. Tell me what to watch for, and the next report of it rings."
)
_WATCH: Final = marked("Watch for something")
_MORE: Final = marked("Show more")

_USUAL: Final = 5
_MOST: Final = 20
#: UTF-16 units of a headline and of names.  Twenty alerts fit one message, which has 4,000, if each
#: takes 200 with its moment, what stands between, and the isolates of another script.
_WIDE: Final = (110, 32)
_NARROW: Final = (78, 24)
_FEW: Final = 10
_NAMED: Final = 2


async def last(call: Call, desk: Desk) -> Says:
    """List the last alerts of this chat, or of this topic."""
    words, most = call.words, how_many(call.text)
    told = await desk.storage.subscribers.last_told(_places(call), most=most)
    if not told:
        row = (button(words.of(_WATCH), "/watch"),)
        return Says(html=words.say(_NOTHING), buttons=(row,))
    widths = _WIDE if len(told) <= _FEW else _NARROW
    html = Markup("\n\n").join(_item(call, alert, *widths) for alert in told)
    more = ((button(words.of(_MORE), f"/last {_MOST}"),),) if len(told) == most < _MOST else ()
    return Says(html=html, buttons=more)


def how_many(text: str) -> int:
    """Return the number that *text* asks for, within limits."""
    found = re.fullmatch(r"[0-9]{1,9}", plain(text))
    return min(max(int(found[0]), 1), _MOST) if found else _USUAL


def _places(call: Call) -> list[str]:
    """Return the topic in which it is asked, or the whole chat."""
    thread = call.chat.thread
    return [
        Address(channel=CHANNEL, target=target, thread=thread).key for target in call.chat.targets
    ]


def _item(call: Call, alert: Alert, wide: int, named: int) -> Markup:
    words, lead = call.words, alert.lead
    zone = call.subscriber.time_zone if call.subscriber is not None else "UTC"
    shown = str(headline(lead, (), wide))
    titles = dict.fromkeys(brief(match.title or match.watchlist, named) for match in alert.matches)
    url = link(lead.url)
    # In a link's address nothing may be isolated, so that it is not said as a value.
    first = words.say(
        _LINKED if url else _UNLINKED,
        sign=SIGNS[alert.severity],
        url=escape(url),
        headline=inert(shown),
    )
    second = words.say(
        _FROM,
        publisher=inert(brief(lead.publisher, named)),
        when=words.moment(lead.seen_at or call.now, zone),
        watchlists=words.several(list(titles)[:_NAMED]),
    )
    return first + Markup("\n") + second


COMMAND: Final = Command(name="last", does=last, about=marked("the last alerts that came here"))
