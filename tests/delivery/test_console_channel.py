"""The console prints what was rendered, in colours, and obeys nothing that a feed says."""

from __future__ import annotations

import io
import re

import pytest

from alerts.delivery.channels import Channel
from alerts.delivery.channels.console import ConsoleChannel
from alerts.delivery.rendering import Renderer
from alerts.errors import TransientDeliveryError
from tests.delivery.messages import message
from tests.delivery.samples import NOW, TERMINAL, alert, article, delivery

OUR_COLOURS = re.compile("\x1b\\[[0-9;]*m")


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


async def printed(text: str, file: io.StringIO) -> str:
    await ConsoleChannel(file).send(message(text), TERMINAL)
    return file.getvalue()


async def test_a_message_is_printed_in_full() -> None:
    rendered = Renderer().render(delivery(address=TERMINAL), now=NOW)
    file = io.StringIO()
    channel: Channel = ConsoleChannel(file)
    await channel.send(rendered, TERMINAL)
    await channel.close()
    assert file.getvalue().replace("\u2068", "").strip() == rendered.text.replace(
        "\u2068", ""
    ).replace("\u2069", "")


@pytest.mark.parametrize("severity", ["CRITICAL", "HIGH", "MEDIUM", "LOW", "INFO"])
async def test_the_severity_has_its_colour_on_a_terminal(severity: str) -> None:
    assert "\x1b[" in await printed(f"{severity}: Drones", Terminal())
    assert "\x1b[" not in await printed(f"{severity}: Drones", io.StringIO())


async def test_terminal_escapes_in_feed_text_are_harmless() -> None:
    evil = "\x1b]0;owned\x07 \x1b[2J \x9b31m \x08\x08 \r overwritten \x00 \u202e"
    shown = await printed(f"HIGH: {evil}", Terminal())
    assert not re.search("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202e]", OUR_COLOURS.sub("", shown))
    rendered = Renderer().render(delivery(alert(article(title=evil)), address=TERMINAL), now=NOW)
    assert rendered.text.replace("\n", "").isprintable()


async def test_markup_of_rich_in_feed_text_is_text() -> None:
    text = "HIGH: [bold red]x[/] [link=https://evil.example]y[/link] :smile: [/nothing]"
    assert text in await printed(text, io.StringIO())
    assert "evil.example\x1b\\" not in await printed(text, Terminal())


async def test_long_lines_are_not_broken() -> None:
    url = "https://x.example/" + "y" * 500
    assert url in await printed(url, io.StringIO())


async def test_a_terminal_without_unicode_still_gets_the_words() -> None:
    raw = io.BytesIO()
    file = io.TextIOWrapper(raw, "ascii")
    await ConsoleChannel(file).send(message("Idlib · قصف"), TERMINAL)
    assert raw.getvalue().decode("ascii").startswith("Idlib ? ???")


async def test_a_closed_output_is_tried_again_later() -> None:
    file = io.StringIO()
    file.close()
    with pytest.raises(TransientDeliveryError):
        await ConsoleChannel(file).send(message(), TERMINAL)
