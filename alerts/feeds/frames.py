"""How the parser processes and the program talk: four bytes of length, then so many bytes.

A job is two frames: a JSON object (url, content_type, seen) and the document.  Its answer is a frame
with either `{"error": text}` or the feed, the number of its items and the memory that the process
holds, and a frame for each item.  Items come one by one so that the event loop decodes them in
small steps.  JSON and not pickle: what comes from a parser process is not trusted.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Mapping
from typing import Any

LENGTH = struct.Struct("!I")
#: No item is longer: its texts are cut, and JSON needs at most six bytes for a character.
LONGEST_ANSWER = 4 * 2**20


def frame(payload: bytes) -> bytes:
    """Return *payload* with its length before it."""
    return LENGTH.pack(len(payload)) + payload


def json_frame(fields: Mapping[str, Any]) -> bytes:
    """Return *fields* as a frame."""
    return frame(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode())
