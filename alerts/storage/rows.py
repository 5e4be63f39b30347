"""Between rows and values: the only place where a column meets a field."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from alerts.model import (
    Address,
    Answer,
    Article,
    Button,
    Change,
    DeliveryState,
    Destination,
    Evidence,
    Fact,
    FeedState,
    Field,
    HeldBy,
    How,
    IdentityRule,
    Match,
    Notice,
    Severity,
)
from alerts.model.feed_state import Pace

#: A result's mapping, or a part of one.
Row = Mapping[Any, Any]

#: Of what is remembered of a feed between two polls.
STATE_COLUMNS = tuple(field.name for field in fields(FeedState))
_ARTICLE_COLUMNS = tuple(
    field.name for field in fields(Article) if field.name not in ("feed", "tags")
)


def feed_state(row: Row) -> FeedState:
    """Return the stored state of a feed."""
    values = {name: row[name] for name in STATE_COLUMNS}
    rule = values.pop("identity_rule")
    return FeedState(**values, identity_rule=IdentityRule(rule) if rule else None)


def feed_columns(state: FeedState) -> dict[str, Any]:
    """Return the columns that hold *state*."""
    return {name: getattr(state, name) for name in STATE_COLUMNS}


def pace(row: Row) -> Pace:
    """Return the stored pace of all feeds."""
    return Pace(**{field.name: row[field.name] for field in fields(Pace)})


def pace_columns(value: Pace) -> dict[str, Any]:
    """Return the columns that hold *value*."""
    return {field.name: getattr(value, field.name) for field in fields(Pace)}


def article(row: Row, *, feed: str) -> Article:
    """Return an article as it was last seen."""
    values = {name: row[name] for name in _ARTICLE_COLUMNS}
    return Article(feed=feed, tags=tuple(row["tags"]), **values)


def article_columns(value: Article) -> dict[str, Any]:
    """Return the columns of the article's own words."""
    return {"tags": list(value.tags)} | {name: getattr(value, name) for name in _ARTICLE_COLUMNS}


def match(row: Row) -> Match:
    """Return a stored match."""
    return Match(
        article=row["article"],
        watchlist=row["watchlist"],
        title=row["title"],
        severity=Severity(row["severity"]),
        evidence=tuple(_evidence(item) for item in row["evidence"]),
        unknown=tuple(map(Fact, row["unknown"])),
        is_held=row["held"],
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
        "unknown": [fact.value for fact in value.unknown],
        "held": value.is_held,
    }


def _evidence(item: list[Any]) -> Evidence:
    field, start, end, surface, term, how = item
    return Evidence(
        field=Field(field), start=start, end=end, surface=surface, term=term, how=How(how)
    )


def new_delivery(
    key: str, destination: Destination, severity: Severity, *, now: datetime
) -> dict[str, Any]:
    """Return the columns of a delivery that nobody has tried to send yet."""
    return {
        "id": key,
        "kind": destination.kind.value,
        "receiver": destination.receiver,
        "channel": destination.address.channel,
        "target": destination.address.target,
        "thread": destination.address.thread,
        "gathers": destination.gathers,
        "rank": severity.rank,
        "state": (DeliveryState.HELD if destination.is_dropped else DeliveryState.PENDING).value,
        "held_by": HeldBy.DROPPED.value if destination.is_dropped else "",
        "silent": destination.is_silent,
        "due_at": destination.due_at,
        "created_at": now,
        "attempt": 0,
        "lease_owner": "",
        "possible_repeat": False,
        "message_id": "",
        "error": "",
    }


def notice(row: Row, *, rank: int) -> Notice:
    """Return a stored notice; *rank* is its delivery's."""
    return Notice(
        about=row["about"],
        state=row["state"],
        subject=row["subject"],
        text=row["text"],
        details=tuple(row["details"]),
        more=row["more"],
        shown_by=row["shown_by"],
        severity=severity(rank),
    )


def notice_columns(value: Notice) -> dict[str, Any]:
    """Return the columns of what *value* says, but for its episode and time."""
    return {
        "about": value.about,
        "state": value.state,
        "subject": value.subject,
        "text": value.text,
        "details": list(value.details),
        "more": value.more,
        "shown_by": value.shown_by,
    }


def change(row: Row) -> Change:
    """Return what a stored update says."""
    before = row["severity_before"]
    return Change(
        severity_before=Severity(before) if before else None,
        headline_before=row["headline_before"],
        watchlists=tuple(row["watchlists"]),
    )


def change_columns(value: Change) -> dict[str, Any]:
    """Return the columns of what *value* says."""
    return {
        "severity_before": value.severity_before and value.severity_before.value,
        "headline_before": value.headline_before,
        "watchlists": list(value.watchlists),
    }


def answer(row: Row) -> Answer:
    """Return a stored answer."""
    return Answer(
        html=row["html"],
        buttons=tuple(tuple(Button(**button) for button in line) for line in row["buttons"]),
        follows=row["follows"],
        asks=row["asks"],
    )


def answer_columns(value: Answer) -> dict[str, Any]:
    """Return the columns of what *value* says."""
    return {
        "html": value.html,
        "buttons": [[asdict(button) for button in line] for line in value.buttons],
        "follows": value.follows,
        "asks": value.asks,
    }


def severity(rank: int) -> Severity:
    """Return the severity of that rank; of an answer, which ranks below all, it is the least."""
    return list(Severity)[max(rank, 0)]


def address(row: Row) -> Address:
    """Return where a delivery goes."""
    return Address(channel=row["channel"], target=row["target"], thread=row["thread"])


def address_columns(value: Address) -> dict[str, Any]:
    """Return the columns of what is known of a target, with nothing to say yet."""
    return {"channel": value.channel, "target": value.target, "reason": ""}
