"""Bringing a database up to date before anything else touches it."""

from __future__ import annotations

from pathlib import Path

from sqlalchemy import Connection, text
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
                await connection.run_sync(upgrade)
                # Whoever may only read is to hear it now and not at the first poll.
                await connection.execute(_PROBE)
    finally:
        await engine.dispose()


def upgrade(connection: Connection) -> None:
    """Upgrade to the newest revision inside the caller's transaction."""
    # Alembic takes 60 ms to import and is needed once in the life of a process.
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
