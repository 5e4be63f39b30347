"""The README says what the program does: every setting, every command, every promise's place."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from typer.main import get_command

from alerts.cli import app
from alerts.settings import PREFIX, Settings
from alerts.watchlists.load import load_text

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")


@pytest.mark.parametrize("name", Settings.model_fields)
def test_every_setting_is_explained(name: str) -> None:
    assert f"`{PREFIX}{name.upper()}`" in README


def test_no_setting_is_explained_that_does_not_exist() -> None:
    known = {PREFIX + name.upper() for name in Settings.model_fields}
    assert set(re.findall(r"`(TOCSIN_[A-Z_]+)`", README)) <= known


@pytest.mark.parametrize("name", sorted(get_command(app).commands))  # type: ignore[attr-defined]
def test_every_command_is_explained(name: str) -> None:
    assert re.search(rf"`(tocsin )?{name}\b", README)


def test_every_link_leads_somewhere() -> None:
    for page in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *ROOT.glob("docs/*.md")):
        for target in re.findall(r"\]\(([^)#]+)\)", page.read_text(encoding="utf-8")):
            if not target.startswith(("http:", "https:")):
                assert (page.parent / target).exists(), f"{page.name}: {target}"


def test_the_rules_of_the_readme_load() -> None:
    blocks = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    assert len(blocks) == 2
    loaded = load_text("\n".join(blocks), environment={"DESK_CHAT": "42"})
    assert [watchlist.id for watchlist in loaded.watchlists] == ["idlib-chemical"]
    assert {address.channel for address in loaded.receivers["desk"].addresses} == {
        "telegram",
        "email",
    }
