"""Opening: migrated, safe settings, one instance, and a clear word when it cannot be."""

from __future__ import annotations

import asyncio
import contextlib
import os
import shutil
import socket
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from alerts.errors import DatabaseHeldError, StorageError
from alerts.model import Address
from alerts.storage import open_beside, open_overview, open_storage, rows, word_index
from alerts.storage.engine import async_url
from alerts.storage.hold import _LOCK
from alerts.storage.migrate import SCRIPTS, migrate, newest, upgrade
from alerts.storage.tables import EPOCH, alerts, channels, matches, metadata
from tests.builders import FEED, NOW, a_destination, a_notice, a_sighting, a_state, an_operator
from tests.servers.postgres import PostgresServer
from tests.storage.databases import (
    Database,
    command,
    connected,
    count,
    list_feeds,
    on_postgresql,
    on_sqlite,
    opened,
    record,
    table,
)

#: Opens the database of its first argument, says so, and holds it until it is killed.
HOLDER = """
import asyncio, sys
from datetime import UTC, datetime
from alerts.storage import open_storage

async def main():
    async with open_storage(sys.argv[1], now=datetime(2024, 5, 1, 12, tzinfo=UTC)):
        print("open", flush=True)
        await asyncio.Event().wait()

asyncio.run(main())
"""


def differences(connection: Connection) -> list[object]:
    def is_known(name: str | None, kind: str, parents: object) -> bool:
        del parents
        return not (kind == "table" and word_index.is_ours(name))

    opts = {"compare_type": True, "include_name": is_known}
    context = MigrationContext.configure(connection, opts=opts)
    return list(compare_metadata(context, metadata))


async def without_subscribers(connection: AsyncConnection) -> None:
    """Undo migration 0009."""
    for gone in ("answers", "invites", "dialogues", "own_watchlists", "subscriptions"):
        await connection.exec_driver_sql(f"DROP TABLE {gone}")
    for column in ("kind", "quiet", "digest", "mail", "paused_until", "next_number"):
        await connection.exec_driver_sql(f"ALTER TABLE subscribers DROP COLUMN {column}")
    for statement in (
        "ALTER TABLE subscribers ADD COLUMN state TEXT NOT NULL DEFAULT ''",
        "CREATE TABLE subscriptions (subscriber BIGINT, watchlist TEXT)",
    ):
        await connection.exec_driver_sql(statement)


async def without_archive(connection: AsyncConnection) -> None:
    """Undo migrations 0009 and 0008."""
    await without_subscribers(connection)
    is_sqlite = connection.dialect.name == "sqlite"
    for statement in (
        "DROP INDEX ix_articles_seen",
        "CREATE INDEX ix_articles_seen_at ON articles (seen_at)",
        "DROP TABLE reigns",
        "ALTER TABLE rule_sets DROP COLUMN files",
        "ALTER TABLE revisions DROP COLUMN language",
        "ALTER TABLE matches DROP COLUMN silence",
        "DROP TABLE silences",
        "DROP TRIGGER article_changed" + ("" if is_sqlite else " ON articles"),
        "DROP TABLE article_words",
        *(("DROP TRIGGER article_gone", "DROP TABLE article_numbers") if is_sqlite else ()),
        *(() if is_sqlite else ("DROP FUNCTION forget_article_words",)),
    ):
        await connection.exec_driver_sql(statement)


async def without_episodes(connection: AsyncConnection) -> None:
    """Undo migrations 0009 to 0007."""
    await without_archive(connection)
    for gone in (
        "updates",
        "mutes",
        "feedback",
        "consents",
        "bounces",
        "page_keys",
        "bot_updates",
    ):
        await connection.exec_driver_sql(f"DROP TABLE {gone}")
    await connection.exec_driver_sql("DROP INDEX ix_alerts_told")
    for owner, column in (
        ("alerts", "address"),
        ("alerts", "episode"),
        ("deliveries", "silent"),
        ("deliveries", "held_by"),
    ):
        await connection.exec_driver_sql(f"ALTER TABLE {owner} DROP COLUMN {column}")


