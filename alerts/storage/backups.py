"""When the database was last copied: a line in a file beside it, since whoever copies only reads.

It is a convenience for `tocsin status`: where it cannot be written or read, nothing is known.
"""

from __future__ import annotations

import contextlib
import json
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Final

from alerts.storage.backup import Copied
from alerts.storage.engine import async_url, sqlite_file

_SUFFIX: Final = ".last-backup"


@dataclass(frozen=True, slots=True, kw_only=True)
class LastBackup:
    """A copy that was found good."""

    path: Path
    bytes: int
    made_at: datetime


def note_backup(database_url: str, copied: Copied, *, now: datetime) -> None:
    """Remember that the database was *copied*."""
    beside = _beside(database_url)
    if beside is None:
        return
    told = {"path": str(copied.path.resolve()), "bytes": copied.bytes, "made_at": now.isoformat()}
    with contextlib.suppress(OSError):
        beside.write_text(json.dumps(told), encoding="utf-8")


def last_backup(database_url: str) -> LastBackup | None:
    """Return what is known of the last copy; None: nothing is."""
    beside = _beside(database_url)
    if beside is None:
        return None
    try:
        told = json.loads(beside.read_text(encoding="utf-8"))
        return LastBackup(
            path=Path(told["path"]),
            bytes=int(told["bytes"]),
            made_at=datetime.fromisoformat(told["made_at"]),
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _beside(database_url: str) -> Path | None:
    path = sqlite_file(async_url(database_url))
    if path is None:
        return None
    real = path.resolve()
    return real.with_name(real.name + _SUFFIX)
