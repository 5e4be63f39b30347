"""A feed as an entry of a rule file, and as an outline of a list.  Pure.

Only words are made here: whether an entry may stand in a rule file is the loader's to say.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from urllib.parse import urlsplit

from alerts.feeds.opml import OWN_KEYS, OutlinedFeed
from alerts.model import Feed
from alerts.watchlists.layout.quoting import spellings

#: Keys and values of a feed in a rule file, in the order of the format (docs/rule-files.md).
Entry = Mapping[str, "str | tuple[str, ...]"]

_KEYS = ("url", "publisher", "country", "reliability", "tags", "language", *OWN_KEYS[2:])
#: What the format wants as a number or as true, and not as a text that looks like one.
_BARE = {"backfill": str.isdecimal, "full_text": {"true", "false"}.__contains__}
_UNITS = (("d", timedelta(days=1)), ("h", timedelta(hours=1)), ("m", timedelta(minutes=1)))


def outlined(feed: Feed) -> OutlinedFeed:
    """Return *feed* as a list names it, without its login: lists are handed around."""
    backfill = feed.backfill
    past = ""
    if backfill is not None:
        past = _exactly(backfill.age) if backfill.age is not None else str(backfill.items)
    own = {
        "country": feed.country,
        "reliability": feed.reliability,
        "interval": _exactly(feed.interval) if feed.interval is not None else "",
        "priority": "high" if feed.priority else "",
        "rate_limit_scope": "" if feed.rate_limit_scope == "host" else feed.rate_limit_scope,
        "backfill": past,
        "full_text": "true" if feed.full_text else "",
    }
    return OutlinedFeed(
        url=_without_login(feed.url),
        name=feed.publisher,
        language=feed.language,
        tags=feed.tags,
        own={key: value for key, value in own.items() if value},
    )


def entry_of(feed: OutlinedFeed) -> Entry:
    """Return what a rule file says of *feed*."""
    given: dict[str, str | tuple[str, ...]] = {
        "url": feed.url,
        "publisher": feed.name,
        "tags": feed.tags,
        "language": feed.language,
        **feed.own,
    }
    return {key: given[key] for key in _KEYS if given.get(key)}


def written(entry: Entry, *, indent: str = "") -> list[str]:
    """Return the lines of *entry* as an item of the list `feeds:`."""
    lines = [f"{key}: {_written(key, value)}" for key, value in entry.items()]
    return [f"{indent}{'  ' if number else '- '}{line}" for number, line in enumerate(lines)]


def document(entries: Iterable[Entry]) -> str:
    """Return a whole rule file of *entries*."""
    blocks = ["\n".join(written(entry, indent="  ")) for entry in entries]
    return "version: 1\n\nfeeds:\n" + "\n\n".join(blocks) + "\n"


def _written(key: str, value: str | tuple[str, ...]) -> str:
    if not isinstance(value, str):
        return f"[{', '.join(spellings(each)[1] for each in value)}]"
    bare = _BARE.get(key)
    return value if bare is not None and bare(value) else spellings(value)[0]


def _without_login(url: str) -> str:
    """Return *url* letter for letter, but for user and password."""
    authority = urlsplit(url).netloc
    return url.replace(f"//{authority}", f"//{authority.rpartition('@')[2]}", 1)


def _exactly(span: timedelta) -> str:
    """Return *span* in the largest unit that leaves nothing over."""
    for unit, length in _UNITS:
        if span % length == timedelta(0):
            return f"{span // length}{unit}"
    return f"{span // timedelta(seconds=1)}s"
