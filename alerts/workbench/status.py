"""How does it all fare, and what needs an operator?  Pure: what was read goes in, with the time.

What mends itself is shown and no trouble: a feed that fails for an hour, a message that is tried
again.  A trouble is what stays until somebody does something, and says where to look.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final
from urllib.parse import urlsplit

from alerts.alerting.health import Ailment, ailments, is_silent
from alerts.feeds.rhythm import Rhythm, usual_gap
from alerts.model import DeliveryState
from alerts.storage import Counts, ListedFeed
from alerts.storage.backups import LastBackup
from alerts.storage.glance import Glance

#: A poll or a message that is late by so much waits for somebody.
LATE: Final = timedelta(minutes=15)


class Health(StrEnum):
    """How a feed fares; the worst first."""

    STOPPED = "stopped"
    #: It could not be read for a day.
    BROKEN = "broken"
    #: Its last poll failed.
    FAILING = "failing"
    #: It is read well, and brings nothing new for far longer than usual.
    STALE = "stale"
    UNREAD = "never read"
    OK = "ok"


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedHealth:
    """A feed, and how it fares."""

    feed: ListedFeed
    health: Health


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """What needs an operator."""

    #: "rules", "feeds", "channel": stable, for scripts.
    about: str
    words: str
    #: The command that shows more, or mends it; or empty.
    look: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Everything that `tocsin status` says."""

    #: Who works on the database: `process 7 on desk since …`; empty: nobody.
    holder: str
    counts: Counts
    glance: Glance
    #: The worst first.
    feeds: tuple[FeedHealth, ...]
    last_poll_at: datetime | None
    #: How long the feed that waits most has been due; None: none is.
    poll_lag: timedelta | None
    #: How long the message that waits most has been due; None: none is.
    delivery_lag: timedelta | None
    backup: LastBackup | None
    troubles: tuple[Trouble, ...]

    def count(self, health: Health) -> int:
        """Return how many feeds fare so."""
        return sum(1 for each in self.feeds if each.health is health)


def standing(
    counts: Counts,
    glance: Glance,
    feeds: Sequence[ListedFeed],
    *,
    pauses: Collection[str],
    holder: str,
    backup: LastBackup | None,
    now: datetime,
) -> Standing:
    """Return how things stand at *now*.

    *pauses* are the hosts that asked to be left alone: a host, or `*.` and a domain.
    """
    judged = sorted((FeedHealth(feed=each, health=health(each, now)) for each in feeds), key=_order)
    polled = [each.state.last_polled_at for each in feeds if each.state.last_polled_at is not None]
    waiting = (each.state for each in feeds if not each.state.stopped)
    poll_lag = _longest(
        (state.next_due_at for state in waiting if not _is_paused(state.url, pauses)), now
    )
    delivery_lag = _longest(filter(None, [counts.oldest_due_at]), now)
    return Standing(
        holder=holder,
        counts=counts,
        glance=glance,
        feeds=tuple(judged),
        last_poll_at=max(polled, default=None),
        poll_lag=poll_lag,
        delivery_lag=delivery_lag,
        backup=backup,
        troubles=(
            *_of_rules(counts),
            *_of_process(holder, poll_lag, delivery_lag),
            *_of_feeds(judged),
            *_of_deliveries(counts, glance),
        ),
    )


def health(feed: ListedFeed, now: datetime) -> Health:
    """Return how *feed* fares, as its operator is told."""
    state = feed.state
    # The rhythm is read only of those that were silent for long: there may be 100,000 feeds.
    gap = usual_gap(Rhythm.read(state.rhythm), now=now) if is_silent(state, now) else None
    found = ailments(state, gap, now=now)
    if Ailment.GONE in found:
        return Health.STOPPED
    if Ailment.BROKEN in found:
        return Health.BROKEN
    if state.error:
        return Health.FAILING
    if Ailment.STALE in found:
        return Health.STALE
    return Health.OK if state.last_read_at is not None else Health.UNREAD


def _order(each: FeedHealth) -> tuple[int, str, str]:
    feed = each.feed
    return list(Health).index(each.health), feed.publisher.casefold(), feed.state.url


def _is_paused(url: str, pauses: Collection[str]) -> bool:
    if not pauses:
        return False
    host = urlsplit(url).hostname or ""
    return any(
        host == name.removeprefix("*.") or (name.startswith("*") and host.endswith(name[1:]))
        for name in pauses
    )


def _longest(due: Iterable[datetime], now: datetime) -> timedelta | None:
    oldest = min(due, default=now)
    return now - oldest if oldest < now else None


def _of_rules(counts: Counts) -> Iterator[Trouble]:
    if not counts.rule_set:
        yield Trouble(about="rules", words="no rule files were ever in force", look="tocsin run")
    if counts.refusal:
        words = "the newest edit of the rule files was refused"
        yield Trouble(about="rules", words=words, look="tocsin check")


def _of_process(
    holder: str, poll_lag: timedelta | None, delivery_lag: timedelta | None
) -> Iterator[Trouble]:
    is_behind = [
        name for name, lag in (("polls", poll_lag), ("messages", delivery_lag)) if _is(lag)
    ]
    if is_behind and not holder:
        # One trouble, and not what follows from it.
        words = f"nothing runs, and {' and '.join(is_behind)} wait"
        yield Trouble(about="process", words=words, look="tocsin run")
        return
    if _is(poll_lag):
        yield Trouble(about="polls", words="polls are late", look="tocsin doctor")
    if _is(delivery_lag):
        look = "tocsin deliveries list --state pending"
        yield Trouble(about="deliveries", words="messages wait that are due", look=look)


def _is(lag: timedelta | None) -> bool:
    return lag is not None and lag > LATE


def _of_feeds(judged: Sequence[FeedHealth]) -> Iterator[Trouble]:
    for which, words in (
        (Health.STOPPED, "gone for good"),
        (Health.BROKEN, "not read for a day"),
    ):
        count = sum(1 for each in judged if each.health is which)
        if count:
            feeds = "1 feed" if count == 1 else f"{count:,} feeds"
            look = "tocsin feeds list --broken"
            yield Trouble(about="feeds", words=f"{feeds} {words}", look=look)


def _of_deliveries(counts: Counts, glance: Glance) -> Iterator[Trouble]:
    for name in counts.paused:
        words = f"{name} refuses us, and is paused"
        yield Trouble(about="channel", words=words, look="tocsin doctor")
    # Older ones were looked at, or nobody will: they are kept for months.
    if glance.dead.week and counts.deliveries.get(DeliveryState.DEAD):
        letters = "1 dead letter" if glance.dead.week == 1 else f"{glance.dead.week:,} dead letters"
        look = "tocsin deliveries list --state dead"
        yield Trouble(about="deliveries", words=f"{letters} this week", look=look)
