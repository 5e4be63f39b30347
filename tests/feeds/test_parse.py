from __future__ import annotations

import warnings
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.errors import ParseError
from alerts.feeds.document import decode, repaired, root_name
from alerts.feeds.parse import MOST_ITEMS, parse_document
from alerts.feeds.parsed import (
    ParsedFeed,
    ParsedItem,
    read_feed,
    read_item,
    write_feed,
    write_item,
)

URL = "https://feeds.example/news.xml"
_NAMESPACES = (
    'xmlns:content="http://purl.org/rss/1.0/modules/content/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    ' xmlns:sy="http://purl.org/rss/1.0/modules/syndication/"'
    ' xmlns:feedburner="http://rssnamespace.org/feedburner/ext/1.0"'
)


def _rss(items: str, head: str = "<link>https://pub.example/</link>") -> bytes:
    return (
        f'<?xml version="1.0" encoding="utf-8"?><rss version="2.0" {_NAMESPACES}><channel>'
        f"<title>The Feed</title>{head}{items}</channel></rss>"
    ).encode()


def _atom(entries: str, head: str = "") -> bytes:
    return (
        '<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en-GB"><title>The Feed</title>'
        f"{head}{entries}</feed>"
    ).encode()


def _parse(body: bytes, content_type: str = "application/rss+xml") -> ParsedFeed:
    return parse_document(body, url=URL, content_type=content_type)


def _only(body: bytes) -> ParsedItem:
    (item,) = _parse(body).items
    return item


# --- formats ----------------------------------------------------------------------------------


def test_rss_2() -> None:
    feed = _parse(
        _rss(
            "<item><guid isPermaLink='false'>a1</guid><title>Shelling &amp;amp; fire</title>"
            "<link>/n/1</link><description>&lt;p&gt;Sheikhun.&lt;/p&gt;&lt;p&gt;A convoy"
            "&lt;/p&gt;</description><content:encoded><![CDATA[<p>Long</p><script>x</script>]]>"
            "</content:encoded><dc:creator>Ann</dc:creator><category>War</category>"
            "<category>War</category><pubDate>Sun, 01 Mar 2026 12:00:00 +0200</pubDate></item>",
            head="<link>https://pub.example/</link><language>en_GB</language><ttl>90</ttl>",
        )
    )
    assert feed == ParsedFeed(
        version="rss20",
        title="The Feed",
        link="https://pub.example/",
        language="en-gb",
        update_every=timedelta(minutes=90),
        items=(
            ParsedItem(
                guid="a1",
                link="https://pub.example/n/1",
                title="Shelling & fire",
                summary="Sheikhun. A convoy",
                content="Long",
                author="Ann",
                tags=("War",),
                published_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
            ),
        ),
    )


def test_atom() -> None:
    feed = _parse(
        _atom(
            '<entry xml:base="sub/"><id>urn:1</id><title type="html">x &amp;lt; &lt;b&gt;y&lt;/b&gt;'
            '</title><link href="p?a=1&amp;b=2"/><link rel="enclosure" href="/x.mp3"/>'
            "<published>2026-03-01T10:00:00Z</published><updated>2026-03-02T10:00:00Z</updated>"
            '<content type="xhtml"><div xmlns="http://www.w3.org/1999/xhtml"><p>One.</p>'
            "<p>Two &amp; three</p></div></content><author><name>Bob</name></author>"
            '<category term="war" label="War"/></entry>'
        )
    )
    assert (feed.version, feed.language) == ("atom10", "en-gb")
    assert feed.items == (
        ParsedItem(
            guid="urn:1",
            link="https://feeds.example/sub/p?a=1&b=2",
            title="x < y",
            summary="One. Two & three",
            author="Bob",
            tags=("War",),
            language="en-gb",
            published_at=datetime(2026, 3, 1, 10, tzinfo=UTC),
            updated_at=datetime(2026, 3, 2, 10, tzinfo=UTC),
        ),
    )


