"""Places: names that others bear too, surroundings, countries, areas, and who is of them."""

from __future__ import annotations

import pytest

from alerts.matching import matcher_of
from alerts.model import Around, Article, Demonym, EntityRef, Inside, Kind, Name, RuleSet
from tests.watchlists.marked import W, assert_refused, rules_of, watchlist_of

BASES = """
entities:
  khmeimim: {type: place, name: Khmeimim Air Base, aliases: [Hmeimim], at: [35.401, 35.948], in: [SY]}
  taftanaz: {type: place, name: Taftanaz Air Base, at: [35.972, 36.783], in: [SY]}
  old-bridge: {type: place, name: The old bridge, in: [SY]}
  afrin: {type: group, name: Afrin Front}
"""


def places(entries: str, *, more: str = "", entities: str = "") -> RuleSet:
    return rules_of(f"{entities}\n{W}    places: [{entries}]\n{more}")


def rings(rules: RuleSet, text: str) -> list[tuple[str, str]]:
    """Return what was found in *text*, and what it stands for."""
    return [
        (one.surface, one.term)
        for match in matcher_of(rules).match(Article(id="a", title=text))
        for one in match.evidence
    ]


# --- what they become -------------------------------------------------------------------------


def test_a_name_stays_a_name_and_an_entity_becomes_itself() -> None:
    assert watchlist_of("places: [Idlib]").condition == Name(Kind.PLACE, "Idlib")
    assert watchlist_of("places: [Hmeimim]", before=BASES).condition == EntityRef("khmeimim")
    tripoli = watchlist_of("places: [{place: Tripoli, country: LB}]").condition
    assert tripoli == Name(Kind.PLACE, "Tripoli", "LB")


def test_surroundings_are_of_a_name_an_entity_or_a_point() -> None:
    idlib = watchlist_of("places: [{near: Idlib, within: 5km}]").condition
    assert idlib == Around("Idlib", (35.93062, 36.63393), 5.0)
    point = watchlist_of("places: [{near: [35.5, 36], within: 2.5 km}]").condition
    assert point == Around("[35.5, 36]", (35.5, 36.0), 2.5)
    (rules,) = places("{near: '@khmeimim', within: 1km}", entities=BASES).watchlists
    assert repr(Around("@khmeimim", (35.401, 35.948), 1.0)) in repr(rules.condition)
    (rules,) = places("{near: Hmeimim, within: 1km}", entities=BASES).watchlists
    assert repr(Around("Hmeimim", (35.401, 35.948), 1.0)) in repr(rules.condition)


def test_places_of_the_rule_files_are_found_near_and_inside_too() -> None:
    near = watchlist_of("places: [{near: Idlib, within: 20km}]", before=BASES).condition
    assert EntityRef("taftanaz") in near.parts  # type: ignore[union-attr]
    assert EntityRef("khmeimim") not in near.parts  # type: ignore[union-attr]
    country = watchlist_of("places: [{in: SY}]", before=BASES).condition
    assert country.parts[:4] == (  # type: ignore[union-attr]
        Inside("SY"),
        EntityRef("khmeimim"),
        EntityRef("taftanaz"),
        EntityRef("old-bridge"),
    )
    area = watchlist_of("places: [{in: SY, admin: Idlib}]", before=BASES).condition
    assert area.parts[:2] == (  # type: ignore[union-attr]
        Inside("SY", "Idlib"),
        EntityRef("taftanaz"),
    )


def test_an_area_has_many_names() -> None:
    for written in ("Idlib", "idlib", "Idlib Governorate"):
        found = watchlist_of(f"places: [{{in: SY, admin: {written}}}]").condition
        assert found.parts[0] == Inside("SY", "Idlib")  # type: ignore[union-attr]


def test_demonyms_stand_beside_the_places_that_have_one() -> None:
    found = watchlist_of("places: [Syria, Saraqib, {in: LI}], demonyms: true").condition
    assert set(found.parts) == {  # type: ignore[union-attr]
        Name(Kind.PLACE, "Syria"),
        Name(Kind.PLACE, "Saraqib"),
        Inside("LI"),
        Demonym("Syria"),
        Demonym("Liechtenstein"),
    }


