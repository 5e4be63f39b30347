"""What every format's item goes through at the end: cleaned, measured, or found to be nothing."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from alerts.feeds.clean import shorten, tidy, words
from alerts.feeds.parsed import ParsedItem

TITLE_LENGTH = 1_000
SUMMARY_LENGTH = 20_000
CONTENT_LENGTH = 200_000
_AUTHOR_LENGTH = 500
_TAG_LENGTH = 200
_TAGS = 100
#: A longer one identifies nothing; cut, two could become one.  The next identity rule serves.
_GUID_LENGTH = 2_000
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[a-z0-9]{1,8})*")


@dataclass(frozen=True, slots=True, kw_only=True)
class RawItem:
    """An item as a format gives it: the texts are words already, the rest is not yet checked."""

    guid: str
    link: str
    title: str
    summary: str
    content: str
    author: str
    tags: Iterable[str]
    language: str
    published_at: datetime | None
    updated_at: datetime | None
    mark: str = ""


def finished(raw: RawItem) -> ParsedItem | None:
    """Return *raw* within bounds, or None if it says nothing at all."""
    guid = tidy(raw.guid)
    summary, content = _apart(raw.summary, raw.content)
    if not (raw.title or summary or content or raw.link):
        return None
    return ParsedItem(
        guid=guid if len(guid) <= _GUID_LENGTH else "",
        link=raw.link,
        title=shorten(raw.title, TITLE_LENGTH),
        summary=shorten(summary, SUMMARY_LENGTH),
        content=shorten(content, CONTENT_LENGTH),
        author=shorten(words(raw.author, markup=False), _AUTHOR_LENGTH),
        tags=_tags(raw.tags),
        language=raw.language,
        published_at=raw.published_at,
        updated_at=raw.updated_at,
        mark=raw.mark,
    )


def language(tag: str) -> str:
    """Return a BCP 47 tag in lower case; nothing for what is none."""
    tag = tag.strip().lower().replace("_", "-")
    return tag if len(tag) <= 35 and _LANGUAGE.fullmatch(tag) else ""


def _apart(summary: str, content: str) -> tuple[str, str]:
    """Keep a text that came as both only once: as the summary, unless it is too long for one."""
    if summary != content:
        return summary, content
    return (summary, "") if len(summary) <= SUMMARY_LENGTH else ("", content)


def _tags(tags: Iterable[str]) -> tuple[str, ...]:
    cleaned = (words(tag, markup=False)[:_TAG_LENGTH] for tag in tags)
    return tuple(dict.fromkeys(filter(None, cleaned)))[:_TAGS]
