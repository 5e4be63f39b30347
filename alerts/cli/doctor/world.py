"""Can the world reach our pages, and is our clock right?"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final

import aiohttp
from yarl import URL

from alerts.cli.doctor.findings import Finding, ok, problem, warning

#: Deliveries are due by our clock, articles dated by others'.
_WRONG: Final = timedelta(seconds=30)
_TIMEOUT: Final = aiohttp.ClientTimeout(total=8)


async def public_url(url: str | None, session: aiohttp.ClientSession) -> AsyncIterator[Finding]:
    """Ask for our own page of health where links in mails point."""
    about = "public url"
    if url is None:
        yield ok(about, "TOCSIN_PUBLIC_URL is not set: mails have no links, hubs do not push")
        return
    if URL(url).scheme != "https":
        advice = "put a proxy with TLS in front: mail programs and hubs insist on it"
        yield warning(about, f"{url} is not https", advice)
    try:
        # Not through the guard: it is our own address, and may well be a private one.
        async with session.get(
            URL(url) / "healthz", allow_redirects=False, timeout=_TIMEOUT
        ) as response:
            if response.status == 200:
                yield ok(about, f"{url} answers")
            else:
                advice = "does the proxy pass /healthz on to TOCSIN_LISTEN?"
                yield warning(about, f"{url}healthz answered {response.status}", advice)
    except (aiohttp.ClientError, OSError) as error:
        advice = "is `tocsin run` up, and the name known here?"
        yield warning(about, f"{url} does not answer from here: {_reason(error)}", advice)


async def clock(
    urls: list[str], session: aiohttp.ClientSession, now: Callable[[], datetime]
) -> AsyncIterator[Finding]:
    """Compare our clock with the Date of the first of *urls* that answers; any answer will do."""
    about = "clock"
    for url in urls:
        theirs = await _date(url, session)
        if theirs is None:
            continue
        # The header counts whole seconds; the answer's way is not worth a correction.
        off = now() - theirs
        if abs(off) > _WRONG:
            words = (
                f"it is {abs(off).total_seconds():,.0f} s {'ahead' if off > _WRONG else 'behind'}"
            )
            yield problem(about, f"{words} of {URL(url).host}", "switch time synchronisation on")
        else:
            yield ok(about, f"as {URL(url).host} has it")
        return
    yield ok(about, "compared with nobody: no server was asked, or none answered")


async def _date(url: str, session: aiohttp.ClientSession) -> datetime | None:
    try:
        async with session.get(url, allow_redirects=False, timeout=_TIMEOUT) as response:
            date = parsedate_to_datetime(response.headers["Date"])
    except (aiohttp.ClientError, OSError, KeyError, ValueError):
        return None
    return date if date.tzinfo is not None else None


def _reason(error: Exception) -> str:
    if isinstance(error, TimeoutError):
        return "no answer in time"
    cause = getattr(error, "os_error", error)
    return str(getattr(cause, "strerror", None) or type(error).__name__).lower()
