"""Planted faults: each is found with its code at its place, and the mended file earns nothing."""

from __future__ import annotations

from collections import Counter

import pytest

from alerts.workbench.lint import Breadth
from alerts.workbench.lint.codes import CODES, Level
from tests.workbench.lint.desks import asked, found, marked, watchlist, watchlists

FEED = "feeds:\n  - url: https://example.org/rss\n    publisher: Times\n"
GOOD = asked("keywords: [sarin]")
CRITICAL = asked("severity: critical\nkeywords: [sarin]")
DESK = "receivers:\n  desk: {email: {to: desk@example.org}}\n"
NIGHT = "time_intervals:\n  night: {times: [{start: '22:00', end: '06:30'}]}\n"
NAMED = asked("groups: ['@north', '@south']")
ROUTED = GOOD + DESK + "routes:\n  receiver: console\n  routes:\n"


def entities(*several: str) -> str:
    return "entities:\n" + "".join(f"  {each}\n" for each in several) + NAMED


def with_tests(*tests: str) -> str:
    lines = "".join(f"      - {each}\n" for each in tests)
    return watchlists(watchlist("keywords: [sarin]", tests=f"    tests:\n{lines}"))


NORTH = "north: {type: group, name: North Hill Brigade}"
SOUTH = "south: {type: group, name: South Hill Brigade}"
YES = "{name: yes, article: {title: A}, expect: match}"
NO = "{name: no, article: {title: B}, expect: no-match}"

