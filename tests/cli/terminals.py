"""A terminal of 80 columns and 24 lines, and what a command shows in it."""

from __future__ import annotations

import os
import pty
import re
import struct
import subprocess
import sys
import termios
from collections.abc import Mapping
from fcntl import ioctl
from pathlib import Path
from types import MappingProxyType

_COLOUR = re.compile(r"\x1b\[[0-9;]*m")
_HIDDEN = ("COLUMNS", "LINES")


def in_a_terminal(
    *arguments: str,
    clean: bool = True,
    width: int = 80,
    with_errors: bool = False,
    settings: Mapping[str, str] = MappingProxyType({}),
) -> list[str]:
    """Return the lines that the command shows; with *clean* without their colours.

    *with_errors*: also what it writes to stderr.  *settings* are of the environment.
    """
    ours, theirs = pty.openpty()
    ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, width, 0, 0))
    environment = {key: value for key, value in os.environ.items() if key not in _HIDDEN}
    environment |= {"TERM": "xterm-256color", "PYTHONPATH": str(Path(__file__).parents[2])}
    environment |= dict(settings)
    command = [sys.executable, "-m", "alerts", *arguments]
    errors = theirs if with_errors else None
    with subprocess.Popen(command, stdout=theirs, stderr=errors, env=environment) as process:
        os.close(theirs)
        said = _all(ours)
        process.wait()
    lines = said.decode().splitlines()
    return [_COLOUR.sub("", line) for line in lines] if clean else lines


def _all(terminal: int) -> bytes:
    said = b""
    with os.fdopen(terminal, "rb", buffering=0) as screen:
        while True:
            try:
                some = screen.read(4096)
            except OSError:  # the other end is closed
                return said
            if not some:
                return said
            said += some
