"""`tocsin hygiene` for programs."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from alerts.feeds.fetch import shown_url
from alerts.workbench.hygiene import Report


def document(report: Report) -> dict[str, Any]:
    """Return all of *report*; times are ISO 8601, shares from 0 to 1."""
    return {
        "since": _at(report.since),
        "until": _at(report.until),
        "articles": report.articles,
        "first_article_at": _at(report.first_at),
        "silent": [
            {
                "watchlist": one.watchlist.id,
                "title": one.watchlist.title,
                "owner": one.watchlist.owner,
                "last_match_at": _at(one.last_at),
                "young_since": _at(one.young_since),
            }
            for one in report.silent
        ],
        "loud": [
            {
                "watchlist": one.watchlist.id,
                "title": one.watchlist.title,
                "alerts": one.stories,
                "per_day": round(one.per_day, 3),
                "share": round(one.share, 4),
                "noisy": one.is_noisy,
            }
            for one in report.loud
        ],
        "ownerless": [each.id for each in report.ownerless],
        "unseen_names": [
            {"entity": one.entity, "name": one.text, "kind": one.how.value}
            for one in report.unseen_names
        ],
        "unseen_terms": [
            {"watchlist": one.watchlist, "term": one.text} for one in report.unseen_terms
        ],
        "unheard": [
            {"watchlist": one.watchlist.id, "matches": one.matches, "reasons": list(one.reasons)}
            for one in report.unheard
        ],
        "precision": [
            {
                "watchlist": one.watchlist.id,
                "useful": one.verdicts.useful,
                "false_alarms": one.verdicts.false_alarms,
                "precision": round(one.useful, 4),
                "interval": [round(one.least, 4), round(one.most, 4)],
            }
            for one in report.precision
        ],
        "feeds": [
            {
                "url": shown_url(one.feed.state.url),
                "publisher": one.feed.publisher,
                "ailment": one.ailment.value,
                "remark": one.remark,
            }
            for one in report.feeds
        ],
        "receivers": [
            {
                "receiver": one.receiver,
                "address": one.address,
                "since": _at(one.since),
                "reason": one.reason,
            }
            for one in report.receivers
        ],
    }


def _at(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment is not None else None
