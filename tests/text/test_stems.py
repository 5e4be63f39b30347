from __future__ import annotations

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.text.english import heads
from alerts.text.stems import LANGUAGES, answered, asked, language_of, parted

INFLECTIONS = """
chemical: chemicals Chemical
bombing: bomb bombs bombed bombings bomber bombers
shelling: shelled shells shell
strike: strikes struck striking stricken
airstrike: airstrikes
kill: kills killed killing killings killer killers
shoot: shot shots shooting shootings shoots shooter
fight: fought fighting fights fighters
flee: fled fleeing flees
withdrawal: withdraw withdrew withdrawn withdrawing withdrawals
evacuation: evacuate evacuated evacuating evacuations evacuees
deportation: deport deported deporting deportations
execution: execute executed executions executing executioner
assassination: assassinate assassinated assassinations assassin assassins
explosion: explode exploded exploding explodes explosions
invasion: invade invaded invading invasions invaders
detention: detain detained detaining detainees
displacement: displace displaced displacing displaces
abduction: abduct abducted abductions abductors
kidnapping: kidnap kidnapped kidnappings kidnaps kidnappers
hijack: hijacked hijacking hijackers hijackings
torture: tortured torturing tortures
poison: poisoned poisoning poisons poisonings
seizure: seize seized seizing seizures
siege: sieges sieged besieged besieging
famine: famines
gas: gases gassed gassing
crisis: crises
militia: militias
casualty: casualties
injury: injuries injured
refugee: refugees
army: armies
bus: buses
box: boxes
clash: clashes clashed clashing
cache: caches cached
veto: vetoes vetoed
movie: movies
abuse: abuses abused abusing
hope: hoped hoping hopes
stop: stopped stopping stops
plan: planned plans planning
plane: planes
patrol: patrols patrolled patrolling
rebel: rebels rebelled rebelling
ban: bans banned banning
die: dies died dying
gunman: gunmen
woman: women
child: children
knife: knives
use: used using uses
combat: combated combating combats
negotiate: negotiated negotiations negotiation negotiating negotiators
mobilise: mobilize mobilised mobilized mobilizing mobilisation mobilization
paralyse: paralyze paralysed paralyzing paralysis
harbour: harbor harbors harbours
defence: defense defences
armoured: armored armour
travelled: traveled travelling traveling travel
programme: program programs programmes
centre: center centers
grey: gray
massacre: massacres massacred
mutiny: mutinies mutinied mutineers
occupy: occupied occupying occupation occupies
loot: looting looted looters
"""

OTHERS = """
chemical: chemistry chemist
bombing: bombastic Bombay bumbling
organization: organ organs organic organism
universe: university universal
general: generation generate generic generous
generation: general generate
policy: police policed
import: important importance
protest: protestant
executive: execute execution executed
execution: executive
execute: executive
experiment: experience
coup: coupe couple coupon
siege: sieve liege Siegfried
chlorine: chloride chlorophyll
famine: feminine family famous
withdrawal: withhold without drawer draw
looting: lotion rooting loosing
strike: striker stroke stripe
mine: miner mineral minister
tank: tanker
arm: army
army: arm arms
refugee: refuge
refuge: refugee
emir: emirate emirates
consul: consulate
caliph: caliphate
design: designation
designation: design
station: state
state: station statement
nation: national nationality
government: govern governed
department: depart departed
hop: hope hoped
hope: hop hopped
plan: plane planes
human: humane
moral: morale
looter: loot looting
killer: kill killed
news: new
found: find
sanction: sanctity
nuclear: nucleus
war: warm ward
convention: convent
detention: detente
edition: edit
building: build
missile: missal mission
"""


def pairs(table: str) -> list[tuple[str, str]]:
    lines = (line.partition(":") for line in table.strip().splitlines())
    return [(keyword, form) for keyword, _, forms in lines for form in forms.split()]


