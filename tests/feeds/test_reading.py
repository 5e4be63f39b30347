"""A document is read as far as it is new, and its keys are what they would be if it were read whole."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.identity import identify
from alerts.feeds.reading import DocumentReader, Listing, _Memory
from alerts.feeds.workers import ParserWorkers
from alerts.model import IdentityRule

FEED = "https://pub.example/feed"
GUID, LINK = IdentityRule.GUID, IdentityRule.LINK


@pytest.fixture
async def workers() -> AsyncIterator[ParserWorkers]:
    async with ParserWorkers(1) as workers:
        yield workers


def _item(name: str, *, guid: str | None = None, text: str = "words") -> str:
    named = f"<guid isPermaLink='false'>{name if guid is None else guid}</guid>"
    return (
        f"<item>{named}<link>https://pub.example/{name}</link><title>{name}</title>"
        f"<description>{text}</description></item>"
    )


def _rss(*items: str) -> bytes:
    return f"<rss version='2.0'><channel>{''.join(items)}</channel></rss>".encode()


async def _read(
    reader: DocumentReader, *items: str, rule: IdentityRule | None = GUID, remember: bool = True
) -> Listing:
    listing = await reader.read(FEED, _rss(*items), url=FEED, content_type="", rule=rule)
    if remember:
        reader.remember(FEED, listing)
    return listing


def _names(listing: Listing) -> list[str]:
    return [item.title for item in listing.parsed.items]


async def test_only_new_items_are_read_and_all_keys_are_told(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers)
    first = await _read(reader, _item("b"), _item("a"), rule=None)
    second = await _read(reader, _item("c"), _item("b"), _item("a"))
    third = await _read(reader, _item("b"), _item("c"))
    assert (_names(first), _names(second), _names(third)) == (["b", "a"], ["c"], [])
    whole = await _read(DocumentReader(workers), _item("c"), _item("b"), _item("a"))
    assert set(second.keys) == set(whole.keys)
    assert second.identified.rule is GUID
    assert set(third.keys) < set(second.keys)


async def test_what_was_not_stored_is_read_again(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers)
    await _read(reader, _item("a"), remember=False)
    assert _names(await _read(reader, _item("a"))) == ["a"]


async def test_an_edited_item_keeps_its_key(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers)
    first = await _read(reader, _item("a"), _item("b"))
    edited = await _read(reader, _item("a", text="other words"), _item("b"))
    assert _names(edited) == ["a"]
    assert set(edited.keys) == set(first.keys)


async def test_keys_of_another_rule_are_not_believed(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers)
    await _read(reader, _item("a"))
    assert _names(await _read(reader, _item("a"), rule=LINK, remember=False)) == ["a"]
    assert _names(await _read(reader, _item("a"), rule=None)) == ["a"]


async def test_a_rule_that_stops_fitting_is_judged_by_the_whole_document(
    workers: ParserWorkers,
) -> None:
    reader = DocumentReader(workers)
    await _read(reader, _item("a", guid="1"), _item("b", guid="2"))
    # One of three guids comes twice: too many, though the new item alone is faultless.
    listing = await _read(reader, _item("c", guid="1"), _item("a", guid="1"), _item("b", guid="2"))
    assert _names(listing) == ["c", "a", "b"]
    assert (listing.identified.rule, listing.identified.changed) == (LINK, True)
    again = await _read(reader, _item("c", guid="1"), _item("a", guid="1"), rule=LINK)
    assert _names(again) == []


async def test_a_blank_value_is_counted_each_time(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers)
    many = [_item(f"x{n}") for n in range(30)]
    await _read(reader, _item("blank", guid=""), *many)
    few = await _read(reader, _item("blank", guid=""), *many[:3])
    assert few.identified == identify(FEED, few.parsed.items, GUID)
    assert few.identified.changed


async def test_one_item_listed_twice_is_one_article(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers)
    await _read(reader, _item("a"), _item("a"), _item("b"))
    again = await _read(reader, _item("a"), _item("a"), _item("b"))
    assert _names(again) == []
    assert len(set(again.keys)) == 2


async def test_what_cannot_be_cut_is_always_read_whole(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers)
    for _ in range(2):
        assert _names(await _read(reader, _item("a"), "stray", _item("b"))) == ["a", "b"]


async def test_feeds_that_were_not_read_for_longest_are_forgotten(workers: ParserWorkers) -> None:
    reader = DocumentReader(workers, most_items=3)
    listing = await _read(reader, _item("a"), _item("b"))
    for url in (f"{FEED}/2", FEED, f"{FEED}/3"):
        reader.remember(url, listing)
    memory = reader._memory
    assert [len(memory.recall(url, GUID)) for url in (FEED, f"{FEED}/2", f"{FEED}/3")] == [0, 0, 2]


_KEYS = st.dictionaries(
    st.binary(min_size=16, max_size=16).map(bytes.hex),
    st.binary(min_size=32, max_size=32).map(bytes.hex),
    max_size=8,
)


@given(st.lists(st.tuples(st.sampled_from("abc"), _KEYS), max_size=12), st.integers(1, 20))
def test_the_memory_returns_what_it_was_given_and_keeps_its_bound(
    steps: list[tuple[str, dict[str, str]]], most: int
) -> None:
    memory = _Memory(most)
    last: dict[str, dict[str, str]] = {}
    for url, keys in steps:
        memory.remember(url, GUID, keys)
        last[url] = keys
        held = [memory.recall(each, GUID) for each in last]
        assert sum(map(len, held)) <= most
        assert all(got in ({}, last[each]) for each, got in zip(last, held, strict=True))
        assert memory.recall(url, GUID) == (keys if len(keys) <= most else {})
        assert memory.recall(url, LINK) == {}
