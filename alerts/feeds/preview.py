"""What a document says of the feed that it is, before anybody follows it.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from alerts.feeds.identity import faults, identify
from alerts.feeds.parsed import ParsedFeed, ParsedItem
from alerts.model import IdentityRule

_SILENT = timedelta(days=60)
_LACKS = {
    IdentityRule.GUID: ("guid", "guids"),
    IdentityRule.LINK: ("link", "links"),
    IdentityRule.LINK_AND_DATE: ("link with a date", "links with dates"),
    IdentityRule.TITLE_AND_SUMMARY: ("title", "titles"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A feed's document, counted."""

    title: str
    #: BCP 47; empty: neither the feed nor its items say.
    language: str
    #: "rss20", "atom10", "json11", ...
    version: str
    entries: int
    newest_at: datetime | None
    oldest_at: datetime | None
    rule: IdentityRule
    #: Why this rule and none before it.
    why: str
    warnings: tuple[str, ...]


def preview(url: str, feed: ParsedFeed, *, now: datetime) -> Preview:
    """Return what the document *feed* from *url* shows at *now*."""
    dates = [item.published_at for item in feed.items if item.published_at is not None]
    rule = identify(url, feed.items, None).rule
    newest_at = max(dates, default=None)
    return Preview(
        title=feed.title,
        language=feed.language or next((item.language for item in feed.items if item.language), ""),
        version=feed.version,
        entries=len(feed.items),
        newest_at=newest_at,
        oldest_at=min(dates, default=None),
        rule=rule,
        why=why(feed.items, rule),
        warnings=tuple(_warnings(feed, newest_at, undated=len(feed.items) - len(dates), now=now)),
    )


def why(items: Sequence[ParsedItem], rule: IdentityRule) -> str:
    """Say why *rule* tells the articles apart and the rules before it do not."""
    distinct = list(dict.fromkeys(items))
    reasons = []
    for earlier in list(IdentityRule)[: list(IdentityRule).index(rule)]:
        blank, repeated = faults(distinct, earlier)
        one, many = _LACKS[earlier]
        lacks = [f"{blank} without a {one}"] if blank else []
        lacks += [f"{repeated} repeat the {many} of others"] if repeated else []
        if lacks:
            reasons.append(f"of {len(distinct)} items {' and '.join(lacks)}")
    if reasons:
        return "; ".join(reasons)
    if rule is IdentityRule.GUID:
        return (
            "no item, so nothing speaks against it" if not items else "items have ids of their own"
        )
    return "chosen by an earlier document, or because all guids changed while links stayed"


def _warnings(
    feed: ParsedFeed, newest_at: datetime | None, *, undated: int, now: datetime
) -> list[str]:
    found = []
    if not feed.items:
        found.append("it lists nothing now")
    if newest_at is not None and now - newest_at > _SILENT:
        found.append(f"the newest entry is {(now - newest_at).days} days old")
    if newest_at is not None and newest_at > now + timedelta(hours=1):
        found.append("an entry is dated in the future; the time of the poll is taken instead")
    if feed.items and undated:
        found.append(f"{undated} of {len(feed.items)} entries bear no date")
    if feed.skipped:
        found.append(f"{feed.skipped} entries say nothing or are broken, and are left out")
    if feed.truncated:
        found.append("the document stops before its end")
    return found
