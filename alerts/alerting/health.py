"""What ails a feed, and how is its operator told?  Pure: the time is given.

Feeds of one host that have the same trouble are one thing to hear of.  It is told once; again only
when another feed of that host follows a day or more later; and its end once, when none is left.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from alerts.model import FeedState, Notice, Severity

#: `Notice.about` of every trouble with feeds begins so.
ABOUT_FEEDS: Final = "feeds/"
BROKEN_AFTER: Final = timedelta(days=1)
#: A feed that was never read has no day to count from; at the usual interval this sum of weighted
#: failures takes about one.
_NEVER_READ: Final = 10.0
#: The first failure after an outage of our own is no day of failures.
_FAILS: Final = 2.0
#: Silent for so many times its usual gap is stale, but nothing is before two days.
STALE_TIMES: Final = 5
STALE_AFTER: Final = timedelta(days=2)
#: So much for a feed of which too little is known to say what is usual; and one that has not had an
#: article for so long since it was met is empty.
RARELY: Final = timedelta(days=60)
EMPTY_AFTER: Final = timedelta(days=7)
#: A gap is over when there was none for so long.
GAP_LASTS: Final = timedelta(days=1)
_ANOTHER_AFTER: Final = timedelta(days=1)
_SHOWN: Final = 10


class Ailment(StrEnum):
    """What can be wrong with a feed."""

    BROKEN = "broken"
    GONE = "gone"
    STALE = "stale"
    EMPTY = "empty"
    GAP = "gap"
    VALIDATORS = "validators"


@dataclass(frozen=True, slots=True, kw_only=True)
class Patient:
    """A feed in trouble, as its operator sees it."""

    #: Without user and password.
    shown: str
    publisher: str
    #: What to know of this one: an error, a date.
    remark: str
    #: None: for ever, as far as we know.
    since: datetime | None


def ailments(
    state: FeedState, usual_gap: timedelta | None, *, now: datetime
) -> dict[Ailment, datetime | None]:
    """Return what is wrong with a feed in *state*, with since when.

    *usual_gap* is the mean time between two of its articles; None: not known.
    """
    found: dict[Ailment, datetime | None] = {}
    if state.stopped:
        found[Ailment.GONE] = state.gone_at
    elif _is_broken(state, now):
        found[Ailment.BROKEN] = state.last_read_at
    elif is_silent(state, now) and _is_stale(state, usual_gap, now):
        found[Ailment.STALE] = state.last_new_at
    elif _is_empty(state, now):
        found[Ailment.EMPTY] = state.baselined_at
    if state.last_gap_at is not None and now - state.last_gap_at < GAP_LASTS:
        found[Ailment.GAP] = state.last_gap_at
    if state.unreliable_at is not None:
        found[Ailment.VALIDATORS] = state.unreliable_at
    return found


def is_silent(state: FeedState, now: datetime) -> bool:
    """Tell whether a feed has been silent for so long that its usual gap is worth asking for."""
    return state.last_new_at is not None and now - state.last_new_at > STALE_AFTER


def _is_broken(state: FeedState, now: datetime) -> bool:
    if not state.error:
        return False
    if state.last_read_at is None:
        return state.failures >= _NEVER_READ
    return state.failures >= _FAILS and now - state.last_read_at >= BROKEN_AFTER


def _is_stale(state: FeedState, usual_gap: timedelta | None, now: datetime) -> bool:
    if state.last_new_at is None:
        return False
    most = RARELY if usual_gap is None else STALE_TIMES * usual_gap
    return now - state.last_new_at > most


def _is_empty(state: FeedState, now: datetime) -> bool:
    met_at = state.baselined_at
    return state.last_new_at is None and met_at is not None and now - met_at >= EMPTY_AFTER


def about(ailment: Ailment, host: str) -> str:
    """Return the name of the trouble that feeds of *host* have."""
    return f"{ABOUT_FEEDS}{ailment.value}/{host}"


def thing(name: str) -> tuple[Ailment, str] | None:
    """Return the ailment and the host that `about` made *name* of."""
    kind, _, host = name.removeprefix(ABOUT_FEEDS).partition("/")
    return (Ailment(kind), host) if kind in list(Ailment) else None


def remark(ailment: Ailment, state: FeedState) -> str:
    """Return what to know of one feed that has *ailment*."""
    match ailment:
        case Ailment.BROKEN:
            read = f"last read {_clock(state.last_read_at)}" if state.last_read_at else "never read"
            return f"{state.error}; {read}"
        case Ailment.STALE:
            return f"nothing new since {_clock(state.last_new_at)}"
        case Ailment.EMPTY:
            return f"without an article since it was met at {_clock(state.baselined_at)}"
        case _:
            return ""


def feeds_ill(ailment: Ailment, host: str, patients: Sequence[Patient]) -> Notice:
    """Tell that *patients*, all feeds of *host* that have *ailment*, have it; never none."""
    words = _WORDS[ailment]
    count = len(patients)
    which = "a feed" if count == 1 else f"{count} feeds"
    return Notice(
        about=about(ailment, host),
        state=_state(patients),
        subject=f"{host}: {which} {words.subject}",
        text=words.text,
        details=tuple(map(_detail, patients[:_SHOWN])),
        more=max(0, count - _SHOWN),
        shown_by="tocsin feeds list",
        severity=words.severity,
    )


def feeds_well(ailment: Ailment, host: str, *, now: datetime) -> Notice:
    """Tell that no feed of *host* has *ailment* any more."""
    return Notice(
        about=about(ailment, host),
        state="",
        subject=f"{host}: {_WORDS[ailment].end}",
        text=f"Since {_clock(now)} no feed of this host that the rule files name is concerned.",
        severity=Severity.INFO,
    )


def offline(*, now: datetime) -> Notice:
    """Tell that our own network is down."""
    return Notice(
        about="network",
        state="offline",
        subject="We are offline",
        text=(
            f"At {_clock(now)} more than half of the polls of five minutes, over five hosts or more,"
            " had met with silence. No feed is blamed; articles come late until the network is back."
        ),
        severity=Severity.CRITICAL,
    )


def online(*, now: datetime) -> Notice:
    """Tell that feeds can be reached again."""
    return Notice(
        about="network",
        state="",
        subject="Online again",
        text=f"Feeds have been reached again since {_clock(now)}.",
        severity=Severity.INFO,
    )


def _state(patients: Sequence[Patient]) -> str:
    """Name the trouble: it changes when another feed follows a day or more after the first."""
    times = sorted(patient.since for patient in patients if patient.since is not None)
    days = (times[-1] - times[0]) // _ANOTHER_AFTER if times else 0
    return f"ill for {days} days" if days else "ill"


def _detail(patient: Patient) -> str:
    last = f": {patient.remark}" if patient.remark else ""
    return f"{patient.shown} ({patient.publisher}){last}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Words:
    """How an ailment is told."""

    #: After "a feed" or "3 feeds".
    subject: str
    text: str
    end: str
    severity: Severity = Severity.MEDIUM


_WORDS: Final = {
    Ailment.BROKEN: _Words(
        subject="not read for a day",
        text=(
            "They are tried again, ever more seldom, at least once a day; nothing is switched off."
            " If the address has changed, edit the rule files."
        ),
        end="feeds are read again",
        severity=Severity.HIGH,
    ),
    Ailment.GONE: _Words(
        subject="gone for good",
        text=(
            "The server has said twice, an hour apart, that there is no such feed any more (410)."
            " It is not polled again: take it out of the rule files, or give its new address."
        ),
        end="no feed is gone",
        severity=Severity.HIGH,
    ),
    Ailment.STALE: _Words(
        subject="silent for longer than usual",
        text=(
            f"The documents can be read, but bring nothing new: for more than {STALE_TIMES} times the"
            f" usual pause, and two days at least; or for {RARELY.days} days, where too little is known of what"
            " is usual. The publisher may have left the address behind."
        ),
        end="feeds bring news again",
    ),
    Ailment.EMPTY: _Words(
        subject="without a single article",
        text=(
            "The documents can be read, and have listed nothing since the feed was met a week ago or"
            " more. It may be the wrong address, or a feed that was never filled:"
            " `tocsin feeds discover` shows what its site has."
        ),
        end="feeds have articles",
    ),
    Ailment.GAP: _Words(
        subject="with a gap: articles may have been missed",
        text=(
            "A document had nothing in common with the one before: more was published between two"
            " polls than it holds. It is polled sooner now; `interval` or `priority: high` help more."
        ),
        end="no gap for a day",
    ),
    Ailment.VALIDATORS: _Words(
        subject="with wrong answers to conditional requests",
        text=(
            "The server said that nothing had changed (304) when something had. Its feeds are fetched"
            " whole from now on; tell the publisher."
        ),
        end="conditional requests are answered rightly",
        severity=Severity.LOW,
    ),
}


def _clock(at: datetime | None) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC" if at is not None else "unknown"
