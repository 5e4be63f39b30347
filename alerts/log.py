"""Logging: one line an event, fields and not prose, and never a secret.

Configured once, by the outermost call; everybody else says
`log.info("delivered", delivery=…, ms=…)`.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Iterable
from typing import Any, TextIO
from urllib.parse import quote

import structlog
from structlog.typing import EventDict, Processor, WrappedLogger

#: Libraries that write a request's URL, and with it the bot's token, at INFO.
_TALKATIVE = ("httpx", "httpcore", "telegram", "apscheduler", "aiosqlite", "alembic", "asyncio")

_REDACTED = "[redacted]"

#: Control characters and what reorders text (CVE-2021-42574): a feed's words must not be able to
#: forge a line of the log or hide one.
_UNSAFE = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))} | {
    code: f"\\u{code:04x}"
    for code in (0x2028, 0x2029, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def configure(
    *, form: str, level: str, secrets: Iterable[str] = (), stream: TextIO | None = None
) -> None:
    """Send every event of ours and of the libraries to *stream*, default stderr.

    *form* is `console` or `json`, *level* debug, info, warning or error.
    """
    stream = stream or sys.stderr
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
        structlog.processors.format_exc_info,
        Redaction(secrets),
        _one_line,
    ]
    last: Processor = (
        structlog.processors.JSONRenderer(ensure_ascii=False)
        if form == "json"
        else structlog.dev.ConsoleRenderer(colors=stream.isatty())
    )
    _configure_ours(before, level)
    _configure_libraries(before, last, level, stream)


def _configure_ours(before: list[Processor], level: str) -> None:
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            *before,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        wrapper_class=structlog.stdlib.BoundLogger,
        logger_factory=structlog.stdlib.LoggerFactory(),
        cache_logger_on_first_use=False,
    )
    logging.getLogger().setLevel(level.upper())


def _configure_libraries(
    before: list[Processor], last: Processor, level: str, stream: TextIO
) -> None:
    handler = logging.StreamHandler(stream)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, last],
        )
    )
    root = logging.getLogger()
    for old in root.handlers[:]:
        root.removeHandler(old)
    root.addHandler(handler)
    for name in _TALKATIVE:
        logging.getLogger(name).setLevel(max(logging.WARNING, getattr(logging, level.upper())))


class Redaction:
    """Replaces every secret, plain or percent-encoded, wherever it stands in an event."""

    def __init__(self, secrets: Iterable[str]) -> None:
        forms = {form for secret in secrets for form in (secret, quote(secret, safe=""))}
        # The longest first: one secret may contain another.
        self._secrets = sorted(filter(None, forms), key=len, reverse=True)

    def __call__(self, _logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
        """Clean one event."""
        return {key: self.clean(value) for key, value in event.items()}

    def clean(self, value: Any) -> Any:
        """Return *value* without secrets; what is no plain value becomes its text."""
        if value is None or isinstance(value, bool | int | float):
            return value
        if isinstance(value, dict):
            return {key: self.clean(item) for key, item in value.items()}
        if isinstance(value, list | tuple | set | frozenset):
            return [self.clean(item) for item in value]
        text = str(value)
        for secret in self._secrets:
            text = text.replace(secret, _REDACTED)
        return text


def _one_line(_logger: WrappedLogger, _method: str, event: EventDict) -> EventDict:
    trace = event.pop("exception", None)  # our own words, and worth several lines
    cleaned = {key: _escaped(value) for key, value in event.items()}
    return cleaned | ({"exception": trace} if trace else {})


def _escaped(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_UNSAFE)
    if isinstance(value, dict):
        return {key: _escaped(item) for key, item in value.items()}
    return [_escaped(item) for item in value] if isinstance(value, list) else value
