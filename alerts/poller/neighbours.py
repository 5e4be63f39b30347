"""With whom does a feed take turns, and whose pause holds it?  Pure.

Publishers see one visitor, however many of their feeds are followed: what a host, or all hosts of
one registrable domain, must bear together is bounded.  Hosts of one's own (no public name, no public
address) are often bridges that serve many publishers: there each feed stands for itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import ip_address
from types import MappingProxyType
from urllib.parse import urlsplit

from alerts.model import Feed

#: FEEDS.md, Politeness: so many polls of one domain at once, and so long between two starts.
AT_ONCE = 2
APART = timedelta(seconds=2)
#: Where turns are not taken one host may still not hold all polls that may be under way.
AT_ONCE_ALONE = 25

# Names that no public server has: RFC 6761, RFC 6762, RFC 8375, and ICANN's `.internal`.
_PRIVATE_NAMES = (".localhost", ".local", ".home.arpa", ".internal")
_ALONE = "feed"
_DOMAIN = "domain"


@dataclass(frozen=True, slots=True, kw_only=True)
class Circle:
    """Feeds that take turns."""

    #: A registrable domain, or a host that stands for itself.
    name: str
    at_once: int = AT_ONCE
    #: Between the starts of two polls.
    apart: timedelta = APART


@dataclass(frozen=True, slots=True, kw_only=True)
class Neighbours:
    """The company that a feed is in; many feeds share one of these."""

    circle: Circle
    #: Under which name a pause (Retry-After) that this feed is told to make is kept; empty: it holds
    #: nobody else.
    pauses: str
    #: The names whose pauses hold this feed.
    held_by: tuple[str, ...]


def host_of(url: str) -> str:
    """Return the host of *url* in lower case, or nothing where it has none."""
    try:
        return (urlsplit(url).hostname or "").rstrip(".")
    except ValueError:
        return ""


def is_private(host: str) -> bool:
    """Tell whether *host* is nobody's on the public internet, as far as its name says."""
    try:
        return not ip_address(host).is_global
    except ValueError:
        return "." not in host or host.endswith(_PRIVATE_NAMES)


def registrable_domains(hosts: Iterable[str]) -> dict[str, str]:
    """Return the registrable domain of each host: what one publisher registered.

    A host that has none (an address, a public suffix itself) stands for itself.
    """
    # Late and for one call: the list takes 2.5 MB and 35 ms, and few need it between two edits.
    from publicsuffixlist import PublicSuffixList  # noqa: PLC0415

    suffixes = PublicSuffixList()
    return {host: _registrable(host, suffixes.privatesuffix(host)) for host in set(hosts)}


def _registrable(host: str, domain: str | None) -> str:
    try:
        ip_address(host)
    except ValueError:
        return domain or host
    return host


def neighbours_of(
    feeds: Sequence[Feed], polled_at: Mapping[str, str] = MappingProxyType({})
) -> dict[str, Neighbours]:
    """Return the company of each feed, by its URL; *polled_at* says where it has moved to."""
    hosts = {feed.url: host_of(polled_at.get(feed.url, feed.url)) for feed in feeds}
    public = {host for host in hosts.values() if not is_private(host)}
    domains = registrable_domains(public) if public else {}
    known: dict[tuple[str, str], Neighbours] = {}
    found = {}
    for feed in feeds:
        key = (hosts[feed.url], feed.rate_limit_scope)
        if key not in known:
            known[key] = _neighbours(*key, domains)
        found[feed.url] = known[key]
    return found


def _neighbours(host: str, scope: str, domains: Mapping[str, str]) -> Neighbours:
    domain = domains.get(host)
    if scope == _ALONE or domain is None:
        alone = Circle(name=host, at_once=AT_ONCE_ALONE, apart=timedelta(0))
        return Neighbours(circle=alone, pauses="", held_by=())
    # As certificates write it: the domain and every host in it.
    everybody = f"*.{domain}"
    return Neighbours(
        circle=Circle(name=domain),
        pauses=everybody if scope == _DOMAIN else host,
        held_by=(host, everybody),
    )
