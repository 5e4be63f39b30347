"""The tests that stand inside watchlists: invented articles, and what should come of them."""

from __future__ import annotations

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from datetime import datetime

from alerts.model import Article, Severity
from alerts.text.languages import with_language
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.receivers import check_receiver
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.watchlists import RuleTestSection, WatchlistSection


@dataclass(frozen=True, slots=True)
class Spot:
    """Where something stands in the rule files, as complaints name it."""

    path: str
    #: Both from 1.
    line: int
    column: int

    def __str__(self) -> str:
        """Return `file:line:column`."""
        return f"{self.path}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTest:
    """An article that a watchlist must match, or must not."""

    spot: Spot
    #: Of the watchlist that the test stands in.
    watchlist: str
    name: str
    article: Article
    expects_match: bool
    #: When the article comes; None: at an hour that does not matter.
    at: datetime | None = None
    #: Words of the article that must be among the evidence; empty: any.
    evidence: tuple[str, ...] = ()
    #: None: any.
    severity: Severity | None = None
    #: Names of receivers that must get it; empty: any.
    receivers: tuple[str, ...] = ()


def read_tests(section: WatchlistSection, node: Node, path: str) -> list[RuleTest]:
    """Return the tests of the watchlist at *node* of the file *path*, in the order of the file."""
    return [
        RuleTest(
            spot=Spot(path, where.line, where.column),
            watchlist=section.id,
            name=test.name,
            article=_article(test, f"{section.id}/{test.name}"),
            expects_match=test.expect == "match",
            at=test.at,
            evidence=tuple(dict.fromkeys(test.evidence)),
            severity=test.severity,
            receivers=tuple(dict.fromkeys(test.receivers)),
        )
        for test, where in zip(section.tests, node.parts("tests"), strict=True)
    ]


def check_tests(
    section: WatchlistSection, node: Node, file: RuleFile, receivers: AbstractSet[str]
) -> None:
    """Complain in *file* about tests that contradict themselves or name unknown *receivers*."""
    for test, where in zip(section.tests, node.parts("tests"), strict=True):
        if test.expect == "no-match":
            for key in ("evidence", "severity", "receivers"):
                if key in where.entries:
                    message = f"an article that does not match has no {quoted(key)}"
                    hint = "delete the key, or expect a match"
                    file.blame(where.key(key), FlawError("R310", message, hint=hint))
        for name, named in zip(test.receivers, where.parts("receivers"), strict=True):
            with file.reviewing(named):
                check_receiver(name, receivers)


def _article(test: RuleTestSection, id_: str) -> Article:
    """Return the article in the language that a poll would find it to be in."""
    given = test.article.model_dump(exclude={"tags"})
    article = Article(id=id_, tags=tuple(test.article.tags), seen_at=test.at, **given)
    return with_language(article)
