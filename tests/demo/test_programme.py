"""What is out at which moment, for all moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.demo.programme import FAST_STEP, LISTED, SLOW_STEP, Piece, Programme
from alerts.demo.script import BACKGROUND, PUBLISHERS, SCRIPT, draft

STARTED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
OPENED = STARTED + timedelta(seconds=4)
CLOSED = Programme(started_at=STARTED)
OPEN = CLOSED.open(OPENED)

numbers = st.integers(0, 20_000)
publishers = st.sampled_from(sorted(PUBLISHERS))
spans = st.timedeltas(min_value=timedelta(0), max_value=timedelta(days=3))


def everything(programme: Programme, now: datetime) -> list[Piece]:
    pieces: list[Piece] = []
    while piece := programme.piece(len(pieces), now=now):
        pieces.append(piece)
    return pieces


def test_before_the_opening_only_the_background_is_out() -> None:
    late = STARTED + timedelta(hours=5)
    assert [piece.draft for piece in everything(CLOSED, late)] == list(BACKGROUND)
    assert all(piece.published_at < STARTED for piece in everything(CLOSED, late))


def test_the_background_is_young_enough_to_be_no_late_arrival() -> None:
    assert all(
        STARTED - piece.published_at < timedelta(hours=72) for piece in everything(CLOSED, STARTED)
    )


def test_the_script_is_out_within_forty_seconds_and_begins_at_once() -> None:
    assert len(everything(OPEN, OPENED + FAST_STEP)) == len(BACKGROUND) + 1
    assert len(everything(OPEN, OPENED + timedelta(seconds=40))) == len(BACKGROUND) + len(SCRIPT)


def test_afterwards_the_feeds_stay_alive() -> None:
    later = OPENED + len(SCRIPT) * FAST_STEP
    before, after = everything(OPEN, later), everything(OPEN, later + 8 * SLOW_STEP)
    assert len(after) == len(before) + 8


def test_only_the_first_opening_counts() -> None:
    assert OPEN.open(OPENED + timedelta(hours=1)) == OPEN


@pytest.mark.parametrize("number", [-1, len(BACKGROUND), 10**9])
def test_what_is_not_out_cannot_be_read(number: int) -> None:
    assert OPEN.piece(number, now=OPENED) is None


@given(numbers, spans)
def test_a_piece_is_out_from_its_date_on(number: int, span: timedelta) -> None:
    piece = OPEN.piece(number, now=OPENED + timedelta(days=365))
    assert piece
    due_at = piece.published_at
    assert (OPEN.piece(number, now=OPENED + span) is not None) == (due_at <= OPENED + span)


@pytest.mark.parametrize("number", range(len(BACKGROUND), len(BACKGROUND) + len(SCRIPT) + 20))
def test_a_piece_is_out_at_its_date_and_not_before(number: int) -> None:
    piece = OPEN.piece(number, now=OPENED + timedelta(days=1))
    assert piece
    assert OPEN.piece(number, now=piece.published_at) == piece
    assert OPEN.piece(number, now=piece.published_at - timedelta(microseconds=1)) is None


@pytest.mark.parametrize("second", range(180))
def test_in_every_second_of_the_show_exactly_the_due_pieces_are_out(second: int) -> None:
    now = OPENED + timedelta(seconds=second)
    later = everything(OPEN, OPENED + timedelta(minutes=10))
    assert everything(OPEN, now) == [piece for piece in later if piece.published_at <= now]


@given(publishers, spans)
def test_a_feed_lists_the_newest_first_and_never_from_the_future(
    publisher: str, span: timedelta
) -> None:
    listed = OPEN.listed(publisher, now=OPENED + span)
    dates = [piece.published_at for piece in listed]
    assert 1 <= len(listed) <= LISTED
    assert dates == sorted(dates, reverse=True)
    assert dates[0] <= OPENED + span
    assert {piece.draft.publisher for piece in listed} == {publisher}


@given(publishers, spans)
def test_a_new_piece_always_moves_the_date_of_the_feed_by_a_second(
    publisher: str, span: timedelta
) -> None:
    listed = OPEN.listed(publisher, now=OPENED + span)
    seconds = [piece.published_at.replace(microsecond=0) for piece in listed]
    assert len(set(seconds)) == len(seconds)


@given(publishers, spans, st.timedeltas(min_value=timedelta(0), max_value=2 * SLOW_STEP))
def test_what_was_listed_keeps_its_text_and_its_order(
    publisher: str, span: timedelta, wait: timedelta
) -> None:
    before = OPEN.listed(publisher, now=OPENED + span)
    after = OPEN.listed(publisher, now=OPENED + span + wait)
    new = [piece for piece in after if piece not in before]
    assert list(after) == [*new, *before][:LISTED]


def test_no_two_drafts_share_a_key_or_a_title() -> None:
    drafts = [draft(number) for number in range(5_000)]
    assert len({one.key for one in drafts}) == len(drafts)
    assert len({one.title for one in drafts}) == len(drafts)
    assert not any("{" in one.title + one.summary for one in drafts)


def test_each_publisher_speaks_in_every_part() -> None:
    rounds = [draft(number) for number in range(len(BACKGROUND) + len(SCRIPT), 100)]
    for part in (BACKGROUND, SCRIPT, rounds):
        assert {one.publisher for one in part} == set(PUBLISHERS)


def test_a_reprint_leads_to_the_article_that_it_reprints() -> None:
    pieces = {piece.draft.key: piece for piece in everything(OPEN, OPENED + timedelta(minutes=1))}
    original = pieces["chlorine-leak"]
    reprint = pieces["chlorine-leak-reprint"]
    assert reprint.origin == original.number
    assert reprint.number > original.number
    assert reprint.draft.publisher != original.draft.publisher
    assert original.origin == original.number
