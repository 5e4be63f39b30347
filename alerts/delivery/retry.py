"""When is a message tried again, and when is it given up?  Pure.

DELIVERY.md, Outbox: full jitter over 2 s x 2^n up to 15 min for 24 h; mail on Postfix's schedule
(between 300 s and 4,000 s, growing with the message's age) for 5 days.  What answers somebody is of
no use after a quarter of an hour: they have asked again, or gone.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from alerts.model import Delivery, DeliveryKind

_FIRST = timedelta(seconds=2)
_LONGEST = timedelta(minutes=15)
#: Postfix: minimal_backoff_time and maximal_backoff_time.
_MAIL_FIRST = timedelta(seconds=300)
_MAIL_LONGEST = timedelta(seconds=4000)

_HORIZON = timedelta(hours=24)
_MAIL_HORIZON = timedelta(days=5)
_ANSWERS_USE = timedelta(minutes=15)


def retry_at(
    channel: str, *, attempt: int, created_at: datetime, now: datetime, fraction: float
) -> datetime:
    """Return when to try again after send number *attempt* failed.

    *fraction* in [0, 1) spreads the retries of many messages (full jitter, but never at once).
    """
    if channel == "email":
        wait = min(max(now - created_at, _MAIL_FIRST), _MAIL_LONGEST)
        return now + wait
    longest = min(_LONGEST, _FIRST * (1 << min(attempt, 16)))
    return now + max(timedelta(seconds=1), longest * fraction)


def given_up(channel: str, *, created_at: datetime, now: datetime) -> bool:
    """Tell whether the retry horizon of a message has passed."""
    return now - created_at >= (_MAIL_HORIZON if channel == "email" else _HORIZON)


def nobody_waits(delivery: Delivery, at: datetime) -> bool:
    """Tell whether *delivery* is an answer, and at that time of no use to whoever asked."""
    return delivery.kind is DeliveryKind.ANSWER and at - delivery.created_at >= _ANSWERS_USE
