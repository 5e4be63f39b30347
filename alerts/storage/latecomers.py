"""What was found for subscribers who left meanwhile: a poll that began before is written after.

It would write again what was erased (`storage.erasing`), and ring in a chat that wants nothing more.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import RoutedMatch
from alerts.storage.many import rows_for
from alerts.storage.tables import subscribers


async def without_the_gone(
    connection: AsyncConnection, routed: Sequence[RoutedMatch]
) -> Sequence[RoutedMatch]:
    """Return *routed* without watchlists and receivers of subscribers who are not there."""
    named = {number for item in routed for number in _named(item)}
    if not named:
        return routed
    found = await rows_for(connection, select(subscribers.c.id), subscribers.c.id, named)
    gone = named - {row["id"] for row in found}
    if not gone:
        return routed
    return [_left(item, gone) for item in routed if _owner(item) not in gone]


def _left(item: RoutedMatch, gone: Collection[int]) -> RoutedMatch:
    staying = (each for each in item.destinations if _reader(each.receiver) not in gone)
    return replace(item, destinations=tuple(staying))


def _named(item: RoutedMatch) -> Iterator[int]:
    numbers = (_owner(item), *(_reader(each.receiver) for each in item.destinations))
    yield from (number for number in numbers if number is not None)


def _owner(item: RoutedMatch) -> int | None:
    """Return whose own watchlist it is (`Subscriber.watchlist_id`); None: the operator's."""
    word, _, rest = item.match.watchlist.partition("/")
    return int(rest.partition("/")[0]) if word == "subscriber" and rest else None


def _reader(receiver: str) -> int | None:
    """Return the subscriber that is the receiver (`Subscriber.name`); None: it is a rule file's."""
    word, _, number = receiver.partition(" ")
    return int(number) if word == "subscriber" and number else None
