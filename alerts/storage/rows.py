"""Between rows and values: the only place where a column meets a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields
from typing import Any

from alerts.model import (
    Address,
    Article,
    Evidence,
    FeedState,
    Field,
    How,
    IdentityRule,
    Match,
    Severity,
)

#: A result's mapping, or a part of one.
Row = Mapping[Any, Any]

_STATE_COLUMNS = tuple(field.name for field in fields(FeedState))


def feed_state(row: Row) -> FeedState:
    """Return the stored state of a feed."""
    values = {name: row[name] for name in _STATE_COLUMNS}
    rule = values.pop("identity_rule")
    return FeedState(**values, identity_rule=IdentityRule(rule) if rule else None)


def feed_columns(state: FeedState) -> dict[str, Any]:
    """Return the columns that hold *state*."""
    return {name: getattr(state, name) for name in _STATE_COLUMNS}


def article(row: Row, *, feed: str) -> Article:
    """Return an article as it was last seen."""
    names = {field.name for field in fields(Article)} - {"feed", "tags"}
    return Article(feed=feed, tags=tuple(row["tags"]), **{name: row[name] for name in names})


def article_columns(value: Article) -> dict[str, Any]:
    """Return the columns of the article's own words."""
    names = {field.name for field in fields(Article)} - {"feed", "tags"}
    return {"tags": list(value.tags)} | {name: getattr(value, name) for name in names}


def match(row: Row) -> Match:
    """Return a stored match."""
    return Match(
        article=row["article"],
        watchlist=row["watchlist"],
        title=row["title"],
        severity=Severity(row["severity"]),
        evidence=tuple(_evidence(item) for item in row["evidence"]),
    )


def match_columns(value: Match) -> dict[str, Any]:
    """Return the columns of *value*, but for the rule set and the time."""
    return {
        "article": value.article,
        "watchlist": value.watchlist,
        "title": value.title,
        "severity": value.severity.value,
        "evidence": [
            [item.field.value, item.start, item.end, item.surface, item.term, item.how.value]
            for item in value.evidence
        ],
    }


def _evidence(item: list[Any]) -> Evidence:
    field, start, end, surface, term, how = item
    return Evidence(
        field=Field(field), start=start, end=end, surface=surface, term=term, how=How(how)
    )


def address(row: Row) -> Address:
    """Return where a delivery goes."""
    return Address(channel=row["channel"], target=row["target"], thread=row["thread"])
