"""The rule files of a folder: which there are, and what is in them."""

from __future__ import annotations

import os
from pathlib import Path

from alerts.errors import RulesError
from alerts.watchlists import source
from alerts.watchlists.complaints import FlawError, printable
from alerts.watchlists.rule_file import RuleFile

SUFFIXES = (".yml", ".yaml")


def rule_files(folder: Path) -> list[Path]:
    """Return all `*.yml` and `*.yaml` in *folder*, sorted by name.

    Not those of folders inside, nor hidden ones.

    Raises:
        RulesError: there is no folder, or no rule file in it; an empty set must not replace a full
            one because a disk was not mounted.
    """
    try:
        paths = sorted(filter(_is_rule_file, folder.iterdir()))
    except OSError as error:
        raise _no_rules(folder, f"the folder cannot be listed: {error.strerror}") from error
    if not paths:
        raise _no_rules(folder, "the folder holds no rule files (*.yml, *.yaml)")
    return paths


def is_named_so(path: Path) -> bool:
    """Tell whether *path* has the name of a rule file."""
    return path.suffix in SUFFIXES and not path.name.startswith(".")


def _is_rule_file(path: Path) -> bool:
    if not is_named_so(path):
        return False
    try:
        return not path.is_dir()
    except OSError:  # A link into a folder that is closed to us: `read_bytes` says so.
        return True


def read_bytes(path: Path) -> bytes:
    """Return what is in a rule file, up to one byte more than it may hold.

    Raises:
        FlawError: it cannot be read (R102).
    """
    try:
        # A pipe or a device might never end.
        if path.exists() and not path.is_file():
            raise FlawError("R102", "the file cannot be read: it is not a regular file")
        with path.open("rb") as file:
            return file.read(source.MAX_BYTES + 1)
    except OSError as error:
        why = error.strerror or "it cannot be opened"
        raise FlawError("R102", f"the file cannot be read: {why}") from error


def shown(path: Path) -> str:
    """Return *path* as it may be printed: names of files are bytes, and may hold anything."""
    return printable(os.fsencode(path).decode(errors="replace"))


def _no_rules(folder: Path, message: str) -> RulesError:
    file = RuleFile(shown(folder))
    file.complain("R101", message, hint="--rules or TOCSIN_RULES names another folder")
    return RulesError(tuple(file.complaints))
