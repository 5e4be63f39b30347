"""`tocsin match`: articles in, matches out, no database."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, TextIO

import typer

from alerts.cli.documents import of_evidence
from alerts.cli.options import Rules

if TYPE_CHECKING:
    from datetime import datetime

    from alerts.model import Article, Match


class _BadLineError(Exception):
    """A line that is no article; the text says why."""


def match(rules: Rules = None) -> None:
    """Read one JSON article a line on stdin; write one JSON line per match on stdout.

    Example: echo '{"id": "1", "title": "Sarin used in Idlib"}' | tocsin match --rules rules
    """
    import os

    from alerts.matching import matcher_of
    from alerts.settings import load_settings
    from alerts.watchlists.load import load_rules

    loaded = load_rules(load_settings(rules=rules).rules, environment=os.environ)
    matcher = matcher_of(loaded)
    broken = 0
    for number, article in _articles(sys.stdin):
        if isinstance(article, str):
            typer.echo(f"line {number}: {article}", err=True)
            broken += 1
            continue
        for found in matcher.match(article):
            _write(found)
    sys.stdout.flush()
    if broken:
        raise typer.Exit(3)


def _articles(lines: TextIO) -> Iterator[tuple[int, Article | str]]:
    """Yield each line's number with its article, or with what is wrong with it."""
    import json

    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            yield number, _article(json.loads(line))
        except json.JSONDecodeError as error:
            yield number, f"not JSON: {error.msg} at column {error.colno}"
        except _BadLineError as error:
            yield number, str(error)


def _article(value: Any) -> Article:
    """Return the article that a line describes.

    Raises:
        _BadLineError: says which key is wrong.
    """
    from datetime import UTC, datetime

    from alerts.model import Article
    from alerts.text.languages import with_language

    if not isinstance(value, dict):
        raise _BadLineError("an article is a JSON object")
    if not isinstance(value.get("id"), str | int) or isinstance(value.get("id"), bool):
        raise _BadLineError('an article needs an "id"')
    given: dict[str, Any] = {}
    for key in ("title", "summary", "content", "url", "feed", "publisher", "language", "author"):
        text = value.get(key)
        if text is not None and not isinstance(text, str):
            raise _BadLineError(f'"{key}" must be text')
        given[key] = text or ""
    published_at = _moment(value, "published_at")
    tags = value.get("tags") or []
    if not isinstance(tags, list) or not all(isinstance(tag, str) for tag in tags):
        raise _BadLineError('"tags" must be a list of texts')
    given["language"] = given["language"].lower()
    seen_at = _moment(value, "seen_at") or datetime.now(UTC)
    article = Article(
        id=str(value["id"]), published_at=published_at, seen_at=seen_at, tags=tuple(tags), **given
    )
    # As the poller does it.
    return with_language(article)


def _moment(value: dict[str, Any], key: str) -> datetime | None:
    """Return the time under *key*; one without a zone is taken for UTC."""
    from datetime import UTC, datetime

    text = value.get(key)
    try:
        moment = datetime.fromisoformat(text) if text else None
    except (TypeError, ValueError):
        raise _BadLineError(f'"{key}" must be an ISO 8601 date') from None
    return moment.replace(tzinfo=UTC) if moment and moment.tzinfo is None else moment


def _write(found: Match) -> None:
    import json

    line = {
        "article": found.article,
        "watchlist": found.watchlist,
        "severity": found.severity.value,
        "unknown": [fact.value for fact in found.unknown],
        "held": found.is_held,
        "evidence": [of_evidence(one) for one in found.evidence],
    }
    sys.stdout.write(json.dumps(line, ensure_ascii=False) + "\n")
