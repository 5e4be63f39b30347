"""Everything that is out there: documents with one oddity each, and what must come of them.

`documents/index.txt` has a line for each: file, content type, oddity and, where feedparser errs,
why ours is better; what it must be then is in `documents/better.json`.  All others must give what
feedparser gives with its own options.  By hand: `python -m tests.feeds.test_documents` writes
better.json anew, to be read before it is believed.
"""

from __future__ import annotations

import calendar
import io
import json
import warnings
from dataclasses import dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import feedparser
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.errors import ParseError
from alerts.feeds.clean import words
from alerts.feeds.document import decode
from alerts.feeds.parse import _parse_whole, parse_document
from alerts.feeds.parsed import ParsedFeed, ParsedItem, write_feed, write_item

URL = "https://post.example/feed"
FOLDER = Path(__file__).parent / "documents"
BETTER = FOLDER / "better.json"


@dataclass(frozen=True)
class Document:
    """A line of the index."""

    name: str
    content_type: str
    oddity: str
    better: str = ""

    @property
    def body(self) -> bytes:
        return (FOLDER / self.name).read_bytes()

    def parse(self, seen: frozenset[str] = frozenset()) -> ParsedFeed:
        return parse_document(self.body, url=URL, content_type=self.content_type, seen=seen)

    def parse_whole(self) -> ParsedFeed:
        return _parse_whole(decode(self.body, self.content_type), URL)


def _index() -> list[Document]:
    lines = (FOLDER / "index.txt").read_text(encoding="utf-8").splitlines()
    return [Document(*(part.strip() for part in line.split(" | "))) for line in lines]


INDEX = _index()
_OF_XML = [document for document in INDEX if not document.name.endswith((".json", ".xml"))]
by_name = pytest.mark.parametrize("document", INDEX, ids=lambda document: document.name)


def test_each_document_has_its_line() -> None:
    files = {path.name for path in FOLDER.iterdir()} - {"index.txt", BETTER.name}
    assert files == {document.name for document in INDEX}
    assert len({document.oddity for document in INDEX}) == len(INDEX) >= 120


@by_name
def test_a_document_gives_what_feedparser_gives_or_better(document: Document) -> None:
    ours = document.parse()
    if document.better:
        expected = json.loads(BETTER.read_text(encoding="utf-8"))
        assert _written(ours) == expected[document.name]
    else:
        theirs = _feedparsers(document)
        # A text that came as both summary and content is kept once.
        assert [_told(item) for item in ours.items] == theirs


@by_name
def test_ours_differs_from_feedparsers_where_it_is_called_better(document: Document) -> None:
    try:
        theirs = _feedparsers(document)
    except (UnicodeError, ValueError):
        theirs = []
    assert bool(document.better) is (
        [_told(item) for item in document.parse().items] != theirs
    ) or (theirs == [])


@given(st.sampled_from(_OF_XML), st.data())
def test_both_ways_give_the_same_articles(document: Document, data: st.DataObject) -> None:
    try:
        whole = document.parse_whole()
    except ParseError:
        pytest.fail("every document of the index is a feed")
    marks = [item.mark for item in document.parse().items]
    seen = frozenset(data.draw(st.sets(st.sampled_from(marks)))) if marks else frozenset()
    partly = document.parse(seen - {""})
    left = [item for item, mark in zip(whole.items, marks, strict=True) if mark not in partly.seen]
    assert list(partly.items) == left
    assert set(partly.seen) == seen - {""}
    for part in fields(ParsedFeed):
        if part.name not in ("items", "seen", "skipped"):
            assert getattr(partly, part.name) == getattr(whole, part.name)


def test_most_documents_can_be_cut() -> None:
    cut = {
        document.name
        for document in _OF_XML
        if (items := document.parse().items) and all(item.mark for item in items)
    }
    assert len(cut) > len(_OF_XML) * 0.7
    uncut = ("rss10.rdf", "activity-nested.atom", "mixed-entry.rss", "comment-between.rss")
    assert not cut & {*uncut, "cdata-holds-items.rss", "entities-dtd-item.rss", "text-between.rss"}


def _told(item: ParsedItem) -> dict[str, Any]:
    return {
        "guid": item.guid,
        "link": item.link,
        "title": item.title,
        "summary": item.summary,
        "content": item.content or item.summary,
        "author": item.author,
        "tags": item.tags,
        "published_at": item.published_at,
    }


def _feedparsers(document: Document) -> list[dict[str, Any]]:
    """Return what feedparser says, its texts without markup."""
    headers = {"content-location": URL, "content-type": document.content_type}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of its own ways
        parsed = feedparser.parse(io.BytesIO(document.body), response_headers=headers)
        return [_of_entry(entry) for entry in parsed.entries]


def _of_entry(entry: Any) -> dict[str, Any]:
    summary = words(entry.get("summary", ""))
    content = " ".join(words(part.value) for part in entry.get("content", []))
    tags = (tag.get("label") or tag.get("term") or "" for tag in entry.get("tags", []))
    moments = (_moment(entry, f"{name}_parsed") for name in ("published", "created", "updated"))
    return {
        "guid": entry.get("id", ""),
        "link": entry.get("link", ""),
        "title": words(entry.get("title", "")),
        "summary": summary,
        "content": content or summary,
        "author": entry.get("author", ""),
        "tags": tuple(dict.fromkeys(filter(None, tags))),
        "published_at": next(filter(None, moments), None),
    }


def _moment(entry: Any, name: str) -> datetime | None:
    given = dict.get(entry, name)
    return datetime.fromtimestamp(calendar.timegm(given), UTC) if given else None


def _written(feed: ParsedFeed) -> Any:
    items = [write_item(item) for item in feed.items]
    for item in items:
        item.pop("mark", None)
    told = {name: value for name, value in write_feed(feed).items() if value}
    return json.loads(json.dumps(told | {"items": items}))


def main() -> None:
    better = {each.name: _written(each.parse()) for each in INDEX if each.better}
    BETTER.write_text(json.dumps(better, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
