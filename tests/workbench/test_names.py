"""Names are found in rule files that load, and in what is left of those that do not."""

from __future__ import annotations

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from alerts.watchlists.contents import Contents
from alerts.watchlists.load import load_rules
from alerts.workbench.names import NamedFeed, names_in

SHIPPED = Path(__file__).parents[2] / "rules"


def test_what_ships_is_named_as_it_is_loaded() -> None:
    names = names_in(Contents.of_folder(SHIPPED))
    loaded = load_rules(SHIPPED, environment={})
    assert set(names.watchlists) == {each.id for each in loaded.watchlists}
    assert [each.url for each in names.feeds] == [each.url for each in loaded.feeds]


def test_one_broken_file_hides_no_other() -> None:
    files = {
        "a.yml": b"watchlists: [{id: one, status: experimental}, {title: x}, 5]\nfeeds: [{publisher: P}]\n",
        "b.yml": b"a: [",
        "c.yml": b"receivers: {desk: 1}\nfeeds: [{url: u, publisher: [x]}]\nwatchlists: [{id: two}]\n",
    }
    names = names_in(Contents.of_files(files))
    assert names.watchlists == {"one": "experimental", "two": ""}
    assert names.experiments == {"one"}
    assert names.receivers == ("desk",)
    assert names.feeds == (NamedFeed(url="u", publisher=""),)


@given(body=st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
def test_whatever_stands_in_a_file_is_passed_over(body: bytes) -> None:
    names_in(Contents.of_files({"a.yml": body}))
