"""What the loader refuses the JSON Schema refuses, and the other way round.

That holds for the shape of a file: complaints R2xx of `validate`, and R509, which got its number
before shapes had theirs.  Beyond a JSON Schema are references, the query language, addresses, the
environment, and two values that contradict each other.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from alerts.watchlists import source
from alerts.watchlists.codes import CODES
from alerts.watchlists.nodes import plain
from alerts.watchlists.validation import validate
from tests.watchlists import documents, test_broken_files, test_receivers, test_routes
from tests.watchlists.documents import SCHEMA, as_yaml, spoiled, valid
from tests.watchlists.every_place import places
from tests.watchlists.marked import MARK, complaints_about

VALIDATOR = Draft202012Validator(SCHEMA)
ROOT = Path(__file__).parents[2]


def read(text: str) -> tuple[Any, list[str]]:
    """Return the document and the codes of what is wrong with its shape; of R1xx too."""
    file, root = source.read(text.encode("utf-8", "surrogatepass"), "a.yml")
    document = plain(root) if root else None
    if root is not None and root.value is not None:
        validate(file, root)
    codes = [each.code for each in file.complaints]
    return document, [code for code in codes if code[:2] in ("R1", "R2") or code == "R509"]


def assert_agreed(text: str) -> None:
    document, refused = read(text)
    assert (not refused) == VALIDATOR.is_valid(document), (text, refused)


@settings(max_examples=500, deadline=None, derandomize=True)
@given(spoiled())
def test_the_loader_and_the_json_schema_agree(document: Any) -> None:
    assert_agreed(as_yaml(document))


@settings(max_examples=150, deadline=None, derandomize=True)
@given(valid())
def test_what_the_json_schema_says_has_the_shape_of_a_rule_file(document: Any) -> None:
    assert not list(VALIDATOR.iter_errors(document))
    assert read(as_yaml(document))[1] == []


@settings(max_examples=100, deadline=None, derandomize=True)
@given(spoiled())
def test_no_document_surprises_the_loader(document: Any) -> None:
    """Whatever it says, it loads or is complained about."""
    complaints_about(as_yaml(document))


@pytest.mark.parametrize("put", places().values(), ids=places())
def test_they_agree_about_every_value_in_every_sort_of_place(put: Callable[[Any], Any]) -> None:
    for value in (*documents.EDGES, *documents.NUMBERS, *documents.OTHERS):
        assert_agreed(as_yaml(put(value)))


def texts_of(module: Any) -> list[str]:
    """Return the rule files in the tables of a module of tests."""
    tables = [each for each in vars(module).values() if isinstance(each, list)]
    rows = [row for table in tables for row in table if isinstance(row, tuple)]
    return [text.replace(MARK, "") for row in rows for text in row if isinstance(text, str)]


TEXTS = [
    text
    for module in (test_broken_files, test_receivers, test_routes)
    for text in texts_of(module)
    if ":" in text
] + [code.example for code in CODES]


def test_they_agree_about_every_broken_file_of_the_tests() -> None:
    readable = [text for text in TEXTS if not any(code[:2] == "R1" for code in read(text)[1])]
    assert len(readable) > 250
    for text in readable:
        assert_agreed(text)


FOLDERS = ("rules", "alerts/demo/rules", "alerts/gazetteer/entities")
RULE_FILES = [path for folder in FOLDERS for path in (ROOT / folder).glob("*.yml")]


@pytest.mark.parametrize("path", RULE_FILES, ids=lambda path: path.name)
def test_both_take_what_we_ship(path: Path) -> None:
    document, refused = read(path.read_text(encoding="utf-8"))
    assert (refused, list(VALIDATOR.iter_errors(document))) == ([], [])


@pytest.mark.parametrize("key", SCHEMA["properties"])
def test_nothing_is_never_a_value(key: str) -> None:
    assert read(f"{key}:")[1] == ["R205"]
    assert_agreed(f"{key}:")
