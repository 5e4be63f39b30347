#!/usr/bin/env python3
"""Does the Tocsin of this container answer?  Exit code 0: it does; 1: it does not, and why.

What HEALTHCHECK runs every half minute.  The standard library alone: it starts in 0.1 s and keeps
working when the application cannot be imported.
"""

from __future__ import annotations

import http.client
import os
import sys

#: Shorter than HEALTHCHECK's own limit, so that a hang is told in our words.
TIMEOUT_SECONDS = 4.0

#: Addresses that mean "every address of this machine" cannot be connected to everywhere.
_LOOPBACK = {"": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::": "::1"}  # noqa: S104 - compared only


def ailment(listen: str) -> str:
    """Return why the instance that listens on *listen* (HOST:PORT) is not healthy, or nothing."""
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    connection = http.client.HTTPConnection(
        _LOOPBACK.get(host, host), int(port), timeout=TIMEOUT_SECONDS
    )
    try:
        connection.request("GET", "/healthz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return f"no answer on {listen}: {error or type(error).__name__}"
    finally:
        connection.close()
    return "" if status == http.client.OK else f"/healthz on {listen} answered {status}"


if __name__ == "__main__":
    sys.exit(ailment(os.environ.get("TOCSIN_LISTEN") or "127.0.0.1:8080") or 0)
