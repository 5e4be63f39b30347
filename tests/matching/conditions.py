"""Random watchlists and articles of so few words that they meet all the time."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import strategies as st

from alerts.gazetteer.shipped import shipped
from alerts.model import (
    All,
    Any,
    Around,
    Article,
    AtLeast,
    Cased,
    Condition,
    Demonym,
    Entity,
    EntityRef,
    Feed,
    Field,
    InField,
    Inside,
    Keyword,
    Kind,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Publishers,
    Regex,
    Score,
    Severity,
    Spelling,
    Status,
    Term,
    Unknown,
    Watchlist,
)
from alerts.watchlists.meaning.circumstances import known_publishers
from alerts.watchlists.meaning.lexicon import Lexicon

_TEXT = (
    "strike strikes struck strikes; war anti-war war-torn wars HTS hts HTS-led anti-HTS HTS's Hayat"
    " Tahrir al-Sham Tahrir al-Sham car bomb car-bomb carbombs bombing air strike air-strike"
    " airstrikes IS is U.S. us Syria Syrian deal OpenAI, (Idlib) code — & l’Iran Iran 中国在 中"
    " chemical chemicals chemistry anti-air-strike de-escalation escalation deescalation re-deal"
)
# Spellings of the names below, in four scripts and with what clings to them; look-alikes.
_SPELT = (
    "Hayet Hay'at Tahrīr ash-Şam ash-Sham al-Cham Tahrir-as-Sham Хайят Тахрир аш-Шам Идлиба Идлибом"
    " Idlib'de Idlibe Adlib Ydleb Kafr Zita Kafrzita Kfar Zeita Kafarzita كفرزيتا بكفرزيتا وادلب"
    " والرقة بالرقة للرقة رقة وكالرقة Raqqa'da HTS'nin HTS'lilere IS'in is'in U.S.'nin"
    " بدمشق Damas Niger Nigeria Nigeriya Syrian Syriah Iraan Islamik Stait al as bin Rakka Ar-Raqqa"
    " Raqqah's Алеппо Ракке Ракки Kar Kahn HOMS Homs Hims بحمص"
    # A town of Iraq, inside and at the beginning of a sentence.
    " Hit hit HIT. “Hit Hit: Hit? |"
)
WORDS = (
    *_TEXT.split(),
    "دمشق",
    "الهجمات",
    "هجوم",
    "удар",
    "удары",
    "ударов",
    "HAYAT",
    "İdlib",
    "Islamic\u00a0State",
    "Binnish",
    "binnish",
    "Syrians",
    "Monaco",
    "إدلب",
    "Edleb",
    "\ud800",
    *_SPELT.split(),
)
_TERMS = (
    "strike",
    "strikes",
    "struck",
    "war",
    "HTS",
    "IS",
    "U.S.",
    "car bomb",
    "carbomb",
    "air strike",
    "airstrike",
    "escalation",
    "deescalation",
    "anti-war",
    "Idlib",
    "Syria",
    "Hayat Tahrir al-Sham",
    "Tahrir al-Sham",
    "Islamic State",
    "Iran",
    "中国",
    "دمشق",
    "هجوم",
    "удар",
    "chemical",
    "deal HTS",
    "—",
    "Kafr Zita",
    "Raqqa",
    "Homs",
    "Niger",
    "Tahrir al-Cham",
    "Hit",
)

ENTITIES = {
    "hts": Entity(
        id="hts",
        kind=Kind.GROUP,
        name="Hayat Tahrir al-Sham",
        aliases=("Tahrir al-Sham", "HTS Idlib"),
        previous_names=("Hayat",),
        weak_aliases=("HTS", "Hayat"),
        support=(Keyword("strike"), EntityRef("syria"), Regex("Iran")),
        mask=(Phrase("HTS code"), Prefix("HTS cod"), EntityRef("is")),
    ),
    "syria": Entity(
        id="syria",
        kind=Kind.PLACE,
        name="Syria",
        aliases=("سوريا", "Idlib"),
        weak_aliases=("HTS", "sy"),
        support=(EntityRef("hts"),),
    ),
    "is": Entity(
        id="is",
        kind=Kind.GROUP,
        name="Islamic State",
        weak_aliases=("IS",),
        support=(EntityRef("hts"), Name(Kind.PLACE, "دمشق"), Name(Kind.PLACE, "Hit")),
    ),
    "raqqa": Entity(
        id="raqqa",
        kind=Kind.PLACE,
        name="Raqqa",
        aliases=("الرقة", "Ракка", "الرقة HTS", "IS Raqqa"),
        weak_aliases=("deal",),
        spelling=Spelling.LISTED,
    ),
    "aleppo": Entity(
        id="aleppo",
        kind=Kind.PLACE,
        name="Aleppo",
        aliases=("Halep",),
        mask=(Name(Kind.PLACE, "Kafr Zita"), EntityRef("syria")),
    ),
    "quiet": Entity(id="quiet", kind=Kind.TOPIC, name="car bomb", weak_aliases=("deal", "—")),
}

LEXICON = Lexicon(ENTITIES, shipped())
PUBLISHERS = known_publishers(
    [
        Feed(url="https://a.example/rss", publisher="A Times", country="GB", reliability="B"),
        Feed(url="https://b.example/rss", publisher="B Post", country="SY"),
    ]
)

_texts = st.sampled_from(_TERMS)
_IDLIB = (35.93062, 36.63393)
terms: st.SearchStrategy[Term] = st.one_of(
    st.builds(Keyword, _texts),
    st.builds(Keyword, _texts),
    st.builds(Phrase, _texts),
    st.builds(Cased, _texts),
    st.builds(Prefix, st.sampled_from(["chem", "str", "HTS co", "uda", "удар", "الهج", "is"])),
    st.builds(
        Regex, st.sampled_from(["HTS", "str.ke", "[ао]р", "(?i)WAR ", ";", "a|b", "x*", "b.*r"])
    ),
    st.builds(Name, st.sampled_from([Kind.PLACE, Kind.GROUP]), _texts),
    st.builds(EntityRef, st.sampled_from([*ENTITIES, "unknown"])),
    st.sampled_from(
        [
            Around("Idlib", _IDLIB, 10),
            Inside("MC"),
            Inside("SY", "Idlib"),
            Demonym("Syria"),
            Name(Kind.PLACE, "Idlib", "SY"),
        ]
    ),
)


def _operators(part: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(part, min_size=2, max_size=3).map(tuple)
    weighted = st.lists(st.tuples(part, st.sampled_from([-2.0, 0.0, 1.0, 3.0])), max_size=3)
    return st.one_of(
        st.builds(All, parts),
        st.builds(Any, parts),
        st.builds(Not, part),
        st.builds(Near, part, part, st.integers(0, 4), st.booleans()),
        st.builds(AtLeast, st.integers(0, 3), part),
        st.builds(InField, st.sampled_from(Field), part),
        st.builds(
            Score,
            st.sampled_from([-1.0, 0.0, 1.0, 3.0]),
            weighted.map(tuple),
            st.sampled_from([-1.0, 0.0, 1.0, 2.0]),
        ),
    )


conditions: st.SearchStrategy[Condition] = st.recursive(terms, _operators, max_leaves=6)

watchlists = st.builds(
    Watchlist,
    id=st.sampled_from("abcdef"),
    title=st.just("Title"),
    condition=conditions,
    status=st.sampled_from([Status.ACTIVE, Status.ACTIVE, Status.EXPERIMENTAL, Status.OFF]),
    severity=st.sampled_from(Severity),
    exclude=st.none() | st.none() | st.none() | conditions,
    mask=st.just(()) | st.lists(terms, max_size=2).map(tuple),
    fields=st.sampled_from(
        [
            (Field.TITLE, Field.SUMMARY, Field.CONTENT),
            (Field.TITLE, Field.SUMMARY, Field.CONTENT),
            (Field.SUMMARY, Field.TITLE),
            (Field.TAGS, Field.AUTHOR, Field.CONTENT),
        ]
    ),
    languages=st.sampled_from([(), (), (), ("en",), ("en-gb", "ar")]),
    publishers=st.sampled_from(
        [
            *[Publishers()] * 4,
            Publishers(only=("a times",)),
            Publishers(but=("A Times", "B Post")),
            Publishers(reliability="C"),
            Publishers(reliability="A", countries=("SY",)),
        ]
    ),
    max_age=st.sampled_from([None, None, timedelta(hours=2)]),
    unknown=st.sampled_from(Unknown),
)

_NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
_prose = st.lists(st.sampled_from(WORDS), min_size=3, max_size=25).map(" ".join)

articles = st.builds(
    Article,
    id=st.just("article"),
    title=_prose,
    summary=st.just("") | _prose,
    content=_prose,
    author=st.sampled_from(["", "", "Iran desk", "IS"]),
    tags=st.sampled_from([(), ("Syria", "war"), ("HTS",)]),
    language=st.sampled_from(["", "en", "en-GB", "ar", "ru", "fr", "tr"]),
    feed=st.sampled_from(["", "https://a.example/rss"]),
    publisher=st.sampled_from(["", "A Times", "B Post", "C Weekly"]),
    published_at=st.sampled_from([None, _NOW, _NOW - timedelta(hours=3)]),
    seen_at=st.sampled_from([None, _NOW]),
)
