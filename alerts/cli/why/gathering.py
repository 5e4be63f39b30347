"""What `tocsin why` finds out, from the tables and from the rules that decided."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from alerts.cli.explain import asking
from alerts.cli.explain.answering import chosen
from alerts.errors import RulesError
from alerts.model import Novelty, RuleSet
from alerts.settings import Settings, load_settings
from alerts.storage import Storage, open_beside
from alerts.storage.histories import History, StoredMatch
from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_contents, load_rules
from alerts.workbench.explaining import Explained, Explainer, Overall
from alerts.workbench.history import Course, Refusals, beginning, course, routes_of
from alerts.workbench.stages import Stage


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Everything that is known of an article's way."""

    history: History
    #: In how many versions its words were seen, and when the last one came.
    versions: int
    changed_at: datetime | None
    stages: tuple[Stage, ...]
    #: Of the matches that were asked about.
    courses: tuple[Course, ...]
    #: Of a watchlist that was asked about and did not match.
    miss: Explained | None = None
    #: Of all watchlists, where none matched and none was named.
    overall: Overall | None = None
    #: The hash of the rules by which a miss is explained, and whether they were in force then.
    rule_set: str = ""
    were_in_force: bool = True
    now: datetime


async def gather(name: str, watchlist: str | None, *, folder: Path | None) -> Found:
    """Return everything that is known of the article *name*, and of *watchlist* if it is given.

    Raises:
        EndedError: no one article, or no watchlist, is meant; it was said.
        RulesError: nothing is kept of the rules that decided, and today's cannot be loaded.
        StorageError: the database cannot be read.
    """
    settings, now = load_settings(rules=folder), datetime.now(UTC)
    async with open_beside(settings.database_url.get_secret_value()) as storage:
        asked = await asking.stored(storage, await asking.named(storage, name, now=now))
        assert asked.history is not None  # nothing deletes what was just found but a sweep
        wanted = [
            one
            for one in asked.history.matches
            if watchlist is None or one.match.watchlist == watchlist
        ]
        books = _Books(storage, settings)
        courses = await _courses(asked.history, wanted, books, storage, now=now)
        if courses:
            return _found(asked, courses, now=now)
        return await _unmatched(asked, watchlist, books, now=now)


def _found(asked: asking.Asked, courses: Sequence[Course], *, now: datetime) -> Found:
    assert asked.history is not None
    return Found(
        history=asked.history,
        versions=len(asked.versions),
        changed_at=asked.article.seen_at,
        stages=beginning(asked.history),
        courses=tuple(courses),
        now=now,
    )


async def _courses(
    history: History,
    wanted: Sequence[StoredMatch],
    books: _Books,
    storage: Storage,
    *,
    now: datetime,
) -> list[Course]:
    decided = [(one, await books.of(one.rule_set)) for one in wanted]
    refusals = await _refusals(history, decided, storage, now=now)
    return [course(history, one, rules, refusals, now=now) for one, rules in decided]


async def _refusals(
    history: History,
    decided: Sequence[tuple[StoredMatch, RuleSet | None]],
    storage: Storage,
    *,
    now: datetime,
) -> Refusals:
    ways = [routes_of(history, one, rules) for one, rules in decided]
    pairs = {
        (each.address, each.receiver)
        for way in ways
        if way is not None
        for each in way.destinations
    }
    return await storage.histories.refused(pairs, now=now)


async def _unmatched(
    asked: asking.Asked, watchlist: str | None, books: _Books, *, now: datetime
) -> Found:
    """Explain why *watchlist*, or any, did not match: by the rules of that time, if they are kept."""
    rules, were_in_force = await books.then(asked)
    explainer = Explainer(rules)
    found = _found(asked, (), now=now)
    found = replace(found, rule_set=rules.hash, were_in_force=were_in_force)
    if watchlist is None:
        return replace(found, overall=explainer.every(asked.versions))
    one = chosen(watchlist, explainer.watchlists.values())
    return replace(found, miss=explainer.remedied(explainer.explain(one, asked.versions)))


class _Books:
    """The rule sets that decided, each loaded once."""

    def __init__(self, storage: Storage, settings: Settings) -> None:
        self._archive = storage.rule_archive
        self._settings = settings
        self._loaded: dict[str, RuleSet | None] = {}

    async def of(self, hash_: str) -> RuleSet | None:
        """Return the rule set *hash_*; None: it is not kept, or cannot be loaded any more."""
        if hash_ not in self._loaded:
            contents = await self._archive.load(hash_) if hash_ else None
            self._loaded[hash_] = _loaded(contents) if contents is not None else None
        return self._loaded[hash_]

    async def then(self, asked: asking.Asked) -> tuple[RuleSet, bool]:
        """Return the rules that were in force when the article was seen; or else today's, and False."""
        seen_at = asked.versions[0].seen_at
        assert seen_at is not None  # what is stored was seen
        rules = await self.of(await self._archive.in_force(seen_at))
        if rules is not None:
            return rules, True
        return load_rules(self._settings.rules, environment=os.environ), False


def _loaded(contents: Contents) -> RuleSet | None:
    try:
        return load_contents(contents, environment=os.environ)
    except RulesError:
        return None


def was_asked(found: Found) -> bool:
    """Tell whether the article was put to the watchlists at all when it was seen."""
    return found.history.novelty is Novelty.NEW or found.versions > 1
