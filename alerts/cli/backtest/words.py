"""What a backtest says, in words that a terminal and a review share."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta

from alerts.cli.shown import plural
from alerts.model import Field, Status
from alerts.watchlists.complaints import printable
from alerts.workbench.backtest import Difference, Report, Sample, Window
from alerts.workbench.backtest.report import Standing

_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_BARS = "▁▂▃▄▅▆▇█"
#: A month; of a longer time several days share a bar.
_BARS_OF_A_ROW = 31
#: Words that are named beside a headline.
_WORDS = 3


def day(at: date) -> str:
    """Return `3 Nov`, whatever the locale."""
    return f"{at.day} {_MONTHS[at.month - 1]}"


def span(window: Window) -> str:
    """Return `24 Oct to 23 Nov 2026`."""
    days = window.days
    return f"{day(days[0])} to {day(days[-1])} {days[-1].year}"


def a_day(alerts: int, window: Window) -> str:
    """Return how many alerts a day that is: `0.4`."""
    length = (window.until - window.since) / timedelta(days=1)
    return f"{alerts / max(length, 1):.1f}"


def bars(by_day: Sequence[int]) -> str:
    """Return a row of bars, the highest for the day, or the days, with the most."""
    width = -(-len(by_day) // _BARS_OF_A_ROW)
    sums = [sum(by_day[first : first + width]) for first in range(0, len(by_day), width)]
    most = max(sums, default=0)
    return "".join(_BARS[-(-each * 8 // most) - 1] if each else "·" for each in sums)


def bars_of(window: Window) -> int:
    """Return how many bars a row of *window* has."""
    return len(bars([0] * len(window.days)))


def signed(count: int, sign: str) -> str:
    """Return `+3`, or nothing for none."""
    return f"{sign}{count:,}" if count else ""


def articles(report: Report) -> str:
    """Say what was judged."""
    were = ("article was news when it was seen", "articles were news when they were seen")
    aside = f" ({plural(report.aside, 'other was', 'others were')} not)" if report.aside else ""
    return plural(report.articles, *were) + aside


def receivers(heard: Mapping[str, int]) -> str:
    """Return `desk 12, ops 3`."""
    return ", ".join(f"{printable(name)} {count:,}" for name, count in heard.items()) or "nobody"


def notes(one: Difference) -> Iterator[str]:
    """Say what is otherwise besides the stories."""
    if one.standing is not Standing.BOTH:
        yield one.standing.value
        if one.status[1] is Status.EXPERIMENTAL:
            yield "experimental"
        return
    if one.status[0] is not one.status[1]:
        yield f"{one.status[0]} → {one.status[1]}"
    if one.severity[0] is not one.severity[1]:
        yield f"{one.severity[0]} → {one.severity[1]}"
    if one.moved:
        before, after = map(receivers, one.receivers)
        yield f"{before} → {after}"


def spans(sample: Sample) -> list[tuple[int, int]]:
    """Return where the headline shows why it rings."""
    evidence = sample.match.evidence
    return [(one.start, one.end) for one in evidence if one.field is Field.TITLE]


def matched(sample: Sample) -> str:
    """Return what the headline does not show: `Hmeymim = Khmeimim Air Base, in the summary`."""
    told = []
    for one in sample.match.evidence:
        means = "" if one.surface.casefold() == one.term.casefold() else f" = {one.term}"
        where = "" if one.field is Field.TITLE else f" ({one.field.value})"
        if means or where:
            told.append(printable(f"{one.surface}{means}{where}"))
    return ", ".join(list(dict.fromkeys(told))[:_WORDS])


def left_out(report: Report) -> str:
    """Say what was not counted."""
    parts = {
        "dropped in quiet hours": sum(one.dropped for one in report.trial.rings),
        "held (unknown: hold)": sum(one.held for one in report.trial.rings),
        "articles that break the matcher": report.crashes,
    }
    counted = ", ".join(f"{count:,} {what}" for what, count in parts.items() if count)
    return f"Not counted: {counted}." if counted else ""


#: How alerts are counted.
COUNTED = (
    "One story is one alert for an address, and another after repeat_after, as in production;"
    " mutes, silences and max_per_hour are not looked at."
)
