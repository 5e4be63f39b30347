"""A folder of rule files loads whole or not at all, and tells all that is wrong with it at once."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import RulesError
from alerts.model import Article, Complaint, RuleSet
from alerts.watchlists.load import load_rules, load_tests, load_text
from tests.watchlists.marked import HTS, WITH_KEYWORD, W, complaints_about


def written(folder: Path, files: Mapping[str, str | bytes]) -> Path:
    for name, content in files.items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
    return folder


def complaints_of(folder: Path) -> list[str]:
    with pytest.raises(RulesError) as caught:
        load_rules(folder, environment={})
    return [brief(complaint, folder) for complaint in caught.value.complaints]


def brief(complaint: Complaint, folder: Path) -> str:
    path = os.path.relpath(complaint.path, folder)
    return f"{path}:{complaint.line}:{complaint.column} {complaint.code}"


def test_any_file_may_hold_any_section(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        {
            "b.yml": HTS,
            "a.yaml": W + "    groups: [Tahrir al-Sham]\nroutes: {receiver: ops}",
            "c.yml": "receivers: {ops: {console: {}}}",
            "empty.yml": "",
            "comment.yml": "# nothing yet\n",
            "start.yml": "---\nversion: 1\n...\n",
        },
    )
    rules = load_rules(folder, environment={})
    assert [watchlist.id for watchlist in rules.watchlists] == ["w"]
    assert list(rules.entities) == ["hts"]
    assert rules.route.receiver == "ops"


def test_hidden_files_other_files_and_folders_are_left_alone(tmp_path: Path) -> None:
    bad = "broken: ["
    folder = written(
        tmp_path, {".hidden.yml": bad, "notes.txt": bad, "deeper/x.yml": bad, "a.yml": WITH_KEYWORD}
    )
    (folder / "folder.yml").mkdir()
    assert len(load_rules(folder, environment={}).watchlists) == 1


def test_all_complaints_of_all_files_come_at_once_in_order(tmp_path: Path) -> None:
    folder = written(
        tmp_path,
        {
            "c.yml": WITH_KEYWORD + "    severty: high\n",
            "b.yml": "feeds:\n  - {url: nowhere, publisher: X, tags: []}\n",
            "a.yml": "watchlists:\n"
            "  - {id: a, title: A, query: 'x y', keywords: [sarin, 12, /(/], sevrity: high}\n"
            "  - {title: B, groups: ['@nobody']}\n",
        },
    )
    assert complaints_of(folder) == [
        "a.yml:2:33 R402",
        "a.yml:2:55 R203",
        "a.yml:2:60 R410",
        "a.yml:2:65 R201",
        "a.yml:3:5 R202",
        "a.yml:3:26 R301",
        "b.yml:2:11 R210",
        "b.yml:2:40 R205",
        "c.yml:5:5 R201",
    ]


def test_ids_declared_twice_name_the_other_place(tmp_path: Path) -> None:
    files = {
        "a.yml": WITH_KEYWORD + HTS + "receivers: {ops: {console: {}}}\nroutes: {receiver: ops}\n"
        "feeds: [{url: 'https://example.org/', publisher: X}]\n"
    }
    folder = written(tmp_path, {**files, "b.yml": "\n" + files["a.yml"]})
    with pytest.raises(RulesError) as caught:
        load_rules(folder, environment={})
    told = [(each.code, each.line, each.hint) for each in caught.value.complaints]
    first = folder / "a.yml"
    assert told == [
        ("R304", 3, f"first at {first}:2"),
        ("R304", 7, f"first at {first}:6"),
        ("R304", 8, f"first at {first}:7"),
        ("R305", 9, f"first at {first}:8"),
        ("R304", 10, f"first at {first}:9"),
    ]


def test_a_refused_section_is_no_unknown_reference() -> None:
    text = (
        "entities: {hts: {type: groop, name: HTS}}\n"
        "receivers: {ops: {}}\n"
        "routes: {receiver: ops, routes: [{receiver: ops, match: [watchlist=w]}]}\n"
        "watchlists: [{id: w, title: W, groups: ['@hts'], severity: 7}]\n"
    )
    assert [each.code for each in complaints_about(text)] == ["R204", "R509", "R204"]


@pytest.mark.parametrize("unreadable", [b"entities: [", b"- entities", b"entities: \xff"])
def test_an_unreadable_file_makes_no_references_unknown(tmp_path: Path, unreadable: bytes) -> None:
    folder = written(tmp_path, {"a.yml": unreadable, "b.yml": W + "    groups: ['@hts']\n"})
    assert len(complaints_of(folder)) == 1


def test_a_missing_folder_is_a_complaint(tmp_path: Path) -> None:
    folder = tmp_path / "nowhere"
    assert complaints_of(folder) == [".:0:0 R101"]
    written(tmp_path, {"file": ""})
    assert complaints_of(tmp_path / "file") == [".:0:0 R101"]


def test_a_folder_without_rule_files_replaces_nothing(tmp_path: Path) -> None:
    assert complaints_of(tmp_path) == [".:0:0 R101"]


def test_what_cannot_be_read_is_a_complaint_beside_the_others(tmp_path: Path) -> None:
    folder = written(tmp_path, {"c.yml": "nonsense: 1"})
    # A link whose target is gone is what a file looks like that vanished after the listing.
    (folder / "a.yml").symlink_to(folder / "gone")
    os.mkfifo(folder / "b.yml")
    assert complaints_of(folder) == ["a.yml:0:0 R102", "b.yml:0:0 R102", "c.yml:1:1 R201"]


def test_the_name_of_a_file_does_not_write_to_the_terminal(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a\x1b[2J\udcff.yml": "nonsense: 1"})
    assert complaints_of(folder) == ["a\ufffd[2J\ufffd.yml:1:1 R201"]


def test_a_half_written_file_is_a_complaint_or_a_shorter_file(tmp_path: Path) -> None:
    """Cut after each byte: never anything but a rule set or complaints."""
    whole = (HTS + WITH_KEYWORD + '    query: "@hts AND «ق»"\n').encode()
    for length in range(len(whole)):
        outcome = loaded(whole[:length].decode("utf-8", "surrogateescape"))
        assert isinstance(outcome, RuleSet | RulesError)


def loaded(text: str) -> RuleSet | RulesError:
    try:
        return load_text(text)
    except RulesError as error:
        return error


def test_the_hash_changes_with_every_name_and_byte(tmp_path: Path) -> None:
    variants = [
        {"a.yml": WITH_KEYWORD},
        {"a.yml": WITH_KEYWORD + "\n"},
        {"b.yml": WITH_KEYWORD},
        {"a.yml": WITH_KEYWORD, "b.yml": ""},
        {"a.yml": "", "b.yml": WITH_KEYWORD},
        {"a.yml": "#", "b.yml": "#"},
        {"a.yml": "#b.yml#"},
    ]
    hashes = []
    for number, files in enumerate(variants):
        folder = tmp_path / str(number)
        folder.mkdir()
        hashes.append(load_rules(written(folder, files), environment={}).hash)
    assert len(set(hashes)) == len(variants)
    assert {len(each) for each in hashes} == {64}


def test_the_hash_does_not_depend_on_where_the_folder_is(tmp_path: Path) -> None:
    hashes = set()
    for place in ("here", "there"):
        (tmp_path / place).mkdir()
        folder = written(tmp_path / place, {"a.yml": WITH_KEYWORD})
        hashes.add(load_rules(folder, environment={}).hash)
    assert len(hashes) == 1


def test_the_tests_of_watchlists_can_be_had(tmp_path: Path) -> None:
    tests = """
    tests:
      - name: other spelling
        article: {title: Sarin used, summary: s, content: c, author: A, tags: [x], language: EN,
                  publisher: P, url: "https://example.org/1"}
        expect: match
      - {name: fair, article: {title: Trade fair}, expect: no-match}