async def without_rhythms(connection: AsyncConnection) -> None:
    """Undo migrations 0009 to 0004."""
    await without_episodes(connection)
    await connection.exec_driver_sql("DROP TABLE pushes")
    await connection.exec_driver_sql("DROP TABLE full_texts")
    await connection.exec_driver_sql("DROP TABLE hosts")
    await connection.exec_driver_sql("DROP TABLE pace")
    late = ("rhythm", "listed_count", "gaps", "last_gap_at", "late", "unreliable_at")
    for column in (*late, "moved_to", "moved_at", "moved", "effective_url"):
        await connection.exec_driver_sql(f"ALTER TABLE feeds DROP COLUMN {column}")


# Migrations


async def test_migrations_make_the_tables_that_the_code_knows(database: Database) -> None:
    url = async_url(database.url)
    await migrate(url)
    async with connected(database) as engine, engine.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_migrations_run_twice_harmlessly(database: Database) -> None:
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting())
    async with opened(database) as storage:
        assert len(await storage.overview.recent()) == 1
    async with connected(database) as engine, engine.begin() as connection:
        assert await connection.run_sync(differences) == []


def test_the_newest_revision_is_that_of_the_last_migration() -> None:
    assert newest() == ScriptDirectory(str(SCRIPTS)).get_current_head()


async def test_a_database_that_is_up_to_date_is_opened_without_alembic(sqlite: Database) -> None:
    async with opened(sqlite):
        pass
    script = f"""
import asyncio, sys
from datetime import UTC, datetime
from alerts.storage import open_storage

async def main():
    async with open_storage({sqlite.url!r}, now=datetime(2024, 5, 1, 12, tzinfo=UTC)):
        print("alembic" in sys.modules)

asyncio.run(main())
"""
    process = await asyncio.create_subprocess_exec(
        sys.executable, "-c", script, stdout=asyncio.subprocess.PIPE
    )
    out, _ = await process.communicate()
    assert out.strip() == b"False"


async def test_migrations_happen_all_or_not_at_all(database: Database) -> None:
    async with connected(database) as engine:
        with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the migration must have run before
            async with engine.begin() as connection:
                await connection.run_sync(upgrade)
                raise ZeroDivisionError
        async with engine.begin() as connection:
            missing = await connection.run_sync(differences)
    tables = [each for each in missing if isinstance(each, tuple) and each[0] == "add_table"]
    assert len(tables) == len(metadata.tables)


async def test_matches_of_a_database_from_before_are_kept(database: Database) -> None:
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting())
    async with connected(database) as engine, engine.begin() as connection:
        await without_rhythms(connection)
        for column in ("unknown", "held"):
            await connection.exec_driver_sql(f"ALTER TABLE matches DROP COLUMN {column}")
        await connection.exec_driver_sql("DROP TABLE notices")
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0001'")
    async with opened(database) as storage:
        (row,) = await table(storage, matches)
        assert rows.match(row) == a_sighting().matches[0].match


async def test_a_database_without_notices_keeps_its_deliveries_and_learns_to_tell(
    database: Database,
) -> None:
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting())
        before = await storage.overview.recent()
    async with connected(database) as engine, engine.begin() as connection:
        await without_rhythms(connection)
        await connection.exec_driver_sql("DROP TABLE notices")
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0002'")
    async with opened(database) as storage:
        assert await storage.overview.recent() == before
        assert await storage.outbox.notify(a_notice(), an_operator(), now=NOW) == 1
        assert len(await storage.overview.recent()) == 2
    async with connected(database) as engine, engine.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_alerts_of_a_database_without_episodes_are_the_first_for_their_address(
    database: Database,
) -> None:
    thread = a_destination(address=Address(channel="telegram", target="-100", thread=7))
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting(to=[thread]))
    async with connected(database) as engine, engine.begin() as connection:
        await without_episodes(connection)
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0006'")
    async with opened(database) as storage:
        (row,) = await table(storage, alerts)
        assert (row["address"], row["episode"]) == ("telegram:-100/7", 1)


