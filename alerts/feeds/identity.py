"""Which article is which, over the polls?  Each item's key, by a rule that fits its feed.  Pure.

Publishers are careless with ids: some give none, some the same to all, some new ones every night.
The rule that a feed needs is found in its documents and remembered; when it changes, the keys of
all items do, and the feed's past must not be taken for news (FEEDS.md, What is new).
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from hashlib import sha256

from alerts.feeds.parsed import ParsedItem
from alerts.model import IdentityRule
from alerts.text.canonical import canonical_url

__all__ = ["Identified", "canonical_url", "faults", "identify", "links_stayed", "title_key"]

_RULES = tuple(IdentityRule)
#: More blank or repeated values than this, and a rule does not tell the items apart.
_BAD_SHARE = 0.05
_TITLE_WORDS = 4
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Identified:
    """The items of a document with their keys."""

    rule: IdentityRule
    #: 64 hex digits for each item, in the items' order; equal for items that are one article.
    keys: tuple[str, ...]
    #: The feed had another rule: these keys are not comparable with the stored ones.
    changed: bool


def identify(feed_url: str, items: Sequence[ParsedItem], rule: IdentityRule | None) -> Identified:
    """Return the key of each item, by *rule* or, where that does not tell them apart, a later one.

    *rule* is what the last call returned; None: there was none.
    """
    fitting = _fitting(items, rule or _RULES[0])
    return Identified(
        rule=fitting,
        keys=tuple(_key(feed_url, item, fitting) for item in items),
        changed=rule is not None and fitting is not rule,
    )


def links_stayed(
    items: Sequence[ParsedItem],
    keys: Sequence[str],
    *,
    known_keys: AbstractSet[str],
    known_urls: AbstractSet[str],
) -> bool:
    """Tell whether a publisher gave all its articles new guids overnight.

    *known_urls* are the canonical URLs of the feed's stored articles.  If so, the feed is to be
    identified again by `IdentityRule.LINK`, and taken as a baseline.
    """
    if not items or any(key in known_keys for key in keys):
        return False
    known = sum(1 for item in items if item.link and canonical_url(item.link) in known_urls)
    return known * 2 > len(items)


def faults(items: Sequence[ParsedItem], rule: IdentityRule) -> tuple[int, int]:
    """Count the items that *rule* gives no value, and those whose value another one had first."""
    counts = Counter(_value(item, rule) for item in items)
    blank = counts.pop("", 0)
    return blank, sum(counts.values()) - len(counts)


def title_key(title: str) -> str:
    """Return what the same headline has in common however it is set; nothing below four words."""
    words = _WORD.findall(unicodedata.normalize("NFKC", title).casefold())
    return " ".join(words) if len(words) >= _TITLE_WORDS else ""


def _fitting(items: Sequence[ParsedItem], first: IdentityRule) -> IdentityRule:
    # An article that is listed twice, alike in everything, is no fault of any rule.
    distinct = list(dict.fromkeys(items))
    for rule in _RULES[_RULES.index(first) :]:
        if _bad(distinct, rule) <= _BAD_SHARE * len(distinct):
            return rule
    return _RULES[-1]


def _bad(items: Sequence[ParsedItem], rule: IdentityRule) -> int:
    return sum(faults(items, rule))


def _key(feed_url: str, item: ParsedItem, first: IdentityRule) -> str:
    """Hash feed, rule and value; an item without a value goes by the next rule."""
    for rule in _RULES[_RULES.index(first) :]:
        if value := _value(item, rule):
            break
    return sha256(f"{feed_url}\0{rule}\0{value}".encode("utf-8", "surrogatepass")).hexdigest()


def _value(item: ParsedItem, rule: IdentityRule) -> str:
    match rule:
        case IdentityRule.GUID:
            return item.guid
        case IdentityRule.LINK:
            return canonical_url(item.link)
        case IdentityRule.LINK_AND_DATE:
            link = canonical_url(item.link)
            date = item.published_at.isoformat() if item.published_at else ""
            return f"{link} {date}" if link and date else ""
        case IdentityRule.TITLE_AND_SUMMARY:
            words = (item.title, item.summary or item.content)
            return "\n".join(words) if any(words) else ""
