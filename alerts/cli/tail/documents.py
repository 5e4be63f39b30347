"""`tocsin tail --format json`: a line of JSON for each article."""

from __future__ import annotations

import json

import typer

from alerts.cli.documents import of_evidence
from alerts.feeds.fetch import shown_url
from alerts.storage.tail import Ring
from alerts.workbench.tail import Decided, Sight


class Shown:
    """Writes what comes in, for scripts."""

    def show(self, sight: Sight) -> None:
        """Write one line, in ASCII, so that it passes through any locale."""
        typer.echo(json.dumps(_document(sight)))

    def conclude(self) -> None:
        """Say nothing: a script counts for itself."""


def _document(sight: Sight) -> dict[str, object]:
    seen = sight.seen
    return {
        "at": seen.at.isoformat(),
        "article": seen.id,
        "story": seen.story,
        "feed": shown_url(seen.feed),
        "publisher": seen.publisher,
        "title": seen.title,
        "url": seen.url,
        "language": seen.language,
        "novelty": seen.novelty.value,
        "changed": seen.is_changed,
        "matches": [_match(each) for each in sight.decided],
    }


def _match(decided: Decided) -> dict[str, object]:
    found = decided.found
    return {
        "watchlist": found.match.watchlist,
        "title": found.match.title,
        "severity": found.match.severity.value,
        "outcome": decided.outcome.value,
        "unknown": [fact.value for fact in found.match.unknown],
        "silence": found.silence,
        "rule_set": found.rule_set,
        "evidence": [of_evidence(one) for one in found.match.evidence],
        "deliveries": [_ring(ring) for ring in found.rings],
    }


def _ring(ring: Ring) -> dict[str, object]:
    return {
        "id": ring.delivery,
        "kind": ring.kind.value,
        "receiver": ring.receiver,
        "address": ring.address.key,
        "state": ring.state.value,
        "held_by": ring.held_by,
        "due_at": ring.due_at.isoformat(),
    }
