"""What DNS says of a sender's domain, asked of a real name server on loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from alerts.cli.doctor import domain
from alerts.cli.doctor.findings import Finding, Verdict
from tests.servers.dns_server import DnsServer

HOME = "alerts.example.org"
GOOD = {
    (HOME, "TXT"): ["google-site-verification=1", "v=spf1 include:relay.example -all"],
    (f"key1._domainkey.{HOME}", "TXT"): ["v=DKIM1; p=MIIB"],
    (f"_dmarc.{HOME}", "TXT"): ["v=DMARC1; p=reject"],
    (HOME, "MX"): ["10 mx.example.org."],
}


@pytest.fixture
async def server() -> AsyncIterator[DnsServer]:
    async with DnsServer() as server:
        server.records = dict(GOOD)
        yield server


async def examine(server: DnsServer, home: str = HOME) -> list[Finding]:
    names = domain.Names(server.address)
    return [found async for found in domain.examine(home, names)]


async def verdicts(server: DnsServer, home: str = HOME) -> list[str]:
    return [found.verdict for found in await examine(server, home)]


async def test_a_domain_that_is_set_up_is_all_right(server: DnsServer) -> None:
    found = await examine(server)
    assert {each.verdict for each in found} == {Verdict.OK}
    assert [each.words.partition(":")[0] for each in found[:3]] == ["SPF", "DKIM", "DMARC"]


CHANGES = [
    ("no SPF", (HOME, "TXT"), ["other"], 0, "warning"),
    ("two SPF", (HOME, "TXT"), ["v=spf1 a -all", "V=SPF1 mx -all"], 0, "problem"),
    ("SPF for all", (HOME, "TXT"), ["v=spf1 +all"], 0, "warning"),
    ("SPF for all without the plus", (HOME, "TXT"), ["v=spf1 mx all"], 0, "warning"),
    ("almost SPF", (HOME, "TXT"), ["v=spf10 -all"], 0, "warning"),
    ("no DKIM", (f"key1._domainkey.{HOME}", "TXT"), [], 1, "warning"),
    ("no DMARC", (f"_dmarc.{HOME}", "TXT"), ["v=other"], 2, "warning"),
    ("two DMARC", (f"_dmarc.{HOME}", "TXT"), ["v=DMARC1; p=none", "v=DMARC1"], 2, "problem"),
    ("no MX", (HOME, "MX"), [], 3, "warning"),
]


@pytest.mark.parametrize(("why", "key", "records", "place", "verdict"), CHANGES)
async def test_each_record_that_lacks_is_told(
    *,
    why: str,
    key: tuple[str, str],
    records: list[str],
    place: int,
    verdict: str,
    server: DnsServer,
) -> None:
    if records:
        server.records[key] = records
    else:
        del server.records[key]
    found = await verdicts(server)
    assert found[place] == verdict
    assert [each for number, each in enumerate(found) if number != place] == ["ok"] * 3


async def test_the_registered_domain_speaks_for_those_below_it(server: DnsServer) -> None:
    del server.records[f"_dmarc.{HOME}", "TXT"]
    server.records["_dmarc.example.org", "TXT"] = ["v=DMARC1; p=none"]
    assert await verdicts(server) == ["ok"] * 4


async def test_an_address_takes_mail_without_an_mx(server: DnsServer) -> None:
    del server.records[HOME, "MX"]
    server.records[HOME, "AAAA"] = ["2001:db8::1"]
    assert await verdicts(server) == ["ok"] * 4


async def test_a_domain_that_is_not_there_lacks_everything(server: DnsServer) -> None:
    assert await verdicts(server, "nowhere.example.net") == ["warning"] * 4


async def test_a_name_server_that_fails_is_told_once(server: DnsServer) -> None:
    server.fails = True
    (found,) = await examine(server)
    assert (found.verdict, found.about) == (Verdict.WARNING, "dns")
    assert "no answer" in found.words


async def test_a_local_domain_is_asked_of_nobody(server: DnsServer) -> None:
    assert await verdicts(server, "localhost") == ["warning"]
    assert server.asked == []