"""
    folder = written(tmp_path, {"a.yml": WITH_KEYWORD + tests, "b.yml": HTS})
    told = Article(
        id="w/other spelling",
        title="Sarin used",
        summary="s",
        content="c",
        author="A",
        tags=("x",),
        language="en",
        publisher="P",
        url="https://example.org/1",
    )
    fair = Article(id="w/fair", title="Trade fair")
    found = load_tests(folder)
    assert [(id_, test.name, test.article, test.expects_match) for id_, test in found] == [
        ("w", "other spelling", told, True),
        ("w", "fair", fair, False),
    ]
    assert [str(test.spot) for _, test in found] == [f"{folder}/a.yml:{line}:9" for line in (7, 11)]


def test_tests_of_broken_files_are_refused(tmp_path: Path) -> None:
    folder = written(tmp_path, {"a.yml": WITH_KEYWORD + "    tests: [{name: n}]\n"})
    with pytest.raises(RulesError):
        load_tests(folder)


# --- for all files ----------------------------------------------------------------------------

PIECES = st.sampled_from(
    [
        "version:",
        "watchlists:",
        "feeds:",
        "entities:",
        "routes:",
        "receivers:",
        "id:",
        "title:",
        "query:",
        "keywords:",
        "places:",
        "exclude:",
        "tests:",
        "type:",
        "name:",
        "url:",
        "telegram:",
        "chat:",
        "match:",
        "at:",
        "in:",
        "backfill:",
        "-",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "'",
        '"',
        "|",
        ">",
        "#",
        "&",
        "*",
        "!",
        "%",
        "@",
        "`",
        "~",
        "null",
        "true",
        "12",
        "1.5",
        ".nan",
        "0x1F",
        "sarin",
        "place:x",
        "@hts",
        "(a)",
        "NEAR/5",
        "/a/",
        "\\",
        "\\u0041",
        "${X}",
        "-",
        "-",
    ]
)
LAYOUT = st.sampled_from(["\n", "\n  ", "\n    ", "\n  - ", " ", " ", "\t", "\r", "\0", "\udc80"])
FILES = st.lists(PIECES | LAYOUT, max_size=40).map("".join)


@given(FILES | st.text(max_size=60))
def test_any_text_loads_or_is_complained_about(text: str) -> None:
    outcome = loaded(text)
    if isinstance(outcome, RulesError):
        assert outcome.complaints
        lines = text.splitlines() or [""]
        for complaint in outcome.complaints:
            assert 0 <= complaint.line <= len(lines) + 1
            assert complaint.column >= 0
            assert "\n" not in complaint.message + complaint.hint


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.sampled_from(["w", "@hts", "a b", "Idlib", "console", "24h", "high", "group", ""]),
    lambda parts: (
        st.lists(parts, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "version",
                    "feeds",
                    "entities",
                    "watchlists",
                    "routes",
                    "receivers",
                    "id",
                    "title",
                    "url",
                    "publisher",
                    "type",
                    "name",
                    "aliases",
                    "keywords",
                    "places",
                    "query",
                    "exclude",
                    "in",
                    "tests",
                    "article",
                    "expect",
                    "telegram",
                    "chat",
                    "email",
                    "to",
                    "console",
                    "receiver",
                    "match",
                    "continue",
                    "at",
                    "near",
                ]
            ),
            parts,
            max_size=4,
        )
    ),
    max_leaves=25,
)


@given(VALUES)
def test_any_tree_loads_or_is_complained_about(tree: object) -> None:
    """Well-formed nonsense reaches the schema and everything behind it."""
    assert isinstance(loaded(flow(tree)), RuleSet | RulesError)


def flow(tree: object) -> str:
    """Write *tree* as YAML on one line."""
    if isinstance(tree, dict):
        return "{" + ", ".join(f"{key}: {flow(part)}" for key, part in tree.items()) + "}"
    if isinstance(tree, list):
        return "[" + ", ".join(map(flow, tree)) + "]"
    if tree is None or isinstance(tree, bool):
        return str(tree).lower().replace("none", "null")
    return f"'{tree}'" if isinstance(tree, str) else str(tree)
