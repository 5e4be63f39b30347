"""The rule files of a folder as they were read, byte for byte: what a rule set is made of.

Kept beside what they decided, and read again from there or from a revision, they make the same rule
set, with the same hash.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from alerts.watchlists.complaints import FlawError
from alerts.watchlists.folder import read_bytes, rule_files, shown


@dataclass(frozen=True, slots=True)
class Body:
    """One file."""

    #: As complaints name it: relative to where the command was started.
    path: str
    content: bytes
    #: Why there is no content.
    flaw: FlawError | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """All files of a folder, sorted by name."""

    bodies: tuple[Body, ...]

    @classmethod
    def of_folder(cls, folder: Path) -> Self:
        """Read the files of *folder*; one that cannot be read is complained of when it is loaded.

        Raises:
            RulesError: there is no folder, or no rule file in it.
        """
        return cls(tuple(_read(path) for path in rule_files(folder)))

    @classmethod
    def of_files(cls, files: Mapping[str, bytes], *, place: str = "") -> Self:
        """Take *files*, name -> content; complaints name them behind *place*, such as `HEAD~3:rules/`."""
        return cls(tuple(Body(place + name, files[name]) for name in sorted(files)))

    @property
    def files(self) -> dict[str, bytes]:
        """Return name -> content."""
        return {Path(body.path).name: body.content for body in self.bodies}

    @property
    def hash(self) -> str:
        """Return one fingerprint of all files, hex: names as well as contents, each with its length."""
        digest = hashlib.sha256()
        for body in self.bodies:
            for part in (Path(body.path).name.encode(), body.content):
                digest.update(len(part).to_bytes(8))
                digest.update(part)
        return digest.hexdigest()


def _read(path: Path) -> Body:
    try:
        return Body(shown(path), read_bytes(path))
    except FlawError as flaw:
        return Body(shown(path), b"", flaw)
