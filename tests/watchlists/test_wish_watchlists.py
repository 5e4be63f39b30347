"""A wish becomes a watchlist that matches what was asked for, and can be kept as text."""

from __future__ import annotations

import pytest

from alerts.gazetteer.shipped import known, shipped
from alerts.matching import Matcher
from alerts.model import Article, Watchlist
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.printing import to_text
from alerts.watchlists.wishes import Wish, wish_of
from alerts.watchlists.wishes.readings import Readers
from alerts.watchlists.wishes.watchlist import watchlist_of


def asked(text: str) -> Watchlist:
    """Return the watchlist of the wish *text*, each term as it is likeliest meant."""
    wish, readers = wish_of(text), Readers({}, known(), shipped())
    assert isinstance(wish, Wish)
    terms = [readers.meaning(term).readings[0].term for term in wish.terms]
    return watchlist_of(wish, terms, id_="mine", title=text)


WISH = 'Idlib, Khan Sheikhun + chemical, sarin - "chemical industry"'

ARTICLES = [
    ("Sarin used in Khan Shaykhun", True),
    ("هجوم بالسارين في إدلب", False),  # the word is asked for in English
    ("Chemicals found in Idlib", True),
    ("Chemical industry fair opens in Idlib", False),
    ("Sarin used in Homs", False),
    ("Raid on Idlib", False),
]


@pytest.mark.parametrize(("title", "rings"), ARTICLES)
def test_it_rings_for_what_was_asked(title: str, rings: bool) -> None:
    found = Matcher([asked(WISH)]).match(Article(id="a", title=title, language="en"))
    assert bool(found) is rings


@pytest.mark.parametrize(
    ("wish", "query", "exclude"),
    [
        (
            WISH,
            '(place:"Idlib" OR place:"Khan Sheikhun") AND (chemical OR sarin)',
            '"chemical industry"',
        ),
        ("Idlib", 'place:"Idlib"', ""),
        ("HTS, Wagner - fair, show", "@hts OR @wagner", "fair OR show"),
        ("nerve gases + Hit", 'keyword:"nerve gases" AND place:"Hit"', ""),
    ],
)
def test_it_can_be_kept_as_text(wish: str, query: str, exclude: str) -> None:
    watchlist = asked(wish)
    assert to_text(watchlist.condition) == query
    assert (to_text(watchlist.exclude) if watchlist.exclude else "") == exclude
    assert parse(query) == watchlist.condition
    assert (parse(exclude) if exclude else None) == watchlist.exclude
