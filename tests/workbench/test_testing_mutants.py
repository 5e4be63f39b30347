"""What no test would miss: found, placed, and noticed as soon as the test stands there that was proposed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.model import All, Any, Condition, Keyword, Near, Not, RuleSet
from alerts.watchlists import load
from alerts.watchlists.contents import Contents
from alerts.watchlists.query.parser import parse
from alerts.workbench.testing.cutting import GONE, cuts, without
from alerts.workbench.testing.mutants import Files, Mutant
from alerts.workbench.testing.mutation import Survey, survey
from alerts.workbench.testing.running import run

RULES = """\
entities:
  hts:
    type: group
    name: Hayat Tahrir al-Sham
    aliases: [Levant Liberation Board, Hayat Tahrir ash-Sham]
    previous_names: [al-Nusra Front]
    weak_aliases: [HTS]
    support: [Syria, Idlib]
    mask: [HTS code]
  idle: {type: group, name: Nobody, aliases: [No One]}
watchlists:
  - id: lists
    title: Lists
    severity: high
    places: [Idlib, Aleppo]
    groups: ["@hts"]
    keywords: [attack, kill]
    exclude: [anniversary]
    mask: [panic attack]
    tests:
      - name: base
        article: {title: Attack by Hayat Tahrir al-Sham in Idlib}
        expect: match
  - id: query
    title: Query
    query: >-
      sarin NEAR/5
        (strike OR "air raid")
      AND title:Homs
      AND NOT film AND ATLEAST/2 gas
    exclude: 'title:(history OR museum)'
    tests:
      - name: base
        article: {title: "Sarin strike in Homs: gas, gas"}
        expect: match
  - id: score
    title: Score
    score: {threshold: 5, terms: {cholera: 3, outbreak: 2, clinic: 2, festival: -4}}
    tests:
      - {name: base, article: {title: Cholera outbreak}, expect: match}
  - {id: idle, title: Idle, status: off, keywords: [x, y], tests: [{name: n, article: {title: x}, expect: match}]}
