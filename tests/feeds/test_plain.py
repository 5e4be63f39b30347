"""What is read without feedparser is read as feedparser reads it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.document import decode, repaired
from alerts.feeds.parse import _feed, _feedparsed, _parse_xml
from alerts.feeds.plain import read_plain
from tests.feeds.test_documents import INDEX, URL, Document

_HEAD = (
    '<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:atom="http://www.w3.org/2005/Atom" xmlns:media="http://search.yahoo.com/mrss/">'
    "<channel>"
)
#: Texts with whatever feedparser mends or guesses at.
_TEXTS = (
    "Words", "", "  two words ", "a &lt;keygen&gt;b&lt;/keygen&gt;", "AT&amp;T", "a &lt;b&gt;b&lt;/b&gt;", "&amp;#8217;s", "x&lt;y", "Ã©tÃ©",
    "\x93quoted\x94", "Взрыв", "<![CDATA[<p>x</p> &amp; y]]>", "A. Writer", "a@b.example (A)", "<b>c</b>",
    "https://post.example/1?a=1&amp;b=2", "http:///post.example", "/relative", "12345", "https://é.example/",
    "Wed, 01 May 2024 11:00:00 GMT", "2024-05-01", "yesterday", "https://post.example/x;y",
)  # fmt: skip
_TAGS = (
    "title", "link", "guid", 'guid isPermaLink="false"', 'guid isPermaLink="TRUE"', "description",
    "content:encoded", "pubDate", "author", "dc:creator", "category", 'category domain="d"', "comments",
    "dc:date", "media:title", 'media:thumbnail url="u"', 'enclosure url="u"', 'source url="u"', "x",
    'title type="html"', "summary", "Title", 'atom:link href="https://post.example/2"',
)  # fmt: skip
_OF_CHANNEL = (
    "title", "link", "description", "language", "ttl", "pubDate", "lastBuildDate", "generator", "image",
    'atom:link rel="self" href="https://post.example/f"', 'atom:link rel="hub" href="https://hub.example/"',
    'atom:link rel="next" href="/2"', "textInput", "dc:language", 'title xml:lang="fr"', "skipHours",
)  # fmt: skip


def _element(tag_and_text: tuple[str, str]) -> str:
    tag, text = tag_and_text
    return f"<{tag}>{text}</{tag.partition(' ')[0]}>"


def _pieces(tags: tuple[str, ...]) -> st.SearchStrategy[str]:
    pairs = st.tuples(st.sampled_from(tags), st.sampled_from(_TEXTS))
    return st.lists(pairs.map(_element), max_size=6).map("".join)


def _differ(document: bytes) -> bool:
    both = (_feed(parse(document, URL), URL) for parse in (_parse_xml, _feedparsed))
    return next(both) != next(both)


@given(_pieces(_OF_CHANNEL), st.lists(_pieces(_TAGS), max_size=3), _pieces(_OF_CHANNEL))
def test_a_plain_document_says_what_feedparser_says(head: str, items: list[str], tail: str) -> None:
    body = "".join(f"<item>{item}</item>" for item in items)
    document = repaired(f"{_HEAD}{head}{body}{tail}</channel></rss>").xml
    if read_plain(document) is not None:
        assert not _differ(document)


@pytest.mark.parametrize("tag", _TAGS)
@pytest.mark.parametrize("text", _TEXTS)
def test_each_text_in_each_element_says_what_feedparser_says(tag: str, text: str) -> None:
    item = f"<item><comments>1</comments>{_element((tag, text))}</item>"
    document = repaired(f"{_HEAD}{item}</channel></rss>").xml
    if read_plain(document) is not None:
        assert not _differ(document)


@pytest.mark.parametrize("document", INDEX, ids=lambda document: document.name)
def test_a_plain_document_of_the_index_says_what_feedparser_says(document: Document) -> None:
    xml = repaired(decode(document.body, document.content_type)).xml
    if read_plain(xml) is not None:
        assert not _differ(xml)


def test_a_usual_document_is_plain() -> None:
    item = (
        '<item><title>T</title><link>https://post.example/1</link><guid isPermaLink="false">1</guid>'
        "<pubDate>Wed, 01 May 2024 11:00:00 GMT</pubDate><dc:creator>A. Writer</dc:creator>"
        "<category>War</category><category>Syria</category>"
        "<description><![CDATA[<p>x</p>]]></description><content:encoded>y</content:encoded></item>"
    )
    head = "<title>F</title><link>https://post.example/</link><language>en</language><ttl>5</ttl>"
    document = repaired(f"{_HEAD}{head}{item * 2}</channel></rss>").xml
    read = read_plain(document)
    assert read is not None
    assert len(read.entries) == 2
    assert not _differ(document)


@pytest.mark.parametrize(
    "odd",
    [
        '<!DOCTYPE rss [<!ENTITY a "b">]>' + _HEAD + "</channel></rss>",
        '<feed xmlns="http://www.w3.org/2005/Atom"/>',
        '<rss version="0.91"><channel/></rss>',
        _HEAD + '<item xml:base="https://a.example/"/></channel></rss>',
        _HEAD + "<item><title>a</title><title>b</title></item></channel></rss>",
        _HEAD + "<item><title>a</channel></rss>",
    ],
)
def test_anything_else_is_left_to_feedparser(odd: str) -> None:
    assert read_plain(odd.encode()) is None
