"""Lists of feeds: what other readers write is understood, what is hostile is refused, ours returns."""

from __future__ import annotations

import codecs
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.errors import ParseError
from alerts.feeds.appending import appended
from alerts.feeds.clean import words
from alerts.feeds.entries import document, entry_of, outlined
from alerts.feeds.opml import (
    MOST_OUTLINES,
    Opml,
    OutlinedFeed,
    read_opml,
    web_address,
    write_opml,
)
from alerts.model import Backfill, Feed
from alerts.watchlists.layout import lay_out
from alerts.watchlists.load import load_text

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


def opml(body: str, *, head: str = "", version: str = "2.0") -> str:
    return f'<?xml version="1.0"?><opml version="{version}"><head>{head}</head><body>{body}</body></opml>'


def read(body: str, **options: str) -> Opml:
    return read_opml(opml(body, **options).encode())


# --- what other readers write -----------------------------------------------------------------

FEED = "https://news.example/rss"


@pytest.mark.parametrize(
    "outline",
    [
        f'<outline type="rss" text="News" title="News" xmlUrl="{FEED}" htmlUrl="https://n.example"/>',
        f'<outline text="News" xmlurl="{FEED}"/>',
        f'<outline title="News" xmlURL="{FEED}" type="RSS"></outline>',
        f'<OUTLINE TEXT="News" XMLURL="{FEED}" TYPE="atom"/>',
        f'<outline type="rss" title="News" url="{FEED}"/>',
        f'<outline text="  News &amp;nbsp; " xmlUrl=" {FEED} "/>',
        f"<outline text='News' xmlUrl='{FEED}' xmlns:x='urn:x' x:y='z'/>",
        '<outline text="News" xmlUrl="feed:https://news.example/rss"/>',
    ],
)
def test_each_dialect_of_an_outline_names_the_feed(outline: str) -> None:
    (feed,) = read(outline).feeds
    assert (feed.url, feed.name) == (FEED, "News")


def test_folders_and_categories_become_tags() -> None:
    listed = read(
        '<outline text="World"><outline title="Syria">'
        f'<outline text="A" xmlUrl="{FEED}" category="/World/War,Aid"/></outline></outline>'
        f'<outline text="B" xmlUrl="{FEED}2"/>'
    )
    assert [feed.tags for feed in listed.feeds] == [("World", "Syria", "War", "Aid"), ()]


def test_a_feed_that_holds_others_is_no_folder_of_theirs() -> None:
    listed = read(
        f'<outline text="A" xmlUrl="{FEED}"><outline text="B" xmlUrl="{FEED}2"/></outline>'
    )
    assert [(feed.name, feed.tags) for feed in listed.feeds] == [("A", ()), ("B", ())]


def test_a_feed_without_a_name_has_its_hosts() -> None:
    (feed,) = read(f'<outline xmlUrl="{FEED}"/>').feeds
    assert feed.name == "news.example"


def test_what_means_a_feed_and_names_none_is_refused_with_a_reason() -> None:
    listed = read(
        '<outline type="rss" text="A"/><outline type="include" text="B" url="https://x/l.opml"/>'
        '<outline text="a note"/>'
    )
    assert [outline.name for outline in listed.refused] == ["A", "B"]
    assert "xmlUrl" in listed.refused[0].reason
    assert "not followed" in listed.refused[1].reason


def test_the_title_of_the_list_is_its_heads() -> None:
    assert read('<outline text="x"/>', head="<title>My &amp; yours</title>").title == "My & yours"


CAFE = opml(f'<outline text="Café Ω" xmlUrl="{FEED}"/>')


@pytest.mark.parametrize(
    "encoded",
    [
        CAFE.encode(),
        codecs.BOM_UTF8 + CAFE.encode(),
        codecs.BOM_UTF16_LE + CAFE.encode("utf-16-le"),
        CAFE.encode("utf-16-be"),
        CAFE.replace('"1.0"?', '"1.0" encoding="utf-16"?').encode(),
        CAFE.replace('"1.0"?', '"1.0" encoding="iso-8859-1"?').encode(),
        CAFE.replace('"1.0"?', '"1.0" encoding="windows-1253"?')
        .replace("é", "&#233;")
        .encode("cp1253"),
        b"\r\n\r\n" + CAFE.encode(),
    ],
    ids=["utf8", "bom", "utf16", "utf16 bare", "wrong label", "wrong label 2", "cp1253", "blank"],
)
def test_charsets_are_told_whatever_their_label(encoded: bytes) -> None:
    (feed,) = read_opml(encoded).feeds
    assert feed.name == "Café Ω"


