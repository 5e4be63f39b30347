"""`tocsin status --format json`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta

import typer

from alerts.feeds.fetch import shown_url
from alerts.workbench.status import FeedHealth, Health, Standing


def write(found: Standing) -> None:
    """Write one document, in ASCII, so that it passes through any locale."""
    typer.echo(json.dumps(_document(found), indent=2))


def _document(found: Standing) -> dict[str, object]:
    counts, glance, backup = found.counts, found.glance, found.backup
    return {
        "ok": not found.troubles,
        "troubles": [asdict(each) for each in found.troubles],
        "running": found.holder or None,
        "rules": {
            "hash": counts.rule_set,
            "in_force_since": _moment(glance.in_force_since),
            "refused": counts.refusal,
        },
        "feeds": {
            **{each.value.replace(" ", "_"): found.count(each) for each in Health},
            "worst": [_feed(each) for each in found.feeds if each.health is not Health.OK],
        },
        "polls": {"last_at": _moment(found.last_poll_at), "lag_s": _seconds(found.poll_lag)},
        "articles": {"stored": counts.articles, **asdict(glance.articles)},
        "matches": asdict(glance.matches),
        "deliveries": {
            **{state.value: count for state, count in sorted(counts.deliveries.items())},
            "sent_lately": asdict(glance.sent),
            "dead_lately": asdict(glance.dead),
            "lag_s": _seconds(found.delivery_lag),
            "unreachable_addresses": glance.gone,
            "answers_waiting": counts.answers_waiting,
        },
        "paused": counts.paused,
        "silences": glance.silences,
        "mutes": glance.mutes,
        "database": {"bytes": glance.bytes},
        "backup": backup
        and {
            "path": str(backup.path),
            "bytes": backup.bytes,
            "made_at": backup.made_at.isoformat(),
        },
    }


def _feed(each: FeedHealth) -> dict[str, object]:
    state = each.feed.state
    return {
        "health": each.health.value,
        "publisher": each.feed.publisher,
        "url": shown_url(state.url),
        "error": state.error,
        "last_read_at": _moment(state.last_read_at),
        "last_new_at": _moment(state.last_new_at),
    }


def _moment(at: datetime | None) -> str | None:
    return at.isoformat() if at is not None else None


def _seconds(span: timedelta | None) -> float:
    return span.total_seconds() if span is not None else 0.0
