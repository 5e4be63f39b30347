"""What has fallen silent that should speak, and how is its operator told?  Pure: the time is given.

A watchlist with `expect:` speaks by matching.  Nothing is said of it while nobody could know: when it
is younger than what it expects, or when its feeds are not read, which are the message then.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from alerts.alerting.unseen_names import UnseenName
from alerts.model import Article, Feed, FeedState, Notice, Severity, Status, Watchlist
from alerts.watchlists.meaning.circumstances import known_publishers, unknown_facts

#: `Notice.about` of every watchlist that should speak begins so.
ABOUT_WATCHLISTS: Final = "expect/"
ABOUT_NAMES: Final = "names never seen"
#: A name that stood in no match for so long is told, and what is told of names so far apart.
UNSEEN_FOR: Final = timedelta(days=90)
NAMES_APART: Final = timedelta(days=30)
#: A feed that was not read for so long brings nothing that could match.
_IS_READ: Final = timedelta(days=1)
_SHOWN: Final = 10
_UNITS: Final = (
    (timedelta(days=1), "day"),
    (timedelta(hours=1), "hour"),
    (timedelta(minutes=1), "minute"),
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Ears:
    """The feeds that a watchlist hears."""

    #: Those that are read.
    read: int
    every: int
    #: When the first of those that are read was met; None: none was.
    met_at: datetime | None = None

    @property
    def are_open(self) -> bool:
        """Tell whether half of them are read at least: after a standstill they come back one by one."""
        return self.met_at is not None and 2 * self.read >= self.every


def expecting(watchlists: Iterable[Watchlist]) -> dict[str, Watchlist]:
    """Return those of *watchlists* that should speak, by id."""
    return {
        each.id: each
        for each in watchlists
        if each.expect is not None and each.status is not Status.OFF
    }


def ears(
    watchlist: Watchlist, feeds: Sequence[Feed], states: Mapping[str, FeedState], *, now: datetime
) -> Ears:
    """Return which of *feeds* have articles for *watchlist*, and are read at *now*."""
    wanted = replace(watchlist, languages=(), max_age=None)
    publishers = known_publishers(feeds)
    own = [
        states.get(feed.url)
        for feed in feeds
        if unknown_facts(wanted, _of(feed), publishers) is not None
    ]
    read = [state for state in own if state is not None and _is_read(state, now)]
    met = [state.baselined_at for state in read if state.baselined_at is not None]
    return Ears(read=len(read), every=len(own), met_at=min(met, default=None))


def _of(feed: Feed) -> Article:
    return Article(id="", feed=feed.url, publisher=feed.publisher)


def _is_read(state: FeedState, now: datetime) -> bool:
    read_at = state.last_read_at
    return not state.stopped and read_at is not None and now - read_at <= _IS_READ


def speaks(watchlist: Watchlist, last_at: datetime | None, now: datetime) -> bool:
    """Tell whether *watchlist*, which has matched *last_at* the last time, does what is expected."""
    return (
        last_at is not None and watchlist.expect is not None and now - last_at <= watchlist.expect
    )


def is_silent(
    watchlist: Watchlist, *, watched_since: datetime | None, ears: Ears, now: datetime
) -> bool:
    """Tell whether *watchlist*, which does not speak, was heard for as long as it expects.

    *watched_since* is when the rules with it came in force; None: not known.
    """
    if watched_since is None or ears.met_at is None or not ears.are_open:
        return False
    assert watchlist.expect is not None
    return now - max(watched_since, ears.met_at) > watchlist.expect


def fell_silent(
    watchlist: Watchlist, *, last_at: datetime | None, ears: Ears, now: datetime
) -> Notice:
    """Tell that *watchlist* has not matched for as long as it expects to."""
    assert watchlist.expect is not None
    last = f"the last one came at {_clock(last_at)}" if last_at else "none is stored"
    return Notice(
        about=about(watchlist.id),
        state="silent",
        subject=f"No match for {_span(watchlist.expect)}: {watchlist.title}",
        text=(
            f"The watchlist {watchlist.id} expects a match every {_span(watchlist.expect)}, and at"
            f" {_clock(now)} {last}. Of its {_count(ears.every, 'feed')} {ears.read} were read within"
            " a day, so that it may be the watchlist that hears nothing: look at its last edits, and"
            " at the feeds whose publishers it asks for. Its end is told."
        ),
        shown_by="tocsin hygiene",
        severity=Severity.HIGH,
    )


def speaks_again(id_: str, title: str, *, now: datetime) -> Notice:
    """Tell that a watchlist that was told to be silent matches again."""
    return Notice(
        about=about(id_),
        state="",
        subject=f"Matches again: {title}",
        text=f"The watchlist {id_} has matched again, as was seen at {_clock(now)}.",
        severity=Severity.INFO,
    )


def expects_nothing(id_: str, *, now: datetime) -> Notice:
    """Tell that nothing is expected any more of a watchlist that was told to be silent."""
    return Notice(
        about=about(id_),
        state="",
        subject=f"No match is expected any more: {id_}",
        text=f"The rule files in force at {_clock(now)} expect nothing of this watchlist.",
        severity=Severity.INFO,
    )


def about(watchlist: str) -> str:
    """Return the name of the trouble that a silent watchlist is."""
    return f"{ABOUT_WATCHLISTS}{watchlist}"


def names_unseen(names: Collection[UnseenName], *, now: datetime) -> Notice:
    """Tell that no match has held *names* for as long as is remembered; never none."""
    shown = [f"{name.text} ({name.how} of @{name.entity})" for name in names]
    count = len(shown)
    return Notice(
        about=ABOUT_NAMES,
        state=sha256("\n".join(sorted(shown)).encode("utf-8", "surrogatepass")).hexdigest(),
        subject=f"{_count(count, 'name')} of your entities stood in no match for"
        f" {UNSEEN_FOR.days} days",
        text=(
            f"Seen at {_clock(now)}. A name that nobody writes does no harm, but one with a mistake"
            " in it finds nothing: look at how it is spelt. This is told once a month at most, when"
            " the list has changed; and when it is empty."
        ),
        details=tuple(shown[:_SHOWN]),
        more=max(0, count - _SHOWN),
        shown_by="tocsin hygiene",
        severity=Severity.LOW,
    )


def names_seen(*, now: datetime) -> Notice:
    """Tell that no name of the entities has been unseen for so long any more."""
    return Notice(
        about=ABOUT_NAMES,
        state="",
        subject="Every name of your entities was seen",
        text=f"Since {_clock(now)} there is none that stood in no match for {UNSEEN_FOR.days} days.",
        severity=Severity.INFO,
    )


def _count(count: int, one: str) -> str:
    return f"{count:,} {one}{'s' * (count != 1)}"


def _span(length: timedelta) -> str:
    for size, unit in _UNITS:
        if length % size == timedelta(0):
            return _count(length // size, unit)
    return f"{length}"


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