def test_a_label_of_the_server_counts_where_there_is_no_other() -> None:
    body = CAFE.replace("Ω", "ß").encode("cp1252")
    (feed,) = read_opml(body, content_type="text/x-opml; charset=windows-1252").feeds
    assert feed.name == "Café ß"


def test_bare_ampersands_and_names_of_html_cost_nothing() -> None:
    listed = read(
        '<outline text="A&B &eacute;&unknown;" xmlUrl="https://n.example/?a=1&b=2&copy=3"/>'
    )
    assert listed.broken == ""
    (feed,) = listed.feeds
    assert feed.url == "https://n.example/?a=1&b=2&copy=3"
    assert feed.name == "A&B é&unknown;"


def test_what_stands_before_a_break_is_kept_and_the_break_is_told() -> None:
    whole = opml(f'<outline text="A" xmlUrl="{FEED}"/>\n<outline text="B" xmlUrl="{FEED}2"/>')
    listed = read_opml(whole[: whole.index('"B"')].encode())
    assert [feed.name for feed in listed.feeds] == ["A"]
    assert listed.broken.startswith("line 2: ")


def test_five_thousand_feeds_are_read_in_their_order() -> None:
    many = "".join(f'<outline text="F{n}" xmlUrl="{FEED}/{n}"/>' for n in range(5000))
    listed = read(f'<outline text="all">{many}</outline>')
    assert [feed.name for feed in listed.feeds] == [f"F{number}" for number in range(5000)]


# --- what is hostile --------------------------------------------------------------------------

LAUGHS = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))


@pytest.mark.parametrize(
    "declared",
    [
        f"<!DOCTYPE opml [{LAUGHS}]>",
        '<!DOCTYPE opml [<!ENTITY x SYSTEM "file:///etc/passwd">]>',
        '<!DOCTYPE opml SYSTEM "http://169.254.169.254/x.dtd">',
        '<!DOCTYPE opml [<!ENTITY % p SYSTEM "file:///etc/passwd"> %p;]>',
    ],
    ids=["laughs", "file", "address", "parameter"],
)
def test_a_document_type_is_refused(declared: str) -> None:
    body = f'<?xml version="1.0"?>{declared}<opml><body><outline text="&l9;&x;" xmlUrl="{FEED}"/></body></opml>'
    with pytest.raises(ParseError, match="DOCTYPE"):
        read_opml(body.encode())


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (b"", "no XML"),
        (b"hello", "no XML"),
        (b"<html><body>Log in</body></html>", "<html>"),
        (b"<rss version='2.0'><channel/></rss>", "feeds add"),
        (b"<feed xmlns='http://www.w3.org/2005/Atom'/>", "feeds add"),
        (b'{"feeds": []}', "no XML"),
        (bytes(1000), "no XML"),
    ],
)
def test_what_is_no_list_is_named(body: bytes, said: str) -> None:
    with pytest.raises(ParseError, match=said):
        read_opml(body)


def test_depth_and_number_are_bounded() -> None:
    with pytest.raises(ParseError, match="50 folders"):
        read('<outline text="x">' * 60)
    with pytest.raises(ParseError, match="50,000 outlines"):
        read("<outline/>" * (MOST_OUTLINES + 1))


@pytest.mark.parametrize(
    "hostile",
    [
        lambda: '<outline text="' + "x" * 4_000_000 + '"/>',
        lambda: "<outline " + " ".join(f'a{n}="1"' for n in range(100_000)) + "/>",
        lambda: '<outline text="' + "&" * 1_000_000 + f'" xmlUrl="{FEED}"/>',
        lambda: f'<outline xmlUrl="{FEED}" category="' + "/,a" * 500_000 + '"/>',
        lambda: "<outline text='" + "<" * 1_000_000,
    ],
    ids=["long", "attributes", "ampersands", "categories", "openings"],
)
def test_huge_lists_are_read_in_bounded_time(hostile: Callable[[], str]) -> None:
    body = opml(hostile()).encode()
    began = process_time()
    for feed in read_opml(body).feeds:
        assert len(feed.name) <= 200
        assert len(feed.tags) <= 20
    assert process_time() - began < 5


