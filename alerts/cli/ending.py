"""How a command ends: the exit codes, and an end after everything was said."""

from __future__ import annotations

FINDINGS, RULES, USAGE = 1, 2, 3
#: By Ctrl-C, as shells say it: 128 and the number of the signal.
INTERRUPTED = 130


class EndedError(Exception):
    """The command has said all there is to say; the process ends with *code*.

    Not `typer.Exit`, whose 2 cannot be told from the library's own code for wrong usage.
    """

    def __init__(self, code: int) -> None:
        super().__init__(f"exit code {code}")
        self.code = code
