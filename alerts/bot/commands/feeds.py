"""/feeds: which feeds fail, why and since when; for operators."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Rows, Says, button
from alerts.bot.times import plain
from alerts.bot.typed import brief
from alerts.feeds.fetch import shown_url
from alerts.locales import Words, marked
from alerts.storage.overview import ListedFeed

_COUNTS: Final = marked("Feeds read: {read}; failing: {failing}; never read yet: {waiting}")
_NONE: Final = marked(
    "No feed fails. /feeds WORDS shows those whose name or address has the words."
)
_NOT_FOUND: Final = marked("No feed has that in its name or address.")
_FEED: Final = marked("{sign} <b>{publisher}</b>\n{url}")
_READ: Final = marked("last read {when}")
_NEVER: Final = marked("never read")
_ERROR: Final = marked("{error}\n{since}")
_STOPPED: Final = marked("stopped: {error}\n{since}")
_BEFORE: Final = marked("Before")
_AFTER: Final = marked("More")

_PAGE: Final = re.compile(r"(?P<words>.*?)\s*#(?P<page>[0-9]{1,4})", re.DOTALL)
_TOGETHER: Final = 8
#: UTF-16 units.
_URL: Final = 120
_REASON: Final = 160
#: Bytes of what a button says.
_LONGEST: Final = 64


async def feeds(call: Call, desk: Desk) -> Says:
    """Show how feeds fare: those that fail, or those that have the words."""
    words = call.words
    sought, page = asked(call.text)
    listed = await desk.storage.overview.feeds()
    found = chosen(listed, sought)
    last = max(0, (len(found) - 1) // _TOGETHER)
    page = min(page, last)
    shown = found[page * _TOGETHER : (page + 1) * _TOGETHER]
    blocks = [_counts(words, listed), *(_told(call, each) for each in shown)]
    if not found:
        blocks.append(words.say(_NOT_FOUND if sought else _NONE))
    return Says(html=Markup("\n\n").join(blocks), buttons=_paging(words, sought, page, last))


def asked(text: str) -> tuple[str, int]:
    """Return the words that are sought, and the page, from 0: `reuters #2` is the second."""
    found = _PAGE.fullmatch(text)
    if found is None:
        return plain(text), 0
    return plain(found["words"]), max(0, int(found["page"]) - 1)


def chosen(listed: Sequence[ListedFeed], sought: str) -> list[ListedFeed]:
    """Return those that have every word of *sought*; without words, those that fail."""
    if not sought:
        return [each for each in listed if _fails(each)]
    return [each for each in listed if all(word in _text(each) for word in sought.split())]


def _text(feed: ListedFeed) -> str:
    return f"{feed.publisher} {shown_url(feed.state.url)}".casefold()


def _fails(feed: ListedFeed) -> bool:
    return feed.state.stopped or bool(feed.state.error)


def _counts(words: Words, listed: Sequence[ListedFeed]) -> Markup:
    failing = sum(map(_fails, listed))
    waiting = sum(each.state.last_read_at is None and not _fails(each) for each in listed)
    return words.say(
        _COUNTS,
        read=words.number(len(listed) - failing - waiting),
        failing=words.number(failing),
        waiting=words.number(waiting),
    )


def _told(call: Call, feed: ListedFeed) -> Markup:
    words, state = call.words, feed.state
    lines = words.say(
        _FEED,
        sign="🔴" if _fails(feed) else "🟢" if state.last_read_at else "⚪",
        publisher=brief(feed.publisher),
        url=brief(shown_url(state.url), _URL),
    )
    zone = call.subscriber.time_zone if call.subscriber is not None else "UTC"
    since = words.say(_NEVER)
    if state.last_read_at is not None:
        since = words.say(_READ, when=words.moment(state.last_read_at, zone))
    if _fails(feed):
        text = _STOPPED if state.stopped else _ERROR
        since = words.say(text, error=brief(state.error, _REASON), since=since)
    return lines + "\n" + since


def _paging(words: Words, sought: str, page: int, last: int) -> Rows:
    """Return the buttons to other pages; none for words that no button can carry."""
    row = [
        button(words.of(label), f"/feeds {sought} #{number}".replace("  ", " "))
        for label, number, is_there in (
            (_BEFORE, page, page > 0),
            (_AFTER, page + 2, page < last),
        )
        if is_there and sought.isascii() and len(f"/feeds {sought} #{number}") <= _LONGEST
    ]
    return (tuple(row),) if row else ()


COMMAND: Final = Command(
    name="feeds", does=feeds, about=marked("which feeds fail, and why"), for_operators=True
)
