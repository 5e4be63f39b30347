"""The log: one line an event, and no secret in any of them."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator

import pytest
import structlog

from alerts import log

CANARY = "123456:AAcanary/token"


@pytest.fixture
def lines() -> Iterator[io.StringIO]:
    before = logging.getLogger().handlers[:]
    stream = io.StringIO()
    log.configure(form="json", level="debug", secrets=[CANARY], stream=stream)
    yield stream
    structlog.reset_defaults()
    logging.getLogger().handlers[:] = before


def events(stream: io.StringIO) -> list[dict[str, object]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


def test_an_event_is_one_line_with_its_fields(lines: io.StringIO) -> None:
    structlog.get_logger().info("delivered", delivery=7, ms=84)
    (event,) = events(lines)
    assert event["event"] == "delivered"
    assert event["delivery"] == 7
    assert event["level"] == "info"


def test_secrets_are_redacted_wherever_they_stand(lines: io.StringIO) -> None:
    structlog.get_logger().error(
        f"posting to https://api/bot{CANARY}/sendMessage",
        url=f"https://api/bot{CANARY.replace('/', '%2F').replace(':', '%3A')}/x",
        nested={"list": [CANARY]},
        object=ValueError(CANARY),
    )
    try:
        int(CANARY)
    except ValueError:
        structlog.get_logger().exception("crashed")
    logging.getLogger("somebody.else").warning("GET %s", CANARY)
    assert len(events(lines)) == 3
    assert "canary" not in lines.getvalue()


def test_the_words_of_a_feed_cannot_forge_a_line(lines: io.StringIO) -> None:
    structlog.get_logger().info("polled", title="x\n2026-01-01 [error] forged\x1b[31m\u202e")
    assert len(lines.getvalue().splitlines()) == 1
    (event,) = events(lines)
    assert "\n" not in str(event["title"])
    assert "\x1b" not in str(event["title"])
    assert "\u202e" not in str(event["title"])


def test_feed_text_is_never_a_format_string(lines: io.StringIO) -> None:
    structlog.get_logger().info("polled", title="100 %s {event} %(x)s")
    assert events(lines)[0]["title"] == "100 %s {event} %(x)s"


def test_talkative_libraries_stay_quiet_below_warning(lines: io.StringIO) -> None:
    logging.getLogger("httpx").info("HTTP Request: POST https://api/bot1:x/sendMessage")
    logging.getLogger("httpx").warning("worth knowing")
    assert [event["event"] for event in events(lines)] == ["worth knowing"]
