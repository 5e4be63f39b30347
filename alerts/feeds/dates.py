"""Dates that publishers give: aware, UTC, or unknown.  Pure."""

from __future__ import annotations

import calendar
from collections.abc import Sequence
from datetime import UTC, datetime

# No article is older than the web's own time; 0001-01-01 and 1970-01-01 are programs' words for
# "none", and fields of a guid read as a date give the year 1028.
_EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)


def from_utc_fields(fields: object) -> datetime | None:
    """Return the moment that feedparser's nine fields (UTC) mean; None when they mean none."""
    if not isinstance(fields, Sequence) or len(fields) < 6:
        return None
    try:
        return plausible(datetime.fromtimestamp(calendar.timegm(tuple(fields)), UTC))
    except (ValueError, OverflowError, TypeError, OSError):
        return None


def from_iso(text: object) -> datetime | None:
    """Read an RFC 3339 date as JSON Feed has them; one without a zone counts as UTC."""
    if not isinstance(text, str):
        return None
    try:
        moment = datetime.fromisoformat(text.strip())
        return plausible(moment if moment.tzinfo else moment.replace(tzinfo=UTC))
    except (ValueError, OverflowError):
        return None


def plausible(moment: datetime) -> datetime | None:
    """Return *moment* in UTC unless it is a program's word for "none"."""
    moment = moment.astimezone(UTC)
    return moment if moment >= _EARLIEST else None
