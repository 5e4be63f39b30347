"""Does a feed name a hub, and what does it call itself there?  Pure.

WebSub, 4: the Link headers of the answer first, then what stands in the document.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import urlsplit

from alerts.feeds.fetch import Fetched
from alerts.feeds.links import http_url
from alerts.feeds.parsed import ParsedFeed

# RFC 8288, 3.  Possessive throughout: a header of 8 KB must not cost more than one reading.
_LINK = re.compile(r"<([^<>]*+)>((?:\s*+;[^;,\"]*+(?:\"(?:[^\"\\]|\\.)*+\"[^;,\"]*+)?+)*+)")
_PARAMETER = re.compile(r";\s*+([^\s=;,\"]++)\s*+=\s*+(?:\"((?:[^\"\\]|\\.)*+)\"|([^\s;,\"]++))")
_MOST_LINKS = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Advert:
    """A hub, and the name that a feed has there; both absolute."""

    hub: str
    topic: str


def advertised(feed: str, fetched: Fetched, parsed: ParsedFeed) -> Advert | None:
    """Return the first hub that *feed* named; None: it named none that can be used.

    A feed behind a login is its subscriber's own: no hub could read it, and none is told of it.
    """
    if urlsplit(feed).username is not None:
        return None
    said = _links(fetched.links)
    named = (http_url(hub, fetched.url) for hub in (*said.get("hub", ()), *parsed.hubs))
    hub = next(filter(None, named), "")
    if not hub:
        return None
    # The Recommendation wants a self link; many feeds have none, and mean the address they are at.
    own = next(iter(said.get("self", ())), "") or parsed.self_url
    return Advert(hub=hub, topic=http_url(own, fetched.url) or fetched.url)


def _links(headers: Iterable[str]) -> Mapping[str, list[str]]:
    found: dict[str, list[str]] = {}
    for header in headers:
        for link in list(_LINK.finditer(header))[:_MOST_LINKS]:
            for name in _relations(link[2]):
                found.setdefault(name, []).append(link[1])
    return found


def _relations(parameters: str) -> list[str]:
    """Return the link's relations; RFC 8288, 3.3: the first `rel` counts."""
    for name, quoted, bare in _PARAMETER.findall(parameters):
        if name.lower() == "rel":
            return str(quoted or bare).lower().split()
    return []
