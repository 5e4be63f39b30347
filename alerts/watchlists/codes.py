"""Every code that a complaint can have: what it means, and a rule file that earns it.

For the reference pages; the tests load each example and look for its code.  Codes are stable:
scripts and `# tocsin: ignore` hang on them, so a number is never given away a second time.

R1xx the file and its YAML · R2xx keys and values · R3xx references · R4xx terms and queries ·
R5xx routes and receivers · R6xx notes, which are no errors
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Code:
    """A kind of complaint."""

    code: str
    #: One line, without a full stop.
    meaning: str
    #: A rule file that earns it; empty where no text can (a folder that is missing).
    example: str = ""

    @property
    def is_note(self) -> bool:
        """Whether it is no error: the files load, and their author should know."""
        return self.code.startswith("R6")

    @property
    def anchor(self) -> str:
        """Its heading's place on docs/complaints.md."""
        return self.code.lower()


def _watchlist(rest: str) -> str:
    return f"watchlists:\n  - id: idlib\n    title: Idlib\n{rest}\n"


def _query(query: str) -> str:
    return _watchlist(f"    query: '{query}'")


def _routes(rest: str) -> str:
    return f"routes:\n  receiver: console\n{rest}\n"


_FEED = "feeds:\n  - url: https://example.org/rss\n    publisher: Example Times\n"

