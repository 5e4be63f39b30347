"""Verdicts as JUnit XML, for build servers.

The format has no standard; two schemas are in use, Windy Road's (after Ant's) and that of Jenkins' xUnit
plugin.  What is written here holds to both: every attribute that either requires, none that either
refuses.  So file and line stand in the texts, where people look for them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from itertools import groupby
from xml.etree.ElementTree import Element, SubElement, tostring

from alerts.workbench.testing.misses import misses
from alerts.workbench.testing.running import Verdict

# XML 1.0, 2.2: what may not stand in a document, escaped or not.
_FORBIDDEN = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def junit(verdicts: Iterable[Verdict], *, at: datetime) -> bytes:
    """Return a document with a suite for each watchlist; *at* is when the tests were run."""
    root = Element("testsuites")
    suites = groupby(verdicts, key=lambda verdict: verdict.test.watchlist)
    for number, (watchlist, those) in enumerate(suites):
        _suite(root, number, watchlist, tuple(those), at)
    written: bytes = tostring(root, encoding="utf-8", xml_declaration=True)
    return written


def _suite(
    root: Element, number: int, watchlist: str, verdicts: tuple[Verdict, ...], at: datetime
) -> None:
    suite = SubElement(
        root,
        "testsuite",
        {
            "id": str(number),
            "package": "tocsin",
            "name": watchlist,
            # Both schemas: no zone, no fractions.
            "timestamp": at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S"),
            "hostname": "localhost",
            "tests": str(len(verdicts)),
            "failures": str(sum(not verdict.passed for verdict in verdicts)),
            "errors": "0",
            "time": _seconds(sum((verdict.took for verdict in verdicts), timedelta(0))),
        },
    )
    SubElement(suite, "properties")
    for verdict in verdicts:
        _case(suite, verdict)
    SubElement(suite, "system-out")
    SubElement(suite, "system-err")


def _case(suite: Element, verdict: Verdict) -> None:
    test = verdict.test
    case = SubElement(
        suite,
        "testcase",
        {
            "name": _text(test.name),
            "classname": f"tocsin.{test.watchlist}",
            "time": _seconds(verdict.took),
        },
    )
    # Windy Road's schema has room for one.
    if not verdict.passed:
        message = "; ".join(each.message for each in verdict.failures)
        failure = SubElement(
            case, "failure", {"type": verdict.failures[0].asked.value, "message": _text(message)}
        )
        failure.text = _text("\n".join((f"{test.spot}: {message}", *_details(verdict))))


def _details(verdict: Verdict) -> Iterator[str]:
    if verdict.explanation is not None:
        yield from ("  " * depth + line for depth, line in misses(verdict.explanation))
    for one in verdict.match.evidence if verdict.match else ():
        yield f"{one.field} {one.start}-{one.end}: {one.surface} = {one.term} ({one.how})"


def _seconds(length: timedelta) -> str:
    return f"{length.total_seconds():.6f}"


def _text(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
