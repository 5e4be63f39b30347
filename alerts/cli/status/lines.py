"""`tocsin status` for people: one screen of 80 columns and 24 lines; what needs somebody comes last.

Last, because there the eye is when the prompt is back.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from rich.table import Table
from rich.text import Text

from alerts.cli.shown import ago, plural, span
from alerts.cli.terminal import console
from alerts.feeds.fetch import shown_url
from alerts.model import DeliveryState
from alerts.storage.glance import DAY, WEEK, Lately
from alerts.watchlists.complaints import printable
from alerts.workbench.status import FeedHealth, Health, Standing, Trouble

#: Feeds that are named.
_WORST: Final = 3
#: Troubles that are named; more do not fit the screen.
_MOST: Final = 4
_COLOURS: Final = {
    Health.STOPPED: "red",
    Health.BROKEN: "red",
    Health.FAILING: "yellow",
    Health.STALE: "yellow",
    Health.UNREAD: "yellow",
    Health.OK: "green",
}
_SOON: Final = timedelta(minutes=1)
#: A day's count below which a tenth tells something.
_FEW: Final = 10
_UNITS: Final = ("bytes", "kB", "MB", "GB", "TB")

Row = tuple[str, Text]


def tell(found: Standing, now: datetime) -> None:
    """Print how things stand."""
    there = console()
    rows = [*_process(found, now), *_rules(found, now), *_feeds(found, now), *_work(found, now)]
    rows += _database(found, now)
    rows += _verdict(found.troubles)
    if not there.is_terminal:
        for name, text in rows:
            line = Text(f"{name:<12}").append_text(text)
            line.rstrip()
            there.print(line)
        return
    grid = Table.grid(padding=(0, 1))
    grid.add_column(style="bold", no_wrap=True, min_width=11)
    grid.add_column(ratio=1)
    for name, text in rows:
        # One line each, so that the whole fits one screen; --format json cuts nothing.
        text.no_wrap, text.overflow = True, "ellipsis"
        grid.add_row(name, text)
    there.print(grid)


def _process(found: Standing, now: datetime) -> Iterator[Row]:
    if found.holder:
        yield "running", Text(printable(_holder(found.holder, now)))
    else:
        yield "running", Text("nothing: no process works on the database", style="yellow")


def _holder(said: str, now: datetime) -> str:
    """Return what *said* of the process, with its moment as all others are shown."""
    who, since, at = said.rpartition(" since ")
    try:
        begun = datetime.fromisoformat(at).astimezone(UTC)
    except ValueError:  # another process wrote it
        return said
    return f"{who}{since}{_since(begun, now)}"


def _rules(found: Standing, now: datetime) -> Iterator[Row]:
    counts, since = found.counts, found.glance.in_force_since
    if not counts.rule_set:
        yield "rules", Text("never loaded", style="red")
        return
    when = f", in force since {_since(since, now)}" if since else ""
    yield "rules", Text(f"{counts.rule_set[:12]}{when}")
    if counts.refusal:
        first = printable(counts.refusal.splitlines()[0])
        yield "", Text(f"newest edit refused: {first}", style="red")


def _feeds(found: Standing, now: datetime) -> Iterator[Row]:
    line = Text(f"{len(found.feeds):,}")
    for health in reversed(Health):
        if count := found.count(health):
            line.append(": " if health is Health.OK else ", ")
            line.append(f"{count:,} {health.value}", style=_COLOURS[health])
    yield "feeds", line
    ill = [each for each in found.feeds if each.health not in (Health.OK, Health.UNREAD)]
    for each in ill[:_WORST]:
        yield "", _ill(each, now)
    if len(ill) > _WORST:
        yield "", Text(f"and {len(ill) - _WORST:,} more: tocsin feeds list", style="dim")
    late = found.poll_lag or timedelta(0)
    lag = f"; one has been due for {span(late)}" if late >= _SOON else "; none is late"
    yield "polls", Text(f"last {ago(found.last_poll_at, now)}{lag if found.feeds else ''}")


def _ill(each: FeedHealth, now: datetime) -> Text:
    state = each.feed.state
    why = state.error or f"nothing new since {ago(state.last_new_at, now)}"
    line = Text(f"{each.health.value:<8} ", style=_COLOURS[each.health])
    said = f"{each.feed.publisher or shown_url(state.url)}: {why.splitlines()[0]}"
    return line.append(printable(said), style="default")


def _work(found: Standing, now: datetime) -> Iterator[Row]:
    counts, glance = found.counts, found.glance
    known_for = now - glance.first_article_at if glance.first_article_at else timedelta(0)
    stored = f"; {counts.articles:,} stored"
    yield "articles", Text(_lately(glance.articles, known_for) + stored)
    yield "matches", Text(_lately(glance.matches, known_for))
    yield "sent", Text(_lately(glance.sent, known_for))
    yield "deliveries", _deliveries(found)
    late = found.delivery_lag or timedelta(0)
    if late >= _SOON:
        yield "", Text(f"the oldest that waits was due {span(late)} ago", style="yellow")
    for name, reason in counts.paused.items():
        yield "paused", Text(printable(f"{name}: {reason}"), style="red")
    quiet = [
        (glance.silences, "silence", "silences"),
        (glance.mutes, "mute", "mutes"),
        (glance.gone, "address that lets nobody write", "addresses that let nobody write"),
    ]
    told = [plural(*each) for each in quiet if each[0]]
    if told:
        yield "quiet", Text(", ".join(told))


def _lately(counted: Lately, known_for: timedelta) -> str:
    """Return `12 in 24 h, 30 a day in the last week`; the second only of what is known so long."""
    days = min(WEEK, known_for) / DAY
    usual = f", {_rate(counted.week / days)} a day of late" if days >= 2 else ""
    return f"{counted.day:,} in 24 h{usual}"


def _rate(count: float) -> str:
    """Return `1,200`, and of a few `0.3`: what comes now and then is not nothing."""
    return f"{count:,.0f}" if count >= _FEW else f"{count:.1f}".removesuffix(".0")


def _deliveries(found: Standing) -> Text:
    colours = {DeliveryState.DEAD: "red", DeliveryState.AMBIGUOUS: "yellow"}
    line = Text()
    for state in DeliveryState:
        if state is not DeliveryState.SENT and (count := found.counts.deliveries.get(state)):
            line.append(", " if line else "")
            line.append(f"{count:,} {state.value}", style=colours.get(state))
    if answers := found.counts.answers_waiting:
        line.append(f"{', ' * bool(line)}{plural(answers, 'answer waits', 'answers wait')}")
    return line or Text("none waits, none is dead")


def _database(found: Standing, now: datetime) -> Iterator[Row]:
    backup = found.backup
    copied = f"; last backup {ago(backup.made_at, now)} to {backup.path}" if backup else ""
    yield "database", Text(printable(_size(found.glance.bytes) + copied))


def _verdict(troubles: tuple[Trouble, ...]) -> Iterator[Row]:
    yield "", Text()
    if not troubles:
        yield "all is well", Text()
        return
    for number, each in enumerate(troubles[:_MOST]):
        line = Text(printable(each.words), style="red")
        line.append(f": {each.look}" if each.look else "", style="default")
        yield "to be done" if not number else "", line
    if len(troubles) > _MOST:
        yield "", Text(f"and {len(troubles) - _MOST} more: tocsin status --format json")


def _since(at: datetime, now: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC, {ago(at, now)}"


def _size(count: int) -> str:
    size, units = float(count), list(_UNITS)
    while size >= 1000 and len(units) > 1:
        size, units = size / 1000, units[1:]
    return f"{size:,.0f} {units[0]}" if units[0] in _UNITS[:3] else f"{size:,.1f} {units[0]}"
