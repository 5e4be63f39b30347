from __future__ import annotations

import asyncio
import socket
import ssl
import time
import tracemalloc
from datetime import datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from pydantic import HttpUrl

from alerts import __version__
from alerts.errors import FetchError, GoneError
from alerts.feeds.faults import _dns
from alerts.feeds.fetch import (
    Fetched,
    FetchLimits,
    FetchRequest,
    fetch,
    open_session,
    shown_url,
)
from alerts.feeds.guard import AddressGuard
from alerts.feeds.status import Decision, decide
from alerts.settings import AllowedNetwork, Settings
from tests.servers.feed_server import (
    FeedServer,
    cut,
    document,
    endless,
    gzip_bomb,
    hang,
    redirect,
    slam,
    status,
    trickle,
    zipped,
)

BODY = b"<rss>" + b"<item/>" * 1000 + b"</rss>"
#: A key and a self-signed certificate for 127.0.0.1.
LOOPBACK = Path(__file__).parent.parent / "servers" / "loopback.pem"
USUAL = FetchLimits()
QUICK = FetchLimits(connect=timedelta(seconds=0.3), total=timedelta(seconds=0.3))


async def _get(
    session: aiohttp.ClientSession,
    url: str,
    now: datetime,
    *,
    etag: str = "",
    last_modified: str = "",
    limits: FetchLimits = USUAL,
) -> Fetched:
    request = FetchRequest(url=url, etag=etag, last_modified=last_modified)
    return await fetch(session, request, now=now, limits=limits)


# --- good answers -----------------------------------------------------------------------------


