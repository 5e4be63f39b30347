"""Routes that no alert can reach, and receivers and hours that nothing leads to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.model import OPERATOR, LabelMatcher, Receiver, Route, Severity, Status
from alerts.watchlists.complaints import quoted
from alerts.watchlists.matchers import meets
from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.workbench.lint.subject import Finding, Subject

#: What is known of every alert of a watchlist before there is one.
Labels = Mapping[str, tuple[str, ...]]
_CLOSED = ("watchlist", "severity", "owner")


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what the routing tree says in vain."""
    yield from _unused(subject)
    arriving = _arriving(subject)
    for page in subject.pages:
        for name in page.document.receivers:
            yield from _quiet(
                subject.rules.receivers[name], page.entries("receivers")[name], page.file
            )
        if "routes" in page.root.entries and arriving:
            walk = _Walk(page.file, tuple(each.publisher for each in subject.rules.feeds))
            root = page.root.entries["routes"]
            yield from walk.below(subject.rules.route, root, arriving)
            yield from _late(subject, page.file, root, walk.ends)


def _arriving(subject: Subject) -> list[Labels]:
    """Return the labels of the alerts that may come, each set once."""
    found = {
        (each.id, each.severity.value, each.owner): None
        for each in subject.rules.watchlists
        if each.status is Status.ACTIVE
    }
    return [dict(zip(_CLOSED, ((label,) for label in labels), strict=True)) for labels in found]


# --- routes ---------------------------------------------------------------------------------------


@dataclass
class _Walk:
    """Goes down the tree with all alerts that may come."""

    file: RuleFile
    publishers: tuple[str, ...]

    def __post_init__(self) -> None:
        #: Where alerts may end: the node, and those alerts.
        self.ends: list[tuple[Route, Node, list[Labels]]] = []

    def below(self, route: Route, node: Node, arriving: list[Labels]) -> Iterator[Finding]:
        """Yield the nodes below *route* that none of *arriving* can reach."""
        left = arriving
        for child, where in zip(route.routes, node.parts("routes"), strict=True):
            may = [labels for labels in left if self._may_take(child, labels)]
            if may:
                yield from self.below(child, where, may)
            else:
                could = any(self._may_take(child, labels) for labels in arriving)
                yield self._unreached(where, child, is_taken=could)
            if _is_certain(child):
                left = [labels for labels in left if labels not in may]
        if left:
            self.ends.append((route, node, left))

    def _may_take(self, route: Route, labels: Labels) -> bool:
        if set(route.active_intervals) & set(route.mute_intervals) and not _others(route):
            return False
        return all(self._may_meet(matcher, labels) for matcher in route.matchers)

    def _may_meet(self, matcher: LabelMatcher, labels: Labels) -> bool:
        if matcher.label in _CLOSED:
            return meets(matcher, labels)
        if matcher.label == "publisher" and self.publishers:
            return any(meets(matcher, {"publisher": (each,)}) for each in self.publishers)
        # Tags and names come with the article.
        return True

    def _unreached(self, node: Node, route: Route, *, is_taken: bool) -> Finding:
        if is_taken:
            why = "those before it take all that it asks for"
            hint = "move it before them, or let them 'continue: true'"
        elif route.matchers:
            why = "no watchlist meets its matchers"
            hint = "compare them with the ids, severities and owners of the watchlists"
        else:
            why = "none comes here, or in none of its hours"
            hint = "compare its hours, and the matchers of the routes above it"
        message = f"no alert reaches this route to {quoted(route.receiver)}: {why}"
        places = node.parts("match")
        at = places[0] if places and not is_taken else node
        return Finding(file=self.file, node=at, code="L501", message=message, hint=hint)


def _others(route: Route) -> set[str]:
    """Return the intervals in which the route is awake and not muted."""
    return set(route.active_intervals) - set(route.mute_intervals)


def _is_certain(route: Route) -> bool:
    """Tell whether the route surely takes whatever it may take, and lets nothing go on."""
    is_open = any(matcher.label not in _CLOSED for matcher in route.matchers)
    return not (route.proceed or is_open or route.active_intervals or route.mute_intervals)


def _late(
    subject: Subject, file: RuleFile, root: Node, ends: Sequence[tuple[Route, Node, list[Labels]]]
) -> Iterator[Finding]:
    """Yield the routes at which critical alerts end in a digest."""
    for route, node, labels in ends:
        receiver = subject.rules.receivers[route.receiver]
        critical = [each for each in labels if each["severity"] == (Severity.CRITICAL.value,)]
        if receiver.digest is None or not critical or _is_told_elsewhere(subject.rules.route):
            continue
        count = len(critical)
        told = (
            f"{quoted(critical[0]['watchlist'][0])} is" if count == 1 else f"{count} watchlists are"
        )
        message = f"{told} critical, and waits for the digest of {quoted(receiver.name)}"
        hint = "a route before it: {match: [severity=critical], receiver: …, continue: true}"
        at = node.entries.get("receiver", root)
        yield Finding(file=file, node=at, code="L505", message=message, hint=hint)


def _is_told_elsewhere(route: Route) -> bool:
    """Tell whether some alert may be taken twice: then nobody knows who hears of it first."""
    return any(child.proceed or _is_told_elsewhere(child) for child in route.routes)


# --- receivers and hours --------------------------------------------------------------------------


def _unused(subject: Subject) -> Iterator[Finding]:
    rules = subject.rules
    nodes = list(_nodes(rules.route))
    reached = {OPERATOR, *(node.receiver for node in nodes)}
    reached |= {each.fallback for each in rules.receivers.values()}
    hours = {name for node in nodes for name in (*node.active_intervals, *node.mute_intervals)}
    quiets = (each.quiet.during for each in rules.receivers.values() if each.quiet)
    hours |= {name for during in quiets for name in during}
    for page in subject.pages:
        for section, used, code, what in (
            ("receivers", reached, "L502", "no route and no fallback leads to the receiver"),
            ("time_intervals", hours, "L503", "nothing refers to the time interval"),
        ):
            for name in page.entries(section):
                if name not in used:
                    yield Finding(
                        file=page.file,
                        node=page.file.key(page.root.entries[section], name),
                        code=code,
                        message=f"{what} {quoted(name)}",
                        hint="name it in a route, or delete it",
                    )


def _quiet(receiver: Receiver, node: Node, file: RuleFile) -> Iterator[Finding]:
    if receiver.quiet is not None and receiver.quiet.below is Severity.INFO:
        at = node.entries["quiet"].entries.get("below", node.entries["quiet"])
        message = f"the quiet hours of {quoted(receiver.name)} hold back nothing"
        hint = "everything is at least info, and goes through: write 'below: high'"
        yield Finding(file=file, node=at, code="L504", message=message, hint=hint)


def _nodes(route: Route) -> Iterator[Route]:
    yield route
    for below in route.routes:
        yield from _nodes(below)
