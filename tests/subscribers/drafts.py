"""Drafts for tests, read with what ships and with one entity of an operator."""

from __future__ import annotations

from functools import cache

from hypothesis import strategies as st

from alerts.gazetteer.shipped import known, shipped
from alerts.model import Entity, Kind
from alerts.subscribers.draft import Draft, Resolved, resolve
from alerts.watchlists.wishes.readings import Readers

OURS = Entity(
    id="harbour", kind=Kind.PLACE, name="The Harbour", aliases=("Old Port",), weak_aliases=("OP",)
)


@cache
def readers() -> Readers:
    """Return readers of what ships and of `OURS`."""
    return Readers({OURS.id: OURS}, known(), shipped())


def resolved(wish: str, **choices: int) -> Resolved:
    """Return the draft of *wish* resolved, with its terms t0, t1, … taken for these readings."""
    draft = Draft(wish=wish, choices={int(term[1:]): pick for term, pick in choices.items()})
    found = resolve(draft, readers(), id_="subscriber/12/3", owner="subscriber 12")
    assert isinstance(found, Resolved), found
    return found


_TYPED = """
    Tripoli RSF Georgia Idlib idlib إدلب الموصل Дамаск HTS sarin drones hit Hit OP @harbour @hts
    =IS /x/ chem* #Homs Damacsus chemicl C++ S-300 al-Bab l'Aquila 3"shell Tripoli(LB) a\\b キーウ 7
"""
_SPACED = ["Tripoli (LB)", "San Jose", "chemical weapons", "old port", "air strike (XX)"]
_WORDS = st.sampled_from(_TYPED.split() + _SPACED)
_TEXTS = _WORDS | st.text(min_size=1, max_size=12)
_TERMS = _TEXTS | _TEXTS.map('"{}"'.format) | _TEXTS.map("„{}“".format)
_MARKS = st.sampled_from([", ", " + ", " - ", " AND ", " OR ", " NOT ", "\n", "، "])
#: Whatever somebody may type: words, quotes, scripts, marks in any order.
WISHES = st.lists(_TERMS | _MARKS, min_size=1, max_size=9).map("".join) | st.lists(
    st.tuples(_TERMS, _MARKS), min_size=1, max_size=6
).map(lambda pairs: "".join(map("".join, pairs)))
#: What somebody may press.
CHOICES = st.dictionaries(st.integers(0, 8), st.integers(0, 4), max_size=6)
