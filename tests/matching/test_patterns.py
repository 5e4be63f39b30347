from __future__ import annotations

from alerts.matching.patterns import Pattern, of_names
from alerts.model import How
from alerts.watchlists.meaning.wordings import wording


def pattern(leaf: int, name: str) -> Pattern:
    (found,) = of_names(leaf, [wording(name, How.ALIAS, name)])
    return found


def test_names_share_the_steps_of_the_words_that_they_have_in_common() -> None:
    one, other = pattern(1, "Khan Sheikhun"), pattern(2, "Khan al-Asal")
    assert one.first is other.first
    assert pattern(3, "Tal Sheikhun").rest[0] is one.rest[0]


def test_a_word_that_asks_for_capitals_is_another_step() -> None:
    assert pattern(1, "IS").first != pattern(2, "is").first