def test_names_play_no_tricks() -> None:
    (feed,) = read(f'<outline text="A&#x202E;B&lt;b&gt;C&#10;D" xmlUrl="{FEED}"/>').feeds
    assert feed.name == "ABC D"


@settings(max_examples=300)
@given(st.binary(max_size=200) | st.text(alphabet='<>&;/ ="opmlutine?!-[]', max_size=200))
def test_whatever_comes_is_read_or_refused(body: bytes | str) -> None:
    for each in (body if isinstance(body, bytes) else body.encode(), opml(str(body)).encode()):
        try:
            read_opml(each)
        except ParseError as error:
            assert "\n" not in str(error)  # noqa: PT017 - either way is right


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("news.example/rss", "https://news.example/rss"),
        ("news.example:8080/rss", "https://news.example:8080/rss"),
        ("feed://news.example/rss", "http://news.example/rss"),
        ("feed:https://news.example/rss", "https://news.example/rss"),
        ("feed://https://news.example/rss", "https://news.example/rss"),
        ("HTTP://news.example", "HTTP://news.example"),
        ("file:///etc/passwd", "file:///etc/passwd"),
        ("javascript:alert(1)", "javascript:alert(1)"),
    ],
)
def test_an_address_is_what_people_mean_by_it(typed: str, meant: str) -> None:
    assert web_address(typed) == meant


# --- ours -------------------------------------------------------------------------------------

# The reader takes markup and marks of direction out of names; what has none returns as it is.
NAMES = (
    st.text(alphabet=st.sampled_from("abÄö 'Ωحم中,/%&<>\"#:-[]{}!?@*|"), min_size=1, max_size=30)
    .map(lambda text: words(text, markup=False))
    .filter(lambda text: bool(text) and words(text, markup=False) == text)
)


FEEDS = st.builds(
    Feed,
    url=st.text(alphabet="abc/?&=%2Fé'(),;~-", max_size=20).map(
        lambda path: f"https://n.example/{path}"
    ),
    publisher=NAMES,
    country=st.sampled_from(["", "SY", "DE"]),
    reliability=st.sampled_from(["", "A", "F"]),
    language=st.sampled_from(["", "en", "ar", "pt-br"]),
    tags=st.lists(NAMES, max_size=4, unique=True).map(tuple),
    interval=st.sampled_from(
        [None, timedelta(minutes=5), timedelta(minutes=90), timedelta(hours=1)]
    ),
    priority=st.booleans(),
    rate_limit_scope=st.sampled_from(["host", "feed", "domain"]),
    backfill=st.sampled_from(
        [
            None,
            Backfill(items=20),
            Backfill(age=timedelta(hours=24)),
            Backfill(age=timedelta(hours=36)),
        ]
    ),
    full_text=st.booleans(),
)


@settings(max_examples=100)
@given(st.lists(FEEDS, min_size=1, max_size=6, unique_by=lambda feed: feed.url))
def test_export_then_import_gives_the_same_feeds(feeds: list[Feed]) -> None:
    listed = read_opml(write_opml(map(outlined, feeds), title="T", now=NOW))
    assert listed.broken == ""
    text = document([entry_of(feed) for feed in listed.feeds])
    again = {feed.url: feed for feed in load_text(text).feeds}
    assert again == {feed.url: feed for feed in feeds}


@given(st.lists(FEEDS, min_size=1, max_size=4, unique_by=lambda feed: feed.url))
def test_entries_are_written_in_the_layout(feeds: list[Feed]) -> None:
    body = appended(b"", [entry_of(outlined(feed)) for feed in feeds], "x")
    assert not lay_out(body, "x").changes


def test_a_login_is_not_exported() -> None:
    feed = Feed(url="https://user:canary@news.example/rss", publisher="N")
    assert b"canary" not in write_opml([outlined(feed)], title="T", now=NOW)


def test_the_export_says_what_other_readers_look_for() -> None:
    feed = OutlinedFeed(url=FEED, name="N & M", tags=("World", "a,b"))
    text = write_opml([feed], title="T", now=NOW).decode()
    assert '<outline text="World" title="World">' in text
    assert f'<outline type="rss" text="N &amp; M" title="N &amp; M" xmlUrl="{FEED}"' in text
    assert 'category="World,a%2Cb"' in text
