"""docs/lint.md: every code with an example, what `tocsin lint` says of it, and the way out.

The findings are those of the tool itself, made on the examples while the page is written:
`python -m alerts.workbench.lint.page`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from alerts.watchlists.contents import Contents
from alerts.workbench.lint import Breadth, Lint, Subject, lint
from alerts.workbench.lint.codes import CODES, OVER_BROAD, LintCode
from alerts.workbench.lint.report import one

PATH = Path(__file__).parents[3] / "docs" / "lint.md"

_GROUPS = {
    "L1": "Watchlists as a whole",
    "L2": "Terms",
    "L3": "Entities",
    "L4": "Tests",
    "L5": "Routes and receivers",
    "L6": "Feeds",
    "L9": "Comments that ignore",
}

_OPENING = """\
# What `tocsin lint` says

<!-- Made by `make docs` from alerts/workbench/lint/codes.py: edit there. -->

`tocsin check` refuses rule files that cannot work. `tocsin lint` doubts those that can: watchlists that
ring for everything, or never, or for what another one says already. Each finding has its place, a caret
and a way out, as complaints of `check` have.

    tocsin lint                                 # all of it
    tocsin lint --min-severity warning          # without what is only advice
    tocsin lint --only L1,L207 --skip L113      # a code, or all that begin so
    tocsin lint --since 90d --most 0.5%         # what is over-broad (L101)

A **warning** is something that most likely does not do what its author wants; an **info** works, and
could be better.

| exit code | means |
|---|---|
| 0 | nothing was found |
| 1 | there are findings, of those asked for |
| 2 | the files cannot be loaded: as `tocsin check` says it |
| 3 | wrong usage or settings, said on stderr |

L101 matches the stored articles of the last 30 days with the matcher that alerts are made by. Where there
is no database, or too few articles, a last line says so. Nothing is written and nothing is sent.

## What is meant to be so

A comment keeps a finding from being told, with the reason:

```yaml
watchlists:
  - id: russian-vessels  # tocsin: ignore L113 all desks share it
    title: Russian vessels
    # tocsin: ignore L206 no table has this crew
    groups: [Brigade of the Seventh Hill]
    keywords: [WHO]  # tocsin: ignore L208 the band, in any letters
```

At the end of a line it speaks of that line; on a line of its own, of the key below it with all of its value;
on the line of a watchlist's `id`, of an entity's or a receiver's name, or of a feed's beginning, of all of that
entry. What a comment no longer ignores is told (L901).

## For programs

`--format json` and `--format sarif` write one document to stdout; the exit codes are the same. The JSON
document has one shape:

| key | holds |
|---|---|
| `version` | 1; raised when a key goes or changes its meaning, new keys may come without |
| `folder` | the folder, as it was named |
| `ok` | true: nothing was found |
| `counts` | how many findings are `warning` and `info` |
| `articles` | stored articles that were looked at; null: none were |
| `skipped` | codes that were not looked for, each with the reason |
| `findings` | a list, in the order of files and lines |

A finding has `path`, `line`, `column`, `code`, `level`, `message` and `hint`. Files that cannot be loaded make
the document of `tocsin check` ([docs/complaints.md](complaints.md#for-programs)). In SARIF 2.1.0 a warning
has the level `warning`, an info `note`.
"""


def page() -> str:
    """Return docs/lint.md."""
    return "\n".join([_OPENING, _contents(), *map(_section, CODES)])


def findings(code: LintCode) -> tuple[Lint, ...]:
    """Return what is found in the example of *code*; what needs articles is given some."""
    text = code.example or "watchlists:\n  - id: idlib\n    title: Idlib\n    places: [{in: SY}]\n"
    subject = Subject.of(Contents.of_files({"example.yml": text.encode()}, place="rules/"), {})
    if code.code == OVER_BROAD:
        return lint(subject, Breadth(articles=12_000, matched=Counter(idlib=420)))
    return lint(subject)


def _contents() -> str:
    return "\n".join(["## Codes", "", "| code | level | means |", "|---|---|---|", *_rows(), ""])


def _rows() -> Iterator[str]:
    group = ""
    for code in CODES:
        if code.code[:2] != group:
            group = code.code[:2]
            yield f"| | | **{_GROUPS[group]}** |"
        yield f"| [{code.code}](#{code.anchor}) | {code.level} | {code.meaning} |"


def _section(code: LintCode) -> str:
    shown = "\n\n".join(one(each) for each in findings(code) if each.code is code)
    parts = [
        f"## {code.code}",
        f"{code.meaning[:1].upper()}{code.meaning[1:]} ({code.level}).",
        _fenced("yaml", code.example) if code.example else "",
        _fenced("text", shown),
        code.way_out,
    ]
    return "\n\n".join(filter(None, parts)) + "\n"


def _fenced(language: str, text: str) -> str:
    return f"```{language}\n{text.rstrip()}\n```"


if __name__ == "__main__":
    PATH.write_text(page(), encoding="utf-8")
