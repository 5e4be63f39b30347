"""Undo Content-Encoding without trusting it: the decoded size is bounded at every step.

Pure.  The client's own decompression stays off, so that wire and decoded bytes are both counted
(194 kB of gzip can hold 200 MB).
"""

from __future__ import annotations

import zlib

_GZIP_MAGIC = b"\x1f\x8b"
_GZIP = 16 + zlib.MAX_WBITS
_RAW_DEFLATE = -zlib.MAX_WBITS


class TooLargeError(Exception):
    """The decoded document is over the limit."""


class BrokenEncodingError(Exception):
    """The bytes are not what Content-Encoding says, or it is an encoding that we never asked for."""


class Inflater:
    """Decodes one body, chunk by chunk; at most *limit* bytes come out."""

    def __init__(self, encoding: str, *, limit: int) -> None:
        """Choose by Content-Encoding.

        Raises:
            BrokenEncodingError: neither gzip nor deflate nor nothing.
        """
        self._encoding = encoding.strip().lower().removeprefix("x-")
        if self._encoding not in ("", "identity", "gzip", "deflate"):
            raise BrokenEncodingError(f"the answer is encoded as {encoding[:40]!r}, not asked for")
        self._room = limit
        self._started = False
        self._stream: zlib._Decompress | None = None

    @property
    def is_complete(self) -> bool:
        """Whether the compressed stream has reached its end; always so without compression."""
        return self._stream is None or self._stream.eof

    def feed(self, chunk: bytes) -> bytes:
        """Return what *chunk* decodes to.

        Raises:
            TooLargeError: it would exceed the limit; no more than the limit was ever in memory.
            BrokenEncodingError: the compressed stream is damaged.
        """
        if not self._started and chunk:
            self._stream, self._started = self._open(chunk), True
        decoded = chunk if self._stream is None else self._decompress(chunk)
        if len(decoded) > self._room:
            raise TooLargeError
        self._room -= len(decoded)
        return decoded

    def _open(self, start: bytes) -> zlib._Decompress | None:
        # Servers that say gzip and send plain text are common; the first bytes decide.
        if self._encoding == "gzip" and start[:1] == _GZIP_MAGIC[:1]:
            return zlib.decompressobj(_GZIP)
        if (
            self._encoding == "deflate"
            and not start[:1].isspace()
            and start[:1] not in (b"<", b"{")
        ):
            # RFC 9110, 8.4.1.2 means zlib; some servers send the bare stream.
            wrapped = start[0] & 0x0F == zlib.DEFLATED
            return zlib.decompressobj(zlib.MAX_WBITS if wrapped else _RAW_DEFLATE)
        return None

    def _decompress(self, chunk: bytes) -> bytes:
        assert self._stream is not None
        decoded = bytearray()
        while chunk:
            if self._stream.eof:
                if not chunk.startswith(_GZIP_MAGIC):
                    break  # padding after the end
                self._stream = zlib.decompressobj(_GZIP)  # a further member (RFC 1952, 2.2)
            try:
                # One byte more than there is room for tells "full" from "over".
                decoded += self._stream.decompress(chunk, self._room + 1 - len(decoded))
            except zlib.error as error:
                raise BrokenEncodingError(f"the {self._encoding} stream is damaged") from error
            if len(decoded) > self._room:
                raise TooLargeError
            chunk = self._stream.unused_data or self._stream.unconsumed_tail
        return bytes(decoded)