async def test_a_document_comes_with_its_validators_and_nothing_is_invented(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    moment = "Sun, 01 Mar 2026 11:00:00 +0000 (odd, but theirs)"
    server.publish("/feed", BODY, last_modified=moment, content_type="text/xml; charset=koi8-r")
    fetched = await _get(session, server.url("/feed"), now)
    assert (fetched.status, fetched.body, fetched.complete) == (200, BODY, True)
    assert fetched.last_modified == moment
    assert fetched.content_type == "text/xml; charset=koi8-r"
    assert fetched.permanent_url is None
    assert fetched.wire_bytes == fetched.decoded_bytes == len(BODY)
    sent = server.requests[0].headers
    assert "If-None-Match" not in sent
    assert "If-Modified-Since" not in sent
    assert sent["Accept-Encoding"] == "gzip, deflate"
    assert sent["User-Agent"] == "Tocsin/test (+https://example.org)"


def test_publishers_are_told_who_asks_and_where_to_complain() -> None:
    known = Settings(public_url=HttpUrl("https://desk.example.org"))
    assert known.user_agent == f"Tocsin/{__version__} (+https://desk.example.org/)"
    assert Settings().user_agent == f"Tocsin/{__version__} (news feed reader)"


@pytest.mark.parametrize("etag", ['"abc"', 'W/"abc-gzip"', "no-quotes", '"schön"', '"a b"'])
async def test_validators_go_back_byte_for_byte(
    etag: str, server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/feed", document(BODY, etag=etag))
    first = await _get(session, server.url("/feed"), now)
    second = await _get(session, server.url("/feed"), now, etag=first.etag)
    assert server.requests[1].headers["If-None-Match"] == etag
    assert (second.status, second.body, second.etag) == (304, None, etag)


async def test_a_304_without_validators_keeps_those_that_were_sent(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/feed", status(304))
    fetched = await _get(session, server.url("/feed"), now, etag='"a"', last_modified="yesterday")
    assert (fetched.etag, fetched.last_modified) == ('"a"', "yesterday")


async def test_a_304_that_nobody_asked_for_is_a_failure(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/feed", status(304))
    with pytest.raises(FetchError, match="304"):
        await _get(session, server.url("/feed"), now)


async def test_a_stored_validator_cannot_inject_a_header(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.publish("/feed", BODY)
    await _get(session, server.url("/feed"), now, etag='"a"\r\nX-Evil: 1', last_modified="x\ny")
    assert not {"X-Evil", "If-None-Match", "If-Modified-Since"} & set(server.requests[0].headers)


async def test_a_validator_that_could_not_go_back_unchanged_is_not_kept(
    session: aiohttp.ClientSession, server: FeedServer, now: datetime
) -> None:
    async def latin1(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(
            b'HTTP/1.1 200 OK\r\nContent-Length: 1\r\nETag: "sch\xf6n"\r\n'
            b"Last-Modified: fine\r\nConnection: close\r\n\r\nx"
        )
        request.transport.close()
        return web.Response()

    server.answer("/feed", latin1)
    fetched = await _get(session, server.url("/feed"), now)
    assert (fetched.etag, fetched.last_modified) == ("", "fine")


@pytest.mark.parametrize("encoding", ["gzip", "deflate", "raw"])
async def test_compressed_documents_are_decoded_and_both_sizes_counted(
    encoding: str, server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/feed", zipped(BODY, encoding=encoding))
    fetched = await _get(session, server.url("/feed"), now)
    assert fetched.body == BODY
    assert fetched.wire_bytes < fetched.decoded_bytes == len(BODY)


async def test_no_cookie_is_kept(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/feed", document(BODY, headers={"Set-Cookie": "id=1; Path=/"}))
    await _get(session, server.url("/feed"), now)
    await _get(session, server.url("/feed"), now)
    assert "Cookie" not in server.requests[1].headers


# --- redirects --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("codes", "permanent"),
    [([301], True), ([308, 301], True), ([301, 302], False), ([307], False), ([303, 301], False)],
)
async def test_only_permanent_redirects_all_the_way_report_a_new_address(
    codes: list[int],
    permanent: bool,
    server: FeedServer,
    session: aiohttp.ClientSession,
    now: datetime,
) -> None:
    for hop, code in enumerate(codes):
        server.answer(f"/{hop}", redirect(f"/{hop + 1}", code=code))
    server.publish(f"/{len(codes)}", BODY)
    fetched = await _get(session, server.url("/0"), now)
    end = server.url(f"/{len(codes)}")
    assert fetched.url == end
    assert fetched.permanent_url == (end if permanent else None)


async def test_five_redirects_are_followed_and_a_sixth_is_not(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    for hop in range(1, 7):
        server.answer(f"/{hop}", redirect(f"/{hop - 1}"))
    server.publish("/0", BODY)
    assert (await _get(session, server.url("/5"), now)).body == BODY
    with pytest.raises(FetchError, match="more than 5 redirects"):
        await _get(session, server.url("/6"), now)
    assert len(server.requests) == 6 + 6


async def test_a_redirect_loop_ends(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/a", redirect("/a"))
    with pytest.raises(FetchError, match="redirects"):
        await _get(session, server.url("/a"), now)


@pytest.mark.parametrize("location", ["", "http://", "http://[::1", "//", "http://a:99999/"])
async def test_a_redirect_to_nowhere_is_a_failure(
    location: str, server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/a", redirect(location))
    with pytest.raises(FetchError):
        await _get(session, server.url("/a"), now)


async def test_credentials_stay_with_their_origin(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    # Another host name is another origin, though the same server answers.
    stranger = server.url("/b").replace("127.0.0.1", "localhost")
    server.answer("/a", redirect("/same"))
    server.answer("/same", redirect(stranger))
    server.answer("/b", redirect(server.url("/c").replace("//", "//evil:evil@")))
    server.publish("/c", BODY)
    fetched = await _get(session, server.url("/a").replace("//", "//user:sesame@"), now)
    authorized = ["Authorization" in request.headers for request in server.requests]
    assert authorized == [True, True, False, False]
    assert "sesame" not in repr(fetched)


async def test_no_error_shows_the_credentials_of_the_url(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/slam", slam)
    server.answer("/hang", hang)
    server.answer("/loop", redirect("/loop"))
    for url in (*map(server.url, ("/slam", "/hang", "/loop", "/404")), "http://127.0.0.1:1/"):
        with pytest.raises(Exception, match=r".") as failure:
            await _get(session, url.replace("//", "//user:sesame@"), now, limits=QUICK)
        assert "sesame" not in str(failure.value)
        assert "\n" not in str(failure.value)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("https://user:sesame@example.org/feed?a=1", "https://example.org/feed?a=1"),
        ("https://example.org/feed", "https://example.org/feed"),
        ("http://[::1", "(not a URL)"),
    ],
)
def test_shown_urls_hold_no_credentials(url: str, shown: str) -> None:
    assert shown_url(url) == shown


# --- status codes -----------------------------------------------------------------------------

_DOCUMENTS = set(range(200, 300)) - {204, 205, 206, 226}
_SOFT_4XX = {404, 408, 429}


@pytest.mark.parametrize("code", [*range(100, 600), 600, 999])
def test_every_status_code_has_its_decision(code: int) -> None:
    expected = Decision.SOFT_FAILURE
    if code in _DOCUMENTS:
        expected = Decision.DOCUMENT
    elif code in {301, 302, 303, 307, 308}:
        expected = Decision.REDIRECT
    elif code == 304:
        expected = Decision.NOT_MODIFIED
    elif code == 410:
        expected = Decision.GONE
    elif 400 <= code < 500 and code not in _SOFT_4XX:
        expected = Decision.HARD_FAILURE
    assert decide(code) is expected


async def test_every_status_code_from_a_server_is_a_document_or_an_error_with_its_weight(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    for code in [*range(200, 600), 999]:
        server.answer("/feed", status(code))
        if code in _DOCUMENTS:
            assert (await _get(session, server.url("/feed"), now)).status == 200
            continue
        with pytest.raises(FetchError, match=str(code)) as failure:
            await _get(session, server.url("/feed"), now)
        hard = 400 <= code < 500 and code not in _SOFT_4XX
        assert failure.value.weight == (1.0 if hard else 0.5), code
        assert isinstance(failure.value, GoneError) == (code == 410)


@pytest.mark.parametrize(
    ("code", "header"),
    [(403, {"CF-Mitigated": "challenge"}), (405, {"x-amzn-waf-action": "captcha"})],
)
async def test_a_refusal_that_is_a_challenge_says_so(
    code: int,
    header: dict[str, str],
    server: FeedServer,
    session: aiohttp.ClientSession,
    now: datetime,
) -> None:
    server.answer("/feed", status(code, headers=header))
    with pytest.raises(FetchError, match=rf"{code} .*: a challenge of the publisher's bot"):
        await _get(session, server.url("/feed"), now)


async def test_the_message_names_the_status(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    with pytest.raises(FetchError, match=r"^the server answered 404 Not Found$"):
        await _get(session, server.url("/nowhere"), now)


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [
        (429, "120", timedelta(seconds=120)),
        (503, "120", timedelta(seconds=120)),
        (503, "Sun, 01 Mar 2026 12:10:00 GMT", timedelta(minutes=10)),
        (503, "Sunday, 01-Mar-26 12:10:00 GMT", timedelta(minutes=10)),
        (503, "Sun, 01 Mar 2026 11:00:00 GMT", timedelta(0)),
        (429, "0", timedelta(0)),
        (429, "99999999999999999999", None),
        (429, "999999999", timedelta(hours=24)),
        (503, "Fri, 01 Mar 2999 00:00:00 GMT", timedelta(hours=24)),
        (429, "soon", None),
        (429, "-5", None),
        (429, "1.5", None),
        (429, "Sun, 99 Mar 2026 12:10:00 GMT", None),
        (429, "", None),
        (500, "120", None),
        (404, "120", None),
    ],
)
async def test_retry_after_is_read_in_both_forms_and_ignored_as_garbage(
    *,
    code: int,
    value: str,
    expected: timedelta | None,
    server: FeedServer,
    session: aiohttp.ClientSession,
    now: datetime,
) -> None:
    server.answer("/feed", status(code, headers={"Retry-After": value}))
    with pytest.raises(FetchError) as failure:
        await _get(session, server.url("/feed"), now)
    assert failure.value.retry_after == expected


# --- bad publishers ---------------------------------------------------------------------------


async def test_a_gzip_bomb_is_refused_in_little_memory(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/bomb", gzip_bomb(200_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(FetchError, match="over 8 MB decoded"):
            await _get(session, server.url("/bomb"), now)
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    assert peak < 32 * 2**20


async def test_an_endless_body_is_cut_off_at_the_wire_limit(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/endless", endless)
    with pytest.raises(FetchError, match="over 2 MB on the wire"):
        await _get(session, server.url("/endless"), now)


async def test_a_body_that_announces_its_size_is_refused_unread(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/big", cut(bytes(3 * 2**20), at=10))
    with pytest.raises(FetchError, match="over 2 MB"):
        await _get(session, server.url("/big"), now)


async def test_sizes_up_to_the_limit_pass(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    limits = FetchLimits(wire_bytes=len(BODY), decoded_bytes=len(BODY))
    server.publish("/feed", BODY)
    server.answer("/zipped", zipped(BODY))
    assert (await _get(session, server.url("/feed"), now, limits=limits)).body == BODY
    assert (await _get(session, server.url("/zipped"), now, limits=limits)).body == BODY
    less = FetchLimits(decoded_bytes=len(BODY) - 1)
    for path in ("/feed", "/zipped"):
        with pytest.raises(FetchError, match="decoded"):
            await _get(session, server.url(path), now, limits=less)


@pytest.mark.parametrize("answer", [hang, trickle(BODY, every=0.05)])
async def test_the_deadline_holds_for_servers_that_hang_or_trickle(
    answer: object, server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/slow", answer)  # type: ignore[arg-type]
    begun = time.monotonic()
    with pytest.raises(FetchError, match=r"within 0\.3 s") as failure:
        await _get(session, server.url("/slow"), now, limits=QUICK)
    assert time.monotonic() - begun < 2
    assert failure.value.weight == 0.5


async def test_a_cut_connection_leaves_what_came(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/cut", cut(BODY, at=500))
    fetched = await _get(session, server.url("/cut"), now)
    assert (fetched.body, fetched.complete) == (BODY[:500], False)


async def test_a_cut_gzip_stream_leaves_what_could_be_decoded(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    async def half(request: web.BaseRequest) -> web.StreamResponse:
        whole = await zipped(BODY)(request)
        assert isinstance(whole, web.Response)
        assert isinstance(whole.body, bytes)
        return web.Response(body=whole.body[:-12], headers={"Content-Encoding": "gzip"})

    server.answer("/half", half)
    fetched = await _get(session, server.url("/half"), now)
    assert fetched.body is not None
    assert BODY.startswith(fetched.body)
    assert not fetched.complete


async def test_a_connection_cut_before_the_body_is_a_failure(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/cut", cut(BODY, at=0))
    server.answer("/slam", slam)
    for path, said in (("/cut", "broke off"), ("/slam", "without an answer")):
        with pytest.raises(FetchError, match=said):
            await _get(session, server.url(path), now)


@pytest.mark.parametrize(
    ("encoding", "body", "expected"),
    [
        ("gzip", b"<rss/>", b"<rss/>"),  # labelled, but plain
        ("deflate", b"<rss/>", b"<rss/>"),
        ("identity", b"<rss/>", b"<rss/>"),
        ("br", b"\x8b\x02\x80", None),
        ("gzip", b"\x1f\x8bnot really gzip", None),
    ],
)
async def test_false_encodings_are_seen_through_or_named(
    *,
    encoding: str,
    body: bytes,
    expected: bytes | None,
    server: FeedServer,
    session: aiohttp.ClientSession,
    now: datetime,
) -> None:
    server.answer("/feed", document(body, headers={"Content-Encoding": encoding}))
    if expected is not None:
        assert (await _get(session, server.url("/feed"), now)).body == expected
        return
    with pytest.raises(FetchError, match=r"encoded|damaged"):
        await _get(session, server.url("/feed"), now)


async def test_no_listener_is_a_soft_failure_in_plain_words(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    await server.__aexit__(None, None, None)
    with pytest.raises(FetchError, match="connection refused") as failure:
        await _get(session, server.url("/feed"), now)
    assert failure.value.weight == 0.5


@pytest.mark.parametrize(
    "url", ["", "feed", "file:///etc/passwd", "ftp://x/", "http://", "http://[::1", "http://a b/"]
)
async def test_a_bad_url_is_a_hard_failure(
    url: str, session: aiohttp.ClientSession, now: datetime
) -> None:
    with pytest.raises(FetchError) as failure:
        await _get(session, url, now)
    assert failure.value.weight == 1.0


async def test_tls_failures_say_tls(
    session: aiohttp.ClientSession, server: FeedServer, now: datetime
) -> None:
    with pytest.raises(FetchError, match="TLS"):
        await _get(session, server.url("/feed").replace("http:", "https:"), now)


async def test_a_certificate_that_nobody_vouches_for_is_named(now: datetime) -> None:
    async def silence(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.close()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(LOOPBACK)
    async with await asyncio.start_server(silence, "127.0.0.1", 0, ssl=context) as listener:
        port = listener.sockets[0].getsockname()[1]
        guard = AddressGuard([AllowedNetwork.parse(f"127.0.0.1/32:{port}")])
        async with open_session(guard, user_agent="test") as session:
            with pytest.raises(FetchError, match=r"TLS: 127\.0\.0\.1: .*certificate") as failure:
                await _get(session, f"https://127.0.0.1:{port}/", now)
    assert failure.value.weight == 0.5


async def test_what_is_not_http_is_named(
    session: aiohttp.ClientSession, server: FeedServer, now: datetime
) -> None:
    async def mumble(request: web.BaseRequest) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"220 mail.example.org ESMTP\r\n\r\n")
        request.transport.close()
        return web.Response()

    server.answer("/feed", mumble)
    with pytest.raises(FetchError, match="not HTTP"):
        await _get(session, server.url("/feed"), now)


async def test_one_hanging_server_holds_up_no_other_feed(
    server: FeedServer, session: aiohttp.ClientSession, now: datetime
) -> None:
    server.answer("/hang", hang)
    server.publish("/feed", BODY)
    hanging = [asyncio.ensure_future(_get(session, server.url("/hang"), now)) for _ in range(20)]
    try:
        limits = FetchLimits(total=timedelta(seconds=5))
        assert (await _get(session, server.url("/feed"), now, limits=limits)).body == BODY
    finally:
        for task in hanging:
            task.cancel()
        await asyncio.gather(*hanging, return_exceptions=True)


def test_temporary_dns_weighs_less_than_an_unknown_name() -> None:
    assert _dns(socket.gaierror(socket.EAI_AGAIN, ""), "x").weight == 0.25
    assert _dns(socket.gaierror(socket.EAI_NONAME, ""), "x").weight == 0.5
