"""What rule files name, read in a moment: nothing is resolved, checked or compiled.

For what must be quick and may be asked of files that cannot be loaded: completion in a shell, "did
you mean …", which watchlists were experiments.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alerts.model import Status
from alerts.watchlists import source
from alerts.watchlists.contents import Contents
from alerts.watchlists.nodes import Node


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedFeed:
    """A feed as its file names it."""

    url: str
    publisher: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Names:
    """The names in rule files, in the order of the files."""

    #: Id -> status, as it is written.
    watchlists: Mapping[str, str]
    receivers: tuple[str, ...]
    feeds: tuple[NamedFeed, ...]

    @property
    def experiments(self) -> frozenset[str]:
        """The ids of the experimental watchlists."""
        return frozenset(
            id_ for id_, status in self.watchlists.items() if status == Status.EXPERIMENTAL
        )


def names_in(contents: Contents) -> Names:
    """Return what *contents* name; what cannot be read is passed over."""
    roots = [
        root
        for body in contents.bodies
        if (root := source.read(body.content, body.path)[1]) is not None
    ]
    watchlists = {
        _text(part, "id"): _text(part, "status")
        for root in roots
        for part in root.parts("watchlists")
    }
    watchlists.pop("", None)
    receivers = [
        name
        for root in roots
        if "receivers" in root.entries
        for name in root.entries["receivers"].entries
    ]
    feeds = [
        NamedFeed(url=_text(part, "url"), publisher=_text(part, "publisher"))
        for root in roots
        for part in root.parts("feeds")
    ]
    return Names(
        watchlists=watchlists,
        receivers=tuple(dict.fromkeys(receivers)),
        feeds=tuple(feed for feed in feeds if feed.url),
    )


def _text(node: Node, key: str) -> str:
    value = node.entries[key].value if key in node.entries else ""
    return value if isinstance(value, str) else ""
