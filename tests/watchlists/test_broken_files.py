"""Every way to break a rule file is told at its place, with its code and, if known, a way out."""

from __future__ import annotations

import pytest

from tests.watchlists.marked import HTS, WITH_KEYWORD, W, assert_refused

FEED = "feeds:\n  - url: https://example.org/rss\n    publisher: Example Times\n"

YAML = [
    ("R103", "#" * 1_000_001, "split"),
    ("R104", "version: 1\n# ‸\udc00\n", "UTF-8"),
    ("R105", "version: 1\nowner: a‸\0b\n", "invisible"),
    ("R105", "a: ‸\x1b[2J", "invisible"),
    ("R105", "a: x‸\x85y", "invisible"),
    ("R105", "a: x‸\u2028y", "invisible"),
    ("R105", "version: 1\n‸\ufeffa: 1", "invisible"),
    ("R105", W + '    owner: ‸"\\a"\n    keywords: [a1]', "control"),
    ("R106", "watchlists: ‸[a, b\nversion: 1", "bracket"),
    ("R106", "version: ‸{a: 1", "bracket"),
    ("R106", W + '    owner: ‸"desk', "closed"),
    ("R106", W + "    query: ‸@hts AND x", "quotes"),
    ("R106", W + "    owner: ‸`x`", "quotes"),
    ("R106", W + "    query: title‸: x", ""),
    ("R106", W + "    query: a‸: b", ""),
    ("R106", W + '    query: "car bomb" ‸OR gas', "quotes of the other kind"),
    ("R106", W + '    query: "‸\\d"', "backslash"),
    ("R106", "watchlists:\n  - id: w\n ‸title: x", "indentation"),
    ("R106", "version: 1\n‸watchlists", "colon"),
    ("R106", "‸%YAML 3.0\n---\nversion: 1", ""),
    ("R107", "watchlists:\n‸\t- id: w", "blanks"),
    ("R107", "watchlists:\n  - id: w\n  ‸\ttitle: x", "blanks"),
    ("R108", "version: ‸&v 1", "write the value out"),
    ("R108", W + "    keywords: [‸*sarin]", "begins with *"),
    ("R109", "version: ‸!!int 1", "begins with !"),
    ("R109", "version: ‸!!python/object/apply:os.system 1", "begins with !"),
    ("R109", W + "    keywords: [‸! sarin]", "begins with !"),
    ("R110", "version: 1\n‸---\nversion: 1", "second file"),
    ("R110", "version: 1\n‸---\n", "second file"),
    ("R111", "feeds: [[[[[[[[[[[[[[[[[[[‸[]]]]]]]]]]]]]]]]]]]]", ""),
    ("R112", "version: 1\n‸version: 1", "first on line 1"),
    ("R112", W + "    keywords: [sarin]\n    ‸title: Again", "first on line 3"),
    ("R112", W + "    keywords: [sarin]\n    ‸'title': Again", "first on line 3"),
    ("R113", "entities: {‸12: {type: group, name: Group 12}}", "quotes"),
    ("R113", "receivers: {‸null: {console: {}}}", "quotes"),
    ("R114", "‸%YAML 1.1\n---\nversion: 1", "%"),
    ("R114", "‸%TAG ! tag:example.org,2000:\n---\nversion: 1", "%"),
]

