"""The tests inside watchlists: whether there are any, and whether each says something of its own."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.model import Status
from alerts.watchlists.complaints import quoted
from alerts.workbench.lint.subject import Finding, Placed, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what tests are missing; of a watchlist that is off nobody expects any."""
    for placed in subject.watchlists:
        if placed.section.tests:
            yield from _sides(placed)
            yield from _repeated(placed)
        elif placed.watchlist.status is not Status.OFF:
            hint = "add one article that must match and one that must not"
            message = f"nothing shows what {quoted(placed.watchlist.id)} matches"
            yield placed.found("L401", message, hint=hint)


def _sides(placed: Placed) -> Iterator[Finding]:
    expected = {test.expect for test in placed.section.tests}
    if "match" not in expected:
        hint = "add a test with 'expect: match'"
        yield placed.found("L402", "no test expects a match", at=placed.key("tests"), hint=hint)
    if "no-match" not in expected:
        hint = "add the article that comes nearest to a false alarm, with 'expect: no-match'"
        yield placed.found("L403", "every test expects a match", at=placed.key("tests"), hint=hint)


def _repeated(placed: Placed) -> Iterator[Finding]:
    names: set[str] = set()
    articles: dict[str, str] = {}
    for test, node in zip(placed.section.tests, placed.node.parts("tests"), strict=True):
        if test.name in names:
            message = f"another test is called {quoted(test.name)}, too"
            hint = "reports know tests by their names"
            yield placed.found("L404", message, at=node.entries["name"], hint=hint)
        names.add(test.name)
        # The hour decides who hears of it: the same article at another hour is another test.
        words = f"{test.at} {test.article!r}"
        other = articles.setdefault(words, test.name)
        if other != test.name:
            message = f"the article is that of the test {quoted(other)}"
            hint = "change its words, or delete one of both"
            yield placed.found("L405", message, at=placed.page.file.key(node, "article"), hint=hint)
