"""Rule files with one fault each, and a way to look at them."""

from __future__ import annotations

from collections.abc import Mapping

from alerts.watchlists.contents import Contents
from alerts.workbench.lint import Breadth, Lint, Subject, lint

#: Stands before the character at which a finding is expected.
MARK = "«"

TESTS = """\
    tests:
      - {name: yes, article: {title: A}, expect: match}
      - {name: no, article: {title: B}, expect: no-match}
"""


def watchlist(rest: str, *, name: str = "w", title: str = "", tests: str = TESTS) -> str:
    """Return a watchlist of which nothing can be said but what *rest* earns."""
    lines = "".join(f"    {line}\n" for line in rest.splitlines())
    return f"  - id: {name}\n    title: {title or name}\n    owner: desk\n{lines}{tests}"


def watchlists(*several: str) -> str:
    """Return a section of watchlists."""
    return "watchlists:\n" + "".join(several)


def asked(rest: str) -> str:
    """Return a file with one watchlist."""
    return watchlists(watchlist(rest))


def subject(*texts: str, environment: Mapping[str, str] | None = None) -> Subject:
    """Return the folder `rules/` with the files a.yml, b.yml …, without the mark."""
    files = {
        f"{chr(ord('a') + number)}.yml": text.replace(MARK, "").encode()
        for number, text in enumerate(texts)
    }
    return Subject.of(Contents.of_files(files, place="rules/"), environment or {})


def found(*texts: str, measured: Breadth | None = None) -> tuple[Lint, ...]:
    """Return what is found in these files."""
    return lint(subject(*texts), measured)


def codes(*texts: str, measured: Breadth | None = None) -> list[str]:
    """Return the codes of what is found."""
    return [each.code.code for each in found(*texts, measured=measured)]


def marked(text: str) -> tuple[int, int]:
    """Return line and column of the character behind the mark."""
    before = text[: text.index(MARK)].split("\n")
    return len(before), len(before[-1]) + 1
