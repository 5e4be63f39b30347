"""A mail relay that takes everything and keeps nothing: `python -m tests.bench.sink` prints its port.

The relay of the tests reads mails line by line in Python, which would be what a benchmark measures.
"""

from __future__ import annotations

import asyncio
from typing import cast

_ANSWERS = {b"EHLO": b"250 sink\r\n", b"DATA": b"354 go ahead\r\n", b"QUIT": b"221 bye\r\n"}
_END = b"\r\n.\r\n"


class Sink(asyncio.Protocol):
    """One connection."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._transport = cast("asyncio.Transport", transport)
        self._given = bytearray()
        self._in_a_mail = False
        self._transport.write(b"220 sink\r\n")

    def data_received(self, data: bytes) -> None:
        searched = max(0, len(self._given) - len(_END))
        self._given += data
        while (at := self._given.find(_END if self._in_a_mail else b"\r\n", searched)) >= 0:
            verb = bytes(self._given[:4]).upper()
            del self._given[: at + (len(_END) if self._in_a_mail else 2)]
            searched = 0
            self._transport.write(_ANSWERS.get(verb, b"250 fine\r\n"))
            self._in_a_mail = not self._in_a_mail and verb == b"DATA"


async def main() -> None:
    """Serve on loopback until the process is ended."""
    server = await asyncio.get_running_loop().create_server(Sink, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    asyncio.run(main())
