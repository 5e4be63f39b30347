"""`tocsin doctor` as an operator meets it: lines, exit codes, JSON, and no secret anywhere."""

from __future__ import annotations

import asyncio
import json
from pathlib import Path

import pytest

from alerts.cli import _exit_code
from alerts.storage import open_storage
from tests.builders import NOW
from tests.servers.bot_api import BotApi
from tests.servers.dns_server import DnsServer
from tests.servers.feed_server import FeedServer, status
from tests.servers.mail_server import MailServer

RULES = """\
version: 1
feeds: [{url: "https://news.example/feed.xml", publisher: Example News}]
watchlists: [{id: chemical, title: Chemical, keywords: [chemical]}]
routes: {receiver: desk}
receivers:
  desk:
    telegram: {chat: 77}
    email: {to: desk@example.org}
    webhook: {url: "${HOOK}", secret: "${SECRET}"}
"""
CANARIES = {"HOOK": "https://hooks.invalid/canary", "SECRET": f"whsec_{'cana' * 10}"}


@pytest.fixture(autouse=True)
async def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    for name, value in CANARIES.items():
        monkeypatch.setenv(name, value)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    async with open_storage("sqlite:///tocsin.db", now=NOW):
        pass
    return tmp_path


async def run(*arguments: str) -> int:
    """Run beside the loop in which the servers of a test live."""
    return await asyncio.to_thread(_exit_code, ["doctor", *arguments])


async def test_everything_is_looked_at_and_no_secret_told(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    async with (
        BotApi("123:canary") as api,
        MailServer(login=("user", "canary")) as relay,
        DnsServer() as names,
        FeedServer() as pages,
    ):
        pages.answer("/healthz", status(200))
        for name, value in {
            "TELEGRAM_TOKEN": api.token,
            "TELEGRAM_API_URL": api.url,
            "SMTP_URL": relay.url,
            "MAIL_FROM": "Tocsin <tocsin@alerts.example.org>",
            "PUBLIC_URL": pages.url("/"),
        }.items():
            monkeypatch.setenv(f"TOCSIN_{name}", value)
        host, port = names.address
        assert await run("--format", "json", "--dns", f"{host}:{port}") == 1
        said = capsys.readouterr().out
        told = json.loads(said)
        assert await run("--dns", f"{host}:{port}") == 1
        lines = capsys.readouterr().out
    assert not told["ok"]
    assert [each["about"] for each in told["findings"]] == [
        *["settings", "rules", "database", "database", "telegram", "telegram", "mail"],
        *["dns"] * 4,
        *["public url", "public url", "clock", "webhook"],
    ]
    assert "cana" not in (said + lines).lower()
    assert "problem  webhook     webhook:desk: its host has no address (DNS)" in lines
    assert "-> " in lines


async def test_a_small_desk_without_anything_to_find_exits_with_0(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    rules = RULES.partition("receivers:")[0].replace("desk", "console")
    (folder / "rules" / "rules.yml").write_text(rules)
    assert await run() == 0
    said = capsys.readouterr().out
    assert {line.split()[0] for line in said.splitlines()} == {"ok"}


async def test_rules_that_cannot_be_loaded_are_a_finding(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (folder / "rules" / "rules.yml").write_text("watchlists: [{id: x}]\n")
    assert await run() == 1
    assert "problem  rules" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "value"), [("TOCSIN_LISTEN", "0.0.0.0:80"), ("TOCSIN_SMTP_URL", "canary")]
)
async def test_wrong_settings_exit_with_3(
    name: str,
    value: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv(name, value)
    assert await run() == 3
    assert "canary" not in capsys.readouterr().err


@pytest.mark.parametrize("server", ["ns.example.org", "127.0.0.1:x", ""])
async def test_a_name_server_is_an_address(server: str) -> None:
    assert await run("--dns", server) == 3
