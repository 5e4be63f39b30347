"""Is every setting that deploy/ and its how-tos name a real one, and do their values load?"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from alerts.settings import PREFIX, Settings, load_settings

ROOT = Path(__file__).parents[2]
DEPLOY = ROOT / "deploy"
FILES = [
    DEPLOY / "Containerfile",
    DEPLOY / "compose.yml",
    DEPLOY / "container.md",
    DEPLOY / "healthcheck.py",
    DEPLOY / "systemd.md",
    DEPLOY / "tocsin.env.example",
    DEPLOY / "tocsin.service",
    ROOT / "docs" / "operating.md",
]
NAMES = {f"{PREFIX}{field.upper()}" for field in Settings.model_fields}
SECRETS = {
    f"{PREFIX}{name.upper()}"
    for name, field in Settings.model_fields.items()
    if "SecretStr" in str(field.annotation)
}
EXAMPLE = (DEPLOY / "tocsin.env.example").read_text(encoding="utf-8")
#: A setting, set or commented out.
LINE = re.compile(r"^(#?)([A-Z][A-Z_]*)=(.*)$", re.MULTILINE)


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_every_name_is_a_setting(file: Path) -> None:
    named = set(re.findall(rf"{PREFIX}[A-Z_]*[A-Z]", file.read_text(encoding="utf-8")))
    assert named <= NAMES | {f"{name}_FILE" for name in SECRETS}


def test_no_file_of_the_folder_is_forgotten() -> None:
    named = {file.name for file in FILES} | {".gitignore", "Containerfile.dockerignore"}
    ours = {"tocsin.env", ".env", "compose.override.yml"}  # an operator's own, not in git
    assert {file.name for file in DEPLOY.iterdir() if file.is_file()} - ours <= named


def test_operating_names_every_secret() -> None:
    text = (ROOT / "docs" / "operating.md").read_text(encoding="utf-8")
    assert all(f"`{name}`" in text for name in SECRETS)


def test_the_example_is_understood_by_compose_and_systemd_alike() -> None:
    for line in EXAMPLE.splitlines():
        if line and not line.startswith("#"):
            assert LINE.fullmatch(line), f"{line} is not NAME=value"
    for _, _, value in LINE.findall(EXAMPLE):
        assert not set(value) & set("'\"\\$#"), f"{value} means different things to the two"
        assert value == value.strip()


def test_the_example_holds_no_secret() -> None:
    named = {name for _, name, _ in LINE.findall(EXAMPLE)}
    assert named & SECRETS == {"TOCSIN_DATABASE_URL"}
    assert "sqlite:////var/lib/tocsin/tocsin.db" in EXAMPLE


@pytest.mark.parametrize("with_comments", [False, True])
def test_the_example_loads(*, with_comments: bool) -> None:
    values = {
        name.removeprefix(PREFIX).lower(): value
        for comment, name, value in LINE.findall(EXAMPLE)
        if name.startswith(PREFIX) and (with_comments or not comment)
    }
    settings = load_settings(**values)
    assert settings.rules == Path("/etc/tocsin/rules")
    assert settings.listen == "127.0.0.1:8080", "without a token, loopback only"
