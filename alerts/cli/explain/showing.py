"""What `tocsin explain` prints: the verdict first, then why, at last what is missing or may help."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import islice

from rich.console import Console
from rich.text import Text

from alerts.cli.explain.lacking import changes, lack, lacks, near, parts_missing
from alerts.cli.explain.tree import Signs, tree, words
from alerts.cli.shown import plural
from alerts.matching.reasons import Reason
from alerts.model import Article, Evidence, Status
from alerts.watchlists.complaints import printable
from alerts.workbench.explaining import Explained, Overall
from alerts.workbench.remedies import missing

#: Words of a match that its verdict names.
_NAMED = 3


def show(console: Console, explained: Explained, *, versions: int = 1) -> None:
    """Print how one watchlist fares with an article that has so many *versions*."""
    console.print(verdict(explained, Signs.of(console)))
    if versions > 1:
        which = f"version {explained.version} of {versions}"
        console.print(f"  the publisher changed the article; this is {which}", style="dim")
    console.print()
    console.print(words(explained.explanation, explained.article))
    console.print()
    _show_tree(console, explained)
    if told := list(_way_out(explained)):
        console.print()
    for line in told:
        console.print(line)


def _way_out(explained: Explained) -> Iterator[Text]:
    """Yield what a miss lacks, where the verdict has not said it, and what may help."""
    if explained.explanation.met:
        return
    if explained.explanation.nearest > 1 or explained.watchlist.status is Status.OFF:
        yield from lacks(explained)
    yield from near(explained)
    yield from changes(explained)


def show_overall(console: Console, overall: Overall, article: Article) -> None:
    """Print the watchlists that *article* meets, and those that it nearly meets."""
    signs = Signs.of(console)
    console.print(_sum(overall))
    console.print(f"  {printable(article.title)}", style="dim", markup=False)
    for one in overall.matches:
        console.print()
        console.print(verdict(one, signs))
        _show_tree(console, one)
    for one in overall.misses:
        console.print()
        console.print(verdict(one, signs))
        told = lacks(one) if one.explanation.nearest > 1 else ()
        for line in (*told, *changes(one)):
            console.print(Text("  ").append_text(line))
    if overall.misses:
        console.print()
        hint = f"--watchlist {overall.misses[0].watchlist.id} shows the whole condition"
        console.print(hint, style="dim", markup=False)


def verdict(explained: Explained, signs: Signs) -> Text:
    """Return the answer in a sentence."""
    watchlist = explained.watchlist
    name = printable(f"{watchlist.id} ({watchlist.title})")
    sign, colour = (signs.met, "bold green") if explained.met else (signs.unmet, "bold red")
    return Text.assemble((f"{sign} {name}", colour), f" {_said(explained)}")


def _said(explained: Explained) -> str:
    explanation, status = explained.explanation, explained.watchlist.status
    if status is Status.OFF:
        return f"is off; its condition is {'' if explanation.met else 'not '}met"
    if explanation.met:
        by = ", ".join(_by(explained))
        aside = " (an experiment: stored, sent to nobody)" if status is Status.EXPERIMENTAL else ""
        return f"matches: {by}{aside}"
    if explanation.nearest == 1:
        [reason] = islice(missing(explanation.reasons), 1)
        return f"does not match: {lack(reason)}"
    return f"does not match: {parts_missing(explanation)}"


def _by(explained: Explained) -> list[str]:
    """Return the words that met the condition, each with what it stands for."""
    told: dict[str, None] = {}
    for one in _evidence(explained.explanation.condition):
        means = "" if one.surface.casefold() == one.term.casefold() else f" = {one.term}"
        told.setdefault(printable(f"“{one.surface}”{means}"))
    more = len(told) - _NAMED
    return [*list(told)[:_NAMED], *([f"{more} more"] if more > 0 else [])]


def _evidence(reason: Reason) -> list[Evidence]:
    if not reason.met or reason.what == "NOT":
        return []
    if not reason.parts:
        return list(reason.evidence)
    return [one for part in reason.parts for one in _evidence(part)]


def _sum(overall: Overall) -> Text:
    count = len(overall.matches)
    verb = "matches" if count == 1 else "match"
    asked = plural(overall.asked, "watchlist", "watchlists")
    said = Text(f"{count} of {asked} {verb}", "bold")
    if overall.misses:
        nearest = overall.misses[0]
        said.append(f"; nearest miss: {printable(nearest.watchlist.id)}")
    return said


def _show_tree(console: Console, explained: Explained) -> None:
    for line in tree(explained.explanation, console):
        console.print(line)
