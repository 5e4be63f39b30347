"""Invites let in as many as they say, while they last."""

from __future__ import annotations

import asyncio
from datetime import timedelta

import pytest

from alerts.errors import StorageError
from alerts.storage import Storage
from alerts.storage.invites import Invite
from tests.builders import NOW

DAY = timedelta(days=1)


async def make(storage: Storage, code: str = "kestrel", *, uses: int = 2, days: int = 1) -> Invite:
    await storage.invites.make(
        code, made_by="telegram:1", uses=uses, now=NOW, expires_at=NOW + days * DAY
    )
    return Invite(
        code=code,
        made_by="telegram:1",
        made_at=NOW,
        expires_at=NOW + days * DAY,
        uses_left=uses,
    )


async def test_an_invite_lets_in_as_many_as_it_says(storage: Storage) -> None:
    await make(storage, uses=3)
    await make(storage, "other")
    came = [storage.invites.use("kestrel", now=NOW) for _ in range(9)]
    assert (await asyncio.gather(*came)).count(True) == 3
    assert [each.code for each in await storage.invites.lasting(now=NOW)] == ["other"]


async def test_an_invite_that_is_too_old_or_unknown_lets_nobody_in(storage: Storage) -> None:
    await make(storage)
    assert await storage.invites.use("kestrel", now=NOW + DAY - timedelta(microseconds=1))
    assert not await storage.invites.use("kestrel", now=NOW + DAY)
    assert not await storage.invites.use("Kestrel", now=NOW)
    assert not await storage.invites.use("", now=NOW)


async def test_what_lasts_is_listed_the_first_to_expire_first(storage: Storage) -> None:
    late, early = await make(storage, "late", days=3), await make(storage, "early", days=2)
    await make(storage, "over", days=1)
    assert await storage.invites.lasting(now=NOW + DAY) == [early, late]


async def test_an_invite_that_was_ended_lets_nobody_in(storage: Storage) -> None:
    await make(storage)
    assert await storage.invites.end("kestrel")
    assert not await storage.invites.end("kestrel")
    assert not await storage.invites.use("kestrel", now=NOW)


async def test_a_code_is_one_invites_alone(storage: Storage) -> None:
    first = await make(storage)
    with pytest.raises(StorageError):
        await make(storage, uses=99)
    assert await storage.invites.lasting(now=NOW) == [first]


async def test_what_lets_nobody_in_is_forgotten(storage: Storage) -> None:
    lasts = await make(storage, "lasts", days=3)
    await make(storage, "over", days=1)
    await make(storage, "used", uses=1, days=3)
    assert await storage.invites.use("used", now=NOW)
    assert await storage.invites.forget(before=NOW + 2 * DAY) == 2
    assert await storage.invites.forget(before=NOW + 2 * DAY) == 0
    assert await storage.invites.lasting(now=NOW) == [lasts]
