"""Whose turn is it?  Pure: the time is given.

Every circle of feeds (`alerts.poller.neighbours`) has a queue of its own, ordered by when its feeds
are due; a second, small heap holds for each circle when it may next begin a poll.  A circle that is
at its limits stands once in that heap, with the time at which it opens, however many of its feeds
wait: 10,000 feeds of one host keep nobody from being found, and no worker waits with them.
"""

from __future__ import annotations

import heapq
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from alerts.poller.neighbours import Circle, Neighbours

#: Feeds that one question looks at; then the event loop has its turn.
_STEPS = 500


@dataclass(slots=True)
class _Queue:
    """A circle's feeds that wait, and what it may do."""

    #: (when, since when, URL): who was held by a pause comes, after it, in the order in which they
    #: were due, so that one feed that asks for pause after pause comes last.  What has another place
    #: by now is skipped when it comes up.
    waiting: list[tuple[datetime, datetime, str]] = field(default_factory=list)
    under_way: int = 0
    #: When the next poll may begin.
    opens_at: datetime | None = None
    #: Where the circle stands among the circles; None: it has nothing to begin.
    stands_at: datetime | None = None


class Turns:
    """Remembers which feeds wait, which circles are busy, and which hosts asked for a pause."""

    def __init__(self) -> None:
        self._neighbours: Mapping[str, Neighbours] = {}
        self._queues: dict[Circle, _Queue] = {}
        #: URL -> when it comes up; what does not stand here does not wait.
        self._places: dict[str, datetime] = {}
        #: (when, number, circle); the number keeps circles from being compared.
        self._circles: list[tuple[datetime, int, Circle]] = []
        self._number = 0
        self._pauses: dict[str, datetime] = {}

    def seat(self, neighbours: Mapping[str, Neighbours]) -> None:
        """Let nobody wait, and know *neighbours* from now on; polls under way still count."""
        self._neighbours = neighbours
        self._places.clear()
        self._circles.clear()
        self._queues = {
            circle: _Queue(under_way=queue.under_way, opens_at=queue.opens_at)
            for circle, queue in self._queues.items()
            if queue.under_way or queue.opens_at is not None
        }

    def put(self, url: str, due_at: datetime) -> None:
        """Let the feed at *url* wait until *due_at*, and then for its turn."""
        circle = self._neighbours[url].circle
        queue = self._queues.setdefault(circle, _Queue())
        self._places[url] = due_at
        heapq.heappush(queue.waiting, (due_at, due_at, url))
        self._stand(circle, queue)

    def take(self, now: datetime) -> str | None:
        """Return the feed that has waited longest for a turn that has come, and count it begun.

        After looking at many that may not begin it returns None although `next_at` is not later
        than *now*: ask again.
        """
        for _ in range(_STEPS):
            if not self._circles or self._circles[0][0] > now:
                return None
            at, _, circle = heapq.heappop(self._circles)
            queue = self._queues[circle]
            if queue.stands_at != at:
                continue  # it stands elsewhere by now
            queue.stands_at = None
            url = self._first(queue, now)
            if url is not None:
                queue.under_way += 1
                queue.opens_at = now + circle.apart
            self._stand(circle, queue)
            if url is not None:
                return url
        return None

    def end(self, circle: Circle) -> None:
        """Count a poll in *circle* as ended."""
        queue = self._queues[circle]
        queue.under_way -= 1
        self._stand(circle, queue)

    def circle(self, url: str) -> Circle:
        """Return the circle in which the feed at *url* takes its turns."""
        return self._neighbours[url].circle

    def pause(self, name: str, until: datetime) -> None:
        """Begin no poll that *name* holds before *until*; a pause is never made shorter."""
        self._pauses[name] = max(until, self._pauses.get(name, until))

    def next_at(self) -> datetime | None:
        """Return when a poll may begin at the earliest; None: nobody waits that could."""
        while self._circles:
            at, _, circle = self._circles[0]
            if self._queues[circle].stands_at == at:
                return at
            heapq.heappop(self._circles)
        return None

    def _first(self, queue: _Queue, now: datetime) -> str | None:
        """Take the first feed of *queue*, which is due; None: it moved back, or was not there."""
        at, due_at, url = heapq.heappop(queue.waiting)
        if self._places.get(url) != at:
            return None
        held_until = self._held_until(url, now)
        if held_until is None:
            del self._places[url]
            return url
        self._places[url] = held_until
        heapq.heappush(queue.waiting, (held_until, due_at, url))
        return None

    def _held_until(self, url: str, now: datetime) -> datetime | None:
        names = self._neighbours[url].held_by if self._pauses else ()
        ends = [self._pauses[name] for name in names if name in self._pauses]
        return max((end for end in ends if end > now), default=None)

    def _stand(self, circle: Circle, queue: _Queue) -> None:
        """Give *circle* its place among the circles."""
        if not queue.waiting or queue.under_way >= circle.at_once:
            queue.stands_at = None
            return
        first = queue.waiting[0][0]
        at = first if queue.opens_at is None else max(first, queue.opens_at)
        if at != queue.stands_at:
            queue.stands_at = at
            self._number += 1
            heapq.heappush(self._circles, (at, self._number, circle))
