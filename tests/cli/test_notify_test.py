"""`tocsin notify-test`: one marked message for real, and a way out when it is refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from tests.servers.bot_api import BotApi
from tests.servers.mail_server import MailServer
from tests.servers.webhook_receiver import SECRET, WebhookReceiver

RULES = """\
version: 1
receivers:
  ops:
    telegram: {chat: "100"}
    email: {to: [ops@example.org]}
    webhook: {url: "${HOOK}", secret: "${SECRET}"}
  chat: {telegram: {chat: "100"}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "160")
    monkeypatch.setenv("HOOK", "https://hooks.example/none")
    monkeypatch.setenv("SECRET", SECRET)
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    return tmp_path


@pytest.fixture
async def api(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        monkeypatch.setenv("TOCSIN_TELEGRAM_TOKEN", api.token)
        monkeypatch.setenv("TOCSIN_TELEGRAM_API_URL", api.url)
        yield api


async def ran(*arguments: str) -> int:
    return await asyncio.to_thread(_exit_code, ["notify-test", *arguments])


async def tried(capsys: pytest.CaptureFixture[str], code: int) -> dict[str, Any]:
    assert await ran("chat", "--yes", "--format", "json") == code
    [found] = json.loads(capsys.readouterr().out)
    return found  # type: ignore[no-any-return]


async def test_every_address_gets_one_marked_message(
    folder: Path,
    api: BotApi,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with MailServer() as relay, WebhookReceiver() as hook:
        monkeypatch.setenv("HOOK", hook.url)
        monkeypatch.setenv("TOCSIN_ALLOW_NETWORKS", f"127.0.0.1/32:{hook.port}")
        monkeypatch.setenv("TOCSIN_SMTP_URL", relay.url)
        monkeypatch.setenv("TOCSIN_MAIL_FROM", "Tocsin <tocsin@example.org>")
        assert await ran("ops", "--yes") == 0
        [message] = api.accepted
        [mail] = relay.accepted
        [post] = hook.taken
    assert "Test message to ops" in message.text
    assert "Test message to ops" in mail.message["Subject"]
    assert post.json["data"]["subject"].endswith("Test message to ops: all is well")
    assert post.is_signed_with(SECRET)
    said = capsys.readouterr().out
    assert said.count("✓") == 3
    assert "3 of 3 addresses reached" in said
    assert "canary" not in said
    assert not (folder / "tocsin.db").exists()


@pytest.mark.parametrize(
    ("code", "description", "way_out"),
    [
        (401, "Unauthorized", "token"),
        (403, "Forbidden: bot was blocked by the user", "let the bot"),
        (400, "Bad Request: message is odd", "mend the address"),
        (500, "Internal Server Error", "try again"),
    ],
)
async def test_a_refusal_is_shown_with_the_way_out(
    code: int,
    description: str,
    way_out: str,
    api: BotApi,
    capsys: pytest.CaptureFixture[str],
) -> None:
    api.answers = [{"ok": False, "error_code": code, "description": description}] * 5
    found = await tried(capsys, 1)
    assert not found["ok"]
    assert found["error"]
    assert way_out in found["way_out"]
    assert api.token not in json.dumps(found)


async def test_a_channel_that_is_not_set_up_is_said(capsys: pytest.CaptureFixture[str]) -> None:
    found = await tried(capsys, 1)
    assert found["error"] == "TOCSIN_TELEGRAM_TOKEN is not set"


async def test_nothing_is_sent_unasked(api: BotApi, capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("chat") == 3
    assert "say --yes" in capsys.readouterr().err
    assert await ran("chatt", "--yes") == 3
    assert "'chat'" in capsys.readouterr().err
    assert api.requests == []
