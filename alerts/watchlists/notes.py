"""What an author should know of rule files in which nothing is wrong."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from alerts.model import OPERATOR, Feed, Route, RuleSet
from alerts.watchlists.complaints import quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.feeds import EntitySection, FeedSection
from alerts.watchlists.schema.routing import ReceiverSection, RouteSection
from alerts.watchlists.schema.watchlists import WatchlistSection
from alerts.watchlists.suggest import did_you_mean


def note_what_waits(file: RuleFile, root: Node) -> None:
    """Note the keys that are read and checked, and that delivery does not obey yet."""
    for feed in root.parts("feeds"):
        _note_keys(file, feed, FeedSection.not_obeyed_yet)
    entities = root.entries.get("entities")
    for entity in entities.entries.values() if entities else ():
        _note_keys(file, entity, EntitySection.not_obeyed_yet)
    for watchlist in root.parts("watchlists"):
        _note_keys(file, watchlist, WatchlistSection.not_obeyed_yet)
    receivers = root.entries.get("receivers")
    for receiver in receivers.entries.values() if receivers else ():
        _note_keys(file, receiver, ReceiverSection.not_obeyed_yet)
    for route in _routes(root.entries.get("routes")):
        _note_keys(file, route, RouteSection.not_obeyed_yet)


def _routes(route: Node | None) -> Iterator[Node]:
    if route is not None:
        yield route
        for below in route.parts("routes"):
            yield from _routes(below)


def _note_keys(file: RuleFile, section: Node, keys: Collection[str]) -> None:
    for key in section.entries:
        if key in keys:
            message = f"{quoted(key)} is read and checked, but not obeyed yet"
            file.remark(section.key(key), "R602", message, "it may stay; it changes nothing now")


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
