"""Feeds on their way into a rule file: which file, whether it may, and all of it or nothing."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from alerts.errors import RulesError
from alerts.feeds.appending import NotAppendedError, appended
from alerts.feeds.entries import Entry, document
from alerts.model import Complaint, RuleSet
from alerts.text.canonical import canonical_url
from alerts.watchlists import source
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.folder import is_named_so, read_bytes, rule_files, shown
from alerts.watchlists.layout import Layout
from alerts.watchlists.layout.files import NotReplacedError, Sheet
from alerts.watchlists.layout.files import replace as replace_sheet
from alerts.watchlists.load import load_rules, load_text

_USUAL_NAME = "feeds.yml"
#: Entries that are checked at once: the loader reads a megabyte at most.
_PORTION = 1000


class NotAddedError(Exception):
    """Nothing was written; the text says why, and what to do."""


@dataclass(frozen=True, slots=True)
class Known:
    """A feed that the rule files have already."""

    url: str
    publisher: str
    #: `file:line`.
    place: str


def known_feeds(folder: Path) -> dict[str, Known]:
    """Return the feeds that the rule files of *folder* name, by canonical URL."""
    found: dict[str, Known] = {}
    for path in _files(folder):
        try:
            _, root = source.read(read_bytes(path), shown(path))
        except FlawError:
            continue  # the check says so
        for feed in root.parts("feeds") if root is not None else ():
            url = feed.entries.get("url")
            publisher = feed.entries.get("publisher")
            if url is not None and isinstance(url.value, str):
                place = f"{shown(path)}:{url.line}"
                name = str(publisher.value) if publisher is not None else ""
                found.setdefault(canonical_url(url.value), Known(url.value, name, place))
    return found


def file_for(folder: Path, chosen: Path | None) -> Path:
    """Return the rule file that new feeds go into: *chosen*, or where the others are.

    Raises:
        NotAddedError: it would not be read as a rule file, or there are several that it may be.
    """
    if chosen is not None:
        path = folder / chosen if chosen.parent == Path() else chosen
        if not is_named_so(path) or path.resolve().parent != folder.resolve():
            raise NotAddedError(
                f"{shown(chosen)} is no rule file of {shown(folder)}:"
                " name a .yml or .yaml in that folder"
            )
        return path
    holding = sorted({known.place.rpartition(":")[0] for known in known_feeds(folder).values()})
    paths = [path for path in _files(folder) if shown(path) in holding]
    usual = folder / _USUAL_NAME
    if len(paths) == 1 and usual not in paths:
        return paths[0]
    if len(paths) > 1 and usual not in paths:
        raise NotAddedError(f"several files hold feeds ({', '.join(holding)}): choose by --file")
    return usual


def refusals(entries: Sequence[Entry]) -> dict[int, str]:
    """Return which of *entries* rule files may not hold, by position, and why."""
    found: dict[int, str] = {}
    for first in range(0, len(entries), _PORTION):
        portion = entries[first : first + _PORTION]
        try:
            load_text(document(portion))
        except RulesError as error:
            owners = list(_owners(portion))
            for complaint in error.complaints:
                if 0 < complaint.line <= len(owners):
                    hint = f" ({complaint.hint})" if complaint.hint else ""
                    reason = f"{complaint.message}{hint}"
                    found.setdefault(first + owners[complaint.line - 1], reason)
    return found


def _owners(entries: Sequence[Entry]) -> Iterator[int]:
    """Yield for each line of the document of *entries* whose it is."""
    yield from (0, 0, 0)  # version, blank line, feeds
    for number, entry in enumerate(entries):
        yield from [number] * (len(entry) + 1)


def add(folder: Path, path: Path, entries: Sequence[Entry], environ: Mapping[str, str]) -> None:
    """Write *entries* into the rule file *path* of *folder*, if all rule files are good then.

    Raises:
        NotAddedError: the file cannot take them or cannot be written.
        RulesError: with what would be wrong.
    """
    try:
        before = read_bytes(path) if path.exists() else None
        after = appended(before or b"", entries, shown(path))
        check(folder, path, after, environ)
        _write(path, before, after)
    except (FlawError, NotAppendedError, NotReplacedError) as error:
        raise NotAddedError(f"{shown(path)}: {error}") from error
    except OSError as error:
        raise NotAddedError(f"{shown(path)}: {error.strerror}") from error


def check(folder: Path, path: Path, body: bytes, environ: Mapping[str, str]) -> RuleSet:
    """Return what the rule files of *folder* say with *body* as the content of *path*.

    Raises:
        RulesError: with what is wrong with any of them.
    """
    # The very loader of `tocsin check` reads a copy, so that it can say nothing else than that.
    with tempfile.TemporaryDirectory(prefix="tocsin-") as name:
        copy = Path(name)
        for each in _files(folder):
            if each.is_file():
                shutil.copyfile(each, copy / each.name)
        (copy / path.name).write_bytes(body)
        try:
            return load_rules(copy, environment=environ)
        except RulesError as error:
            raise RulesError(
                tuple(_moved(each, copy, folder) for each in error.complaints)
            ) from None


def _moved(complaint: Complaint, copy: Path, folder: Path) -> Complaint:
    """Return *complaint* about the files of *copy* as one about those of *folder*."""
    path, hint = (
        text.replace(shown(copy), shown(folder)) for text in (complaint.path, complaint.hint)
    )
    return replace(complaint, path=path, hint=hint)


def _files(folder: Path) -> list[Path]:
    """Return the rule files of *folder*, which may be empty but must exist."""
    try:
        return rule_files(folder)
    except RulesError:
        if folder.is_dir() and os.access(folder, os.R_OK | os.X_OK):
            return []
        raise


def _write(path: Path, before: bytes | None, after: bytes) -> None:
    if before is not None:
        layout = Layout(before=before, after=after)
        replace_sheet(Sheet(path=path, layout=layout))
        return
    number, name = tempfile.mkstemp(dir=path.parent, prefix=".feeds-")
    draft = Path(name)
    try:
        with os.fdopen(number, "wb") as file:
            file.write(after)
            file.flush()
            os.fsync(file.fileno())
        draft.chmod(0o644)
        # Unlike a rename a link replaces nothing that somebody made meanwhile.
        os.link(draft, path)
    finally:
        draft.unlink(missing_ok=True)
