"""Which addresses may we connect to?  Public ones, and the private ones an operator allowed.

The guard is the connector's socket factory: there it sees the final address of every hop, also of
an IP literal (for which no resolver is asked), of a redirect, and of a name that resolves
differently the second time.  What a URL looks like is not its subject (`alerts.feeds.fetch`).
"""

from __future__ import annotations

import errno
import socket
from collections.abc import Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from typing import Any

from alerts.errors import AddressRefusedError
from alerts.settings import AllowedNetwork

#: What `getaddrinfo` says of an address: family, type, protocol, canonical name, socket address.
AddressInfo = tuple[int | socket.AddressFamily, int | socket.SocketKind, int, str, tuple[Any, ...]]

DEFAULT_PORTS = frozenset({80, 443})

# IANA hands out global unicast from here alone (RFC 4291, 2.4).  A list of what is allowed leaves
# out by itself fec0::/10, ::a.b.c.d, 64:ff9b:1::/48 and whatever is invented next; `is_global`
# is True for all of these in some release of Python.
_UNICAST6 = IPv6Network("2000::/3")
_NOT_PUBLIC6 = (
    IPv6Network("2001::/23"),  # protocol assignments; Teredo is unwrapped before
    IPv6Network("2001:db8::/32"),  # documentation
    IPv6Network("3fff::/20"),  # documentation, RFC 9637
)
_NOT_PUBLIC4 = (
    IPv4Network("192.0.0.0/24"),  # protocol assignments; is_global for 192.0.0.8
    IPv4Network("192.88.99.0/24"),  # 6to4 relays, RFC 7526
)
_NAT64 = IPv6Network("64:ff9b::/96")


class AddressGuard:
    """Lets connections out to public addresses on ports 80 and 443, and to what is allowed."""

    def __init__(self, allowed: Sequence[AllowedNetwork] = ()) -> None:
        self._allowed = tuple(allowed)

    def check(self, address: str, port: int) -> None:
        """Return if a connection to *address* (a literal, never a name) and *port* may be made.

        Raises:
            AddressRefusedError: it may not; the text says how an operator allows it.
        """
        try:
            literal = ip_address(address)
        except ValueError:
            raise _refusal(f"{address} is not an IP address") from None
        inside = _unwrapped(literal)
        if self._allows(literal, port) or all(self._allows(each, port) for each in inside):
            return
        if not all(map(_is_public, inside)):
            raise _refusal(f"{literal} is not a public address; {_way_out(literal, port)}")
        if port not in DEFAULT_PORTS:
            raise _refusal(f"port {port} is neither 80 nor 443; {_way_out(literal, port)}")

    def socket_factory(self, info: AddressInfo) -> socket.socket:
        """Return a socket for *info*; what `aiohttp.TCPConnector(socket_factory=...)` calls.

        Raises:
            AddressRefusedError: before a socket exists.
        """
        family, kind, protocol, _, (address, port, *_) = info
        if family not in (socket.AF_INET, socket.AF_INET6):
            raise _refusal("neither IPv4 nor IPv6")
        self.check(address, port)
        return socket.socket(family, kind, protocol)

    def _allows(self, address: IPv4Address | IPv6Address, port: int) -> bool:
        return any(network.holds(address, port) for network in self._allowed)


def _unwrapped(
    address: IPv4Address | IPv6Address,
) -> tuple[IPv4Address | IPv6Address, ...]:
    """Return where packets to *address* end up: the IPv4 address or addresses inside, or itself."""
    if isinstance(address, IPv4Address):
        return (address,)
    if address.ipv4_mapped is not None:
        return (address.ipv4_mapped,)
    if address in _NAT64:
        return (IPv4Address(int(address) & 0xFFFF_FFFF),)
    if address.sixtofour is not None:
        return (address.sixtofour,)
    return address.teredo or (address,)


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if not address.is_global or address.is_multicast:
        return False
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC4)
    return address in _UNICAST6 and not any(address in network for network in _NOT_PUBLIC6)


def _way_out(address: IPv4Address | IPv6Address, port: int) -> str:
    bare = str(address).partition("%")[0]
    allowed = f"{bare}/32" if address.version == 4 else f"[{bare}/128]"
    return f"add {allowed}:{port} to TOCSIN_ALLOW_NETWORKS to allow it"


def _refusal(reason: str) -> AddressRefusedError:
    error = AddressRefusedError(f"refused to connect: {reason}")
    # When every address of a name fails, the connector joins the texts and keeps the class of
    # none, but it does keep an errno that all have in common.
    error.errno = errno.EACCES
    return error
