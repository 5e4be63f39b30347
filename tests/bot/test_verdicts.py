"""What watchlists say of an article, in words that fit a message."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup, escape

from alerts.bot.verdicts import found_said, missed_said, nearest, some
from alerts.locales import words_of
from alerts.model import Fact
from alerts.subscribers.why import Verdict

WORDS = words_of("en")


def a_verdict(title: str = "Idlib", **fields: object) -> Verdict:
    given = {"watchlist": title, "title": title, "met": False, "found": ()}
    return Verdict(**given | fields)  # type: ignore[arg-type] # as a test says


def test_a_word_is_shown_once_and_with_what_it_stands_for() -> None:
    pairs = [("Idleb", "Idlib"), ("sarin", "Sarin"), ("IDLEB", "Idlib")]
    assert found_said(WORDS, pairs).striptags() == "“Idleb” (Idlib) and “sarin”"


def test_every_reason_for_a_miss_is_said() -> None:
    verdict = a_verdict(
        found=(("Idlib", "Idlib"),),
        missing=("chemical, sarin", "Homs"),
        nearly=("Hama",),
        vetoed_by="football",
        barred=tuple(Fact),
    )
    assert missed_said(WORDS, verdict).striptags() == (
        "Idlib has “Idlib” lacks chemical, sarin + Homs nearly: “Hama” has what you do not want:"
        " football is in another language is too old is of another publisher"
    )


def test_the_nearest_is_what_lacks_least_and_nothing_else_speaks_for_it() -> None:
    word = (("a", "a"),)
    far = a_verdict("far", found=word, missing=("b", "c"))
    near = a_verdict("near", found=word, missing=("b",))
    vetoed = a_verdict("vetoed", found=(*word, *word), vetoed_by="x")
    assert nearest([a_verdict("nothing", missing=("b",)), far, near, vetoed]) == [vetoed, near, far]
    assert nearest([a_verdict(met=True, found=word)]) == []


@given(st.lists(st.text(min_size=1, max_size=900), max_size=30), st.integers(1, 20))
def test_a_list_leaves_room_and_says_what_is_left(texts: list[str], most: int) -> None:
    shown: list[Markup] = [escape(text) for text in texts]
    told = some(WORDS, shown, most)
    kept = [each for each in told if each in shown]
    assert sum(len(each.striptags()) for each in kept) <= 2500
    if len(kept) < len(shown):
        assert told[-1].striptags() == f"and {len(shown) - len(told) + 1} more"
