"""What an address does not want to hear of for a time, and what of an alert still rings.  Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Self

from alerts.model import Address, Match
from alerts.storage.rows import Row, address


class MuteKind(StrEnum):
    """What can be muted."""

    STORY = "story"
    #: By `Watchlist.id`.
    WATCHLIST = "watchlist"
    #: By name, in any case, as watchlists name them.
    PUBLISHER = "publisher"


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """What is muted: one story, one watchlist or one publisher."""

    kind: MuteKind
    value: str
    #: As people know it: the headline, the title, the name.
    title: str

    @property
    def key(self) -> str:
        """Return what it is found by."""
        return self.value.casefold() if self.kind is MuteKind.PUBLISHER else self.value


@dataclass(frozen=True, slots=True, kw_only=True)
class Mute:
    """A subject that one address does not want to hear of until some time."""

    id: int
    subject: Subject
    address: Address
    receiver: str
    begun_at: datetime
    until: datetime
    #: Alerts that did not ring because of it.
    muted: int

    @classmethod
    def of(cls, row: Row) -> Self:
        """Return a stored mute."""
        return cls(
            id=row["id"],
            subject=Subject(kind=MuteKind(row["kind"]), value=row["value"], title=row["title"]),
            address=address(row),
            receiver=row["receiver"],
            begun_at=row["begun_at"],
            until=row["until"],
            muted=row["muted"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """What of an alert rings at an address."""

    matches: tuple[Match, ...]
    #: The mutes because of which nothing rings; empty while something does.
    muted_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Muted:
    """Everything that is muted at one address."""

    #: Kind and key -> the number of the mute.
    _mutes: Mapping[tuple[MuteKind, str], int] = field(default_factory=dict)

    @classmethod
    def by(cls, mutes: Iterable[Mute]) -> Self:
        """Return what *mutes*, which are one address', mute together."""
        return cls({(mute.subject.kind, mute.subject.key): mute.id for mute in mutes})

    def heard(
        self, matches: Iterable[Match], *, story: str, publishers: Mapping[str, str]
    ) -> Heard:
        """Return what still rings of an alert on *story* that has *matches*.

        *publishers* maps `Match.article` to the article's publisher.
        """
        whole = self._mutes.get((MuteKind.STORY, story))
        if whole is not None:
            return Heard(matches=(), muted_by=frozenset({whole}))
        found = [(match, self._mute_of(match, publishers)) for match in matches]
        ring = tuple(match for match, mute in found if mute is None)
        silent = frozenset(mute for _, mute in found if mute is not None)
        return Heard(matches=ring, muted_by=frozenset() if ring else silent)

    def _mute_of(self, match: Match, publishers: Mapping[str, str]) -> int | None:
        publisher = publishers.get(match.article, "").casefold()
        by_watchlist = self._mutes.get((MuteKind.WATCHLIST, match.watchlist))
        return by_watchlist or self._mutes.get((MuteKind.PUBLISHER, publisher))
