"""The environment: every setting of the design, secrets from files, errors that teach."""

from __future__ import annotations

import os
from ipaddress import ip_address
from pathlib import Path

import pytest

from alerts.errors import SettingsError
from alerts.settings import AllowedNetwork, Settings, load_settings

#: The settings of the design document and their defaults.
DEFAULTS = {
    "rules": Path("rules"),
    "telegram_token": None,
    "telegram_access": "open",
    "smtp_url": None,
    "mail_from": None,
    "public_url": None,
    "listen": "127.0.0.1:8080",
    "admin_token": None,
    "allow_networks": (),
    "log_level": "info",
}
SECRETS = ("database_url", "telegram_token", "smtp_url", "admin_token")


@pytest.fixture(autouse=True)
def bare_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("TOCSIN_"):
            monkeypatch.delenv(name)


def test_a_bare_environment_gives_the_defaults_of_the_design() -> None:
    settings = load_settings()
    assert {name: getattr(settings, name) for name in DEFAULTS} == DEFAULTS
    assert settings.database_url.get_secret_value() == "sqlite:///tocsin.db"
    assert str(settings.telegram_api_url) == "https://api.telegram.org/"


def test_every_secret_can_come_from_a_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    values = {
        "database_url": "postgresql://tocsin:canary@127.0.0.1/tocsin",
        "telegram_token": "123:canary",
        "smtp_url": "smtp://user:canary@127.0.0.1:587",
        "admin_token": "canary-admin",
    }
    monkeypatch.setenv("TOCSIN_MAIL_FROM", "tocsin@example.org")
    for name, value in values.items():
        (tmp_path / name).write_text(value + "\n")
        monkeypatch.setenv(f"TOCSIN_{name.upper()}_FILE", str(tmp_path / name))
    settings = load_settings()
    for name in SECRETS:
        assert getattr(settings, name).get_secret_value() == values[name]


def test_the_environment_wins_over_the_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "token").write_text("from the file")
    monkeypatch.setenv("TOCSIN_ADMIN_TOKEN_FILE", str(tmp_path / "token"))
    monkeypatch.setenv("TOCSIN_ADMIN_TOKEN", "from the environment")
    token = load_settings().admin_token
    assert token is not None
    assert token.get_secret_value() == "from the environment"


def test_an_empty_secret_file_is_no_secret(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "token").write_text(" \n")
    monkeypatch.setenv("TOCSIN_ADMIN_TOKEN_FILE", str(tmp_path / "token"))
    assert load_settings().admin_token is None
    monkeypatch.setenv("TOCSIN_LISTEN", "0.0.0.0:8080")
    with pytest.raises(SettingsError, match="set TOCSIN_ADMIN_TOKEN"):
        load_settings()


def test_a_missing_secret_file_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_TELEGRAM_TOKEN_FILE", "/nowhere/token")
    with pytest.raises(SettingsError, match=r"TOCSIN_TELEGRAM_TOKEN_FILE: /nowhere/token"):
        load_settings()


@pytest.mark.parametrize(
    ("name", "value", "complaint"),
    [
        ("TOCSIN_DATABASE_URL", "mysql://canary@h/d", "TOCSIN_DATABASE_URL: must begin with"),
        ("TOCSIN_TELEGRAM_ACCESS", "anyone", "TOCSIN_TELEGRAM_ACCESS: Input should be 'open'"),
        ("TOCSIN_TELEGRAM_API_URL", "ftp://x", "TOCSIN_TELEGRAM_API_URL: URL scheme"),
        ("TOCSIN_SMTP_URL", "canary", "TOCSIN_SMTP_URL: must be smtp://"),
        ("TOCSIN_SMTP_URL", "smtp://h?starttls=canary", "starttls must be required"),
        ("TOCSIN_SMTP_URL", "smtp://u:can#canary@h:25", "percent-encoded"),
        ("TOCSIN_SMTP_URL", "smtp://h", "TOCSIN_SMTP_URL needs TOCSIN_MAIL_FROM"),
        ("TOCSIN_LISTEN", "8080", "TOCSIN_LISTEN=8080 is not HOST:PORT"),
        ("TOCSIN_LISTEN", "127.0.0.1:99999", "is not HOST:PORT"),
        ("TOCSIN_LISTEN", "0.0.0.0:80", "set TOCSIN_ADMIN_TOKEN"),
        ("TOCSIN_LISTEN", "[::]:80", "set TOCSIN_ADMIN_TOKEN"),
        ("TOCSIN_ALLOW_NETWORKS", "10.0.0.0/99", "TOCSIN_ALLOW_NETWORKS"),
        ("TOCSIN_ALLOW_NETWORKS", "10.0.0.0/8:0", "'0' is not a port"),
        ("TOCSIN_LOG_FORMAT", "xml", "TOCSIN_LOG_FORMAT"),
        ("TOCSIN_LOG_LEVEL", "loud", "TOCSIN_LOG_LEVEL"),
    ],
)
def test_a_wrong_setting_is_named_and_no_secret_repeated(
    name: str, value: str, complaint: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert complaint in str(caught.value)
    assert "canary" not in str(caught.value)


def test_loopback_needs_no_token(monkeypatch: pytest.MonkeyPatch) -> None:
    for listen in ("127.0.0.1:0", "127.9.9.9:80", "localhost:8080", "[::1]:8080"):
        monkeypatch.setenv("TOCSIN_LISTEN", listen)
        assert load_settings().admin_token is None


def test_beyond_loopback_with_a_token_is_allowed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOCSIN_LISTEN", "0.0.0.0:8080")
    monkeypatch.setenv("TOCSIN_ADMIN_TOKEN", "long and random")
    assert load_settings().listen_address == ("0.0.0.0", 8080)


def test_secrets_print_as_stars() -> None:
    settings = Settings(telegram_token="1:canary", admin_token="canary")  # type: ignore[arg-type]
    assert "canary" not in repr(settings)
    assert "canary" not in str(settings.model_dump())


def test_the_logs_redaction_knows_passwords_inside_urls() -> None:
    settings = load_settings(
        smtp_url="smtp://user:canary-mail@127.0.0.1", mail_from="a@example.org"
    )
    assert "canary-mail" in settings.secrets


@pytest.mark.parametrize(
    ("text", "address", "port", "held"),
    [
        ("10.0.0.0/8", "10.1.2.3", 1, True),
        ("10.0.0.0/8:8000", "10.1.2.3", 8000, True),
        ("10.0.0.0/8:8000", "10.1.2.3", 80, False),
        ("10.0.0.1", "10.0.0.2", 80, False),
        ("::1", "::1", 443, True),
        ("[::1/128]:9000", "::1", 9000, True),
        ("[::1/128]:9000", "::1", 80, False),
        ("fd00::/8", "127.0.0.1", 80, False),
    ],
)
def test_allowed_networks(text: str, address: str, port: int, held: bool) -> None:
    assert AllowedNetwork.parse(text).holds(ip_address(address), port) is held
