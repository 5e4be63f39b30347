"""`tocsin status`: health at a glance."""

from __future__ import annotations


def status() -> None:
    """Say how feeds, rule files, channels and the outbox fare.

    Example: tocsin status
    """
    import asyncio

    asyncio.run(_status())


async def _status() -> None:
    from datetime import UTC, datetime

    from rich.console import Console

    from alerts.cli.shown import ago
    from alerts.feeds.fetch import shown_url
    from alerts.settings import load_settings
    from alerts.storage import open_overview

    now = datetime.now(UTC)
    console = Console(highlight=False, soft_wrap=True)
    async with open_overview(load_settings().database_url.get_secret_value()) as overview:
        counts = await overview.counts()
        feeds = await overview.feeds()
    failing = [feed for feed in feeds if feed.state.error]
    polled = max((f.state.last_polled_at for f in feeds if f.state.last_polled_at), default=None)
    console.print(f"rules       {counts.rule_set[:12] or 'never loaded'}")
    if counts.refusal:
        console.print(
            f"            newest edit refused: {counts.refusal}", style="red", markup=False
        )
    console.print(f"feeds       {len(feeds)}, {len(failing)} failing, last poll {ago(polled, now)}")
    for feed in failing:
        line = f"            {feed.publisher}: {shown_url(feed.state.url)}: {feed.state.error}"
        console.print(line, style="red", markup=False)
    console.print(f"articles    {counts.articles}")
    states = ", ".join(f"{count} {state}" for state, count in sorted(counts.deliveries.items()))
    console.print(f"deliveries  {states or 'none'}")
    if counts.oldest_due_at is not None:
        console.print(f"            oldest waiting: due {ago(counts.oldest_due_at, now)}")
    for name, reason in counts.paused.items():
        console.print(f"paused      {name}: {reason}", style="red", markup=False)
