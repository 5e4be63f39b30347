"""What is kept of a watchlist matches what was shown before it was saved, and can be edited again."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import given

from alerts.gazetteer.shipped import known
from alerts.model import Address, OwnWatchlist, Severity, Subscriber, Watchlist
from alerts.subscribers.draft import Draft, Resolved, resolve
from alerts.subscribers.kept import kept, watchlist_of_own, wish_of_own
from alerts.watchlists.complaints import FlawError
from tests.subscribers.drafts import CHOICES, OURS, WISHES, readers, resolved

NOW = datetime(2026, 11, 23, 7, tzinfo=UTC)
SOMEBODY = Subscriber(id=12, chat=Address(channel="telegram", target="5"), created_at=NOW)
ENTITIES = {OURS.id: OURS}


def of_own(own: OwnWatchlist) -> Watchlist | FlawError:
    """Return *own* as a watchlist of somebody."""
    return watchlist_of_own(SOMEBODY, own, ENTITIES, known())


def test_a_watchlist_is_kept_in_words() -> None:
    draft = Draft(
        wish="Tripoli + old port - fair",
        title="Ports",
        severity=Severity.HIGH,
        choices={0: 1},
        number=3,
        thread=7,
    )
    found = resolve(draft, readers(), id_="x")
    assert isinstance(found, Resolved)
    assert kept(found, created_at=NOW) == OwnWatchlist(
        number=3,
        title="Ports",
        wish="Tripoli + old port - fair",
        query='place:"Tripoli (LB)" AND @harbour',
        exclude="fair",
        severity=Severity.HIGH,
        thread=7,
        created_at=NOW,
    )


@given(WISHES, CHOICES)
def test_what_is_kept_is_what_was_shown(wish: str, choices: dict[int, int]) -> None:
    draft = Draft(wish=wish, choices=choices, number=3)
    found = resolve(draft, readers(), id_=SOMEBODY.watchlist_id(3), owner=SOMEBODY.name)
    if isinstance(found, Resolved):
        assert of_own(kept(found, created_at=NOW)) == found.watchlist


@given(WISHES, CHOICES)
def test_who_edits_finds_what_was_chosen(wish: str, choices: dict[int, int]) -> None:
    found = resolve(Draft(wish=wish, choices=choices, number=3), readers(), id_="x")
    if not isinstance(found, Resolved) or found.is_open:
        return
    own = kept(found, created_at=NOW)
    again = resolve(wish_of_own(own, readers()), readers(), id_="x")
    assert isinstance(again, Resolved)
    assert not again.is_open
    assert (again.query, again.exclude) == (found.query, found.exclude)
    assert kept(again, created_at=NOW) == own


def test_only_what_was_chosen_is_a_choice() -> None:
    own = kept(resolved("Tripoli, Idlib, hit - RSF", t0=1, t3=0), created_at=NOW)
    assert wish_of_own(own, readers()).choices == {0: 1, 3: 0}


@pytest.mark.parametrize(
    ("wish", "choices"),
    [
        # One word, taken for two things.
        ("Tripoli + Tripoli", {0: 0, 1: 1}),
        ("Tripoli - Tripoli", {0: 1, 1: 0}),
        # What one is by choice another is anyhow; and two that came to the same.
        ("HTS, Tahrir al-Sham", {0: 1}),
        ("Tahrir al-Sham, HTS, Tripoli", {2: 1}),
        ("Rapid Support Forces, RSF", {1: 0}),
        ("Reporters Without Borders + RSF + Tripoli", {1: 1, 2: 1}),
        ("Reporters Without Borders + RSF + Tripoli", {1: 0, 2: 0}),
    ],
)
def test_each_choice_is_found_for_its_own_term(wish: str, choices: dict[int, int]) -> None:
    picks = {f"t{term}": reading for term, reading in choices.items()}
    own = kept(resolved(wish, **picks), created_at=NOW)
    assert wish_of_own(own, readers()).choices == choices


@pytest.mark.parametrize(
    ("wish", "query"),
    [
        # Written by hand, or by an import.
        ("Idlib", "sarin AND drones"),
        ("", "sarin"),
        ("Idlib NEAR/5 Homs", "Idlib NEAR/5 Homs"),
        ("Tripoli", "sarin AND ("),
    ],
)
def test_a_query_of_other_words_leaves_every_choice_open(wish: str, query: str) -> None:
    own = OwnWatchlist(number=1, title="Mine", wish=wish, query=query, created_at=NOW)
    assert wish_of_own(own, readers()) == Draft(wish=wish, title="Mine", number=1)


def test_a_watchlist_of_a_deleted_entity_is_not_understood() -> None:
    own = kept(resolved("old port, Idlib"), created_at=NOW)
    assert isinstance(of_own(own), Watchlist)
    flaw = watchlist_of_own(SOMEBODY, own, {}, known())
    assert isinstance(flaw, FlawError)
    assert (flaw.code, flaw.offset) == ("R301", 0)
    vetoing = kept(resolved("Idlib - old port"), created_at=NOW)
    assert isinstance(watchlist_of_own(SOMEBODY, vetoing, {}, known()), FlawError)


def test_entities_that_ship_need_no_rule_file() -> None:
    own = kept(resolved("HTS"), created_at=NOW)
    assert isinstance(watchlist_of_own(SOMEBODY, own, {}, known()), Watchlist)


def test_a_damaged_query_is_said_to_be_one() -> None:
    own = kept(resolved("Idlib"), created_at=NOW)
    assert isinstance(of_own(replace(own, query="(")), FlawError)
    assert isinstance(of_own(replace(own, exclude="/(/")), FlawError)
