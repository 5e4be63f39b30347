"""What would have rung?  Stored articles in the order of their coming, through the production path.

An article is judged when it was seen, by its latest words; only what was news then counts.  Alerts are
counted as they are made: one for a story and an address, and again after `repeat_after`.  What readers
did themselves (mutes, silences, unsubscribing) is not looked at, since it says nothing of the rules.
"""

from __future__ import annotations

from alerts.workbench.backtest.report import Difference, Report, Ringing, Sample, Trial, Window
from alerts.workbench.backtest.running import Question, Rules, backtest, count

__all__ = [
    "Difference",
    "Question",
    "Report",
    "Ringing",
    "Rules",
    "Sample",
    "Trial",
    "Window",
    "backtest",
    "count",
]