def is_form(form: str, keyword: str, language: str = "en") -> bool:
    return not set(asked(keyword, language)).isdisjoint(answered(form, language))


@pytest.mark.parametrize(("keyword", "form"), pairs(INFLECTIONS))
def test_inflections_of_a_keyword_are_found(keyword: str, form: str) -> None:
    assert is_form(form, keyword)


@pytest.mark.parametrize(("keyword", "other"), pairs(OTHERS))
def test_other_words_are_not(keyword: str, other: str) -> None:
    assert not is_form(other, keyword)


@pytest.mark.parametrize(
    ("language", "keyword", "form"),
    [
        ("fr", "attaque", "attaques"),
        ("fr", "bombardement", "bombardements"),
        ("de", "Angriff", "Angriffe"),
        ("de", "Rakete", "Raketen"),
        ("es", "ataque", "ataques"),
        ("it", "attacco", "attacchi"),
        ("pt", "explosão", "explosões"),
        ("nl", "aanval", "aanvallen"),
        ("ru", "удар", "ударами"),
        ("ru", "ракета", "ракеты"),
        ("uk", "ракета", "ракети"),
        ("tr", "saldırı", "SALDIRILAR"),
        ("tr", "patlamalar", "patlama"),
        ("ar", "هجوم", "الهجوم"),
        ("ar", "صاروخ", "بالصاروخ"),
        ("sv", "attack", "attacker"),
        ("pl", "rakieta", "rakiety"),
    ],
)
def test_inflections_follow_the_language_of_the_article(
    language: str, keyword: str, form: str
) -> None:
    assert is_form(form, keyword, language)


def test_a_word_in_another_script_is_read_in_the_language_of_its_script() -> None:
    assert is_form("ударами", "удар", "en")
    assert is_form("الهجوم", "هجوم", "fr")
    assert is_form("drones", "drone", "ar")
    assert not is_form("ударами", "ударник", "en")


def test_english_stands_in_for_languages_without_a_stemmer() -> None:
    assert [language_of(tag) for tag in ("", "en-GB", "xx", "pt_BR", "AR")] == [
        "en",
        "en",
        "en",
        "pt",
        "ar",
    ]


def test_words_without_a_stemmer_are_themselves() -> None:
    assert asked("מלחמה", "en") == answered("מלחמה", "en") == ("מלחמה",)


@pytest.mark.parametrize(
    ("word", "pair"),
    [
        ("airstrike", ("air", "strike")),
        ("Airstrikes", ("air", "strike")),
        ("ceasefire", ("cease", "fire")),
        ("gunmen", ("gun", "man")),
        ("withdraw", None),
        ("удар", None),
    ],
)
def test_compounds_part_where_english_parts_them(word: str, pair: tuple[str, str] | None) -> None:
    assert parted(word, "en") == pair


def test_other_languages_part_no_english_compounds() -> None:
    assert parted("airstrike", "de") is None


@given(st.text(min_size=1), st.sampled_from(sorted(LANGUAGES)))
@example("\u00ad", "ar")
@example("ـ", "ar")
def test_every_word_answers_to_what_it_asks_for(word: str, language: str) -> None:
    assert set(asked(word, language)) <= set(answered(word, language))
    assert all(asked(word, language))


@given(st.from_regex(r"[a-z]{2,8}[aeo][bcdfgklmnprtvw]e?", fullmatch=True))
def test_regular_plurals_are_inflections(word: str) -> None:
    assert is_form(f"{word}s", word)
    assert is_form(word, f"{word}s")


@given(st.from_regex(r"[a-z]{1,9}(s|es|ies|ed|ing|ings|ation|ize|men|y|e)?", fullmatch=True))
@example("struck")
@example("looters")
@example("besieged")
@example("eing")
@example("siege")
@example("went")
def test_words_begin_as_their_keys_foretell(word: str) -> None:
    for key in answered(word, "en"):
        assert word[:2] in heads([key])
