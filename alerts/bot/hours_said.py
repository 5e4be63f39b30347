"""A subscriber's hours in words: quiet ones, those of digests, and by which clock."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from markupsafe import Markup

from alerts.alerting.audience import receiver_of
from alerts.alerting.digests import next_digest_at
from alerts.bot.times import WEEKDAYS, WEEKEND
from alerts.locales import Words, marked
from alerts.model import DigestHours, QuietHours, Severity, Subscriber

_STRETCH: Final = marked("{begin}–{end}")
_CRITICAL: Final = marked("{hours}, except critical alerts")
_HIGH: Final = marked("{hours}, except high and critical alerts")
_MEDIUM: Final = marked("{hours}, except medium, high and critical alerts")
_LOW: Final = marked("{hours}, except all but the least alerts")
_NOTHING: Final = marked("{hours}, with a sound for every alert")
_EXCEPT: Final = {
    Severity.CRITICAL: _CRITICAL,
    Severity.HIGH: _HIGH,
    Severity.MEDIUM: _MEDIUM,
    Severity.LOW: _LOW,
    Severity.INFO: _NOTHING,
}
_DAILY: Final = marked("every day at {hours}")
_WEEKDAYS: Final = marked("on weekdays at {hours}")
_WEEKEND: Final = marked("at weekends at {hours}")
_SOME_DAYS: Final = marked("on {days} at {hours}")


def quiet_said(words: Words, quiet: QuietHours) -> Markup:
    """Return "22:00–07:00, except critical alerts"."""
    begin, end = words.clock(quiet.begin), words.clock(quiet.end)
    stretch = words.say(_STRETCH, begin=begin, end=end)
    return words.say(_EXCEPT[quiet.below], hours=stretch)


def digest_said(words: Words, digest: DigestHours) -> Markup:
    """Return "on weekdays at 07:00 and 17:00"."""
    hours = words.several(map(words.clock, digest.at))
    match digest.days:
        case ():
            return words.say(_DAILY, hours=hours)
        case days if days == WEEKDAYS:
            return words.say(_WEEKDAYS, hours=hours)
        case days if days == WEEKEND:
            return words.say(_WEEKEND, hours=hours)
        case days:
            return words.say(_SOME_DAYS, days=words.several(map(words.day, days)), hours=hours)


def next_digest_said(words: Words, subscriber: Subscriber, now: datetime) -> str:
    """Return when the next digest comes, "23 Nov, 07:00"; empty: there is none."""
    digest = receiver_of(subscriber).digest
    return words.moment(next_digest_at(digest, now), subscriber.time_zone) if digest else ""
