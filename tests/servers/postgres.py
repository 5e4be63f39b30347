"""A private PostgreSQL: started for the tests, gone after them.

It listens on a free port of loopback alone, wants a password, and keeps its data in a temporary
folder.  PostgreSQL refuses to run as root, so root starts it as another user.
"""

from __future__ import annotations

import collections
import contextlib
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

#: Where Debian, Fedora and Homebrew put the programs that are not for users.
_FOLDERS = ("/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/opt/homebrew/opt/postgresql*/bin")
_MISSING = (
    "The storage tests need PostgreSQL's programs initdb and postgres and found none:"
    " install them (Debian and Ubuntu: apt-get install postgresql; Fedora: dnf install"
    " postgresql-server), or put their folder on the PATH."
)
_USER, _PASSWORD = "tocsin", "not-in-any-log"
_READY = "ready to accept connections"
#: Nothing here outlives the tests, so nothing needs to survive a power cut.
_SETTINGS = (
    "listen_addresses=127.0.0.1",
    "unix_socket_directories=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
    "log_checkpoints=off",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class PostgresServer:
    """A running server."""

    port: int
    pid: int

    def url(self, database: str = "postgres", *, password: str = _PASSWORD) -> str:
        """Return what TOCSIN_DATABASE_URL would be for *database*."""
        return f"postgresql://{_USER}:{password}@127.0.0.1:{self.port}/{database}"


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """Run a server for the length of the block.

    Raises:
        RuntimeError: PostgreSQL is not installed, or did not start; the text says which.
    """
    programs = _programs()
    user = _unprivileged()
    folder = Path(tempfile.mkdtemp(prefix="tocsin-postgres-"))
    try:
        if user is not None:
            os.chown(folder, user.pw_uid, user.pw_gid)
        _make_cluster(programs, folder, user)
        with _running(programs, folder, user) as server:
            yield server
    finally:
        shutil.rmtree(folder)


def _programs() -> Path:
    found = shutil.which("postgres")
    if found is not None and (Path(found).parent / "initdb").exists():
        return Path(found).parent
    installed = [path for pattern in _FOLDERS for path in Path("/").glob(pattern[1:])]
    usable = [path for path in sorted(installed) if (path / "initdb").exists()]
    if not usable:
        raise RuntimeError(_MISSING)
    return usable[-1]


def _unprivileged() -> pwd.struct_passwd | None:
    """Return whom root starts the server as; None: we are not root."""
    if os.geteuid() != 0:
        return None
    known = {user.pw_name: user for user in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _make_cluster(programs: Path, folder: Path, user: pwd.struct_passwd | None) -> None:
    password = folder / "password"
    password.write_text(_PASSWORD)
    where = [f"--pgdata={folder / 'data'}", f"--username={_USER}", f"--pwfile={password}"]
    how = ["--auth=scram-sha-256", "--encoding=UTF8", "--locale=C", "--no-sync"]
    made = _start([str(programs / "initdb"), *where, *how], folder, user)
    said, _ = made.communicate()
    if made.returncode != 0:
        raise RuntimeError(f"initdb failed: {said}")


@contextlib.contextmanager
def _running(
    programs: Path, folder: Path, user: pwd.struct_passwd | None
) -> Iterator[PostgresServer]:
    port = _free_port()
    settings = [f"--{setting}" for setting in (*_SETTINGS, f"port={port}")]
    command = [str(programs / "postgres"), "-D", str(folder / "data"), *settings]
    with _start(command, folder, user) as process:
        assert process.stdout is not None
        # Nobody reads the log, but a full pipe would stop the server.
        drain = threading.Thread(target=collections.deque, args=(process.stdout, 0))
        try:
            _await_ready(process.stdout)
            drain.start()
            yield PostgresServer(port=port, pid=process.pid)
        finally:
            process.send_signal(signal.SIGQUIT)  # no checkpoint for data that nobody keeps
            if drain.is_alive():
                drain.join()


def _start(
    command: list[str], folder: Path, user: pwd.struct_passwd | None
) -> subprocess.Popen[str]:
    return subprocess.Popen(
        command,
        cwd=folder,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        user=user and user.pw_uid,
        group=user and user.pw_gid,
        extra_groups=[] if user else None,
    )


def _await_ready(log: IO[str]) -> None:
    said = []
    for line in log:
        said.append(line)
        if _READY in line:
            return
    raise RuntimeError(f"PostgreSQL did not start: {''.join(said)}")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
