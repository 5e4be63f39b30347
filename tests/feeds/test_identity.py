from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from alerts.feeds.identity import canonical_url, identify, links_stayed, title_key
from alerts.feeds.parsed import ParsedItem
from alerts.model import IdentityRule

URL = "https://example.org/feed"
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def _items(count: int = 40) -> list[ParsedItem]:
    return [
        ParsedItem(
            guid=f"id-{n}",
            link=f"https://example.org/{n}",
            title=f"Title {n}",
            summary=f"Summary {n}",
            published_at=NOW,
        )
        for n in range(count)
    ]


# --- the rule ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        ({}, IdentityRule.GUID),
        ({"guid": "same"}, IdentityRule.LINK),
        ({"guid": ""}, IdentityRule.LINK),
        ({"guid": "", "link": ""}, IdentityRule.TITLE_AND_SUMMARY),
        ({"guid": "", "link": "https://example.org/?utm_id=1"}, IdentityRule.TITLE_AND_SUMMARY),
    ],
)
def test_blank_or_equal_values_lead_to_the_next_rule(
    change: dict[str, str], rule: IdentityRule
) -> None:
    items = [replace(item, **change) for item in _items()]  # type: ignore[arg-type]
    identified = identify(URL, items, None)
    assert identified.rule is rule
    assert len(set(identified.keys)) == len(items)
    assert not identified.changed


def test_one_link_with_many_dates_is_told_apart_by_them() -> None:
    items = [
        replace(item, guid="", link="https://example.org/live", published_at=NOW.replace(minute=n))
        for n, item in enumerate(_items())
    ]
    identified = identify(URL, items, None)
    assert identified.rule is IdentityRule.LINK_AND_DATE
    assert len(set(identified.keys)) == len(items)


@pytest.mark.parametrize(("bad", "rule"), [(2, IdentityRule.GUID), (3, IdentityRule.LINK)])
def test_up_to_five_percent_are_forgiven(bad: int, rule: IdentityRule) -> None:
    for guid in ("", "id-39"):
        items = [replace(item, guid=guid) for item in _items()[:bad]] + _items()[bad:]
        assert identify(URL, items, None).rule is rule


def test_an_article_listed_twice_is_no_fault_of_the_rule() -> None:
    items = _items(10)
    identified = identify(URL, [*items, *items], None)
    assert identified.rule is IdentityRule.GUID
    assert identified.keys[:10] == identified.keys[10:]


def test_a_changed_rule_is_reported_and_a_remembered_one_kept() -> None:
    items = _items()
    broken = [replace(item, guid="same") for item in items]
    first = identify(URL, items, None)
    second = identify(URL, broken, first.rule)
    third = identify(URL, items, second.rule)
    assert [each.changed for each in (first, second, third)] == [False, True, False]
    assert third.rule is IdentityRule.LINK
    assert second.keys == third.keys
    assert not set(first.keys) & set(second.keys)


def test_an_item_without_a_value_has_a_key_of_its_own() -> None:
    items = [replace(item, guid="") for item in _items()[:2]] + _items()[2:]
    keys = identify(URL, items, None).keys
    assert len(set(keys)) == 40


def test_an_empty_document_changes_nothing() -> None:
    for rule in IdentityRule:
        assert identify(URL, [], rule) == identify(URL, [], rule)
        assert identify(URL, [], rule).rule is rule
    assert identify(URL, [], None).rule is IdentityRule.GUID


def test_keys_are_of_one_feed_and_of_full_length() -> None:
    ours, theirs = identify(URL, _items(), None), identify(URL + "2", _items(), None)
    assert not set(ours.keys) & set(theirs.keys)
    assert {len(key) for key in ours.keys} == {64}


@given(st.permutations(_items(12)))
def test_the_order_of_the_document_does_not_matter(items: list[ParsedItem]) -> None:
    keys = identify(URL, items, None).keys
    assert dict(zip(items, keys, strict=True)) == dict(
        zip(_items(12), identify(URL, _items(12), None).keys, strict=True)
    )


_TEXTS = st.text(max_size=3)


@given(
    st.lists(
        st.builds(ParsedItem, guid=_TEXTS, title=_TEXTS, summary=_TEXTS, content=_TEXTS), max_size=8
    ),
    st.none() | st.sampled_from(IdentityRule),
)
def test_every_item_has_a_key_and_equal_items_have_equal_keys(
    items: list[ParsedItem], rule: IdentityRule | None
) -> None:
    identified = identify(URL, items, rule)
    assert len(identified.keys) == len(items)
    for item, key in zip(items, identified.keys, strict=True):
        assert identified.keys[items.index(item)] == key


