"""The known entities: what was written is read again, by id, by name, by sound, by where it is."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import fields
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import GazetteerError
from alerts.gazetteer.entity_making import signature_of, write
from alerts.gazetteer.entity_rows import entity_of, row_of, words_of
from alerts.gazetteer.known import KnownEntities
from alerts.model import (
    Cased,
    Entity,
    EntityRef,
    Keyword,
    Kind,
    Name,
    Phrase,
    Prefix,
    Regex,
    Spelling,
)
from alerts.text.tokens import tokenize

HTS = Entity(
    id="hts",
    kind=Kind.GROUP,
    name="Hayat Tahrir al-Sham",
    aliases=("Tahrir al-Sham", "هيئة تحرير الشام"),
    previous_names=("al-Nusra Front",),
    weak_aliases=("HTS",),
    support=(Keyword("Syria"), EntityRef("idlib")),
    mask=(Phrase("HTS code"), Prefix("tariff"), Cased("HTS"), Regex("HTS-[0-9]+")),
    countries=("SY",),
)
LISTED = Entity(id="ansar", kind=Kind.GROUP, name="Ansar Khalifah", spelling=Spelling.LISTED)
IDLIB = Entity(id="idlib", kind=Kind.PLACE, name="Idlib", at=(35.93, 36.63), countries=("SY",))
BORDER = Entity(
    id="bab", kind=Kind.PLACE, name="Bab al-Hawa", at=(36.23, 36.68), countries=("SY", "TR")
)
RAPID = Entity(id="rapid", kind=Kind.GROUP, name="Rapid Forces", weak_aliases=("RSF",))
PRESS = Entity(id="press", kind=Kind.GROUP, name="Press Society", weak_aliases=("RSF", "Rsf"))
EVERY = (HTS, LISTED, IDLIB, BORDER, RAPID, PRESS)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> Iterator[KnownEntities]:
    path = tmp_path_factory.mktemp("known") / "entities.sqlite"
    write(path, EVERY)
    assert [file.name for file in path.parent.iterdir()] == ["entities.sqlite"]
    with closing(KnownEntities.open(path)) as opened:
        yield opened


# --- what is written is read ------------------------------------------------------------------

TEXTS = st.text(min_size=1, max_size=12)
NAMES = st.lists(TEXTS, max_size=3).map(tuple)
TERMS = st.lists(
    st.sampled_from([Keyword, Phrase, Cased, Prefix, Regex, EntityRef]).flatmap(TEXTS.map),
    max_size=3,
).map(tuple)
ENTITIES = st.builds(
    Entity,
    id=TEXTS,
    kind=st.sampled_from(Kind),
    name=TEXTS,
    aliases=NAMES,
    previous_names=NAMES,
    weak_aliases=NAMES,
    support=TERMS,
    mask=TERMS,
    spelling=st.sampled_from(Spelling),
    at=st.none() | st.tuples(st.floats(-90, 90), st.floats(-180, 180)),
    countries=NAMES,
)


@given(ENTITIES)
def test_every_entity_is_read_as_it_was_written(entity: Entity) -> None:
    assert entity_of(row_of(entity)) == entity


def test_nothing_that_an_entity_has_is_left_out() -> None:
    given_by_strategy = {
        "id",
        "kind",
        "name",
        "aliases",
        "previous_names",
        "weak_aliases",
        "support",
        "mask",
        "spelling",
        "at",
        "countries",
    }
    assert {each.name for each in fields(Entity)} == given_by_strategy


def test_a_term_that_no_list_of_keywords_holds_is_refused() -> None:
    with pytest.raises(TypeError):
        row_of(Entity(id="x", kind=Kind.GROUP, name="X", mask=(Name(Kind.GROUP, "Y"),)))


def test_all_of_them_are_listed_by_id(known: KnownEntities) -> None:
    assert list(known) == sorted(EVERY, key=lambda each: each.id)
    assert known.ids() == tuple(each.id for each in known)
    assert [known.entity(each.id) for each in EVERY] == list(EVERY)
    assert known.entity("nobody") is None


def test_the_same_entities_make_the_same_table(tmp_path: Path) -> None:
    one, other = tmp_path / "one.sqlite", tmp_path / "other.sqlite"
    write(one, EVERY, "signed")
    write(other, reversed(EVERY), "signed")
    assert one.read_bytes() == other.read_bytes()
    assert signature_of(one) == "signed"


# --- names ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "ids"),
    [
        ("Hayat Tahrir al-Sham", ["hts"]),
        ("hayat  tahrir  AL-SHAM", ["hts"]),
        ("هيئة تحرير الشام", ["hts"]),
        ("al-Nusra Front", ["hts"]),
        ("HTS", ["hts"]),
        ("hts", ["hts"]),
        ("Idlib", []),
        ("Rsf", ["press"]),
        ("RSF", ["press", "rapid"]),
        ("rsf", []),
        ("Tahrir", []),
        ("", []),
    ],
)
def test_a_group_is_called_by_its_names(known: KnownEntities, text: str, ids: list[str]) -> None:
    assert list(known.called(Kind.GROUP, text)) == ids


def test_a_name_is_asked_of_one_kind(known: KnownEntities) -> None:
    assert known.called(Kind.PLACE, "Idlib") == ("idlib",)
    assert known.called(Kind.PERSON, "hts") == ()


def test_the_bearers_of_words_say_whether_they_bear_them_weakly(known: KnownEntities) -> None:
    assert [(each.id, each.weak) for each in known.bearers("hts")] == [("hts", True)]
    assert [(each.id, each.weak) for each in known.bearers("tahrir al sham")] == [("hts", False)]
    assert known.bearers("") == known.bearers("tahrir") == ()


def test_a_group_is_heard_in_other_spellings_unless_they_are_listed(known: KnownEntities) -> None:
    assert known.sounding(Kind.GROUP, "Haiat Tahrir ash-Sham") == ("hts",)
    assert known.sounding(Kind.GROUP, "Ansar Khalifa") == ()
    assert known.sounding(Kind.PERSON, "Haiat Tahrir ash-Sham") == ()
    assert known.sounding(Kind.PLACE, "Idleb") == ()


@pytest.mark.parametrize(
    ("slip", "meant"),
    [
        ("Tahrir al-Shm", ("Hayat Tahrir al-Sham",)),
        ("al-Nusra Frnot", ("al-Nusra Front",)),
        ("Nobody at all", ()),
        # A slip in so short a name makes another one; so does one in a weak alias.
        ("HTT", ()),
        ("HTSS", ()),
        ("", ()),
    ],
)
def test_a_slip_in_a_name_is_understood(
    known: KnownEntities, slip: str, meant: tuple[str, ...]
) -> None:
    assert known.candidates(slip) == meant


@given(st.text(alphabet="Aa I1 sS'.-Éع", max_size=12) | st.text())
def test_words_are_those_that_texts_are_read_as(text: str) -> None:
    assert words_of(text) == " ".join(token.word.folded for token in tokenize(text))


@given(text=st.text(), kind=st.sampled_from(Kind))
def test_any_text_may_be_asked_for(known: KnownEntities, text: str, kind: Kind) -> None:
    ids = {*known.called(kind, text), *known.sounding(kind, text)}
    ids |= {each.id for each in known.bearers(words_of(text))}
    assert ids <= {each.id for each in EVERY}


# --- places -----------------------------------------------------------------------------------


def test_places_are_found_near_a_point_and_in_a_country(known: KnownEntities) -> None:
    assert known.near((35.93, 36.63), 1) == ("idlib",)
    assert known.near((35.93, 36.63), 30) == ("idlib",)
    assert known.near((35.93, 36.63), 40) == ("bab", "idlib")
    assert known.near((0.0, 0.0), 100) == ()
    assert known.inside("SY") == ("bab", "idlib")
    assert known.inside("TR") == ("bab",)
    assert known.inside("LI") == ()


# --- the table --------------------------------------------------------------------------------


def test_a_table_that_is_missing_or_another_says_how_it_is_made(tmp_path: Path) -> None:
    text, older = tmp_path / "text.sqlite", tmp_path / "older.sqlite"
    text.write_text("no table")
    with closing(sqlite3.connect(older)) as connection:
        connection.execute("CREATE TABLE entities (id)")
    for path in (tmp_path / "missing.sqlite", text, older):
        with pytest.raises(GazetteerError, match=r"alerts\.watchlists\.making"):
            KnownEntities.open(path)
        assert signature_of(path) is None


def test_an_open_table_may_be_replaced(tmp_path: Path) -> None:
    path = tmp_path / "entities.sqlite"
    write(path, [HTS])
    with closing(KnownEntities.open(path)) as older:
        write(path, [IDLIB])
        assert older.entity("hts") == HTS
        with closing(KnownEntities.open(path)) as newer:
            assert newer.ids() == ("idlib",)


def test_any_thread_may_ask(known: KnownEntities) -> None:
    def ask(number: int) -> tuple[Entity | None, tuple[str, ...]]:
        each = EVERY[number % len(EVERY)]
        return known.entity(each.id), known.called(each.kind, each.name)

    with ThreadPoolExecutor(8) as threads:
        answers = list(threads.map(ask, range(600)))
    assert answers == [(each, (each.id,)) for each in EVERY] * 100
