"""Who may be written to, where that is theirs to say: a list is joined, paused, left, or moved.

Whoever leaves also stops what waits.  A pause keeps nothing back for later: its reader wanted less
mail and not the same on one day.  A mailbox that somebody typed is asked first (double opt-in);
those of rule files are the operator's word.

`open` first: keys and versions are held in memory, because every mail is signed with them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from sqlalchemy import and_, delete, select, update
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine
from sqlalchemy.sql import ColumnElement

from alerts.model import Address, DeliveryKind, DeliveryState, HeldBy
from alerts.storage import turns
from alerts.storage.engine import translated
from alerts.storage.page_keys import PageKeys
from alerts.storage.silenced import EVERY, Consent, Standing
from alerts.storage.tables import bounces, consents, deliveries
from alerts.storage.upsert import insert_new
from alerts.storage.writer import Writer

#: An answer that comes later than this is none.
ANSWER_WITHIN = timedelta(days=7)
#: One mailbox is asked once in this time, however often somebody types it.
ASKED_AGAIN_AFTER = timedelta(days=1)
_COLUMNS = ("state", "version", "changed_at", "until", "reason")
_LEAVE_ALL_THE_SAME = (DeliveryKind.NOTICE.value, DeliveryKind.ANSWER.value)
_Key = tuple[str, str, str]


class Consents:
    """Reads and writes what readers said; each change is known to `version` at once."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._writer = writer
        self._readers = readers
        self._page_keys = PageKeys(writer)
        self._versions: dict[_Key, int] = {}

    # --- what links are signed with -----------------------------------------------------------

    async def open(self, *, now: datetime) -> None:
        """Read keys and versions; make the first key where there is none.

        Raises:
            StorageError: the database cannot be read, or the key not written.
        """
        await self._page_keys.open(now=now)
        query = select(consents.c.channel, consents.c.target, consents.c.list, consents.c.version)
        with translated():
            async with self._readers.begin() as connection:
                found = await connection.execute(query)
                self._versions = {(row[0], row[1], row[2]): row[3] for row in found}

    @property
    def keys(self) -> Sequence[str]:
        """Secrets, the newest first."""
        return self._page_keys.keys

    async def rotate(self, *, now: datetime) -> None:
        """Sign with a new key from now on (`PageKeys.rotate`)."""
        await self._page_keys.rotate(now=now)

    async def renew_keys(self, *, now: datetime) -> None:
        """Sign with a new key if it is time to (`PageKeys.renew`)."""
        await self._page_keys.renew(now=now)

    def version(self, address: Address, receiver: str) -> int:
        """Return the version that a link about the two must have."""
        return self._versions.get((address.channel, address.target, receiver), 0)

    # --- how somebody stands ------------------------------------------------------------------

    async def standings(self, address: Address, *, now: datetime) -> Mapping[str, Standing]:
        """Return list -> how *address* stands to it; `EVERY` is there when its mails came back.

        A list of which it said nothing is not there.
        """
        query = select(consents).where(
            consents.c.channel == address.channel, consents.c.target == address.target
        )
        with translated():
            async with self._readers.begin() as connection:
                found = (await connection.execute(query)).mappings()
                return {row["list"]: Standing.of(row).at(now) for row in found}

    # --- what people say ----------------------------------------------------------------------

    async def ask(self, address: Address, receiver: str, *, now: datetime) -> int | None:
        """Note that *address*, typed by somebody, is being asked; return the claim's version.

        None: it is not to be asked: it is on the list, or was asked a while ago.
        """

        async def work(connection: AsyncConnection) -> Standing | None:
            known = await _standing(connection, address, receiver)
            if known is not None and not _may_be_asked(known.at(now), now):
                return None
            version = known.version if known else 0
            asked = Standing(state=Consent.ASKED, version=version + 1, changed_at=now)
            return await _keep(connection, address, receiver, asked)

        return self._known(address, receiver, await self._writer.run(work))

    async def give(
        self, address: Address, receiver: str, *, version: int, now: datetime, moves: str = ""
    ) -> bool:
        """Take the answer of a mailbox that was asked; False: it is too late, or none was due.

        *moves* is the target that it replaces: what waits for that one goes to the new one.
        """
        old = replace(address, target=moves)

        async def work(connection: AsyncConnection) -> tuple[Standing, Standing | None] | None:
            known = await _standing(connection, address, receiver)
            if known is None or not _is_due(known, version, now):
                return None
            given = Standing(version=version + 1, changed_at=now)
            before = await _moved(connection, old, address, receiver, now) if moves else None
            return await _keep(connection, address, receiver, given), before

        told = await self._writer.run(work)
        if told is None:
            return False
        self._known(address, receiver, told[0])
        self._known(old, receiver, told[1])
        return True

    async def leave(
        self, address: Address, receiver: str, *, now: datetime, reason: str = ""
    ) -> None:
        """Write to *address* on this list no more, and hold what waits."""

        async def work(connection: AsyncConnection) -> Standing:
            left = Standing(state=Consent.LEFT, changed_at=now, reason=reason)
            await hold(connection, address, receiver)
            return await _follow(connection, address, receiver, left, step=1)

        self._known(address, receiver, await self._writer.run(work))

    async def pause(
        self, address: Address, receiver: str, *, until: datetime, now: datetime
    ) -> None:
        """Write to *address* on this list not before *until*, and hold what waits."""

        async def work(connection: AsyncConnection) -> Standing:
            paused = Standing(state=Consent.PAUSED, until=until, changed_at=now)
            await hold(connection, address, receiver)
            return await _follow(connection, address, receiver, paused)

        self._known(address, receiver, await self._writer.run(work))

    async def resume(self, address: Address, receiver: str, *, now: datetime) -> None:
        """Write to *address* again: a pause ends, whoever left joins, bounces are forgotten."""

        async def work(connection: AsyncConnection) -> Standing:
            known = await _standing(connection, address, receiver)
            step = int(known is not None and known.state is not Consent.PAUSED)
            await forget_bounces(connection, address)
            return await _follow(connection, address, receiver, Standing(changed_at=now), step=step)

        self._known(address, receiver, await self._writer.run(work))

    def _known(self, address: Address, receiver: str, standing: Standing | None) -> int | None:
        if standing is None:
            return None
        self._versions[address.channel, address.target, receiver] = standing.version
        return standing.version