# --- what rings -------------------------------------------------------------------------------


def test_a_place_rings_by_every_name_of_the_gazetteer() -> None:
    rules = places("Idlib")
    assert rings(rules, "Shelling in Idleb") == [("Idleb", "Idlib")]
    assert rings(rules, "قصف على إدلب") == [("إدلب", "Idlib")]
    assert rings(rules, "Обстрел Идлиба и Идлиб") == [("Идлиба", "Idlib"), ("Идлиб", "Idlib")]
    assert rings(rules, "Shelling in IDLIB") == [("IDLIB", "Idlib")]


def test_the_country_decides_which_names_those_are() -> None:
    libya, lebanon = places("Tripoli"), places("{place: Tripoli, country: LB}")
    assert rings(libya, "Calm in Triboli") == [("Triboli", "Tripoli")]
    assert rings(lebanon, "Calm in Triboli") == []
    assert rings(lebanon, "Calm in Trablous") == [("Trablous", "Tripoli")]
    assert rings(libya, "Calm in Trablous") == []


def test_surroundings_ring_for_any_place_in_them_and_say_which() -> None:
    rules = places("{near: Idlib, within: 50km}", entities=BASES)
    assert rings(rules, "Drone over Saraqib") == [("Saraqib", "Saraqib")]
    assert rings(rules, "Drone over Saraqeb, Binnish") == [
        ("Saraqeb", "Saraqib"),
        ("Binnish", "Binnish"),
    ]
    assert rings(rules, "Taftanaz Air Base hit") == [
        ("Taftanaz", "Taftanaz"),
        ("Taftanaz Air Base", "Taftanaz Air Base"),
    ]
    assert rings(rules, "Damascus and Homs") == []


def test_a_country_rings_for_its_places_and_for_itself() -> None:
    rules = places("{in: SY}")
    assert rings(rules, "Strike on Manbij") == [("Manbij", "Manbij")]
    assert rings(rules, "Talks on Syria, Syrie, سوريا") == [
        ("Syria", "Syria"),
        ("Syrie", "Syria"),
        ("سوريا", "Syria"),
    ]
    assert rings(rules, "Strike on Mosul in Iraq") == []
    assert rings(places("{in: NG}"), "Raid in Zamfara") == [("Zamfara", "Zamfara")]


def test_a_name_that_a_country_elsewhere_has_rings_for_no_town() -> None:
    assert rings(places("{in: IR}"), "Talks in Iraq and in Tehran") == [("Tehran", "Tehran")]


def test_places_of_the_rule_files_belong_to_their_own_country() -> None:
    assert watchlist_of("places: [{in: LI}]", before=BASES).condition == Inside("LI")


def test_an_area_rings_for_its_places_only() -> None:
    rules = places("{in: SY, admin: Idlib}")
    assert rings(rules, "Saraqib and Aleppo") == [("Saraqib", "Saraqib")]


def test_names_that_nobody_chose_must_be_written_as_names() -> None:
    rules = places("{near: Idlib, within: 50km}")
    assert rings(rules, "Sarmin under fire") == [("Sarmin", "Sarmin")]
    assert rings(rules, "sarmin under fire") == []


def test_demonyms_ring_as_names_do() -> None:
    rules = places("Syria", more="    demonyms: true")
    assert rings(rules, "Two Syrians, a Syrian-led group and anti-Syrian words") == [
        ("Syrians", "Syria"),
        ("Syrian", "Syria"),
        ("Syrian", "Syria"),
    ]
    assert rings(places("Syria"), "Two Syrians") == []
    poland = places("Poland", more="    demonyms: true")
    assert rings(poland, "Polish the boots of Polish soldiers") == [("Polish", "Poland")] * 2
    assert rings(poland, "to polish boots") == []


# --- what is told -----------------------------------------------------------------------------


