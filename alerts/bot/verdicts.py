"""What watchlists say of an article, in words: which words they found, and what was missing."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.talk import CHANNEL, Call
from alerts.bot.typed import brief
from alerts.delivery.rendering.marked import units
from alerts.locales import Words, marked
from alerts.model import Article, Evidence, Fact, RuleSet, Status, Watchlist
from alerts.subscribers.why import Verdict, why_not

_MET: Final = marked("<b>{title}</b>: {found}")
_TITLE: Final = marked("<b>{title}</b>")
_WORD: Final = marked("“{word}”")
_MEANT: Final = marked("“{word}” ({term})")
_FOUND: Final = marked("has {found}")
_MISSING: Final = marked("lacks <code>{missing}</code>")
_NEARLY: Final = marked("nearly: {nearly}")
_VETOED: Final = marked("has what you do not want: <code>{vetoed}</code>")
_BARRED: Final = {
    Fact.LANGUAGE: marked("is in another language"),
    Fact.DATE: marked("is too old"),
    Fact.PUBLISHER: marked("is of another publisher"),
}

#: Words of one watchlist that are shown, and watchlists.
_MOST_WORDS: Final = 6
MOST_SHOWN: Final = 10
#: UTF-16 units of one list: a message has 4,096, and says more.
_ROOM: Final = 2500
#: Misses that are shown: the nearest.
_MOST_MISSED: Final = 3
#: Watchlists of an operator's chat that are asked; each is a millisecond.
_MOST_ASKED: Final = 300
#: One question at a time: each may take a second of what polls need, too.
_ONE: Final = ThreadPoolExecutor(1, thread_name_prefix="verdicts")


def watched(call: Call, desk: Desk) -> list[Watchlist]:
    """Return the watchlists that can ring in the chat of *call*, its own first."""
    rules, subscriber = desk.rules, call.subscriber
    theirs = {each.id: each for each in rules.watchlists}
    ids: list[str] = []
    if subscriber is not None:
        ids += [subscriber.watchlist_id(own.number) for own in subscriber.watchlists]
        ids += [one.watchlist for one in subscriber.subscriptions]
    if is_routed(call, rules):
        ids += [each.id for each in rules.watchlists if each.status is Status.ACTIVE]
    known = desk.members.rules.audience.watchlists
    found = (known.get(id_) or theirs.get(id_) for id_ in dict.fromkeys(ids))
    return [each for each in found if each is not None][:_MOST_ASKED]


def is_routed(call: Call, rules: RuleSet) -> bool:
    """Tell whether a receiver of the rule files leads to the chat of *call*."""
    targets = {target.casefold() for target in call.chat.targets}
    return any(
        address.channel == CHANNEL and address.target.casefold() in targets
        for receiver in rules.receivers.values()
        for address in receiver.addresses
    )


async def verdicts_on(
    versions: Sequence[Article], watchlists: Sequence[Watchlist], rules: RuleSet
) -> tuple[Verdict, ...]:
    """Return what each of *watchlists* says of an article, as `why_not` does, in a thread."""
    work = partial(why_not, watchlists, versions, rules)
    return await asyncio.get_running_loop().run_in_executor(_ONE, work)


def met_said(words: Words, title: str, evidence: Iterable[Evidence]) -> Markup:
    """Return "<b>Idlib</b>: “Idleb” (Idlib)": a watchlist, and what it found."""
    pairs = dict.fromkeys((one.surface, one.term) for one in evidence)
    return words.say(_MET, title=brief(title), found=found_said(words, pairs))


def found_said(words: Words, pairs: Iterable[tuple[str, str]]) -> Markup:
    """Return words of an article and what they stand for: each once, in any case."""
    once: dict[str, tuple[str, str]] = {}
    for surface, term in pairs:
        once.setdefault(surface.casefold(), (surface, term))
    return words.several([_found(words, *pair) for pair in once.values()][:_MOST_WORDS])


def _found(words: Words, surface: str, term: str) -> Markup:
    if surface.casefold() == term.casefold():
        return words.say(_WORD, word=brief(surface))
    return words.say(_MEANT, word=brief(surface), term=brief(term))


def nearest(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the misses that something speaks for, the one that lacks least first."""
    missed = (one for one in verdicts if not one.met and (one.found or one.vetoed_by))
    return sorted(missed, key=_distance)[:_MOST_MISSED]


def missed_said(words: Words, verdict: Verdict) -> Markup:
    """Return the title of a watchlist that missed, and why, line by line."""
    lines = [words.say(_TITLE, title=brief(verdict.title)), *_reasons(words, verdict)]
    return Markup("\n").join(lines)


def _reasons(words: Words, verdict: Verdict) -> Iterator[Markup]:
    if verdict.found:
        yield words.say(_FOUND, found=found_said(words, verdict.found))
    if verdict.missing:
        yield words.say(_MISSING, missing=" + ".join(map(brief, verdict.missing[:_MOST_WORDS])))
    if verdict.nearly:
        shown = [words.say(_WORD, word=brief(one)) for one in verdict.nearly[:_MOST_WORDS]]
        yield words.say(_NEARLY, nearly=words.several(shown))
    if verdict.vetoed_by:
        yield words.say(_VETOED, vetoed=brief(verdict.vetoed_by))
    yield from (words.say(_BARRED[fact]) for fact in verdict.barred)


def _distance(verdict: Verdict) -> tuple[int, int]:
    short = len(verdict.missing) + len(verdict.barred) + bool(verdict.vetoed_by)
    return short, -len(verdict.found)


def some(words: Words, shown: Sequence[Markup], most: int = MOST_SHOWN) -> list[Markup]:
    """Return at most *most* of *shown*, as many as leave room in a message, and how many are left."""
    lengths = [units(each.striptags()) for each in shown[:most]]
    while len(lengths) > 1 and sum(lengths) > _ROOM:
        lengths.pop()
    most = len(lengths)
    left = len(shown) - most
    rest = [words.many("and {count} more", "and {count} more", left)] if left > 0 else []
    return [*shown[:most], *rest]
