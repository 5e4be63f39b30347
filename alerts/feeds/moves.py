"""Where has a feed moved to, and when is that believed?  Pure.

The URL of the rule files stays the key of everything that is stored.  A permanent redirect is
believed after five equal answers over a day that share an article with what is known: a domain that
was lost, or a mistake of an afternoon, also answers 301 (FEEDS.md, Getting it).
"""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from alerts.feeds.fetch import Fetched
from alerts.model import FeedState

EQUAL_ANSWERS = 5
OVER = timedelta(hours=24)
#: At so many weighted failures in a row the configured URL is asked again.
_LOST_AFTER = 3.0


def polled_url(state: FeedState) -> str:
    """Return the URL that is asked for."""
    return state.effective_url or state.url


def with_move(state: FeedState, fetched: Fetched, *, is_same: bool, now: datetime) -> FeedState:
    """Return *state* after an answer; *is_same* if it shares an article with what is known."""
    target = fetched.permanent_url or ""
    if not target or target == polled_url(state) or urlsplit(state.url).username:
        # Beyond a login's own URL the login would be missing.
        return replace(state, moved_to="", moved_at=None, moved=0)
    if target != state.moved_to:
        state = replace(state, moved_to=target, moved_at=now, moved=0)
    moved = state.moved + is_same
    assert state.moved_at is not None
    if moved < EQUAL_ANSWERS or now - state.moved_at < OVER:
        return replace(state, moved=moved)
    home = "" if target == state.url else target
    return replace(state, effective_url=home, moved_to="", moved_at=None, moved=0)


def new_home(before: FeedState, after: FeedState) -> str:
    """Return the URL that is believed since the last poll; empty: none."""
    return "" if after.effective_url == before.effective_url else after.effective_url


def after_hard_times(state: FeedState, failures: float) -> FeedState:
    """Return *state* with the configured URL again, when the other one keeps failing."""
    if not state.effective_url or failures < _LOST_AFTER:
        return state
    return replace(state, effective_url="", etag="", last_modified="", body_hash="")
