from __future__ import annotations

import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.feeds.clean import shorten, tidy, words


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("Sheikhun.</p><p>A convoy", "Sheikhun. A convoy"),
        ("<b>Khan</b>-Sheikh<i>un</i>", "Khan-Sheikhun"),
        ("one<br>two<br/>three", "one two three"),
        ("<ul><li>a<li>b</ul>", "a b"),
        ("<td>a</td><td>b</td>", "a b"),
        ("<unknown>a</unknown>b", "a b"),
        ("a<script>alert('<p>')</script>b", "a b"),
        ("a<SCRIPT type='x'>evil</script >b", "a b"),
        ("a<style>p{}</style>b<template>x</template>", "a b"),
        ("a<script>never closed", "a"),
        ("a<!-- <p>hidden</p> -->b", "a b"),
        ("a<!-- never closed", "a"),
        ("<![CDATA[inside]]>", "inside"),
        ("<!DOCTYPE html><?php x ?>a", "a"),
        ('<a title="a > b">x</a>', "x"),
        ("<a href=it's>don't</a>", "don't"),
        ('cut off <a href="https://exam', "cut off"),
        ("AT&amp;T &#8220;q&#x201d; caf&eacute; 5&nbsp;km", "AT&T “q” café 5 km"),
        ("&lt;b&gt; stays what the author wrote", "<b> stays what the author wrote"),
        ("a < b and c > d", "a < b and c > d"),
        ("I <3 you", "I <3 you"),
    ],
)
def test_markup_becomes_words(markup: str, text: str) -> None:
    assert words(markup) == text


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("x<y and z>w", "x<y and z>w"),
        ("the <blink2> tag", "the <blink2> tag"),
        ("a <b>bold</b> title", "a bold title"),
        ("Q&amp;A &#39;now&#39;", "Q&A 'now'"),
        ("<script>x</script>y", "y"),
    ],
)
def test_plain_text_loses_known_elements_only(title: str, text: str) -> None:
    assert words(title, markup=False) == text


@pytest.mark.parametrize(
    ("text", "tidied"),
    [
        ("  a \n\t b\u00a0\u2003c\u2028d ", "a b c d"),
        ("a\x00b\x07c\x1bd\x7fe\x9ff", "abcdef"),
        ("\u202edlrow\u202c \u2066x\u2069", "dlrow x"),
        ("Sheik\u00adhun \ufeffx", "Sheikhun x"),
        ("a\ud800b\udfff", "ab"),
        ("cafe\u0301", "café"),
        ("می\u200cخواهم", "می\u200cخواهم"),  # Persian needs its joiner
        ("\ufffe\uffff", ""),
    ],
)
def test_tidy(text: str, tidied: str) -> None:
    assert tidy(text) == tidied


_UNWANTED_CATEGORIES = {"Cc", "Cs"}
_BIDI = set("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


@given(st.text(st.characters(exclude_categories=()), max_size=60), st.booleans())
def test_whatever_comes_in_what_goes_out_is_one_clean_line(text: str, markup: bool) -> None:
    cleaned = words(text, markup=markup)
    assert not _BIDI & set(cleaned)
    assert not _UNWANTED_CATEGORIES & {unicodedata.category(each) for each in cleaned}
    assert cleaned == " ".join(cleaned.split()) == unicodedata.normalize("NFC", cleaned)
    assert tidy(cleaned) == cleaned
    cleaned.encode("utf-8")


_SCRAPS = [
    "<p>",
    "</p>",
    "<b>",
    "<br/>",
    "<script>",
    "</script>",
    "<!--",
    "-->",
    "<a href='",
    '"',
    ">",
]


@given(st.lists(st.sampled_from([*_SCRAPS, "x", " ", "&amp;"]), max_size=30))
def test_no_known_tag_survives(scraps: list[str]) -> None:
    cleaned = words("".join(scraps))
    assert "<p>" not in cleaned
    assert "<script>" not in cleaned


@pytest.mark.parametrize(
    "scrap",
    [
        "<", "<a ", '<a "', "<a ='", "<a =\"'", "<a = '\"", "<script ", "<script>", "<!", "<!--", "</",
        "<p", "&", "&#", "&lt;<p>", "]]>", "<a:-", "e\u0301", "<style><!--", "=", "<a" + "=" * 99,
    ],
)  # fmt: skip
def test_hostile_markup_takes_linear_time(scrap: str) -> None:
    short, long = (scrap * (size // len(scrap)) for size in (50_000, 400_000))
    begun = time.process_time()
    words(short)
    middle = time.process_time()
    words(long)
    # Eight times the text; quadratic would be 64 times the time.
    assert time.process_time() - middle < 30 * max(middle - begun, 0.02)


def test_shorten_cuts_between_words_near_the_limit() -> None:
    assert shorten("short", 5) == "short"
    assert shorten("some words here", 12) == "some words…"
    assert shorten("x" * 20, 10) == "x" * 9 + "…"


@given(st.text(), st.integers(1, 50))
def test_shorten_keeps_its_limit(text: str, limit: int) -> None:
    assert len(shorten(text, limit)) <= limit
