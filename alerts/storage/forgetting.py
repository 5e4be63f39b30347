"""The deletes behind `alerts.storage.retention`: children before their parents, and how many went."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Column, Table, delete, select
from sqlalchemy.ext.asyncio import AsyncConnection
from sqlalchemy.sql import ColumnElement

from alerts.storage.tables import (
    alert_matches,
    alerts,
    answers,
    articles,
    deliveries,
    feedback,
    full_texts,
    matches,
    notices,
    revisions,
    stories,
    story_keys,
    updates,
)

#: Table -> rows that went.
Gone = dict[str, int]


async def forget_stories(connection: AsyncConnection, ids: Sequence[str]) -> Gone:
    """Delete the stories *ids* with everything that hangs on them, but for deliveries."""
    told = select(alerts.c.id).where(alerts.c.story.in_(ids))
    reported = select(articles.c.id).where(articles.c.story.in_(ids))
    matched = select(matches.c.id).where(matches.c.article.in_(reported))
    return await _delete(
        connection,
        (feedback, feedback.c.alert.in_(told)),
        (updates, updates.c.alert.in_(told)),
        (alert_matches, alert_matches.c.alert.in_(told)),
        (alert_matches, alert_matches.c.match.in_(matched)),
        (alerts, alerts.c.story.in_(ids)),
        (matches, matches.c.article.in_(reported)),
        (full_texts, full_texts.c.article.in_(reported)),
        (revisions, revisions.c.article.in_(reported)),
        (articles, articles.c.story.in_(ids)),
        (story_keys, story_keys.c.story.in_(ids)),
        (stories, stories.c.id.in_(ids)),
    )


async def forget_deliveries(connection: AsyncConnection, ids: Sequence[str]) -> Gone:
    """Delete the deliveries *ids*, of which nothing else speaks, and what answers among them say."""
    return await _delete(
        connection,
        (answers, answers.c.delivery.in_(ids)),
        (deliveries, deliveries.c.id.in_(ids)),
    )


async def forget_notices(connection: AsyncConnection, ids: Sequence[str]) -> Gone:
    """Delete notices by their deliveries, and these too."""
    return await _delete(
        connection,
        (notices, notices.c.delivery.in_(ids)),
        (deliveries, deliveries.c.id.in_(ids)),
    )


async def forget_before(
    connection: AsyncConnection, column: Column[datetime], moment: datetime, *, most: int
) -> Gone:
    """Delete at most so many rows whose *column* is before *moment*."""
    key = column.table.c.id
    old = select(key).where(column < moment).limit(most)
    return await _delete(connection, (column.table, key.in_(old)))


async def _delete(connection: AsyncConnection, *parts: tuple[Table, ColumnElement[bool]]) -> Gone:
    gone: Gone = {}
    for table, condition in parts:
        done = await connection.execute(delete(table).where(condition))
        gone[table.name] = gone.get(table.name, 0) + done.rowcount
    return gone
