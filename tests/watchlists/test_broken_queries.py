"""A query that cannot be read is refused at the place, with a code and a way out."""

from __future__ import annotations

import pytest

from alerts.watchlists.complaints import FlawError
from alerts.watchlists.query.parser import parse
from alerts.watchlists.query.terms import keyword_entry
from tests.watchlists.marked import MARK, W, assert_refused, complaints_about

QUERIES = [
    ("R401", "sarin AND‸", ""),
    ("R401", "‸AND sarin", "between two terms"),
    ("R401", "sarin AND ‸OR gas", "between two terms"),
    ("R401", "‸NEAR/5 gas", "between two terms"),
    ("R401", "(‸)", ""),
    ("R401", "gas OR ‸-sarin", "NOT word"),
    ("R401", "gas ‸|| sarin", "OR"),
    ("R401", "gas ‸&& sarin", "AND"),
    ("R401", "gas‸, sarin", "AND or OR"),
    ("R401", "place:‸", 'place:"two words"'),
    ("R401", "place:‸@hts", 'place:"two words"'),
    ("R401", "place:‸(a OR b)", 'place:"two words"'),
    ("R402", "nerve ‸agent", "quotes of their own"),
    ("R402", "gas ‸NEAR5 attack", "NEAR/5"),
    ("R402", "gas ‸near/12 attack", "NEAR/12"),
    ("R402", "gas ‸onear/3 attack", "ONEAR/3"),
    ("R402", "sarin ‸and gas", "AND"),
    ("R402", "sarin ‸or gas", "OR"),
    ("R402", "sarin ‸NOT gas", "AND NOT"),
    ("R402", "sarin ‸(gas OR chlorine)", "AND or OR"),
    ("R402", "(a OR b) ‸title:c", "AND or OR"),
    ("R402", 'title:a ‸"b c"', "AND or OR"),
    ("R403", "‸(sarin OR gas", "add a )"),
    ("R403", "sarin OR gas‸)", ""),
    ("R404", 'sarin OR ‸"nerve agent', "add a"),
    ("R404", "sarin OR =‸“nerve agent", "add a"),
    ("R405", "‸titel:sarin", "'title'"),
    ("R405", "‸topic:chemical", "@ and its id"),
    ("R405", "sarin OR ‸https://example.org", "as words"),
    ("R405", "title:(a OR ‸summary:b)", "title:a AND summary:b"),
    ("R406", "gas ‸NEAR attack", "NEAR/10"),
    ("R406", "gas ‸NEAR/ attack", "NEAR/10"),
    ("R406", "gas ‸NEAR/x attack", "NEAR/10"),
    ("R406", "gas ‸ONEAR/9999 attack", "ONEAR/10"),
    ("R407", "gas NEAR/5 ‸(a AND b)", "(a OR b)"),
    ("R407", "‸NOT gas NEAR/5 attack", "NOT (a"),
    ("R407", "‸title:gas NEAR/5 attack", "title:(a"),
    ("R407", "gas NEAR/5 ‸ATLEAST/2 attack", ""),
    ("R408", "‸ATLEAST gas", "ATLEAST/3"),
    ("R408", "‸ATLEAST/0 gas", "ATLEAST/3"),
    ("R408", "ATLEAST/2 ‸(a AND b)", "(a OR b)"),
    ("R409", "sarin OR ‸ga*", "3 letters"),
    ("R409", "sarin OR ‸*chem", "ends the last word"),
    ("R409", "sarin OR ‸ch*em", "ends the last word"),
    ("R409", 'sarin OR ‸"chem* agent"', "ends the last word"),
    ("R410", "sarin OR /‸(S/", ""),
    ("R410", "sarin OR /S-‸[/", ""),
    ("R410", "sarin OR ‸/S-300", "ends with /"),
    ("R411", "/a‸(?=b)/", "linear time"),
    ("R411", "/a‸(?<!b)/", "linear time"),
    ("R411", r"/(a)‸\1/", "linear time"),
    ("R411", "/‸(?>a)/", "linear time"),
    ("R411", "/a‸++/", "linear time"),
    ("R412", f"/‸{'a' * 1_001}/", "split"),
    ("R412", r"/‸\pL{900}/", "split"),
    ("R413", "gas OR /‸x*/", "at least one"),
    ("R413", r"gas OR /‸\b/", "at least one"),
    ("R414", "‸NOT sarin", "exclude"),
    ("R414", "‸gas OR NOT sarin", "exclude"),
    ("R414", "‸title:(NOT sarin)", "exclude"),
    ("R415", "(((((((((((((((((((((((((‸sarin)))))))))))))))))))))))))", ""),
    ("R415", "NOT " * 25 + "‸sarin", ""),
    ("R415", "a " + "NEAR/1 a " * 25 + "NEAR/1 ‸a", ""),
    ("R415", "‸" + "a OR " * 5_000 + "a", ""),
    ("R416", 'sarin OR ‸"---"', ""),
    ("R416", "sarin OR ‸=-", ""),
    ("R416", f"sarin OR ‸{'a' * 201}", ""),
    ("R418", "‸", ""),
    ("R418", "‸   ", ""),
    ("R208", "sarin OR ‸@", "ASCII"),
    ("R208", "sarin OR ‸@a/b", "ASCII"),
]  # fmt: skip

