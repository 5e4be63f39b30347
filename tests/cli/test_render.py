"""`tocsin render` and `digest preview` as an operator meets them."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.policy import default
from pathlib import Path
from typing import Any

import pytest

from alerts.cli import _exit_code
from alerts.model import Address, DeliveryKind
from alerts.storage import open_storage
from alerts.storage.tables import deliveries
from tests.builders import a_destination, a_sighting, an_article
from tests.storage.databases import list_feeds, record, table

URL = "sqlite:///tocsin.db"
RULES = """\
version: 1
watchlists:
  - {id: bases, title: Bases, keywords: [blast], severity: high}
routes: {receiver: ops}
receivers:
  ops:
    telegram: {chat: "-1001"}
    email: {to: [ops@example.org, second@example.org]}
    webhook: {url: "https://canary.example/token", secret: "${SECRET}"}
    console: {}
  evening: {email: {to: [desk@example.org]}, digest: {at: ["07:00"], location: Europe/Berlin}}
  always: {email: {to: [x@example.org]}, digest: {at: ["07:00"], empty: send}}
"""


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    monkeypatch.setenv("SECRET", "whsec_Y2FuYXJ5LXNlY3JldC1vZi10aGlydHktdHdvLWJ5dGU=")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules" / "rules.yml").write_text(RULES)
    return tmp_path


@pytest.fixture
async def waiting() -> None:
    """One story that waits for the evening's digest."""
    now = datetime.now(UTC)
    desk = a_destination(
        receiver="evening",
        address=Address(channel="email", target="desk@example.org"),
        kind=DeliveryKind.DIGEST,
        gathers="digest",
        due_at=now + timedelta(hours=1),
    )
    async with open_storage(URL, now=now) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting(an_article("a"), to=[desk]), now=now)


async def ran(*arguments: str) -> int:
    return await asyncio.to_thread(_exit_code, list(arguments))


async def shown(capsys: pytest.CaptureFixture[str], *arguments: str) -> list[dict[str, Any]]:
    assert await ran(*arguments, "--format", "json") == 0
    return json.loads(capsys.readouterr().out)  # type: ignore[no-any-return]


# --- render -----------------------------------------------------------------------------------


async def test_each_channel_is_shown_in_its_own_words(capsys: pytest.CaptureFixture[str]) -> None:
    assert await ran("render", "ops", "--sample") == 0
    said = capsys.readouterr().out
    for words in (
        "telegram:-1001",
        "<b>CRITICAL</b>",
        "[ Mute story 24 h ]  [ Mute watchlist ]",
        "of 100 entities",
        "Subject: Critical: Drones",
        "the same to email:second@example.org",
        "webhook-signature: v1,",
        '"type": "alert"',
        "CRITICAL: Drones shot down",
    ):
        assert words in said
    assert "canary" not in said


async def test_scripts_get_what_is_sent_to_the_letter(capsys: pytest.CaptureFixture[str]) -> None:
    found = await shown(capsys, "render", "ops")
    assert [each["channel"] for each in found] == [
        "telegram",
        "email",
        "email",
        "webhook",
        "console",
    ]
    hook = found[3]
    assert json.loads(hook["body"])["type"] == "alert"
    assert hook["headers"]["webhook-id"] == hook["delivery"]


async def test_a_mail_is_written_byte_for_byte(
    folder: Path, monkeypatch: pytest.MonkeyPatch, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    monkeypatch.setenv("TOCSIN_MAIL_FROM", "Desk <desk@news.example>")
    assert await ran("render", "ops", "--eml", "--output", "mail.eml") == 0
    written = (folder / "mail.eml").read_bytes()
    mail = message_from_bytes(written, policy=default)
    assert (mail["From"], mail["To"]) == ("Desk <desk@news.example>", "ops@example.org")
    capfdbinary.readouterr()
    assert await ran("render", "ops", "--eml") == 0
    assert capfdbinary.readouterr().out.startswith(b"From: Desk <desk@news.example>\r\n")


async def test_an_article_is_rendered_by_todays_rules(capsys: pytest.CaptureFixture[str]) -> None:
    async with open_storage(URL, now=datetime.now(UTC)) as storage:
        await list_feeds(storage)
        await record(
            storage,
            a_sighting(an_article("a")),
            a_sighting(an_article("b", title="x", summary="y")),
        )
    found = await shown(capsys, "render", "ops", "--article", an_article("a").id)
    assert "Bases" in found[0]["body"]
    assert await ran("render", "ops", "--article", an_article("b").id) == 1
    assert "no watchlist matches it" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["render", "opps"], "'ops'"),
        (["render", "console", "--eml"], "no mail"),
        (["render", "ops", "--sample", "--article", "x"], "--sample"),
        (["render", "ops", "--output", "x"], "--eml"),
        (["render", "ops", "--eml", "--output", "gone/x"], "cannot write gone/x"),
        (["digest", "preview", "ops"], "always, evening"),
        (["digest", "preview", "evening"], "tocsin run"),
    ],
)
async def test_wrong_usage_says_the_way_out(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert await ran(*arguments) == 3
    assert said in capsys.readouterr().err


# --- digest preview ---------------------------------------------------------------------------


@pytest.mark.usefixtures("waiting")
async def test_a_digest_is_shown_as_it_stands_and_goes_on_gathering(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert await ran("digest", "preview", "evening", "--at", "2026-11-01T12:00") == 0
    said = capsys.readouterr().out
    assert "leaves at 2026-11-02 06:00 UTC" in said
    assert "1 story so far" in said
    assert "Date: Mon, 02 Nov 2026 06:00:00 +0000" in said
    assert "Blast near Khmeimim (a)" in said
    async with open_storage(URL, now=datetime.now(UTC)) as storage:
        [row] = await table(storage, deliveries)
    assert (row["state"], row["attempt"]) == ("pending", 0)


@pytest.mark.usefixtures("waiting")
async def test_an_empty_digest_is_skipped_or_says_so(capsys: pytest.CaptureFixture[str]) -> None:
    found = await shown(capsys, "digest", "preview", "always")
    assert len(found) == 1
    async with open_storage(URL, now=datetime.now(UTC)) as storage:
        await storage.outbox.lease_due(
            "email",
            now=datetime.now(UTC) + timedelta(hours=2),
            until=datetime.now(UTC) + timedelta(hours=3),
            limit=9,
        )
    assert await ran("digest", "preview", "evening") == 0
    assert "Nothing waits" in capsys.readouterr().out


async def test_a_sample_needs_no_database(capsys: pytest.CaptureFixture[str]) -> None:
    [found] = await shown(capsys, "digest", "preview", "evening", "--sample")
    assert "Sample watchlist 1" in found["text"]