def test_guids_that_all_changed_overnight_are_noticed_by_the_links() -> None:
    old = _items()
    known_keys = set(identify(URL, old, None).keys)
    known_urls = {canonical_url(item.link) for item in old}
    overnight = [replace(item, guid=f"new-{item.guid}") for item in [*_items(42)[40:], *old[:38]]]
    keys = identify(URL, overnight, IdentityRule.GUID).keys
    assert links_stayed(overnight, keys, known_keys=known_keys, known_urls=known_urls)
    # Really new articles have new links; a known guid shows that guids are kept.
    fresh = [replace(item, guid="x", link="https://example.org/x") for item in overnight]
    assert not links_stayed(fresh, keys, known_keys=known_keys, known_urls=known_urls)
    assert not links_stayed(old, tuple(known_keys), known_keys=known_keys, known_urls=known_urls)
    assert not links_stayed([], (), known_keys=known_keys, known_urls=known_urls)


# --- canonical links --------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("url", "canonical"),
    [
        ("https://example.org/a", "https://example.org/a"),
        ("http://WWW.Example.org:80/a/", "https://example.org/a"),
        ("https://example.org", "https://example.org/"),
        ("https://example.org:8443/a", "https://example.org:8443/a"),
        ("https://example.org/a?utm_source=rss&utm_medium=x", "https://example.org/a"),
        ("https://example.org/a?b=2&a=1&fbclid=x", "https://example.org/a?a=1&b=2"),
        ("https://bbc.co.uk/news/1?at_medium=RSS&at_campaign=KARANGA", "https://bbc.co.uk/news/1"),
        ("https://example.org/?p=12&source=rss", "https://example.org/?p=12"),
        ("https://example.org/?cid=5&id=6", "https://example.org/?cid=5&id=6"),
        ("https://example.org/a#", "https://example.org/a"),
        ("https://example.org/live#post-7", "https://example.org/live#post-7"),
        ("https://example.org/a#xtor=RSS-3208", "https://example.org/a"),
        ("https://example.org/a#:~:text=gas", "https://example.org/a"),
        ("https://example.org/%7euser/%c3%a9", "https://example.org/~user/%C3%A9"),
        ("https://example.org//a//b", "https://example.org/a/b"),
        ("https://example.org/100%", "https://example.org/100%25"),
        ("https://user:secret@example.org/a", "https://example.org/a"),
        ("https://[2001:db8::1]/a", "https://[2001:db8::1]/a"),
        ("https://пример.рф/статья", "https://пример.рф/статья"),
        (" https://example.org/a\n", "https://example.org/a"),
        ("ftp://example.org/a", ""),
        ("javascript:alert(1)", ""),
        ("/a", ""),
        ("https://", ""),
        ("https://[::1", ""),
        ("https://example.org:99999/", ""),
        ("", ""),
    ],
)
def test_canonical_url(url: str, canonical: str) -> None:
    assert canonical_url(url) == canonical


_SCRAPS = st.text(st.sampled_from("ab%25341cC3?#&=/:.@[]~ +ü\n\u2028utm_xww"), max_size=40)


@given(st.one_of(st.text(max_size=40), st.builds("https://{}".format, _SCRAPS)))
@example("https://x/%%34%31")
@example("https://x/?a=%26utm_x=1")
@example("https://www.www.x/")
@example("https://x//?")
def test_canonical_url_is_idempotent_and_never_fails(url: str) -> None:
    once = canonical_url(url)
    assert canonical_url(once) == once


# --- headlines --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ("Gas attack in Idlib", "gas attack in idlib"),
        ("GAS ATTACK: “in” Idlib!", "gas attack in idlib"),
        ("Gas attack Idlib", ""),
        ("", ""),
        ("Взрыв в центре Дамаска", "взрыв в центре дамаска"),
        ("ｇａｓ attack in Idlib", "gas attack in idlib"),
    ],
)
def test_title_key(title: str, key: str) -> None:
    assert title_key(title) == key


@given(st.text())
def test_title_key_is_idempotent(title: str) -> None:
    assert title_key(title_key(title)) == title_key(title)
