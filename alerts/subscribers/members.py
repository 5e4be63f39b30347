"""Everybody who watches something of their own: kept in the database, and in force.

Each change is written first and heeded by the next poll.  Changes of one subscriber come one after
the other: whoever calls sees to that.
"""

from __future__ import annotations

import asyncio
from collections import ChainMap
from collections.abc import Callable, Collection, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

import structlog

from alerts.alerting.audience import Audience, receiver_of
from alerts.alerting.digests import next_digest_at
from alerts.alerting.sightings import RulesInForce
from alerts.gazetteer.shipped import known
from alerts.model import (
    Address,
    ChatKind,
    OwnWatchlist,
    RuleSet,
    Subscriber,
    Subscription,
    Watchlist,
)
from alerts.storage.backlog import Backlog
from alerts.storage.subscribers import Subscribers
from alerts.subscribers.kept import watchlist_of_own
from alerts.watchlists.complaints import FlawError

log = structlog.get_logger()

#: Of its own, and of the operator's, for one subscriber.
MOST_OWN: Final = 50
MOST_SUBSCRIPTIONS: Final = 200


class Memory(Protocol):
    """What is written and read (`alerts.storage.Storage`)."""

    @property
    def subscribers(self) -> Subscribers:
        """Subscribers, and what they watch."""

    @property
    def backlog(self) -> Backlog:
        """What waits for whom."""