"""
#: Each part that is taken away: its place, and what it is.
PARTS = """\
5:15 alias 'Levant Liberation Board' of @hts
5:40 alias 'Hayat Tahrir ash-Sham' of @hts
6:22 previous name 'al-Nusra Front' of @hts
7:20 weak alias 'HTS' of @hts
9:12 mask 'HTS code' of @hts
14:15 severity high
15:14 place 'Idlib'
15:21 place 'Aleppo'
16:14 group '@hts'
17:16 keyword 'attack'
17:24 keyword 'kill'
18:15 exclusion 'anniversary'
19:12 mask 'panic attack'
27:7 term sarin
27:13 operator NEAR/5
28:10 term strike
28:20 term "air raid"
29:11 operator title:
29:17 term Homs
30:15 term film
30:24 operator ATLEAST/2
30:34 term gas
31:15 operator title:
31:22 exclusion history
31:33 exclusion museum
38:35 weight cholera
38:47 weight outbreak
38:60 weight clinic
38:71 weight festival
"""


def read(text: str) -> tuple[Contents, RuleSet]:
    contents = Contents.of_files({"a.yml": text.encode()})
    return contents, load.load_contents(contents, environment={})


def mutants(text: str) -> list[Mutant]:
    contents, rules = read(text)
    return [*Files.of(contents).mutants(rules, [each.id for each in rules.watchlists])]


def surveyed(text: str) -> Survey:
    contents, rules = read(text)
    tests = [test for _, test in load.tests_in(contents)]
    assert run(rules, tests).failed == ()
    return survey(rules, mutants(text), tests)


def survivors(text: str) -> list[str]:
    return [str(each.mutant) for each in surveyed(text).survivors]


def completed(text: str, found: Survey) -> str:
    """Return the rules with the tests that were proposed, behind those of their watchlists."""
    for survivor in found.survivors:
        example = survivor.example
        assert example is not None, survivor.mutant
        before, begin, after = text.partition(f"  - id: {example.watchlist}\n")
        head, tests, tail = after.partition("    tests:\n")
        proposed = "".join(f"      {line}\n" for line in example.as_yaml().splitlines())
        text = before + begin + head + tests + proposed + tail
    return text


# --- what is taken away -----------------------------------------------------------------------


def test_each_part_is_taken_away_once_and_knows_its_place() -> None:
    found = [f"{each.spot.line}:{each.spot.column} {each}" for each in mutants(RULES)]
    assert found == PARTS.splitlines()


def test_each_mutant_differs_from_the_rules_and_is_what_the_loader_would_read() -> None:
    _, rules = read(RULES)
    known = {each.id: each for each in rules.watchlists}
    for mutant in mutants(RULES):
        if not mutant.entities:
            [(id_, changed)] = mutant.watchlists.items()
            assert changed != known[id_], mutant
    _, without_aleppo = read(RULES.replace("[Idlib, Aleppo]", "[Idlib]"))
    [of_aleppo] = [each for each in mutants(RULES) if "Aleppo" in each.part]
    assert of_aleppo.watchlists["lists"] == without_aleppo.watchlists[0]
    _, without_raid = read(RULES.replace('(strike OR "air raid")', "strike"))
    [of_raid] = [each for each in mutants(RULES) if "raid" in each.part]
    assert of_raid.watchlists["query"] == without_raid.watchlists[1]


def test_entities_that_no_watchlist_uses_and_watchlists_that_are_off_have_no_mutants() -> None:
    assert not [each for each in mutants(RULES) if {"idle"} & {each.entity, *each.watchlists}]


QUERY = "x AND (a OR NOT b) AND title:(c NEAR/3 d) AND ATLEAST/2 e"
WITHOUT = {
    "x": "(a OR NOT b) AND title:(c NEAR/3 d) AND ATLEAST/2 e",
    "a": "x AND NOT b AND title:(c NEAR/3 d) AND ATLEAST/2 e",
    "b": "x AND a AND title:(c NEAR/3 d) AND ATLEAST/2 e",
    "title:": "x AND (a OR NOT b) AND (c NEAR/3 d) AND ATLEAST/2 e",
    "c": "x AND (a OR NOT b) AND title:d AND ATLEAST/2 e",
    "NEAR/3": "x AND (a OR NOT b) AND title:(c NEAR/1000 d) AND ATLEAST/2 e",
    "d": "x AND (a OR NOT b) AND title:c AND ATLEAST/2 e",
    "ATLEAST/2": "x AND (a OR NOT b) AND title:(c NEAR/3 d) AND ATLEAST/1 e",
    "e": "x AND (a OR NOT b) AND title:(c NEAR/3 d)",
}


def test_a_part_of_a_query_takes_with_it_what_says_something_of_it_alone() -> None:
    found = {cut.part: without(parse(cut.query)) for cut in cuts(QUERY)}
    assert found == {part: parse(query) for part, query in WITHOUT.items()}


CONDITIONS = st.recursive(
    st.sampled_from([Keyword("a"), Keyword("b"), GONE]),
    lambda inner: st.one_of(
        st.builds(Not, inner),
        st.builds(lambda *parts: All(parts), inner, inner),
        st.builds(lambda *parts: Any(parts), inner, inner),
        st.builds(Near, inner, inner, st.just(5)),
    ),
    max_leaves=12,
)


@given(CONDITIONS)
@settings(deadline=None)
def test_nothing_of_what_falls_away_is_left(condition: Condition) -> None:
    rest = without(condition)
    assert "GONE" not in repr(rest)
    assert GONE.text not in repr(rest)
    assert without(rest) == rest if rest is not None else True


# --- what no test would miss ------------------------------------------------------------------


def test_each_proposed_test_holds_and_its_part_is_then_noticed() -> None:
    found = surveyed(RULES)
    assert len(found.survivors) > 15
    after = surveyed(completed(RULES, found))
    assert [str(each.mutant) for each in after.survivors] == []
    assert after.score == 1
    assert after.noticed == found.noticed + len(found.survivors)


def test_an_alias_without_a_test_is_found_and_vanishes_with_the_test() -> None:
    alias = "previous name 'al-Nusra Front' of @hts"
    assert alias in survivors(RULES)
    test = "      - {name: n, article: {title: Al-Nusra Front attack in Idlib}, expect: match}\n"
    tested = RULES.replace("    tests:\n", f"    tests:\n{test}", 1)
    assert {*survivors(RULES)} - {*survivors(tested)} == {alias}
    assert {*survivors(tested)} < {*survivors(RULES)}


def test_what_others_find_too_is_needless_and_needs_no_test() -> None:
    found = surveyed(RULES)
    # Its sound is that of the name itself.
    assert "alias 'Hayat Tahrir ash-Sham' of @hts" in [str(each) for each in found.needless]


def test_a_severity_is_noticed_by_a_test_that_asks_for_it_or_for_its_receiver() -> None:
    asked = RULES.replace("expect: match", "expect: match\n        severity: high", 1)
    assert "severity high" in survivors(RULES)
    assert "severity high" not in survivors(asked)
    routed = RULES.replace("expect: match", "expect: match\n        receivers: [ops]", 1) + (
        "routes: {receiver: console, routes: [{match: [severity=high], receiver: ops}]}\n"
        "receivers: {ops: {telegram: {chat: 1}}}\n"
    )
    assert "severity high" not in survivors(routed)


def test_of_an_entity_with_several_users_the_test_of_any_is_enough() -> None:
    other = "  - id: other\n    title: O\n    groups: ['@hts']\n    tests:\n"
    test = "      - {name: n, article: {title: Al-Nusra Front says}, expect: match}\n"
    text = RULES.replace("  - id: query\n", f"{other}{test}  - id: query\n")
    assert "previous name 'al-Nusra Front' of @hts" not in survivors(text)


PLACES = [
    ("query: 'sarin OR soman'", {"sarin": 13, "soman": 22}),
    ("query: sarin OR soman", {"sarin": 12, "soman": 21}),
    ("query: 'keyword:\"it''s\" OR soman'", {'keyword:"it\'s"': 13, "soman": 32}),
    ('query: "\\"a b\\" OR soman"', {'"a b"': 14, "soman": 24}),
    ("query: |\n      sarin OR\n      soman", {"sarin": 7, "soman": 7}),
]


@pytest.mark.parametrize(("query", "columns"), PLACES)
def test_terms_are_placed_in_every_way_to_write_a_query(
    query: str, columns: dict[str, int]
) -> None:
    found = mutants(f"watchlists:\n  - id: w\n    title: W\n    {query}\n")
    assert {each.part: each.spot.column for each in found} == columns


@pytest.mark.parametrize("file", ["watchlists-africa.yml", "watchlists-europe.yml"])
def test_what_ships_can_be_taken_apart(file: str) -> None:
    folder = Path(__file__).parents[2] / "rules"
    contents = Contents.of_files({file: (folder / file).read_bytes()})
    rules = load.load_contents(contents, environment={})
    found = [*Files.of(contents).mutants(rules, [each.id for each in rules.watchlists])]
    lines = (folder / file).read_text().splitlines()
    for mutant in found:
        if mutant.kind in ("term", "exclusion"):
            here = lines[mutant.spot.line - 1][mutant.spot.column - 1 :]
            assert here.startswith(mutant.part.split()[0].strip("'")), mutant
    assert len(found) > 150