async def test_feeds_of_a_database_without_rhythms_keep_their_state(database: Database) -> None:
    state = a_state(etag='"1"', baselined_at=NOW, failures=0.5)
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting(), state=state)
    async with connected(database) as engine, engine.begin() as connection:
        await without_rhythms(connection)
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0003'")
    async with opened(database) as storage:
        assert await list_feeds(storage) == {FEED: state}
    async with connected(database) as engine, engine.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_a_database_of_a_newer_tocsin_is_refused(database: Database) -> None:
    async with opened(database):
        pass
    async with connected(database) as engine, engine.begin() as connection:
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    with pytest.raises(StorageError, match=r"made by a newer Tocsin.*9999"):
        async with opened(database):
            pass
    async with connected(database) as engine, engine.begin() as connection:
        version = await connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        assert version.scalar_one() == "9999"


# What makes SQLite safe


async def pragma(engine: AsyncEngine, name: str) -> object:
    async with engine.begin() as connection:
        return (await connection.exec_driver_sql(f"PRAGMA {name}")).scalar_one()


async def test_a_commit_on_sqlite_survives_a_power_cut(sqlite: Database) -> None:
    async with opened(sqlite) as storage:
        writing = storage.outbox._writer._engine
        assert await pragma(writing, "journal_mode") == "wal"
        assert await pragma(writing, "synchronous") == 2  # FULL
        assert await pragma(writing, "foreign_keys") == 1
        assert await pragma(writing, "query_only") == 0
        assert await pragma(writing, "busy_timeout") == 10_000


async def test_readers_on_sqlite_cannot_write(sqlite: Database) -> None:
    async with opened(sqlite) as storage:
        readers = storage.outbox._readers
        assert await pragma(readers, "query_only") == 1
        assert await pragma(readers, "foreign_keys") == 1
        assert await pragma(readers, "busy_timeout") == 10_000


async def test_readers_do_not_wait_for_the_writer(database: Database) -> None:
    async with opened(database) as storage:
        async with storage.outbox._writer._engine.begin() as connection:
            await connection.execute(channels.insert().values(name="a", reason=""))
            assert await count(storage, channels) == 0
        assert await count(storage, channels) == 1


# One instance


async def test_a_second_instance_refuses_and_says_who_holds_the_database(
    database: Database,
) -> None:
    async with opened(database):
        with pytest.raises(DatabaseHeldError) as refused:
            async with opened(database):
                pass
    text = str(refused.value)
    assert str(os.getpid()) in text
    assert socket.gethostname()[:20] in text
    assert "since 2024-05-01T12:00:00" in text


async def test_the_database_is_let_go_when_it_is_closed(database: Database) -> None:
    for _ in range(3):
        async with opened(database):
            pass


async def test_the_database_is_let_go_when_the_process_is_killed(database: Database) -> None:
    holder = await asyncio.create_subprocess_exec(
        sys.executable, "-c", HOLDER, database.url, stdout=asyncio.subprocess.PIPE
    )
    try:
        assert holder.stdout is not None
        assert await holder.stdout.readline() == b"open\n"
        with pytest.raises(DatabaseHeldError, match=rf"\b{holder.pid}\b"):
            async with opened(database):
                pass
    finally:
        holder.kill()
        await holder.communicate()
    if not database.is_sqlite:  # a server notices the end of a client in its own time
        async with connected(database) as engine, engine.begin() as connection:
            await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
    async with opened(database) as storage:
        assert await count(storage, channels) == 0


async def test_a_symbolic_link_is_the_same_database(sqlite: Database, tmp_path: Path) -> None:
    assert sqlite.path is not None
    (tmp_path / "elsewhere").mkdir()
    link = tmp_path / "elsewhere" / "link.db"
    link.symlink_to(sqlite.path)
    async with opened(sqlite):
        with pytest.raises(DatabaseHeldError):
            async with open_storage(f"sqlite:///{link}", now=NOW):
                pass


