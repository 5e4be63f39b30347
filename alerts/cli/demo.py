"""`tocsin demo`: the whole system with no account and no network."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from pathlib import Path


def demo(
    listen: Annotated[
        str, typer.Option(metavar="HOST:PORT", help="Where to show the page.")
    ] = "127.0.0.1:8080",
) -> None:
    """Serve sample feeds on loopback, and show their alerts here and on a page.

    Example: tocsin demo
    """
    import asyncio
    import contextlib
    from pathlib import Path
    from tempfile import TemporaryDirectory

    with TemporaryDirectory(prefix="tocsin-demo-") as name, contextlib.suppress(KeyboardInterrupt):
        folder = Path(name)
        folder.joinpath("rules").mkdir()
        asyncio.run(_demo(folder, listen))


async def _demo(folder: Path, listen: str) -> None:
    from alerts import log
    from alerts.app import App
    from alerts.demo.newsroom import Newsroom
    from alerts.demo.rule_files import rule_files
    from alerts.settings import load_settings

    async with Newsroom() as newsroom:
        rule_files(folder / "rules", newsroom.url)
        settings = load_settings(
            rules=folder / "rules",
            database_url=f"sqlite:///{folder}/demo.db",
            listen=listen,
            allow_networks=f"127.0.0.1/32:{newsroom.port}",
            log_level="warning",
        )
        # The operator's own accounts have no part in this: everything is said here.
        settings = settings.model_copy(update={"telegram_token": None, "smtp_url": None})
        log.configure(form=settings.log_format, level=settings.log_level)
        typer.echo("Four invented publishers begin to write; the first alerts take a moment.")
        await App(settings, environment={}).run(
            on_ready=lambda page: typer.echo(f"The same on a page: {page}   (Ctrl-C ends it)\n")
        )
