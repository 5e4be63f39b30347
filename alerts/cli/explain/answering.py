"""`tocsin explain`, from its arguments to what it shows."""

from __future__ import annotations

import json
import os
from collections.abc import AsyncIterator, Collection
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import typer

from alerts.cli.documents import of_article
from alerts.cli.ending import USAGE, EndedError
from alerts.cli.explain import asking
from alerts.cli.explain.asking import Asked
from alerts.cli.explain.document import described
from alerts.cli.explain.showing import show, show_overall
from alerts.cli.terminal import console
from alerts.errors import RulesError
from alerts.model import RuleSet, Watchlist
from alerts.settings import Settings, load_settings
from alerts.storage import Storage, open_beside
from alerts.storage.engine import async_url, sqlite_file
from alerts.watchlists.complaints import printable
from alerts.watchlists.load import load_contents, load_rules
from alerts.watchlists.suggest import did_you_mean
from alerts.workbench.explaining import Explained, Explainer, Overall


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What was asked; one of article, text and URL is given."""

    watchlist: str | None
    article: str | None
    text: str | None
    url: str | None
    #: A folder of rule files.
    rules: Path | None
    #: By the rule set that decided then.
    by_decided: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Then:
    """The rule set that decided on a stored article."""

    hash: str
    #: None: its files are not kept, or cannot be loaded any more.
    rules: RuleSet | None
    #: Why there are none.
    why: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was found out."""

    asked: Asked
    #: The hash of the rule set that explains.
    rule_set: str
    by_decided: bool
    #: Of one watchlist, or of all.
    one: Explained | None = None
    overall: Overall | None = None
    #: How the other rule set, today's or the one that decided, differs in its verdict; or empty.
    differs: str = ""


async def answer(question: Question, *, as_json: bool) -> None:
    """Answer *question*.

    Raises:
        EndedError: no one article, or no watchlist, is meant, or the page cannot be read; it was said.
        RulesError: the rule files cannot be loaded.
        StorageError: the database cannot be read.
    """
    settings, now = load_settings(rules=question.rules), datetime.now(UTC)
    found = await _found(question, settings, now)
    if as_json:
        typer.echo(json.dumps(_document(found), indent=2))
    else:
        _show(found)


async def _found(question: Question, settings: Settings, now: datetime) -> Answer:
    async with _memory(settings, question) as storage:
        asked = await _asked(question, settings, storage, now)
        then = await _then(storage, asked, question.watchlist)
    if question.by_decided:
        explaining = _rules_of(then)
        other = _todays(settings)
    else:
        explaining = load_rules(settings.rules, environment=os.environ)
        other = then.rules if then is not None else None
    explainer = Explainer(explaining)
    made = Answer(asked=asked, rule_set=explaining.hash, by_decided=question.by_decided)
    if question.watchlist is None:
        return replace(made, overall=_overall(explainer, asked))
    watchlist = chosen(question.watchlist, explainer.watchlists.values())
    one = explainer.remedied(explainer.explain(watchlist, asked.versions))
    return replace(made, one=one, differs=_difference(one, made, other, then))


def _overall(explainer: Explainer, asked: Asked) -> Overall:
    overall = explainer.every(asked.versions)
    return replace(overall, misses=tuple(map(explainer.remedied, overall.misses)))


@asynccontextmanager
async def _memory(settings: Settings, question: Question) -> AsyncIterator[Storage | None]:
    """Open what is remembered; None where nothing is, and the question can do without it."""
    url = settings.database_url.get_secret_value()
    path = sqlite_file(async_url(url))
    if question.text is not None or (
        question.url is not None and path is not None and not path.exists()
    ):
        yield None
        return
    async with open_beside(url) as storage:
        yield storage


async def _asked(
    question: Question, settings: Settings, storage: Storage | None, now: datetime
) -> Asked:
    if question.text is not None:
        return asking.of_text(question.text, now=now)
    if storage is None:
        assert question.url is not None
        return await asking.of_page(settings, question.url, now=now)
    if question.url is not None and not await storage.archive.find(question.url):
        return await asking.of_page(settings, question.url, now=now)
    name = question.article or question.url or ""
    return await asking.stored(storage, await asking.named(storage, name, now=now))


