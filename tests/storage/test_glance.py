"""The numbers of `tocsin status` count what is stored, each over its time."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

from alerts.model import LabelMatcher, Receipt
from alerts.storage import Storage
from alerts.storage.backup import Copied
from alerts.storage.backups import last_backup, note_backup
from alerts.storage.glance import Glance, Lately
from alerts.storage.muted import MuteKind, Subject
from alerts.watchlists.contents import Contents
from tests.builders import CHAT, NOW, a_destination, a_sighting, an_article
from tests.storage.databases import Database, list_feeds, record

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def test_nothing_is_counted_in_an_empty_database(storage: Storage) -> None:
    found = await storage.glances.look(now=NOW)
    assert found.bytes > 0
    assert found == Glance(bytes=found.bytes)


async def test_a_day_and_a_week_are_counted(storage: Storage) -> None:
    await list_feeds(storage)
    for name, age in (("now", HOUR), ("week", 3 * DAY), ("old", 8 * DAY)):
        article = an_article(name, seen_at=NOW - age)
        to = [a_destination(name, due_at=NOW - age)]
        await record(storage, a_sighting(article, to=to), now=NOW - age)
    found = await storage.glances.look(now=NOW)
    assert found.articles == found.matches == Lately(day=1, week=2)
    assert found.first_article_at == NOW - 8 * DAY
    assert found.sent == found.dead == Lately()
    leased = await storage.outbox.lease_due("telegram", now=NOW, until=NOW + HOUR, limit=3)
    by_chat = {each.address.target: each for each in leased}
    await storage.outbox.mark_sent(by_chat["now"], Receipt(), now=NOW - HOUR)
    await storage.outbox.mark_dead(by_chat["week"], "refused")
    await storage.outbox.mark_gone(by_chat["old"], "blocked", now=NOW)
    found = await storage.glances.look(now=NOW)
    assert (found.sent, found.dead) == (Lately(day=1, week=1), Lately(day=0, week=1))
    assert found.gone == 1


async def test_a_set_is_in_force_since_it_was_taken_and_not_since_the_restart(
    storage: Storage,
) -> None:
    first, second = (Contents.of_files({"a.yml": body}) for body in (b"a: 1", b"b: 2"))
    for contents, age in ((first, 3 * DAY), (second, 2 * DAY), (second, HOUR)):
        await storage.rule_archive.keep(contents, now=NOW - age)
    assert (await storage.glances.look(now=NOW)).in_force_since == NOW - 2 * DAY


async def test_what_is_over_is_not_counted(storage: Storage) -> None:
    matcher = LabelMatcher(label="severity", operator="=", value="low")
    for until in (NOW + DAY, NOW + 2 * DAY, NOW - HOUR):
        begun = await storage.silences.begin(
            [matcher], author="a", comment="c", until=until, watchlists={}, now=NOW - DAY
        )
    for value, until in (("a", NOW + DAY), ("b", NOW - HOUR)):
        subject = Subject(kind=MuteKind.WATCHLIST, value=value, title="A")
        await storage.mutes.begin(subject, CHAT, "desk", until=until, now=NOW - DAY)
    found = await storage.glances.look(now=NOW)
    assert (found.silences, found.mutes) == (2, 1)
    assert begun.silence.id


def test_the_last_backup_is_remembered_beside_the_database(sqlite: Database) -> None:
    assert last_backup(sqlite.url) is None
    copied = Copied(path=Path("/backups/a.db"), bytes=7)
    note_backup(sqlite.url, copied, now=NOW)
    told = last_backup(sqlite.url)
    assert told is not None
    assert (told.path, told.bytes, told.made_at) == (copied.path, 7, NOW)


def test_a_note_of_a_backup_that_cannot_be_read_is_none(sqlite: Database) -> None:
    assert sqlite.path is not None
    for body in ("", "[]", "{}", '{"path": "a", "bytes": "x", "made_at": 5}'):
        sqlite.path.with_name("tocsin.db.last-backup").write_text(body)
        assert last_backup(sqlite.url) is None


def test_nothing_is_known_of_a_server_s_backup() -> None:
    url = "postgresql://nobody@localhost/none"
    note_backup(url, Copied(path=Path("a"), bytes=1), now=NOW)
    assert last_backup(url) is None
