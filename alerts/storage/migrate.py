"""Bringing a database up to date before anything else touches it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, inspect, text
from sqlalchemy.engine import URL

from alerts.errors import StorageError
from alerts.storage.engine import open_writer, translated

SCRIPTS = Path(__file__).with_name("migrations")

#: Changes nothing, but must be allowed to.
_PROBE = text("UPDATE alembic_version SET version_num = version_num")


async def migrate(url: URL) -> None:
    """Run the migrations that the database at *url* lacks, all of them or none.

    Raises:
        StorageError: it cannot be written, or a newer Tocsin made it.
    """
    engine = open_writer(url)
    try:
        with translated():
            async with engine.begin() as connection:
                if await connection.run_sync(_revision) != newest():
                    await connection.run_sync(upgrade)
                # Whoever may only read is to hear it now and not at the first poll.
                await connection.execute(_PROBE)
    finally:
        await engine.dispose()


def newest() -> str:
    """Return the revision that this Tocsin brings a database to: its last migration's number."""
    return max(path.name.partition("_")[0] for path in SCRIPTS.glob("versions/*.py"))


def _revision(connection: Connection) -> str | None:
    """Return the revision of a database; None: it has no tables yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    found: str | None = connection.scalar(text("SELECT version_num FROM alembic_version"))
    return found


def upgrade(connection: Connection) -> None:
    """Upgrade to the newest revision inside the caller's transaction."""
    # Alembic takes 0.1 s and 9 MB, and a database that is up to date does not need it.
    from alembic import command  # noqa: PLC0415
    from alembic.config import Config  # noqa: PLC0415
    from alembic.util import CommandError  # noqa: PLC0415

    config = Config()
    config.set_main_option("script_location", str(SCRIPTS))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise StorageError(f"the database was made by a newer Tocsin: {error}") from error
