"""Parsing only what is new gives what parsing everything gives, or does not happen."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import ParseError
from alerts.feeds.cutting import cut
from alerts.feeds.parse import _parse_whole, parse_document
from alerts.feeds.parsed import ParsedFeed, ParsedItem

URL = "https://pub.example/feed"
_HEAD = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"><channel><title>T</title>'
    "<link>https://pub.example/</link><lastBuildDate>{date}</lastBuildDate>"
)
_TAIL = "</channel></rss>"

#: What items are made of: good things, and whatever could deceive somebody who cuts by sight.
_PIECES = (
    "<title>Words {n}</title>", "<guid>g{n}</guid>", "<link>/n/{n}</link>", "<dc:creator>A</dc:creator>",
    "<description><![CDATA[<b>x</b> {n}]]></description>", "<description>a &amp; b &nbsp; c</description>",
    "<![CDATA[<item>]]>", "<![CDATA[</item>]]>", "<!-- <item> -->", "<!-- </item> -->", "<!-- c -->",
    "<!--", "-->", "<![CDATA[", "]]>", "<item>", "</item>", "<items/>", "<item/>", "<entry>",
    "<title>inner</title></item><item>", '<x xmlns="http://www.w3.org/2005/Atom"/>', "<b>", "&e;", "\0",
    '<x xml:base="https://other.example/"/>', '<title a="<item>">t</title>', '<title a=">">t</title>',
    "<?php <item> ?>", "<it\0em>", "<a:item xmlns:a='urn:a'/>", "stray", "AT&T", "<Item>", "&#xD800;",
)  # fmt: skip
_BETWEEN = ("\n", "\n", "\n", " ", "<!-- <item> -->", "stray", "<ttl>5</ttl>", "\x0b")
_ITEMS = st.tuples(st.lists(st.sampled_from(_PIECES), max_size=4), st.integers(0, 5))
_GOOD = st.tuples(st.lists(st.sampled_from(_PIECES[:6]), min_size=1, max_size=4), st.integers(0, 9))


def _item(made_of: tuple[list[str], int]) -> str:
    pieces, number = made_of
    return "<item>" + "".join(pieces).replace("{n}", str(number)) + "</item>"


def _rss(items: list[str], *, between: str = "\n", date: str = "today") -> bytes:
    return (_HEAD.format(date=date) + between.join(items) + _TAIL).encode("utf-8", "replace")


def _parse(body: bytes, seen: frozenset[str] = frozenset()) -> ParsedFeed:
    return parse_document(body, url=URL, content_type="", seen=seen)


def _marks(feed: ParsedFeed) -> frozenset[str]:
    return frozenset(item.mark for item in feed.items) - {""}


@given(
    st.lists(_ITEMS | _GOOD, max_size=4), st.lists(_ITEMS | _GOOD, max_size=4),
    st.sampled_from(_BETWEEN),
)  # fmt: skip
def test_what_was_seen_says_the_same_in_the_next_document(
    before: list[tuple[list[str], int]], new: list[tuple[list[str], int]], between: str
) -> None:
    first = _rss([_item(each) for each in before])
    second = _rss([_item(each) for each in new + before], between=between, date="tomorrow")
    try:
        known = {item.mark: item for item in _parse(first).items if item.mark}
        whole = _parse_whole(second.decode(), URL)
    except ParseError:
        return
    partly = _parse(second, frozenset(known))
    both = [*partly.items, *(known[mark] for mark in partly.seen)]
    assert sorted(map(_order, both)) == sorted(map(_order, whole.items))


def _order(item: ParsedItem) -> str:
    return repr((item.guid, item.link, item.title, item.summary, item.content, item.author))


def test_only_the_new_item_of_a_usual_feed_is_read() -> None:
    items = [_item((list(_PIECES[:5]), number)) for number in range(30)]
    first = _parse(_rss(items[1:]))
    again = _parse(_rss(items, date="tomorrow"), _marks(first))
    assert [item.title for item in again.items] == ["Words 0"]
    assert again.seen == tuple(item.mark for item in first.items)


@pytest.mark.parametrize(
    "piece",
    [
        '<x xmlns="http://www.w3.org/2005/Atom"/>', '<title xml:base="https://other.example/">t</title>',
        "<?php echo 1 ?>", "<title>t<b></title>", "<title>AT&T</title>", "<title>\0t</title>", "<!-- ",
        "<item><title>inner</title></item>", "<entry><title>inner</title></entry>",
    ],
)  # fmt: skip
def test_what_leans_on_its_surroundings_is_not_cut_out(piece: str) -> None:
    good = _item((list(_PIECES[:3]), 1))
    body = _rss([good, f"<item><guid>x</guid>{piece}</item>"])
    feed = _parse(body)
    assert _marks(feed) == frozenset()
    assert feed.items == _parse_whole(body.decode(), URL).items
    # An item that was seen before does not make the new one any safer.
    again = _parse(body, _marks(_parse(_rss([good]))))
    assert (again.items, again.seen) == (feed.items, ())


def test_an_item_that_was_edited_is_read_again() -> None:
    items = [_item((list(_PIECES[:5]), number)) for number in range(3)]
    marks = _marks(_parse(_rss(items)))
    edited = _parse(_rss([items[0], items[1].replace("Words", "Other words"), items[2]]), marks)
    assert [item.title for item in edited.items] == ["Other words 1"]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("<link>https://pub.example/</link>", "<link>https://new.example/</link>"),
        ("<channel>", '<channel xml:lang="fr">'),
        ("xmlns:dc", "xmlns:xx"),
    ],
)
def test_a_head_that_changes_what_items_mean_has_them_read_again(before: str, after: str) -> None:
    body = _rss([_item((list(_PIECES[:3]), number)) for number in range(3)])
    changed = body.replace(before.encode(), after.encode())
    assert changed != body
    assert len(_parse(changed, _marks(_parse(body))).items) == 3


def test_another_address_has_them_read_again() -> None:
    body = _rss([_item((list(_PIECES[:3]), 1))]).replace(b"https://pub.example/", b"")
    there = parse_document(body, url="https://moved.example/f", content_type="")
    assert _marks(there)
    assert not _marks(there) & _marks(_parse(body))


def test_a_json_feed_is_read_as_far_as_it_is_new() -> None:
    def body(*numbers: int) -> bytes:
        items = ",".join(f'{{"id": "{n}", "title": "Words {n}", "url": "/{n}"}}' for n in numbers)
        version = "https://jsonfeed.org/version/1.1"
        return f'{{"version": "{version}", "title": "T", "items": [{items}]}}'.encode()

    first = _parse(body(1, 2))
    again = _parse(body(3, 2, 1), _marks(first))
    assert [item.title for item in again.items] == ["Words 3"]
    assert set(again.seen) == _marks(first)
    assert again.items == _parse(body(3)).items


def test_a_document_without_news_is_still_understood() -> None:
    body = _rss([_item((list(_PIECES[:3]), 1))]).replace(b"<lastBuild", b"<ttl>90</ttl><lastBuild")
    again = _parse(body, _marks(_parse(body)))
    assert (again.items, again.title, again.link) == ((), "T", "https://pub.example/")
    assert again.update_every is not None


@pytest.mark.parametrize(
    "hostile",
    [
        "<item>" * 400_000, "<item></item>" * 200_000, "<!--" * 500_000, "<![CDATA[" * 250_000,
        "<item><![CDATA[" * 100_000, "<item " * 300_000, "</item>" * 300_000, "<item>\n<" * 250_000,
        "<item>" + "<a \n" * 400_000 + "</item>", "<updated>" * 200_000 + "<item></item>",
    ],
)  # fmt: skip
def test_cutting_takes_no_longer_than_reading(hostile: str) -> None:
    text = '<rss version="2.0"><channel>' + hostile + "</channel></rss>"
    begun = time.process_time()
    if (document := cut(text, URL)) is not None:
        document.without(frozenset())
    assert time.process_time() - begun < 2
