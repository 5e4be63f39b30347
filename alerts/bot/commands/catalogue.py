"""The operator's watchlists, to be subscribed to: a part of /watchlists."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.numbered import numbered
from alerts.bot.talk import Call, Says, button
from alerts.bot.typed import brief
from alerts.bot.watchlist_said import key_of, label, offered, offered_said, page
from alerts.locales import marked
from alerts.model import Button, Subscriber, Watchlist
from alerts.text.normalize import fold
from alerts.watchlists.query.printing import to_text

_HEADING: Final = marked(
    "Ready-made watchlists. Press one to hear of it; ✓ marks those that you hear of, and ends it."
)
_FOUND: Final = marked("Ready-made watchlists with “{typed}”:")
_NOT_FOUND: Final = marked("No ready-made watchlist has “{typed}”. You can make one of your own:")
_NONE: Final = marked("There are no ready-made watchlists here. You can make one of your own:")
_SEARCH: Final = marked("To search: <code>{example}</code>")
_WATCH: Final = marked("Watch for something")
_ALL: Final = marked("All ready-made watchlists")
_OWN: Final = marked("Yours")

_EXAMPLE: Final = "/watchlists catalogue chemical"
_CHOSEN: Final = "✓ "


def catalogue(call: Call, desk: Desk, text: str, *, who: Subscriber | None = None) -> Says:
    """Return a page of what can be subscribed to, by its number; or what has the words of *text*.

    *who* hears of some of them: whoever speaks, if nothing is said.
    """
    number, rest = numbered(text)
    all_ = offered(desk.rules)
    if number is not None and not rest:
        return _page(call, all_, number, who)
    if text.strip():
        return _searched(call, all_, text, who)
    return _page(call, all_, 1, who)


def having(watchlists: Iterable[Watchlist], text: str) -> list[Watchlist]:
    """Return those of *watchlists* that have every word of *text*, in titles or in what they ask for."""
    wanted = fold(text).split()
    return [each for each in watchlists if all(word in _read(each) for word in wanted)]


def _read(watchlist: Watchlist) -> str:
    return fold(f"{watchlist.title} {watchlist.id} {to_text(watchlist.condition)}")


def _page(call: Call, all_: list[Watchlist], number: int, who: Subscriber | None) -> Says:
    words = call.words
    if not all_:
        return Says(html=words.say(_NONE), buttons=((button(words.of(_WATCH), "/watch"),),))
    shown = page(all_, number)
    lines = [words.say(_HEADING), _listed(call, shown.items)]
    if shown.count > 1:
        lines.append(words.say(_SEARCH, example=_EXAMPLE))
    rows = [
        *_toggles(call, shown.items, who, f" {shown.number}"),
        shown.turned("/watchlists catalogue"),
        (button(words.of(_OWN), "/watchlists"),),
    ]
    return Says(html=Markup("\n\n").join(lines), buttons=tuple(row for row in rows if row))


def _searched(call: Call, all_: list[Watchlist], text: str, who: Subscriber | None) -> Says:
    words, typed = call.words, brief(text)
    found = page(having(all_, text), 1).items
    back = (button(words.of(_ALL), "/watchlists catalogue"),)
    if not found:
        watch = (button(words.of(_WATCH), "/watch"),)
        return Says(html=words.say(_NOT_FOUND, typed=typed), buttons=(watch, back))
    html = words.say(_FOUND, typed=typed) + "\n\n" + _listed(call, found)
    return Says(html=html, buttons=(*_toggles(call, found, who, ""), back))


def _listed(call: Call, watchlists: Iterable[Watchlist]) -> Markup:
    lines = (offered_said(call.words, each.title, each.severity) for each in watchlists)
    return Markup("\n").join(lines)


def _toggles(
    call: Call, watchlists: Iterable[Watchlist], who: Subscriber | None, behind: str
) -> Iterable[tuple[Button, ...]]:
    """Yield a button for each of *watchlists* that begins a subscription to it, or ends it."""
    who = who or call.subscriber
    heard = {one.watchlist for one in who.subscriptions} if who is not None else set()
    for each in watchlists:
        is_heard = each.id in heard
        verb = "/unsubscribe" if is_heard else "/subscribe"
        title = label(each.title, before=_CHOSEN if is_heard else "")
        yield (button(title, f"{verb} {key_of(each.id)}{behind}"),)
