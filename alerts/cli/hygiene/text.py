"""`tocsin hygiene` for people: a table of each kind of finding, and one line of what is in order."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Console
from rich.table import Table
from rich.text import Text

from alerts.cli.shown import ago, plural, span
from alerts.cli.terminal import console
from alerts.feeds.fetch import shown_url
from alerts.watchlists.complaints import printable
from alerts.workbench.hygiene import IllFeed, Loud, Precision, Report, Silent

#: Nobody's.
_NONE = "-"
#: Fewer answers than that say little.
_FEW = 10
#: Terms that are named of one watchlist.
_TERMS = 12
#: A watchlist whose alerts are surely less useful than that.
_POOR = 0.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """A kind of finding, as a table."""

    title: str
    #: What is in order where there is none.
    otherwise: str
    columns: tuple[str, ...]
    rows: Sequence[tuple[Text | str, ...]]
    #: What to do about it.
    hint: str = ""
    #: Positions of the columns that are numbers.
    numbers: frozenset[int] = frozenset()


def tell(report: Report, *, noisy: float, most: int) -> None:
    """Print *report*: of each table *most* lines."""
    there = console()
    if report.first_at is None:
        there.print(
            "No article is stored yet: `tocsin run` polls the feeds and stores what they say."
        )
        there.print("Hygiene looks at what was stored; ask again in some weeks.")
        return
    _head(there, report)
    sections = list(_sections(report, noisy))
    for section in sections:
        if section.rows:
            _show(there, section, most)
    fine = [section.otherwise for section in sections if not section.rows]
    if fine:
        there.print(Text(f"In order: {', '.join(fine)}.", style="green"))


def _head(there: Console, report: Report) -> None:
    count = plural(report.articles, "article", "articles")
    there.print(
        Text(f"{report.since:%Y-%m-%d} to {report.until:%Y-%m-%d}: {count} seen", style="bold")
    )
    if report.first_at is not None and report.first_at > report.since:
        there.print(
            f"The first of all was seen {ago(report.first_at, report.until)}: before that nothing is"
            " known.",
            style="yellow",
        )
    there.print()


def _show(there: Console, section: Section, most: int) -> None:
    there.print(Text(f"{section.title}: {len(section.rows):,}", style="bold"))
    table = Table(box=None, pad_edge=False, header_style="dim")
    last = len(section.columns) - 1
    for place, name in enumerate(section.columns):
        # The last column may be long, and is broken; the others are names and numbers.
        table.add_column(
            name,
            justify="right" if place in section.numbers else "left",
            no_wrap=place != last,
            overflow="ellipsis" if place != last else "fold",
            max_width=28 if place == 0 else None,
        )
    for row in section.rows[:most]:
        table.add_row(*(Text(printable(one)) if isinstance(one, str) else one for one in row))
    there.print(table)
    left = len(section.rows) - most
    if left > 0:
        there.print(f"and {left:,} more: --limit {len(section.rows)}", style="dim")
    if section.hint:
        there.print(section.hint, style="cyan", markup=False)
    there.print()


def _sections(report: Report, noisy: float) -> Iterator[Section]:
    now = report.until
    yield Section(
        title=f"Silent: no match in {span(now - report.since)}",
        otherwise="no watchlist is silent",
        columns=("watchlist", "owner", "last match", ""),
        rows=[_silent(one, now) for one in report.silent],
        hint="tocsin explain -w ID --text '...'; with `expect: 7d` you are told",
    )
    loud = [one for one in report.loud if one.is_noisy]
    yield Section(
        title=f"Noisy: {noisy:g} alerts a day or more",
        otherwise=f"none is noisy{_loudest(report.loud)}",
        columns=("watchlist", "alerts", "a day", "of all"),
        rows=[_loud(one) for one in loud],
        hint="tocsin backtest --against HEAD shows what an edit would ring",
        numbers=frozenset({1, 2, 3}),
    )
    yield Section(
        title="Unheard: matches that reached nobody",
        otherwise="every match reached somebody",
        columns=("watchlist", "matches", "why"),
        rows=[
            (one.watchlist.id, f"{one.matches:,}", "; ".join(one.reasons)) for one in report.unheard
        ],
        hint="tocsin why ARTICLE, tocsin route test, tocsin silence list",
        numbers=frozenset({1}),
    )
    yield Section(
        title="Precision, from what readers pressed",
        otherwise="no reader has judged an alert",
        columns=("watchlist", "useful", "false alarms", "precision", "95 % interval"),
        rows=[_precision(one) for one in report.precision],
        numbers=frozenset({1, 2, 3}),
    )
    yield Section(
        title="Names of your entities that stood in no match",
        otherwise="every name of your entities was seen",
        columns=("name", "kind", "entity"),
        rows=[(one.text, one.how.value, f"@{one.entity}") for one in report.unseen_names],
    )
    yield Section(
        title="Terms by which a watchlist was never met, though by others",
        otherwise="every term was met",
        columns=("watchlist", "terms"),
        rows=_terms(report),
    )
    yield Section(
        title="Nobody's: watchlists without an owner",
        otherwise="every watchlist has an owner",
        columns=("watchlist", "title"),
        rows=[(each.id, each.title) for each in report.ownerless],
    )
    yield Section(
        title="Feeds that fail or bring nothing",
        otherwise="feeds bring articles",
        columns=("publisher", "is", "feed, and what is known"),
        rows=[(one.feed.publisher, one.ailment.value, _feed(one)) for one in report.feeds],
        hint="tocsin feeds list --broken",
    )
    yield Section(
        title="Receivers where nothing arrives",
        otherwise="messages arrive",
        columns=("receiver", "since", "address, and why"),
        rows=[
            (one.receiver, ago(one.since, now), f"{one.address}: {one.reason}")
            for one in report.receivers
        ],
        hint="tocsin deliveries list --state dead,held,pending",
    )


def _silent(one: Silent, now: datetime) -> tuple[Text | str, ...]:
    young = ""
    if one.young_since is not None:
        young = f"young: {span(now - one.young_since)} in force"
    last = ago(one.last_at, now)
    return one.watchlist.id, one.watchlist.owner or _NONE, last, Text(young, style="dim")


def _loud(one: Loud) -> tuple[Text | str, ...]:
    per_day = Text(f"{one.per_day:,.1f}", style="red")
    return one.watchlist.id, f"{one.stories:,}", per_day, f"{one.share:.0%}"


def _loudest(loud: Sequence[Loud]) -> str:
    """Name the loudest of those that are not too loud."""
    if not loud:
        return ""
    return f" (the loudest: {loud[0].watchlist.id}, {loud[0].per_day:.1f} a day)"


def _precision(one: Precision) -> tuple[Text | str, ...]:
    said = one.verdicts
    few = said.useful + said.false_alarms < _FEW
    interval = f"{one.least:.0%} to {one.most:.0%}{', few answers' if few else ''}"
    style = "red" if one.most < _POOR else ""
    return (
        one.watchlist.id,
        f"{said.useful:,}",
        f"{said.false_alarms:,}",
        Text(f"{one.useful:.0%}", style=style),
        interval,
    )


def _terms(report: Report) -> list[tuple[Text | str, ...]]:
    terms: dict[str, list[str]] = {}
    for one in report.unseen_terms:
        terms.setdefault(one.watchlist, []).append(one.text)
    return [(watchlist, _listed(several)) for watchlist, several in terms.items()]


def _listed(terms: Sequence[str]) -> str:
    more = f" and {len(terms) - _TERMS} more" if len(terms) > _TERMS else ""
    return ", ".join(terms[:_TERMS]) + more


def _feed(one: IllFeed) -> str:
    remark = f": {one.remark}" if one.remark else ""
    return f"{shown_url(one.feed.state.url)}{remark}"
