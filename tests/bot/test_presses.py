"""What a press does, and what pops up."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import select

from alerts.bot.decisions import MUTE_LASTS
from alerts.model import Evidence, Field, How, RoutedMatch, Severity
from alerts.storage.feedback import Verdict
from alerts.storage.tables import deliveries
from tests.bot.room import Room
from tests.builders import NOW, a_destination, a_match, an_article
from tests.servers.bot_api import Accepted
from tests.servers.bot_messages import refusal
from tests.storage.databases import fetch

TOMORROW = "2 May, 12:00 UTC"


# --- what a press does ------------------------------------------------------------------------


async def test_mute_story_mutes_the_story_for_a_day(room: Room) -> None:
    message = await room.told()
    toast = await room.press(message, "Mute story 24 h")
    assert toast.text == f"Muted until {TOMORROW}: “Blast near Khmeimim (1)”"
    assert await room.lasting() == [("story", (await room.the_alert())["story"])]
    room.clock.now = NOW + MUTE_LASTS
    assert await room.lasting() == []


async def test_mute_watchlist_mutes_the_one_that_was_pressed(room: Room) -> None:
    message = await room.told(watchlists=("bases", "latakia"))
    toast = await room.press(message, "Mute “Latakia”")
    assert toast.text == f"Muted until {TOMORROW}: “Latakia”"
    assert await room.lasting() == [("watchlist", "latakia")]


async def test_a_button_means_the_same_watchlist_after_more_have_matched(room: Room) -> None:
    article = an_article("one")
    message = await room.told(article=article, watchlists=("latakia",))
    more = a_match(article, "aaa")
    sighting = await room.announce(article=article, watchlists=("latakia", "aaa"))
    assert sighting.matches[1].match == more
    await room.press(message, "Mute watchlist")
    assert await room.lasting() == [("watchlist", "latakia")]


@pytest.mark.parametrize(
    ("label", "verdict"), [("Useful", Verdict.USEFUL), ("False alarm", Verdict.FALSE_ALARM)]
)
async def test_a_verdict_is_noted_for_whoever_gave_it(
    room: Room, label: str, verdict: Verdict
) -> None:
    message = await room.told()
    assert "Thank you" in (await room.press(message, label)).text
    alert = await room.the_alert()
    assert await room.storage.feedback.of(alert["id"]) == {"telegram:100": verdict}


async def test_double_taps_change_nothing_and_are_answered_alike(room: Room) -> None:
    message = await room.told()
    for label in ("Mute story 24 h", "Mute watchlist", "Useful", "False alarm"):
        first = await room.press(message, label)
        before = await room.lasting()
        second = await room.press(message, label)
        assert first.text == second.text != ""
        assert await room.lasting() == before
    alert = await room.the_alert()
    # The last word counts.
    assert await room.storage.feedback.of(alert["id"]) == {"telegram:100": Verdict.FALSE_ALARM}


@pytest.mark.parametrize(
    ("label", "turned"),
    [("Mute story 24 h", "Unmute story"), ("Mute “Latakia”", "Unmute “Latakia”")],
)
async def test_a_mute_can_be_taken_back_where_it_was_made(
    room: Room, label: str, turned: str
) -> None:
    message = await room.told(watchlists=("bases", "latakia"))

    def labels() -> list[str]:
        return [key.text for row in room.api.accepted[0].buttons for key in row]

    before = labels()
    await room.press(message, label)
    assert labels() == [turned if one == label else one for one in before]
    muted = room.api.accepted[0]
    for _ in range(2):  # the second finds nothing that is muted
        assert (await room.press(muted, turned)).text.startswith("Not muted any more")
        assert await room.lasting() == []
        assert labels() == before


async def test_a_mute_is_a_mute_though_its_button_cannot_be_turned(room: Room) -> None:
    message = await room.told()
    room.api.method_answers["editmessagereplymarkup"] = [
        {"ok": False, "error_code": 400, "description": "Bad Request: message can't be edited"}
    ]
    assert (await room.press(message, "Mute watchlist")).text.startswith("Muted")
    assert len(await room.lasting()) == 1


async def test_an_update_of_a_story_can_be_pressed_like_the_first_message(room: Room) -> None:
    article = an_article("one")
    await room.told(article=article)
    same_story: dict[str, Any] = {
        "story_keys": (f"url:{article.url}",),
        "severity": Severity.CRITICAL,
    }
    await room.announce(article=an_article("two"), **same_story)
    [update] = await room.deliver()
    assert update.text.startswith("Update: now critical, was medium")
    assert update.follows == 1
    await room.press(update, "Mute story 24 h")
    assert [kind for kind, _ in await room.lasting()] == ["story"]


async def test_a_mute_holds_what_waits_already(room: Room) -> None:
    message = await room.told()
    await room.announce()
    await room.announce(watchlists=("bases", "latakia"))
    await room.press(message, "Mute watchlist")
    [only] = await room.deliver()
    assert "Latakia" in only.text
    rows = await fetch(room.storage, select(deliveries.c.state, deliveries.c.held_by))
    assert sorted((row["state"], row["held_by"]) for row in rows) == [
        ("held", "muted"),
        ("sent", ""),
        ("sent", ""),
    ]


# --- why --------------------------------------------------------------------------------------


async def explained(room: Room, **fields: Any) -> tuple[Accepted, Accepted]:
    article = an_article("why", content="Far away from Hmeymim.")
    words = (
        Evidence(
            field=Field.CONTENT,
            start=14,
            end=21,
            surface="Hmeymim",
            term="Khmeimim Air Base",
            how=How.SPELLING,
        ),
        *a_match(article).evidence,
    )
    found = replace(a_match(article, title="Air <bases> @x"), evidence=words)
    target = fields.pop("target", "100")
    destination = a_destination(target)
    destination = replace(destination, address=replace(destination.address, **fields))
    message = await room.told(
        target,
        article=article,
        matches=(RoutedMatch(match=found, destinations=(destination,)),),
    )
    await room.press(message, "Why")
    [answer] = await room.deliver()
    return message, answer


async def test_why_answers_with_every_word_that_met_a_watchlist(room: Room) -> None:
    message, answer = await explained(room)
    assert answer.text == (
        "Watchlist Air <bases> @\u2060x, medium\n"
        "matched Hmeymim = Khmeimim Air Base (spelling) in the text\n"
        "matched Blast in the title"
    )
    assert (answer.chat, answer.follows) == ("100", message.message_id)


async def test_why_is_told_once_in_a_while(room: Room) -> None:
    message, _ = await explained(room)
    assert (await room.press(message, "Why")).text == "It is told below."
    assert await room.deliver() == []
    room.clock.advance(minutes=10)
    await room.press(message, "Why")
    assert len(await room.deliver()) == 1


async def test_many_questions_are_answered_without_flooding_the_chat(room: Room) -> None:
    messages = [await room.told() for _ in range(8)]
    toasts = []
    for message in messages:
        room.clock.advance(seconds=4)
        toasts.append((await room.press(message, "Why")).text)
    assert toasts[:5] == [""] * 5
    assert toasts[5:] == ["matched Blast in the title, watchlist Bases"] * 3
    assert len(await room.deliver()) == 5


async def test_answers_share_the_pace_of_alerts_and_leave_behind_them(room: Room) -> None:
    """Three in three seconds, whoever sends them; what waits then leaves alerts first."""
    for _ in range(3):
        await room.announce()
        assert await room.dispatcher.deliver_due("telegram") == 1
    first = room.api.accepted[0]
    assert (await room.press(first, "Why")).text == ""
    assert await room.dispatcher.deliver_due("telegram") == 0
    await room.announce()
    room.clock.advance(seconds=3)
    assert await room.dispatcher.deliver_due("telegram") == 1
    assert "(4)" in room.api.accepted[-1].text
    room.clock.advance(seconds=1)
    assert await room.dispatcher.deliver_due("telegram") == 1
    assert room.api.accepted[-1].text.startswith("Watchlist Bases")


async def test_nothing_is_written_into_a_chat_that_asked_for_a_wait(room: Room) -> None:
    message = await room.told()
    room.api.answers = [refusal(429, "Too Many Requests: retry after 30", retry_after=30)]
    await room.announce()
    await room.dispatcher.deliver_due("telegram")
    asked = len(room.api.requests)
    assert (await room.press(message, "Why")).text == ""
    await room.dispatcher.deliver_due("telegram")
    assert len(room.api.requests) == asked
    room.clock.advance(seconds=31)
    assert await room.dispatcher.deliver_due("telegram") == 1


async def test_readers_of_a_channel_are_told_without_a_post(room: Room) -> None:
    room.api.people.chats["-1009"] = {"id": -1009, "type": "channel", "username": "news"}
    message = await room.told("-1009")
    toast = await room.press(message, "Why")
    assert toast.text == "matched Blast in the title, watchlist Bases"
    assert len(room.api.accepted) == 1


async def test_an_answer_that_telegram_does_not_take_is_tried_again(room: Room) -> None:
    message = await room.told()
    room.api.answers = [{"ok": False, "error_code": 500, "description": "Internal Server Error"}]
    await room.press(message, "Why")
    assert await room.dispatcher.deliver_due("telegram") == 0
    room.clock.advance(minutes=1)
    assert await room.dispatcher.deliver_due("telegram") == 1