SCHEMA = [
    ("R203", "‸- watchlists", ""),
    ("R203", "‸just text", ""),
    ("R201", "‸watchlist: []", "'watchlists'"),
    ("R201", "‸xyzzy: []", "known here: entities, feeds"),
    ("R201", WITH_KEYWORD + "    ‸severty: high", "'severity'"),
    ("R201", WITH_KEYWORD + "    ‸<<: {a: 1}", "known here"),
    ("R201", WITH_KEYWORD + "    ‸in_: [title]", "'in'"),
    ("R201", FEED + "    ‸intervall: 15m", "'interval'"),
    ("R201", HTS + "  nsr: {type: group, name: N, ‸alias: [a]}", "'aliases'"),
    ("R201", "routes: {receiver: console, ‸group_wiat: 1m}", "'group_wait'"),
    ("R201", "routes: {receiver: console, routes: [{‸recevier: x}]}", "'receiver'"),
    ("R201", "receivers: {ops: {telegram: {chat: 12, ‸tread: 1}}}", "'thread'"),
    ("R201", "receivers: {ops: {telegram: [{chat: 12, ‸tread: 1}]}}", "'thread'"),
    ("R201", "receivers: {ops: {‸telgram: {chat: 12}, console: {}}}", "'telegram'"),
    (
        "R201",
        WITH_KEYWORD + "    tests: [{name: n, expect: match, article: {title: a, ‸sumary: b}}]",
        "'summary'",
    ),
    ("R202", "watchlists:\n  - ‸title: W\n    keywords: [sarin]", ""),
    ("R202", "watchlists:\n  - ‸id: w\n    keywords: [sarin]", ""),
    ("R202", "feeds:\n  - ‸url: https://example.org/rss", ""),
    ("R202", "entities: {hts: ‸{type: group}}", ""),
    ("R202", WITH_KEYWORD + "    tests: [‸{name: n, article: {title: a}}]", ""),
    ("R202", W + "    places: [‸{place: Tripoli}]", ""),
    ("R203", "watchlists: ‸{id: w}", ""),
    ("R203", "watchlists: [‸sarin]", ""),
    ("R203", "entities: ‸[hts]", ""),
    ("R203", W + "    keywords: ‸sarin", "[first, second]"),
    ("R203", W + "    keywords: [sarin, ‸1984]", "quotes"),
    ("R203", W + "    keywords: [sarin, ‸true]", "quotes"),
    ("R203", W + "    keywords: [sarin, ‸{a: b}]", ""),
    ("R203", W + "    places: [Idlib, ‸12]", "quotes"),
    ("R203", W + "    places: [Idlib, ‸[Homs]]", ""),
    ("R203", W + "    query: ‸12", "quotes"),
    ("R203", WITH_KEYWORD + "    exclude: ‸{a: b}", ""),
    ("R203", WITH_KEYWORD + "    owner: ‸12", "quotes"),
    ("R203", WITH_KEYWORD + '    owner: ‸"two\\nlines"', ""),
    ("R203", FEED + "    full_text: ‸yes", ""),
    ("R203", HTS + "  x: {type: place, name: X, at: ‸here}", ""),
    ("R203", HTS + "  x: {type: place, name: X, at: [‸a, 1]}", ""),
    ("R203", "receivers: {ops: {telegram: ‸12}}", ""),
    ("R203", "receivers: {ops: {email: ‸desk@example.org}}", ""),
    ("R203", "routes: {receiver: console, routes: [{continue: ‸1}]}", ""),
    ("R204", "version: ‸2", ""),
    ("R204", "version: ‸true", ""),
    ("R204", 'version: ‸"1"', ""),
    ("R204", WITH_KEYWORD + "    severity: ‸hihg", "'high'"),
    ("R204", WITH_KEYWORD + "    severity: ‸3", ""),
    ("R204", WITH_KEYWORD + "    severity: ‸[high]", ""),
    ("R204", WITH_KEYWORD + "    status: ‸on", ""),
    ("R204", WITH_KEYWORD + "    in: [title, ‸sumary]", "'summary'"),
    ("R204", HTS + "  x: {type: ‸groop, name: X}", "'group'"),
    ("R204", FEED + "    reliability: ‸G", ""),
    ("R204", FEED + "    rate_limit_scope: ‸hosts", "'host'"),
    ("R204", FEED + "    priority: ‸hihg", "'high'"),
    (
        "R204",
        WITH_KEYWORD + "    tests: [{name: n, article: {title: a}, expect: ‸nomatch}]",
        "'no-m",
    ),
    ("R205", W + "    keywords: ‸[]", "delete the key"),
    ("R205", "feeds: ‸[]", "delete the key"),
    ("R205", "‸feeds:\n", "delete the key"),
    ("R205", "entities: ‸{}", "delete the key"),
    ("R205", W + "    ‸query:\n    keywords: [sarin]", "delete the key"),
    ("R205", W + "    ‸exclude:\n    keywords: [sarin]", "delete the key"),
    ("R205", W + "    keywords: [sarin, ‸~]", "delete the key"),
    ("R205", W + "    keywords: [sarin, ‸'']", ""),
    ("R205", W.replace("W", "‸''") + "    keywords: [sarin]", ""),
    ("R205", "receivers: {ops: {‸console: }}", "delete the key"),
    ("R206", FEED + "    interval: ‸0s", ""),
    ("R206", FEED + "    interval: ‸2d", ""),
    ("R206", FEED + "    backfill: ‸0", ""),
    ("R206", FEED + "    backfill: ‸90d", ""),
    ("R206", "routes: {receiver: console, group_wait: ‸2h}", ""),
    ("R206", HTS + "  x: {type: place, name: X, at: [‸95, 1]}", ""),
    ("R206", HTS + "  x: {type: place, name: X, at: [1, ‸-181]}", ""),
    ("R206", HTS + "  x: {type: place, name: X, at: ‸[1]}", ""),
    ("R208", "watchlists: [{id: ‸a b, title: W, keywords: [sarin]}]", "ASCII"),
    ("R208", "entities: {‸идлиб: {type: place, name: Идлиб}}", "ASCII"),
    ("R208", "receivers: {‸-ops: {console: {}}}", "ASCII"),
    ("R209", FEED + "    interval: ‸15 minutes", "15m"),
    ("R209", FEED + "    interval: ‸15", "15m"),
    ("R209", FEED + "    backfill: ‸yes", "15m"),
    ("R210", "feeds: [{url: ‸example.org/rss, publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'https://[bad/rss', publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'file:///etc/passwd', publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'https://a b/', publisher: X}]", "http"),
    ("R210", "feeds: [{url: ‸'https://a:99999/', publisher: X}]", "http"),
    ("R211", FEED + "    country: ‸UK", "'GB'"),
    ("R211", FEED + "    country: ‸sy", "'SY'"),
    ("R211", FEED + "    country: ‸ZZ", "such as"),
    ("R211", FEED + "    language: ‸english", "'en'"),
    ("R211", W + "    places: [{place: Tripoli, country: ‸Libya}]", "'LY'"),
    ("R211", W + "    places: [{in: ‸Atlantis}]", "such as"),
    ("R212", "watchlists:\n  - ‸id: w\n    title: W", "a query or a score"),
    ("R212", WITH_KEYWORD + "    tests: [{name: n, article: ‸{tags: [a]}, expect: match}]", ""),
]

