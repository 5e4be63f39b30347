"""Silent death, told: what should speak and does not, each once, and its end once.

The tables know what was told, so that it does not matter how often somebody looks, nor who was killed
in between.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from datetime import datetime

from alerts.alerting import receiver_notices, silence_notices
from alerts.alerting.notices import operator
from alerts.alerting.receiver_notices import ABOUT_RECEIVERS, deaf, to_tell
from alerts.alerting.silence_notices import (
    ABOUT_NAMES,
    ABOUT_WATCHLISTS,
    NAMES_APART,
    UNSEEN_FOR,
    ears,
    expecting,
    is_silent,
    speaks,
)
from alerts.alerting.unseen_names import unseen_names
from alerts.model import Notice, RuleSet, Watchlist
from alerts.storage import Storage
from alerts.storage.retention import LEAST, Keep
from alerts.workbench.in_force import watched_since, words_at


class SilenceWatch:
    """Looks for what has fallen silent, and tells the operator of the rules in force."""

    def __init__(self, storage: Storage, rules: RuleSet, keep: Keep) -> None:
        self._storage = storage
        self._rules = rules
        self._keep = keep

    async def look(self, *, now: datetime) -> frozenset[str]:
        """Tell of watchlists and receivers; return the channels on which something may be due.

        Raises:
            StorageError: some was not told; the next look tells it.
        """
        notices = [*await self._watchlists(now), *await self._receivers(now)]
        return await self._tell(notices, now)

    async def look_at_names(self, *, now: datetime) -> frozenset[str]:
        """Tell of names that stood in no match; return the channels on which something may be due.

        Raises:
            StorageError: nothing was told.
        """
        return await self._tell(await self._names(now), now)

    async def _tell(self, notices: Iterable[Notice], now: datetime) -> frozenset[str]:
        receiver = operator(self._rules)
        told = [await self._storage.outbox.notify(notice, receiver, now=now) for notice in notices]
        return frozenset(address.channel for address in receiver.addresses if any(told))

    # --- watchlists -----------------------------------------------------------------------------

    async def _watchlists(self, now: datetime) -> list[Notice]:
        expected = expecting(self._rules.watchlists)
        told = {
            about.removeprefix(ABOUT_WATCHLISTS)
            for about in await self._storage.outbox.open_troubles(ABOUT_WATCHLISTS)
        }
        notices = [
            silence_notices.expects_nothing(id_, now=now) for id_ in sorted(told - expected.keys())
        ]
        if not expected:
            return notices
        last = await self._storage.hygiene.last_matches(expected)
        quiet = [each for id_, each in expected.items() if not speaks(each, last.get(id_), now)]
        speaking = sorted(told & expected.keys() - {each.id for each in quiet})
        notices += [
            silence_notices.speaks_again(id_, expected[id_].title, now=now) for id_ in speaking
        ]
        return notices + [notice async for notice in self._silent(quiet, last, now)]

    async def _silent(
        self, quiet: Sequence[Watchlist], last: Mapping[str, datetime], now: datetime
    ) -> AsyncIterator[Notice]:
        """Yield what is to be told of those that have not matched for as long as they expect."""
        # What is forgotten sooner than it is expected says nothing.
        known = [each for each in quiet if each.expect and each.expect <= self._keep.articles]
        if not known:
            return
        longest = max(each.expect for each in known if each.expect)
        since = await watched_since(
            self._storage.rule_archive, [each.id for each in known], back_to=now - longest
        )
        states = {each.state.url: each.state for each in await self._storage.overview.feeds()}
        for each in known:
            hears = ears(each, self._rules.feeds, states, now=now)
            last_at = last.get(each.id)
            if is_silent(each, watched_since=since.get(each.id), ears=hears, now=now):
                yield silence_notices.fell_silent(each, last_at=last_at, ears=hears, now=now)

    # --- receivers ------------------------------------------------------------------------------

    async def _receivers(self, now: datetime) -> list[Notice]:
        hygiene, receivers = self._storage.hygiene, self._rules.receivers
        undelivered = await hygiene.undelivered(since=now - LEAST)
        found = deaf(receivers, undelivered, await hygiene.gone(), now=now)
        paused = (await self._storage.overview.counts()).paused
        notices = [
            receiver_notices.gets_nothing(receivers[name], where, now=now)
            for name, where in to_tell(receivers, found, paused).items()
        ]
        told = await self._storage.outbox.open_troubles(ABOUT_RECEIVERS)
        ended = {about.removeprefix(ABOUT_RECEIVERS) for about in told}
        ended -= {one.receiver for one in found}
        return notices + [receiver_notices.gets_messages(name, now=now) for name in sorted(ended)]

    # --- names ----------------------------------------------------------------------------------

    async def _names(self, now: datetime) -> list[Notice]:
        """Return what is to be told of names; nothing while less is remembered than is asked for."""
        since = now - UNSEEN_FOR
        reach = await self._storage.hygiene.reach(since=since)
        if reach.first_at is None or reach.first_at > since:
            return []
        old = await words_at(self._storage.rule_archive, since)
        if not old:
            return []
        found = await self._storage.hygiene.found(since=since)
        unseen = await asyncio.to_thread(unseen_names, self._rules, found)
        # One that was added since had less time to be seen.
        names = [name for name in unseen if name.text in old]
        if not names:
            return [silence_notices.names_seen(now=now)]
        last_at = await self._storage.hygiene.last_told_at(ABOUT_NAMES)
        if last_at is not None and now - last_at < NAMES_APART:
            return []
        return [silence_notices.names_unseen(names, now=now)]
