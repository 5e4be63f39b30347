"""A backtest as a comment on a merge request: short, and the samples fold out."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Iterator
from typing import Final

from alerts.cli.backtest import words
from alerts.cli.shown import plural
from alerts.watchlists.complaints import printable
from alerts.workbench.backtest import Difference, Report, Ringing, Sample, Trial

#: Watchlists of a comment: code hosts refuse long ones (65,536 characters).
_MOST: Final = 30
#: Characters of a headline.
_LONGEST: Final = 200
#: What has a meaning in Markdown.
_MARKS: Final = re.compile(r"([\\`*_\[\]|~!()])")
#: What code hosts take for a person, an issue or a link; an invisible joiner breaks it.
_CALLS: Final = re.compile(r"(@|#|://|www\.)")


def page(report: Report) -> str:
    """Return *report* as Markdown."""
    against = report.against
    lines = _of_trial(report) if against is None else _of_edit(report, against)
    tail = "\n".join(filter(None, (words.left_out(report), words.COUNTED)))
    return "\n".join([*lines, "", f"<sub>{tail}</sub>"])


def _about(report: Report, names: str) -> str:
    return f"{names} · {words.span(report.window)} · {words.articles(report)}"


def _code(text: str) -> str:
    return f"<code>{html.escape(printable(text))}</code>"


# --- one rule set -----------------------------------------------------------------------------


def _of_trial(report: Report) -> Iterator[str]:
    trial = report.trial
    count = plural(trial.alerts, "alert", "alerts")
    yield f"### Backtest: {count}, {words.a_day(trial.alerts, report.window)} a day"
    yield _about(report, _code(trial.name))
    yield ""
    yield "| watchlist | severity | alerts | a day | by day |"
    yield "|---|---|---:|---:|---|"
    several = sorted(trial.ringings, key=lambda one: (-one.alerts, one.watchlist))
    for one in several[:_MOST]:
        rate = words.a_day(one.alerts, report.window)
        status = "" if one in trial.rings else " (experimental)"
        chart = words.bars(one.by_day)
        severity = one.severity.value
        yield f"| {_code(one.watchlist)}{status} | {severity} | {one.alerts:,} | {rate} | {chart} |"
    yield from _more(len(several))
    for one in several[:_MOST]:
        yield from _folded(one)


def _folded(one: Ringing) -> Iterator[str]:
    if one.samples:
        summary = f"{_code(one.watchlist)}: {plural(one.stories, 'story', 'stories')}"
        yield from _details(summary, (("", sample) for sample in one.samples))


# --- an edit ----------------------------------------------------------------------------------


def _of_edit(report: Report, against: Trial) -> Iterator[str]:
    changed = report.differences
    won, lost = sum(one.won for one in changed), sum(one.lost for one in changed)
    yield f"### Backtest: {plural(won, 'story', 'stories')} won, {lost:,} lost"
    yield _about(report, f"{_code(report.trial.name)} against {_code(against.name)}")
    yield f"· {against.alerts:,} → {plural(report.trial.alerts, 'alert', 'alerts')}"
    yield ""
    if not changed:
        yield "Every watchlist would have rung as it did."
        return
    yield "| watchlist | alerts | won | lost | |"
    yield "|---|---:|---:|---:|---|"
    for one in changed[:_MOST]:
        before, after = one.alerts
        noted = _plain("; ".join(words.notes(one)))
        won_, lost_ = words.signed(one.won, "+"), words.signed(one.lost, "-")
        yield f"| {_code(one.watchlist)} | {before:,} → {after:,} | {won_} | {lost_} | {noted} |"
    yield from _more(len(changed))
    for one in changed[:_MOST]:
        yield from _unfolded(one)


def _unfolded(one: Difference) -> Iterator[str]:
    samples = [("**+** ", each) for each in one.won_samples]
    samples += [("**-** ", each) for each in one.lost_samples]
    if samples:
        counted = f"{words.signed(one.won, '+')} {words.signed(one.lost, '-')}".strip()
        yield from _details(f"{_code(one.watchlist)}: {counted}", samples)


# --- what both have ---------------------------------------------------------------------------


def _more(count: int) -> Iterator[str]:
    if count > _MOST:
        yield f"\nand {count - _MOST:,} more: `--format json` has them all."


def _details(summary: str, samples: Iterable[tuple[str, Sample]]) -> Iterator[str]:
    yield f"\n<details><summary>{summary}</summary>\n"
    for sign, sample in samples:
        seen_at = sample.headline.seen_at
        publisher = _plain(sample.headline.publisher)
        yield f"- {sign}{words.day(seen_at)} {seen_at:%H:%M} {_headline(sample)} · {publisher}"
        if why := words.matched(sample):
            yield f"  <br><sub>matched {_plain(why)}</sub>"
    yield "\n</details>"


def _headline(sample: Sample) -> str:
    """Return the headline with its evidence in bold, and nothing of it taken for markup."""
    title, shown, place = sample.headline.title[:_LONGEST], "", 0
    for start, end in sorted(words.spans(sample)):
        if place <= start < end <= len(title):
            shown += f"{_plain(title[place:start])}<b>{_plain(title[start:end])}</b>"
            place = end
    return shown + _plain(title[place:]) or "(no headline)"


def _plain(text: str) -> str:
    """Return *text* as text, whatever Markdown or a code host would make of it."""
    one_line = " ".join(printable(text).split()) if not text.isspace() else " "
    lead = " " if text[:1].isspace() and one_line.strip() else ""
    tail = " " if text[-1:].isspace() and one_line.strip() else ""
    escaped = _MARKS.sub(r"\\\1", html.escape(f"{lead}{one_line}{tail}", quote=False))
    return _CALLS.sub("\\1\u2060", escaped)
