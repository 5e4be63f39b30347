"""A poll that began before somebody left writes nothing of theirs after they did."""

from __future__ import annotations

from collections.abc import Sequence

from alerts.model import Destination, RoutedMatch
from alerts.storage import Storage
from alerts.storage.latecomers import without_the_gone
from tests.builders import a_destination, a_match
from tests.storage.people import admitted, to


def a_find(watchlist: str, *destinations: Destination) -> RoutedMatch:
    return RoutedMatch(match=a_match(watchlist=watchlist), destinations=destinations)


async def left(storage: Storage, *found: RoutedMatch) -> Sequence[RoutedMatch]:
    return await storage.outbox._writer.run(lambda connection: without_the_gone(connection, found))


async def test_nothing_is_left_of_who_is_gone_and_all_of_the_others(storage: Storage) -> None:
    people = [await admitted(storage, str(number)) for number in range(11)]
    first, *others = people
    found = [
        a_find(first.watchlist_id(1), to(first)),
        a_find("bases", to(first), to(people[1]), a_destination()),
        *(a_find(each.watchlist_id(1), to(each)) for each in others),
        a_find("latakia", to(first)),
    ]
    assert await left(storage, *found) == tuple(found)
    await storage.subscribers.erase(first, people=())
    assert await left(storage, *found) == [
        a_find("bases", to(people[1]), a_destination()),
        *found[2:-1],
        # It is stored all the same: the operator's watchlist was met.
        a_find("latakia"),
    ]


async def test_rule_files_may_name_their_things_nearly_so(storage: Storage) -> None:
    found = [
        a_find(name, a_destination(receiver=name))
        for name in ("subscriber", "subscribers", "subscriber-1", "desk")
    ]
    assert await left(storage, *found) == tuple(found)
