"""Addresses that feeds give: made absolute, kept to http and https.  Pure."""

from __future__ import annotations

import re
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

#: Nothing longer is a link; browsers and chats give up earlier.
LONGEST_LINK = 4000
_CONTROLS = re.compile("[\x00-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
# What would end a link early where it is shown, or an attribute where it is rendered.
_UNSAFE = re.compile(r"[\s\"'<>`\\{}|^]")


def http_url(link: str, base: str) -> str:
    """Return *link*, resolved against *base*, if a person could open it; else nothing.

    User and password are dropped: `https://bbc.co.uk@evil.example/` is there to deceive.
    """
    link = _CONTROLS.sub("", link.strip())
    if not link or len(link) > LONGEST_LINK:
        return ""
    try:
        parts = urlsplit(urljoin(base, link))
        host, _ = parts.hostname, parts.port
    except ValueError:
        return ""
    if parts.scheme not in ("http", "https") or not host or _UNSAFE.search(parts.netloc):
        return ""
    parts = parts._replace(netloc=parts.netloc.rpartition("@")[2])
    return _UNSAFE.sub(lambda found: quote(found[0]), urlunsplit(parts))
