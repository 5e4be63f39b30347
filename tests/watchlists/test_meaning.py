"""What a rule file says: YAML 1.2 scalars, defaults, and lists as conditions."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.model import (
    All,
    Any,
    Backfill,
    Cased,
    Condition,
    Entity,
    EntityRef,
    Feed,
    Field,
    InField,
    Keyword,
    Kind,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Regex,
    Severity,
    Spelling,
    Status,
    Watchlist,
)
from alerts.watchlists.scalars import Scalar, resolve
from tests.watchlists.marked import rules_of, watchlist_of

SCALARS: list[tuple[str, Scalar]] = [
    ("", None),
    ("~", None),
    ("null", None),
    ("Null", None),
    ("nULL", "nULL"),
    ("true", True),
    ("FALSE", False),
    ("tRUE", "tRUE"),
    ("yes", "yes"),
    ("no", "no"),
    ("on", "on"),
    ("Off", "Off"),
    ("y", "y"),
    ("12", 12),
    ("-12", -12),
    ("+12", 12),
    ("012", 12),
    ("0o14", 12),
    ("0xC", 12),
    ("0b1", "0b1"),
    ("1_000", "1_000"),
    ("22:00", "22:00"),
    ("1:2:3", "1:2:3"),
    ("1.5", 1.5),
    ("1.", 1.0),
    (".5", 0.5),
    ("-1e3", -1000.0),
    ("1e", "1e"),
    (".", "."),
    ("-", "-"),
    ("+", "+"),
    (".inf", float("inf")),
    ("-.INF", float("-inf")),
    ("2024-05-01", "2024-05-01"),
    ("=", "="),
    ("<<", "<<"),
    ("9" * 5_000, "9" * 5_000),
    ("١٢", "١٢"),
]


@pytest.mark.parametrize(("text", "value"), SCALARS)
def test_plain_scalars_mean_what_yaml_1_2_says(text: str, value: Scalar) -> None:
    resolved = resolve(text)
    assert (type(resolved), resolved) == (type(value), value)


def test_not_a_number_is_no_text() -> None:
    assert str(resolve(".nan")) == str(resolve(".NaN")) == "nan"


def test_words_that_yaml_1_1_took_for_values_are_keywords() -> None:
    watchlist = watchlist_of("keywords: [no, on, yes, 22:00, 1_000]")
    assert watchlist.condition == Any(tuple(map(Keyword, ("no", "on", "yes", "22:00", "1_000"))))


# --- feeds and entities -----------------------------------------------------------------------


def test_a_feed_has_defaults() -> None:
    rules = rules_of("feeds: [{url: 'https://example.org/rss', publisher: Example Times}]")
    assert rules.feeds == (Feed(url="https://example.org/rss", publisher="Example Times"),)


def test_a_feed_may_say_everything() -> None:
    text = """
        feeds:
          - url: https://example.org/rss
            publisher: Example Times
            country: NO
            reliability: B
            tags: [world, north]
            language: pt-BR
            interval: 1h30m
            priority: high
            rate_limit_scope: domain
            backfill: 24h
            full_text: true
          - {url: "http://[::1]:8080/a?b=c", publisher: Example Times, backfill: 20}
    """
    first, second = rules_of(text).feeds
    assert first == Feed(
        url="https://example.org/rss",
        publisher="Example Times",
        country="NO",
        reliability="B",
        tags=("world", "north"),
        language="pt-br",
        interval=timedelta(minutes=90),
        priority=True,
        rate_limit_scope="domain",
        backfill=Backfill(age=timedelta(hours=24)),
        full_text=True,
    )
    assert second.backfill == Backfill(items=20)


ENTITIES = """
entities:
  hts:
    type: group
    name: Hayat Tahrir al-Sham
    aliases: [Tahrir al-Sham, "هيئة تحرير الشام"]
    previous_names: [al-Nusra  Front]
    weak_aliases: [HTS, JAN]
    support: [Syria, =Idlib, "@idlib"]
    mask: ["HTS code*", '"HTS classification"']
    spelling: listed
  idlib: {type: place, name: Idlib, at: [35, 36.6], in: [SY]}
  nusra: {type: topic, name: al-Nusra Front}
  doe: {type: person, name: Jane Doe}
