"""A page of the web as an article: fetched and read by the code that reads full texts.

It goes out by the guarded client and is parsed in a process that may be killed; nothing is kept.
"""

from __future__ import annotations

import re
from datetime import datetime

import aiohttp

from alerts.feeds.clean import shorten, words
from alerts.feeds.document import decode
from alerts.feeds.fetch import FetchLimits, FetchRequest, fetch
from alerts.feeds.workers import ParserWorkers
from alerts.model import Article
from alerts.text.languages import with_language

#: As of the pages behind summaries (`alerts.poller.full_text`).
LIMITS = FetchLimits(decoded_bytes=4 * 1024 * 1024)
#: What runs in the processes that *pages* are.
WORKER = "alerts.feeds.page_worker"
_ACCEPT = "text/html, application/xhtml+xml;q=0.9"
_LOOK_AT = 100_000
_LONGEST_TITLE = 500
# The title that is shared first: the element often ends with the name of the site.
_TITLES = (
    re.compile(
        r"""<meta\b(?=[^<>]*\bproperty\s*=\s*["']?og:title\b)"""
        r"""[^<>]*?\bcontent\s*=\s*(?:"([^"<>]*)"|'([^'<>]*)')""",
        re.IGNORECASE,
    ),
    re.compile(r"<title\b[^<>]*>([^<]*)()", re.IGNORECASE),
)


async def read_page(
    session: aiohttp.ClientSession, pages: ParserWorkers, url: str, *, now: datetime
) -> Article:
    """Return the article on the page at *url*: its title and its words, by nobody in particular.

    Raises:
        FeedError: it cannot be fetched, or holds no article.
    """
    request = FetchRequest(url=url, accept=_ACCEPT)
    page = await fetch(session, request, now=now, limits=LIMITS)
    assert page.body is not None  # no validators were sent
    parsed = await pages.parse(page.body, url=page.url, content_type=page.content_type)
    found = Article(
        id=page.url,
        url=page.url,
        title=title_of(decode(page.body, page.content_type)),
        content=" ".join(item.content for item in parsed.items),
        seen_at=now,
    )
    return with_language(found)


def title_of(page: str) -> str:
    """Return what the markup *page* calls itself; empty: it does not say."""
    head = page[:_LOOK_AT]
    found = (pattern.search(head) for pattern in _TITLES)
    texts = (one[1] or one[2] for one in found if one)
    titles = (words(text) for text in texts)
    return shorten(next(filter(None, titles), ""), _LONGEST_TITLE)
