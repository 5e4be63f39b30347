"""Rule files on disk, and how one is replaced by its layout.

A file is replaced at once or not at all, by a rename: whoever reads it meanwhile, such as a running
`tocsin run`, sees the old file or the new one.
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from alerts.errors import RulesError
from alerts.model import Complaint
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.folder import read_bytes, shown
from alerts.watchlists.layout import Layout, lay_out
from alerts.watchlists.rule_file import RuleFile


class NotReplacedError(Exception):
    """A file was left as it is; the text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sheet:
    """A file and its layout."""

    path: Path
    layout: Layout

    @property
    def name(self) -> str:
        """The path as it may be printed."""
        return shown(self.path)


def read_sheets(paths: list[Path]) -> list[Sheet]:
    """Return every file with its layout; a file that several paths lead to only once.

    Raises:
        RulesError: with every complaint about every file that cannot be read or is not YAML.
    """
    sheets: list[Sheet] = []
    complaints: list[Complaint] = []
    for path in {os.path.realpath(path): path for path in paths}.values():
        try:
            sheets.append(Sheet(path=path, layout=_lay_out(path)))
        except RulesError as error:
            complaints += error.complaints
    if complaints:
        raise RulesError(tuple(complaints))
    return sheets


def _lay_out(path: Path) -> Layout:
    try:
        return lay_out(read_bytes(path), shown(path))
    except FlawError as flaw:
        file = RuleFile(shown(path))
        file.complain(flaw.code, flaw.message)
        raise RulesError(tuple(file.complaints)) from flaw


def replace(sheet: Sheet) -> None:
    """Put the layout in the place of the file; its mode and owner stay, links are followed.

    Raises:
        NotReplacedError: it is read-only, vanished, changed since it was read, or the disk refuses.
    """
    target = Path(os.path.realpath(sheet.path))
    try:
        status = target.stat()
        _refuse_read_only(status)
        with _draft(target.parent) as (draft, file):
            _fill(file, sheet.layout.after, status)
            # As late as can be: an editor may have saved the file since it was read.
            _refuse_changed(target, sheet.layout.before)
            draft.replace(target)
    except OSError as error:
        raise NotReplacedError(error.strerror or "it cannot be written") from error


def _refuse_read_only(status: os.stat_result) -> None:
    # A rename does not ask; who took away the right to write meant it.
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH):
        raise NotReplacedError("it is read-only")


def _refuse_changed(target: Path, before: bytes) -> None:
    if target.read_bytes() != before:
        raise NotReplacedError("it changed meanwhile; run the command again")


@contextmanager
def _draft(folder: Path) -> Iterator[tuple[Path, BinaryIO]]:
    """Open a new file in *folder*, which no loader takes for a rule file; leave none behind."""
    number, name = tempfile.mkstemp(dir=folder, prefix=".fmt-")
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            yield draft, file
    finally:
        draft.unlink(missing_ok=True)


def _fill(file: BinaryIO, content: bytes, status: os.stat_result) -> None:
    """Write *content* to the disk, with mode and owner of the file that it replaces."""
    file.write(content)
    file.flush()
    with suppress(PermissionError):
        # Only root may give files away, and root should not keep other people's.
        os.fchown(file.fileno(), status.st_uid, status.st_gid)
    os.fchmod(file.fileno(), stat.S_IMODE(status.st_mode))
    os.fsync(file.fileno())
