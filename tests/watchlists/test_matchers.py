"""A matcher is written as it is read, whatever its value holds."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.model import LabelMatcher
from alerts.watchlists.matchers import written
from alerts.watchlists.routes import LABELS, read_matcher


@given(
    label=st.sampled_from(LABELS),
    operator=st.sampled_from(["=", "!="]),
    value=st.text(st.characters(exclude_categories=["Cs"])),
)
def test_what_is_written_is_read_again(label: str, operator: str, value: str) -> None:
    matcher = LabelMatcher(label=label, operator=operator, value=value)
    assert read_matcher(written(matcher)) == matcher
