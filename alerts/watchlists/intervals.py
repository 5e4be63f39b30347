"""Time intervals: the parts of the week that routes and receivers speak of by name."""

from __future__ import annotations

from collections.abc import Set as AbstractSet

from alerts.model import TimeInterval
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.nodes import Node
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.schema.routing import IntervalSection


def read_interval(name: str, section: IntervalSection) -> TimeInterval:
    """Return the interval as it is written; spans may overlap, and go over midnight."""
    return TimeInterval(
        name=name,
        times=tuple((span.start, span.end) for span in section.times),
        days=tuple(dict.fromkeys(section.days)),
        location=section.location,
    )


def named_intervals(node: Node | None, known: AbstractSet[str], file: RuleFile) -> tuple[str, ...]:
    """Return the names of intervals at *node*, a text or a list, each once.

    Complains in *file* about every one that is not *known*.
    """
    if node is None:
        return ()
    names = []
    for each in node.items or [node]:
        name = str(each.value).strip()
        with file.reviewing(each):
            _check(name, known)
        names.append(name)
    return tuple(dict.fromkeys(names))


def _check(name: str, known: AbstractSet[str]) -> None:
    if name not in known:
        message = f"no time interval is called {quoted(name)}"
        hint = "declare it under 'time_intervals'"
        raise FlawError("R308", message, hint=hint, slip=(name, known))
