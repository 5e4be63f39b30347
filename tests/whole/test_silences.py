"""A silence that is over is told to the operator by the process that works."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

from pydantic import SecretStr

from alerts.app.jobs import add_jobs, end_silences, open_scheduler
from alerts.app.system import open_system
from alerts.settings import Settings
from alerts.storage.tables import deliveries, notices
from alerts.watchlists.routes import read_matcher
from tests.storage.databases import table


async def test_the_operator_is_told_of_the_end(tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path}/tocsin.db"))
    async with open_system(settings) as system:
        began = datetime.now(UTC) - timedelta(hours=2)
        await system.storage.silences.begin(
            [read_matcher("severity=low")],
            author="ada",
            comment="drill",
            until=began + timedelta(hours=1),
            watchlists={},
            now=began,
        )
        await end_silences(system)
        await end_silences(system)
        [notice] = await table(system.storage, notices)
        [delivery] = await table(system.storage, deliveries)
    assert notice["subject"] == 'Silence 1 is over: severity="low"'
    assert notice["text"] == "Nothing was silenced meanwhile. It was set by ada: drill"
    assert (delivery["receiver"], delivery["channel"]) == ("console", "console")


async def test_somebody_looks_after_the_ends_of_silences(tmp_path: Path) -> None:
    settings = Settings(database_url=SecretStr(f"sqlite:///{tmp_path}/tocsin.db"))
    async with open_system(settings) as system:
        scheduler = open_scheduler()
        add_jobs(scheduler, system)
        assert "end_silences" in {job.id for job in scheduler.get_jobs()}
