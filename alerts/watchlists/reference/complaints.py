"""docs/complaints.md: every code with an example, and what `tocsin check` says of it.

The complaints are those of the loader itself, run on the examples while the page is made.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

from alerts.errors import RulesError
from alerts.model import Complaint
from alerts.watchlists.codes import CODES, Code
from alerts.watchlists.complaints import render
from alerts.watchlists.load import load_rules, load_text
from alerts.watchlists.report.text import noted

_GROUPS = {
    "R1": "The file and its YAML",
    "R2": "Keys and values",
    "R3": "References",
    "R4": "Terms and queries",
    "R5": "Routes and receivers",
    "R6": "Notes",
}

#: What cannot be printed, or not by one file.
_IN_WORDS = {
    "R101": "A folder that is not there.",
    "R102": "A link whose target is gone, a named pipe, a file that may not be read.",
    "R103": "A file of 1,000,001 bytes.",
    "R104": "A file that was saved in another encoding.",
    "R105": "`version: 1` and a bell (U+0007) behind it.",
    "R305": "Two files that both hold `routes: {receiver: console}`.",
}

#: The files of a folder that earns what no single text can; None: a link that leads nowhere.
_FOLDERS: dict[str, Mapping[str, str | None]] = {
    "R101": {},
    "R102": {"a.yml": None},
    "R305": dict.fromkeys(("a.yml", "b.yml"), "routes: {receiver: console}\n"),
}

#: What to do where the hint does not say it, or not all of it.
WAYS_OUT = {
    "R101": "An empty folder is refused too: it may be a disk that was not mounted, and must not"
    " replace working rules.",
    "R102": "Mend the link or the file's permissions, or rename what is no rule file: only `*.yml`"
    " and `*.yaml` are read. A file that vanished during the check is gone in the next one.",
    "R103": "Any file may hold any section, so a part of it can move to a second file.",
    "R108": "Texts of your own are never repeated by reference: an edit in one place would change"
    " what stands in another.",
    "R111": "Nothing in the format needs that many levels: look for a bracket or an indent too much.",
    "R112": "Put both values under one key, or delete the one that is wrong.",
    "R202": "Add the key; the line is that of the entry which lacks it.",
    "R206": "Write a value between the limits that the message names.",
    "R211": "Countries are those of ISO 3166-1 (two capitals), languages those of BCP 47 (`en`,"
    " `pt-br`).",
    "R302": "Name it in the list of its kind: places, groups or people; topics stand in queries.",
    "R304": "Rename or delete one of them; alerts and mutes hang on the id, so let the older keep it.",
    "R305": "The routes are one tree: put one below the other as a branch.",
    "R309": "Let one of them end the circle, or fall back on `console`.",
    "R310": "Delete the key, or expect a match.",
    "R401": "Put a term where the caret stands, or delete the operator before it.",
    "R404": "A quote that belongs to the text itself cannot stand in a phrase.",
    "R410": "A sign that means itself is written with a backslash: `\\(`, `\\.`, `\\+`.",
    "R411": "Join two terms by NEAR, or put what must not be there into `exclude`.",
    "R415": "Split it into two watchlists, or name its parts as entities.",
    "R416": "A term needs at least one letter or digit; signs alone part words.",
    "R418": "Write a query or delete the key.",
    "R421": "Lower the threshold or give the terms more weight; a term in the title counts"
    " `title_factor` times.",
    "R503": "The pattern is RE2 and must meet the whole value: `syria-.*`.",
    "R504": "The root takes what no branch takes, so it has a receiver and no matchers.",
    "R505": "Set it where the command and the service run; in an example file, `tocsin check` needs"
    " it as well.",
    "R506": "Write the value out; rules say the same on every machine.",
    "R512": "Rule files are kept in git and shown in complaints: a secret has no place in them.",
    "R513": "Which URLs there are is on Apprise's own pages; most hold a token, so write `${NAME}`.",
    "R601": "Nothing, where the right one was meant; else name its country, or make it an entity.",
    "R603": "Write the name as the feed has it, or add the feed; until then no article has it.",
}

_OPENING = """\
# What `tocsin check` says

