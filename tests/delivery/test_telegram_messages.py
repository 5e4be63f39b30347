"""How each kind of message reads in a chat, and what can be pressed below it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alerts.delivery.channels.telegram import GENERAL_NOTE, TelegramChannel
from alerts.delivery.rendering import Renderer
from alerts.delivery.rendering.marked import units
from alerts.delivery.rendering.telegram import MOST_UNITS
from alerts.delivery.rendering.view import REPEAT
from alerts.model import (
    Alert,
    Change,
    Delivery,
    DeliveryKind,
    Evidence,
    Field,
    How,
    Message,
    Severity,
)
from tests.delivery.samples import (
    CHAT,
    NOW,
    alert,
    arabic,
    article,
    chemical,
    delivery,
    khmeimim,
    long_list,
    match,
)
from tests.servers.bot_api import ENTITY_LIMIT, TEXT_LIMIT, BotApi
from tests.servers.telegram_html import parse_html, utf16_length

RENDERER = Renderer("https://tocsin.example/")
YESTERDAY = NOW - timedelta(days=1)


def render(one: Delivery) -> Message:
    return RENDERER.render(one, now=NOW)


def shown(*alerts: Alert, **values: Any) -> tuple[str, Message]:
    message = render(delivery(*alerts, **values))
    return parse_html(message.html)[0], message


def update(one: Alert | None = None, **change: Any) -> Delivery:
    return delivery(
        one or khmeimim(), kind=DeliveryKind.UPDATE, change=Change(**change), follows="17"
    )


# --- updates ----------------------------------------------------------------------------------


def test_an_update_says_what_changed_before_anything_else() -> None:
    message = render(
        update(
            severity_before=Severity.HIGH,
            headline_before="Drones over @Hmeymim",
            watchlists=("Air bases", "خان شيخون"),
        )
    )
    text, entities = parse_html(message.html)
    lines = text.split("\n")
    assert lines[0] == "Update: now critical, was high"
    assert lines[1] == "The headline was: Drones over @\u2060Hmeymim"
    assert lines[2] == "Also matches: Air bases, \u2068خان شيخون\u2069"
    assert lines[3:5] == ["", "🔴 CRITICAL"]
    assert entities[0][:3] == ("b", 0, len(lines[0]))
    assert message.text.startswith("Update: now critical, was high\nThe headline was: Drones over")


def test_an_update_answers_the_message_that_told_the_story_and_can_be_pressed() -> None:
    message = render(update(severity_before=Severity.LOW))
    assert message.follows == "17"
    assert message.buttons == render(delivery(khmeimim())).buttons != ()


# --- lists and digests ------------------------------------------------------------------------


def test_a_list_of_one_says_nothing_of_an_order() -> None:
    text, message = shown(khmeimim(), kind=DeliveryKind.LIST)
    for seen in (text, message.text):
        assert seen.startswith("1 alert\n\n")
        assert "severe first" not in seen


def test_lists_and_digests_have_no_buttons() -> None:
    for kind in (DeliveryKind.LIST, DeliveryKind.DIGEST):
        assert render(delivery(khmeimim(), arabic(), kind=kind)).buttons == ()


def test_a_digest_is_grouped_by_watchlist_and_begins_with_the_most_severe() -> None:
    low = alert(article(id="z"), severity=Severity.LOW)
    text, message = shown(
        *(low, chemical(), arabic(), khmeimim()), kind=DeliveryKind.DIGEST, since=YESTERDAY
    )
    for seen in (text, message.text):
        blocks = seen.split("\n\n")
        assert blocks[0] == "4 stories since Fri 21 Nov, 11:49 UTC"
        headings = [block for block in blocks if block.endswith(")") and block.count("\n") == 0]
        assert headings == ["Attack on Khmeimim (2)", "Khan Shaykhun (1)", "Chemical weapons (1)"]
        assert seen.index("Drones shot down") < seen.index("Khan Shaykhun (1)")


def test_an_empty_digest_says_that_nothing_rang() -> None:
    empty = Delivery(
        id="5f" * 32,
        kind=DeliveryKind.DIGEST,
        receiver="desk",
        address=CHAT,
        alerts=(),
        created_at=NOW,
        since=YESTERDAY,
    )
    message = render(empty)
    assert parse_html(message.html)[0] == "Nothing rang since Fri 21 Nov, 11:49 UTC"
    assert message.text == "Nothing rang since Fri 21 Nov, 11:49 UTC"


@pytest.mark.parametrize("count", [1, 2, 7, 40, 500])
def test_a_digest_drops_nothing_unseen_and_ends_with_no_lonely_heading(count: int) -> None:
    text, message = shown(*long_list(count), kind=DeliveryKind.DIGEST, since=YESTERDAY)
    for seen in (text, message.text):
        listed = seen.count("\nmatched ")
        rest = f"and {count - listed} more: https://tocsin.example/"
        assert seen.endswith(rest) if listed < count else "more: https" not in seen
        assert listed >= min(count, 7)
        before = seen.removesuffix(rest).strip().split("\n\n")[-1]
        assert "\n" in before or "matched" in before


@pytest.mark.parametrize("kind", [DeliveryKind.LIST, DeliveryKind.DIGEST])
def test_there_is_room_for_the_count_of_what_does_not_fit(kind: DeliveryKind) -> None:
    # The longest address that is a link at all makes the longest last line.
    renderer = Renderer("https://tocsin.example/" + "x" * 1900)
    for length in range(0, 150, 7):
        one = alert(article(title="x" * length + " a"))
        message = renderer.render(delivery(*[one] * 60, kind=kind, since=YESTERDAY), now=NOW)
        for seen in (parse_html(message.html)[0], message.text):
            assert "more: https://tocsin.example/xxx" in seen
            assert units(seen) <= MOST_UNITS


@pytest.mark.parametrize("kind", [DeliveryKind.LIST, DeliveryKind.DIGEST])
def test_what_looks_like_a_tag_or_a_reference_counts_in_plain_text(kind: DeliveryKind) -> None:
    one = alert(article(title="<b>" * 40, publisher="&amp;" * 9))
    assert 3000 < units(render(delivery(*[one] * 60, kind=kind)).text) <= MOST_UNITS


# --- for all kinds ----------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [DeliveryKind.ALERT, DeliveryKind.LIST, DeliveryKind.UPDATE])
def test_a_quiet_message_stays_quiet_and_a_repeat_is_told_once(kind: DeliveryKind) -> None:
    message = render(delivery(khmeimim(), kind=kind, is_silent=True, possible_repeat=True))
    assert message.is_silent
    text = parse_html(message.html)[0]
    for seen in (text, message.text):
        assert seen.startswith(REPEAT + "\n\n")
        assert seen.count(REPEAT) == 1


def within_limits(message: Message) -> None:
    for html in (message.html, f"<i>{GENERAL_NOTE}</i>\n\n{message.html}"):
        text, entities = parse_html(html)
        assert 0 < utf16_length(text) <= TEXT_LIMIT
        assert len(entities) <= ENTITY_LIMIT
    assert 0 < units(message.text) <= MOST_UNITS
    for button in (button for row in message.buttons for button in row):
        assert button.label.strip()
        assert units(button.label) <= 64
        assert len(button.action.encode("ascii")) <= 64


ANY_TEXT = st.text(st.characters(codec=None), max_size=400)


@given(ANY_TEXT, st.integers(0, 20), st.sampled_from(DeliveryKind), st.booleans())
@settings(max_examples=80, deadline=None)
def test_any_text_of_any_kind_makes_a_message_that_telegram_takes(
    text: str, count: int, kind: DeliveryKind, repeat: bool
) -> None:
    if kind is DeliveryKind.NOTICE:
        return
    one = article(title=text * 3, publisher=text, summary=text)
    word = Evidence(field=Field.SUMMARY, start=0, end=2, surface=text, term="x", how=How.EXACT)
    matches = tuple(
        match(one, word, title=text, watchlist=f"w{number}") for number in range(count + 1)
    )
    many = kind in (DeliveryKind.LIST, DeliveryKind.DIGEST)
    within_limits(
        render(
            delivery(
                *[alert(one, matches=matches)] * (max(count, 1) if many else 1),
                kind=kind,
                since=YESTERDAY,
                possible_repeat=repeat,
                change=Change(
                    severity_before=Severity.LOW,
                    headline_before=text * 9,
                    watchlists=(text,) * count,
                ),
            )
        )
    )


# --- against the server -----------------------------------------------------------------------


@pytest.fixture
async def api() -> AsyncIterator[BotApi]:
    async with BotApi() as api:
        yield api


async def test_the_server_takes_every_kind_with_its_buttons(api: BotApi) -> None:
    channel = TelegramChannel(api.token, api.url)
    lists = [
        delivery(*long_list(60), kind=kind, since=YESTERDAY)
        for kind in (DeliveryKind.LIST, DeliveryKind.DIGEST)
    ]
    for one in (delivery(khmeimim()), update(headline_before="x"), *lists):
        await channel.send(render(one), CHAT)
    assert [bool(taken.buttons) for taken in api.accepted] == [True, True, False, False]
    assert not channel.fallbacks
    await channel.close()
