"""Each feed is what its format says, to a parser that is not ours."""

from __future__ import annotations

import json
from calendar import timegm
from datetime import UTC, datetime, timedelta
from html import unescape
from io import BytesIO
from typing import Any

import feedparser
import pytest

from alerts.demo.documents import Document, render_feed
from alerts.demo.programme import Piece, Programme
from alerts.demo.script import PUBLISHERS, Draft, Format

URL = "http://127.0.0.1:4000"
STARTED = datetime(2026, 3, 1, 9, 0, tzinfo=UTC)
NOW = STARTED + timedelta(minutes=2)
PROGRAMME = Programme(started_at=STARTED).open(STARTED)

XML_VERSIONS = {"wire": "rss20", "gazette": "atom10", "mithal": "rss20"}


def listed(publisher: str) -> tuple[Piece, ...]:
    return PROGRAMME.listed(publisher, now=NOW)


def document(publisher: str) -> Document:
    return render_feed(PUBLISHERS[publisher], listed(publisher), url=URL)


def parsed(publisher: str) -> Any:
    return feedparser.parse(BytesIO(document(publisher).body))


def test_the_four_publishers_use_three_formats_and_two_scripts() -> None:
    assert {publisher.format for publisher in PUBLISHERS.values()} == set(Format)
    assert [publisher.language for publisher in PUBLISHERS.values()] == ["en", "en", "en", "ar"]


@pytest.mark.parametrize(("publisher", "version"), list(XML_VERSIONS.items()))
def test_an_xml_feed_is_well_formed_and_of_its_version(publisher: str, version: str) -> None:
    feed = parsed(publisher)
    assert not feed.bozo
    assert feed.version == version
    assert feed.feed.title == PUBLISHERS[publisher].name
    assert feed.feed.subtitle == PUBLISHERS[publisher].description
    assert feed.feed.language == PUBLISHERS[publisher].language


@pytest.mark.parametrize("publisher", list(XML_VERSIONS))
def test_an_xml_feed_holds_every_piece_in_order(publisher: str) -> None:
    entries = parsed(publisher).entries
    pieces = listed(publisher)
    assert [entry.title for entry in entries] == [piece.draft.title for piece in pieces]
    assert [entry.summary.removeprefix("<p>").removesuffix("</p>") for entry in entries] == [
        piece.draft.summary for piece in pieces
    ]
    assert [timegm(entry.published_parsed) for entry in entries] == [
        piece.published_at.timestamp() for piece in pieces
    ]
    assert len({entry.id for entry in entries}) == len(pieces)
    assert all(entry.link.startswith(f"{URL}/articles/") for entry in entries)
    assert [[tag.term for tag in entry.get("tags", [])] for entry in entries] == [
        list(piece.draft.tags) for piece in pieces
    ]


def test_the_json_feed_is_of_version_1_1() -> None:
    feed = json.loads(document("post").body)
    assert feed["version"] == "https://jsonfeed.org/version/1.1"
    assert feed["title"] == "Placeholder Post"
    assert feed["feed_url"] == f"{URL}/post/feed.json"
    assert [item["title"] for item in feed["items"]] == [
        piece.draft.title for piece in listed("post")
    ]
    for item, piece in zip(feed["items"], listed("post"), strict=True):
        assert datetime.fromisoformat(item["date_published"]) == piece.published_at
        assert item["url"] == f"{URL}/articles/{piece.number}"
        assert item["content_text"].startswith(item["summary"])


def test_a_reprint_differs_from_the_original_by_tracking_parameters_alone() -> None:
    links = {item["title"]: item["url"] for item in json.loads(document("post").body)["items"]}
    original = next(link for title, link in links.items() if title.startswith("Chlorine leaks"))
    reprint = next(e.link for e in parsed("gazette").entries if e.title.startswith("Idlib water"))
    assert reprint == f"{original}?utm_source=gazette&utm_medium=rss"


@pytest.mark.parametrize("publisher", list(PUBLISHERS))
def test_text_that_looks_like_markup_stays_text(publisher: str) -> None:
    text = 'A & B <b>"quoted"</b> ]]> عنوان'
    draft = Draft(key="odd", publisher=publisher, title=text, summary=text, tags=(text,))
    piece = Piece(number=3, origin=3, draft=draft, published_at=NOW)
    body = render_feed(PUBLISHERS[publisher], [piece], url=URL).body
    if PUBLISHERS[publisher].format is Format.JSON:
        assert json.loads(body)["items"][0]["title"] == text
    else:
        feed = feedparser.parse(BytesIO(body), sanitize_html=False)
        assert not feed.bozo
        assert feed.entries[0].title == text
        assert feed.entries[0].tags[0].term == text
        # RSS says nothing of types, and readers take a description for HTML; Atom's is text.
        html = PUBLISHERS[publisher].format is Format.RSS
        summary = feed.entries[0].summary
        assert (unescape(summary) if html else summary) == (f"<p>{text}</p>" if html else text)
        assert ("&lt;b&gt;" in summary) == html