def notes(rules: RuleSet) -> list[tuple[int, int, str, str]]:
    return [(note.line, note.column, note.code, note.message) for note in rules.notes]


def test_an_ambiguous_name_is_told_with_the_place_that_it_means() -> None:
    ((line, column, code, message),) = notes(places("Idlib, Tripoli"))
    assert (line, column, code) == (5, 21, "R601")
    assert message.startswith("'Tripoli' is taken as Tripoli (Tripoli, LY; 1,")
    assert "Tripoli (North Lebanon, LB; " in message


def test_a_decided_or_unique_name_is_not() -> None:
    assert notes(places("{place: Tripoli, country: LB}, Saraqib, Syria, Idlib")) == []
    assert notes(places("Hmeimim", entities=BASES)) == []


def test_the_centre_of_surroundings_is_told_too() -> None:
    ((line, column, code, message),) = notes(places("{near: Tripoli, within: 5km}"))
    assert (line, column, code) == (5, 21, "R601")
    assert message.startswith("'Tripoli' is taken as Tripoli (Tripoli, LY")


BROKEN = [
    ("R312", "{near: ‸Saraqeeb, within: 20km}", "did you mean 'Saraqib'"),
    ("R312", "{near: ‸Zzyzzyxxq, within: 20km}", "near: [latitude, longitude]"),
    ("R312", "{near: ‸Syria, within: 20km}", ""),
    ("R311", "{near: '‸@old-bridge', within: 20km}", "at: [latitude, longitude]"),
    ("R311", "{near: ‸The old bridge, within: 20km}", "at: [latitude, longitude]"),
    ("R301", "{near: '‸@khmeimi', within: 20km}", "did you mean 'khmeimim'"),
    ("R302", "{near: '‸@afrin', within: 20km}", ""),
    ("R313", "{in: SY, admin: ‸Idlb}", "did you mean 'Idlib'"),
    ("R313", "{in: SY, admin: ‸Zzyzzyxxq}", "known: Aleppo, Damascus"),
    ("R313", "{in: VA, admin: ‸Rome}", "leave it out"),
]


@pytest.mark.parametrize(("code", "entry", "hint"), BROKEN)
def test_a_place_that_is_not_known_where_it_must_be_is_refused(
    code: str, entry: str, hint: str
) -> None:
    assert_refused(f"{BASES}\n{W}    places: [Idlib, {entry}]\n", code, hint)


@pytest.mark.parametrize("keys", ["places: [Saraqib]", "keywords: [sarin]"])
def test_demonyms_without_effect_are_refused(keys: str) -> None:
    assert_refused(f"{W}    {keys}\n    ‸demonyms: true\n", "R314", "delete the key")


def test_an_unknown_place_that_is_only_a_name_is_none_of_our_business() -> None:
    assert rings(places("Tell Nowhere"), "Fire in Tell Nowhere") == [
        ("Tell Nowhere", "Tell Nowhere")
    ]


# --- notes ------------------------------------------------------------------------------------


def test_a_country_that_shares_its_name_with_an_area_elsewhere_is_told() -> None:
    ((_, _, code, message),) = notes(places("Georgia"))
    assert code == "R601"
    assert message == (
        "'Georgia' is taken as the country Georgia; there is also the area Georgia of US"
    )


def test_namesakes_without_weight_are_not() -> None:
    assert notes(places("Lebanon, Damascus, Syria")) == []


def test_a_name_that_nobody_bears_and_somebody_nearly_bears_is_told() -> None:
    (note,) = places("Saraqeeb, Tell Nowhere").notes
    assert (note.line, note.column, note.code) == (5, 14, "R604")
    assert note.hint == "did you mean 'Saraqib'?"
    assert "it is taken for Saraqib (Idlib, SY; " in note.message


def test_guesses_are_few_however_many_names_nobody_bears() -> None:
    unknown = ", ".join(f"Saraqee{'e' * number}b" for number in range(15))
    assert 1 <= len(places(unknown).notes) <= 10
    assert places("Saraqib 2").notes == ()
