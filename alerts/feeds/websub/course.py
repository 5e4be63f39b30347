"""The course of an agreement with a hub: asked, agreed, renewed, believed, given up.  Pure.

A push only says "look now".  Polls stay the truth: what a hub pushes first, and often enough, makes
polls seldom; news that a poll finds first makes them usual again at once, and a third such miss
ends the agreement for a week.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from typing import Literal

from alerts.feeds.websub.advert import Advert
from alerts.model import Push, PushState

#: What we ask for; the hub decides.
LEASE = timedelta(days=10)
#: Part of a lease after which it is renewed: a hub that is down for a day costs nothing.
_RENEW_AFTER = 0.75
#: No hub is asked more often about one feed, whatever lease it gives.
ASKS_APART = timedelta(hours=1)
_LONGEST_PAUSE = timedelta(hours=24)
#: A hub that said no, or that could not be believed, is left alone for so long.
REST = timedelta(days=7)
#: Asks of a hub to stop; after them, or the lease, it learns it from our 410.
_GOODBYES = 3

#: A poll may be faster than a publisher's word to its hub; what the hub tells later is a miss.
GRACE = timedelta(minutes=15)
#: Pushes in a row that must bring news before polls become seldom.
PROOFS = 3
#: Misses since then, after which the hub is not believed.
MISSES = 3
#: How often a pushed feed is polled all the same.
SAFETY = timedelta(hours=6)


#: The hub is not to be heard before it is asked anew.
RESTING = frozenset({PushState.REFUSED, PushState.DISTRUSTED})


def begun(feed: str, advert: Advert, *, path: str, secret: str, now: datetime) -> Push:
    """Return an agreement to ask for; *path* and *secret* are fresh and random."""
    return Push(
        feed=feed,
        hub=advert.hub,
        topic=advert.topic,
        path=path,
        secret=secret,
        state=PushState.ASKED,
        due_at=now,
    )


def mode(push: Push) -> Literal["subscribe", "unsubscribe"]:
    """Return what the hub is asked for."""
    return "unsubscribe" if push.state is PushState.ENDING else "subscribe"


def is_heard(push: Push, *, now: datetime) -> bool:
    """Tell whether the hub's messages are wanted: it asked back, and its lease lasts."""
    return (
        push.state is PushState.ACTIVE and push.lease_until is not None and now < push.lease_until
    )


def rests_until(push: Push, last_read_at: datetime | None, *, now: datetime) -> datetime | None:
    """Return when a pushed feed is polled all the same; None: as usual.

    As usual also while it is open whether the hub will tell of what a poll has found.
    """
    proved = push.proofs >= PROOFS and push.found_at is None and is_heard(push, now=now)
    if last_read_at is None or not proved:
        return None
    assert push.lease_until is not None
    return min(last_read_at + SAFETY, push.lease_until)


# --- asking -----------------------------------------------------------------------------------


def asked(push: Push, *, now: datetime) -> Push:
    """Return *push* as the hub is about to be asked; asked again if it does not ask back.

    The wait is an hour, doubled with each ask that came to nothing, and a day at most.
    """
    state = PushState.ASKED if push.state in RESTING else push.state
    pause = min(ASKS_APART * 2 ** min(push.attempt, 5), _LONGEST_PAUSE)
    return replace(push, state=state, asked_at=now, due_at=now + pause, attempt=push.attempt + 1)


def unheard(push: Push, error: str) -> Push:
    """Return *push* after the hub could not be asked, or took no request."""
    return replace(push, error=" ".join(error.split()))


def agreed(push: Push, lease: timedelta, *, now: datetime) -> Push:
    """Return *push* after the hub asked back, and was told yes."""
    return replace(
        push,
        state=PushState.ACTIVE,
        lease_until=now + lease,
        due_at=now + max(lease * _RENEW_AFTER, ASKS_APART),
        attempt=0,
        error="",
    )


def refused(push: Push, reason: str, *, now: datetime) -> Push:
    """Return *push* after the hub said no; to a goodbye it cannot."""
    if push.state is PushState.ENDING:
        return push
    error = f"the hub refused: {reason}"
    return replace(push, state=PushState.REFUSED, due_at=now + REST, proofs=0, error=error)


def left(push: Push, *, now: datetime) -> Push | None:
    """Return *push* with a goodbye to say; None: the hub does not know us yet, or any more."""
    if push.asked_at is None or push.state in RESTING:
        return None
    return replace(push, state=PushState.ENDING, due_at=now, attempt=0)


def is_over(push: Push) -> bool:
    """Tell whether enough goodbyes were said."""
    return push.state is PushState.ENDING and push.attempt >= _GOODBYES


# --- believing --------------------------------------------------------------------------------


def pushed(push: Push, *, now: datetime) -> Push:
    """Return *push* after a signed message: what a poll found shortly before is no miss."""
    return replace(settled(push, now=now), told_at=now, found_at=None)


def found(push: Push, *, now: datetime) -> Push:
    """Return *push* after a poll found news: of what the hub told, or without a word of it."""
    push = settled(push, now=now)
    if not is_heard(push, now=now):
        return push
    if push.told_at is None or now - push.told_at > GRACE:
        return replace(push, found_at=push.found_at or now)
    proofs = push.proofs + 1
    misses = 0 if proofs >= PROOFS else push.misses
    return replace(push, told_at=None, proofs=proofs, misses=misses)


def settled(push: Push, *, now: datetime) -> Push:
    """Return *push* with a miss counted, if what a poll found was not pushed within the grace."""
    if push.found_at is None or now - push.found_at <= GRACE:
        return push
    push = replace(push, found_at=None, proofs=0, misses=push.misses + 1)
    if push.misses < MISSES:
        return push
    return replace(
        push,
        state=PushState.DISTRUSTED,
        due_at=now + REST,
        misses=0,
        error=f"polls found news first, {MISSES} times",
    )
