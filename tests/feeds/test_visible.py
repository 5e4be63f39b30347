"""What a cut may rest on: characters that XML knows, and sections that end."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.cutting import _visible
from alerts.feeds.document import has_unwanted

# XML 1.0, 2.2.
_CHARACTER = re.compile("[\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*")
_TEXTS = st.text(
    st.characters(exclude_categories=()) | st.sampled_from("\0\x0b\x1f\x7f\ud800\ufffe한ｱ")
)


@given(_TEXTS)
def test_unwanted_is_what_xml_does_not_call_a_character(text: str) -> None:
    assert has_unwanted(text) is (_CHARACTER.fullmatch(text) is None)


@pytest.mark.parametrize("each", [chr(code) for code in (*range(0x20), 0xD800, 0xDFFF, 0xFFFE)])
def test_each_unwanted_character_is_seen(each: str) -> None:
    assert has_unwanted(f"a{each}b") is (each not in "\t\n\r")


@pytest.mark.parametrize(
    ("piece", "visible"),
    [
        ("<a>b</a>", "<a>b</a>"),
        ("a<![CDATA[<item>]]>b<!-- </item> -->c", "abc"),
        ("a<![CDATA[<!-- ]]>b", "ab"),
        ("a<!-- <![CDATA[ -->b", "ab"),
        ("<!ELEMENT a>", "<!ELEMENT a>"),
        ("<!--->b-->", ""),
        ("a<!-- b", None),
        ("a<![CDATA[ b", None),
        ("a<!-- b ]]>", None),
        ("a\0b", None),
    ],
)
def test_what_hides_tags_is_left_out_if_it_ends(piece: str, visible: str | None) -> None:
    assert _visible(piece) == visible
