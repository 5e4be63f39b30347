"""The buttons below an alert in a chat, in the words of whoever reads there.  Pure."""

from __future__ import annotations

from typing import Final

from alerts.delivery.presses import ALERT_DIGITS, Press, Verb, read, watchlist_key
from alerts.delivery.rendering.marked import clean, cut
from alerts.locales import Words, marked
from alerts.model import Alert, Button

Rows = tuple[tuple[Button, ...], ...]

_MUTE_STORY: Final = marked("Mute story 24 h")
_UNMUTE_STORY: Final = marked("Unmute story")
_MUTE_WATCHLIST: Final = marked("Mute watchlist")
_UNMUTE_WATCHLIST: Final = marked("Unmute watchlist")
_MUTE: Final = marked("Mute “{title}”")
_UNMUTE: Final = marked("Unmute “{title}”")
_USEFUL: Final = marked("Useful")
_FALSE_ALARM: Final = marked("False alarm")
_WHY: Final = marked("Why")
_OF_WATCHLISTS: Final = (Verb.MUTE_WATCHLIST, Verb.UNMUTE_WATCHLIST)
#: Watchlists that get a button each.
_WATCHLISTS: Final = 3
#: UTF-16 units of a watchlist's title; phones show some 35 characters in a row.
_TITLE: Final = 32


def buttons(alert: Alert, words: Words) -> Rows:
    """Return what can be pressed below *alert*, row by row."""
    story = _button(words.of(_MUTE_STORY), Verb.MUTE_STORY, alert)
    # Several articles of the story may meet one watchlist.
    titles = {match.watchlist: match.title or match.watchlist for match in alert.matches}
    answers = (
        _button(words.of(_USEFUL), Verb.USEFUL, alert),
        _button(words.of(_FALSE_ALARM), Verb.FALSE_ALARM, alert),
        _button(words.of(_WHY), Verb.WHY, alert),
    )
    mutes = [
        _button(
            _of_watchlist(Verb.MUTE_WATCHLIST, title if len(titles) > 1 else "", words),
            Verb.MUTE_WATCHLIST,
            alert,
            watchlist_key(name),
        )
        for name, title in titles.items()
    ]
    if len(mutes) == 1:
        return (story, *mutes), answers
    return (story,), *((mute,) for mute in mutes[:_WATCHLISTS]), answers


def turned(rows: Rows, press: Press, words: Words, title: str) -> Rows:
    """Return *rows* with the button that says *press* made the one that takes it back.

    *title* is that of the watchlist that *press* is about; of several, a button names its own.
    """
    presses = [read(button.action) for row in rows for button in row]
    several = sum(each is not None and each.verb in _OF_WATCHLISTS for each in presses) > 1
    named = title if several else ""
    return tuple(tuple(_turned(button, press, words, named) for button in row) for row in rows)


def _turned(button: Button, press: Press, words: Words, title: str) -> Button:
    opposite = press.opposite
    if opposite is None or button.action != press.action:
        return button
    match opposite.verb:
        case Verb.MUTE_STORY:
            label = words.of(_MUTE_STORY)
        case Verb.UNMUTE_STORY:
            label = words.of(_UNMUTE_STORY)
        case verb:
            label = _of_watchlist(verb, title, words)
    return Button(label=label, action=opposite.action)


def _of_watchlist(verb: Verb, title: str, words: Words) -> str:
    """Return the label of a button that mutes or unmutes a watchlist; empty *title*: the only one."""
    mutes = verb is Verb.MUTE_WATCHLIST
    if not title:
        return words.of(_MUTE_WATCHLIST if mutes else _UNMUTE_WATCHLIST)
    named = cut(clean(title), _TITLE)
    return words.say(_MUTE if mutes else _UNMUTE, title=named).unescape()


def _button(label: str, verb: Verb, alert: Alert, watchlist: str = "") -> Button:
    press = Press(verb=verb, alert=alert.id[:ALERT_DIGITS], watchlist=watchlist)
    return Button(label=label, action=press.action)
