"""The console: alerts as coloured lines, so that a fresh machine shows something at once."""

from __future__ import annotations

import asyncio
import sys
from typing import Final, TextIO

from rich.console import Console
from rich.highlighter import RegexHighlighter
from rich.text import Text
from rich.theme import Theme

from alerts.errors import TransientDeliveryError
from alerts.model import Address, Message, Receipt

_THEME: Final = Theme(
    {
        "alert.critical": "bold white on red",
        "alert.high": "bold red",
        "alert.medium": "bold yellow",
        "alert.low": "bold blue",
        "alert.info": "bold",
        "alert.link": "underline cyan",
        "alert.reason": "dim",
    }
)


class _Colours(RegexHighlighter):
    base_style = "alert."
    highlights: Final = [  # type: ignore[misc]
        r"(?m)^(?P<critical>CRITICAL):",
        r"(?m)^(?P<high>HIGH):",
        r"(?m)^(?P<medium>MEDIUM):",
        r"(?m)^(?P<low>LOW):",
        r"(?m)^(?P<info>INFO):",
        r"(?m)^(?P<link>https?://\S+)$",
        r"(?m)^(?P<reason>matched .*)$",
    ]


class ConsoleChannel:
    """Prints messages; has no addresses."""

    name = "console"

    def __init__(self, file: TextIO | None = None) -> None:
        """Print to *file*; None: standard output, as it is when a message is printed."""
        self._file = file
        self._colours = _Colours()
        self._turn = asyncio.Lock()

    async def send(self, message: Message, address: Address) -> Receipt:
        """Print *message*.

        Raises:
            TransientDeliveryError: the terminal or pipe is gone.
        """
        del address
        file = self._file or sys.stdout
        try:
            # In a thread: a terminal that was stopped with Ctrl-S takes nothing and holds up nobody.
            async with self._turn:
                await asyncio.to_thread(_write, file, self._lines(message, file))
        except (OSError, ValueError) as error:
            # ValueError is what Python says of a closed file.
            raise TransientDeliveryError(f"cannot print: {error}", connected=False) from error
        return Receipt()

    async def close(self) -> None:
        """Leave the file to whoever opened it."""

    def _lines(self, message: Message, file: TextIO) -> str:
        console = Console(file=file, theme=_THEME, highlight=False, markup=False, emoji=False)
        with console.capture() as captured:
            # A Text, because rich would read markup and link codes in a str.
            text = self._colours(Text(_harmless(message.text)))
            console.print(text, soft_wrap=True)
            console.print()
        encoding = file.encoding or "utf-8"
        return captured.get().encode(encoding, "replace").decode(encoding)


def _harmless(text: str) -> str:
    """Return *text* without what a terminal would obey; its own colours come afterwards."""
    return "".join(char for char in text if char == "\n" or char.isprintable())


def _write(file: TextIO, text: str) -> None:
    file.write(text)
    file.flush()
