"""Health, metrics and the front page: for whom they open, and what they never let through."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from alerts.errors import SettingsError
from alerts.metrics import Metrics
from alerts.model import Answer
from alerts.settings import Settings
from alerts.storage import Storage, open_storage
from alerts.watchlists.contents import Contents
from alerts.web import serve
from tests.builders import (
    CHAT,
    NOW,
    a_destination,
    a_notice,
    a_sighting,
    a_state,
    an_article,
    an_operator,
)
from tests.storage.databases import list_feeds, record

TOKEN = "a long random token"


class Site:
    """The server of a fresh process, and a browser."""

    def __init__(self, storage: Storage, stack: AsyncExitStack) -> None:
        self.storage = storage
        self.metrics = Metrics()
        self._stack = stack

    async def open(self, **settings: object) -> str:
        given = Settings(**{"listen": "127.0.0.1:0"} | settings)  # type: ignore[arg-type]
        return await self._stack.enter_async_context(
            serve(given, self.storage.overview, self.metrics)
        )

    async def get(self, url: str, **headers: str) -> tuple[int, str, aiohttp.ClientResponse]:
        async with aiohttp.ClientSession() as browser, browser.get(url, headers=headers) as answer:
            return answer.status, await answer.text(), answer


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    async with (
        open_storage(f"sqlite:///{tmp_path}/tocsin.db", now=NOW) as storage,
        AsyncExitStack() as stack,
    ):
        await list_feeds(storage)
        yield Site(storage, stack)


@pytest.mark.parametrize("path", ["healthz", "readyz", "metrics", "", "style.css"])
async def test_every_page_answers_with_the_protective_headers(site: Site, path: str) -> None:
    status, _, answer = await site.get(await site.open() + path)
    assert status == 200
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert answer.headers["Referrer-Policy"] == "no-referrer"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


async def test_an_unknown_page_is_a_plain_404_with_the_same_headers(site: Site) -> None:
    status, _, answer = await site.get(await site.open() + "../etc/passwd")
    assert status == 404
    assert answer.headers["Referrer-Policy"] == "no-referrer"


async def test_with_a_token_only_the_probes_are_open(site: Site) -> None:
    url = await site.open(admin_token=SecretStr(TOKEN))
    assert [(await site.get(url + path))[0] for path in ("healthz", "readyz")] == [200, 200]
    assert [(await site.get(url + path))[0] for path in ("", "metrics", "style.css")] == [401] * 3


@pytest.mark.parametrize(
    ("authorization", "status"),
    [
        (f"Bearer {TOKEN}", 200),
        (f"bearer {TOKEN}", 200),
        ("Basic " + b64encode(f"anyone:{TOKEN}".encode()).decode(), 200),
        ("Bearer wrong", 401),
        ("Bearer ", 401),
        ("Bearer ключ", 401),
        ("Basic " + b64encode(b"anyone:wrong").decode(), 401),
        ("Basic ####", 401),
        ("Basic " + b64encode(b"\xff\xfe").decode(), 401),
        ("Digest x", 401),
        ("", 401),
    ],
)
async def test_the_token_as_bearer_or_as_password(
    site: Site, authorization: str, status: int
) -> None:
    url = await site.open(admin_token=SecretStr(TOKEN))
    assert (await site.get(url, Authorization=authorization))[0] == status


async def test_feed_text_on_the_page_is_only_text(site: Site) -> None:
    article = an_article(
        title='<script>alert(1)</script> & "quotes" {{ 7 * 7 }}',
        publisher="<b>Publisher</b>",
        url='https://news.example/?a=1&b="><script>',
    )
    await record(site.storage, a_sighting(article, to=[a_destination()]))
    _, page, _ = await site.get(await site.open())
    assert "<script>" not in page
    assert "<b>Publisher</b>" not in page
    assert "{{ 7 * 7 }}" in page
    assert "&lt;script&gt;alert(1)" in page


async def test_the_page_shows_what_an_operator_must_know(site: Site) -> None:
    state = a_state(error="the server answered 404 Not Found")
    await record(site.storage, a_sighting(), state=state)
    await site.storage.outbox.pause("telegram", "a wrong token", now=NOW)
    await site.storage.rule_archive.keep(Contents.of_files({}), now=NOW)
    await site.storage.overview.note_refusal("rules/x.yml:3:5: R201 unknown key")
    _, page, _ = await site.get(await site.open())
    for words in ("1 failing", "404 Not Found", "a wrong token", "R201 unknown key", "1 waiting"):
        assert words in page


async def test_a_notice_is_shown_and_its_words_are_only_text(site: Site) -> None:
    notice = a_notice(
        subject="Rule files refused: <b>a.yml</b>",
        text="<script>alert(1)</script>",
        details=("a.yml:2:23: R201 {{ 7 * 7 }}\n  hint: </pre>",),
        more=37,
        shown_by="tocsin check",
    )
    await site.storage.outbox.notify(notice, an_operator(), now=NOW)
    _, page, _ = await site.get(await site.open())
    for words in (
        "Rule files refused: &lt;b&gt;a.yml",
        "&lt;script&gt;alert(1)",
        "R201 {{ 7 * 7 }}\n  hint: &lt;/pre&gt;</pre>",
        "and 37 more: tocsin check",
        "to operator",
    ):
        assert words in page
    assert "Nothing has rung yet" not in page


async def test_what_the_bot_answers_is_on_no_page(site: Site) -> None:
    await site.storage.answers.put("update 7", CHAT, Answer(html="Paused: Idlib"), now=NOW)
    _, page, _ = await site.get(await site.open())
    assert "Idlib" not in page
    assert "Nothing has rung yet" in page


async def test_metrics_tell_what_the_tables_hold_and_what_was_counted(site: Site) -> None:
    await record(site.storage, a_sighting())
    await site.storage.answers.put("update 7", CHAT, Answer(html="Paused."), now=NOW)
    site.metrics.polls.labels("read").inc()
    _, text, _ = await site.get(await site.open() + "metrics")
    assert 'tocsin_deliveries{state="pending"} 1.0' in text
    assert "tocsin_answers_waiting 1.0" in text
    assert 'tocsin_feeds{health="never read"} 1.0' in text
    assert 'tocsin_polls_total{result="read"} 1.0' in text


async def test_not_ready_when_the_database_cannot_be_read(tmp_path: Path) -> None:
    async with AsyncExitStack() as stack:
        async with open_storage(f"sqlite:///{tmp_path}/tocsin.db", now=NOW) as storage:
            site = Site(storage, stack)
            url = await site.open()
        (tmp_path / "tocsin.db").write_bytes(b"this is no database, and much too short")
        (tmp_path / "tocsin.db-wal").unlink(missing_ok=True)
        status, text, _ = await site.get(url + "readyz")
        assert (status, text[:28]) == (503, "the database cannot be used:")
        assert (await site.get(url + "healthz"))[0] == 200


async def test_an_address_that_is_taken_is_the_operators_move(site: Site) -> None:
    url = await site.open()
    port = url.rstrip("/").rpartition(":")[2]
    with pytest.raises(SettingsError, match=r"cannot listen on .*TOCSIN_LISTEN"):
        await site.open(listen=f"127.0.0.1:{port}")