async def test_two_databases_of_one_server_do_not_hold_each_other(
    postgres: PostgresServer,
) -> None:
    database = await on_postgresql(postgres)
    await command(postgres, "CREATE DATABASE neighbour")
    neighbour = Database(url=postgres.url("neighbour"))
    async with (
        connected(neighbour) as engine,
        engine.begin() as connection,
        opened(database),
    ):
        await connection.exec_driver_sql("SET application_name = 'the neighbour'")
        await connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        with pytest.raises(DatabaseHeldError, match=f":{os.getpid()} since"):
            async with opened(database):
                pass
    await command(postgres, "DROP DATABASE neighbour")


async def test_a_server_that_may_only_be_read_is_told_at_the_start(
    postgres: PostgresServer,
) -> None:
    database = await on_postgresql(postgres)
    async with opened(database):
        pass
    await command(postgres, "ALTER DATABASE postgres SET default_transaction_read_only = on")
    try:
        with pytest.raises(StorageError, match="read-only transaction"):
            async with opened(database):
                pass
    finally:
        allowed = "BEGIN READ WRITE; ALTER DATABASE postgres RESET ALL; COMMIT"
        await command(postgres, allowed)


# What the operator reads when it cannot be opened


async def test_whoever_only_looks_is_told_that_there_is_nothing_yet(sqlite: Database) -> None:
    with pytest.raises(StorageError, match=r"there is no database .* yet"):
        async with open_overview(sqlite.url):
            pass
    assert sqlite.path is not None
    assert not sqlite.path.exists()


@pytest.mark.parametrize(
    ("version", "words"),
    [
        ("0001", r"is of version 0001, this Tocsin wants \d+: start `tocsin run` once.*backup"),
        ("9999", r"made by a newer Tocsin \(9999; .*restore a backup"),
    ],
)
async def test_whoever_only_looks_is_told_of_another_version_and_changes_nothing(
    database: Database, version: str, words: str
) -> None:
    async with opened(database):
        pass
    async with connected(database) as engine, engine.begin() as connection:
        await without_rhythms(connection)  # what is asked for is not there
        await connection.exec_driver_sql(f"UPDATE alembic_version SET version_num = '{version}'")
    before = database.path.read_bytes() if database.path else b""
    with pytest.raises(StorageError, match=words):
        async with open_beside(database.url):
            pass
    assert (database.path.read_bytes() if database.path else b"") == before


async def test_whoever_only_looks_is_told_of_an_empty_file(sqlite: Database) -> None:
    assert sqlite.path is not None
    sqlite.path.touch()
    with pytest.raises(StorageError, match="is empty: start `tocsin run` once"):
        async with open_beside(sqlite.url):
            pass


async def test_articles_of_a_database_without_an_archive_are_found_and_its_rules_reigned(
    database: Database,
) -> None:
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting())
    async with connected(database) as engine, engine.begin() as connection:
        await without_archive(connection)
        for number, name in enumerate(("first", "second")):
            await connection.exec_driver_sql(
                f"INSERT INTO rule_sets (hash, loaded_at, refusal) VALUES ('{name}', {number}, '')"
            )
        await connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0007'")
    async with opened(database) as storage:
        for _ in ("before it is indexed", "after"):
            [hit] = await storage.archive.search("khmeimim")
            assert hit.article == a_sighting().article
            await storage.word_index.add(since=EPOCH)
        reigns = await storage.rule_archive.reigns()
        assert [reign.rule_set for reign in reigns] == ["first", "second"]
        assert await storage.rule_archive.load("first") is None
    async with connected(database) as engine, engine.begin() as connection:
        assert await connection.run_sync(differences) == []


async def test_whoever_only_looks_reads_beside_the_instance_that_works(
    database: Database,
) -> None:
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting())
        async with open_overview(database.url) as overview:
            assert (await overview.counts()).articles == 1


