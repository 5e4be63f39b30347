"""What an author should know of rule files in which nothing is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alerts.model import OPERATOR, Feed, Route, RuleSet
from alerts.watchlists.complaints import quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.suggest import did_you_mean


def note_strangers(file: RuleFile, root: Node, feeds: Iterable[Feed]) -> None:
    """Note publishers that a watchlist names and no feed has; without feeds nobody is known."""
    known = {_folded(feed.publisher): feed.publisher for feed in feeds}
    if not known:
        return
    for watchlist in root.parts("watchlists"):
        publishers = watchlist.entries.get("publishers")
        for key in ("only", "except") if publishers else ():
            for name in publishers.parts(key) if publishers else ():
                if _folded(str(name.value)) not in known:
                    message = f"no feed has the publisher {quoted(name.value)}"
                    hint = did_you_mean(str(name.value), tuple(known.values()))
                    file.remark(name, "R603", message, hint)


def note_who_hears_nothing(file: RuleFile, root: Node, rules: RuleSet) -> None:
    """Note receivers that no route and no other receiver leads to."""
    receivers = root.entries.get("receivers")
    reached = {OPERATOR, *_receivers(rules.route)}
    reached |= {each.fallback for each in rules.receivers.values()}
    for name in receivers.entries if receivers else ():
        if name not in reached:
            message = f"no route leads to the receiver {quoted(name)}"
            hint = f"routes: {{receiver: {name}}} would send it everything"
            file.remark(root.entries["receivers"].key(name), "R605", message, hint)


def _receivers(route: Route) -> Iterator[str]:
    yield route.receiver
    for below in route.routes:
        yield from _receivers(below)


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()
