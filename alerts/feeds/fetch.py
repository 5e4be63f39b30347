"""Ask a server for a document, believing nothing it says about size, time or place.

One request with at most five redirects, each hop through the address guard.  A redirect from https
to http is followed, because publishers do that, but never with credentials, and such an address is
never reported as permanent.  What the bytes mean is `alerts.feeds.parse`'s.
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import NoReturn

import aiohttp
from aiohttp.abc import AbstractResolver
from yarl import URL

from alerts.errors import FetchError, GoneError, UnreachableError
from alerts.feeds import headers, inflate
from alerts.feeds.faults import translate
from alerts.feeds.guard import AddressGuard
from alerts.feeds.status import (
    HARD,
    PERMANENT_REDIRECTS,
    RETRY_AFTER,
    SOFT,
    Decision,
    decide,
    describe,
)

ACCEPT = (
    "application/rss+xml, application/atom+xml, application/feed+json, application/rdf+xml;q=0.9,"
    " application/xml;q=0.8, text/xml;q=0.8, application/json;q=0.7, */*;q=0.1"
)
_CHUNK = 64 * 1024
_CONNECTIONS = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchLimits:
    """How much one poll may cost (FEEDS.md, Getting it)."""

    #: For name, connection and TLS together.
    connect: timedelta = timedelta(seconds=10)
    #: For everything, redirects and body included.
    total: timedelta = timedelta(seconds=30)
    wire_bytes: int = 2 * 1024 * 1024
    decoded_bytes: int = 8 * 1024 * 1024
    redirects: int = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchRequest:
    """What to ask for; validators exactly as a server gave them, empty: none."""

    #: May hold user:password; both stay with the origin they are for.
    url: str
    etag: str = ""
    last_modified: str = ""
    #: Media types; empty: those of feeds.
    accept: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fetched:
    """A good answer: a document (200) or "as before" (304)."""

    status: int
    #: Where it came from in the end, without credentials.
    url: str
    #: Where the feed has moved to for good: every redirect on the way was a 301 or 308.
    permanent_url: str | None = None
    #: Decoded; None for a 304.
    body: bytes | None = None
    #: False: the connection broke in the middle; validators and hash of such a body are worthless.
    complete: bool = True
    #: To be stored: this answer's, or for a 304 that names none those that were sent.
    etag: str = ""
    last_modified: str = ""
    #: The header as it came: media type and, perhaps, a charset.
    content_type: str = ""
    #: How long the publisher calls it fresh (Cache-Control, Expires).
    fresh_for: timedelta | None = None
    wire_bytes: int = 0
    decoded_bytes: int = 0
    #: The Link headers as they came (WebSub, 4), and what X-Robots-Tag says.
    links: tuple[str, ...] = ()
    robots: str = ""


def open_session(
    guard: AddressGuard,
    *,
    user_agent: str,
    resolver: AbstractResolver | None = None,
    traces: Sequence[aiohttp.TraceConfig] = (),
) -> aiohttp.ClientSession:
    """Return the one client that everything outward shares; the caller closes it.

    It keeps no cookies, reads no proxy or password from the environment, and asks for gzip and
    deflate only (brotli: CVE-2025-6176).  *traces* watch what is sent and received
    (`tocsin feeds poll --explain`).
    """
    return aiohttp.ClientSession(
        connector=aiohttp.TCPConnector(
            limit=_CONNECTIONS, socket_factory=guard.socket_factory, resolver=resolver
        ),
        cookie_jar=aiohttp.DummyCookieJar(),
        trust_env=False,
        auto_decompress=False,
        trace_configs=list(traces),
        headers={"User-Agent": user_agent, "Accept": ACCEPT, "Accept-Encoding": "gzip, deflate"},
    )


async def fetch(
    session: aiohttp.ClientSession,
    request: FetchRequest,
    *,
    now: datetime,
    limits: FetchLimits = FetchLimits(),
) -> Fetched:
    """Return the document at *request*, or that it is as before.

    Raises:
        FetchError: no usable answer; the text is one line and holds no credentials.
        UnreachableError: no answer at all.
        GoneError: 410.
        AddressRefusedError: the guard refused; nothing was sent.
    """
    try:
        async with asyncio.timeout(limits.total.total_seconds()) as deadline:
            return await _follow(session, request, limits, now)
    except TimeoutError:
        if not deadline.expired():
            raise
        seconds = limits.total.total_seconds()
        raise UnreachableError(f"no complete answer within {seconds:g} s") from None


async def _follow(
    session: aiohttp.ClientSession, request: FetchRequest, limits: FetchLimits, now: datetime
) -> Fetched:
    url, permanent = _checked(request.url), True
    for hop in range(limits.redirects + 1):
        response = await _ask(session, url, request, limits)
        async with response:
            if decide(response.status) is not Decision.REDIRECT:
                moved = _bare(url) if hop and permanent else None
                return await _read(response, request, limits, moved=moved, now=now)
            target = _target(url, response)
        permanent &= response.status in PERMANENT_REDIRECTS
        permanent &= target.scheme >= url.scheme  # http < https: a step down is not for good
        url = target
    raise FetchError(f"more than {limits.redirects} redirects")


async def _ask(
    session: aiohttp.ClientSession, url: URL, request: FetchRequest, limits: FetchLimits
) -> aiohttp.ClientResponse:
    connect = limits.connect.total_seconds()
    asked = {
        "If-None-Match": request.etag,
        "If-Modified-Since": request.last_modified,
        "Accept": request.accept,
    }
    try:
        return await session.get(
            url,
            headers={name: value for name, value in asked.items() if headers.is_sendable(value)},
            allow_redirects=False,
            timeout=aiohttp.ClientTimeout(total=None, connect=connect, sock_connect=connect),
        )
    except (aiohttp.ClientError, OSError, ValueError) as error:
        raise translate(error, url.host or "") from error


def _checked(address: str, *, base: URL | None = None) -> URL:
    """Return *address* as a URL that may be asked for; with *base* it is a redirect's target."""
    subject = "the URL" if base is None else "the target of the redirect"
    try:
        url = URL(address.strip())
        url = url if base is None else base.join(url)
        if url.scheme in ("http", "https") and url.port and url.host and " " not in url.host:
            return url.with_fragment(None)
    except ValueError:
        raise FetchError(f"{subject} is not a valid URL", weight=HARD) from None
    raise FetchError(f"{subject} is neither http nor https", weight=HARD)


