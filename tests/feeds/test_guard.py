"""SSRF: what the guard refuses is refused before a socket exists."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from ipaddress import IPv4Address

import pytest
from aiohttp.abc import AbstractResolver, ResolveResult
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import AddressRefusedError, FeedError, FetchError
from alerts.feeds.fetch import FetchRequest, fetch, open_session
from alerts.feeds.guard import AddressGuard, AddressInfo
from alerts.settings import AllowedNetwork
from tests.servers.feed_server import FeedServer, redirect

NOT_PUBLIC = [
    "0.0.0.0",
    "10.0.0.1",
    "100.64.0.1",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "172.31.255.255",
    "192.0.0.8",
    "192.0.2.1",
    "192.88.99.1",
    "192.168.1.1",
    "198.18.0.1",
    "198.51.100.1",
    "203.0.113.1",
    "224.0.0.1",
    "239.255.255.250",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "::10.0.0.1",
    "::8.8.8.8",
    "::ffff:10.0.0.1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "::ffff:0:10.0.0.1",
    "64:ff9b::10.0.0.1",
    "64:ff9b::127.0.0.1",
    "64:ff9b:1::10.0.0.1",
    "64:ff9b:1::8.8.8.8",
    "100::1",
    "2001::1",
    "2001:0:a00:1::",  # Teredo with a private server
    "2001:0:808:808::f5ff:fffe",  # Teredo with a private client (10.0.0.1, inverted)
    "2001:db8::1",
    "2002:a00:1::",
    "2002:7f00:1::1",
    "3fff::1",
    "5f00::1",
    "fc00::1",
    "fd12:3456::1",
    "fe80::1",
    "fe80::1%lo",
    "fec0::1",
    "ff02::1",
    "ff0e::1",
]
PUBLIC = [
    "8.8.8.8",
    "1.1.1.1",
    "2606:4700::1111",
    "::ffff:8.8.8.8",
    "64:ff9b::8.8.8.8",
    "2002:808:808::1",
]
NOT_ADDRESSES = ["", "localhost", "0177.0.0.1", "0x7f.0.0.1", "2130706433", "127.1", "example.org"]


@pytest.mark.parametrize("address", [*NOT_PUBLIC, *NOT_ADDRESSES])
@pytest.mark.parametrize("port", [80, 443, 8080])
def test_addresses_that_are_not_public_are_refused(address: str, port: int) -> None:
    with pytest.raises(AddressRefusedError):
        AddressGuard().check(address, port)


@pytest.mark.parametrize("address", PUBLIC)
def test_public_addresses_pass_on_default_ports_only(address: str) -> None:
    guard = AddressGuard()
    guard.check(address, 80)
    guard.check(address, 443)
    with pytest.raises(AddressRefusedError, match=r"port 8080 .* TOCSIN_ALLOW_NETWORKS"):
        guard.check(address, 8080)


@given(st.ip_addresses(v=4))
def test_what_is_refused_as_ipv4_is_refused_in_every_wrapping(address: IPv4Address) -> None:
    guard = AddressGuard()
    packed = int(address)
    wrapped = [
        f"::ffff:{address}",
        f"64:ff9b::{address}",
        f"2002:{packed >> 16:x}:{packed & 0xFFFF:x}::1",
    ]
    assert {_passes(guard, each) for each in wrapped} == {_passes(guard, str(address))}


def _passes(guard: AddressGuard, address: str) -> bool:
    try:
        guard.check(address, 443)
    except AddressRefusedError:
        return False
    return True


@pytest.mark.parametrize(
    ("allowed", "address", "port", "passes"),
    [
        ("10.1.0.0/16", "10.1.2.3", 8000, True),
        ("10.1.0.0/16", "10.2.0.1", 80, False),
        ("10.1.0.0/16:8000", "10.1.2.3", 8000, True),
        ("10.1.0.0/16:8000", "10.1.2.3", 80, False),
        ("10.1.0.0/16", "::ffff:10.1.2.3", 80, True),
        ("10.1.0.0/16", "64:ff9b::10.1.2.3", 80, True),
        ("[fd00::/8]:8000", "fd00::1", 8000, True),
        ("fd00::/8", "fe80::1", 80, False),
        ("8.8.8.8/32:8443", "8.8.8.8", 8443, True),
        ("8.8.8.8/32:8443", "8.8.4.4", 8443, False),
        ("64:ff9b::/96", "64:ff9b::10.1.2.3", 80, True),
    ],
)
def test_allowed_networks_are_exempt(allowed: str, address: str, port: int, passes: bool) -> None:
    guard = AddressGuard([AllowedNetwork.parse(allowed)])
    if passes:
        guard.check(address, port)
    else:
        with pytest.raises(AddressRefusedError):
            guard.check(address, port)


@pytest.mark.parametrize("address", ["10.0.0.1", "fd00::1", "fe80::1%lo", "8.8.8.8"])
def test_the_way_out_that_a_refusal_names_works(address: str) -> None:
    with pytest.raises(AddressRefusedError) as refused:
        AddressGuard().check(address, 8080)
    named = str(refused.value).partition("add ")[2].partition(" to TOCSIN")[0]
    AddressGuard([AllowedNetwork.parse(named)]).check(address, 8080)


def test_no_socket_is_made_for_a_refused_address() -> None:
    guard = AddressGuard()
    with pytest.raises(AddressRefusedError):
        guard.socket_factory(
            (socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", ("10.0.0.1", 80))
        )
    with pytest.raises(AddressRefusedError):
        guard.socket_factory((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", ("/run/x.sock", 0)))


# --- through the real client, against a listener that must see nothing ------------------------


@asynccontextmanager
async def _trap(host: str) -> AsyncIterator[tuple[int, list[object]]]:
    """Listen on *host*; yield the port and everyone who connected."""
    seen: list[object] = []

    async def note(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        seen.append(writer.get_extra_info("peername"))
        writer.close()

    listener = await asyncio.start_server(note, host, 0)
    async with listener:
        yield listener.sockets[0].getsockname()[1], seen


class _Stay(AddressGuard):
    """The guard, and behind it a wall: were it broken, its test would still reach nobody."""

    def socket_factory(self, info: AddressInfo) -> socket.socket:
        if not str(info[4][0]).startswith("127."):
            self.check(*info[4][:2])
            raise AssertionError("the guard let a connection out")
        return super().socket_factory(info)


async def _refusal_of(url: str, now: datetime, *, allowed: str = "") -> FeedError:
    guard = _Stay([AllowedNetwork.parse(allowed)] if allowed else [])
    async with open_session(guard, user_agent="test") as session:
        with pytest.raises(FeedError) as refused:
            await fetch(session, FetchRequest(url=url), now=now)
    return refused.value


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "localhost",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "0.0.0.0",
        "user@127.0.0.1",
        "example.org@127.0.0.1",
        "127.0.0.1%00",
        "①②⑦.0.0.1",
    ],
)
async def test_a_loopback_url_reaches_nobody(host: str, now: datetime) -> None:
    async with _trap("127.0.0.1") as (port, seen):
        await _refusal_of(f"http://{host}:{port}/", now)
        assert seen == []


@pytest.mark.parametrize("host", ["2130706433", "0177.0.0.1", "0x7f000001", "127.1", "0"])
async def test_decimal_octal_and_short_forms_reach_nobody(host: str, now: datetime) -> None:
    async with _trap("127.0.0.1") as (port, seen):
        error = await _refusal_of(f"http://{host}:{port}/", now)
        assert seen == []
        assert "\n" not in str(error)


async def test_ipv6_loopback_reaches_nobody(now: datetime) -> None:
    async with _trap("::1") as (port, seen):
        error = await _refusal_of(f"http://[::1]:{port}/", now)
        assert isinstance(error, AddressRefusedError)
        assert seen == []


@pytest.mark.parametrize("address", [each for each in NOT_PUBLIC if "%" not in each])
async def test_a_url_with_such_an_address_is_refused_by_the_client(
    address: str, now: datetime
) -> None:
    host = f"[{address}]" if ":" in address else address
    error = await _refusal_of(f"http://{host}/", now)
    assert isinstance(error, AddressRefusedError)
    assert error.weight == 1.0


async def test_every_redirect_hop_passes_the_guard(now: datetime) -> None:
    async with _trap("127.0.0.2") as (port, seen), FeedServer() as server:
        server.answer("/a", redirect("/b"))
        server.answer("/b", redirect(f"http://127.0.0.2:{port}/"))
        error = await _refusal_of(server.url("/a"), now, allowed=f"127.0.0.1/32:{server.port}")
        assert isinstance(error, AddressRefusedError)
        assert len(server.requests) == 2
        assert seen == []


@pytest.mark.parametrize(
    "target",
    ["file:///etc/passwd", "ftp://example.org/", "gopher://127.0.0.1/", "ws://example.org/"],
)
async def test_redirects_lead_to_http_and_https_only(target: str, now: datetime) -> None:
    async with FeedServer() as server:
        server.answer("/a", redirect(target))
        error = await _refusal_of(server.url("/a"), now, allowed=f"127.0.0.1/32:{server.port}")
    assert isinstance(error, FetchError)
    assert error.weight == 1.0
    assert "neither http nor https" in str(error)


class _Rebinding(AbstractResolver):
    """Answers with the next address every time."""

    def __init__(self, *answers: tuple[str, ...]) -> None:
        self._answers = list(answers)

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        return [
            ResolveResult(hostname=host, host=address, port=port, family=family, proto=0, flags=0)
            for address in self._answers.pop(0)
        ]

    async def close(self) -> None:
        pass


async def test_dns_rebinding_is_refused_at_the_second_address(now: datetime) -> None:
    async with _trap("127.0.0.2") as (port, seen), FeedServer(port=port) as server:
        server.answer("/a", redirect(f"http://b.test:{port}/"))
        guard = AddressGuard([AllowedNetwork.parse(f"127.0.0.1/32:{port}")])
        resolver = _Rebinding(("127.0.0.1",), ("127.0.0.2",))
        async with open_session(guard, user_agent="test", resolver=resolver) as session:
            with pytest.raises(AddressRefusedError, match=r"b\.test.*127\.0\.0\.2"):
                await fetch(session, FetchRequest(url=f"http://a.test:{port}/a"), now=now)
        assert len(server.requests) == 1
        assert seen == []


async def test_a_name_with_private_addresses_only_is_refused_as_such(now: datetime) -> None:
    resolver = _Rebinding(("10.0.0.1", "10.0.0.2", "fd00::1", "fd00::2"))
    async with open_session(_Stay(), user_agent="test", resolver=resolver) as session:
        with pytest.raises(AddressRefusedError, match=r"intranet\.test: .*TOCSIN_ALLOW_NETWORKS"):
            await fetch(session, FetchRequest(url="http://intranet.test/"), now=now)


async def test_an_allowed_address_is_used_though_another_one_is_refused(now: datetime) -> None:
    async with FeedServer() as server:
        server.publish("/feed", "x")
        guard = _Stay([AllowedNetwork.parse(f"127.0.0.1/32:{server.port}")])
        resolver = _Rebinding(("10.0.0.1", "127.0.0.1"))
        async with open_session(guard, user_agent="test", resolver=resolver) as session:
            url = f"http://mixed.test:{server.port}/feed"
            fetched = await fetch(session, FetchRequest(url=url), now=now)
        assert fetched.body == b"x"
