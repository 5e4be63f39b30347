"""Who may press what: other chats, guests of a group, forgers and latecomers change nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.bot.admins import LASTS
from alerts.bot.decisions import Refuse
from alerts.delivery.presses import Press, Verb, watchlist_key
from alerts.storage.muted import MuteKind
from tests.bot.room import Room
from tests.servers.bot_people import member

GROUP = "-1001"
ADMIN, GUEST = 7, 8
#: Nobody got it.
UNKNOWN = "0" * 32


@pytest.mark.parametrize("verb", Verb)
async def test_a_press_from_another_chat_changes_nothing(room: Room, verb: Verb) -> None:
    message = await room.told()
    alert = await room.the_alert()
    of_watchlist = verb in (Verb.MUTE_WATCHLIST, Verb.UNMUTE_WATCHLIST)
    watchlist = watchlist_key("bases") if of_watchlist else ""
    press = Press(verb=verb, alert=alert["id"][:32], watchlist=watchlist)
    await room.press(message, "Mute watchlist")
    before = await room.lasting()
    toast = await room.press_data("200", message.message_id, press.action, user=200)
    assert toast.text == Refuse.FOREIGN.value
    assert await room.lasting() == before
    assert await room.lasting("telegram:200") == []
    assert await room.storage.feedback.of(alert["id"]) == {}
    assert len(room.api.accepted) == 1


@pytest.mark.parametrize(
    "data", ["", "nonsense", f"s{UNKNOWN}", f"w{UNKNOWN}:{UNKNOWN[:12]}", "s" * 64, "§"]
)
async def test_a_button_that_means_nothing_any_more_is_answered_kindly(
    room: Room, data: str
) -> None:
    toast = await room.press_data("100", 1, data)
    assert toast.text == Refuse.STALE.value


async def test_a_watchlist_that_the_alert_does_not_name_cannot_be_muted(room: Room) -> None:
    await room.told()
    alert = await room.the_alert()
    toast = await room.press_data("100", 1, f"w{alert['id'][:32]}:{'0' * 12}")
    assert toast.text == Refuse.STALE.value
    assert await room.lasting() == []


async def test_in_a_group_only_administrators_mute_and_everybody_has_an_opinion(
    room: Room,
) -> None:
    room.api.people.members[GROUP, ADMIN] = member("administrator", ADMIN)
    message = await room.told(GROUP)
    for label in ("Mute story 24 h", "Mute watchlist"):
        assert (await room.press(message, label, user=GUEST)).text == Refuse.NOT_ADMIN.value
    assert await room.lasting(f"telegram:{GROUP}") == []
    for user in (ADMIN, GUEST):
        assert "Thank you" in (await room.press(message, "Useful", user=user)).text
    assert (await room.press(message, "Mute story 24 h", user=ADMIN)).text.startswith("Muted")
    unmute = await room.press(room.api.accepted[0], "Unmute story", user=GUEST)
    assert unmute.text == Refuse.NOT_ADMIN.value
    assert len(await room.lasting(f"telegram:{GROUP}")) == 1
    assert len(await room.storage.feedback.of((await room.the_alert())["id"])) == 2


async def test_who_is_an_administrator_is_asked_once_in_five_minutes(room: Room) -> None:
    message = await room.told(GROUP)

    def asked() -> int:
        return [method for method, _ in room.api.calls].count("getchatmember")

    for _ in range(3):
        await room.press(message, "Mute story 24 h", user=GUEST)
    assert asked() == 1
    room.api.people.members[GROUP, GUEST] = member("creator", GUEST)
    room.clock.now += LASTS - timedelta(seconds=1)
    await room.press(message, "Mute story 24 h", user=GUEST)
    assert (asked(), await room.lasting(f"telegram:{GROUP}")) == (1, [])
    room.clock.advance(seconds=1)
    await room.press(message, "Mute story 24 h", user=GUEST)
    assert asked() == 2
    assert len(await room.lasting(f"telegram:{GROUP}")) == 1


async def test_nobody_mutes_while_telegram_does_not_say_who_they_are(room: Room) -> None:
    room.api.people.members[GROUP, ADMIN] = member("creator", ADMIN)
    message = await room.told(GROUP)
    room.api.method_answers["getchatmember"] = [
        {"ok": False, "error_code": 500, "description": "Internal Server Error"},
        {"ok": True, "result": {}},
    ]
    for _ in range(2):
        toast = await room.press(message, "Mute story 24 h", user=ADMIN)
        assert toast.text == Refuse.NOT_KNOWN.value
    assert await room.lasting(f"telegram:{GROUP}") == []
    assert (await room.press(message, "Mute story 24 h", user=ADMIN)).text.startswith("Muted")


async def test_a_public_chat_is_known_by_its_name_in_any_case(room: Room) -> None:
    room.api.people.chats["-1001"] = {"username": "Newsroom"}
    room.api.people.members[GROUP, ADMIN] = member("creator", ADMIN)
    await room.told("@newsroom")
    alert = await room.the_alert()
    toast = await room.press_data(GROUP, 1, f"s{alert['id'][:32]}", user=ADMIN)
    assert toast.text.startswith("Muted")
    assert await room.lasting("telegram:@newsroom") == [("story", alert["story"])]


async def test_a_mute_in_a_topic_is_the_topics(room: Room) -> None:
    room.api.people.members[GROUP, ADMIN] = member("creator", ADMIN)
    message = await room.told(GROUP, thread=7)
    await room.press(message, "Mute watchlist", user=ADMIN)
    assert await room.lasting(f"telegram:{GROUP}/7") == [(MuteKind.WATCHLIST.value, "bases")]
    assert await room.lasting(f"telegram:{GROUP}") == []


async def test_what_was_pressed_is_done_though_its_answer_comes_too_late(room: Room) -> None:
    message = await room.told()
    room.api.press("100", message.message_id, message.buttons[0][0].data, 100)
    room.api.people._open.clear()
    await room.hear()
    assert len(await room.lasting()) == 1
