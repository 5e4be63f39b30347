"""The front page: what rang lately, and whether all is well."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template

from alerts.model import DeliveryState
from alerts.storage import Overview

STYLE = (Path(__file__).parent / "templates" / "style.css").read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("alerts.web"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("front.html")


async def front_page(overview: Overview) -> str:
    """Return the page; every word that came from a feed is escaped."""
    counts = await overview.counts()
    feeds = await overview.feeds()
    waiting = (DeliveryState.PENDING, DeliveryState.AMBIGUOUS, DeliveryState.LEASED)
    return _template().render(
        counts=counts,
        feeds=len(feeds),
        failing=[feed for feed in feeds if feed.state.error],
        sent=counts.deliveries.get(DeliveryState.SENT, 0),
        dead=counts.deliveries.get(DeliveryState.DEAD, 0),
        waiting=sum(counts.deliveries.get(state, 0) for state in waiting),
        deliveries=await overview.recent(),
    )