#: What is wrong, its code, the faulty file with a mark at the place, and the mended file.
FAULTS = [
    # --- watchlists as a whole
    (
        "shadowed by a longer list",
        "L102",
        watchlists(
            watchlist("keywords: [sarin, chlorine]", name="v"), watchlist("keywords: [sarin]")
        ).replace("id: w", "id: «w"),
        watchlists(
            watchlist("keywords: [tabun, chlorine]", name="v"), watchlist("keywords: [sarin]")
        ),
    ),
    (
        "shadowed by one that asks for less",
        "L102",
        watchlists(
            watchlist("places: [Idlib]\nkeywords: [sarin]").replace("id: w", "id: «w"),
            watchlist("keywords: [sarin]", name="v"),
        ),
        watchlists(
            watchlist("places: [Idlib]\nkeywords: [sarin]"),
            watchlist("keywords: [sarin]\nexclude: film", name="v"),
        ),
    ),
    (
        "the same watchlist twice",
        "L102",
        watchlists(
            watchlist("query: sarin AND gas", name="v"), watchlist("query: gas AND sarin")
        ).replace("id: w", "id: «w"),
        watchlists(
            watchlist("query: sarin AND gas", name="v"), watchlist("query: gas OR sarin")
        ).replace("- id: v\n", "- id: v\n    severity: high\n"),
    ),
    (
        "excluded as a whole",
        "L103",
        asked("keywords: [sarin]\n«exclude: sarin OR film"),
        asked("keywords: [sarin]\nexclude: film"),
    ),
    (
        "every alternative excluded",
        "L103",
        asked("keywords: [sarin, chlorine]\n«exclude: [chlorine, film, sarin]"),
        asked("keywords: [sarin, chlorine]\nexclude: [film]"),
    ),
    (
        "a place that is wanted is excluded",
        "L103",
        asked("places: [Idlib]\nkeywords: [sarin]\n«exclude: 'place:\"Idlib\"'"),
        asked("places: [Idlib]\nkeywords: [sarin]\nexclude: 'place:\"Homs\"'"),
    ),
    (
        "one alternative excluded",
        "L104",
        asked("keywords: [sarin, «chlorine]\nexclude: [chlorine]"),
        asked("keywords: [sarin, chlorine]\nexclude: title:chlorine"),
    ),
    (
        "one alternative of a query forbidden by the query",
        "L104",
        asked("query: (sarin OR «gas) AND NOT gas"),
        asked("query: (sarin OR gas) AND NOT film"),
    ),
    (
        "a mask over what is wanted",
        "L105",
        asked("keywords: [sarin, chlorine]\nmask: [«chlorine]"),
        asked("keywords: [sarin, chlorine]\nmask: [chlorine tablet]"),
    ),
    (
        "a mask over a term of the query",
        "L105",
        asked("query: '\"nerve agent\" OR sarin'\nmask: ['«\"nerve agent\"']"),
        asked("query: '\"nerve agent\" OR sarin'\nmask: [nerve agent museum]"),
    ),
    (
        "a query that forbids what it asks for",
        "L106",
        asked("query: «sarin AND Idlib AND NOT sarin"),
        asked("query: sarin AND Idlib AND NOT film"),
    ),
    (
        "a query that forbids a wider field than it asks in",
        "L106",
        asked("query: «title:sarin AND NOT (sarin OR film)"),
        asked("query: sarin AND NOT title:(sarin OR film)"),
    ),
    (
        "a threshold that takes the title, which is not looked at",
        "L107",
        asked("score: {threshold: «9, terms: {sarin: 5, gas: 3}, title_factor: 2}\nin: [summary]"),
        asked("score: {threshold: 8, terms: {sarin: 5, gas: 3}, title_factor: 2}\nin: [summary]"),
    ),
    (
        "a NEAR over the whole text",
        "L108",
        asked("query: sarin «NEAR/200 gas"),
        asked("query: sarin NEAR/15 gas"),
    ),
    ("ATLEAST/1", "L109", asked("query: «ATLEAST/1 sarin"), asked("query: ATLEAST/2 sarin")),
    (
        "publishers of a rating that none has",
        "L110",
        FEED + "    reliability: D\n" + asked("keywords: [sarin]\n«publishers: {reliability: B}"),
        FEED + "    reliability: A\n" + asked("keywords: [sarin]\npublishers: {reliability: B}"),
    ),
    (
        "wanted and unwanted publishers are the same",
        "L110",
        FEED + asked("keywords: [sarin]\n«publishers: {only: [Times], except: [Times]}"),
        FEED + asked("keywords: [sarin]\npublishers: {only: [Times]}"),
    ),
    (
        "a language that no feed has",
        "L111",
        FEED + "    language: en\n" + asked("keywords: [sarin]\n«languages: [fr]"),
        FEED + "    language: en\n" + asked("keywords: [sarin]\nlanguages: [fr, en]"),
    ),
    (
        "articles too old before they are read",
        "L112",
        FEED + "    interval: 6h\n" + asked("keywords: [sarin]\n«max_age: 2h"),
        FEED + "    interval: 1h\n" + asked("keywords: [sarin]\nmax_age: 2h"),
    ),
    ("nobody's", "L113", GOOD.replace("    owner: desk\n", "").replace("w\n", "«w\n", 1), GOOD),
    (
        "the title of another one",
        "L114",
        watchlists(
            watchlist("keywords: [sarin]", title="Gas"),
            watchlist("keywords: [tabun]", name="v", title="gas").replace("title: ", "title: «"),
        ),
        watchlists(
            watchlist("keywords: [sarin]", title="Sarin"),
            watchlist("keywords: [tabun]", name="v", title="Tabun"),
        ),
    ),
    (
        "a country that no feed tells",
        "L115",
        FEED + asked("keywords: [sarin]\npublishers: {«countries: [FR]}"),
        FEED + "    country: FR\n" + asked("keywords: [sarin]\npublishers: {countries: [FR]}"),
    ),
    # --- terms
    ("twice", "L201", asked("keywords: [sarin, «Sarin]"), asked("keywords: [sarin, Tabun]")),
    (
        "twice in other letters",
        "L201",
        asked("keywords: [nerve agent, «nerve-agent]"),
        asked("keywords: [nerve agent, '\"nerve agent\"']"),
    ),
    (
        "an entity by two of its names",
        "L201",
        asked("groups: [Hezbollah, «Hizbullah]"),
        asked("groups: [Hezbollah, Hamas]"),
    ),
    (
        "an inflection of another keyword",
        "L202",
        asked("keywords: [airstrike, «airstrikes]"),
        asked("keywords: [airstrike, shelling]"),
    ),
    (
        "an inflection in Russian",
        "L202",
        asked("languages: [ru]\nkeywords: [взрыв, «взрывы]"),
        asked("languages: [ru]\nkeywords: [взрыв, дрон]"),
    ),
    (
        "an inflection inside a query",
        "L202",
        asked("query: sarin AND (gas OR «gases OR fumes)"),
        asked("query: sarin AND (gas OR fumes)"),
    ),
    (
        "a keyword that a prefix covers",
        "L203",
        asked("keywords: [attack*, «attacker]"),
        asked("keywords: [attack*, raider]"),
    ),
    ("a short prefix", "L204", asked("keywords: [«gas*]"), asked("keywords: [gass*]")),
    (
        "a short prefix in a query",
        "L204",
        asked("query: sarin AND «rai*"),
        asked("query: sarin AND raid*"),
    ),
    (
        "a short prefix in a query over two lines",
        "L204",
        asked("query: >-\n  sarin AND (gas OR\n  chlorine OR «rai*)"),
        asked("query: >-\n  sarin AND (gas OR\n  chlorine OR raid*)"),
    ),
    (
        "a place that the gazetteer does not know",
        "L205",
        asked("places: [Homs, «Checkpoint Romeo Four]"),
        asked("places: [Homs, Idlib]"),
    ),
    (
        "a group that is no entity",
        "L206",
        asked("groups: [«Brigade of the Seventh Hill]"),
        asked("groups: [Hezbollah]"),
    ),
    (
        "a person who is no entity",
        "L206",
        asked("people: [«Xenophon Quillfeather]"),
        asked("people: ['@al-sharaa']"),
    ),
    (
        "a keyword that is a group",
        "L207",
        asked("keywords: [«Hezbollah]"),
        asked("keywords: ['@hezbollah']"),
    ),
    ("an acronym that is a word", "L208", asked("keywords: [«WHO]"), asked("keywords: [=WHO]")),
    (
        "a word of every article",
        "L208",
        asked("query: sarin OR «the"),
        asked("query: sarin OR gas"),
    ),
    (
        "a regex without a text",
        "L209",
        asked(r"keywords: ['«/\b[A-Z]-?\d{3}\b/']"),
        asked(r"keywords: ['/\b[A-Z]-?300 missile\b/']"),
    ),
    (
        "a regex that begins with anything",
        "L210",
        asked(r"keywords: ['«/.*\bsarin\b/']"),
        asked(r"keywords: ['/\bsarin\b/']"),
    ),
    (
        "a regex over any distance",
        "L211",
        asked(r"query: '«/\bsarin.*attack\b/'"),
        asked("query: sarin NEAR/9 attack"),
    ),
    (
        "a regex inside of words",
        "L212",
        asked("keywords: ['«/sarin|war\\b/']"),
        asked(r"keywords: ['/\b(?:sarin|war)\b/']"),
    ),
    # --- entities
    (
        "an entity that nothing refers to",
        "L301",
        entities(NORTH, SOUTH, "«west: {type: group, name: West Hill Brigade}"),
        entities(NORTH, SOUTH),
    ),
    (
        "two entities of one name",
        "L302",
        entities(
            "north: {type: group, name: North Hill Brigade, aliases: [Hill Brigade]}",
            "south: {type: group, name: South Hill Brigade, aliases: [«hill-brigade]}",
        ),
        entities("north: {type: group, name: North Hill Brigade, aliases: [Hill Brigade]}", SOUTH),
    ),
    (
        "a name twice",
        "L303",
        entities("north: {type: group, name: North Hill, aliases: [«north-hill]}", SOUTH),
        entities("north: {type: group, name: North Hill, aliases: [Northern Hill]}", SOUTH),
    ),
    (
        "a weak alias that is another's name",
        "L304",
        entities(
            "north: {type: group, name: North Hill, weak_aliases: [«NHB], support: [hill]}",
            "south: {type: group, name: South Hill, aliases: [NHB]}",
        ),
        entities(
            "north: {type: group, name: North Hill, weak_aliases: [NHB], support: [hill]}",
            "south: {type: group, name: South Hill, weak_aliases: [NHB], support: [south]}",
        ),
    ),
    (
        "a weak alias that is a name",
        "L305",
        entities(
            "north: {type: group, name: North Hill, weak_aliases: [«North Hill], support: [x]}",
            SOUTH,
        ),
        entities(
            "north: {type: group, name: North Hill, weak_aliases: [NHB], support: [x]}", SOUTH
        ),
    ),
    (
        "weak aliases without support",
        "L306",
        entities("north: {type: group, name: North Hill, «weak_aliases: [NHB]}", SOUTH),
        entities(
            "north: {type: group, name: North Hill, weak_aliases: [NHB], support: [hill]}", SOUTH
        ),
    ),
    (
        "a name that is a word",
        "L307",
        entities("north: {type: group, name: North Hill, aliases: [«hit]}", SOUTH),
        entities(
            "north: {type: group, name: North Hill, weak_aliases: [Hit], support: [hill]}", SOUTH
        ),
    ),
    (
        "a mask over its own name",
        "L308",
        entities("north: {type: group, name: North Hill, mask: [«North Hill]}", SOUTH),
        entities("north: {type: group, name: North Hill, mask: [North Hill Road]}", SOUTH),
    ),
    (
        "a name of a known entity",
        "L309",
        entities("north: {type: group, name: «Hezbollah}", SOUTH),
        entities("hezbollah: {type: group, name: Hezbollah}", NORTH, SOUTH).replace(
            "groups: [", "groups: ['@hezbollah', "
        ),
    ),
    (
        "a place nowhere",
        "L310",
        "entities:\n  «clinic: {type: place, name: The old clinic}\n"
        + asked("places: ['@clinic']"),
        "entities:\n  clinic: {type: place, name: The old clinic, at: [35.9, 36.7]}\n"
        + asked("places: ['@clinic']"),
    ),
    # --- tests
    (
        "no tests",
        "L401",
        watchlists(watchlist("keywords: [x-ray]", tests="")).replace(": w", ": «w", 1),
        GOOD,
    ),
    ("no match", "L402", with_tests(NO).replace("tests:", "«tests:"), with_tests(YES, NO)),
    ("no no-match", "L403", with_tests(YES).replace("tests:", "«tests:"), with_tests(YES, NO)),
    (
        "a test of the same name",
        "L404",
        with_tests(YES, NO.replace("no,", "«yes,")),
        with_tests(YES, NO),
    ),
    (
        "a test of the same article",
        "L405",
        with_tests(YES, NO, "{name: twice, «article: {title: A}, expect: match}"),
        with_tests(YES, NO, "{name: once, article: {title: A, language: de}, expect: match}"),
    ),
    # --- routes and receivers
    (
        "a route behind one that takes everything",
        "L501",
        ROUTED + "    - receiver: desk\n    - «match: [severity=medium]\n      receiver: console\n",
        ROUTED + "    - match: [severity=medium]\n      continue: true\n    - receiver: desk\n",
    ),
    (
        "a route for a severity that no watchlist has",
        "L501",
        ROUTED + "    - match: [«severity=high]\n      receiver: desk\n",
        ROUTED + "    - match: [severity!=high]\n      receiver: desk\n",
    ),
    (
        "a route whose matchers exclude one another",
        "L501",
        ROUTED + "    - match: [«owner=desk, owner!=desk]\n      receiver: desk\n",
        ROUTED + "    - match: [owner=desk, severity!=high]\n      receiver: desk\n",
    ),
    (
        "a route for a publisher that no feed has",
        "L501",
        FEED + ROUTED + "    - match: [«publisher=Post]\n      receiver: desk\n",
        FEED + ROUTED + "    - match: [publisher=Times]\n      receiver: desk\n",
    ),
    (
        "a route that is muted whenever it is awake",
        "L501",
        NIGHT + ROUTED + "    - «receiver: desk\n      active_time_intervals: [night]\n"
        "      mute_time_intervals: [night]\n",
        NIGHT + ROUTED + "    - receiver: desk\n      mute_time_intervals: [night]\n",
    ),
    (
        "a receiver that nothing leads to",
        "L502",
        GOOD + DESK.replace("desk:", "«desk:", 1),
        GOOD + DESK + "routes: {receiver: desk}\n",
    ),
    (
        "hours that nothing refers to",
        "L503",
        GOOD + NIGHT.replace("night:", "«night:"),
        GOOD
        + NIGHT
        + DESK.replace("}}", "}, quiet: {during: night}}")
        + "routes: {receiver: desk}\n",
    ),
    (
        "quiet hours that hold back nothing",
        "L504",
        GOOD
        + NIGHT
        + DESK.replace("}}", "}, quiet: {during: night, below: «info}}")
        + "routes: {receiver: desk}\n",
        GOOD
        + NIGHT
        + DESK.replace("}}", "}, quiet: {during: night, below: high}}")
        + "routes: {receiver: desk}\n",
    ),
    (
        "critical alerts in a digest",
        "L505",
        CRITICAL
        + DESK.replace("}}", "}, digest: {at: ['07:00']}}")
        + "routes: {receiver: «desk}\n",
        CRITICAL
        + DESK.replace("}}", "}, digest: {at: ['07:00']}}")
        + "routes:\n  receiver: desk\n  routes: [{match: [severity=critical], receiver: console}]\n",
    ),
    # --- feeds
    (
        "a feed twice",
        "L601",
        FEED + "  - url: «http://www.example.org/rss/\n    publisher: Times\n",
        FEED + "  - url: http://www.example.org/world/\n    publisher: Times\n",
    ),
    # --- the comments that ignore
    (
        "an ignore of nothing",
        "L901",
        asked("keywords: [sarin]  «# tocsin: ignore L209 a short pattern"),
        asked("keywords: [WHO]  # tocsin: ignore L208 it is meant"),
    ),
    (
        "an ignore of an unknown code",
        "L902",
        asked("keywords: [sarin]  «# tocsin: ignore L999 not yet"),
        asked("keywords: [sarin]  # tocsin ignores nothing here"),
    ),
    (
        "an ignore of no code",
        "L902",
        asked("keywords: [sarin]  «# tocsin: ignore this"),
        GOOD,
    ),
    (
        "an ignore without a reason",
        "L903",
        asked("keywords: [WHO]  «# tocsin: ignore L208"),
        asked("keywords: [WHO]  # tocsin: ignore L208 it is meant"),
    ),
]


