"""Mutants for people: what no test would miss, and the test to write."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from alerts.cli.shown import plural
from alerts.watchlists.complaints import printable
from alerts.workbench.testing.mutation import Survey, Survivor

#: Tests stand so far from the margin in a rule file.
_INDENT = " " * 6


def show(there: Console, survey: Survey, *, most: int) -> None:
    """Print *most* of the parts that no test would miss, 0: all, and the score."""
    shown = survey.survivors[: most or None]
    for survivor in shown:
        there.print()
        _show_survivor(there, survivor)
    there.print()
    if more := len(survey.survivors) - len(shown):
        there.print(f"… and {more:,} more: --most 0 shows all", style="cyan")
    for mutant in survey.needless:
        there.print(
            Text(printable(f"{mutant.spot}: {mutant} is needless: others do the same")), style="dim"
        )
    there.print(_summary(survey))


def _show_survivor(there: Console, survivor: Survivor) -> None:
    mutant, example = survivor.mutant, survivor.example
    said = printable(f"no test would miss {mutant}")
    there.print(Text.assemble((f"{mutant.spot}", "bold"), ": ", (said, "yellow")))
    if example is None:
        there.print(f"{_INDENT}# no article was found that it decides alone", style="dim")
        return
    if mutant.entity:
        there.print(f"{_INDENT}# in {example.watchlist}", style="dim")
    for line in example.as_yaml().splitlines():
        # Never broken: it is to be copied.
        there.print(Text(f"{_INDENT}{line}"), soft_wrap=True)


def _summary(survey: Survey) -> Text:
    if survey.score is None:
        return Text("nothing could be taken away")
    whole = survey.noticed + len(survey.survivors)
    style = "bold green" if not survey.survivors else "bold yellow"
    score = f"{survey.noticed:,} noticed, {int(100 * survey.score)} %"
    parts = plural(whole, "part taken away", "parts taken away, one at a time")
    return Text.assemble(f"{parts}: ", (score, style))