<!-- Made by `make docs` from alerts/watchlists/codes.py: edit there. -->

`tocsin check` loads, resolves and compiles a folder of rule files, and says everything that is
wrong with all of them at once. Each complaint begins with `file:line:column`, shows the line with a
caret under the place, and names the way out where it is known. Lines and columns count from 1; a
complaint about a whole file has neither.

A **note** is no error: the files load, and their author should know how they were understood.
After the summary, the first ten of each code are printed.

| exit code | means |
|---|---|
| 0 | the files can be loaded; there may be notes |
| 2 | they cannot: there are complaints |
| 3 | wrong usage or settings, said on stderr |

Codes are stable: scripts may rely on them, and a number is never given away a second time.

## For programs

`--format json` and `--format sarif` write one document to stdout, whether the files are good or not;
the exit codes are the same. The JSON document has one shape:

| key | holds |
|---|---|
| `version` | 1; raised when a key goes or changes its meaning, new keys may come without |
| `folder` | the folder, as it was named |
| `ok` | true: the files can be loaded |
| `counts` | `feeds`, `entities`, `known_entities`, `watchlists`, `receivers`; null when the files cannot be loaded |
| `complaints` | a list of findings, in the order of files and lines |
| `notes` | the same for notes |

A finding has `path`, `line` and `column` (both 0 when the whole file is meant), `code`, `message` and
`hint` (empty when none is known).

SARIF 2.1.0 is what code hosts and editors show beside the line: complaints have the level `error`,
notes the level `note`. Paths are relative to where the command was started, so start it in the root
of the repository.
"""


def page() -> str:
    """Return docs/complaints.md."""
    return "\n".join([_OPENING, _contents(), *map(_section, CODES)])


def findings(code: Code) -> tuple[Complaint, ...]:
    """Return what the loader says of the example: the notes where it loads, else the complaints."""
    if code.code in _FOLDERS:
        return _findings_in_folder(_FOLDERS[code.code])
    try:
        return load_text(code.example, "rules/example.yml").notes
    except RulesError as error:
        return error.complaints


def _findings_in_folder(files: Mapping[str, str | None]) -> tuple[Complaint, ...]:
    with TemporaryDirectory() as name:
        folder = Path(name) / "rules"
        if files:
            folder.mkdir()
        for file, text in files.items():
            if text is None:
                (folder / file).symlink_to(folder / "gone")
            else:
                (folder / file).write_text(text, encoding="utf-8")
        try:
            return load_rules(folder, environment={}).notes
        except RulesError as error:
            return tuple(_without(f"{name}/", each) for each in error.complaints)


def _without(prefix: str, complaint: Complaint) -> Complaint:
    """Return *complaint* as it reads where the folder is named by its last part."""
    path, hint = (text.replace(prefix, "") for text in (complaint.path, complaint.hint))
    return replace(complaint, path=path, hint=hint)


def _contents() -> str:
    return "\n".join(["## Codes", "", "| code | means |", "|---|---|", *_rows(), ""])


def _rows() -> Iterator[str]:
    group = ""
    for code in CODES:
        if code.code[:2] != group:
            group = code.code[:2]
            yield f"| | **{_GROUPS[group]}** |"
        yield f"| [{code.code}](#{code.anchor}) | {code.meaning} |"


def _section(code: Code) -> str:
    said = noted if code.is_note else render
    shown = "\n\n".join(said(each) for each in findings(code) if each.code == code.code)
    parts = [
        f"## {code.code}",
        f"{code.meaning[:1].upper()}{code.meaning[1:]}.",
        _IN_WORDS.get(code.code) or _fenced("yaml", code.example),
        _fenced("text", shown),
        WAYS_OUT.get(code.code, ""),
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"
