"""What a poll says: to the log, to the metrics, and to whoever sends."""

from __future__ import annotations

from collections.abc import Iterable

import structlog

from alerts.feeds.fetch import shown_url
from alerts.metrics import Metrics
from alerts.model import Feed, Sighting
from alerts.poller.poll import Polled

log = structlog.get_logger()


def channels_of(sightings: Iterable[Sighting]) -> frozenset[str]:
    """Return the channels on which something may be due now."""
    return frozenset(
        destination.address.channel
        for sighting in sightings
        for match in sighting.matches
        for destination in match.destinations
    )


def tell(feed: Feed, polled: Polled, metrics: Metrics, *, softly: bool) -> None:
    """Log and count a poll; *softly* where one line says of thousands why they fail."""
    shown = shown_url(feed.url)
    if polled.error is None:
        _tell_read(shown, polled, metrics)
        return
    metrics.polls.labels("failed").inc()
    say = log.debug if softly else log.warning
    again_at = polled.state.next_due_at.isoformat(timespec="seconds")
    say("feed failed", feed=shown, error=str(polled.error), again_at=again_at)


def _tell_read(shown: str, polled: Polled, metrics: Metrics) -> None:
    metrics.polls.labels("read").inc()
    counts = polled.recorded
    say = log.info if counts.articles or counts.revisions else log.debug
    say("polled", feed=shown, articles=counts.articles, alerts=counts.alerts)
    for sighting in polled.sightings:
        metrics.articles.labels(sighting.novelty.value).inc()
    metrics.alerts.inc(counts.alerts)
