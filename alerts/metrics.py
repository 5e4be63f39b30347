"""What is counted while the system runs, for /metrics.

The tables are the truth about feeds and deliveries and are read when somebody asks
(`alerts.web.metrics`); here is only what no table remembers: how long things took, how often they
failed.
"""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Histogram

_SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
#: From publication to a reader's hands: a poll's rhythm, not a request's.
_DELAYS = (0.05, 0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 300, 900, 3600, 14400)


class Metrics:
    """The counters of one process, in a registry of their own."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.polls = Counter(
            "tocsin_polls", "Polls of feeds by result.", ["result"], registry=self.registry
        )
        self.poll_seconds = Histogram(
            "tocsin_poll_seconds",
            "Time of a poll, from the request to the commit.",
            buckets=_SECONDS,
            registry=self.registry,
        )
        self.articles = Counter(
            "tocsin_articles", "Articles by novelty.", ["novelty"], registry=self.registry
        )
        self.alerts = Counter("tocsin_alerts", "Alerts made.", registry=self.registry)
        self.sends = Counter(
            "tocsin_sends",
            "Messages handed to a channel, by what became of them.",
            ["channel", "result"],
            registry=self.registry,
        )
        self.delivery_seconds = Histogram(
            "tocsin_delivery_seconds",
            "Time from a delivery's making to the other side's answer.",
            ["channel"],
            buckets=_DELAYS,
            registry=self.registry,
        )
        self.answer_seconds = Histogram(
            "tocsin_answer_seconds",
            "Time from what the bot says to the other side's taking it.",
            ["channel"],
            buckets=_DELAYS,
            registry=self.registry,
        )
        self.reloads = Counter(
            "tocsin_rule_reloads", "Reloads of rule files.", ["result"], registry=self.registry
        )
        self.pushes = Counter(
            "tocsin_pushes",
            "Messages of hubs, by what became of them.",
            ["result"],
            registry=self.registry,
        )
        self.full_texts = Counter(
            "tocsin_full_texts",
            "Pages of articles, by what became of them.",
            ["result"],
            registry=self.registry,
        )
