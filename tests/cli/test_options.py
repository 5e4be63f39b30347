"""Options that several commands share."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import typer

from alerts.cli.options import moment
from tests.builders import NOW


@pytest.mark.parametrize(
    ("given", "at"),
    [
        ("90m", NOW - timedelta(minutes=90)),
        ("30d", NOW - timedelta(days=30)),
        ("2026-11-01", datetime(2026, 11, 1, tzinfo=UTC)),
        ("2026-11-01T06:00", datetime(2026, 11, 1, 6, tzinfo=UTC)),
        ("2026-11-01T06:00+01:00", datetime(2026, 11, 1, 5, tzinfo=UTC)),
        # Before there was anything.
        ("99999999d", datetime(1970, 1, 1, tzinfo=UTC)),
    ],
)
def test_a_moment_is_so_long_ago_or_a_date(given: str, at: datetime) -> None:
    assert moment("--since", given, now=NOW) == at


@pytest.mark.parametrize("given", ["", "yesterday", "2026-13-01", "-5d", "5"])
def test_what_is_no_moment_is_refused(given: str) -> None:
    with pytest.raises(typer.BadParameter, match="is not a duration"):
        moment("--since", given, now=NOW)
