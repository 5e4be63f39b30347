from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from alerts.matching.patterns import Pattern, of_respellings
from alerts.matching.sounds import Sounds
from alerts.model import How
from alerts.text.tokens import cut
from alerts.watchlists.meaning.respellings import Source, by_sound
from alerts.watchlists.meaning.rivals import Owner
from alerts.watchlists.meaning.wordings import wording

NAMES = ("Raqqa", "Rakka", "Kafr Zita", "Kafranbel", "Deir ez-Zor", "Идлиб", "حلب")


def patterns(leaf: int, name: str) -> list[Pattern]:
    return of_respellings(leaf, by_sound([Source(wording(name, How.EXACT, name), Owner())]))


def heard(sounds: Sounds, chunk: str) -> list[str]:
    found = sounds.begin(chunk, cut(chunk), "en")
    return [one.label for _, _, one in found if isinstance(one, Pattern)]


@given(st.lists(st.sampled_from(NAMES)))
def test_what_is_removed_leaves_nothing_behind(names: list[str]) -> None:
    sounds = Sounds()
    added = [one for leaf, name in enumerate(names) for one in patterns(leaf, name)]
    for one in added:
        sounds.add(one)
    for one in added:
        sounds.remove(one)
    assert len(sounds) == 0
    assert heard(sounds, "Raqqa") == []


def test_removing_one_name_keeps_another_with_its_key() -> None:
    sounds = Sounds()
    first, second = patterns(1, "Raqqa"), patterns(2, "Rakkah")
    for one in first + second:
        sounds.add(one)
    assert heard(sounds, "Raqa,") == ["Raqqa", "Rakkah"]
    for one in first:
        sounds.remove(one)
    assert heard(sounds, "Raqa,") == ["Rakkah"]


def test_a_name_of_two_words_is_waited_for_at_the_end_of_a_chunk() -> None:
    sounds = Sounds()
    for one in patterns(1, "Kafr Zita"):
        sounds.add(one)
    assert len(list(sounds.begin("Kfar", cut("Kfar"), "en"))) == 1
    assert list(sounds.begin("Kfar,", cut("Kfar,"), "en")) == []
    assert heard(sounds, "Kfar-Zeita") == ["Kafr Zita"]
    assert heard(sounds, "Kfarzeita") == ["Kafr Zita"]


def test_of_a_long_name_only_the_first_beginnings_are_kept() -> None:
    sounds = Sounds()
    (one,) = patterns(1, "Harakat Ahrar al-Sham al-Islamiyya")
    sounds.add(one)
    assert len(sounds) == 1 + 6
    assert heard(sounds, "Haraket-Ahrar-al-Cham-al-Islamiya") == [one.label]
    assert heard(sounds, "Haraket-Ahrar-al-Cham") == []
