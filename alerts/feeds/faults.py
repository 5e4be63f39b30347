"""What went wrong on the way, in an operator's words: the client's exceptions become ours, once.

No text here repeats a URL: it may hold a password.  Hosts and addresses are named.
"""

from __future__ import annotations

import errno
import os
import socket
import ssl

import aiohttp

from alerts.errors import AddressRefusedError, FeedError, FetchError, UnreachableError
from alerts.feeds.status import HARD, SOFT

#: A resolver that cannot answer now says nothing against the feed (FEEDS.md).
TEMPORARY_DNS = 0.25


def translate(error: Exception, host: str) -> FeedError:
    """Return our error for what the client raised while asking *host*."""
    match error:
        case aiohttp.ClientConnectorError():
            return _unconnected(error, host)
        case aiohttp.InvalidURL() | ValueError():
            return FetchError("the URL is not valid for a request", weight=HARD)
        case TimeoutError():
            return UnreachableError(f"no connection with {host} in time")
        case aiohttp.ServerDisconnectedError():
            return UnreachableError(f"{host} closed the connection without an answer")
        case aiohttp.ClientPayloadError():
            return FetchError(f"{host} broke off its answer")
        case aiohttp.ClientResponseError():
            return FetchError(f"{host} answered something that is not HTTP")
        case OSError():
            return UnreachableError(f"the connection with {host} broke: {_reason(error)}")
        case _:
            return UnreachableError(f"the connection with {host} failed: {type(error).__name__}")


def _unconnected(error: aiohttp.ClientConnectorError, host: str) -> FeedError:
    match error:
        case aiohttp.ClientConnectorCertificateError():
            return FetchError(f"TLS: {host}: {_certificate(error.certificate_error)}")
        case aiohttp.ClientConnectorDNSError():
            return _dns(error.os_error, host)
        case aiohttp.ClientSSLError():
            return FetchError(f"TLS: no secure connection with {host}: {_reason(error.os_error)}")
        case _:
            return _connection(error.os_error, host)


def _certificate(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return error.verify_message
    return "the certificate is not valid"


def _dns(error: OSError, host: str) -> UnreachableError:
    if isinstance(error, socket.gaierror) and error.errno == socket.EAI_AGAIN:
        return UnreachableError(f"no answer about {host} for now (DNS)", weight=TEMPORARY_DNS)
    return UnreachableError(f"no address for {host} (DNS)", weight=SOFT)


def _connection(error: OSError, host: str) -> FeedError:
    # The guard's mark; see `alerts.feeds.guard` on why not by class alone.
    if isinstance(error, AddressRefusedError) or error.errno == errno.EACCES:
        text = str(error.strerror or error).removeprefix("Multiple exceptions: ")
        return AddressRefusedError(f"{host}: {text}")
    return UnreachableError(f"no connection with {host}: {_reason(error)}")


def _reason(error: OSError) -> str:
    if isinstance(error, ssl.SSLError):
        return str(error.reason or "handshake failed").replace("_", " ").lower()
    if error.errno is not None and error.errno > 0:
        return os.strerror(error.errno).lower()
    return "the connection failed"