async def _then(storage: Storage | None, asked: Asked, watchlist: str | None) -> Then | None:
    """Return the rule set that decided on the article; None: it is not of the archive."""
    if storage is None or asked.history is None:
        return None
    match = asked.history.match(watchlist or "")
    seen_at = asked.history.article.seen_at
    assert seen_at is not None  # what is stored was seen
    hash_ = match.rule_set if match else await storage.rule_archive.in_force(seen_at)
    contents = await storage.rule_archive.load(hash_) if hash_ else None
    if contents is None:
        return Then(hash=hash_, rules=None, why="the rule files that decided are not kept")
    try:
        return Then(hash=hash_, rules=load_contents(contents, environment=os.environ))
    except RulesError as error:
        why = f"the rule files that decided cannot be loaded any more: {error.complaints[0]}"
        return Then(hash=hash_, rules=None, why=why)


def _rules_of(then: Then | None) -> RuleSet:
    if then is None:
        why = "the page was fetched just now: nothing has decided on it"
    elif then.rules is not None:
        return then.rules
    else:
        why = then.why
    typer.echo(f"tocsin: {printable(why)}; without --decided today's explain", err=True)
    raise EndedError(USAGE)


def _todays(settings: Settings) -> RuleSet | None:
    try:
        return load_rules(settings.rules, environment=os.environ)
    except RulesError:
        return None


def chosen(name: str, known: Collection[Watchlist]) -> Watchlist:
    """Return the watchlist with the id *name*.

    Raises:
        EndedError: there is none; the nearest were said.
    """
    by_id = {watchlist.id: watchlist for watchlist in known}
    if name in by_id:
        return by_id[name]
    asked = name.casefold()
    near = [one.id for one in known if asked in f"{one.id} {one.title}".casefold()][:3]
    hint = f"did you mean {' or '.join(near)}?" if near else did_you_mean(name, list(by_id))
    typer.echo(f"tocsin: there is no watchlist {printable(name)!r}; {hint}".rstrip("; "), err=True)
    raise EndedError(USAGE)


def _difference(one: Explained, made: Answer, other: RuleSet | None, then: Then | None) -> str:
    """Say how *other* rules, today's or those that decided, differ from *one* in their verdict."""
    if then is None:
        return ""
    stored = made.asked.history.match(one.watchlist.id) if made.asked.history else None
    if stored is not None and then.hash == made.rule_set and not one.explanation.met:
        # A page's full text took the place of the words in the feed (`full_text: true`).
        return "it was matched in words that are not kept: `tocsin why` shows them"
    if other is None or other.hash == made.rule_set:
        return ""
    explainer = Explainer(other)
    watchlist = explainer.watchlists.get(one.watchlist.id)
    whose = "today's rules" if made.by_decided else f"the rules that decided ({then.hash[:12]})"
    if watchlist is None:
        return f"{whose} have no watchlist {one.watchlist.id}"
    [told] = explainer.at_a_glance([watchlist], made.asked.versions)
    if told.met is one.met:
        return ""
    verb = "matches" if made.by_decided else "matched"
    denied = "does not match" if made.by_decided else "did not match"
    way = "without --decided" if made.by_decided else "with --decided"
    return f"by {whose} it {verb if told.met else denied}: {way} you see why"


def _show(found: Answer) -> None:
    shown = console()
    if found.one is not None:
        show(shown, found.one, versions=len(found.asked.versions))
    if found.overall is not None:
        show_overall(shown, found.overall, found.asked.article)
    if found.differs:
        shown.print()
        shown.print(f"differs  {printable(found.differs)}", style="yellow", markup=False)


def _document(found: Answer) -> dict[str, Any]:
    history, overall = found.asked.history, found.overall
    told = [found.one] if found.one is not None else []
    if overall is not None:
        told = [*overall.matches, *overall.misses]
    return {
        "article": of_article(history.article if history is not None else found.asked.article)
        | {
            "versions": len(found.asked.versions),
            "novelty": history.novelty.value if history is not None else None,
        },
        "rule_set": found.rule_set,
        "decided": found.by_decided,
        "asked": overall.asked if overall is not None else 1,
        "differs": found.differs,
        "watchlists": [described(one) for one in told],
    }
