"""Every code that `tocsin lint` can say: what it means, how grave it is, what earns it, the way out.

Codes are stable: `# tocsin: ignore` and scripts hang on them, so a number is never given away a
second time.

L1xx watchlists as a whole · L2xx terms · L3xx entities · L4xx tests · L5xx routes and receivers ·
L6xx feeds · L9xx the comments that ignore the others
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Level(StrEnum):
    """How grave a finding is."""

    #: It works, and could be better.
    INFO = "info"
    #: Something does not do what its author most likely wants.
    WARNING = "warning"

    @property
    def rank(self) -> int:
        """0 for info, 1 for warning."""
        return list(Level).index(self)


@dataclass(frozen=True, slots=True)
class LintCode:
    """A kind of finding."""

    code: str
    level: Level
    #: One line, without a full stop.
    meaning: str
    #: What to do about it.
    way_out: str
    #: A rule file that earns it; empty where it takes stored articles.
    example: str = ""

    @property
    def anchor(self) -> str:
        """Its heading's place on docs/lint.md."""
        return self.code.lower()


#: What earns it beside stored articles alone.
OVER_BROAD = "L101"
#: They speak of the comments that ignore, and cannot be ignored themselves.
IDLE, UNKNOWN, UNREASONED = "L901", "L902", "L903"

_WARNING, _INFO = Level.WARNING, Level.INFO


def _watchlist(rest: str) -> str:
    return f"watchlists:\n  - id: idlib\n    title: Idlib\n{rest}\n"


def _query(query: str) -> str:
    return _watchlist(f"    query: '{query}'")


def _keywords(*keywords: str) -> str:
    return _watchlist(f"    keywords: [{', '.join(keywords)}]")


def _entities(*entities: str) -> str:
    return "\n".join(("entities:", *(f"  {each}" for each in entities))) + "\n"


_SARIN = _keywords("sarin")
_FEED = "feeds:\n  - url: https://example.org/rss\n    publisher: Example Times\n"
_DESK = "receivers:\n  desk: {email: {to: desk@example.org}}\n"

