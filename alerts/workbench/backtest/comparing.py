"""What would an edit have changed?  Watchlist by watchlist, story by story.  Pure."""

from __future__ import annotations

from alerts.model import Phrase, Severity, Status, Watchlist
from alerts.workbench.backtest.report import Difference, Standing
from alerts.workbench.backtest.tallies import Tallies, Tally

#: Stands for a watchlist that is not there: nothing was counted of it.
_NOBODYS = Watchlist(id="", title="", condition=Phrase(""))


def differences(before: Tallies, after: Tallies, samples: int) -> tuple[Difference, ...]:
    """Return what differs for each watchlist of either, by id; nothing, where nothing does."""
    ids = sorted(before.by_watchlist.keys() | after.by_watchlist.keys())
    found = (
        _difference(before.by_watchlist.get(id_), after.by_watchlist.get(id_), samples)
        for id_ in ids
    )
    return tuple(one for one in found if not one.is_nothing)


def _difference(before: Tally | None, after: Tally | None, samples: int) -> Difference:
    known = after or before
    assert known is not None  # the id is of one of them
    old, new = _told(before, after), _told(after, before)
    won, lost = new.stories.keys() - old.stories.keys(), old.stories.keys() - new.stories.keys()
    return Difference(
        watchlist=known.watchlist.id,
        title=known.watchlist.title,
        standing=_standing(before, after),
        won=len(won),
        lost=len(lost),
        won_samples=new.samples(samples, old.stories),
        lost_samples=old.samples(samples, new.stories),
        alerts=(old.by_day.total(), new.by_day.total()),
        severity=(_severity(before, known), _severity(after, known)),
        status=(_status(before), _status(after)),
        receivers=(dict(sorted(old.receivers.items())), dict(sorted(new.receivers.items()))),
    )


def _told(tally: Tally | None, other: Tally | None) -> Tally:
    """Return what people hear of *tally*; of an experiment nothing, unless both are one."""
    if tally is None:
        return Tally(watchlist=_NOBODYS)
    both = [one.watchlist.status for one in (tally, other) if one is not None]
    if both[0] is Status.ACTIVE or both == [Status.EXPERIMENTAL, Status.EXPERIMENTAL]:
        return tally
    return Tally(watchlist=tally.watchlist)


def _standing(before: Tally | None, after: Tally | None) -> Standing:
    if before is None:
        return Standing.ADDED
    return Standing.REMOVED if after is None else Standing.BOTH


def _severity(tally: Tally | None, known: Tally) -> Severity:
    return (tally or known).watchlist.severity


def _status(tally: Tally | None) -> Status:
    """Return the status; a watchlist that is not there is off."""
    return Status.OFF if tally is None else tally.watchlist.status
