"""What the headers of an answer promise: validators, waits, freshness.  Pure; garbage is ignored."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime

#: No server may silence a feed for longer (FEEDS.md).
LONGEST_WAIT = timedelta(hours=24)
_LONGEST_VALIDATOR = 1024
# RFC 9110, 5.5: a field value is visible characters, spaces and tabs.  A line break in a stored
# validator would start a header of its own; the client drops lone surrogates silently.
_NOT_IN_A_HEADER = re.compile(r"[\x00-\x08\x0a-\x1f\x7f\ud800-\udfff]")
_SECONDS = re.compile(r"[0-9]{1,12}")


def is_sendable(validator: str) -> bool:
    """Tell whether *validator* can stand in a request as it is."""
    return 0 < len(validator) <= _LONGEST_VALIDATOR and not _NOT_IN_A_HEADER.search(validator)


def validator(raw_headers: Iterable[tuple[bytes, bytes]], name: bytes) -> str:
    """Return the header *name* exactly as received, or nothing if it cannot be returned so.

    The client encodes what it sends as UTF-8: bytes that are not UTF-8 could only be sent back
    changed, and a changed validator is an invented one.
    """
    for key, value in raw_headers:
        if key.lower() == name:
            try:
                text = value.decode("utf-8")
            except UnicodeDecodeError:
                return ""
            return text if is_sendable(text) else ""
    return ""


def retry_after(value: str, *, now: datetime) -> timedelta | None:
    """Read Retry-After, as seconds or as a date (RFC 9110, 10.2.3), capped at 24 h."""
    value = value.strip()
    if _SECONDS.fullmatch(value):
        return min(timedelta(seconds=int(value)), LONGEST_WAIT)
    moment = http_date(value)
    if moment is None:
        return None
    return min(max(moment - now, timedelta(0)), LONGEST_WAIT)


def fresh_for(headers: Mapping[str, str], *, now: datetime) -> timedelta | None:
    """Return how long the publisher calls the document fresh; None: it does not say.

    max-age less Age, unless no-cache or no-store; without max-age Expires less Date
    (RFC 9111, 4.2.1).  At most 24 h, never negative.
    """
    directives = _directives(headers.get("Cache-Control", ""))
    if "no-cache" in directives or "no-store" in directives:
        return None
    if "max-age" in directives:
        if not _SECONDS.fullmatch(directives["max-age"]):
            return None
        age = headers.get("Age", "").strip()
        spent = int(age) if _SECONDS.fullmatch(age) else 0
        return _bounded(timedelta(seconds=int(directives["max-age"]) - spent))
    expires = http_date(headers.get("Expires", ""))
    if expires is None:
        return None
    return _bounded(expires - (http_date(headers.get("Date", "")) or now))


def is_challenge(headers: Mapping[str, str]) -> bool:
    """Tell whether a refusal is a puzzle for browsers, as far as the makers of such say it."""
    mitigated = headers.get("cf-mitigated", "").strip().lower()
    firewall = headers.get("x-amzn-waf-action", "").strip().lower()
    return mitigated == "challenge" or firewall in ("challenge", "captcha")


def http_date(value: str) -> datetime | None:
    """Read an HTTP date in any of the forms in use, as UTC; None when it is none."""
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None
    # "-0000" and dates without a zone are naive; HTTP knows no other zone than GMT.
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    try:
        return moment.astimezone(UTC)
    except OverflowError:
        return None


def _directives(value: str) -> dict[str, str]:
    parts = (part.partition("=") for part in value.lower().split(","))
    return {name.strip(): argument.strip().strip('"') for name, _, argument in parts}


def _bounded(span: timedelta) -> timedelta:
    return min(max(span, timedelta(0)), LONGEST_WAIT)