CODES = (
    # --- watchlists as a whole
    LintCode(
        OVER_BROAD,
        _WARNING,
        "the watchlist matches a large share of the stored articles",
        "Ask for one more thing (a place, a NEAR), or give the weak terms a score. `--most 5%` moves"
        " the limit; without a database, or with fewer than 200 stored articles, nothing is said.",
    ),
    LintCode(
        "L102",
        _WARNING,
        "another watchlist with the same receivers always matches when this one does",
        "Delete one of them, or give this one a receiver or a higher severity of its own. Only what"
        " can be proved is said: terms, masks and filters are compared as they are written.",
        _watchlist("    keywords: [sarin, chlorine]")
        + "  - id: sarin-idlib\n    title: Sarin in Idlib\n    places: [Idlib]\n    keywords: [sarin]\n",
    ),
    LintCode(
        "L103",
        _WARNING,
        "the exclusion vetoes everything that could match",
        "Take out of `exclude` what the watchlist asks for.",
        _watchlist("    keywords: [sarin]\n    exclude: sarin OR anniversary"),
    ),
    LintCode(
        "L104",
        _WARNING,
        "an alternative can never be what matches: it is excluded as well",
        "Delete it on one of both sides.",
        _watchlist("    keywords: [sarin, chlorine]\n    exclude: [chlorine]"),
    ),
    LintCode(
        "L105",
        _WARNING,
        "the mask blanks a term wherever it stands",
        "Mask the longer text that is not meant: `mask: [chlorine tablet]`, not `chlorine`.",
        _watchlist("    keywords: [sarin, chlorine]\n    mask: [chlorine]"),
    ),
    LintCode(
        "L106",
        _WARNING,
        "the condition contradicts itself: no article can meet it",
        "Delete one side of the contradiction.",
        _query("sarin AND Idlib AND NOT sarin"),
    ),
    LintCode(
        "L107",
        _WARNING,
        "the score needs the factor of the title, and the title is not looked at",
        "Add `title` to `in`, or lower the threshold.",
        _watchlist(
            "    score: {threshold: 9, terms: {sarin: 5, chlorine: 3}, title_factor: 2}\n"
            "    in: [summary]"
        ),
    ),
    LintCode(
        "L108",
        _INFO,
        "the distance of a NEAR says hardly more than AND",
        "Write a distance of some words (a sentence of news has about twenty), or AND.",
        _query("sarin NEAR/200 attack*"),
    ),
    LintCode(
        "L109",
        _INFO,
        "ATLEAST/1 asks for nothing",
        "Delete it, or ask for more: ATLEAST/2.",
        _query("ATLEAST/1 sarin"),
    ),
    LintCode(
        "L110",
        _WARNING,
        "no feed has a publisher that the watchlist wants",
        "Compare `publishers` with the feeds: their names, countries and reliability.",
        _FEED + "    reliability: D\n"
        "watchlists:\n  - id: idlib\n    title: Idlib\n    keywords: [sarin]\n"
        "    publishers: {reliability: B}\n",
    ),
    LintCode(
        "L111",
        _WARNING,
        "no feed that the watchlist wants publishes in its languages",
        "Add a feed in one of the languages, or take them out. Feeds without `language` count as any.",
        _FEED + "    language: en\n" + _watchlist("    keywords: [сарин]\n    languages: [ru]"),
    ),
    LintCode(
        "L112",
        _WARNING,
        "articles can be older than `max_age` before their feed is read",
        "Raise `max_age` above the longest `interval` of the feeds, or read them more often.",
        _FEED + "    interval: 6h\n" + _watchlist("    keywords: [sarin]\n    max_age: 2h"),
    ),
    LintCode(
        "L113",
        _INFO,
        "nobody answers for the watchlist",
        "Add `owner`: routes can ask for it, and whoever is woken knows whom to ask.",
        _SARIN,
    ),
    LintCode(
        "L114",
        _INFO,
        "two watchlists have the same title",
        "Change one: alerts show the title alone.",
        _SARIN + "  - id: idlib-2\n    title: Idlib\n    keywords: [chlorine]\n",
    ),
    LintCode(
        "L115",
        _INFO,
        "the watchlist asks for a rating or a country, and no feed has one",
        "Give the feeds `reliability` or `country`; until then every article leaves it open, and"
        " `unknown` decides.",
        _FEED + _watchlist("    keywords: [sarin]\n    publishers: {countries: [FR]}"),
    ),
    # --- terms
    LintCode(
        "L201",
        _WARNING,
        "an entry stands in the list twice, perhaps in another form",
        "Delete one of them.",
        _keywords("sarin", "Sarin"),
    ),
    LintCode(
        "L202",
        _INFO,
        "a keyword is an inflection of another one",
        "Delete it: a keyword matches its inflections.",
        _keywords("airstrike", "airstrikes"),
    ),
    LintCode(
        "L203",
        _INFO,
        "a prefix covers a keyword",
        "Delete the keyword; keep it where it has irregular forms (strike, struck).",
        _keywords("attack*", "attacker"),
    ),
    LintCode(
        "L204",
        _INFO,
        "a prefix of three letters begins too many words",
        "Write one more letter, or the words themselves: a keyword has its inflections anyway.",
        _keywords("gas*"),
    ),
    LintCode(
        "L205",
        _INFO,
        "the gazetteer does not know the place: it is taken by its spelling alone",
        "Correct the name, or make it an entity with `at`, so that `near` and `in` find it too.",
        _watchlist("    places: [Checkpoint Romeo]"),
    ),
    LintCode(
        "L206",
        _INFO,
        "a group or person is no entity: it is taken by its spelling alone",
        "Make it an entity with its other names, acronyms and scripts; `tocsin entities WORDS` shows"
        " whether there is one.",
        _watchlist("    groups: [Brigade of the Seventh Hill]"),
    ),
    LintCode(
        "L207",
        _INFO,
        "a keyword is the name of an entity: its other names are not looked for",
        "Write `@id`, which stands for all names in all scripts.",
        _keywords("Hezbollah"),
    ),
    LintCode(
        "L208",
        _WARNING,
        "a keyword is a word of nearly every article",
        "Ask for the capitals: `=IS`, `=WHO`. A word that only joins others tells nothing.",
        _keywords("WHO"),
    ),
    LintCode(
        "L209",
        _WARNING,
        "a regex holds no text of three letters, so that every article must be tried",
        "Write out some letters that must stand there, or use keywords.",
        _keywords(r"'/[A-Z]-?\d{3}/'"),
    ),
    LintCode(
        "L210",
        _INFO,
        "a regex begins or ends with `.*`",
        "Delete it: a regex is found anywhere in the text, and the evidence would be half the article.",
        _keywords("'/.*sarin/'"),
    ),
    LintCode(
        "L211",
        _INFO,
        "a regex reaches over `.*` from one word to another",
        "Write a query with NEAR/n: it counts words, and knows inflections.",
        _keywords("'/sarin.*attack/'"),
    ),
    LintCode(
        "L212",
        _INFO,
        "a regex also matches inside of words",
        r"Put `\b` before and behind it, or write a keyword.",
        _keywords("'/S-?300|war/'"),
    ),
    # --- entities
    LintCode(
        "L301",
        _INFO,
        "nothing refers to the entity",
        "Name it in a watchlist, or delete it.",
        _entities("north-camp: {type: group, name: North Camp Brigade}"),
    ),
    LintCode(
        "L302",
        _WARNING,
        "two entities bear the same name",
        "Decide whose it is, or make it a weak alias of both, each with its `support`.",
        _entities(
            "north: {type: group, name: North Brigade, aliases: [Hill Brigade]}",
            "south: {type: group, name: South Brigade, aliases: [Hill Brigade]}",
        ),
    ),
    LintCode(
        "L303",
        _INFO,
        "an entity lists a name twice, perhaps in another form",
        "Delete one: capitals, hyphens and marks make no difference.",
        _entities("north: {type: group, name: North Brigade, aliases: [North-Brigade]}"),
    ),
    LintCode(
        "L304",
        _WARNING,
        "a weak alias of one entity is a name of another one",
        "The other takes every mention: make it weak there too, or delete it here.",
        _entities(
            "north: {type: group, name: North Brigade, weak_aliases: [NB], support: [hill]}",
            "bank: {type: group, name: National Bank, aliases: [NB]}",
        ),
    ),
    LintCode(
        "L305",
        _WARNING,
        "a weak alias is also a name of its entity, and so not weak",
        "Delete it from the one or the other list.",
        _entities("nb: {type: group, name: NB, weak_aliases: [NB], support: [hill]}"),
    ),
    LintCode(
        "L306",
        _INFO,
        "weak aliases stand without `support`",
        "Add words of which one stands beside: until then only another name of the entity supports"
        " them.",
        _entities("north: {type: group, name: North Brigade, weak_aliases: [NB]}"),
    ),
    LintCode(
        "L307",
        _WARNING,
        "a name is also a frequent word, and counts in any case",
        "Make it a weak alias with `support`, or name more of it.",
        _entities("hit-town: {type: group, name: Hit Brigade, aliases: [hit]}"),
    ),
    LintCode(
        "L308",
        _WARNING,
        "an entity masks a name of its own",
        "Mask the longer text that is somebody else: `HTS code*`, not `HTS`.",
        _entities("north: {type: group, name: North Brigade, mask: [North Brigade]}"),
    ),
    LintCode(
        "L309",
        _INFO,
        "a known entity has the name, and its other names are lost",
        "Give the entity the id of the known one and copy its names (`tocsin entities WORDS`), or name"
        " it otherwise.",
        _entities("party-of-god: {type: group, name: Hezbollah}"),
    ),
    LintCode(
        "L310",
        _INFO,
        "nothing says where a place is",
        "Add `at: [latitude, longitude]` and `in: [SY]`: `near` and `in` find it only then.",
        _entities("clinic: {type: place, name: The old clinic}"),
    ),
    # --- tests
    LintCode(
        "L401",
        _WARNING,
        "the watchlist has no tests",
        "Add an article that must match and one that must not, each as short as a headline.",
        _SARIN,
    ),
    LintCode(
        "L402",
        _WARNING,
        "no test shows what the watchlist matches",
        "Add a test with `expect: match`.",
        _watchlist(
            "    keywords: [sarin]\n    tests:\n"
            "      - {name: fair, article: {title: A fair opens}, expect: no-match}"
        ),
    ),
    LintCode(
        "L403",
        _INFO,
        "no test shows what the watchlist leaves alone",
        "Add a test with `expect: no-match`: the article that came nearest to a false alarm.",
        _watchlist(
            "    keywords: [sarin]\n    tests:\n"
            "      - {name: sarin, article: {title: Sarin used}, expect: match}"
        ),
    ),
    LintCode(
        "L404",
        _INFO,
        "two tests of a watchlist have the same name",
        "Change one: `tocsin test --run` and reports know tests by their names.",
        _watchlist(
            "    keywords: [sarin]\n    tests:\n"
            "      - {name: one, article: {title: Sarin used}, expect: match}\n"
            "      - {name: one, article: {title: A fair opens}, expect: no-match}"
        ),
    ),
    LintCode(
        "L405",
        _INFO,
        "two tests of a watchlist have the same article",
        "Delete one, or change the words: what is tested twice is tested once.",
        _watchlist(
            "    keywords: [sarin]\n    tests:\n"
            "      - {name: one, article: {title: Sarin used}, expect: match}\n"
            "      - {name: two, article: {title: Sarin used}, expect: match}"
        ),
    ),
    # --- routes and receivers
    LintCode(
        "L501",
        _WARNING,
        "no alert can reach the route",
        "Move it before the route that takes everything, let that one `continue: true`, or mend its"
        " matchers.",
        _SARIN + _DESK + "routes:\n  receiver: console\n  routes:\n    - receiver: desk\n"
        "    - match: [severity=medium]\n      receiver: console\n",
    ),
    LintCode(
        "L502",
        _WARNING,
        "no route and no fallback leads to the receiver",
        "Name it in a route, or delete it.",
        _DESK,
    ),
    LintCode(
        "L503",
        _INFO,
        "nothing refers to the time interval",
        "Name it in a route or under `quiet`, or delete it.",
        "time_intervals:\n  weekend: {days: [sat, sun]}\n",
    ),
    LintCode(
        "L504",
        _WARNING,
        "the quiet hours hold back nothing",
        "What is at least as urgent as `below` goes through, and everything is at least `info`: write"
        " `below: high`.",
        "time_intervals:\n  night: {times: [{start: '22:00', end: '06:30'}]}\n"
        "routes: {receiver: desk}\n"
        + _DESK.replace("}}", "}, quiet: {during: night, below: info}}"),
    ),
    LintCode(
        "L505",
        _INFO,
        "what is critical waits for a digest",
        "Put a route with `severity=critical` before it, to a receiver that is told at once.",
        _SARIN.replace("title", "severity: critical\n    title", 1)
        + "routes: {receiver: desk}\n"
        + _DESK.replace("}}", "}, digest: {at: ['07:00']}}"),
    ),
    # --- feeds
    LintCode(
        "L601",
        _WARNING,
        "two feeds are one address, written in two ways",
        "Delete one: every article would be read twice.",
        _FEED + "  - url: http://www.example.org/rss/\n    publisher: Example Times\n",
    ),
    # --- the comments that ignore
    LintCode(
        IDLE,
        _WARNING,
        "the comment ignores nothing",
        "Delete it: what it spoke of is mended.",
        _SARIN.replace("sarin]", "sarin]  # tocsin: ignore L209 a short pattern"),
    ),
    LintCode(
        UNKNOWN,
        _WARNING,
        "the comment names no code",
        "Write `# tocsin: ignore L101 reason`, of several codes `L101,L206`.",
        _SARIN.replace("sarin]", "sarin]  # tocsin: ignore L999 not yet"),
    ),
    LintCode(
        UNREASONED,
        _INFO,
        "the comment gives no reason",
        "Say behind the code why it is right here.",
        _SARIN.replace("id: idlib", "id: idlib  # tocsin: ignore L113"),
    ),
)

BY_CODE = {code.code: code for code in CODES}
