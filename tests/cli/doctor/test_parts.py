"""Each thing that the doctor looks at, against real servers on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from ipaddress import ip_network
from pathlib import Path

import aiohttp
import pytest
from pydantic import SecretStr

from alerts.cli.doctor import database, endpoints, mail, rules, telegram, world
from alerts.cli.doctor.findings import Finding, Verdict, cleaned
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.errors import RulesError
from alerts.feeds.guard import AddressGuard
from alerts.model import Address, Endpoint, RuleSet
from alerts.settings import AllowedNetwork, Settings
from alerts.storage import open_storage
from alerts.watchlists.load import load_text
from tests.builders import NOW
from tests.servers.bot_api import BotApi
from tests.servers.bot_people import ME, member
from tests.servers.feed_server import FeedServer, redirect, slam, status
from tests.servers.mail_server import MailServer, Security, client_tls


async def told(examined: AsyncIterator[Finding]) -> list[tuple[str, str]]:
    return [(each.verdict, each.words) async for each in examined]


# --- database ---------------------------------------------------------------------------------


async def test_a_database_is_of_our_version_and_can_be_written(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'tocsin.db'}"
    [(verdict, words)] = await told(database.examine(url))
    assert (verdict, "there is no" in words) == ("warning", True)
    async with open_storage(url, now=NOW):
        found = await told(database.examine(url))
    assert [verdict for verdict, _ in found] == ["ok", "ok"]
    assert "version 0" in found[0][1]


async def test_a_file_that_is_no_database_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "tocsin.db").write_bytes(b"canary " * 1000)
    [(verdict, _)] = await told(database.examine(f"sqlite:///{tmp_path / 'tocsin.db'}"))
    assert verdict == "problem"


async def test_a_database_that_was_never_started_is_a_problem(tmp_path: Path) -> None:
    (tmp_path / "tocsin.db").touch()
    [(verdict, words)] = await told(database.examine(f"sqlite:///{tmp_path / 'tocsin.db'}"))
    assert verdict == "problem"
    assert "tocsin run" in words


# --- rules ------------------------------------------------------------------------------------


def test_receivers_need_what_the_settings_have_not() -> None:
    loaded = load_text(
        "receivers:\n"
        "  a: {telegram: {chat: 1}}\n"
        "  b: {email: {to: b@example.org}}\n"
        "routes: {receiver: a, routes: [{match: [tag=x], receiver: b}]}\n"
    )
    found = [(each.verdict, each.about) for each in rules.examine(Settings(), loaded)]
    assert found == [("ok", "rules"), ("problem", "telegram"), ("problem", "email")]
    given = Settings(
        telegram_token=SecretStr("1:a"),
        smtp_url=SecretStr("smtp://relay.example"),
        mail_from="a@example.org",
    )
    assert [each.verdict for each in rules.examine(given, loaded)] == ["ok"]


def test_rules_that_cannot_be_loaded_are_a_problem_with_the_first_complaint() -> None:
    with pytest.raises(RulesError) as caught:
        load_text("watchlists: [{id: x}]", "rules/a.yml")
    found = rules.refused(caught.value)
    assert (found.verdict, found.advice) == (Verdict.PROBLEM, "tocsin check says all")
    assert "rules/a.yml:1" in found.words


# --- telegram ---------------------------------------------------------------------------------


async def examine_telegram(api: BotApi, token: str, *chats: str) -> list[tuple[str, str]]:
    channel = TelegramChannel(token, api.url, timeout=timedelta(seconds=5))
    try:
        addresses = [Address(channel="telegram", target=chat) for chat in chats]
        return await told(telegram.examine(channel, addresses))
    finally:
        await channel.close()


async def test_the_bot_says_who_it_is_and_what_it_may() -> None:
    async with BotApi() as api:
        api.people.members["-100", ME["id"]] = member("administrator", ME["id"])
        api.people.members["-200", ME["id"]] = member("left", ME["id"])
        found = await examine_telegram(api, api.token, "-100", "-200", "77")
        assert [verdict for verdict, _ in found] == ["ok", "ok", "problem", "ok"]
        assert "@tocsin_bot" in found[0][1]
        assert found[2][1].startswith("telegram:-200: ")
        # Nothing was sent to anybody.
        assert api.accepted == []


async def test_a_wrong_token_is_said_once() -> None:
    async with BotApi() as api:
        [(verdict, words)] = await examine_telegram(api, "1:canary", "-100")
    assert verdict == "problem"
    assert "canary" not in words


async def test_inline_mode_that_nobody_answers_is_found() -> None:
    async with BotApi() as api:
        inline = {**ME, "supports_inline_queries": True}
        api.method_answers["getme"] = [{"ok": True, "result": inline} for _ in range(3)]
        found = await examine_telegram(api, api.token)
    assert [verdict for verdict, _ in found] == ["ok", "warning"]


# --- mail -------------------------------------------------------------------------------------


async def test_a_relay_is_greeted_and_no_mail_begun() -> None:
    async with MailServer() as relay:
        [(verdict, words)] = await told(mail.examine(relay.url))
        assert (verdict, words) == ("ok", "the relay answers, not encrypted")
        assert relay.accepted == []


@pytest.mark.parametrize("security", [Security.STARTTLS, Security.TLS])
async def test_a_relay_that_encrypts_and_wants_a_login(security: Security) -> None:
    async with MailServer(security=security, login=("user", "canary")) as relay:
        [(verdict, words)] = await told(mail.examine(relay.url, tls=client_tls()))
        assert verdict == "ok"
        assert "encrypted (TLS" in words
        assert words.endswith("logged in")
        wrong = relay.url.replace("canary", "parrot")
        [(verdict, words)] = await told(mail.examine(wrong, tls=client_tls()))
        assert (verdict, "refuses the login" in words) == ("problem", True)
        # The system does not know who signed the certificate.
        [found] = [each async for each in mail.examine(relay.url)]
        assert found.verdict == "problem"
        assert "certificate" in found.advice


async def test_a_relay_without_starttls_is_a_problem() -> None:
    async with MailServer() as relay:
        url = relay.url.partition("?")[0] + "?starttls=required"
        [(verdict, _)] = await told(mail.examine(url))
        assert verdict == "problem"


async def test_a_relay_that_is_not_there_is_a_problem() -> None:
    [(verdict, _)] = await told(mail.examine("smtp://127.0.0.1:9?starttls=never"))
    assert verdict == "problem"


# --- pages and clock --------------------------------------------------------------------------


@pytest.fixture
async def session() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


async def test_our_own_pages_answer_where_links_point(session: aiohttp.ClientSession) -> None:
    async with FeedServer() as server:
        server.answer("/healthz", status(200, body="ok"))
        server.answer("/below/healthz", status(200, body="ok"))
        for url in (server.url("/"), server.url("/below/")):
            found = await told(world.public_url(url, session))
            assert [verdict for verdict, _ in found] == ["warning", "ok"]  # plain http
        for answer in (status(404), redirect("/login"), slam):
            server.answer("/healthz", answer)
            found = await told(world.public_url(server.url("/"), session))
            assert [verdict for verdict, _ in found] == ["warning", "warning"]
    [(verdict, _)] = await told(world.public_url(None, session))
    assert verdict == "ok"


@pytest.mark.parametrize(
    ("off", "verdict", "words"),
    [(0, "ok", ""), (20, "ok", ""), (-20, "ok", ""), (3600, "problem", "ahead"),
     (-90, "problem", "behind")],
)  # fmt: skip
async def test_the_clock_is_held_against_somebody_else_s(
    off: int, verdict: str, words: str, session: aiohttp.ClientSession
) -> None:
    async with FeedServer() as server:
        server.answer("/", status(404))

        def now() -> datetime:
            return datetime.now(UTC) + timedelta(seconds=off)

        dead = "http://127.0.0.1:9/"
        [(said, why)] = await told(world.clock([dead, server.url("/")], session, now))
        assert said == verdict
        assert words in why
    [(said, why)] = await told(world.clock([dead], session, now))
    assert (said, "nobody" in why) == ("ok", True)


async def test_a_date_that_is_none_is_passed_over(session: aiohttp.ClientSession) -> None:
    async with FeedServer() as server:
        server.answer("/", status(200, headers={"Date": "yesterday"}))
        [(verdict, words)] = await told(world.clock([server.url("/")], session, lambda: NOW))
        assert (verdict, "nobody" in words) == ("ok", True)


# --- webhooks ---------------------------------------------------------------------------------


async def test_a_webhook_is_looked_up_and_nothing_is_sent() -> None:
    async with FeedServer() as server:
        hooks = {
            "webhook:a": Endpoint(url=server.url("/canary"), secret="whsec_canary"),
            "webhook:b": Endpoint(url="http://127.0.0.1:9/canary", secret="whsec_canary"),
            "webhook:c": Endpoint(url="https://canary.invalid/", secret="whsec_canary"),
            "webhook:d": Endpoint(url=server.url("/canary")),
            "apprise:e": Endpoint(url="ntfy://canary"),
        }
        guard = AddressGuard([AllowedNetwork(ip_network("127.0.0.1/32"), server.port)])
        found = await told(endpoints.examine(hooks, guard))
        assert server.requests == []
    assert [verdict for verdict, _ in found] == ["ok", "problem", "problem", "ok", "warning"]
    assert "TOCSIN_ALLOW_NETWORKS" in found[1][1]
    assert "canary" not in repr(found)


# --- findings ---------------------------------------------------------------------------------


def test_findings_are_cleaned_to_the_last_word() -> None:
    found = Finding(Verdict.OK, "mail", "user:canary", "use canary")
    [clean] = cleaned([found], lambda text: text.replace("canary", "…"))
    assert clean == Finding(Verdict.OK, "mail", "user:…", "use …")


def test_an_empty_rule_set_is_all_right() -> None:
    assert [each.verdict for each in rules.examine(Settings(), RuleSet())] == ["ok"]
