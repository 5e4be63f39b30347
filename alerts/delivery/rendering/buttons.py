"""The buttons below an alert in a chat.  Pure."""

from __future__ import annotations

from typing import Final

from alerts.delivery.presses import ALERT_DIGITS, Press, Verb, watchlist_key
from alerts.delivery.rendering.marked import clean, cut
from alerts.delivery.rendering.templates import isolated
from alerts.model import Alert, Button

Rows = tuple[tuple[Button, ...], ...]

_MUTE_STORY: Final = "Mute story 24 h"
#: Watchlists that get a button each.
_WATCHLISTS: Final = 3
#: UTF-16 units of a watchlist's title; phones show some 35 characters in a row.
_TITLE: Final = 32


def buttons(alert: Alert) -> Rows:
    """Return what can be pressed below *alert*, row by row."""
    story = _button(_MUTE_STORY, Verb.MUTE_STORY, alert)
    # Several articles of the story may meet one watchlist.
    titles = {match.watchlist: _title(match.title, match.watchlist) for match in alert.matches}
    answers = (
        _button("Useful", Verb.USEFUL, alert),
        _button("False alarm", Verb.FALSE_ALARM, alert),
        _button("Why", Verb.WHY, alert),
    )
    if len(titles) == 1:
        return (story, *(_mute("Mute watchlist", name, alert) for name in titles)), answers
    named = [(_mute(f"Mute “{title}”", name, alert),) for name, title in titles.items()]
    return (story,), *named[:_WATCHLISTS], answers


def turned(rows: Rows, press: Press) -> Rows:
    """Return *rows* with the button that says *press* made the one that takes it back."""
    return tuple(tuple(_turned(button, press) for button in row) for row in rows)


def _turned(button: Button, press: Press) -> Button:
    opposite = press.opposite
    if opposite is None or button.action != press.action:
        return button
    match opposite.verb:
        case Verb.MUTE_STORY:
            label = _MUTE_STORY
        case Verb.UNMUTE_STORY:
            label = "Unmute story"
        case Verb.MUTE_WATCHLIST:
            label = "Mute" + button.label.removeprefix("Unmute")
        case _:
            label = "Unmute" + button.label.removeprefix("Mute")
    return Button(label=label, action=opposite.action)


def _mute(label: str, watchlist: str, alert: Alert) -> Button:
    return _button(label, Verb.MUTE_WATCHLIST, alert, watchlist_key(watchlist))


def _button(label: str, verb: Verb, alert: Alert, watchlist: str = "") -> Button:
    press = Press(verb=verb, alert=alert.id[:ALERT_DIGITS], watchlist=watchlist)
    return Button(label=label, action=press.action)


def _title(title: str, watchlist: str) -> str:
    return isolated(cut(clean(title) or clean(watchlist), _TITLE))