@pytest.mark.parametrize(
    ("document", "version"),
    [
        ('<rss version="0.91"><channel><item><title>A</title></item></channel></rss>', "rss091u"),
        ('<rss version="0.92"><channel><item><title>A</title></item></channel></rss>', "rss092"),
        (
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
                ' xmlns="http://purl.org/rss/1.0/"><channel><title>C</title></channel>'
                '<item rdf:about="https://pub.example/1"><title>A</title></item></rdf:RDF>'
            ),
            "rss10",
        ),
        (
            (
                '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
                ' xmlns="http://my.netscape.com/rdf/simple/0.9/"><item><title>A</title></item></rdf:RDF>'
            ),
            "rss090",
        ),
        (
            (
                '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>A</title></entry>'
                "</feed>"
            ),
            "atom03",
        ),
        ('{"version":"https://jsonfeed.org/version/1","items":[{"title":"A"}]}', "json10"),
        ('{"version":"https://jsonfeed.org/version/1.1","items":[{"title":"A"}]}', "json11"),
    ],
)
def test_every_format_is_known(document: str, version: str) -> None:
    feed = _parse(document.encode())
    assert feed.version == version
    assert [item.title for item in feed.items] == ["A"]


def test_json_feed() -> None:
    feed = _parse(
        b"""{"version": "https://jsonfeed.org/version/1.1", "title": "J", "language": "en-US",
        "home_page_url": "https://pub.example/", "authors": [{"name": "Desk"}], "items": [
        {"id": 5, "url": "/a", "title": "T\\ud800", "content_html": "<p>x</p><p>y</p>",
         "summary": "s", "date_published": "2026-03-01T10:00:00+02:00", "tags": ["t", 3]},
        {"id": "6", "external_url": "https://other.example/", "content_text": "a <b> c",
         "author": {"name": "Ann"}, "date_published": "yesterday"},
        7, {}, null]}"""
    )
    assert (feed.version, feed.link, feed.language, feed.skipped) == (
        "json11",
        "https://pub.example/",
        "en-us",
        3,
    )
    first, second = feed.items
    assert first == ParsedItem(
        guid="5",
        link="https://feeds.example/a",
        title="T",
        summary="s",
        content="x y",
        author="Desk",
        tags=("t",),
        language="en-us",
        published_at=datetime(2026, 3, 1, 8, tzinfo=UTC),
    )
    assert (second.author, second.published_at, second.link) == (
        "Ann",
        None,
        "https://other.example/",
    )


# --- what is not a feed -----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ("", "empty"),
        (" \n ", "empty"),
        ("<html><head><title>Hi &amp; so</title></head></html>", r"HTML page \(Hi & so\)"),
        ("<!DOCTYPE html>\n<!-- x --><html><p>", "HTML page"),
        (
            (
                "<html><link rel='alternate' type='application/rss+xml' href='/f.xml'>"
                '<link href="b.json" type="application/feed+json" rel="ALTERNATE">'
            ),
            "its feeds: https://feeds.example/f.xml , https://feeds.example/b.json",
        ),
        (
            "<html><link rel=alternate type=application/rss+xml href='file:///etc/passwd'>",
            "not a feed$",
        ),
        ("<html><title>Just a moment...</title>", "challenge page"),
        ("<html><script src='/cdn-cgi/challenge-platform/x'></script>", "challenge page"),
        ("<opml version='2.0'/>", "OPML"),
        ('<?xml version="1.0"?><urlset/>', "sitemap"),
        ("<foo><bar/></foo>", "<foo>"),
        ("{}", "not a JSON Feed"),
        ('{"version": "1.0", "items": []}', "not a JSON Feed"),
        ('{"version": "https://jsonfeed.org/version/1.1", "items": 5}', "not a JSON Feed"),
        ("[]", "not a JSON Feed"),
        ("{", "not valid JSON"),
        ('{"a":' * 100_000, "not valid JSON"),
        ("GIF89a\x01", "neither XML nor JSON"),
        ("Not Found", "neither XML nor JSON"),
    ],
)
def test_what_is_no_feed_is_named(body: str, said: str) -> None:
    with pytest.raises(ParseError, match=said) as failure:
        _parse(body.encode())
    assert "\n" not in str(failure.value)


def test_an_empty_feed_is_a_feed() -> None:
    assert _parse(_rss("")).items == ()


# --- charsets ---------------------------------------------------------------------------------

_RUSSIAN = "Взрыв в Дамаске: погибли люди, сообщает агентство"


