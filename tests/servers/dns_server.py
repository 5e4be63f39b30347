"""A name server on loopback, over UDP, that knows what it is told.

async with DnsServer() as server:
    server.records["example.org", "TXT"] = ["v=spf1 -all"]
    ... server.address ...                       # ("127.0.0.1", port)

A name with any record, its own or one of a name below it, exists; every other one is NXDOMAIN.
"""

from __future__ import annotations

import asyncio
from types import TracebackType
from typing import Self

import dns.flags
import dns.message
import dns.name
import dns.rcode
import dns.rdatatype
import dns.rrset


class DnsServer(asyncio.DatagramProtocol):
    """Answers while the context lasts."""

    def __init__(self) -> None:
        #: Name and type -> records as a zone file has them; texts without their quotes.
        self.records: dict[tuple[str, str], list[str]] = {}
        #: It takes questions and says nothing; or it refuses them all.
        self.is_silent = False
        self.fails = False
        self.asked: list[tuple[str, str]] = []
        self._transport: asyncio.DatagramTransport | None = None

    async def __aenter__(self) -> Self:
        loop = asyncio.get_running_loop()
        self._transport, _ = await loop.create_datagram_endpoint(
            lambda: self, local_addr=("127.0.0.1", 0)
        )
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        assert self._transport is not None
        self._transport.close()

    @property
    def address(self) -> tuple[str, int]:
        """Where it is asked."""
        assert self._transport is not None
        host, port = self._transport.get_extra_info("sockname")[:2]
        return host, port

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """Answer one question."""
        query = dns.message.from_wire(data)
        [question] = query.question
        name, kind = question.name.to_text(omit_final_dot=True), question.rdtype.name
        self.asked.append((name, kind))
        if self.is_silent:
            return
        answer = dns.message.make_response(query, recursion_available=True)
        if self.fails:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif found := self.records.get((name, kind)):
            texts = [f'"{each}"' if kind == "TXT" else each for each in found]
            answer.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, *texts))
        elif not self._exists(question.name):
            answer.set_rcode(dns.rcode.NXDOMAIN)
        assert self._transport is not None
        self._transport.sendto(answer.to_wire(), addr)

    def _exists(self, name: dns.name.Name) -> bool:
        return any(dns.name.from_text(known).is_subdomain(name) for known, _ in self.records)
