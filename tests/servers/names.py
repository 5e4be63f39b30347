"""A name server in which every name is this machine: many hosts, and one server on loopback."""

from __future__ import annotations

import socket

from aiohttp.abc import AbstractResolver, ResolveResult


class LoopbackNames(AbstractResolver):
    """Answers 127.0.0.1 to whoever asks for a name under `.example`, and knows no other."""

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        del family
        if not host.endswith(".example"):
            raise OSError(socket.EAI_NONAME, f"{host} is not known here")
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=port,
                family=socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
        ]

    async def close(self) -> None:
        """Nothing is open."""