"""


def test_an_entity_may_say_everything() -> None:
    entities = rules_of(ENTITIES).entities
    assert entities["hts"] == Entity(
        id="hts",
        kind=Kind.GROUP,
        name="Hayat Tahrir al-Sham",
        aliases=("Tahrir al-Sham", "هيئة تحرير الشام"),
        previous_names=("al-Nusra Front",),
        weak_aliases=("HTS", "JAN"),
        support=(Keyword("Syria"), Cased("Idlib"), EntityRef("idlib")),
        mask=(Prefix("HTS code"), Phrase("HTS classification")),
        spelling=Spelling.LISTED,
    )
    assert entities["idlib"] == Entity(
        id="idlib", kind=Kind.PLACE, name="Idlib", at=(35.0, 36.6), countries=("SY",)
    )


# --- watchlists -------------------------------------------------------------------------------

HTS, IDLIB = EntityRef("hts"), EntityRef("idlib")

CONDITIONS: list[tuple[str, Condition]] = [
    ("keywords: [sarin]", Keyword("sarin")),
    ("keywords: [nerve  agent, =IS]", Any((Keyword("nerve agent"), Cased("IS")))),
    ('keywords: [chem*, "HTS code*"]', Any((Prefix("chem"), Prefix("HTS code")))),
    ("keywords: ['\"air strike\"', /S-?300/]", Any((Phrase("air strike"), Regex("S-?300")))),
    ("keywords: ['=“Islamic State”', '=Islamic State']", Cased("Islamic State")),
    ("keywords: ['@hts', '@idlib']", Any((HTS, IDLIB))),
    ("keywords: [sarin, sarin]", Keyword("sarin")),
    ("places: [Homs]", Name(Kind.PLACE, "Homs")),
    ("places: [idlib]", IDLIB),
    ("places: ['@idlib']", IDLIB),
    ("places: [IDLIB, Idlib]", IDLIB),
    ("places: [hts]", Name(Kind.PLACE, "hts")),
    ("places: [{place: Tripoli, country: LB}]", Name(Kind.PLACE, "Tripoli", "LB")),
    ("groups: [HTS]", HTS),
    ("groups: [tahrir AL-sham]", HTS),
    ("groups: [al-Nusra Front]", HTS),
    ("groups: ['هيئة  تحرير الشام']", HTS),
    # A weak alias means its entity, with its support, and is written as it is there.
    ("groups: [JAN]", HTS),
    ("groups: [Jan]", Name(Kind.GROUP, "Jan")),
    ("query: group:JAN", HTS),
    ("groups: [Zaytun Front]", Name(Kind.GROUP, "Zaytun Front")),
    ("people: [jane doe]", EntityRef("doe")),
    ("people: [Wagner, '@doe']", Any((Name(Kind.PERSON, "Wagner"), EntityRef("doe")))),
    ("query: group:HTS AND NOT place:Homs", All((HTS, Not(Name(Kind.PLACE, "Homs"))))),
    ("query: '@hts NEAR/3 attack*'", Near(HTS, Prefix("attack"), 3)),
    ("places: [Idlib, Homs], keywords: [sarin], query: a AND title:b",
     All((Any((IDLIB, Name(Kind.PLACE, "Homs"))), Keyword("sarin"), Keyword("a"),
          InField(Field.TITLE, Keyword("b"))))),
    ("groups: [HTS], people: [Jane Doe], query: '@hts'", All((HTS, EntityRef("doe")))),
]  # fmt: skip


@pytest.mark.parametrize(("keys", "condition"), CONDITIONS)
def test_lists_and_queries_are_conditions(keys: str, condition: Condition) -> None:
    assert watchlist_of(keys, before=ENTITIES).condition == condition


def test_lists_and_query_are_two_spellings_of_one_condition() -> None:
    lists = "places: [Idlib, Homs], keywords: [sarin, nerve agent]"
    query = """query: '(place:Idlib OR place:Homs) AND (sarin OR keyword:"nerve agent")'"""
    assert watchlist_of(lists).condition == watchlist_of(query).condition


def test_a_watchlist_has_defaults() -> None:
    assert watchlist_of("keywords: [sarin]") == Watchlist(
        id="w", title="W", condition=Keyword("sarin")
    )


def test_a_watchlist_may_say_everything() -> None:
    keys = """owner: syria-desk, status: experimental, severity: critical, keywords: [sarin],
        exclude: 'title:(anniversary OR retrospective)', mask: [chemical industry, "@hts"],
        in: [content, title], tags: [chemical]"""
    assert watchlist_of(keys, before=ENTITIES) == Watchlist(
        id="w",
        title="W",
        condition=Keyword("sarin"),
        owner="syria-desk",
        status=Status.EXPERIMENTAL,
        severity=Severity.CRITICAL,
        exclude=InField(Field.TITLE, Any((Keyword("anniversary"), Keyword("retrospective")))),
        mask=(Keyword("chemical industry"), HTS),
        fields=(Field.CONTENT, Field.TITLE),
        tags=("chemical",),
    )


def test_exclude_may_be_a_list_of_keywords() -> None:
    exclude = watchlist_of('keywords: [a1], exclude: [fair, "trade show"]').exclude
    assert exclude == Any((Keyword("fair"), Keyword("trade show")))