CODES = (
    # --- the file and its YAML
    Code("R101", "the folder is missing, or holds no rule files"),
    Code("R102", "the file cannot be read: it vanished, or nobody may read it"),
    Code("R103", "the file is too large", "#" * 1_000_001),
    Code("R104", "the file is not UTF-8 text", "owner: \udcff"),
    Code("R105", "a control or invisible character stands in the file", "version: 1\a"),
    Code("R106", "the file is not YAML", "watchlists: [a"),
    Code("R107", "a tab indents", "watchlists:\n\t- id: idlib"),
    Code("R108", "anchors and aliases are not supported", "version: &one 1"),
    Code("R109", "tags are not supported", "version: !!int 1"),
    Code("R110", "the file holds several documents", "version: 1\n---\nversion: 1"),
    Code("R111", "the file is nested too deep", "feeds: " + "[" * 25 + "]" * 25),
    Code("R112", "a key stands twice in one mapping", "version: 1\nversion: 1"),
    Code("R113", "a key is not text", "entities: {313: {type: group, name: Brigade 313}}"),
    Code("R114", "a YAML directive is not supported", "%YAML 1.1\n---\nversion: 1"),
    # --- keys and values
    Code("R201", "the key is unknown", _watchlist("    keyword: [sarin]")),
    Code("R202", "a key is missing", "watchlists:\n  - id: idlib\n    keywords: [sarin]"),
    Code("R203", "the value is of another sort than wanted", _watchlist("    keywords: [1984]")),
    Code(
        "R204",
        "the value is none of those allowed",
        _watchlist("    keywords: [sarin]\n    severity: hihg"),
    ),
    Code("R205", "nothing stands where something must", _watchlist("    keywords: []")),
    Code("R206", "the value is out of range", _FEED + "    interval: 9d"),
    Code(
        "R207",
        "the key is part of the format, but not supported yet",
        _routes("  group_interval: 5m"),
    ),
    Code("R208", "the text cannot be an id", "entities: {al nusra: {type: group, name: Nusra}}"),
    Code("R209", "the text is not a duration", _FEED + "    interval: often"),
    Code("R210", "the text is not the URL of a feed", "feeds: [{url: ftp://x, publisher: X}]"),
    Code("R211", "the text is not a country, or not a language", _FEED + "    country: UK"),
    Code("R212", "a watchlist asks for nothing, or a test says nothing", _watchlist("")),
    Code(
        "R213",
        "the text is not a distance",
        _watchlist("    places: [{near: Idlib, within: 30 miles}]"),
    ),
    Code(
        "R214",
        "the text is not a time of day, or not a date with time and zone",
        'time_intervals: {night: {times: [{start: "22:00", end: 6.30}]}}',
    ),
    Code(
        "R215",
        "the text is not an IANA time zone",
        "time_intervals: {weekend: {days: [sat, sun], location: Europe/Berln}}",
    ),
    # --- references
    Code("R301", "there is no entity of this id", _query("@nusra-front AND attack*")),
    Code(
        "R302",
        "the entity is of another kind",
        "entities: {idlib: {type: place, name: Idlib}}\n" + _watchlist('    groups: ["@idlib"]'),
    ),
    Code(
        "R303",
        "several entities bear the name, where only one can be meant",
        "entities:\n"
        "  north: {type: place, name: North Camp, weak_aliases: [Camp], at: [1, 1]}\n"
        "  south: {type: place, name: South Camp, weak_aliases: [Camp], at: [2, 2]}\n"
        + _watchlist("    places: [{near: Camp, within: 5km}]"),
    ),
    Code("R304", "an id or a URL is declared twice", _FEED + _FEED.partition("\n")[2]),
    Code("R305", "the routes stand in two files"),
    Code("R306", "there is no such receiver", "routes: {receiver: desk}"),
    Code(
        "R307",
        "a matcher asks for a value that no alert can have",
        _routes("  routes: [{match: ['severity=hihg']}]"),
    ),
    Code(
        "R308",
        "there is no such time interval",
        _routes("  routes: [{mute_time_intervals: [night]}]"),
    ),
    Code(
        "R309",
        "receivers fall back on one another in a circle",
        "receivers:\n"
        "  ops: {telegram: {chat: -1001234567890}, fallback: desk}\n"
        "  desk: {email: {to: desk@example.org}, fallback: ops}",
    ),
    Code(
        "R310",
        "a test expects no match, and says what the match is like",
        _watchlist(
            "    keywords: [sarin]\n"
            "    tests:\n"
            "      - name: trade fair\n"
            "        article: {title: Chemical industry fair opens}\n"
            "        expect: no-match\n"
            "        severity: high"
        ),
    ),
    Code(
        "R311",
        "nothing says where the entity is that stands behind `near`",
        "entities: {old-bridge: {type: place, name: The old bridge}}\n"
        + _watchlist('    places: [{near: "@old-bridge", within: 5km}]'),
    ),
    Code(
        "R312",
        "no place is known by the name that stands behind `near`",
        _watchlist("    places: [{near: Saraqeeeb, within: 20km}]"),
    ),
    Code(
        "R313",
        "the country has no area of this name",
        _watchlist("    places: [{in: SY, admin: Idlb}]"),
    ),
    Code(
        "R314",
        "`demonyms` has no effect: none of the places has one that we know",
        _watchlist("    places: [Saraqib]\n    demonyms: true"),
    ),
    # --- terms and queries
    Code("R401", "the query cannot be read here", _query("sarin AND")),
    Code("R402", "two terms stand side by side without an operator", _query("nerve agent")),
    Code("R403", "a parenthesis is missing, or there is one too many", _query("(sarin OR gas")),
    Code("R404", "a phrase is not closed", _query('"nerve agent')),
    Code("R405", "the field is unknown, or inside another one", _query("titel:sarin")),
    Code("R406", "NEAR needs its number", _query("gas NEAR attack")),
    Code("R407", "NEAR joins terms only", _query("gas NEAR/5 (attack AND raid)")),
    Code("R408", "ATLEAST needs its number, and counts terms only", _query("ATLEAST sarin")),
    Code("R409", "a star does not end a word of at least three letters", _query("ga*")),
    Code("R410", "the regex cannot be read", _query("/S-(300/")),
    Code("R411", "the regex needs what RE2 leaves out", _query("/(?=S)300/")),
    Code("R412", "the regex is too large", _query(r"/\pL{900}/")),
    Code("R413", "the regex meets every text", _query("/x*/")),
    Code("R414", "nothing in the query must be present", _query("NOT sarin")),
    Code("R415", "the query is too long, or nested too deep", _query("(" * 40 + "a" + ")" * 40)),
    Code("R416", "no article could hold the term", _watchlist("    keywords: ['---']")),
    Code("R417", "a list holds what belongs into a query", _watchlist("    keywords: [a OR b]")),
    Code("R418", "the query is empty", _query("")),
    Code("R419", "a pattern stands where a name must", _watchlist("    places: [Khan*]")),
    Code(
        "R421",
        "no article can reach the threshold of the score",
        _watchlist("    score: {threshold: 9, terms: {sarin: 5, chlorine: 3}}"),
    ),
    # --- routes and receivers
    Code("R501", "the matcher cannot be read", _routes("  routes: [{match: [severity]}]")),
    Code("R502", "the label of the matcher is unknown", _routes("  routes: [{match: [team=x]}]")),
    Code("R503", "the pattern is not a regex", _routes("  routes: [{match: ['owner=~\"(\"']}]")),
    Code("R504", "the root route lacks a receiver or has matchers", "routes: {group_wait: 30s}"),
    Code(
        "R505",
        "an environment variable is not set",
        "receivers: {ops: {telegram: {chat: '${OPS_CHAT}'}}}",
    ),
    Code("R506", "a variable stands outside of receivers", _FEED + "    tags: ['${TAG}']"),
    Code("R507", "the text is not a mail address", "receivers: {ops: {email: {to: desk}}}"),
    Code("R508", "the value is not a Telegram chat", "receivers: {ops: {telegram: {chat: desk}}}"),
    Code("R509", "the receiver reaches nobody", "receivers: {ops: {}}"),
    Code(
        "R510",
        "a time interval ends when it starts",
        "time_intervals: {night: {times: [{start: '22:00', end: '22:00'}]}}",
    ),
    Code(
        "R511",
        "the text is not the address of a webhook",
        "receivers: {ops: {webhook: {url: hooks.example.org}}}",
    ),
    Code(
        "R512",
        "the secret of a webhook stands in the file, or is not `whsec_` and base64",
        "receivers: {ops: {webhook: {url: 'https://example.org/', secret: whsec_MfKQ9r8G}}}",
    ),
    Code(
        "R513",
        "the text is not a URL of Apprise, or Apprise is not installed",
        "receivers: {ops: {apprise: my phone}}",
    ),
    # --- notes: nothing is wrong, and the files are taken
    Code(
        "R601",
        "a place was understood as the most populous one of its name",
        _watchlist("    places: [Tripoli]"),
    ),
    # R602 said of keys that delivery did not obey yet.
    Code(
        "R603",
        "a watchlist names a publisher that no feed has",
        _FEED + _watchlist("    keywords: [sarin]\n    publishers: {except: [Exampel Times]}"),
    ),
    Code(
        "R604",
        "no place is known by the name, and one that is written nearly so is",
        _watchlist("    places: [Saraqeeb]"),
    ),
    Code(
        "R605",
        "no route leads to the receiver",
        "receivers: {desk: {telegram: {chat: -1001234567890}}}",
    ),
    Code(
        "R606",
        "a name is taken as a spelling of an entity's",
        "entities: {hezbollah: {type: group, name: Hezbollah}}\n"
        + _watchlist("    groups: [Hizbollah]"),
    ),
    Code(
        "R607",
        "several entities bear the name, and all of them are meant",
        "entities:\n"
        "  rsf-sudan: {type: group, name: Rapid Support Forces, weak_aliases: [RSF]}\n"
        "  rsf-paris: {type: group, name: Reporters Without Borders, weak_aliases: [RSF]}\n"
        + _watchlist("    groups: [RSF]"),
    ),
)
