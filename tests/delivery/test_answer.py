"""What the bot says, on its way to Telegram: as it was said, within the limits, and with its field."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from html import escape
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.channels.telegram import GENERAL_NOTE, Fallback, TelegramChannel
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.marked import units
from alerts.delivery.rendering.telegram import MOST_ENTITIES, MOST_UNITS
from alerts.model import Address, Answer, Button, DeliveryKind, Message
from tests.builders import NOW, a_delivery
from tests.delivery.messages import CHAT, message
from tests.servers.bot_api import ENTITY_LIMIT, TEXT_LIMIT, BotApi
from tests.servers.bot_messages import refusal
from tests.servers.telegram_html import parse_html, utf16_length

ROW = (Button(label="Pause", action="/pause 3"), Button(label="Map", url="https://map.example/"))
LONG = 5 * MOST_UNITS


def rendered(answer: Answer, **fields: Any) -> Message:
    delivery = a_delivery(kind=DeliveryKind.ANSWER, address=CHAT)
    answering = replace(delivery, alerts=(), answer=answer, **fields)
    return Renderer("https://tocsin.example/").render(answering, now=NOW)


def said(words: str, tag: str) -> tuple[str, str]:
    """Return *words* as the bot says them, and as they read."""
    name = tag.partition(" ")[0]
    return (f"<{tag}>{escape(words)}</{name}>" if tag else escape(words)), words


#: Words of anybody, escaped, some of them in tags.
words = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=60)
tags = st.sampled_from(["", "b", "i", "code", 'a href="https://map.example/?a=1&amp;b=2"'])
answers = st.builds(
    lambda parts, times: tuple(map("\n".join, zip(*(parts * times), strict=True))),
    st.lists(st.builds(said, words, tags), min_size=1, max_size=8),
    st.integers(1, 80),
)


# --- how it reads -----------------------------------------------------------------------------


def test_an_answer_reads_as_it_was_said() -> None:
    said = Answer(html="<b>Idlib</b> &lt;3 &amp; more", buttons=(ROW,), follows="41", asks=True)
    told = rendered(said)
    assert (told.text, told.html) == ("Idlib <3 & more", said.html)
    assert (told.buttons, told.follows, told.asks) == (said.buttons, "41", True)
    assert not told.is_silent


def test_an_answer_that_comes_again_says_nothing_of_it() -> None:
    said = Answer(html="<b>Idlib</b>")
    again = rendered(said, possible_repeat=True, attempt=2)
    assert again == rendered(said)
    assert not again.possible_repeat


@pytest.mark.parametrize("channel", ["console", "email", "webhook", "apprise"])
def test_an_answer_reads_the_same_wherever_it_is_shown(channel: str) -> None:
    said = Answer(html="<b>Idlib</b> &amp; more")
    assert rendered(said, address=Address(channel=channel)).text == "Idlib & more"


@given(answers)
def test_an_answer_is_always_within_telegrams_limits(answer: tuple[str, str]) -> None:
    html, whole = answer
    told = rendered(Answer(html=html))
    assert units(told.text) <= MOST_UNITS < TEXT_LIMIT - len(GENERAL_NOTE)
    if units(whole) <= MOST_UNITS:
        assert told.text == whole
    else:
        assert whole.startswith(told.text.removesuffix("…"))
        assert told.text.endswith("…")
    if told.html:
        seen, entities = parse_html(told.html)
        assert told.html == html
        assert utf16_length(seen) <= TEXT_LIMIT
        assert len(entities) <= ENTITY_LIMIT
    elif html:
        assert units(whole) > MOST_UNITS or html.count("</") > MOST_ENTITIES


def test_what_is_too_long_is_cut_and_never_inside_a_pair() -> None:
    told = rendered(Answer(html="<b>" + "\U0001f514" * LONG + "</b>"))
    assert told.html == ""
    assert units(told.text) in (MOST_UNITS - 1, MOST_UNITS)
    assert set(told.text) == {"\U0001f514", "…"}


def test_what_has_too_many_tags_goes_without() -> None:
    told = rendered(Answer(html="<b>a</b> " * (ENTITY_LIMIT + 1)))
    assert (told.html, told.text) == ("", "a " * (ENTITY_LIMIT + 1))


# --- how it is sent ---------------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


@pytest.fixture
async def channel(api: BotApi) -> AsyncIterator[TelegramChannel]:
    channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=20))
    yield channel
    await channel.close()


async def test_a_question_opens_the_field_for_whoever_it_answers(
    api: BotApi, channel: TelegramChannel
) -> None:
    await channel.send(message("Which place?", asks=True), CHAT)
    assert json.loads(api.requests[0]["reply_markup"]) == {"force_reply": True, "selective": True}
    assert api.accepted[0].asks
    assert not channel.fallbacks


async def test_a_question_with_buttons_has_those(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(message("Which place?", asks=True, buttons=(ROW,)), CHAT)
    assert list(json.loads(api.requests[0]["reply_markup"])) == ["inline_keyboard"]


async def test_what_asks_nothing_opens_nothing(api: BotApi, channel: TelegramChannel) -> None:
    await channel.send(message("Saved."), CHAT)
    assert "reply_markup" not in api.requests[0]


async def test_a_question_whose_field_is_refused_is_asked_without(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.answers = [refusal(400, "Bad Request: reply markup is not allowed here")]
    await channel.send(message("Which place?", asks=True), CHAT)
    assert api.accepted[0].text == "Which place?"
    assert channel.fallbacks == {Fallback.NO_BUTTONS: 1}


async def test_a_question_in_a_closed_topic_is_asked_in_general(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.closed_topics.add(("-1001", 7))
    await channel.send(
        message("Which place?", html="<b>Which</b> place?", asks=True, follows="3"),
        Address(channel="telegram", target="-1001", thread=7),
    )
    assert api.accepted[0].text == f"{GENERAL_NOTE}\n\nWhich place?"
    assert json.loads(api.requests[1]["reply_markup"])["force_reply"]


async def test_the_longest_answer_has_room_for_the_note(
    api: BotApi, channel: TelegramChannel
) -> None:
    api.closed_topics.add(("-1001", 7))
    for html in (f"<b>{'x' * MOST_UNITS}</b>", "x" * LONG):
        told = rendered(Answer(html=html))
        await channel.send(told, Address(channel="telegram", target="-1001", thread=7))
    assert [len(each.text) for each in api.accepted] == [MOST_UNITS + len(GENERAL_NOTE) + 2] * 2
