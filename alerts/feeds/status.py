"""What does a status code mean for a feed?  One decision for every number that a server can send.

Pure.  Weights are FEEDS.md's: a *hard* failure will not go away by itself, a *soft* one may.
"""

from __future__ import annotations

from enum import StrEnum
from http import HTTPStatus

HARD = 1.0
SOFT = 0.5


class Decision(StrEnum):
    """What to do with an answer."""

    DOCUMENT = "document"
    NOT_MODIFIED = "not modified"
    REDIRECT = "redirect"
    SOFT_FAILURE = "soft failure"
    HARD_FAILURE = "hard failure"
    GONE = "gone"


#: 300 lets a person choose and 305 names a proxy: neither says where the feed is now.
REDIRECTS = frozenset({301, 302, 303, 307, 308})
PERMANENT_REDIRECTS = frozenset({301, 308})
# Nothing inside (204, 205) or a part that we did not ask for (206, 226).
_NO_DOCUMENT = frozenset({204, 205, 206, 226})
# RFC 9110, 15.5: "might be different later" for these, in words or in practice.
_SOFT_CLIENT_ERRORS = frozenset({404, 408, 429})
#: Only these carry a Retry-After that we obey (RFC 9110, 15.6.4; RFC 6585, 4).
RETRY_AFTER = frozenset({429, 503})


def decide(status: int) -> Decision:
    """Return the decision for *status*; a number outside 100-599 counts as 5xx (RFC 9110, 15)."""
    if status in _NO_DOCUMENT:
        return Decision.SOFT_FAILURE
    if 200 <= status < 300:
        return Decision.DOCUMENT
    if status in REDIRECTS:
        return Decision.REDIRECT
    if status == 304:
        return Decision.NOT_MODIFIED
    if status == 410:
        return Decision.GONE
    if 400 <= status < 500 and status not in _SOFT_CLIENT_ERRORS:
        return Decision.HARD_FAILURE
    return Decision.SOFT_FAILURE


def describe(status: int) -> str:
    """Return `404 Not Found`, or the bare number where it has no name."""
    try:
        return f"{status} {HTTPStatus(status).phrase}"
    except ValueError:
        return str(status)
