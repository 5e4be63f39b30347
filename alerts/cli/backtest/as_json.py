"""A backtest for scripts: everything that was counted."""

from __future__ import annotations

from typing import Any

from alerts.cli.documents import of_evidence
from alerts.workbench.backtest import Difference, Report, Ringing, Sample, Trial


def described(report: Report) -> dict[str, Any]:
    """Return *report* as one document.

    The end of the time is told by its day: a clock would make two runs over the same articles differ.
    """
    against = report.against
    return {
        "since": report.window.since.isoformat(),
        "days": [day.isoformat() for day in report.window.days],
        "articles": report.articles,
        "aside": report.aside,
        "crashes": report.crashes,
        "rules": _trial(report.trial),
        "against": _trial(against) if against is not None else None,
        "differences": [_difference(one) for one in report.differences],
    }


def _trial(trial: Trial) -> dict[str, Any]:
    return {
        "name": trial.name,
        "hash": trial.hash,
        "alerts": trial.alerts,
        "updates": trial.updates,
        "by_day": trial.by_day,
        "watchlists": [_ringing(one) for one in trial.ringings],
    }


def _ringing(one: Ringing) -> dict[str, Any]:
    return {
        "id": one.watchlist,
        "title": one.title,
        "owner": one.owner,
        "severity": one.severity.value,
        "status": one.status.value,
        "alerts": one.alerts,
        "stories": one.stories,
        "by_day": one.by_day,
        "receivers": one.receivers,
        "dropped": one.dropped,
        "held": one.held,
        "samples": [_sample(sample) for sample in one.samples],
    }


def _difference(one: Difference) -> dict[str, Any]:
    before, after = zip(one.alerts, one.severity, one.status, one.receivers, strict=True)
    return {
        "id": one.watchlist,
        "title": one.title,
        "standing": one.standing.value,
        "won": one.won,
        "lost": one.lost,
        "before": dict(zip(_SIDE, before, strict=True)),
        "after": dict(zip(_SIDE, after, strict=True)),
        "won_samples": [_sample(sample) for sample in one.won_samples],
        "lost_samples": [_sample(sample) for sample in one.lost_samples],
    }


_SIDE = ("alerts", "severity", "status", "receivers")


def _sample(sample: Sample) -> dict[str, Any]:
    headline = sample.headline
    return {
        "article": headline.article,
        "story": headline.story,
        "seen_at": headline.seen_at.isoformat(),
        "title": headline.title,
        "publisher": headline.publisher,
        "url": headline.url,
        "evidence": [of_evidence(one) for one in sample.match.evidence],
    }
