"""What is said of a draft fits a message of Telegram, whatever was asked for, in every language."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from markupsafe import Markup

from alerts.bot.draft_said import brought_said, draft_says
from alerts.bot.terms_said import flaw_said
from alerts.delivery.rendering.telegram import fits
from alerts.locales import LANGUAGES, words_of
from alerts.subscribers.draft import Draft, DraftFlaw, Resolved, resolve
from alerts.subscribers.preview import Breadth, Headline, Preview
from tests.builders import NOW
from tests.subscribers.drafts import WISHES, readers

HEADLINE = Headline(
    title="<b>" + "W" * 500,
    url="https://news.example/" + "a" * 500,
    publisher="P" * 200,
    seen_at=NOW,
    words=(),
)


@settings(deadline=None)
@given(WISHES, st.sampled_from(sorted(LANGUAGES)), st.sampled_from(Breadth), st.booleans())
def test_every_draft_fits_a_message_in_every_language(
    wish: str, language: str, breadth: Breadth, is_cut: bool
) -> None:
    meant = resolve(Draft(wish=wish, number=7), readers(), id_="draft")
    if isinstance(meant, DraftFlaw):
        assert flaw_said(words_of(language), meant)
        return
    preview = Preview(
        since=NOW - timedelta(days=7),
        days=6,
        articles=1000,
        alerts=500,
        headlines=(HEADLINE,) * 3,
        breadth=breadth,
        is_cut=is_cut,
    )
    brought = brought_said(words_of(language), preview, NOW)
    says = draft_says(words_of(language), meant, brought, key="0" * 8, topic=3)
    assert fits([str(says.html)])
    assert sum(map(len, says.buttons)) <= 100
    assert all(row and key.label for row in says.buttons for key in row)


@pytest.mark.parametrize("language", LANGUAGES)
def test_fifty_terms_fit_a_message(language: str) -> None:
    for term in ("Khan Sheikhun {}", "Hayat Tahrir al-Sham {}", '"' + "x" * 150 + '{}"', "إدلب {}"):
        wish = ", ".join(term.format(number) for number in range(50))
        meant = resolve(Draft(wish=wish), readers(), id_="draft")
        assert isinstance(meant, Resolved)
        says = draft_says(words_of(language), meant, Markup("x" * 900), key="0" * 8, topic=3)
        assert fits([str(says.html)])
