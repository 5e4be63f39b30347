"""The process that works indexes what it stores, and forgets rule files of which nothing speaks."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from alerts.app.jobs import add_jobs, forget, index_everything, index_news, open_scheduler
from alerts.app.system import open_system
from alerts.settings import Settings
from alerts.storage.tables import EPOCH
from alerts.watchlists.contents import Contents
from tests.builders import a_sighting, an_article
from tests.storage.databases import list_feeds, record


async def test_what_is_stored_is_indexed_by_the_jobs(tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path}/tocsin.db"))
    now = datetime.now(UTC)
    async with open_system(settings) as system:
        storage = system.storage
        await list_feeds(storage)
        for age in (timedelta(minutes=1), timedelta(days=1)):
            article = an_article(str(age), seen_at=now - age)
            await record(storage, a_sighting(article, watchlists=()), now=now)
        await index_news(system)
        assert await storage.word_index.add(since=now - timedelta(hours=1)) == 0
        await index_everything(system)
        assert await storage.word_index.add(since=EPOCH) == 0


async def test_rule_files_of_which_nothing_speaks_are_forgotten_at_night(tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path}/tocsin.db"))
    begun = datetime.now(UTC) - timedelta(days=9)
    async with open_system(settings) as system:
        archive = system.storage.rule_archive
        for day in range(2):
            kept = Contents.of_files({"a.yml": str(day).encode()})
            await archive.keep(kept, now=begun + timedelta(days=day))
        await forget(system)
        assert [reign.rule_set for reign in await archive.reigns()] == [kept.hash]


async def test_somebody_looks_after_the_index(tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path}/tocsin.db"))
    async with open_system(settings) as system:
        scheduler = open_scheduler()
        add_jobs(scheduler, system)
        jobs = {job.id for job in scheduler.get_jobs()}
        assert {"index_everything", "index_news", "forget"} <= jobs
