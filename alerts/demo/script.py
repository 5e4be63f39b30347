"""What the demo's publishers say: invented articles about things that never happened.

Names of places and groups are real, so that spellings, translations and scripts can be shown; the
events are made up and harmless.  Which watchlist an article rings is the rule files' business
(`rules/`), and when it is published is `programme`'s.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Format(StrEnum):
    """How a publisher writes its feed."""

    RSS = "rss"
    ATOM = "atom"
    JSON = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """Somebody who is made up, and has a feed."""

    #: What its addresses and ids are made of.
    id: str
    name: str
    description: str
    format: Format
    language: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """An article before its publication."""

    #: Names it in this script.
    key: str
    #: `Publisher.id`
    publisher: str
    title: str
    summary: str
    #: What follows the summary on the article's page; in feeds only where the format has a place.
    body: str = ""
    tags: tuple[str, ...] = ()
    #: The key of an earlier draft that this one reports again: its link leads there.
    reprints: str = ""


PUBLISHERS = {
    publisher.id: publisher
    for publisher in (
        Publisher(
            id="wire",
            name="Example Wire",
            description="Sample text for a demonstration: nothing in it happened.",
            format=Format.RSS,
            language="en",
        ),
        Publisher(
            id="gazette",
            name="The Sample Gazette",
            description="Sample text for a demonstration: nothing in it happened.",
            format=Format.ATOM,
            language="en",
        ),
        Publisher(
            id="post",
            name="Placeholder Post",
            description="Sample text for a demonstration: nothing in it happened.",
            format=Format.JSON,
            language="en",
        ),
        Publisher(
            id="mithal",
            name="صحيفة المثال",
            description="نصوص تجريبية للعرض فقط: لم يحدث شيء مما ورد فيها.",
            format=Format.RSS,
            language="ar",
        ),
    )
}

#: What the feeds hold before the first poll.  Two of these are about watched things and must not
#: ring all the same: the past is not news.
BACKGROUND = (
    Draft(
        key="bee-year",
        publisher="wire",
        title="Beekeepers near Hama expect a good year",
        summary="Early blossom has brought the swarms out three weeks before their time.",
    ),
    Draft(
        key="clock-museum",
        publisher="gazette",
        title="Museum of clocks in Homs sets its bells right",
        summary="For the first time since the winter all forty strike noon together.",
    ),
    Draft(
        key="lentil-soup",
        publisher="post",
        title="Recipe of the week: lentil soup with lemon",
        summary="Red lentils, cumin and patience; the lemon comes last.",
    ),
    Draft(
        key="book-fair",
        publisher="mithal",
        title="افتتاح معرض للكتاب المستعمل في اللاذقية",
        summary="يستمر المعرض أسبوعا ويضم كتبا للأطفال.",
    ),
    Draft(
        key="past-tablets",
        publisher="wire",
        title="Chlorine tablets reach Idlib's waterworks",
        summary="A year's supply was counted twice and stored.",
    ),
    Draft(
        key="past-race",
        publisher="gazette",
        title="Drone race near Hmeimim put off because of wind",
        summary="The model flyers' club will try again next week.",
    ),
    Draft(
        key="ferry-times",
        publisher="post",
        title="Ferry timetable for the coast changes in spring",
        summary="The last boat leaves an hour later.",
    ),
    Draft(
        key="steam-train",
        publisher="mithal",
        title="عودة القطار السياحي إلى العمل بعد الصيانة",
        summary="تنطلق الرحلة الأولى صباح الجمعة.",
    ),
)

#: What is published in fast motion once every feed has been read.
SCRIPT = (
    Draft(
        key="wedding-drone",
        publisher="wire",
        title="Runaway wedding drone circles Hmeimim air base",
        summary="The small camera drone had lost its film crew and landed on a bakery roof.",
        tags=("oddities",),
    ),
    Draft(
        key="spice-market",
        publisher="gazette",
        title="Aleppo reopens its restored spice market",
        summary="Sixty stalls and a fountain are back behind the old stone arches.",
        tags=("culture",),
    ),
    Draft(
        key="chlorine-leak",
        publisher="post",
        title="Chlorine leaks at an Idlib water plant, valve closed within minutes",
        summary="Nobody was hurt; engineers aired the pump room and changed a worn seal.",
        body="Taps in two districts run dry until the evening. Tankers stand at the school.",
        tags=("water",),
    ),
    Draft(
        key="watchmakers",
        publisher="wire",
        title="Watchmakers report a calm quarter",
        summary="Orders for pocket watches rose by two.",
        tags=("business",),
    ),
    Draft(
        key="bird-drone",
        publisher="mithal",
        title="طائرة مسيّرة لتصوير الطيور تهبط خطأً قرب قاعدة حميميم",
        summary="قال أصحابها إن البطارية نفدت، وقد أعيدت إليهم بعد ساعة.",
        tags=("منوعات",),
    ),
    Draft(
        key="chlorine-leak-reprint",
        publisher="gazette",
        title="Idlib waterworks back in service after chlorine leak",
        summary="Placeholder Post reports that a worn seal was to blame.",
        reprints="chlorine-leak",
        tags=("water",),
    ),
    Draft(
        key="industry-fair",
        publisher="post",
        title="Chemical industry fair opens in Idlib with forty exhibitors",
        summary="Soap makers have the largest hall; entry is free on Friday.",
        tags=("business",),
    ),
    Draft(
        key="waterworks-anniversary",
        publisher="wire",
        title="Anniversary exhibition shows how Idlib learned to clean its water",
        summary="The first barrel of chlorine, filled in 1931, stands in the entrance hall.",
        tags=("culture",),
    ),
    Draft(
        key="footbridge",
        publisher="gazette",
        title="Levant Liberation Board repairs footbridge that flooding washed away",
        summary="Pupils no longer take the long way round; planks came from a village carpenter.",
    ),
    Draft(
        key="olive-festival",
        publisher="mithal",
        title="مهرجان الزيتون في عفرين يستقبل ألف زائر",
        summary="تنافست القرى على أفضل زيت لهذا الموسم.",
        tags=("ثقافة",),
    ),
    Draft(
        key="tariff-codes",
        publisher="wire",
        title="New HTS codes for steel screws take effect in January",
        summary="Importers have six weeks to relabel their boxes.",
        tags=("business",),
    ),
    Draft(
        key="blanket-convoys",
        publisher="post",
        title="Relief convoys with winter blankets pass Bab al-Hawa",
        summary="Forty lorries were through before noon, faster than last year.",
        body="Drivers thanked the tea kitchen at the gate.",
        tags=("aid",),
    ),
    Draft(
        key="referee-course",
        publisher="gazette",
        title="Referees take a course in keeping calm",
        summary="The whistle, they learn, is the last word and not the first.",
        tags=("sport",),
    ),
    Draft(
        key="bicycle-helmets",
        publisher="wire",
        title="HTS-run traffic office in Idlib gives away bicycle helmets",
        summary="Five hundred went in a morning; the small sizes ran out first.",
    ),
    Draft(
        key="kitchen-chemistry",
        publisher="post",
        title="Kitchen chemistry lessons draw crowds in Idlib",
        summary="Vinegar, baking powder and a paper volcano were enough.",
        tags=("schools",),
    ),
    Draft(
        key="calligraphy",
        publisher="mithal",
        title="إعلان نتائج مسابقة الخط العربي في حلب",
        summary="فازت طالبة في الصف السابع بالجائزة الأولى.",
        tags=("ثقافة",),
    ),
    Draft(
        key="coast-derby",
        publisher="wire",
        title="Latakia derby ends without a goal",
        summary="Both keepers were carried off the field on shoulders.",
        tags=("sport",),
    ),
    Draft(
        key="small-library",
        publisher="mithal",
        title="هيئة تحرير الشام تفتتح مكتبة عامة صغيرة",
        summary="تضم المكتبة قاعة للقراءة وركنا للأطفال.",
    ),
    Draft(
        key="lighthouse",
        publisher="gazette",
        title="Old lighthouse at Tartus gets a coat of paint",
        summary="White and red, as on the postcards of 1950.",
        tags=("culture",),
    ),
    Draft(
        key="paint-spill",
        publisher="post",
        title="Spilled chemicals close a paint workshop in Idlib for an afternoon",
        summary="A shelf gave way; the floor is now blue and nobody was hurt.",
        tags=("work",),
    ),
)

_TOWNS = ("Hama", "Homs", "Tartus", "Jableh", "Salamiyah")
_TOWNS_IN_ARABIC = ("حماة", "حمص", "طرطوس", "جبلة", "السلمية")
_GOODS = ("blankets", "flour", "school books", "tents", "seed potatoes", "stoves")

#: What keeps the feeds alive afterwards.  A number stands in every title, because a headline that
#: comes back within a week would be taken for the story that it was.
_ROUND = (
    Draft(
        key="market",
        publisher="gazette",
        title="Market report {number}: olive prices in {town} unchanged",
        summary="Traders spoke of a quiet morning.",
        tags=("business",),
    ),
    Draft(
        key="flood",
        publisher="wire",
        title="Flood bulletin {number}: river near {town} falls by a hand's breadth",
        summary="The meadows stay closed to sheep until the ground has dried.",
    ),
    Draft(
        key="chess",
        publisher="post",
        title="Chess problem {number}: white to move and win",
        summary="Last week's solution: the knight, not the queen.",
        tags=("games",),
    ),
    Draft(
        key="weather",
        publisher="mithal",
        title="نشرة الطقس {number}: أمطار خفيفة في {town_in_arabic}",
        summary="تتحسن الأحوال الجوية غدا.",
        tags=("طقس",),
    ),
    Draft(
        key="convoy",
        publisher="post",
        title="Convoy {number} passes Bab al-Hawa with {goods}",
        summary="The lorries are expected in {town} by the evening.",
        tags=("aid",),
    ),
    Draft(
        key="choir",
        publisher="wire",
        title="Choir of {town} gives its concert number {number}",
        summary="The programme is the old one, the sopranos are new.",
        tags=("culture",),
    ),
    Draft(
        key="dunes",
        publisher="gazette",
        title="Dune survey {number}: drones count sand lilies south of Hmeymim",
        summary="Botanists walked the last stretch near {town} on foot.",
        tags=("science",),
    ),
)


def draft(number: int) -> Draft:
    """Return the draft at *number*, from 0: background, script, and then rounds without end.

    The same number is the same draft, and no two numbers share a key or a title.
    """
    fixed = (*BACKGROUND, *SCRIPT)
    if number < len(fixed):
        return fixed[number]
    later = number - len(fixed)
    pattern = _ROUND[later % len(_ROUND)]
    slots = {
        "number": later // len(_ROUND) + 1,
        "town": _TOWNS[later % len(_TOWNS)],
        "town_in_arabic": _TOWNS_IN_ARABIC[later % len(_TOWNS_IN_ARABIC)],
        "goods": _GOODS[later % len(_GOODS)],
    }
    return Draft(
        key=f"{pattern.key}-{slots['number']}",
        publisher=pattern.publisher,
        title=pattern.title.format_map(slots),
        summary=pattern.summary.format_map(slots),
        tags=pattern.tags,
    )
