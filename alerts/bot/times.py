"""Hours, days and spans as people type them, and nothing that could mean two things.  Pure.

22:00, 22.00, 2200, 22h30, 10pm, ٢٢:٠٠: whatever stands for one time of day is that time.  What cannot
be read is None, and said kindly elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import time, timedelta
from itertools import pairwise
from typing import Final

from alerts.delivery.rendering.marked import clean
from alerts.model import DigestHours, QuietHours, Severity, Weekday

#: Characters; what is longer says more than hours.
_MOST: Final = 200
#: A digest for each hour is as good as none.
_MOST_HOURS: Final = 12
#: A longer mute is a watchlist to delete.
_LONGEST: Final = timedelta(days=365)
_DASHES: Final = re.compile("[\u2010-\u2015\u2212~]")
_PARTED: Final = re.compile(r"(?P<hour>\d{1,2})(?:[:.h](?P<minute>\d\d)|h)?")
_RUN_ON: Final = re.compile(r"(?P<hour>\d{1,2})(?P<minute>\d\d)")
_HALF: Final = re.compile(r" ?([ap])\.?m\.?$")
_CLOCK: Final = r"\d{1,4}(?:[:.h]\d\d|h)?(?: ?[ap]\.?m\.?)?"
_STRETCH: Final = re.compile(rf"(?:from )?({_CLOCK}) ?(?:-|to|till|until| ) ?({_CLOCK})")
_EXCEPT: Final = re.compile(r" (?:except|but|unless)(?: for)? (?P<severity>[a-z]+)$")
_SPAN: Final = re.compile(
    r"(?:^| )(?:for )?(?P<count>\d{1,4}) ?"
    r"(?P<unit>m|mins?|minutes?|h|hrs?|hours?|d|days?|w|wks?|weeks?)$"
)
_UNITS: Final = {
    "m": timedelta(minutes=1),
    "h": timedelta(hours=1),
    "d": timedelta(days=1),
    "w": timedelta(weeks=1),
}
_OFF: Final = frozenset({"off", "none", "no", "never", "stop", "0"})
_WEEK: Final = tuple(Weekday)
#: The days that are worked in most of the world, and the others.
WEEKDAYS: Final = _WEEK[:5]
WEEKEND: Final = _WEEK[5:]
_SETS: Final[Mapping[str, tuple[Weekday, ...]]] = {
    **dict.fromkeys(("weekdays", "weekday", "workdays"), WEEKDAYS),
    **dict.fromkeys(("weekends", "weekend"), WEEKEND),
    **dict.fromkeys(("daily", "everyday", "day", "days"), _WEEK),
}
#: Their first letters say which; two at least.
_NAMES: Final = {
    Weekday.MONDAY: "mondays",
    Weekday.TUESDAY: "tuesdays",
    Weekday.WEDNESDAY: "wednesdays",
    Weekday.THURSDAY: "thursdays",
    Weekday.FRIDAY: "fridays",
    Weekday.SATURDAY: "saturdays",
    Weekday.SUNDAY: "sundays",
}
_FILLERS: Final = frozenset({"at", "and", "on", "every", "each"})
_BETWEEN: Final = re.compile(r"[\s,;&+،؛]+")


def plain(text: str) -> str:
    """Return *text* on one line, in small letters and ASCII digits, as all here read it."""
    text = _DASHES.sub("-", clean(unicodedata.normalize("NFKC", clean(text[:_MOST]))))
    return "".join(map(_ascii_digit, text.casefold()))


def is_off(text: str) -> bool:
    """Tell whether *text* says that something is not wanted any more."""
    return plain(text) in _OFF


def clock_of(text: str) -> time | None:
    """Return the one time of day that *text* stands for."""
    text = plain(text)
    half = _HALF.search(text)
    digits = text[: half.start()] if half else text
    found = _PARTED.fullmatch(digits) or _RUN_ON.fullmatch(digits)
    if found is None:
        return None
    hour, minute = int(found["hour"]), int(found["minute"] or 0)
    if half:
        if not 1 <= hour <= 12:
            return None
        hour = hour % 12 + (12 if half[1] == "p" else 0)
    if hour == 24 and minute == 0:
        hour = 0  # ISO 8601-1:2019, 4.3.8: the end of a day
    return time(hour, minute) if hour < 24 and minute < 60 else None


def quiet_of(text: str) -> QuietHours | None:
    """Return the quiet hours that *text* asks for: `22:00-07:00 except high`.

    None: it cannot be read, or is a whole day.
    """
    text = plain(text)
    but = _EXCEPT.search(text)
    severity = severity_of(but["severity"]) if but else Severity.CRITICAL
    found = _STRETCH.fullmatch(text[: but.start()] if but else text)
    if found is None or severity is None:
        return None
    # "7-10pm" may begin in the morning or in the evening.
    if (_HALF.search(found[1]) is None) is not (_HALF.search(found[2]) is None):
        return None
    begin, end = clock_of(found[1]), clock_of(found[2])
    if begin is None or end is None or begin == end:
        return None
    return QuietHours(begin=begin, end=end, below=severity)


def severity_of(text: str) -> Severity | None:
    """Return the severity of that name."""
    return next((each for each in Severity if each.value == plain(text)), None)


def digest_of(text: str, names: Mapping[str, Weekday] | None = None) -> DigestHours | None:
    """Return the hours that *text* asks for: `07:00 17:00 weekdays`; *names* are further days'.

    None: something of it cannot be read, it names no hour, or too many.
    """
    at: set[time] = set()
    days: set[Weekday] = set()
    for word in _words(text):
        clock, some = clock_of(word), _days_of(word, names or {})
        if clock is None and not some:
            return None
        days |= set(some)
        at |= {clock} if clock is not None else set()
    if not 1 <= len(at) <= _MOST_HOURS:
        return None
    chosen = tuple(day for day in _WEEK if day in days)
    return DigestHours(at=tuple(sorted(at)), days=() if chosen == _WEEK else chosen)


def span_of(text: str) -> timedelta | None:
    """Return the span of time that *text* is: `2d`, `12 hours`; None: it is none, or too long."""
    rest, span = parted(text)
    return span if not rest else None


def parted(text: str) -> tuple[str, timedelta | None]:
    """Return *text*, cleaned, without the span at its end, and that span; None: it has none."""
    shown = clean(text[:_MOST])
    found = _SPAN.search(plain(shown))
    if found is None:
        return shown, None
    span = int(found["count"]) * _UNITS[found["unit"][0]]
    if not timedelta(0) < span <= _LONGEST:
        return shown, None
    # The span has as many words in `plain`, which only folds letters.
    words = shown.split(" ")
    return " ".join(words[: len(words) - len(found[0].split())]), span


def _words(text: str) -> Iterator[str]:
    """Yield the words of *text* that say something, "7 pm" as one."""
    words = [each for each in _BETWEEN.split(plain(text)) if each and each not in _FILLERS]
    for word, following in pairwise([*words, ""]):
        if _HALF.fullmatch(following):
            yield word + following
        elif not _HALF.fullmatch(word):
            yield word


def _days_of(word: str, names: Mapping[str, Weekday]) -> tuple[Weekday, ...]:
    """Return the days that *word* names: one, a set of them, or a stretch of the week."""
    if word in _SETS:
        return _SETS[word]
    first, dash, last = word.partition("-")
    begin = _day_of(first, names)
    if not dash:
        return (begin,) if begin else ()
    end = _day_of(last, names)
    if begin is None or end is None:
        return ()
    start, stop = _WEEK.index(begin), _WEEK.index(end)
    length = (stop - start) % len(_WEEK) + 1
    return tuple(_WEEK[(start + offset) % len(_WEEK)] for offset in range(length))


def _day_of(word: str, names: Mapping[str, Weekday]) -> Weekday | None:
    known: Iterable[Weekday] = (
        day for day, name in _NAMES.items() if len(word) > 1 and name.startswith(word)
    )
    return names.get(word) or next(iter(known), None)


def _ascii_digit(letter: str) -> str:
    digit = unicodedata.decimal(letter, None)
    return letter if digit is None else str(digit)
