from __future__ import annotations

from alerts.model import Entity, How, Kind, Name
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.meaning.wordings import Wording, folded, of_entity, wording

HTS = Entity(
    id="hts",
    kind=Kind.GROUP,
    name="Hayat Tahrir al-Sham",
    aliases=("Tahrir al-Sham", "hayat tahrir al sham", "هيئة تحرير الشام"),
    previous_names=("al-Nusra Front", "Tahrir al-Sham"),
    weak_aliases=("HTS", "HTS", "Al-Nusra Front"),
)


def written(wording: Wording) -> str:
    return " ".join(token.word.written for token in wording.tokens)


def test_an_entity_has_all_its_names_once_the_most_trustworthy_first() -> None:
    assert [(written(one), one.how) for one in of_entity(HTS)] == [
        ("Hayat Tahrir al Sham", How.EXACT),
        ("Tahrir al Sham", How.ALIAS),
        ("هيئة تحرير الشام", How.ALIAS),
        ("al Nusra Front", How.PREVIOUS_NAME),
        ("HTS", How.WEAK_ALIAS),
    ]


def test_only_weak_aliases_are_weak() -> None:
    assert [one.weak for one in of_entity(HTS)] == [False] * 4 + [True]


def test_a_plain_name_has_itself() -> None:
    (only,) = Lexicon().wordings(Name(Kind.PLACE, "Khan Shaykhun"))
    assert folded(only.tokens) == ("khan", "shaykhun")
    assert only.how is How.EXACT


def capitals(name: str) -> tuple[bool, ...]:
    return wording(name, How.EXACT, name).capitals


def test_short_names_in_capitals_ask_for_capitals() -> None:
    assert capitals("IS") == (True,)
    assert capitals("ISIS") == (True,)
    assert capitals("M23") == (True,)
    assert capitals("IS Khorasan") == (True, False)
    assert capitals("YPG-H") == (True, True)


def test_other_names_do_not() -> None:
    assert capitals("Idlib") == (False,)
    assert capitals("UNICEF") == (False,)
    assert capitals("AL SHABAAB") == (False, False)
    assert capitals("حماس") == (False,)
    assert capitals("313") == (False,)