class Members:
    """Subscribers by their chats, and the rules in force that heed them."""

    def __init__(self, memory: Memory, *, now: Callable[[], datetime]) -> None:
        self._store = memory.subscribers
        self._backlog = memory.backlog
        self._now = now
        #: By the target of the chat.
        self._all: dict[str, Subscriber] = {}
        self._rules = RulesInForce.compile(RuleSet())
        #: Who changed since `compiled` looked: id -> how they were then.
        self._before: dict[int, Subscriber | None] = {}

    async def open(self) -> None:
        """Read everybody.

        Raises:
            StorageError: the database cannot be read.
        """
        self._all = {each.chat.target: each for each in await self._store.everybody()}

    # --- rules ------------------------------------------------------------------------------------

    async def compiled(self, rules: RuleSet) -> RulesInForce:
        """Return *rules* compiled with what subscribers want; `use` puts them in force."""
        self._before.clear()
        everybody = list(self._all.values())
        return await asyncio.to_thread(_compiled, rules, everybody)

    async def use(self, rules: RulesInForce) -> None:
        """Let *rules* be in force: what has changed since they were compiled is heeded now."""
        self._rules = rules
        changed, self._before = self._before, {}
        now = {each.id: each for each in self._all.values()}
        for number, before in changed.items():
            await self._heed(before, now.get(number))

    @property
    def rules(self) -> RulesInForce:
        """What is in force."""
        return self._rules

    def joined(self, rules: RuleSet) -> RuleSet:
        """Return *rules* with the receivers that subscribers are, now and later."""
        audience = self._rules.audience
        return replace(
            rules,
            receivers=ChainMap(audience.receivers, dict(rules.receivers)),
            intervals=ChainMap(audience.intervals, dict(rules.intervals)),
        )

    # --- who ----------------------------------------------------------------------------------------

    def of(self, chat: Address) -> Subscriber | None:
        """Return who reads *chat*; None: a stranger."""
        return self._all.get(chat.target)

    def __iter__(self) -> Iterator[Subscriber]:
        return iter(list(self._all.values()))

    def __len__(self) -> int:
        return len(self._all)

    def is_understood(self, subscriber: Subscriber, own: OwnWatchlist) -> bool:
        """Tell whether *own* can be read with the entities of the rules in force."""
        return subscriber.watchlist_id(own.number) in self._rules.audience.watchlists

    async def admit(self, chat: Address, *, kind: ChatKind, language: str) -> Subscriber:
        """Let the readers of *chat* be subscribers; who is one stays as it is."""
        admitted = await self._store.admit(chat, kind=kind, language=language, now=self._now())
        return await self._became(None, admitted)

    async def moved(self, old: Address, new: Address) -> None:
        """Let what is known of the chat *old* be known of *new*: a group became a supergroup."""
        before = self._all.pop(old.target, None)
        await self._store.move(old, new, now=self._now())
        after = await self._store.find(new)
        if before is not None and (after is None or after.id != before.id):
            self._note(before)
            await self._heed(before, None)
            before = self._all.get(new.target)
        if after is not None:
            await self._became(before, after)

    async def forget(self, subscriber: Subscriber, *, people: Collection[str]) -> None:
        """Erase everything that is kept of *subscriber*, and what *people* said of alerts."""
        await self._store.erase(subscriber, people=people)
        self._all.pop(subscriber.chat.target, None)
        self._note(subscriber)
        await self._heed(subscriber, None)

    # --- what they want -----------------------------------------------------------------------------

    async def keep(self, changed: Subscriber) -> Subscriber | None:
        """Keep the settings of *changed*; None: it is gone."""
        before = self._all.get(changed.chat.target)
        if before is None or not await self._store.keep(changed):
            return None
        await self._retime(before, changed)
        return await self._became(before, changed)

    async def watch(self, subscriber: Subscriber, own: OwnWatchlist) -> OwnWatchlist | None:
        """Watch *own*, a new one (number 0) or in place of the one of its number.

        None: it has `MOST_OWN` already, or the one that it replaces is gone.
        """
        kept = await self._store.watch(subscriber.id, own, most=MOST_OWN)
        if kept is None:
            return None
        others = tuple(each for each in subscriber.watchlists if each.number != kept.number)
        by_number = sorted((*others, kept), key=lambda each: each.number)
        await self._became(subscriber, replace(subscriber, watchlists=tuple(by_number)))
        return kept

    async def watch_all(
        self, subscriber: Subscriber, several: Sequence[OwnWatchlist]
    ) -> list[OwnWatchlist] | None:
        """Watch *several* new ones, all or none; None: there would be more than `MOST_OWN`."""
        kept = await self._store.watch_all(subscriber.id, several, most=MOST_OWN)
        if kept is not None:
            whole = (*subscriber.watchlists, *kept)
            await self._became(subscriber, replace(subscriber, watchlists=whole))
        return kept

    async def unwatch(self, subscriber: Subscriber, number: int) -> bool:
        """Delete a watchlist of its own; False: there is none of that number."""
        done = await self._store.unwatch(subscriber.id, number)
        left = tuple(each for each in subscriber.watchlists if each.number != number)
        await self._became(subscriber, replace(subscriber, watchlists=left))
        return done

    async def subscribe(self, subscriber: Subscriber, wanted: Subscription) -> bool:
        """Hear of a watchlist of the operator; False: there are `MOST_SUBSCRIPTIONS` already."""
        if not await self._store.subscribe(subscriber.id, wanted, most=MOST_SUBSCRIPTIONS):
            return False
        others = [one for one in subscriber.subscriptions if one.watchlist != wanted.watchlist]
        await self._became(subscriber, replace(subscriber, subscriptions=(*others, wanted)))
        return True

    async def unsubscribe(self, subscriber: Subscriber, watchlist: str) -> bool:
        """Hear of it no more; False: it was not heard of."""
        done = await self._store.unsubscribe(subscriber.id, watchlist)
        left = tuple(one for one in subscriber.subscriptions if one.watchlist != watchlist)
        await self._became(subscriber, replace(subscriber, subscriptions=left))
        return done

    # --- in force -------------------------------------------------------------------------------------

    async def _became(self, before: Subscriber | None, after: Subscriber) -> Subscriber:
        before = self._all.get(after.chat.target, before)
        self._all[after.chat.target] = after
        if before != after:
            self._note(before or after, is_new=before is None)
            await self._heed(before, after)
        return after

    def _note(self, subscriber: Subscriber, *, is_new: bool = False) -> None:
        self._before.setdefault(subscriber.id, None if is_new else subscriber)

    async def _heed(self, before: Subscriber | None, after: Subscriber | None) -> None:
        """Let the rules in force heed what became of somebody."""
        audience, matcher = self._rules.audience, self._rules.matcher
        entities = self._rules.rules.entities
        old = {each.id for each in _own(before, audience.watchlists)} if before else set()
        own = dict(_read(after, entities)) if after is not None else {}
        for gone in old - own.keys():
            await asyncio.to_thread(matcher.remove, gone)
        changed = [each for id_, each in own.items() if audience.watchlists.get(id_) != each]
        if after is not None:
            audience.put(after, own.values())
        elif before is not None:
            audience.drop(before)
        for each in changed:
            await asyncio.to_thread(matcher.add, each)

    async def _retime(self, before: Subscriber, after: Subscriber) -> None:
        """Let what has gathered leave when it is wanted now."""
        now = self._now()
        clock = before.time_zone == after.time_zone
        if before.digest != after.digest or (after.digest and not clock):
            digest = receiver_of(after).digest
            due_at = next_digest_at(digest, now) if digest is not None else now
            await self._backlog.retime(after.name, due_at, now=now)
        if before.quiet != after.quiet or (after.quiet and not clock):
            await self._backlog.release_quiet(after.name, now=now)


def _compiled(rules: RuleSet, everybody: Iterable[Subscriber]) -> RulesInForce:
    audience = Audience()
    for each in everybody:
        audience.put(each, dict(_read(each, rules.entities)).values())
    return RulesInForce.compile(rules, audience)


def _read(subscriber: Subscriber, entities: Container[str]) -> Iterator[tuple[str, Watchlist]]:
    """Yield the watchlists of *subscriber* that are understood, by id."""
    for own in subscriber.watchlists:
        read = watchlist_of_own(subscriber, own, entities, known())
        if isinstance(read, FlawError):
            # Its owner is shown that in the list of watchlists; it may be understood again.
            log.info("watchlist not understood", of=subscriber.id, number=own.number)
        else:
            yield read.id, read


def _own(subscriber: Subscriber, watchlists: Mapping[str, Watchlist]) -> Iterator[Watchlist]:
    ids = (subscriber.watchlist_id(own.number) for own in subscriber.watchlists)
    return (watchlists[id_] for id_ in ids if id_ in watchlists)