async def hold(connection: AsyncConnection, address: Address, receiver: str = EVERY) -> None:
    """Hold what waits for *address*, of one receiver or all; notices and answers leave all the same."""
    statement = (
        update(deliveries)
        .where(deliveries.c.channel == address.channel, deliveries.c.target == address.target)
        .where(deliveries.c.state.in_(turns.WAITING))
        .where(deliveries.c.kind.not_in(_LEAVE_ALL_THE_SAME))
        .values(state=DeliveryState.HELD.value, held_by=HeldBy.LEFT.value)
    )
    if receiver != EVERY:
        statement = statement.where(deliveries.c.receiver == receiver)
    await connection.execute(statement)


async def forget_bounces(connection: AsyncConnection, address: Address) -> None:
    """Believe in *address* again."""
    await connection.execute(delete(bounces).where(bounces.c.target == address.target))
    await connection.execute(
        delete(consents)
        .where(_is_about(address, EVERY))
        .where(consents.c.state == Consent.BOUNCED.value)
    )


async def _moved(
    connection: AsyncConnection, old: Address, new: Address, receiver: str, now: datetime
) -> Standing:
    """Let everything for *old* go to *new*."""
    await connection.execute(
        update(deliveries)
        .where(deliveries.c.channel == old.channel, deliveries.c.target == old.target)
        .where(deliveries.c.receiver == receiver, deliveries.c.state.in_(turns.WAITING))
        .values(target=new.target)
    )
    moved = Standing(state=Consent.MOVED, reason=new.target, changed_at=now)
    return await _follow(connection, old, receiver, moved, step=1)


async def _follow(
    connection: AsyncConnection, address: Address, receiver: str, to: Standing, *, step: int = 0
) -> Standing:
    """Keep *to*, its version *step* above the one before."""
    known = await _standing(connection, address, receiver)
    version = (known.version if known else 0) + step
    return await _keep(connection, address, receiver, replace(to, version=version))


async def _keep(
    connection: AsyncConnection, address: Address, receiver: str, standing: Standing
) -> Standing:
    row = {name: getattr(standing, name) for name in _COLUMNS} | {"state": standing.state.value}
    key = {"channel": address.channel, "target": address.target, "list": receiver}
    await insert_new(connection, consents, [key | row], replace=_COLUMNS)
    return standing


async def _standing(
    connection: AsyncConnection, address: Address, receiver: str
) -> Standing | None:
    query = select(consents).where(_is_about(address, receiver))
    row = (await connection.execute(query)).mappings().first()
    return Standing.of(row) if row is not None else None


def _is_about(address: Address, receiver: str) -> ColumnElement[bool]:
    return and_(
        consents.c.channel == address.channel,
        consents.c.target == address.target,
        consents.c.list == receiver,
    )


def _may_be_asked(known: Standing, now: datetime) -> bool:
    if known.state is Consent.MOVED:
        return True
    # Who left is not asked every minute either, because somebody types their address.
    rested = known.changed_at is None or now - known.changed_at >= ASKED_AGAIN_AFTER
    return rested and known.state in {Consent.ASKED, Consent.LEFT}


def _is_due(known: Standing, version: int, now: datetime) -> bool:
    """Tell whether *known* waits for an answer to the claim of *version*."""
    asked_at = known.changed_at
    in_time = asked_at is not None and now - asked_at <= ANSWER_WITHIN
    return known.state is Consent.ASKED and known.version == version and in_time
