"""`tocsin status`: health at a glance."""

from __future__ import annotations

from alerts.cli.ending import FINDINGS, EndedError
from alerts.cli.options import Form, Formatted


def status(form: Formatted = Form.TEXT) -> None:
    """Say how the process, rule files, feeds and messages fare; exit with 1 if somebody must act.

    Example: tocsin status
    """
    import asyncio
    from datetime import UTC, datetime

    from alerts.cli.status import documents, lines, reading

    now = datetime.now(UTC)
    found = asyncio.run(reading.read(now=now))
    if form is Form.JSON:
        documents.write(found)
    else:
        lines.tell(found, now)
    if found.troubles:
        raise EndedError(FINDINGS)
