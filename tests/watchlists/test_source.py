"""The tree of a file: limits, places, and the same answer from both of PyYAML's parsers."""

from __future__ import annotations

import pytest
import yaml

from alerts.watchlists.codes import CODES
from alerts.watchlists.nodes import Node, plain, prune, trail
from alerts.watchlists.source import LOADER, MAX_BYTES, MAX_DEPTH, read

TEXT = """\
# a comment
watchlists:
  - id: idlib   # another
    title: "Chemical \\u0041"
    keywords: [sarin, 'gas', {deep: [1, ~, no]}]
    query: >-
      a
      AND b
"""


def tree_of(text: str) -> Node:
    file, root = read(text.encode(), "a.yml")
    assert not file.complaints
    assert root is not None
    return root


def test_libyaml_is_used_where_it_is_there() -> None:
    assert LOADER is yaml.CSafeLoader


@pytest.mark.parametrize("loader", [yaml.CSafeLoader, yaml.SafeLoader])
def test_a_tree_holds_what_the_file_says(loader: object) -> None:
    _, root = read(TEXT.encode(), "a.yml", loader)
    assert root is not None
    assert plain(root) == {
        "watchlists": [
            {
                "id": "idlib",
                "title": "Chemical A",
                "keywords": ["sarin", "gas", {"deep": [1, None, "no"]}],
                "query": "a AND b",
            }
        ]
    }


@pytest.mark.parametrize(
    ("path", "place"),
    [
        ([], (2, 1)),
        (["watchlists"], (3, 3)),
        (["watchlists", 0, "title"], (4, 12)),
        (["watchlists", 0, "keywords", 1], (5, 23)),
        (["watchlists", 0, "keywords", 2, "deep", 1], (5, 41)),
        (["watchlists", 0, "query"], (6, 12)),
    ],
)
def test_every_value_knows_its_place(path: list[str | int], place: tuple[int, int]) -> None:
    root = tree_of(TEXT)
    node = trail(root, path)[-1][1] if path else root
    assert (node.line, node.column) == place


def test_every_key_knows_its_place() -> None:
    watchlist = trail(tree_of(TEXT), ["watchlists", 0])[-1][1]
    key = watchlist.key("query")
    assert (key.line, key.column) == (6, 5)


@pytest.mark.parametrize("line_break", ["\n", "\r\n", "\r"])
def test_lines_are_counted_however_they_end(line_break: str) -> None:
    root = tree_of(TEXT.replace("\n", line_break))
    assert trail(root, ["watchlists", 0, "query"])[-1][1].line == 6


def test_a_byte_order_mark_counts_for_nothing() -> None:
    assert tree_of("\ufeffversion: 1").key("version").column == 1


def test_a_file_of_the_largest_size_is_read() -> None:
    text = "version: 1\n" + "#" * (MAX_BYTES - 11)
    assert plain(tree_of(text)) == {"version": 1}


def test_the_deepest_tree_is_read() -> None:
    text = "a: " + "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert trail(tree_of(text), ["a", *[0] * (MAX_DEPTH - 2)])[-1][1].value == []


@pytest.mark.parametrize(
    "example", [each.example for each in CODES if each.code < "R2" and len(each.example) > 0]
)
def test_the_parser_in_python_refuses_the_same(example: str) -> None:
    body = example.encode("utf-8", "surrogatepass")
    fast, _ = read(body, "a.yml")
    slow, _ = read(body, "a.yml", yaml.SafeLoader)
    assert [(each.code, each.line) for each in slow.complaints] == [
        (each.code, each.line) for each in fast.complaints
    ]


def test_nothing_in_a_file_can_run() -> None:
    file, root = read(b"version: !!python/object/apply:os.abort []", "a.yml")
    assert [each.code for each in file.complaints] == ["R109"]
    assert root is not None
    assert plain(root) == {"version": []}


def test_what_is_pruned_is_gone_at_once() -> None:
    root = tree_of("a: [1, 2, 3, 4]\nb: {c: 1, d: 2}")
    prune(root, [["a", 0], ["a", 2], ["b", "c"]])
    assert plain(root) == {"a": [2, 4], "b": {"d": 2}}
    prune(root, [["x"]])
    assert plain(root) == {}
