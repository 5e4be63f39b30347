"""/metrics: what the tables know now, and what the process counted (`alerts.metrics`)."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Gauge, generate_latest

from alerts.metrics import Metrics
from alerts.model import DeliveryState
from alerts.storage import Counts, FeedCounts, Overview


async def exposition(overview: Overview, metrics: Metrics) -> bytes:
    """Return both in the Prometheus text format."""
    now = CollectorRegistry()
    _tell_counts(now, await overview.counts())
    _tell_feeds(now, await overview.feed_counts())
    return generate_latest(metrics.registry) + generate_latest(now)


def _tell_counts(registry: CollectorRegistry, counts: Counts) -> None:
    deliveries = Gauge(
        "tocsin_deliveries",
        "Deliveries in the outbox by state, but for answers of the bot.",
        ["state"],
        registry=registry,
    )
    for state in DeliveryState:
        deliveries.labels(state.value).set(counts.deliveries.get(state, 0))
    paused = Gauge(
        "tocsin_channel_paused",
        "1: the other side refuses our token or login.",
        ["channel"],
        registry=registry,
    )
    for name in counts.paused:
        paused.labels(name).set(1)
    Gauge(
        "tocsin_answers_waiting", "Answers of the bot that have not left.", registry=registry
    ).set(counts.answers_waiting)
    Gauge("tocsin_stored_articles", "Articles in the database.", registry=registry).set(
        counts.articles
    )
    Gauge(
        "tocsin_rules_refused",
        "1: the newest edit of the rule files was refused.",
        registry=registry,
    ).set(bool(counts.refusal))


def _tell_feeds(registry: CollectorRegistry, feeds: FeedCounts) -> None:
    gauge = Gauge("tocsin_feeds", "Feeds by health.", ["health"], registry=registry)
    gauge.labels("failing").set(feeds.failing)
    gauge.labels("never read").set(feeds.never_read)
    gauge.labels("read").set(feeds.read)