@pytest.mark.parametrize(
    ("code", "faulty"), [row[1:3] for row in FAULTS], ids=[row[0] for row in FAULTS]
)
def test_a_planted_fault_is_found_with_its_code_at_its_place(code: str, faulty: str) -> None:
    (finding,) = found(faulty)
    assert finding.code.code == code
    assert (finding.complaint.line, finding.complaint.column) == marked(faulty)
    assert finding.complaint.path == "rules/a.yml"
    assert finding.complaint.hint


@pytest.mark.parametrize("mended", [row[3] for row in FAULTS], ids=[row[0] for row in FAULTS])
def test_the_mended_file_earns_nothing(mended: str) -> None:
    assert found(mended) == ()


def test_there_is_a_planted_fault_for_every_code_but_the_one_that_needs_articles() -> None:
    planted = Counter(row[1] for row in FAULTS)
    assert {code.code for code in CODES} - planted.keys() == {"L101"}
    assert planted.total() >= 40


def test_a_watchlist_that_matches_many_stored_articles_is_over_broad() -> None:
    measured = Breadth(articles=1_000, matched=Counter(w=11, v=10))
    text = watchlists(watchlist("keywords: [sarin]"), watchlist("keywords: [tabun]", name="v"))
    (finding,) = found(text, measured=measured)
    assert (finding.code.code, finding.code.level) == ("L101", Level.WARNING)
    assert (finding.complaint.line, finding.complaint.column) == (2, 9)
    assert "11 of 1,000 stored articles (1.1%)" in finding.complaint.message


def test_a_share_of_a_few_articles_says_nothing() -> None:
    assert found(GOOD, measured=Breadth(articles=199, matched=Counter(w=199))) == ()
    assert found(GOOD, measured=Breadth(articles=200, matched=Counter(w=199))) != ()
