"""Which sentence is shown."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.rendering.excerpt import excerpt, headline
from alerts.delivery.rendering.marked import units
from alerts.model import Article, Evidence, Field, How


def found(text: str, surface: str, field: Field) -> Evidence:
    start = text.index(surface)
    return Evidence(
        field=field,
        start=start,
        end=start + len(surface),
        surface=surface,
        term="t",
        how=How.EXACT,
    )


def shown(text: str, surface: str, limit: int = 320, field: Field = Field.SUMMARY) -> str:
    texts: dict[str, Any] = {field.value: text}
    article = Article(id="a", title="Title", **texts)
    sentence = excerpt(article, [found(text, surface, field)], limit)
    return "".join(f"[{run.text}]" if run.marked else run.text for run in sentence.runs)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("Before it. The base HIT was struck! After.", "The base [HIT] was struck!"),
        ("Earlier calm. HIT", "[HIT]"),
        ("Gen. Smith said the U.S. HIT back. More.", "Gen. Smith said the U.S. [HIT] back."),
        ("A heading\n\nThe HIT came\nLater", "The [HIT] came"),
        ("«Всё горит!» HIT сообщили позже… Потом.", "[HIT] сообщили позже…"),
        ("هل انتهى؟ قصف HIT اليوم. بعد ذلك", "قصف [HIT] اليوم."),
        ("空爆。基地 HIT 攻撃。後。", "基地 [HIT] 攻撃。"),
    ],
)
@pytest.mark.parametrize("field", [Field.SUMMARY, Field.CONTENT])
def test_the_sentence_of_the_match_is_shown(text: str, sentence: str, field: Field) -> None:
    assert shown(text, "HIT", field=field) == sentence


def test_a_long_sentence_is_cut_around_the_match() -> None:
    text = "one two three four five " * 40 + "HIT " + "six seven eight " * 40
    sentence = shown(text, "HIT", 100)
    assert sentence.startswith("…")
    assert sentence.endswith("…")
    assert "[HIT]" in sentence
    before, _, after = sentence.partition("[HIT]")
    assert 20 < len(before) < len(after)
    assert units(sentence) <= 102
    words = set(sentence.strip("…").replace("[HIT]", "").split())
    assert words <= {"one", "two", "three", "four", "five", "six", "seven", "eight"}


def test_a_match_in_the_title_alone_shows_how_the_text_begins() -> None:
    article = Article(id="a", title="Hmeymim hit", summary="Drones came at night. More follows.")
    evidence = [found(article.title, "Hmeymim", Field.TITLE)]
    assert str(excerpt(article, evidence, 320)) == "Drones came at night."
    assert [run.text for run in headline(article, evidence, 256).runs if run.marked] == ["Hmeymim"]


def test_a_summary_that_repeats_the_title_is_not_shown() -> None:
    article = Article(id="a", title="Hmeymim hit by drones", summary="Hmeymim hit by drones")
    assert not excerpt(article, [found(article.title, "Hmeymim", Field.TITLE)], 320)


def test_without_a_title_the_text_is_the_headline() -> None:
    assert str(headline(Article(id="a", content="Only text"), (), 100)) == "Only text"
    assert str(headline(Article(id="a", title="\u200b\0"), (), 100)) == "(no headline)"


@given(
    st.text(max_size=800),
    st.lists(st.tuples(st.integers(0, 900), st.integers(0, 900)), min_size=1, max_size=5),
    st.integers(20, 200),
)
def test_an_excerpt_keeps_its_limit(text: str, spans: list[tuple[int, int]], limit: int) -> None:
    evidence = [
        Evidence(field=Field.SUMMARY, start=a, end=b, surface="s", term="t", how=How.EXACT)
        for a, b in spans
    ]
    sentence = excerpt(Article(id="a", title="T", summary=text), evidence, limit)
    assert units(str(sentence)) <= limit


@given(st.text("ab .!\n🔴", max_size=300), st.text("ab .!\n🔴", max_size=300))
def test_the_match_is_always_in_the_excerpt(before: str, after: str) -> None:
    assert "[HIT]" in shown(f"{before} HIT {after}", "HIT", 60)