@pytest.mark.parametrize(
    ("url", "text"),
    [
        ("sqlite:///{folder}/missing/tocsin.db", "the folder of the database does not exist"),
        ("sqlite:///{folder}/file/tocsin.db", "the folder of the database does not exist"),
        ("sqlite:///{folder}/" + "x" * 300 + "/tocsin.db", "File name too long"),
        ("sqlite:///{folder}/folder", "unable to open database file"),
        ("sqlite:///{folder}/file", "file is not a database"),
        ("sqlite:///{folder}/locked", "cannot write {folder}/locked.lock: Is a directory"),
        ("sqlite:///{folder}/full", "cannot write"),
        ("sqlite:///", "TOCSIN_DATABASE_URL names no file"),
        ("sqlite:///:memory:", "TOCSIN_DATABASE_URL names no file"),
        ("mysql://user:secret@127.0.0.1/tocsin", "TOCSIN_DATABASE_URL is no"),
        ("postgresql://user:secret@127.0.0.1:port/tocsin", "TOCSIN_DATABASE_URL is no"),
        ("postgresql://user:secret@127.0.0.1:1/tocsin", "Connect call failed"),
    ],
)
async def test_a_database_that_cannot_be_used_is_explained_in_one_line(
    tmp_path: Path, url: str, text: str
) -> None:
    (tmp_path / "folder").mkdir()
    (tmp_path / "file").write_text("This is no database, whatever its name says.\n" * 50)
    (tmp_path / "locked.lock").mkdir()
    (tmp_path / "full.lock").symlink_to("/dev/full")
    with pytest.raises(StorageError) as refused:
        async with open_storage(url.format(folder=tmp_path), now=NOW):
            pass
    said = str(refused.value)
    assert text.format(folder=tmp_path) in said
    assert "secret" not in said
    assert "\n" not in said


async def test_a_wrong_password_is_told_without_showing_it(postgres: PostgresServer) -> None:
    with pytest.raises(StorageError, match="password authentication failed") as refused:
        async with open_storage(postgres.url(password="canary"), now=NOW):
            pass
    assert "canary" not in str(refused.value)


@pytest.fixture
def public() -> Iterator[Path]:
    """Yield a folder that everybody may enter, as pytest's own is not."""
    folder = Path(tempfile.mkdtemp(prefix="tocsin-"))
    folder.chmod(0o755)
    yield folder
    folder.chmod(0o755)
    shutil.rmtree(folder)


def permit(path: Path, mode: int) -> None:
    path.chmod(mode)


@contextlib.contextmanager
def unprivileged() -> Iterator[None]:
    """Be nobody in particular: root may write whatever its mode says."""
    if os.geteuid() != 0:
        yield
        return
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


async def test_a_folder_that_is_read_only_is_told(public: Path) -> None:
    permit(public, 0o555)
    with unprivileged(), pytest.raises(StorageError, match=r"cannot write .*\.lock: Permission"):
        async with opened(on_sqlite(public)):
            pass


async def test_a_file_that_is_read_only_is_told_at_the_start(public: Path) -> None:
    database = on_sqlite(public)
    assert database.path is not None
    async with opened(database) as storage:
        await list_feeds(storage)
        await record(storage, a_sighting())
    permit(public, 0o777)
    permit(database.path, 0o444)
    with unprivileged(), pytest.raises(StorageError, match=r"tocsin\.db: it is read-only"):
        async with opened(database):
            pass
    permit(database.path, 0o644)
    async with opened(database) as storage:
        assert len(await storage.overview.recent()) == 1


async def test_a_folder_that_must_not_be_entered_is_told(public: Path) -> None:
    permit(public, 0)
    with unprivileged(), pytest.raises(StorageError, match="Permission denied"):
        async with opened(on_sqlite(public / "closed")):
            pass


async def test_an_error_inside_reaches_the_caller_and_closes_the_database(
    database: Database,
) -> None:
    with pytest.raises(ZeroDivisionError):  # noqa: PT012 - the block is what is tested
        async with opened(database) as storage:
            await list_feeds(storage)
            raise ZeroDivisionError
    async with opened(database) as storage:
        assert len(await storage.overview.feeds()) == 1