KEYWORDS = [
    ("R409", "ga*", "3 letters"),
    ("R409", "nerve *", "such as"),
    ("R409", "*chem", "last word"),
    ("R410", "/a(/", ""),
    ("R410", "/a/i", "nothing behind"),
    ("R410", "/", "nothing behind"),
    ("R404", '"car bomb', "quote"),
    ("R404", '"car" bomb"', "quote"),
    ("R416", "---", ""),
    ("R416", "=", ""),
    ("R416", '""', ""),
    ("R417", "sarin AND gas", "query"),
    ("R417", "NOT sarin", "query"),
    ("R417", "gas NEAR/5 attack", "query"),
    ("R417", "title:gas", "query"),
]

#: The same flaw in every way to write a text: the place is that in the file.
SPELLED = [
    "sarin AND ‸@zzyzx",
    "'sarin AND ‸@zzyzx'",
    "'it''s AND ''it'' AND ‸@zzyzx'",
    '"sarin AND ‸@zzyzx"',
    r'"\"car bomb\" AND \x41 AND \u0041 AND \U00000041 AND ‸@zzyzx"',
    "سارين AND ‸@zzyzx",
    "‸|\n      sarin AND\n      @zzyzx",
    "‸>-\n      sarin\n      AND @zzyzx",
    "‸sarin AND\n      @zzyzx",
    "‸'sarin AND\n      @zzyzx'",
]


@pytest.mark.parametrize(("code", "query", "hint"), QUERIES)
def test_queries_are_refused_at_the_place_of_the_flaw(code: str, query: str, hint: str) -> None:
    with pytest.raises(FlawError) as caught:
        parse(query.replace(MARK, ""))
    flaw = caught.value
    assert (flaw.code, flaw.offset) == (code, query.index(MARK)), flaw.message
    assert hint in flaw.hint


@pytest.mark.parametrize(("code", "entry", "hint"), KEYWORDS)
def test_keywords_that_could_match_nothing_are_refused(code: str, entry: str, hint: str) -> None:
    with pytest.raises(FlawError) as caught:
        keyword_entry(entry)
    assert caught.value.code == code
    assert hint in caught.value.hint


@pytest.mark.parametrize("spelled", SPELLED)
def test_a_flaw_in_a_query_is_placed_in_the_file(spelled: str) -> None:
    assert_refused(f"{W}    query: {spelled}\n", "R301", "no @")


def test_every_unknown_entity_of_a_query_is_told() -> None:
    found = complaints_about(f"{W}    query: '@one OR @two OR place:x'\n")
    assert [(each.code, each.column) for each in found] == [("R301", 13), ("R301", 21)]
