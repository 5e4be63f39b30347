"""`tocsin backup` as an operator meets it."""

from __future__ import annotations

from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.storage import open_storage
from tests.builders import NOW


@pytest.fixture(autouse=True)
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    async with open_storage("sqlite:///tocsin.db", now=NOW):
        pass
    return tmp_path


def test_a_copy_is_made_once_and_replaced_when_asked(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert _exit_code(["backup", "copy.db"]) == 0
    assert "copy.db" in (said := capsys.readouterr().out)
    assert "checked" in said
    assert _exit_code(["backup", "copy.db"]) == 3
    assert "--force" in capsys.readouterr().err
    assert _exit_code(["backup", "copy.db", "--force"]) == 0


def test_postgresql_is_left_to_its_own_tool(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TOCSIN_DATABASE_URL", "postgresql://user:canary@db.example/tocsin")
    assert _exit_code(["backup", "copy.db"]) == 3
    said = capsys.readouterr().err
    assert "pg_dump" in said
    assert "canary" not in said
