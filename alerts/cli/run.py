"""`tocsin run`: the whole system, until a signal."""

from __future__ import annotations

from typing import Annotated

import typer

from alerts.cli.options import Rules


def run(
    rules: Rules = None,
    once: Annotated[
        bool, typer.Option("--once", help="Poll every due feed once, deliver, exit.")
    ] = False,
) -> None:
    """Poll, match, deliver and serve pages, until a signal.

    Example: tocsin run --rules rules
    """
    import asyncio

    from alerts import log
    from alerts.app import App
    from alerts.settings import load_settings

    settings = load_settings(rules=rules)
    log.configure(form=settings.log_format, level=settings.log_level, secrets=settings.secrets)
    app = App(settings)
    asyncio.run(app.run_once() if once else app.run())
