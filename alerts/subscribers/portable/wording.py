"""Values as both formats write them: one line of text each, and the way back."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from alerts.model import FOREVER, DigestHours, QuietHours, Severity, Weekday
from alerts.watchlists import patterns, values
from alerts.watchlists.complaints import FlawError, quoted

_QUIET: Final = re.compile(rf"({patterns.CLOCK})-({patterns.CLOCK})(?: except ([a-z]+))?")
#: The last year that a moment of a rule file may have.
_LAST_YEAR: Final = 2099

_BREAKS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
#: What no rule file (YAML 1.2.2, 5.1) or no XML (1.0, 2.2) can hold.
_UNHELD: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ufeff\ud800-\udfff\ufffe\uffff]")


def held(text: str) -> str:
    """Return *text* without control characters; every line break is a newline."""
    return _UNHELD.sub("", _BREAKS.sub("\n", text))


def on_one_line(text: str) -> str:
    """Return *text* as a title or query: held, line breaks and tabs are blanks, none around it.

    In a query they mean the same, but for a line break that stands as such in a regex.
    """
    return held(text).replace("\n", " ").replace("\t", " ").strip()


def quiet_text(quiet: QuietHours) -> str:
    """Return `22:00-07:00 except critical`."""
    return f"{quiet.begin:%H:%M}-{quiet.end:%H:%M} except {quiet.below}"


def quiet_hours(text: str) -> QuietHours:
    """Read what `quiet_text` writes.

    Raises:
        FlawError: it is something else.
    """
    found = _QUIET.fullmatch(text)
    if found is None:
        hint = "such as 22:00-07:00 except critical"
        raise FlawError("R214", f"{quoted(text)} is not a part of the day", hint=hint)
    begin, end, below = found.groups()
    return QuietHours(
        begin=values.clock_time(begin),
        end=values.clock_time(end),
        below=severity(below) if below else Severity.CRITICAL,
    )


def digest_text(digest: DigestHours) -> str:
    """Return `07:00 17:00 mon tue`."""
    return " ".join([*(f"{at:%H:%M}" for at in digest.at), *digest.days])


def digest_hours(text: str) -> DigestHours:
    """Read what `digest_text` writes.

    Raises:
        FlawError: it is something else.
    """
    words = text.split()
    days = [Weekday(word) for word in words if word in list(Weekday)]
    at = {values.clock_time(word) for word in words if word not in list(Weekday)}
    if not at:
        hint = "such as 07:00 17:00 mon tue"
        raise FlawError("R214", f"{quoted(text)} names no hour", hint=hint)
    return DigestHours(at=tuple(sorted(at)), days=tuple(dict.fromkeys(days)))


def severity(text: str) -> Severity:
    """Read the name of a severity.

    Raises:
        FlawError: there is none of this name.
    """
    if text not in list(Severity):
        raise FlawError("R204", f"{quoted(text)} is not one of {', '.join(Severity)}")
    return Severity(text)


def is_endless(paused_until: datetime) -> bool:
    """Tell whether a pause ends later than any moment that can be written."""
    return paused_until == FOREVER or paused_until.year > _LAST_YEAR


def moment_text(at: datetime) -> str:
    """Return `2026-11-22T07:00:00+00:00`, which `values.moment` reads."""
    return at.astimezone(UTC).isoformat()
