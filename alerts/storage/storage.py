"""The database as one value: opened, migrated, held, and closed."""

from __future__ import annotations

import contextlib
import os
import sqlite3
from collections.abc import AsyncIterator
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING

from sqlalchemy.engine import URL
from sqlalchemy.ext.asyncio import AsyncEngine

from alerts.errors import StorageError
from alerts.storage import versions
from alerts.storage.answers import Answers
from alerts.storage.archive import Archive
from alerts.storage.backlog import Backlog
from alerts.storage.bot_updates import BotUpdates
from alerts.storage.bounces import Bounces
from alerts.storage.checkpoint import checkpoints
from alerts.storage.consents import Consents
from alerts.storage.departures import Departures
from alerts.storage.dialogues import Dialogues
from alerts.storage.engine import async_url, open_readers, open_writer, sqlite_file, translated
from alerts.storage.feedback import Feedback
from alerts.storage.feeds import Feeds
from alerts.storage.full_texts import FullTexts
from alerts.storage.hold import hold
from alerts.storage.hosts import Hosts
from alerts.storage.hygiene import Hygiene
from alerts.storage.indexing import WordIndex
from alerts.storage.invites import Invites
from alerts.storage.letters import Letters
from alerts.storage.migrate import migrate
from alerts.storage.mutes import Mutes
from alerts.storage.outbox import Outbox
from alerts.storage.overview import Overview
from alerts.storage.polls import Polls
from alerts.storage.pushes import Pushes
from alerts.storage.retention import Retention
from alerts.storage.rule_archive import RuleArchive
from alerts.storage.sent_alerts import SentAlerts
from alerts.storage.silences import Silences
from alerts.storage.subscribers import Subscribers
from alerts.storage.writer import Writer

if TYPE_CHECKING:
    from alerts.storage.glance import Glances
    from alerts.storage.histories import Histories
    from alerts.storage.tail import Tail

#: Linux can ask for the user that we act as.
_EFFECTIVE = os.access in os.supports_effective_ids


class Storage:
    """One database: a store for each subject, all on the one writer."""

    def __init__(self, writer: Writer, readers: AsyncEngine) -> None:
        self._readers = readers
        self.feeds = Feeds(writer, readers)
        self.hosts = Hosts(writer, readers)
        self.polls = Polls(writer)
        self.pushes = Pushes(writer, readers)
        self.full_texts = FullTexts(writer, readers)
        self.outbox = Outbox(writer, readers)
        self.answers = Answers(writer, readers)
        self.backlog = Backlog(writer, readers)
        self.letters = Letters(writer, readers)
        self.retention = Retention(writer, readers)
        self.consents = Consents(writer, readers)
        self.bounces = Bounces(writer)
        self.mutes = Mutes(writer, readers)
        self.silences = Silences(writer, readers)
        self.feedback = Feedback(writer, readers)
        self.sent_alerts = SentAlerts(readers)
        self.departures = Departures(writer)
        self.bot_updates = BotUpdates(writer, readers)
        self.subscribers = Subscribers(writer, readers)
        self.dialogues = Dialogues(writer, readers)
        self.invites = Invites(writer, readers)
        self.hygiene = Hygiene(readers)
        self.overview = Overview(writer, readers)
        self.archive = Archive(readers)
        self.word_index = WordIndex(writer, readers)
        self.rule_archive = RuleArchive(writer, readers)

    # What only looks back is loaded when somebody does: a process that polls need not carry it.

    @cached_property
    def histories(self) -> Histories:
        """What became of an article."""
        from alerts.storage.histories import Histories  # noqa: PLC0415

        return Histories(self._readers)

    @cached_property
    def tail(self) -> Tail:
        """Articles as they come."""
        from alerts.storage.tail import Tail  # noqa: PLC0415

        return Tail(self._readers)

    @cached_property
    def glances(self) -> Glances:
        """The numbers of everything."""
        from alerts.storage.glance import Glances  # noqa: PLC0415

        return Glances(self._readers)


@contextlib.asynccontextmanager
async def open_storage(database_url: str, *, now: datetime) -> AsyncIterator[Storage]:
    """Open, hold and migrate the database for the process that works on it.

    Raises:
        DatabaseHeldError: another process works on it.
        StorageError: it cannot be opened or written.
    """
    url = async_url(database_url)
    _check_file(url)
    async with hold(url, now=now):
        _probe(url)
        await migrate(url)
        async with _engines(url) as (writing, readers), checkpoints(url):
            writer = Writer(writing).start()
            try:
                yield Storage(writer, readers)
            finally:
                await writer.close()


@contextlib.asynccontextmanager
async def open_overview(database_url: str) -> AsyncIterator[Overview]:
    """Open the database to look at it, beside the process that works on it.

    Raises:
        StorageError: there is none yet, or it cannot be read.
    """
    async with open_beside(database_url) as storage:
        yield storage.overview


@contextlib.asynccontextmanager
async def open_beside(database_url: str) -> AsyncIterator[Storage]:
    """Open the database to read it, beside the process that works on it; nothing can be written.

    Raises:
        StorageError: there is none yet, it is of another version, or cannot be read.
    """
    url = async_url(database_url)
    path = sqlite_file(url)
    if path is not None and not path.exists():
        raise StorageError(f"there is no database {path} yet: `tocsin run` makes it")
    _probe(url)
    async with _engines(url) as (writing, readers):
        with translated():
            async with readers.begin() as connection:
                await versions.check(connection)
        yield Storage(Writer(writing), readers)


@contextlib.asynccontextmanager
async def _engines(url: URL) -> AsyncIterator[tuple[AsyncEngine, AsyncEngine]]:
    writing, readers = open_writer(url), open_readers(url)
    try:
        yield writing, readers
    finally:
        with translated():
            await readers.dispose()
            await writing.dispose()


def _check_file(url: URL) -> None:
    path = sqlite_file(url)
    if path is None:
        return
    try:
        exists = path.parent.is_dir()
    except OSError as error:
        raise StorageError(f"cannot reach {path}: {error.strerror}") from error
    if not exists:
        raise StorageError(f"the folder of the database does not exist: {path.parent}")
    # Not left to SQLite, which opens what it may only read and leaves read-only files beside it.
    if path.exists() and not os.access(path, os.W_OK, effective_ids=_EFFECTIVE):
        raise StorageError(f"cannot write {path}: it is read-only")


def _probe(url: URL) -> None:
    """Open the file once: the async driver leaves a thread behind for each that it cannot."""
    path = sqlite_file(url)
    if path is None:
        return
    try:
        with contextlib.closing(sqlite3.connect(path)) as connection:
            connection.execute("PRAGMA schema_version")
    except sqlite3.Error as error:
        raise StorageError(f"the database {path} cannot be used: {error}") from error