@pytest.mark.parametrize(
    ("charset", "declared", "content_type"),
    [
        ("utf-8", "utf-8", ""),
        ("utf-8", "windows-1251", "text/xml; charset=iso-8859-1"),  # wrong labels, right bytes
        ("utf-8-sig", "koi8-r", ""),
        ("utf-16", "utf-16", ""),
        ("utf-16-le", "utf-8", ""),
        ("utf-16-be", "utf-8", ""),
        ("utf-32", "utf-8", ""),
        ("windows-1251", "windows-1251", ""),
        ("windows-1251", "windows-1251", "text/xml; charset=utf-8"),
        ("windows-1251", "", "text/xml; charset=windows-1251"),
        ("windows-1251", "utf-8", "text/xml; charset=utf-8"),
        ("windows-1251", "no-such-charset", ""),
        ("windows-1251", "idna", ""),
        ("koi8-r", "koi8-r", ""),
        ("koi8-r", "", ""),
    ],
)
def test_russian_is_read_whatever_the_labels_say(
    charset: str, declared: str, content_type: str
) -> None:
    label = f' encoding="{declared}"' if declared else ""
    text = f'<?xml version="1.0"{label}?><rss version="2.0"><channel><title>{_RUSSIAN}</title></channel></rss>'
    assert _parse(text.encode(charset), content_type).title == _RUSSIAN


@pytest.mark.parametrize(
    ("charset", "language", "title"),
    [
        ("cp1256", "ar", "قصف على خان شيخون"),
        ("cp1254", "tr", "Şiddetli çatışma: İdlib'de ağır kayıp"),
        ("cp1250", "pl", "Wybuch w pobliżu lotniska, są ofiary"),
        ("gb18030", "zh", "叙利亚空军基地遭袭"),
        ("latin-1", "", "L'été à Alep: déjà vu"),
    ],
)
def test_the_language_helps_where_the_charset_is_not_named(
    charset: str, language: str, title: str
) -> None:
    body = (
        f'<rss version="2.0"><channel><language>{language}</language><title>{title}</title>'
        "</channel></rss>"
    ).encode(charset)
    assert _parse(body).title == title


def test_a_broken_character_does_not_cost_the_charset() -> None:
    body = _rss(f"<item><title>{_RUSSIAN}</title></item>").replace("люди".encode(), b"\xff")
    assert _only(body).title == _RUSSIAN.replace("люди", "�")


@given(st.binary(max_size=200), st.text(max_size=30))
def test_any_bytes_become_a_text_and_a_document(body: bytes, content_type: str) -> None:
    repaired(decode(body, content_type)).xml.decode("utf-8")
    root_name(decode(body, content_type))


# --- damaged documents ------------------------------------------------------------------------

_ITEM = "<item><guid>{0}</guid><title>Title {0}</title><description>Text {0}</description></item>"


@given(st.integers(len(_rss("", head="")) - 16, 1050))
@settings(max_examples=60)
def test_a_truncated_document_keeps_its_whole_items_and_no_half_ones(length: int) -> None:
    whole = _rss("".join(_ITEM.format(n) for n in range(10)))
    expected = _parse(whole).items
    body = whole[: min(length, len(whole) - 7)]
    feed = _parse(body)
    closed = body.count(b"</item>")
    assert feed.truncated
    assert feed.items == expected[:closed]


def test_a_whole_document_is_not_truncated() -> None:
    assert not _parse(_rss(_ITEM.format(1))).truncated
    assert not _parse(_rss(_ITEM.format(1)) + b"\n<!-- cached 0.2 s -->").truncated
    assert not _parse(b'<rss version="2.0"/>').truncated
    assert _parse(_rss(_ITEM.format(1))[:-6]).truncated


@pytest.mark.parametrize(
    "damage",
    [
        "&#xD800;", "&#0;", "&#1114112;", "&#99999999999999999999;", "\x0b", "\x00", "&nbsp;",
        "&undefined;", "AT&T", "<b>", "\ufffe",
    ],
)  # fmt: skip
def test_damage_in_one_item_costs_no_other(damage: str) -> None:
    items = "".join(_ITEM.format(n) for n in range(3)).replace("Text 1", f"Text {damage} here")
    feed = _parse(_rss(items))
    assert [item.guid for item in feed.items] == ["0", "1", "2"]
    assert [item.summary for item in feed.items][::2] == ["Text 0", "Text 2"]
    assert feed.items[1].summary.startswith("Text")
    assert feed.items[1].summary.endswith("here")


