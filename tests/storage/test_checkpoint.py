"""The write-ahead log: copied back beside the writer, never by it."""

from __future__ import annotations

import sqlite3
from contextlib import closing

from alerts.storage.checkpoint import checkpoint
from tests.builders import a_sighting, an_article
from tests.storage.databases import Database, connected, list_feeds, opened, record


async def test_the_writer_never_checkpoints_by_itself(sqlite: Database) -> None:
    async with opened(sqlite) as storage, connected(sqlite) as engine:
        async with engine.connect() as connection:
            pages = (await connection.exec_driver_sql("PRAGMA wal_autocheckpoint")).scalar()
        assert pages == 0
        await list_feeds(storage)


async def test_a_checkpoint_beside_the_writer_lets_the_log_be_reused(sqlite: Database) -> None:
    assert sqlite.path is not None
    log = sqlite.path.with_name(sqlite.path.name + "-wal")
    async with opened(sqlite) as storage:
        await list_feeds(storage)
        sizes = []
        for number in range(6):
            for name in range(20):
                article = an_article(f"{number}-{name}", content="words " * 400)
                await record(storage, a_sighting(article))
            sizes.append(log.stat().st_size)
            checkpoint(sqlite.path)
        # The first round makes the log, the others write over it.
        assert max(sizes) < 2 * sizes[0]
        with closing(sqlite3.connect(sqlite.path)) as other:
            (stored,) = other.execute("SELECT count(*) FROM articles").fetchone()
    assert stored == 120
