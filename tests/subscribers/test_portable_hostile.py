"""A file from a stranger costs little, hurts nobody, and is refused with its reason and line."""

from __future__ import annotations

import time
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.model import Address, OwnWatchlist, Subscriber
from alerts.subscribers.portable import Bundle, PortableFlaw, Why, read, to_opml, to_yaml
from alerts.subscribers.portable.bundle import MAX_BYTES, MOST_ENTRIES

NOW = datetime(2026, 11, 22, 7, tzinfo=UTC)
#: Seconds of CPU that any file may take.
LIMIT = 2.0


def rule_file(watchlists: str) -> bytes:
    return f"version: 1\nwatchlists:\n{watchlists}".encode()


def opml(outlines: str) -> bytes:
    return f'<opml version="2.0">\n<head/>\n<body>\n{outlines}\n</body></opml>'.encode()


def many(count: int, query: str = "sarin") -> bytes:
    return rule_file(
        "".join(f"  - {{id: a{n}, title: T{n}, query: '{query}{n}'}}\n" for n in range(count))
    )


REFUSED = {
    "nothing": (b"", Why.EMPTY, 0),
    "blanks": (b" \n\t\r\n", Why.EMPTY, 0),
    "a byte order mark": (b"\xef\xbb\xbf", Why.EMPTY, 0),
    "two byte order marks": (b"\xff\xfe\xff\xfe", Why.EMPTY, 0),
    "comments": (b"# version: 1\n", Why.EMPTY, 0),
    "a picture": (b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR", Why.NOT_TEXT, 1),
    "an archive": (b"PK\x03\x04\x14\x00\x00\x00", Why.HIDDEN_CHARACTER, 1),
    "windows-1251": ("version: 1\ntitle: Идлиб".encode("cp1251"), Why.NOT_TEXT, 2),
    "NUL": (b"version: 1\nwatchlists: [\x00]", Why.HIDDEN_CHARACTER, 2),
    "NUL as an escape": (b'version: 1\n\nx: "\\0"', Why.HIDDEN_CHARACTER, 3),
    "a letter": (b"Dear bot, please take these.", Why.NOT_OURS, 0),
    "a list": (b"- sarin\n- chlorine\n", Why.NOT_OURS, 0),
    "other YAML": (b"services: {web: {image: x}}", Why.NOT_OURS, 0),
    "rules without watchlists": (b"version: 1\nfeeds: []\n", Why.NOTHING, 0),
    "a feed": (b"<rss><channel/></rss>", Why.FEED, 0),
    "a page": (b"<!DOCTYPE html><html></html>", Why.NOT_OURS, 0),
    "a list without outlines": (opml(""), Why.NOTHING, 0),
    "folders only": (opml('<outline text="News"/>'), Why.NOTHING, 0),
    "anchors": (b"version: 1\na: &a [1]\nb: *a\n", Why.NOT_PLAIN, 2),
    "Python": (b'version: 1\nx: !!python/object/apply:os.system ["id"]', Why.NOT_PLAIN, 2),
    "tags in a comment of ours": (b"version: 1\n#+ language: !!python/name:os x", Why.NOT_PLAIN, 2),
    "two documents": (b"version: 1\n---\nversion: 1\n", Why.NOT_PLAIN, 2),
    "a key twice": (b"version: 1\nversion: 1\n", Why.TWICE, 2),
    "a comment's key twice": (b"#+ language: en\n\n#+ language: ar\n", Why.TWICE, 3),
    "an open quote": (b'version: 1\nwatchlists: ["\n', Why.BROKEN, 2),
    "deep YAML": (b"version: 1\nx: " + b"[" * 21, Why.TOO_DEEP, 2),
    "deep outlines": (opml('<outline text="a">\n' * 21), Why.TOO_DEEP, 22),
    "an open element": (opml("<outline>"), Why.BROKEN, 5),
    "an entity": (
        b'<!DOCTYPE opml [<!ENTITY a "b">]>\n<opml><body/></opml>',
        Why.DOCUMENT_TYPE,
        1,
    ),
    "a file of this system": (
        b'<?xml version="1.0"?>\n<!DOCTYPE opml SYSTEM "file:///etc/passwd">\n<opml/>',
        Why.DOCUMENT_TYPE,
        2,
    ),
    "10,000 watchlists": (many(10_000), Why.TOO_MANY, 0),
    "10,000 outlines": (
        opml('<outline type="watchlist" text="a" query="b"/>' * 10_000),
        Why.TOO_MANY,
        0,
    ),
    "a byte too many": (b"#" * (MAX_BYTES + 1), Why.TOO_LARGE, 0),
}


@pytest.mark.parametrize(("content", "why", "line"), REFUSED.values(), ids=REFUSED)
def test_a_file_that_cannot_be_read_is_refused_with_its_reason_and_line(
    content: bytes, why: Why, line: int
) -> None:
    assert read("file", content) == PortableFlaw(why=why, line=line)


def filled(unit: str, *, before: str = "", after: str = "") -> bytes:
    """Return a megabyte of *unit*."""
    room = MAX_BYTES - len(before.encode()) - len(after.encode())
    return (before + unit * (room // len(unit.encode())) + after).encode()


def numbered(form: str) -> str:
    parts: list[str] = []
    size = 0
    while size < MAX_BYTES - 200:
        parts.append(form.format(len(parts)))
        size += len(parts[-1].encode())
    return "".join(parts)


def megabytes() -> Iterator[tuple[str, bytes]]:
    yaml, xml = "version: 1\nwatchlists: ", "<opml><body>"
    yield "texts", filled("a,", before="[", after="]")
    yield "keys", filled("a,", before="{", after="}")
    yield "aliases", filled("*a,", before="[", after="]")
    yield "brackets", filled("[")
    yield "blanks", filled(" ", before=yaml)
    yield "blank lines", filled("\n", before=yaml)
    yield "marks", filled("#+ #+ ")
    yield "marked lines", filled("#+ a\n")
    yield "one word", filled("a", before=yaml)
    yield "escapes", filled("\\0", before='"', after='"')
    yield "bytes", bytes(range(256)) * (MAX_BYTES // 256)
    yield "regexes", many(990, r"/\pL{90}/ OR /[\p{L}]{95}b/ OR /(a{90}){9}/ OR x")
    long = " OR ".join(["a"] * 3_900)
    yield "terms", rule_file(f"  - {{id: a, title: T, query: {long}}}\n" * 50)
    negative = "(" * 24 + "NOT " + long
    yield "open queries", rule_file(f"  - {{id: a, title: T, query: {negative}}}\n" * 50)
    yield "elements", filled("<a/>", before=xml)
    yield "open elements", filled("<a>", before=xml)
    yield "open tags", filled("<", before=xml)
    yield "attributes", (xml + "<outline " + numbered("a{0}='' ") + "/>").encode()
    feed = f'<outline xmlUrl="{"a" * 40}"/>'
    yield "feeds", filled(feed, before=xml, after="</body></opml>")
    yield "references", filled("&#xD800;", before=xml)
    yield "names", filled("&nbsp;", before=xml)
    yield "declarations", filled("<!DOCTYPE ", before="")
    yield "comments", filled("<!--", before=xml)
    yield "items", filled("<item>", before=xml)
    yield "windows-1251", filled("Й").decode().encode("cp1251", "replace")
    yield (
        "outlines",
        (xml + numbered('<outline type="watchlist" text="t" query="q{0} OR /a{0}/"/>')).encode(),
    )


@pytest.mark.parametrize(
    "content", [pytest.param(content, id=name) for name, content in megabytes()]
)
def test_a_megabyte_of_anything_is_read_in_two_seconds(content: bytes) -> None:
    assert len(content) <= MAX_BYTES
    began = time.process_time()
    # The name that lets it look for both formats.
    read("list.opml", content)
    assert time.process_time() - began < LIMIT


def test_as_many_watchlists_as_may_be_are_read_in_two_seconds() -> None:
    began = time.process_time()
    query = 'place:"Khan Sheikhun" AND (sarin OR chlorine OR "nerve agent") AND NOT a'
    bundle = read("a.yml", many(MOST_ENTRIES, query))
    assert time.process_time() - began < LIMIT
    assert isinstance(bundle, Bundle)
    assert len(bundle.watchlists) == MOST_ENTRIES


@given(st.binary(max_size=100))
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    for name in ("a", "a.opml"):
        for start in (b"", b"version: 1\n", b"<opml><body>", b"\xff\xfe", b"\xfe\xff\x00<"):
            assert isinstance(read(name, start + content), Bundle | PortableFlaw)


EXPORTED = Subscriber(
    id=12,
    chat=Address(channel="telegram", target="100"),
    created_at=NOW,
    watchlists=(
        OwnWatchlist(
            number=1,
            title="Idlib",
            wish="Idlib, Homs + sarin",
            query='(place:"Idlib" OR place:"Homs") AND sarin',
            exclude='"trade fair"',
            created_at=NOW,
        ),
    ),
)
EXPORTS = [to_yaml(EXPORTED, now=NOW).encode(), to_opml(EXPORTED, now=NOW).encode()]


@given(
    st.sampled_from(EXPORTS),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 20), st.binary(max_size=6)), max_size=4),
)
def test_an_export_that_was_spoilt_is_read_or_refused(
    content: bytes, edits: list[tuple[int, int, bytes]]
) -> None:
    for start, length, new in edits:
        content = content[:start] + new + content[start + length :]
    assert isinstance(read("watchlists", content), Bundle | PortableFlaw)
