"""Did the hub that we asked send this?  Pure.

WebSub, 8: `X-Hub-Signature: method=hex`, an HMAC of the body with the secret of the agreement.
"""

from __future__ import annotations

import hmac

#: WebSub, 8.1.  sha1 is old, and still what the large hubs sign with; an HMAC of it is not broken.
_METHODS = frozenset({"sha1", "sha256", "sha384", "sha512"})


def is_signed(body: bytes, header: str, secret: str) -> bool:
    """Tell whether *header* signs *body* with *secret*; compared in constant time."""
    method, _, given = header.strip().partition("=")
    method = method.strip().lower()
    if method not in _METHODS:
        return False
    expected = hmac.new(secret.encode(), body, method).hexdigest()
    return hmac.compare_digest(expected.encode(), given.strip().lower().encode())
