"""The first loop: whichever feed is due next and has its turn, poll it; no feed waits for another.

The loop is `alerts.poller.loop`, its single step `alerts.poller.poll`.  Who is polled stands in
`alerts.poller.roster`, whose turn it is decides `alerts.poller.manners`; what a poll means for other
feeds is `alerts.poller.aftermath`'s, whether a failure counts `alerts.poller.outlook`'s, and what
the operator should hear of a feed `alerts.poller.health`'s.
"""

from __future__ import annotations

from alerts.poller.loop import Poller
from alerts.poller.poll import FeedReader

__all__ = ["FeedReader", "Poller"]
