"""`tocsin backup`: a consistent copy of the database."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what stands there.")] = False,
) -> None:
    """Write a consistent copy of the database and check it, also while `tocsin run` works on it.

    Example: tocsin backup /backups/tocsin.db --force
    """
    import asyncio

    asyncio.run(_back_up(file, force=force))


async def _back_up(file: Path, *, force: bool) -> None:
    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress

    from alerts.settings import load_settings
    from alerts.storage.backup import back_up

    url = load_settings().database_url.get_secret_value()
    bar = Progress(BarColumn(), DownloadColumn(), console=Console(stderr=True), transient=True)
    task = bar.add_task("copy", total=None)
    with bar:
        copied = await back_up(
            url,
            file,
            replace=force,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    typer.echo(f"{copied.path}: {copied.bytes:,} bytes, checked")
