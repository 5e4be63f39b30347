"""What the operator is told about hubs.  Pure."""

from __future__ import annotations

from alerts.feeds.fetch import shown_url
from alerts.feeds.websub.course import MISSES, REST
from alerts.model import Notice, Push, Severity


def hub_distrusted(push: Push) -> Notice:
    """Tell that polls find news before the hub does, so that the feed is only polled."""
    return Notice(
        about=_about(push),
        state="distrusted",
        subject=f"Hub too slow: {shown_url(push.feed)}",
        text=(
            f"The hub {shown_url(push.hub)} is to push this feed, and {MISSES} times a poll found"
            " news of which it had said nothing. The feed is polled as usual, and nothing is"
            f" lost; the hub is asked again in {REST.days} days. There is nothing to do."
        ),
        severity=Severity.LOW,
    )


def hub_trusted(push: Push) -> Notice:
    """Tell that the hub pushes first again."""
    return Notice(
        about=_about(push),
        state="",
        subject=f"Hub in time again: {shown_url(push.feed)}",
        text=f"The hub {shown_url(push.hub)} pushes this feed before polls find its news.",
        severity=Severity.INFO,
    )


def _about(push: Push) -> str:
    return f"hub of {shown_url(push.feed)}"
