"""Why did an article ring in a chat, or why not?  As values: the bot says them in any language.

What watchlists say of it is asked of the production matcher; what became of it when it was seen is
stored (`alerts.subscribers.fates`).  The two may differ: a watchlist may be newer than the article.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from alerts.alerting.stories import story_keys
from alerts.feeds.identity import canonical_url
from alerts.matching.reasons import Reason
from alerts.model import (
    All,
    Any,
    Article,
    Condition,
    EntityRef,
    Fact,
    Keyword,
    Name,
    Not,
    Publishers,
    RuleSet,
    Watchlist,
)
from alerts.storage import Storage
from alerts.subscribers.fates import End, Fate, fate
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.query.printing import to_text
from alerts.workbench.explaining import Explained, Explainer

__all__ = ["End", "Fate", "Verdict", "asked_by_link", "fate", "why_not"]

#: Articles at one address that are told apart: feeds of one publisher list it several times.
MOST_ASKED: Final = 5
#: Watchlists that are asked which words nearly met them: the nearest to it.
NEAREST: Final = 3


async def asked_by_link(storage: Storage, link: str) -> list[str]:
    """Return the ids of the articles at *link*, the newest first, `MOST_ASKED` at most.

    However it is written: with or without `https://` and `www.`, with or without trackers.  What its
    publisher has moved since is not found.

    Raises:
        StorageError: the database cannot be read.
    """
    link = link.strip()
    url = link if "://" in link else f"https://{link}"
    canonical = canonical_url(url)
    if not canonical:
        return []
    [key] = story_keys(Article(id="", url=url))  # there is no headline that could be another
    found = [one.article for one in await storage.archive.at_key(key)]
    return [one.id for one in found if canonical_url(one.url) == canonical][:MOST_ASKED]


# --- what watchlists say of it ----------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """What one watchlist says of an article."""

    #: `Watchlist.id` and `Watchlist.title`.
    watchlist: str
    title: str
    #: Any of its versions is a match.
    met: bool
    #: The words that it asks for and the article has, as they stand there, and what they stand for.
    found: tuple[tuple[str, str], ...]
    #: Words of the article that nearly were what is missing; only of the `NEAREST` that missed.
    nearly: tuple[str, ...] = ()
    #: What the article does not have, as people wrote it: `chemical, sarin` is one of the two.
    missing: tuple[str, ...] = ()
    #: What is asked besides words, and is otherwise.
    barred: tuple[Fact, ...] = ()
    #: What is not wanted and stands there, as people wrote it; or empty.
    vetoed_by: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Part:
    """A part of a watchlist, and a watchlist that asks for nothing else."""

    alone: Watchlist
    is_wanted: bool = True
    #: What it asks besides words; None: it asks for words.
    fact: Fact | None = None


def why_not(
    watchlists: Sequence[Watchlist], versions: Sequence[Article], rules: RuleSet
) -> tuple[Verdict, ...]:
    """Return what each of *watchlists*, in their order, says of an article.

    *versions* is all that it ever said, the oldest first (`as_seen`); names mean what *rules* say.
    It is for a thread: a millisecond a watchlist, and for each of the `NEAREST` 30 to 300.
    """
    explainer, lexicon = Explainer(rules), Lexicon.shipped(rules.entities)
    told = explainer.at_a_glance(watchlists, versions)
    missed = sorted((one for one in told if not one.met), key=Explained.nearness)
    answers: dict[str, list[tuple[_Part, bool]]] = {one.watchlist.id: [] for one in told}
    for article in versions:
        nearest_to_it = [one.watchlist for one in missed if one.article is article]
        for part, is_met in _asked_alone(explainer, article, nearest_to_it):
            answers[part.alone.id].append((part, is_met))
    nearly = {one.watchlist.id: _nearly(explainer, one) for one in missed[:NEAREST]}
    return tuple(
        _verdict(one, answers[one.watchlist.id], nearly.get(one.watchlist.id, ()), lexicon)
        for one in told
    )


def _verdict(
    told: Explained,
    answers: Sequence[tuple[_Part, bool]],
    nearly: tuple[str, ...],
    lexicon: Lexicon,
) -> Verdict:
    met = [part for part, is_met in answers if is_met]
    unmet = [part for part, is_met in answers if not is_met]
    missing = (part for part in unmet if part.is_wanted and part.fact is None)
    vetoes = (part for part in met if not part.is_wanted)
    return Verdict(
        watchlist=told.watchlist.id,
        title=told.watchlist.title,
        met=told.met,
        found=_found(told),
        nearly=nearly,
        missing=tuple(_said(part.alone.condition, lexicon) for part in missing),
        barred=tuple(part.fact for part in unmet if part.fact is not None),
        vetoed_by=", ".join(_said(part.alone.condition, lexicon) for part in vetoes),
    )


def _found(told: Explained) -> tuple[tuple[str, str], ...]:
    met = (each for each in _below(told.explanation.condition) if each.met)
    words = ((one.surface, one.term) for each in met for one in each.evidence)
    return tuple(dict.fromkeys(words))


def _nearly(explainer: Explainer, missed: Explained) -> tuple[str, ...]:
    whole = explainer.explain(missed.watchlist, [missed.article]).explanation
    unmet = (each for each in _below(whole.condition) if not each.met)
    return tuple(dict.fromkeys(one.surface for each in unmet for one in each.evidence))


def _below(reason: Reason) -> Iterator[Reason]:
    """Yield *reason* and all below it, but for what a NOT is about."""
    if reason.what != "NOT":
        yield reason
        for part in reason.parts:
            yield from _below(part)


def _asked_alone(
    explainer: Explainer, article: Article, watchlists: Iterable[Watchlist]
) -> Iterator[tuple[_Part, bool]]:
    """Yield each part of *watchlists*, and whether *article* has it."""
    parts = [part for watchlist in watchlists for part in _parts(watchlist)]
    told = explainer.at_a_glance([part.alone for part in parts], [article])
    for part, one in zip(parts, told, strict=True):
        whole = one.explanation
        reasons = (whole.condition,) if part.fact is None else whole.facts
        yield part, all(reason.met for reason in reasons)


def _parts(watchlist: Watchlist) -> Iterator[_Part]:
    """Yield what *watchlist* asks for, what it does not want, and what it asks besides words."""
    unwanted = [watchlist.exclude] if watchlist.exclude is not None else []
    for part in _several(watchlist.condition, All):
        if isinstance(part, Not):
            unwanted.append(part.part)
        else:
            yield _Part(alone=replace(watchlist, condition=part, exclude=None))
    for veto in unwanted:
        for part in _several(veto, Any):
            alone = replace(watchlist, condition=part, exclude=None)
            yield _Part(alone=alone, is_wanted=False)
    bare = replace(watchlist, languages=(), max_age=None, publishers=Publishers())
    asked = {
        Fact.LANGUAGE: replace(bare, languages=watchlist.languages),
        Fact.DATE: replace(bare, max_age=watchlist.max_age),
        Fact.PUBLISHER: replace(bare, publishers=watchlist.publishers),
    }
    yield from (_Part(alone=alone, fact=fact) for fact, alone in asked.items() if alone != bare)


def _several(condition: Condition, operator: type[All | Any]) -> tuple[Condition, ...]:
    return condition.parts if isinstance(condition, operator) else (condition,)


def _said(condition: Condition, lexicon: Lexicon) -> str:
    """Return *condition* as people write it in a chat, where that can be said."""
    match condition:
        case Any(parts=parts):
            return ", ".join(_said(part, lexicon) for part in parts)
        case Keyword(text=text) | Name(text=text, country=""):
            return text
        case Name(text=text, country=country):
            return f"{text} ({country})"
        case EntityRef(id=id_):
            entity = lexicon.entity(id_)
            return entity.name if entity is not None else id_
        case _:
            return to_text(condition)
