"""An explanation as scripts read it."""

from __future__ import annotations

from typing import Any

from alerts.cli.documents import of_evidence
from alerts.matching.reasons import Reason
from alerts.workbench.explaining import Explained
from alerts.workbench.remedies import missing
from alerts.workbench.surroundings import surroundings


def described(explained: Explained) -> dict[str, Any]:
    """Return everything that was found out of one watchlist."""
    watchlist, explanation = explained.watchlist, explained.explanation
    return {
        "watchlist": watchlist.id,
        "title": watchlist.title,
        "status": watchlist.status.value,
        "severity": watchlist.severity.value,
        "met": explained.met,
        "condition_met": explanation.met,
        "short": explanation.nearest,
        "version": explained.version,
        "reasons": [_reason(one) for one in explanation.reasons],
        "missing": [{"what": o.what, "why": o.why} for o in missing(explanation.reasons)],
        "near": [
            {"hit": of_evidence(one.hit), "before": one.before, "after": one.after}
            for one in surroundings(explained)
        ],
        "remedies": [remedy.change for remedy in explained.remedies],
    }


def _reason(reason: Reason) -> dict[str, Any]:
    return {
        "what": reason.what,
        "met": reason.met,
        "short": reason.short,
        "why": reason.why,
        "reached": reason.reached,
        "evidence": [of_evidence(one) for one in reason.evidence],
        "parts": [_reason(part) for part in reason.parts],
    }
