"""May an address be written to on a list, and where do its mails go?  For transactions of others.

Addresses of rule files need no consent: without a word of theirs they are written to.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import select
from sqlalchemy.engine import RowMapping
from sqlalchemy.ext.asyncio import AsyncConnection

from alerts.model import Address
from alerts.storage.many import rows_for
from alerts.storage.tables import consents

#: In the place of a list: every one.
EVERY = ""
#: A mailbox that moved may move again; more often nobody does.
_MOVES = 5


class Consent(StrEnum):
    """What somebody said about being written to."""

    #: Typed by somebody; whoever reads there has not answered yet.
    ASKED = "asked"
    GIVEN = "given"
    #: For a time; what rings meanwhile is not told later.
    PAUSED = "paused"
    LEFT = "left"
    #: Mails came back.
    BOUNCED = "bounced"
    #: To another mailbox, or a chat to another id, which is `Standing.reason`.
    MOVED = "moved"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """How an address stands to a list."""

    state: Consent = Consent.GIVEN
    #: Grows whenever somebody joins, leaves or moves: links in older mails are refused then.
    version: int = 0
    changed_at: datetime | None = None
    #: Of a pause.
    until: datetime | None = None
    reason: str = ""

    @classmethod
    def of(cls, row: RowMapping) -> Standing:
        """Return the standing that *row* of the table holds."""
        return cls(
            state=Consent(row["state"]),
            version=row["version"],
            changed_at=row["changed_at"],
            until=row["until"],
            reason=row["reason"],
        )

    def at(self, now: datetime) -> Standing:
        """Return how it stands at *now*: a pause ends by itself."""
        is_over = self.until is not None and self.until <= now
        if self.state is Consent.PAUSED and is_over:
            return replace(self, state=Consent.GIVEN, until=None)
        return self


@dataclass(frozen=True, slots=True)
class Silenced:
    """What addresses said; a pair of address and receiver that said nothing is not in it."""

    #: By channel, target and list.
    standings: Mapping[tuple[str, str, str], Standing]

    def __contains__(self, pair: tuple[Address, str]) -> bool:
        """Tell whether the address must not be written to by the receiver."""
        address, receiver = pair
        found = (self._standing(address, name) for name in (receiver, EVERY))
        return any(standing.state is not Consent.GIVEN for standing in found)

    def moved(self, address: Address, receiver: str) -> Address:
        """Return where *receiver*'s messages for *address* go: there, or to where it moved."""
        for _ in range(_MOVES):
            said = (self._standing(address, name) for name in (receiver, EVERY))
            target = next((one.reason for one in said if one.state is Consent.MOVED), None)
            if target is None:
                break
            address = replace(address, target=target)
        return address

    def _standing(self, address: Address, name: str) -> Standing:
        return self.standings.get((address.channel, address.target, name), _NOTHING_SAID)


_NOTHING_SAID = Standing()


async def silenced(
    connection: AsyncConnection, addresses: Collection[Address], *, now: datetime
) -> Silenced:
    """Return what *addresses*, and those that they moved to, said about being written to."""
    standings: dict[tuple[str, str, str], Standing] = {}
    asked: set[str] = set()
    targets = {address.target for address in addresses}
    for _ in range(_MOVES):
        found = await rows_for(connection, select(consents), consents.c.target, targets)
        for row in found:
            key = (row["channel"], row["target"], row["list"])
            standings[key] = Standing.of(row).at(now)
        asked |= targets
        moved = (one.reason for one in standings.values() if one.state is Consent.MOVED)
        targets = set(moved) - asked
        if not targets:
            break
    return Silenced(standings)
