"""New entries in a rule file: everything else stays as its author left it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import RulesError
from alerts.feeds.appending import NotAppendedError, appended
from alerts.feeds.entries import Entry
from alerts.watchlists.layout import lay_out
from alerts.watchlists.load import load_text

ENTRY: Entry = {"url": "https://new.example/rss", "publisher": "New: one", "tags": ("a", "b c")}


def add(text: str) -> str:
    return appended(text.encode(), [ENTRY], "f.yml").decode()


def added_lines(before: str, after: str) -> list[str]:
    """Return what *after* has more than *before*, whose lines are all there, in their order."""
    left = iter(after.splitlines())
    new: list[str] = []
    for line in before.splitlines():
        while (found := next(left)) != line:
            new.append(found)
    return [line for line in [*new, *left] if line.strip()]


WRITTEN = ["- url: https://new.example/rss", 'publisher: "New: one"', "tags: [a, b c]"]


BRACKETS_IN_ITEMS = """\
feeds:
  - {url: 'https://a.example/', publisher: A}
  - {url: 'https://b.example/',
     publisher: B
    }

  # below
version: 1
"""
FOLDED = """\
feeds:
  - url: https://a.example/
    publisher: >-
      A
      B


# c
watchlists:
  - {id: x,   title: X, keywords: [sarin]}
"""


@pytest.mark.parametrize(
    "before",
    [
        "version: 1\n\nfeeds:\n  - url: https://a.example/\n    publisher: A  # why\n",
        "feeds:\n- url: https://a.example/\n  publisher: A\n# the end\n",
        BRACKETS_IN_ITEMS,
        FOLDED,
        "feeds:\n  - publisher: A\n    url: https://a.example/",
    ],
    ids=["laid out", "flush", "brackets in items", "folded, more below", "no line break"],
)
def test_nothing_else_moves(before: str) -> None:
    after = add(before)
    assert [line.strip() for line in added_lines(before, after)] == WRITTEN
    loaded = load_text(after)
    assert loaded.feeds[-1].url == ENTRY["url"]
    assert len(loaded.feeds) == len(load_text(before).feeds) + 1


@pytest.mark.parametrize(
    "before",
    ["", "\n", "# only a comment\n", "version: 1\n", "version: 1\nfeeds:\n", "---\n"],
)
def test_a_file_without_feeds_gets_some(before: str) -> None:
    after = add(before)
    assert [feed.publisher for feed in load_text(after).feeds] == ["New: one"]
    assert before.strip() in after


@pytest.mark.parametrize(
    "before",
    [
        "feeds: [{url: 'https://a.example/', publisher: A}]  # mine\n",
        "# mine\n{version: 1, feeds: [{url: 'https://a.example/', publisher: A}]}\n",
    ],
)
def test_what_stands_in_brackets_is_opened(before: str) -> None:
    after = add(before)
    assert "# mine" in after
    assert [feed.publisher for feed in load_text(after).feeds] == ["A", "New: one"]


def test_line_ends_of_other_systems_stay() -> None:
    after = appended(b"feeds:\r\n  - url: https://a.example/\r\n    publisher: A\r\n", [ENTRY], "f")
    assert after.count(b"\n") == after.count(b"\r\n") > 5


@given(
    st.integers(1, 5),
    st.booleans(),
    st.sampled_from(["", "# foot\n", "\nroutes:\n  receiver: console\n"]),
)
def test_a_file_in_the_layout_stays_in_it(count: int, apart: bool, below: str) -> None:
    items = [f"  - url: https://a.example/{n}\n    publisher: A\n" for n in range(count)]
    text = "version: 1\n\nfeeds:\n" + ("\n" if apart else "").join(items) + below
    before = lay_out(text.encode(), "f").after
    after = appended(before, [ENTRY, {**ENTRY, "url": "https://new.example/2"}], "f")
    assert not lay_out(after, "f").changes
    assert len(load_text(after.decode()).feeds) == count + 2


SHORT = """\
feeds:
  - {url: "https://a.example/", publisher: A}
  - {url: "https://b.example/", publisher: B}
"""


@pytest.mark.parametrize(
    "before", [SHORT, "watchlists:\n  - {id: x, title: X, keywords: [sarin]}\n"]
)
def test_what_the_layout_asks_for_around_new_entries_is_done(before: str) -> None:
    assert not lay_out(before.encode(), "f").changes
    after = add(before)
    assert not lay_out(after.encode(), "f").changes
    assert before in after


def test_comments_below_the_feeds_stay_below() -> None:
    for before in (FOLDED, BRACKETS_IN_ITEMS):
        after = add(before)
        below = before[before.index("# ") :]
        assert after.endswith(below)


def test_a_broken_file_is_said_and_not_touched() -> None:
    with pytest.raises(RulesError, match="R106"):
        add("feeds: [\n")


def test_a_file_does_not_grow_beyond_what_is_read() -> None:
    with pytest.raises(NotAppendedError, match="--file"):
        add("# " + "x" * 999_950 + "\n")
