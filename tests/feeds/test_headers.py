from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from multidict import CIMultiDict

from alerts.feeds.headers import fresh_for, is_sendable, retry_after, validator

NOW = datetime(2026, 3, 1, 12, 0, tzinfo=UTC)
DAY = timedelta(hours=24)


@pytest.mark.parametrize(
    ("headers", "expected"),
    [
        ({}, None),
        ({"Cache-Control": "max-age=600"}, timedelta(minutes=10)),
        ({"Cache-Control": 'public, Max-Age="600"'}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=600", "Age": "500"}, timedelta(seconds=100)),
        ({"Cache-Control": "max-age=600", "Age": "700"}, timedelta(0)),
        ({"Cache-Control": "max-age=600", "Age": "old"}, timedelta(minutes=10)),
        ({"Cache-Control": "max-age=600, no-cache"}, None),
        ({"Cache-Control": "no-store"}, None),
        ({"Cache-Control": "max-age=soon"}, None),
        ({"Cache-Control": "max-age=999999999"}, DAY),
        ({"Cache-Control": "max-age=600", "Expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, timedelta(minutes=10)),
        ({"Expires": "Sun, 01 Mar 2026 13:00:00 GMT"}, timedelta(hours=1)),
        (
            {"Expires": "Sun, 01 Mar 2026 13:00:00 GMT", "Date": "Sun, 01 Mar 2026 12:30:00 GMT"},
            timedelta(minutes=30),
        ),
        ({"Expires": "0"}, None),
        ({"Expires": "Thu, 01 Jan 1970 00:00:00 GMT"}, timedelta(0)),
        ({"Expires": "Fri, 31 Dec 9999 23:59:59 GMT"}, DAY),
    ],
)  # fmt: skip
def test_freshness(headers: dict[str, str], expected: timedelta | None) -> None:
    assert fresh_for(CIMultiDict(headers), now=NOW) == expected


@given(st.text(max_size=40), st.text(max_size=20))
def test_no_header_is_strange_enough_to_raise(value: str, other: str) -> None:
    for span in (
        retry_after(value, now=NOW),
        fresh_for({"Cache-Control": value, "Age": other, "Expires": other}, now=NOW),
        fresh_for({"Expires": value, "Date": other}, now=NOW),
    ):
        assert span is None or timedelta(0) <= span <= DAY


@pytest.mark.parametrize("value", ["", "a\r\nb", "a\nb", "a\0b", "\x7f", "\ud800", "x" * 1025])
def test_what_cannot_stand_in_a_header_is_not_sent(value: str) -> None:
    assert not is_sendable(value)


@given(st.binary(max_size=30))
def test_a_validator_is_kept_byte_for_byte_or_not_at_all(value: bytes) -> None:
    kept = validator([(b"Date", b"x"), (b"ETag", value)], b"etag")
    assert kept == "" or kept.encode() == value
    assert validator([(b"Date", b"x")], b"etag") == ""