def test_an_item_that_says_nothing_is_skipped_and_counted() -> None:
    feed = _parse(_rss("<item/><item><guid>x</guid></item>" + _ITEM.format(1)))
    assert [item.guid for item in feed.items] == ["1"]
    assert feed.skipped == 2


def test_junk_before_the_document_is_ignored() -> None:
    assert _parse(b"\n<b>Warning</b>: in php\n" + _rss(_ITEM.format(1))).items


def test_a_million_laughs_stay_one_line() -> None:
    entities = "".join(
        f'<!ENTITY lol{n} "{("&lol%s;" % (n - 1 or "")) * 10}">' for n in range(1, 10)
    )
    document = (
        f'<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">{entities}]>'
        '<rss version="2.0"><channel><title>&lol9;</title></channel></rss>'
    )
    assert len(_parse(document.encode()).title) < 100


def test_external_entities_are_not_read() -> None:
    document = (
        '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY xxe SYSTEM "file:///etc/passwd">]>'
        '<rss version="2.0"><channel><title>a &xxe; b</title></channel></rss>'
    )
    assert "root:" not in _parse(document.encode()).title


# --- items ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("given_link", "link"),
    [
        ("https://pub.example/1", "https://pub.example/1"),
        ("/1", "https://pub.example/1"),
        ("  https://pub.example/1\n", "https://pub.example/1"),
        ("https://pub.example/a b", "https://pub.example/a%20b"),
        ("https://user:pass@pub.example/1", "https://pub.example/1"),
        ("https://bbc.co.uk@evil.example/", "https://evil.example/"),
        ("javascript:alert(1)", ""),
        ("data:text/html,x", ""),
        ("file:///etc/passwd", ""),
        ("ftp://pub.example/1", ""),
        ("https://pub.example/?a=1&amp;b=2", "https://pub.example/?a=1&b=2"),
        ("https://pub.example/%22onload", "https://pub.example/%22onload"),
        ('https://pub.example/"x', "https://pub.example/%22x"),
        ("https://[::1", ""),
    ],
)
def test_links_are_absolute_and_of_the_web(given_link: str, link: str) -> None:
    assert _only(_rss(f"<item><title>x</title><link>{given_link}</link></item>")).link == link


def test_a_guid_is_a_link_only_if_it_looks_like_one() -> None:
    assert _only(_rss("<item><title>x</title><guid>12345</guid></item>")).link == ""
    permalink = _only(_rss("<item><title>x</title><guid>https://pub.example/1</guid></item>"))
    assert permalink.link == "https://pub.example/1"


def test_feedburner_gives_the_publishers_own_link() -> None:
    item = _only(
        _rss(
            "<item><title>x</title><link>https://feeds.example/~r/1</link>"
            "<feedburner:origLink>https://pub.example/1</feedburner:origLink></item>"
        )
    )
    assert item.link == "https://pub.example/1"


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("Sun, 01 Mar 2026 12:00:00 +0200", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("2026-03-01T12:00:00+02:00", datetime(2026, 3, 1, 10, tzinfo=UTC)),
        ("Sun, 01 Mar 2999 12:00:00 GMT", datetime(2999, 3, 1, 12, tzinfo=UTC)),
        ("Mon, 01 Jan 0001 00:00:00 GMT", None),
        ("Thu, 01 Jan 1970 00:00:00 GMT", None),
        ("Sun, 31 Feb 2026 12:00:00 GMT", None),
        ("soon", None),
        ("", None),
    ],
)
def test_dates_are_aware_and_utc_or_unknown(date: str, expected: datetime | None) -> None:
    assert _only(_rss(f"<item><title>x</title><pubDate>{date}</pubDate></item>")).published_at == (
        expected
    )


def test_only_an_update_is_a_date_too_and_warns_nobody() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        item = _only(
            _atom("<entry><title>x</title><updated>2026-03-01T10:00:00Z</updated></entry>")
        )
        undated = _only(_atom("<entry><title>x</title></entry>"))
    assert item.published_at == item.updated_at == datetime(2026, 3, 1, 10, tzinfo=UTC)
    assert undated.published_at is undated.updated_at is None


