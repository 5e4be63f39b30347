"""A folder of rule files -> everything it says, or everything that is wrong with it.

All files are read and checked in one run; what is broken in one place does not hide what is broken
in another.  The result replaces an older one at once or not at all.
"""

from __future__ import annotations

import gc
import hashlib
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

from alerts.errors import RulesError
from alerts.model import Complaint, RuleSet
from alerts.watchlists import source
from alerts.watchlists.assemble import Page, assemble
from alerts.watchlists.complaints import printable
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.rule_tests import RuleTest, read_tests

SUFFIXES = (".yml", ".yaml")


def load_rules(folder: Path, *, environment: Mapping[str, str]) -> RuleSet:
    """Return what the rule files of *folder* say.

    Read are all `*.yml` and `*.yaml` in it, not those of folders inside, nor hidden ones.

    Raises:
        RulesError: with every complaint about every file, in the order of files and lines.
    """
    with _collector_paused():
        return _assembled(_read_folder(folder), environment)


def load_text(
    text: str, path: str = "<text>", *, environment: Mapping[str, str] = MappingProxyType({})
) -> RuleSet:
    """Return what one rule file says, given as text.

    Raises:
        RulesError: with every complaint.
    """
    body = text.encode("utf-8", "surrogatepass")
    return _assembled([_Body(path, body)], environment)


def load_tests(folder: Path) -> list[tuple[str, RuleTest]]:
    """Return the tests of all watchlists of *folder*, each with the id of its watchlist.

    Raises:
        RulesError: the files cannot be read, or do not follow the schema.
    """
    pages = list(map(_page, _read_folder(folder)))
    _raise_for(pages)
    sections = (section for page in pages for section in page.document.watchlists)
    return [(test.watchlist, test) for section in sections for test in read_tests(section)]


@dataclass(frozen=True, slots=True)
class _Body:
    path: str
    content: bytes
    #: Why there is no content.
    problem: str = ""


def _read_folder(folder: Path) -> list[_Body]:
    """Return path and content of every rule file, sorted by name.

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
    return list(map(_read, paths))


def _is_rule_file(path: Path) -> bool:
    return path.suffix in SUFFIXES and not path.name.startswith(".") and not path.is_dir()


def _read(path: Path) -> _Body:
    name = _shown(path)
    try:
        # A pipe or a device might never end.
        if path.exists() and not path.is_file():
            return _Body(name, b"", "it is not a regular file")
        with path.open("rb") as file:
            return _Body(name, file.read(source.MAX_BYTES + 1))
    except OSError as error:
        return _Body(name, b"", error.strerror or "it cannot be opened")


def _shown(path: Path) -> str:
    """Return *path* as it may be printed: names of files are bytes, and may hold anything."""
    return printable(os.fsencode(path).decode(errors="replace"))


def _no_rules(folder: Path, message: str) -> RulesError:
    file = RuleFile(_shown(folder))
    file.complain("R101", message, hint="--rules or TOCSIN_RULES names another folder")
    return RulesError(tuple(file.complaints))


@contextmanager
def _collector_paused() -> Iterator[None]:
    """Keep the cycle collector from visiting the growing trees again and again.

    10,000 watchlists: 6.3 s of CPU with it, 3.7 s without; there are no cycles to be found.
    """
    was_enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_enabled:
            gc.enable()


def _page(body: _Body) -> Page:
    if body.problem:
        file, root = RuleFile(body.path), None
        file.complain("R102", f"the file cannot be read: {body.problem}")
    else:
        file, root = source.read(body.content, body.path)
    return Page.of(file, root)


def _assembled(bodies: list[_Body], environment: Mapping[str, str]) -> RuleSet:
    pages = list(map(_page, bodies))
    rules = assemble(pages, environment, hash_=_hash(bodies))
    _raise_for(pages)
    return rules


def _raise_for(pages: list[Page]) -> None:
    complaints = tuple(_ordered(pages))
    if complaints:
        raise RulesError(complaints)


def _ordered(pages: list[Page]) -> Iterator[Complaint]:
    for page in pages:
        yield from sorted(page.file.complaints, key=lambda each: (each.line, each.column))


def _hash(bodies: list[_Body]) -> str:
    """Return one fingerprint of all files: names as well as contents, each with its length."""
    digest = hashlib.sha256()
    for body in bodies:
        for part in (Path(body.path).name.encode(), body.content):
            digest.update(len(part).to_bytes(8))
            digest.update(part)
    return digest.hexdigest()
