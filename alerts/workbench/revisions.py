"""Rule files as they stand in a folder, or as they stood in a revision of it.

Git is asked by its plumbing commands: nothing is checked out, and the folder and its index stay as they
are.  No shell sees what the operator typed.
"""

from __future__ import annotations

import os
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Final, NamedTuple

from alerts.errors import RulesError, TocsinError
from alerts.model import Complaint
from alerts.watchlists.complaints import FlawError, printable, quoted
from alerts.watchlists.contents import Body, Contents
from alerts.watchlists.folder import is_named_so
from alerts.workbench.nearest import nearest

#: Plumbing answers at once; what takes longer waits for something.
_TIMEOUT: Final = 30.0
#: The mode of a symbolic link: what is stored is where it leads.
_LINK: Final = "120000"


class RevisionError(TocsinError):
    """There are no such folder and no such revision; the text says what there is."""


class _Entry(NamedTuple):
    """A file of a tree."""

    mode: str
    blob: str
    path: str


def contents_of(named: str, rules: Path) -> Contents:
    """Return the rule files of *named*: a folder, or a revision of the folder *rules*.

    A revision is what git takes for one (`HEAD~3`, `main`, `v1.2`, `3f2a9c1`), or `REV:PATH` for
    another folder of it.  Complaints name its files `REV:PATH/file.yml`.

    Raises:
        RevisionError: it is neither, or git cannot be asked.
        RulesError: there are no rule files in it.
    """
    if named and Path(named).is_dir():
        return Contents.of_folder(Path(named))
    revision, colon, path = named.partition(":")
    commit = _commit(revision, rules)
    prefix = path.strip("/") if colon else _asked(rules, "rev-parse", "--show-prefix").strip("\n")
    folder = prefix.strip("/") + "/" if prefix.strip("/") else ""
    place = printable(f"{revision}:{folder}")
    entries = [each for each in _entries(rules, commit, folder) if _is_rule_file(each)]
    if not entries:
        raise RulesError((_nothing(place),))
    return Contents(tuple(_bodies(rules, place, entries)))


def _commit(revision: str, rules: Path) -> str:
    """Return the full id of *revision*.

    Raises:
        RevisionError: there is none, and what is like it.
    """
    wanted = f"{revision}^{{commit}}"
    ask = ("rev-parse", "--verify", "--quiet", "--end-of-options", wanted)
    found = _git(rules, *ask)
    if found.returncode == 0:
        # With --end-of-options git repeats it, too.
        return found.stdout.decode().split()[-1]
    names = _asked(rules, "for-each-ref", "--format=%(refname:short)").split()
    hint = nearest(revision, [*names, "HEAD"], what="names of revisions")
    raise RevisionError(f"{quoted(revision)} is no folder and no revision: {hint}")


def _entries(rules: Path, commit: str, folder: str) -> list[_Entry]:
    """Return what stands in *folder* of *commit*, by name."""
    listed = _asked(rules, "ls-tree", "-z", "--full-tree", commit, "--", *filter(None, [folder]))
    entries = []
    for line in filter(None, listed.split("\0")):
        meta, _, path = line.partition("\t")
        mode, kind, blob = meta.split()
        if kind == "blob":
            entries.append(_Entry(mode, blob, path))
    return sorted(entries, key=lambda each: each.path)


def _is_rule_file(entry: _Entry) -> bool:
    return is_named_so(Path(entry.path))


def _bodies(rules: Path, place: str, entries: Sequence[_Entry]) -> list[Body]:
    contents = _blobs(rules, [each.blob for each in entries])
    return [
        _body(place + printable(Path(each.path).name), each, content)
        for each, content in zip(entries, contents, strict=True)
    ]


def _body(path: str, entry: _Entry, content: bytes) -> Body:
    if entry.mode == _LINK:
        flaw = FlawError("R102", "the file cannot be read: a revision's links are not followed")
        return Body(path, b"", flaw)
    return Body(path, content)


def _blobs(rules: Path, ids: Sequence[str]) -> list[bytes]:
    """Return the contents of the blobs *ids*, asked for at once."""
    asked = "".join(f"{each}\n" for each in ids).encode()
    answer = _checked(_git(rules, "cat-file", "--batch", given=asked))
    contents, place = [], 0
    for _ in ids:
        end = answer.index(b"\n", place)
        size = int(answer[place:end].split()[-1])
        contents.append(answer[end + 1 : end + 1 + size])
        place = end + size + 2
    return contents


def _asked(rules: Path, *arguments: str) -> str:
    return os.fsdecode(_checked(_git(rules, *arguments)))


def _checked(ran: subprocess.CompletedProcess[bytes]) -> bytes:
    if ran.returncode:
        lines = printable(ran.stderr.decode(errors="replace").strip()).splitlines()
        said = lines[0].removeprefix("fatal: ") if lines else f"exit code {ran.returncode}"
        raise RevisionError(f"git cannot be asked: {said}")
    return ran.stdout


def _git(
    rules: Path, *arguments: str, given: bytes | None = None
) -> subprocess.CompletedProcess[bytes]:
    """Run git in the folder *rules*.

    Raises:
        RevisionError: there is no git, no such folder, or no repository around it.
    """
    # Locks are for those who write; in the C locale, since the first line may be shown.
    environment = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    if not rules.is_dir():
        raise RevisionError(f"the folder {printable(str(rules))} does not exist")
    try:
        ran = subprocess.run(  # noqa: S603 - an argument list, whose words git takes for names
            ["git", "-C", str(rules), *arguments],  # noqa: S607 - the operator's own git
            input=given,
            stdin=subprocess.DEVNULL if given is None else None,
            capture_output=True,
            timeout=_TIMEOUT,
            env=environment,
            check=False,
        )
    except FileNotFoundError as error:
        raise RevisionError("a revision needs git, and there is none: name a folder") from error
    except (subprocess.TimeoutExpired, OSError, ValueError) as error:
        # ValueError is what Python says of a NUL in an argument.
        raise RevisionError(f"git cannot be asked: {printable(str(error))}") from error
    if b"not a git repository" in ran.stderr:
        where = printable(str(rules))
        raise RevisionError(f"{where} is in no git repository: name a folder of rule files")
    return ran


def _nothing(place: str) -> Complaint:
    return Complaint(
        path=place,
        line=0,
        column=0,
        code="R101",
        message="the revision holds no rule files there (*.yml, *.yaml)",
        hint="REV:PATH names another folder of it",
    )