def test_huge_texts_are_cut() -> None:
    long = "word " * 100_000
    item = _only(
        _rss(
            f"<item><guid>{'g' * 3000}</guid><title>{long}</title><description>{long}</description>"
            f"<content:encoded>x {long}</content:encoded><dc:creator>{'a ' * 1000}</dc:creator></item>"
        )
    )
    lengths = [len(each) for each in (item.title, item.summary, item.content, item.author)]
    assert all(
        0.9 * limit < length <= limit
        for length, limit in zip(lengths, (1000, 20_000, 200_000, 500), strict=True)
    )
    # Two guids that are cut alike would be one article: too long is none.
    assert item.guid == ""


def test_a_long_text_that_came_as_both_is_kept_whole_once() -> None:
    long = "word " * 10_000
    item = _only(_atom(f'<entry><title>x</title><content type="text">{long}</content></entry>'))
    assert (item.summary, item.content) == ("", long.strip())


@pytest.mark.parametrize(
    ("head", "every"),
    [
        ("<ttl>60</ttl>", timedelta(hours=1)),
        ("<ttl>soon</ttl>", None),
        ("<ttl>-5</ttl>", None),
        ("<ttl>999999</ttl>", timedelta(days=7)),
        ("<sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        (
            "<sy:updatePeriod>daily</sy:updatePeriod><sy:updateFrequency>4</sy:updateFrequency>",
            timedelta(hours=6),
        ),
        (
            "<sy:updatePeriod>hourly</sy:updatePeriod><sy:updateFrequency>0</sy:updateFrequency>",
            timedelta(hours=1),
        ),
        ("<ttl>5</ttl><sy:updatePeriod>hourly</sy:updatePeriod>", timedelta(hours=1)),
        ("", None),
    ],
)
def test_publishers_hints(head: str, every: timedelta | None) -> None:
    assert _parse(_rss("", head=head)).update_every == every


# --- the pipe ---------------------------------------------------------------------------------

_MOMENTS = st.none() | st.integers(2 * 365 * 86_400, 200_000_000_000).map(
    lambda seconds: datetime.fromtimestamp(seconds, UTC)
)


@given(
    st.builds(
        ParsedItem,
        guid=st.text(),
        title=st.text(),
        tags=st.lists(st.text()).map(tuple),
        published_at=_MOMENTS,
        updated_at=_MOMENTS,
    )
)
def test_items_survive_the_pipe(item: ParsedItem) -> None:
    assert read_item(write_item(item) | {"tags": list(item.tags)}) == item


def test_feeds_survive_the_pipe() -> None:
    feed = _parse(_rss(_ITEM.format(1) + "<item/>", head="<ttl>60</ttl>"))
    assert read_feed(write_feed(feed), feed.items) == feed


@pytest.mark.parametrize(
    "nonsense",
    [
        None, 5, [], "x", {"title": 5}, {"title": None}, {"tags": "abc"}, {"tags": [1]},
        {"published_at": "now"}, {"published_at": True}, {"published_at": 1e300},
    ],
)  # fmt: skip
def test_nonsense_on_the_pipe_is_refused(nonsense: object) -> None:
    with pytest.raises(ValueError, match=r"."):
        read_item(nonsense)


@pytest.mark.parametrize("form", ["rss", "json"])
def test_more_items_than_anybody_reads_are_refused(form: str) -> None:
    """A hundred thousand would keep the database, and all other feeds, waiting."""

    def document(count: int) -> bytes:
        if form == "json":
            items = ",".join(f'{{"id":"{n}","title":"t"}}' for n in range(count))
            version = "https://jsonfeed.org/version/1.1"
            return f'{{"version":"{version}","title":"T","items":[{items}]}}'.encode()
        items = "".join(f"<item><guid>{n}</guid><title>t</title></item>" for n in range(count))
        return f"<rss version='2.0'><channel><title>T</title>{items}</channel></rss>".encode()

    def read(count: int) -> int:
        parsed = parse_document(document(count), url="https://pub.example/", content_type="")
        return len(parsed.items)

    assert read(MOST_ITEMS) == MOST_ITEMS
    with pytest.raises(ParseError, match="too many"):
        read(MOST_ITEMS + 1)
