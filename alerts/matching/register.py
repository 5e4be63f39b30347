"""The watchlists of a matcher, by the numbers that its fast path speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Protocol

from alerts.model import Watchlist

#: From so many on, ids are kept as hashes: a dictionary of a million takes 130 MB, they 8.
_MANY = 50_000


class Register:
    """Watchlists by number and by id.

    Those that were given have the number of their place among them; each that comes later the next one;
    one that is replaced keeps its number.  Of given ones with the same id the last counts.
    """

    def __init__(self, given: Sequence[Watchlist]) -> None:
        #: Not copied: a sequence that reads from a store keeps a million out of memory.
        self._given = given
        self._ids: _Ids = _Hashed(given) if len(given) >= _MANY else _Listed(given)
        #: By id, and by number: what came later; None: what is gone.
        self._added: dict[str, int] = {}
        self._later: dict[int, Watchlist | None] = {}
        self._next = self._count = len(given)

    def read(self) -> Iterator[tuple[int, Watchlist]]:
        """Yield every given watchlist with its number: once, before anything else is asked.

        A store is read one time.  At the end it is known which ones a later one replaces.
        """
        yield from self._ids.read()
        self._later = dict.fromkeys(self._ids.replaced)
        self._count -= len(self._later)

    @property
    def replaced(self) -> list[int]:
        """The numbers of those given watchlists whose id a later one has."""
        return self._ids.replaced

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, number: int) -> Watchlist:
        """Return the watchlist with this number.

        Raises:
            KeyError: there is none.
        """
        if number not in self._later and 0 <= number < len(self._given):
            return self._given[number]
        found = self._later[number]
        if found is None:
            raise KeyError(number)
        return found

    def items(self) -> Iterator[tuple[int, Watchlist]]:
        """Return every watchlist with its number, as they stand when this is called."""
        later = dict(self._later)
        kept = (one for one in enumerate(self._given) if one[0] not in later)
        came = ((number, one) for number, one in later.items() if one is not None)
        return chain(kept, came)

    def number(self, watchlist_id: str) -> int | None:
        """Return the number of the watchlist with this id; None: there is none."""
        number = self._added.get(watchlist_id)
        if number is None:
            number = self._ids.get(watchlist_id)
        # What is given is there until something later says otherwise: a store is not asked.
        is_there = number is not None and (
            number not in self._later or self._later[number] is not None
        )
        return number if is_there else None

    def number_for(self, watchlist_id: str) -> int:
        """Return the number that a watchlist with this id has, or will have when it is added."""
        number = self.number(watchlist_id)
        return self._next if number is None else number

    def add(self, watchlist: Watchlist) -> None:
        """Enter *watchlist*, in place of the one with the same id."""
        number = self.number_for(watchlist.id)
        if number == self._next:
            self._added[watchlist.id] = number
            self._next += 1
            self._count += 1
        self._later[number] = watchlist

    def remove(self, watchlist_id: str) -> int:
        """Strike out the watchlist of this id; return the number that it had.

        Raises:
            KeyError: there is none.
        """
        number = self.number(watchlist_id)
        if number is None:
            raise KeyError(watchlist_id)
        self._later[number] = None
        self._count -= 1
        return number


class _Ids(Protocol):
    """The numbers of given watchlists."""

    #: Those whose id a later one has.
    replaced: list[int]

    def read(self) -> Iterator[tuple[int, Watchlist]]:
        """Yield each watchlist with its number, and learn its id."""

    def get(self, watchlist_id: str, /) -> int | None:
        """Return the number of the last watchlist with this id."""


class _Listed:
    """Ids in a dictionary."""

    def __init__(self, given: Sequence[Watchlist]) -> None:
        self._given = given
        self._numbers: dict[str, int] = {}
        self.replaced: list[int] = []

    def read(self) -> Iterator[tuple[int, Watchlist]]:
        for number, watchlist in enumerate(self._given):
            before = self._numbers.get(watchlist.id)
            if before is not None:
                self.replaced.append(before)
            self._numbers[watchlist.id] = number
            yield number, watchlist

    def get(self, watchlist_id: str, /) -> int | None:
        return self._numbers.get(watchlist_id)


class _Hashed:
    """Ids as hashes, sorted, each in one word with its number; what has one hash is looked at."""

    def __init__(self, given: Sequence[Watchlist]) -> None:
        # Imported where it is needed: few watchlists need no 25 MB of it.
        import numpy as np  # noqa: PLC0415

        self._given = given
        #: The bits of a word that are the number; those above are of the hash.
        self._number = (1 << len(given).bit_length()) - 1
        self._words = np.zeros(len(given), np.int64)
        self.replaced: list[int] = []

    def read(self) -> Iterator[tuple[int, Watchlist]]:
        words, hashed = self._words.data, ~self._number
        for number, watchlist in enumerate(self._given):
            words[number] = hash(watchlist.id) & hashed | number
            yield number, watchlist
        self._words.sort()
        hashes = self._words & hashed
        alike = self._words[:-1][hashes[1:] == hashes[:-1]] & self._number
        self.replaced = [one for one in alike.tolist() if self.get(self._given[one].id) != one]

    def get(self, watchlist_id: str, /) -> int | None:
        first = hash(watchlist_id) & ~self._number
        start = self._words.searchsorted(first)
        end = self._words.searchsorted(first | self._number, "right")
        alike = (self._words[start:end][::-1] & self._number).tolist()
        return next((one for one in alike if self._given[one].id == watchlist_id), None)
