"""One article, one address: URLs as keys, without what trackers and servers add.  Pure.

A canonical URL is for comparing and not for opening: it takes http for https and www.example.org
for example.org, which publishers mix freely.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

# Only names that say nothing but whence a reader came.  A name that is content on one site and
# tracking on another (cid, src, id) stays: two articles taken for one would lose an alert.
_TRACKERS = re.compile(
    r"(?:utm|at|ns|wt|mtm|pk|piwik|hsa|vero|oly|guce|mc)[._]\w+|_hs\w+|[a-z]{1,3}clid|igshid?|gclsrc"
    r"|[gw]braid|_g[al]|cmp(?:id)?|[inos]cid|ito|xtor|s_cid|sr_share|smid|smtyp|guccounter|mkt_tok"
    r"|ref|ref_?src|referr?er|source|traffic_source|spm",
    re.IGNORECASE,
)
_WWW = re.compile(r"^(?:www\.)+(?=[^.]+\.)")
# RFC 3986, 2.3: these mean the same escaped and bare; all others do not.
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})?")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_DEFAULT_PORTS = (None, 80, 443)


def canonical_url(url: str) -> str:
    """Return what all addresses of one article have in common; nothing for what is no web address.

    Tracking parameters are dropped, the others sorted; so is a fragment that only tracks.  Other
    fragments stay: the entries of a live page differ in nothing else.
    """
    try:
        parts = urlsplit("".join(url.split()))
        port = parts.port
        host = _WWW.sub("", (parts.hostname or "").strip("."))
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host:
        return ""
    host = f"[{host}]" if ":" in host else host
    path = re.sub("/{2,}", "/", _unescaped(parts.path)).rstrip("/")
    query = "&".join(sorted(filter(_is_content, map(_unescaped, parts.query.split("&")))))
    fragment = _unescaped(parts.fragment)
    return "".join(
        (
            f"https://{host}",
            "" if port in _DEFAULT_PORTS else f":{port}",
            path or "/",
            query and f"?{query}",
            f"#{fragment}" if _is_place(fragment) else "",
        )
    )


def _is_content(parameter: str) -> bool:
    name, _, value = parameter.partition("=")
    return bool(name or value) and not _TRACKERS.fullmatch(name)


def _is_place(fragment: str) -> bool:
    """Tell a place in the page from a tracker and from words to highlight (`#:~:text=`)."""
    name, equals, _ = fragment.partition("=")
    return (
        bool(fragment)
        and not fragment.startswith(":~:")
        and not (equals and _TRACKERS.fullmatch(name))
    )


def _unescaped(text: str) -> str:
    """Return *text* with each escape in its one form; a "%" that escapes nothing becomes %25."""
    return _ESCAPE.sub(_one_form, text)


def _one_form(escape: re.Match[str]) -> str:
    if escape[1] is None:
        return "%25"
    character = chr(int(escape[1], 16))
    return character if character in _UNRESERVED else f"%{escape[1].upper()}"
