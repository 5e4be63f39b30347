"""What a miss lacks, in words, and what may help its author."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from alerts.cli.explain.tree import ONE_OF, PLACES, surfaces, terms
from alerts.cli.shown import plural
from alerts.matching.reasons import Explanation, Reason
from alerts.watchlists.complaints import printable
from alerts.workbench.explaining import Explained
from alerts.workbench.remedies import missing
from alerts.workbench.surroundings import surroundings


def lacks(explained: Explained) -> Iterator[Text]:
    """Yield what is missing for a match."""
    yield Text("missing", "bold")
    for reason in missing(explained.explanation.reasons):
        yield Text(f"  {lack(reason)}")


def near(explained: Explained) -> Iterator[Text]:
    """Yield the words around what met the one side of a NEAR, for its author to choose from."""
    for one in surroundings(explained):
        sides = (" ".join(side.split()) for side in (one.before, one.after))
        said = " … ".join(filter(None, sides))
        yield Text.assemble(
            (f"near “{printable(one.hit.surface)}”", "bold"), f": {printable(said)}"
        )


def changes(explained: Explained) -> Iterator[Text]:
    """Yield the changes of the watchlist with which it would have matched, if some were found."""
    if explained.remedies:
        yield Text("it would match with", "bold")
    for number, remedy in enumerate(explained.remedies):
        yield Text(f"  {'or ' * (number > 0)}{printable(remedy.change)}")


def lack(reason: Reason) -> str:
    """Return what *reason* wants, on one line."""
    if reason.what == "not excluded":
        return f"excluded by {', '.join(_standing(reason))}"
    if reason.what == "NOT":
        return f"{', '.join(_standing(reason))} must not stand there"
    if reason.what == ONE_OF:
        names = list(terms(reason))
        more = len(names) - PLACES
        rest = f" and {more} more" * (more > 0)
        return printable(f"none of {', '.join(names[:PLACES])}{rest} stands there")
    places = [] if reason.parts else surfaces(reason.evidence)
    said = "; ".join([*([reason.why] if reason.why else []), *places])
    return printable(f"{reason.what}: {said}")


def _standing(reason: Reason) -> list[str]:
    if not reason.parts:
        return [_first(reason)] if reason.met else []
    return [name for part in reason.parts for name in _standing(part)]


def _first(reason: Reason) -> str:
    surface = reason.evidence[0].surface if reason.evidence else reason.what
    field = f" in {reason.evidence[0].field}" if reason.evidence else ""
    return f"“{surface}”{field}"


def parts_missing(explanation: Explanation) -> str:
    """Return `2 parts are missing`."""
    count = explanation.nearest
    verb = "is" if count == 1 else "are"
    return f"{plural(count, 'part', 'parts')} {verb} missing"
