"""`tocsin hygiene`: what in the rules wants a hand?"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.options import Form, Formatted, Rules

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from alerts.workbench.hygiene import Report


def hygiene(
    *,
    since: Annotated[
        str, typer.Option(metavar="WHEN", help="What is looked back at: 90d, or a date.")
    ] = "90d",
    noisy: Annotated[
        float, typer.Option(min=0.01, help="So many alerts a day are too many of one watchlist.")
    ] = 20.0,
    limit: Annotated[int, typer.Option(min=1, help="Lines of each table.")] = 10,
    rules: Rules = None,
    form: Formatted = Form.TEXT,
) -> None:
    """Say what in the rules wants a hand: silent, noisy, nobody's, unheard; unseen names; who fails.

    It is a report, and exits with 0 whatever it finds.

    Example: tocsin hygiene --since 90d
    """
    import asyncio
    import json
    from datetime import UTC, datetime

    from alerts.cli.options import moment
    from alerts.settings import load_settings

    now = datetime.now(UTC)
    begun = moment("--since", since, now=now)
    if begun >= now:
        raise typer.BadParameter("it lies in the future", param_hint="--since")
    settings = load_settings(rules=rules)
    url = settings.database_url.get_secret_value()
    report = asyncio.run(_looked(settings.rules, url, since=begun, now=now, noisy=noisy))
    if form is Form.JSON:
        from alerts.cli.hygiene.as_json import document

        typer.echo(json.dumps(document(report), indent=2))
    else:
        from alerts.cli.hygiene.text import tell

        tell(report, noisy=noisy, most=limit)


async def _looked(
    folder: Path, database_url: str, *, since: datetime, now: datetime, noisy: float
) -> Report:
    import os

    from alerts.storage import open_beside
    from alerts.watchlists.load import load_rules
    from alerts.workbench.hygiene import look

    rules = load_rules(folder, environment=os.environ)
    async with open_beside(database_url) as storage:
        return await look(storage, rules, since=since, now=now, noisy=noisy)
