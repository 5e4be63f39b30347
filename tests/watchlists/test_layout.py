"""The layout of rule files: what it looks like, and that it never changes what a file says."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from alerts.errors import RulesError
from alerts.watchlists.folder import rule_files
from alerts.watchlists.layout import _difference, lay_out
from alerts.watchlists.layout.files import read_sheets
from alerts.watchlists.layout.quoting import spellings
from alerts.watchlists.layout.reader import tree_of
from alerts.watchlists.layout.settle import settle
from alerts.watchlists.nodes import plain
from alerts.watchlists.source import read
from tests.watchlists.rough import AWKWARD, Rough, rough_files

RULES = Path(__file__).parents[2] / "rules"
DEMO = Path(__file__).parents[2] / "alerts/demo/rules"
KNOWN = Path(__file__).parents[2] / "alerts/gazetteer/entities"

#: Before and after; `=` means that nothing changes.
LAYOUTS = {
    # --- bytes and lines
    "nothing": ("", "="),
    "only blank lines": ("\n \n", ""),
    "only a comment": ("#  one\n\n\n# two  \n", "#  one\n\n# two\n"),
    "only a beginning": ("---\n", ""),
    "the end of the file": ("version: 1", "version: 1\n"),
    "many ends": ("version: 1\n\n\n", "version: 1\n"),
    "blanks at the end of lines": ("version: 1  \n# c \n", "version: 1\n# c\n"),
    "line ends of Windows": (
        "version: 1\r\nroutes:\r\n  receiver: x\r\n",
        "version: 1\n\nroutes:\n  receiver: x\n",
    ),
    "line ends of old": ("version: 1\rfeeds: []\r", "version: 1\n\nfeeds: []\n"),
    "a byte order mark": ("\ufeffversion: 1\n", "version: 1\n"),
    "directive and markers": ("%YAML 1.2\n---\nversion: 1\n...\n# end\n", "version: 1\n# end\n"),
    "a text alone": ("'a'  # c", "a  # c\n"),
    "a list alone": ("[{a: 1}, b]", "- {a: 1}\n- b\n"),
    # --- indentation
    "two blanks": ("routes:\n    receiver: x\n", "routes:\n  receiver: x\n"),
    "a list below its key": (
        "feeds:\n- url: x\n  publisher: p\n",
        "feeds:\n  - url: x\n    publisher: p\n",
    ),
    "a wide dash": (
        "feeds:\n  -   url: x\n      publisher: p\n",
        "feeds:\n  - url: x\n    publisher: p\n",
    ),
    "a dash alone": (
        "feeds:\n  -\n    url: x\n    publisher: p\n",
        "feeds:\n  - url: x\n    publisher: p\n",
    ),
    "lists in lists": ("a:\n- - {b: 1}\n  - c\n", "a:\n  - - {b: 1}\n    - c\n"),
    "a key with a question mark": ("? a\n: b\n", "a: b\n"),
    # --- the order of keys
    "sections": ("routes: {receiver: x}\nversion: 1\n", "version: 1\n\nroutes:\n  receiver: x\n"),
    "unknown keys last": ("zeal: 1\nano: 2\nversion: 1\n", "version: 1\n\nzeal: 1\n\nano: 2\n"),
    "a watchlist": (
        "watchlists:\n  - keywords: [a]\n    title: T\n    id: i\n",
        "watchlists:\n  - id: i\n    title: T\n    keywords: [a]\n",
    ),
    "a feed in braces": (
        "feeds:\n  - {publisher: P, url: u}\n",
        "feeds:\n  - {url: u, publisher: P}\n",
    ),
    "a place": (
        "watchlists:\n  - places: [{within: 9km, near: X}]\n",
        "watchlists:\n  - places: [{near: X, within: 9km}]\n",
    ),
    "ids of entities keep theirs": (
        "entities:\n  z: {name: Z, type: group}\n  a: {type: group, name: A}\n",
        "entities:\n  z: {type: group, name: Z}\n  a: {type: group, name: A}\n",
    ),
    "ids that look like keys keep theirs": (
        "entities:\n  name: {type: group}\n  type: {type: group}\n",
        "=",
    ),
    "terms of a score keep theirs": (
        "watchlists:\n  - score:\n      terms: {z: 1, a: 2}\n      threshold: 3\n",
        "watchlists:\n  - score:\n      threshold: 3\n      terms: {z: 1, a: 2}\n",
    ),
    "invented articles keep theirs": (
        "watchlists:\n  - tests:\n      - {article: {url: u, title: t}, name: m}\n",
        "watchlists:\n  - tests:\n      - {name: m, article: {url: u, title: t}}\n",
    ),
    "routes below routes": (
        "routes:\n  routes:\n    - routes: []\n      receiver: x\n",
        "routes:\n  routes:\n    - receiver: x\n      routes: []\n",
    ),
    # --- comments
    "a comment travels with its key": (
        "watchlists:\n  - title: T\n    # on the id\n    # in two lines\n    id: i  # beside\n",
        "watchlists:\n  # on the id\n  # in two lines\n  - id: i  # beside\n    title: T\n",
    ),
    "a comment above an item": (
        "feeds:\n# c\n- url: x\n  tags: []\n",
        "feeds:\n  # c\n  - url: x\n    tags: []\n",
    ),
    "a comment behind a dash": ("feeds:\n  - # c\n    url: x\n", "feeds:\n  # c\n  - url: x\n"),
    "a comment behind a key": ("routes:# c\n", "="),
    "a comment behind a key of a mapping": (
        "routes: # c\n  receiver: x\n",
        "routes:  # c\n  receiver: x\n",
    ),
    "a comment behind a dash, above a key": (
        "feeds:\n  -\n    # on p\n    publisher: p\n    url: x\n",
        "feeds:\n  - url: x\n    # on p\n    publisher: p\n",
    ),
    "a comment between key and value": ("zeal:\n  # c\n  x\n", "# c\nzeal: x\n"),
    "a comment that goes on below itself": (
        "a: b   # one\n       # two\nc: d\n",
        "a: b  # one\n      # two\n\nc: d\n",
    ),
    "a comment behind the last key": (
        "entities:\n  a: {b: 1}\n  # c: {d: 1}\n\n# e\nwatchlists: []\n",
        "entities:\n  a: {b: 1}\n  # c: {d: 1}\n\n# e\nwatchlists: []\n",
    ),
    "comments at every depth": (
        "a:\n  b:\n    c: 1\n    # of b\n  # of a\n# of d\nd: 1\n",
        "a:\n  b:\n    c: 1\n    # of b\n  # of a\n\n# of d\nd: 1\n",
    ),
    "comments at the end": ("a:\n  b: 1\n\n  # of a\n# of all\n", "="),
    "comments in brackets": (
        "mask: [a,  # first\n  # before c\n  b, c\n  # last\n]\n",
        "mask:\n  - a  # first\n  # before c\n  - b\n  - c\n  # last\n",
    ),
    "a comment behind a bracket": ("mask: [  # c\n  a, b]\n", "mask: [a, b]  # c\n"),
    "comments behind both brackets": ("mask: [  # c\n  a, b]  # d\n", "# c\nmask: [a, b]  # d\n"),
    "a comment in empty brackets": ("mask: [\n  # c\n]\n", "# c\nmask: []\n"),
    "a comment behind a block's header": ("query: >-  # c\n  a\n", "="),
    "no comment but a text": ("a: 'x # y'\nb: x#y\n", 'a: "x # y"\n\nb: x#y\n'),
    "the file's own comments stay first": (
        "# yaml-language-server: x\n# of all\n\n# of routes\nroutes: {}\nversion: 1\n",
        "# yaml-language-server: x\n# of all\n\nversion: 1\n\n# of routes\nroutes: {}\n",
    ),
    "one paragraph is the file's own": (
        "# all\nroutes: {}\nversion: 1\n",
        "# all\n\nversion: 1\n\nroutes: {}\n",
    ),
    # --- blank lines
    "between sections": (
        "version: 1\nfeeds: []\n\n\n\nroutes: {}\n",
        "version: 1\n\nfeeds: []\n\nroutes: {}\n",
    ),
    "between items of several lines": (
        "feeds:\n\n  - url: a\n    tags: []\n  - {url: b}\n  - {url: c}\n",
        "feeds:\n  - url: a\n    tags: []\n\n  - {url: b}\n  - {url: c}\n",
    ),
    "before the comment of an item": (
        "receivers:\n  a:\n    console: {}\n  # of b\n  b: {console: {}}\n",
        "receivers:\n  a:\n    console: {}\n\n  # of b\n  b: {console: {}}\n",
    ),
    "none between items elsewhere": (
        "routes:\n  routes:\n    - match:\n        - {a: b}\n    - receiver: b\n",
        "=",
    ),
    "paragraphs stay": (
        "feeds:\n  # one\n\n\n\n  # two\n\n  - {url: a}\n\n  - {url: b}\n",
        "feeds:\n  # one\n\n  # two\n\n  - {url: a}\n\n  - {url: b}\n",
    ),
    # --- brackets
    "a short list": ("mask:\n  - a\n  - b\n", "mask: [a, b]\n"),
    "a list of 100 columns": (f"mask: [{'a' * 45}, {'b' * 45}]\n", "="),
    "a list of 101 columns": (
        f"mask: [{'a' * 45}, {'b' * 46}]\n",
        f"mask: [{'a' * 45},\n  {'b' * 46}]\n",
    ),
    "a list that fills its lines": (
        f"mask: [{', '.join(['Tahrir'] * 30)}]\n",
        (
            f"mask: [{', '.join(['Tahrir'] * 11)},\n  {', '.join(['Tahrir'] * 12)},\n"
            f"  {', '.join(['Tahrir'] * 7)}]\n"
        ),
    ),
    "a list in lines of its author's": (
        "mask: [a,\n   b,\n" + f"   {'c' * 40}, {'d' * 40}, e, f, g, h]\n",
        f"mask: [a, b, {'c' * 40}, {'d' * 40}, e,\n  f, g, h]\n",
    ),
    "a long list below a dash": (
        f"- [{', '.join(['Tahrir'] * 14)}]\n",
        f"- [{', '.join(['Tahrir'] * 12)},\n  {', '.join(['Tahrir'] * 2)}]\n",
    ),
    "a long list of sentences": (
        f"mask: [{'a' * 51}, {'b' * 51}]\n",
        f"mask:\n  - {'a' * 51}\n  - {'b' * 51}\n",
    ),
    "a long list with a comment inside": (
        f"mask: [{'a' * 45}, # one\n  {'b' * 46}]\n",
        f"mask:\n  - {'a' * 45}  # one\n  - {'b' * 46}\n",
    ),
    "a long list with a comment behind it": (
        f"mask: [{'a' * 45}, {'b' * 46}]  # two\n",
        f"mask:  # two\n  - {'a' * 45}\n  - {'b' * 46}\n",
    ),
    "a list over several lines": ("mask: [a,\n  b,\n]\n", "mask: [a, b]\n"),
    "a short mapping keeps its braces": (
        "routes:\n  telegram: { chat: 1 }\n",
        "routes:\n  telegram: {chat: 1}\n",
    ),
    "a mapping without braces gets none": ("routes:\n  telegram:\n    chat: 1\n", "="),
    "a long mapping": (
        f"- {{a: {'a' * 50}, b: [c, {'d' * 50}]}}\n",
        f"- a: {'a' * 50}\n  b: [c, {'d' * 50}]\n",
    ),
    "a section is no line": ("routes: {receiver: x}\n", "routes:\n  receiver: x\n"),
    "a pair in a list": ("a: [b: c]\n", "a:\n  - {b: c}\n"),
    "a block in a list": ("a:\n  - |\n    b\n  - c\n", "="),
    # --- texts and numbers
    "needless quotes": ("a: 'b c'\n", "a: b c\n"),
    "double quotes are preferred": ("a: 'no'\n", 'a: "no"\n'),
    "single quotes around double ones": ('a: "say \\"x\\": y"\n', "a: 'say \"x\": y'\n"),
    "single quotes around backslashes": ('a: "/\\\\d: x/"\n', "a: '/\\d: x/'\n"),
    "what YAML 1.1 misreads": (
        "- 22:00\n- no\n- on\n- y\n- 2024-05-01\n",
        '- "22:00"\n- "no"\n- "on"\n- "y"\n- "2024-05-01"\n',
    ),
    "country Norway": ("country: NO\n", 'country: "NO"\n'),
    "numbers that the versions count alike": (
        "a: [1, -7, 34.90, 0x1F]\n",
        "a: [1, -7, 34.90, 0x1F]\n",
    ),
    "numbers that they count differently": ("a: [012, 0o14, 1e3]\n", "a: [12, 12, 1000.0]\n"),
    "true, false and null": ("a: [TRUE, False, ~, Null]\n", "a: [true, false, null, null]\n"),
    "nothing behind a key": ("a:\nb: ~\n", "a:\n\nb: null\n"),
    "nothing behind a dash": ("a:\n  -\n  - b\n", "a: [null, b]\n"),
    "colons in brackets": ("a: [http://x/?y, b]\n", 'a: ["http://x/?y", b]\n'),
    "letters of all scripts": ('a: "\\u0438дл"\n', "a: идл\n"),
    "scripts from right to left": ("a: هيئة\n", 'a: "هيئة"\n'),
    "keys too": ("'no': 1\n'b': 2\n", '"no": 1\n\nb: 2\n'),
    "a text over several lines": ("query: a OR\n  b\n  OR c\n", "query: a OR b OR c\n"),
    "a block": ("query:   >-\n      a\n        b\n\n      c\n", "query: >-\n  a\n    b\n\n  c\n"),
    "a block that begins with blanks": ("a: |3-\n     b\n   c\n", "a: |2-\n    b\n  c\n"),
    "a block that ends in blank lines": ("a: |+\n  b\n\nc: d\n", 'a: "b\\n\\n"\n\nc: d\n'),
    "an empty block": ("a: >-\n\nb: c\n", 'a: ""\n\nb: c\n'),
    "blanks at the end of a block's line": ("a: |\n  b \n  c\n", 'a: "b \\nc\\n"\n'),
}


def laid_out(text: str) -> str:
    layout = lay_out(text.encode(), "a.yml")
    assert not layout.problem
    return layout.after.decode()


@pytest.mark.parametrize(("before", "after"), LAYOUTS.values(), ids=LAYOUTS)
def test_a_layout(before: str, after: str) -> None:
    wanted = before if after == "=" else after
    assert laid_out(before) == wanted
    assert laid_out(wanted) == wanted


def following(lines: list[str], mark: str) -> str:
    """Return what stands on the line of the comment or, where that is its own, on the next."""
    (number,) = (number for number, line in enumerate(lines) if mark in line)
    below = (line for line in lines[number:] if line.strip() and line.strip()[0] != "#")
    return next(below, "").lstrip(" -")


@settings(max_examples=150)
@given(rough_files())
def test_tree_and_comments_survive_whatever_the_style(rough: Rough) -> None:
    layout = lay_out(rough.text.encode(), "a.yml")
    assert not layout.problem
    after = layout.after.decode()
    file, root = read(layout.after, "a.yml")
    assert not file.complaints
    assert root is not None
    assert plain(root) == rough.tree
    # PyYAML reads YAML 1.1.
    assert yaml.safe_load(after) == rough.tree
    lines = after.split("\n")
    for mark, key in rough.comments.items():
        assert after.count(mark) == 1
        if key is not None:
            assert following(lines, mark).startswith(spellings(key)[0] + ":")
    assert lay_out(layout.after, "a.yml").after == layout.after
    of_windows = rough.text.replace("\n", "\r\n").encode("utf-8-sig")
    assert lay_out(of_windows, "a.yml").after == layout.after


# --- texts that need quotes ---------------------------------------------------------------------


@given(st.sampled_from(AWKWARD) | st.text(st.characters(codec="utf-8", exclude_categories=["C"])))
def test_every_text_reads_the_same_in_both_versions_inside_and_outside_of_brackets(
    text: str,
) -> None:
    block, flow = spellings(text)
    written = f"- {block}\n- [{flow}]\n- {{a: {flow}}}\n- {{{flow}: a}}\n- {block}: a\n"
    said = [text, [text], {"a": text}, {text: "a"}, {text: "a"}]
    file, root = read(written.encode(), "a.yml")
    assume("R105" not in {each.code for each in file.complaints})
    assert root is not None
    assert plain(root) == said
    assert yaml.safe_load(written) == said


@pytest.mark.parametrize("text", ["sarin", "24h", "7d", "@x.org"[1:], "GB", "-a", "+972 M", "a-b"])
def test_what_needs_no_quotes_gets_none(text: str) -> None:
    assert spellings(text) == (text, text)


# --- what may not happen ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("a: [b\n", "R106"),
        ("a:\n\t- b\n", "R107"),
        ("a: 1\na: 2\n", "R112"),
        ("a: &b 1\n", "R108"),
        ("1: a\n", "R113"),
    ],
)
def test_what_is_not_yaml_is_refused_as_check_does(text: str, code: str) -> None:
    with pytest.raises(RulesError) as refused:
        lay_out(text.encode(), "a.yml")
    assert [(each.path, each.code) for each in refused.value.complaints] == [("a.yml", code)]


def test_what_cannot_be_laid_out_stays_as_it_is() -> None:
    # The only way to write a key as long as this is the question mark.
    body = f"version: 1\nzeal:\n  ? {'a' * 1100}\n  : 1\n".encode()
    layout = lay_out(body, "a.yml")
    assert layout.after == layout.before == body
    assert "could not be read" in layout.problem


def test_what_would_grow_too_large_stays_as_it_is() -> None:
    body = b"feeds: [" + b"{a: 1}, " * 124_000 + b"{a: 1}]\n"
    assert "larger than" in lay_out(body, "a.yml").problem


@pytest.mark.parametrize(
    ("before", "after", "problem"),
    [
        ("a: 1\nb: 2\n", "a: 1\nb: 3\n", ("the layout would say something else", 2)),
        ("a: 1\nb: 2\n", "a: 1\n", ("the layout would say something else", 1)),
        ("a: [1]\n", "a: [1, 2]\n", ("the layout would say something else", 1)),
        ("a: 1\n", "a: true\n", ("the layout would say something else", 1)),
        ("a: 1\n", "a: '1'\n", ("the layout would say something else", 1)),
        ("a: 1\n# c\n", "a: 1\n", ("the layout would lose the comment # c", 2)),
        ("a: 1\n", "a: 1  # c\n", ("the layout would not be stable", 0)),
        ("a: 1  # c\nb: 2\n", "a: 1\n\nb: 2  # c\n", ("the layout would not be stable", 0)),
        ("# c\na: 1\nb: 2\n", "a: 1\n\n# c\nb: 2\n", ("the layout would not be stable", 0)),
        ("a: 1\n", "a: [\n", ("the layout could not be read", 0)),
        ("a: .nan\n", "a: .nan\n", ("", 0)),
    ],
)
def test_no_layout_is_believed(before: str, after: str, problem: tuple[str, int]) -> None:
    _, root = read(before.encode(), "a.yml")
    said, line = _difference(root, settle(tree_of(before)), after.encode())
    assert (said.partition(":")[0], line) == problem


# --- the rules that ship ------------------------------------------------------------------------


@pytest.mark.parametrize("folder", [RULES, DEMO, KNOWN], ids=lambda folder: folder.parent.name)
def test_what_we_ship_is_laid_out(folder: Path) -> None:
    assert [sheet.name for sheet in read_sheets(rule_files(folder)) if sheet.layout.changes] == []
