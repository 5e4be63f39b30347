"""What clings to a name in a text is known, and nothing else is taken off."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.text.clinging import bare
from alerts.text.tokens import tokenize

TAKEN_OFF = [
    ("PKK'nın", {"PKK"}),
    ("PKK’lılara", {"PKK"}),
    ("PKK'NIN", {"PKK"}),
    ("DEAŞ'lı", {"DEAŞ"}),
    ("DEAŞ'tan", {"DEAŞ"}),
    ("AB'ye", {"AB"}),
    ("NATO'daki", {"NATO"}),
    ("YPG'yle", {"YPG"}),
    ("ABD'dir", {"ABD"}),
    ("İHA'sız", {"İHA"}),
    ("Güçleri'nin", {"Güçleri"}),
    ("وداعش", {"داعش"}),
    ("لداعش", {"داعش"}),
    ("فبداعش", {"بداعش", "داعش"}),
    ("القاعدة", {"قاعدة"}),
    ("بالقاعدة", {"القاعدة", "قاعدة"}),
    ("للقاعدة", {"لقاعدة", "القاعدة", "قاعدة"}),
    ("وللقاعدة", {"للقاعدة", "لقاعدة", "القاعدة", "قاعدة"}),
]
NOTHING = [
    "PKK",
    "PKK's",
    "O'Neill",
    "D'Arcy",
    "Hay'at",
    "Qur'an",
    "rock'n'roll",
    "S'a",
    "داعش",
    # Two letters are no name that is left.
    "ولد",
    "بيت",
    "الله",
]


@pytest.mark.parametrize(("written", "forms"), TAKEN_OFF)
def test_suffixes_and_proclitics_are_taken_off(written: str, forms: set[str]) -> None:
    [token] = tokenize(written)
    assert {form.written for form in bare(token.word)} == forms


@pytest.mark.parametrize("written", NOTHING)
def test_what_is_no_suffix_and_no_proclitic_stays(written: str) -> None:
    assert [bare(token.word) for token in tokenize(written)] == [()] * len(tokenize(written))


def test_what_is_left_has_capitals_of_its_own() -> None:
    [token] = tokenize("PKK'lı")
    assert not token.word.capitals
    assert [form.capitals for form in bare(token.word)] == [True]


@given(st.text() | st.text("والقبكفلPKa'nıi "))
def test_what_is_left_is_shorter_and_each_form_comes_once(text: str) -> None:
    for token in tokenize(text):
        forms = bare(token.word)
        assert len(set(forms)) == len(forms)
        assert all(0 < len(form.written) <= len(token.word.written) for form in forms)
