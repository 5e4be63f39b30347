"""A hub asks back: did you mean it?  Pure (WebSub, 5.2 and 5.3).

Only what we asked for is confirmed: our mode, our topic, our address, and within an hour of asking.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.feeds.websub import course
from alerts.model import Push, PushState

#: A hub may ask back twice, when our first answer was lost; later nobody has a reason to.
ASKS_BACK_WITHIN = timedelta(hours=1)
_LONGEST_CHALLENGE = 2000
#: Longer leases only outlive what the feed says of its hub.
_LONGEST_LEASE = timedelta(days=30)
_LONGEST_REASON = 300


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What the hub hears, and what we remember."""

    #: The body of the 200.
    text: str
    #: None: the agreement is over.
    push: Push | None


def confirmed(push: Push, query: Mapping[str, str], *, now: datetime) -> Reply | None:
    """Return the reply to a hub's GET on the address of *push*; None: a 404."""
    mode, challenge = query.get("hub.mode", ""), query.get("hub.challenge", "")
    if query.get("hub.topic") != push.topic:
        return None
    if mode == "denied":
        reason = " ".join(query.get("hub.reason", "").split())[:_LONGEST_REASON]
        return Reply(text="", push=course.refused(push, reason or "no reason given", now=now))
    if not challenge or len(challenge) > _LONGEST_CHALLENGE or mode != course.mode(push):
        return None
    if push.asked_at is None or not timedelta(0) <= now - push.asked_at <= ASKS_BACK_WITHIN:
        return None
    if push.state in course.RESTING:
        return None
    if push.state is PushState.ENDING:
        return Reply(text=challenge, push=None)
    lease = _lease(query.get("hub.lease_seconds", ""))
    return Reply(text=challenge, push=course.agreed(push, lease, now=now))


def _lease(text: str) -> timedelta:
    """Read the lease; the Recommendation wants one, and a hub that gives none means ours."""
    if not (text.isascii() and text.isdecimal() and len(text) <= 10):
        return course.LEASE
    return min(timedelta(seconds=int(text)), _LONGEST_LEASE)
