"""docs/query-language.md says what the matcher does: each of its examples is run."""

from __future__ import annotations

import re
from functools import cache

import pytest

from alerts.cli.match import _article
from alerts.errors import RulesError
from alerts.matching import Matcher, matcher_of
from alerts.model import Match
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.load import load_text
from alerts.watchlists.nodes import Node, plain
from alerts.watchlists.query import lexer, parser, regexes, terms
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.printing import to_text
from alerts.watchlists.source import read as read_yaml
from tests.docs.pages import Block, Row, blocks, code, read, rows

PAGE = read("query-language.md")
YAML = [block for block in blocks(PAGE) if block.language == "yaml"]
#: Entities and feeds, which the other examples use.
SHARED, *EXAMPLES = YAML
ARTICLES = rows(PAGE, "article", "rings?", "because")
WRITTEN = rows(PAGE, "written", "read as")
REFUSED = rows(PAGE, "refused", "complaint", "write")
LIMITS = rows(PAGE, "of", "at most")
PLACES = rows(PAGE, "entry", "is met by")

#: Code in a third column that is neither of the article nor of the example.
ALSO_SAID = {"pass", "unknown", "'\"air strike\"'", "query: =Hit"}

#: A watchlist, given its keys behind id and title.
HEAD = "watchlists:\n  - id: example\n    title: Example\n"


@cache
def matcher(example: str) -> Matcher:
    keys = "".join(f"    {line}\n" for line in example.splitlines())
    return matcher_of(load_text(SHARED.text + HEAD + keys))


def example_above(row: Row) -> Block:
    return max((each for each in EXAMPLES if each.line < row.line), key=lambda each: each.line)


def matches(row: Row) -> list[Match]:
    """Return what comes of the article of *row*, given as `tocsin match` would read it."""
    text = row.cells[0]
    given = yaml(text) if text.startswith("{") else {"title": text}
    assert isinstance(given, dict)
    return matcher(example_above(row).text).match(_article({"id": "1", **given}))


def yaml(text: str) -> object:
    file, root = read_yaml(text.encode(), "example.yml")
    assert file.complaints == []
    assert root is not None
    return plain(root)


def place(row: Row) -> str:
    return f"line {row.line}"


# --- what rings -------------------------------------------------------------------------------


@pytest.mark.parametrize("row", ARTICLES, ids=place)
def test_what_the_page_says_of_an_article_holds(row: Row) -> None:
    _, rings, because = row.cells
    assert rings in ("rings", "does not ring")
    found = matches(row)
    assert bool(found) is (rings == "rings")
    # In the third column stand words of the article, or of the example.
    known = {item.surface for match in found for item in match.evidence}
    for text in code(because) if found else ():
        assert text in known or text in example_above(row).text or text in ALSO_SAID


def test_every_example_rings_or_is_told_apart() -> None:
    shown = {example_above(row).line for row in ARTICLES}
    assert shown == {example.line for example in EXAMPLES}


@pytest.mark.parametrize("row", PLACES, ids=place)
def test_every_form_of_a_place_loads(row: Row) -> None:
    (entry,) = code(row.cells[0])
    assert matcher(f"places: [{entry}]").match(_article({"id": "1", "title": "Nowhere"})) == []


def test_a_list_a_label_and_an_id_name_the_same_entity() -> None:
    written = ("groups: [HTS]", 'query: group:"HTS"', "query: '@hts'")
    assert all(f"`{text.removeprefix('query: ').strip(chr(39))}`" in PAGE for text in written)
    wishes = (
        load_text(f"{SHARED.text}{HEAD}    {text}\n").watchlists[0].condition for text in written
    )
    assert len(set(wishes)) == 1


# --- how it is written ------------------------------------------------------------------------


def queries_of(text: str) -> list[str]:
    """Return every query of a watchlist: in `query`, in `exclude`, in the terms of `score`."""
    _, root = read_yaml(text.encode(), "example.yml")
    assert root is not None
    found = [root.entries[key] for key in ("query", "exclude") if key in root.entries]
    score = root.entries.get("score", Node({}, 1, 1))
    weighted = score.entries["terms"].entries if score.entries else {}
    return [str(each.value) for each in found] + list(weighted)


@pytest.mark.parametrize("query", [text for block in EXAMPLES for text in queries_of(block.text)])
def test_examples_stand_in_their_canonical_form(query: str) -> None:
    assert to_text(parse(query)) == query


@pytest.mark.parametrize("row", WRITTEN, ids=place)
def test_what_is_written_is_read_as_the_page_says(row: Row) -> None:
    (written,), (canonical,) = map(code, row.cells)
    assert to_text(parse(written)) == to_text(parse(canonical)) == canonical


@pytest.mark.parametrize("row", REFUSED, ids=place)
def test_what_is_refused_earns_its_complaint_and_has_a_way_out(row: Row) -> None:
    (query,) = code(row.cells[0])
    with pytest.raises(FlawError) as refused:
        parse(query)
    assert row.cells[1] == f"[{refused.value.code}](complaints.md#{refused.value.code.lower()})"
    for text in code(row.cells[2]):
        parse(text)


def test_the_limits_are_those_of_the_parser() -> None:
    numbers = [int(found[0].replace(",", "")) for found in map(_numbers, LIMITS) if found]
    assert numbers[:7] == [
        parser.MAX_QUERY,
        parser.MAX_NESTING,
        terms.MAX_TERM,
        regexes.MAX_PATTERN,
        terms.MIN_PREFIX,
        lexer.MOST_NEAR,
        lexer.MOST_TIMES,
    ]
    assert regexes.MAX_MEMORY == 1 << 20
    *_, kilometres, weight = numbers
    assert len(numbers) == len(LIMITS)
    for farthest, heaviest in ((kilometres, weight), (kilometres, -weight)):
        matcher(_widest(farthest, heaviest))
    for farthest, heaviest in ((kilometres + 1, weight), (kilometres, weight + 1)):
        with pytest.raises(RulesError):
            matcher(_widest(farthest, heaviest))


def _widest(kilometres: int, weight: int) -> str:
    score = f"{{threshold: 1, terms: {{sarin: 5, gas: {weight}}}}}"
    return f"places: [{{near: Idlib, within: {kilometres}km}}]\nscore: {score}\n"


def _numbers(row: Row) -> list[str]:
    return re.findall(r"[\d,]+", row.cells[1])
