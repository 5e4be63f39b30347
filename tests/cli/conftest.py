from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.cli.feeds_desk import WATCHLISTS, Desk
from tests.servers.feed_server import FeedServer


@pytest.fixture
async def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> AsyncIterator[Desk]:
    """A folder of an operator's own; feeds may live on one server of this machine."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "watchlists.yml").write_text(WATCHLISTS)
    async with FeedServer() as server:
        monkeypatch.setenv("TOCSIN_ALLOW_NETWORKS", f"127.0.0.1/32:{server.port}")
        yield Desk(tmp_path, server, capsys)
