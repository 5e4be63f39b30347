"""Small archives for the tests of backtest and replay: articles that were seen when a test says."""

from __future__ import annotations

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from alerts.alerting.stories import digest
from alerts.model import Novelty, Sighting
from alerts.storage import open_storage
from tests.builders import an_article
from tests.storage.databases import list_feeds, record

#: When the first article of a test is seen.
BEGUN = datetime.fromisoformat("2026-11-01T12:00+00:00")
URL = "sqlite:///{}/tocsin.db"


def seen(name: str, title: str, *, hours: float = 0.0, story: str = "", **fields: Any) -> Sighting:
    """Return an article that was seen so many *hours* after the first; of a *story* of its own."""
    at = BEGUN + timedelta(hours=hours)
    novelty = fields.pop("novelty", Novelty.NEW)
    given: dict[str, Any] = {"summary": "", "published_at": at, "seen_at": at, "language": "en"}
    article = an_article(name, title=title, **given | fields)
    return Sighting(
        article=article,
        novelty=novelty,
        digest=digest(article),
        story_keys=(f"url:{story or name}",),
    )


async def store(folder: Path, *sightings: Sighting) -> str:
    """Store *sightings* as polls did; return the database's URL."""
    url = URL.format(folder)
    async with open_storage(url, now=BEGUN) as storage:
        await list_feeds(storage)
        await record(storage, *sightings, now=BEGUN + timedelta(days=20))
    return url
