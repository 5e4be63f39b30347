"""A file that somebody sent: which format it is in, and what it says."""

from __future__ import annotations

import codecs
from typing import Final

from alerts.feeds.document import decode
from alerts.subscribers.portable.bundle import MAX_BYTES, Bundle, PortableFlaw, RefusedError, Why
from alerts.subscribers.portable.opml_file import read_outlines
from alerts.subscribers.portable.yaml_file import read_yaml
from alerts.watchlists.collector import collector_paused

#: Who sends such a file does not want to hear of YAML.
_MARKUP: Final = (".opml", ".xml")


def read(name: str, content: bytes) -> Bundle | PortableFlaw:
    """Return what a file says that a subscriber sent, or why it cannot be read.

    The content decides which format it is; *name* only which reason is told.  It takes about a
    second of CPU at most, whatever the file holds (tests/subscribers/test_portable_hostile.py).
    """
    try:
        with collector_paused():
            return _bundle(name, content)
    except RefusedError as refused:
        return refused.flaw


def _bundle(name: str, content: bytes) -> Bundle:
    if len(content) > MAX_BYTES:
        raise RefusedError(Why.TOO_LARGE)
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        # What "Unicode" means to some editors.
        content = decode(content, "").encode("utf-8", "replace")
    content = content.removeprefix(codecs.BOM_UTF8)
    if not content.strip():
        raise RefusedError(Why.EMPTY)
    if content.lstrip().startswith((b"<", b"\0<")):
        return read_outlines(content)
    try:
        return read_yaml(content)
    except RefusedError as refused:
        if refused.flaw.why is Why.BROKEN and name.lower().endswith(_MARKUP):
            raise RefusedError(Why.NOT_OURS) from None
        raise
