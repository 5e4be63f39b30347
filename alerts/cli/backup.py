"""`tocsin backup`: a consistent copy of the database."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from alerts.cli.options import Form, Formatted

if TYPE_CHECKING:
    from alerts.storage.backup import Copied


def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    force: Annotated[bool, typer.Option("--force", help="Replace what stands there.")] = False,
    form: Formatted = Form.TEXT,
) -> None:
    """Write a consistent copy of the database and check it, also while `tocsin run` works on it.

    Example: tocsin backup /backups/tocsin.db --force
    """
    import asyncio
    import json

    copied = asyncio.run(_back_up(file, force=force))
    if form is Form.JSON:
        document = {"path": str(copied.path), "bytes": copied.bytes, "checked": True}
        typer.echo(json.dumps(document, indent=2))
    else:
        typer.echo(f"{copied.path}: {copied.bytes:,} bytes, checked")


async def _back_up(file: Path, *, force: bool) -> Copied:
    from datetime import UTC, datetime

    from rich.console import Console
    from rich.progress import BarColumn, DownloadColumn, Progress

    from alerts.settings import load_settings
    from alerts.storage.backup import back_up
    from alerts.storage.backups import note_backup

    url = load_settings().database_url.get_secret_value()
    # As of its begin: what comes while it is made may not be in it.
    now = datetime.now(UTC)
    bar = Progress(BarColumn(), DownloadColumn(), console=Console(stderr=True), transient=True)
    task = bar.add_task("copy", total=None)
    with bar:
        copied = await back_up(
            url,
            file,
            replace=force,
            progress=lambda done, total: bar.update(task, completed=done, total=total),
        )
    note_backup(url, copied, now=now)
    return copied