UNSUPPORTED = [
    ("R207", text, "delete it")
    for text in (
        "routes: {receiver: console, ‸group_interval: 5m}",
        "routes: {receiver: console, routes: [{‸group_interval: 5m}]}",
    )
]

REFERENCES = [
    ("R301", HTS + W + "    groups: ['‸@hst']", "'hts'"),
    ("R301", W + "    keywords: [sarin]\n    mask: ['‸@zzyzx']", "no @"),
    ("R301", W + "    query: 'sarin AND ‸@zzyzx'", "no @"),
    ("R301", W + "    query: sarin AND ‸@zzyzx", "no @"),
    ("R301", WITH_KEYWORD + "    exclude: title:‸@zzyzx", "no @"),
    ("R301", HTS + "  x: {type: group, name: X, support: ['‸@y']}", "no @"),
    ("R302", HTS + W + "    places: ['‸@hts']", ""),
    ("R302", HTS + W + "    people: ['‸@hts']", ""),
    ("R303", "entities:\n  a: {type: place, name: A, weak_aliases: [Camp], at: [1, 1]}\n"
     "  b: {type: place, name: B, weak_aliases: [Camp], at: [2, 2]}\n" + W
     + "    places: [{near: ‸Camp, within: 5km}]", "@a or @b"),
    ("R304", WITH_KEYWORD + "  - id: ‸w\n    title: V\n    keywords: [gas]", "<text>:2"),
    ("R304", "watchlists: [{id: w, title: W, keywords: [a1]}, {id: ‸w, title: W, keywords: [a1]}]",
     "<text>:1"),
    ("R304", FEED + "  - {url: ‸https://example.org/rss, publisher: X}", "<text>:2"),
    ("R306", "routes: {receiver: ‸consol}", "'console'"),
    ("R306", "receivers: {ops: {console: {}}}\nroutes: {receiver: ops, routes: [{receiver: ‸osp}]}",
     "'ops'"),
    ("R307", "routes: {receiver: console, routes: [{match: [‸severity=hihg]}]}", "'high'"),
    ("R307", WITH_KEYWORD + "routes: {receiver: console, routes: [{match: ['‸watchlist!=v']}]}", ""),
]  # fmt: skip


@pytest.mark.parametrize(("code", "text", "hint"), YAML)
def test_files_that_are_no_plain_yaml_are_refused(code: str, text: str, hint: str) -> None:
    assert_refused(text, code, hint)


@pytest.mark.parametrize(("code", "text", "hint"), SCHEMA)
def test_keys_and_values_that_mean_nothing_are_refused(code: str, text: str, hint: str) -> None:
    assert_refused(text, code, hint)


@pytest.mark.parametrize(("code", "text", "hint"), UNSUPPORTED)
def test_what_is_not_supported_yet_is_refused_and_not_ignored(
    code: str, text: str, hint: str
) -> None:
    assert_refused(text, code, hint)


@pytest.mark.parametrize(("code", "text", "hint"), REFERENCES)
def test_references_that_lead_nowhere_are_refused(code: str, text: str, hint: str) -> None:
    assert_refused(text, code, hint)
