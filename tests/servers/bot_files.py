"""Documents on Telegram's servers: what people and the bot sent, and how it is fetched."""

from __future__ import annotations

import mimetypes
from dataclasses import dataclass, field
from typing import Final

from tests.servers.bot_answers import Json, RefusedError

#: Bytes that a bot may send as a document, and that it may fetch.
UPLOAD_LIMIT: Final = 50 * 1024 * 1024
DOWNLOAD_LIMIT: Final = 20 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Document:
    """A file with its name."""

    name: str
    content: bytes


@dataclass(slots=True)
class Files:
    """Every document, by its `file_id`."""

    _kept: dict[str, Document] = field(default_factory=dict)

    def keep(self, document: Document) -> Json:
        """Keep *document*; return it as messages show it."""
        number = len(self._kept) + 1
        file_id = f"BQACAgIAAx{number:08d}"
        self._kept[file_id] = document
        shown: Json = {"file_name": document.name, "file_id": file_id}
        shown |= {"file_unique_id": f"AgAD{number:08d}", "file_size": len(document.content)}
        kind = mimetypes.guess_type(document.name)[0]
        return shown | {"mime_type": kind} if kind else shown

    def file(self, file_id: str) -> Json:
        """Return what `getFile` returns.

        Raises:
            RefusedError: there is none, or it is too large for bots.
        """
        document = self._kept.get(file_id)
        if document is None:
            raise RefusedError("wrong file_id or the file is temporarily unavailable")
        if len(document.content) > DOWNLOAD_LIMIT:
            raise RefusedError("file is too big")
        return {
            "file_id": file_id,
            "file_unique_id": file_id[-8:],
            "file_size": len(document.content),
            "file_path": f"documents/{file_id}",
        }

    def content(self, path: str) -> bytes | None:
        """Return what is downloaded from a `file_path`; None: there is nothing."""
        document = self._kept.get(path.removeprefix("documents/"))
        return document.content if document and path.startswith("documents/") else None