def _target(url: URL, response: aiohttp.ClientResponse) -> URL:
    """Return where the redirect leads; credentials go along within the origin only."""
    location = response.headers.get("Location", "")
    if not location:
        raise FetchError(f"the server answered {describe(response.status)} without saying where")
    target = _checked(location, base=url).with_user(None)
    if target.origin() == url.origin():
        return target.with_user(url.user).with_password(url.password)
    return target


def shown_url(address: str) -> str:
    """Return *address* without user and password: fit for logs, pages and messages."""
    try:
        return _bare(URL(address))
    except ValueError:
        return "(not a URL)"


def _bare(url: URL) -> str:
    # Most have no user, and a new URL takes as long as all else that is done with an answer.
    return str(url if url.raw_user is None else url.with_user(None))


async def _read(
    response: aiohttp.ClientResponse,
    request: FetchRequest,
    limits: FetchLimits,
    *,
    moved: str | None,
    now: datetime,
) -> Fetched:
    decision = decide(response.status)
    conditional = bool(request.etag or request.last_modified)
    if decision is Decision.NOT_MODIFIED and conditional:
        body, wire, complete = None, 0, True
    elif decision is Decision.DOCUMENT:
        body, wire, complete = await _body(response, limits)
    else:
        _fail(response, decision, now)
    etag = headers.validator(response.raw_headers, b"etag")
    last_modified = headers.validator(response.raw_headers, b"last-modified")
    return Fetched(
        status=304 if body is None else 200,
        url=_bare(response.url),
        permanent_url=moved,
        body=body,
        complete=complete,
        etag=etag or (request.etag if body is None else ""),
        last_modified=last_modified or (request.last_modified if body is None else ""),
        content_type=response.headers.get("Content-Type", ""),
        fresh_for=headers.fresh_for(response.headers, now=now),
        wire_bytes=wire,
        decoded_bytes=len(body or b""),
        links=tuple(response.headers.getall("Link", ())),
        robots=", ".join(response.headers.getall("X-Robots-Tag", ())),
    )


def _fail(response: aiohttp.ClientResponse, decision: Decision, now: datetime) -> NoReturn:
    message = f"the server answered {describe(response.status)}"
    if decision is Decision.GONE:
        raise GoneError(message)
    if headers.is_challenge(response.headers):
        message += ": a challenge of the publisher's bot protection"
    wait = None
    if response.status in RETRY_AFTER:
        wait = headers.retry_after(response.headers.get("Retry-After", ""), now=now)
    weight = HARD if decision is Decision.HARD_FAILURE else SOFT
    raise FetchError(message, weight=weight, retry_after=wait)


async def _body(response: aiohttp.ClientResponse, limits: FetchLimits) -> tuple[bytes, int, bool]:
    """Return the decoded body, its bytes on the wire, and whether it is whole."""
    if (response.content_length or 0) > limits.wire_bytes:
        raise _too_large(limits.wire_bytes, "on the wire")
    decoded, wire = bytearray(), 0
    try:
        inflater = inflate.Inflater(
            response.headers.get("Content-Encoding", ""), limit=limits.decoded_bytes
        )
        async for chunk in response.content.iter_chunked(_CHUNK):
            wire += len(chunk)
            if wire > limits.wire_bytes:
                raise _too_large(limits.wire_bytes, "on the wire")
            decoded += inflater.feed(chunk)
    except inflate.TooLargeError:
        raise _too_large(limits.decoded_bytes, "decoded") from None
    except (inflate.BrokenEncodingError, aiohttp.ClientError, OSError) as error:
        if not decoded:
            raise _broken(error, response.url.host or "") from error
        return bytes(decoded), wire, False
    return bytes(decoded), wire, inflater.is_complete


def _too_large(limit: int, where: str) -> FetchError:
    return FetchError(f"the document is over {limit / 2**20:g} MB {where}")


def _broken(error: Exception, host: str) -> Exception:
    if isinstance(error, inflate.BrokenEncodingError):
        return FetchError(str(error))
    return translate(error, host)
