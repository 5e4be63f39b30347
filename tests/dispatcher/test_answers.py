"""What the bot says leaves by the outbox: behind alerts, within the pace, and for a quarter of an hour."""

from __future__ import annotations

from datetime import timedelta

import pytest

from alerts.delivery.channels.telegram import TelegramChannel
from alerts.delivery.pacing import KEPT
from alerts.delivery.rendering.view import REPEAT
from alerts.dispatcher import Dispatcher
from alerts.model import Address, Answer, Button, DeliveryKind, RuleSet, Severity
from alerts.storage.tables import answers
from tests.builders import NOW, an_operator
from tests.dispatcher.conftest import Desk
from tests.dispatcher.test_faults import Postbox
from tests.servers.bot_api import BotApi, Fault
from tests.servers.bot_keyboard import Key
from tests.servers.bot_messages import refusal
from tests.storage.databases import count

CHAT = Address(channel="telegram", target="100")
#: For how long an answer is of use.
USE = timedelta(minutes=15)
UNREACHABLE = refusal(502, "Bad Gateway")


def channel_to(api: BotApi) -> TelegramChannel:
    return TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))


def at_work(desk: Desk, api: BotApi) -> tuple[Dispatcher, Postbox]:
    """Return a dispatcher with Telegram, and what its operator reads."""
    dispatcher = desk.dispatcher(channel_to(api), postbox := Postbox())
    operator = an_operator(Address(channel="console"))
    dispatcher.use(RuleSet(receivers={"operator": operator}))
    return dispatcher, postbox


async def say(desk: Desk, *words: str, to: Address = CHAT) -> None:
    for one in words:
        await desk.storage.answers.put(one, to, Answer(html=f"<b>{one}</b>"), now=desk.clock.now)


async def left(desk: Desk) -> list[DeliveryKind]:
    """Return the kinds of all that the tables still hold."""
    return [each.kind for each in await desk.listed()]


async def test_an_answer_arrives_once_with_all_that_it_says(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await desk.announce("100")
        await dispatcher.drain()
        answer = Answer(
            html="Paused: <b>Idlib</b> &amp; more",
            buttons=((Button(label="Go on", action="/resume 3"),),),
            follows="1",
        )
        assert await desk.storage.answers.put("update 7", CHAT, answer, now=desk.clock.now)
        await dispatcher.drain()
        assert not await desk.storage.answers.put("update 7", CHAT, answer, now=desk.clock.now)
        await dispatcher.drain()
    [_, taken] = api.accepted
    assert (taken.text, taken.follows) == ("Paused: Idlib & more", 1)
    assert taken.buttons == ((Key("Go on", data="/resume 3"),),)
    assert not taken.is_silent
    assert not taken.preview


async def test_alerts_leave_before_answers_and_critical_ones_first(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await say(desk, "one", "two")
        desk.clock.advance(seconds=1)
        await desk.announce("100")
        await desk.announce("100", severity=Severity.CRITICAL)
        await dispatcher.drain()
    texts = [each.text for each in api.accepted]
    assert [text[0] for text in texts[:2]] == ["🔴", "🟡"]
    assert texts[2:] == ["one", "two"]


async def test_a_crowd_that_talks_with_the_bot_delays_no_alert(desk: Desk) -> None:
    """The last places of the pace are kept for what is no answer."""
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for chat in range(1000, 1060):
            await say(desk, str(chat), to=Address(channel="telegram", target=str(chat)))
        await dispatcher.deliver_due("telegram")
        assert len(api.accepted) == 25 - KEPT
        assert await dispatcher.deliver_due("telegram") == 0
        await desk.announce("100")
        assert await dispatcher.deliver_due("telegram") == 1
        assert api.accepted[-1].chat == "100"
        await dispatcher.drain()
    assert len(api.accepted) == 61


async def test_a_lane_rests_until_answers_have_their_turn(desk: Desk) -> None:
    """Though there is room for an alert, it does not look again and again for one."""
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        for chat in range(1000, 1030):
            await say(desk, str(chat), to=Address(channel="telegram", target=str(chat)))
        await dispatcher.deliver_due("telegram")
        lane = dispatcher._lanes["telegram"]
        assert await lane._rest() == timedelta(seconds=1)
        await desk.announce("100")
        assert await lane._rest() == timedelta(0)


async def test_answers_keep_to_the_pace_of_their_chat(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        words = [f"word {number}" for number in range(6)]
        await say(desk, *words)
        for sent in (1, 2, 3, 3):
            await dispatcher.deliver_due("telegram")
            assert len(api.accepted) == sent
        await dispatcher.drain()
    assert [each.text for each in api.accepted] == words


# --- what cannot leave ------------------------------------------------------------------------


async def test_an_answer_that_could_not_leave_in_time_is_given_up(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, postbox = at_work(desk, api)
        await say(desk, "old")
        desk.clock.advance(seconds=1)
        await say(desk, "young", to=Address(channel="telegram", target="200"))
        desk.clock.now = NOW + USE
        await dispatcher.drain()
    assert [each.text for each in api.accepted] == ["young"]
    assert len(api.requests) == 1
    assert (await count(desk.storage, answers), postbox.taken) == (1, [])


async def test_an_answer_is_tried_for_a_quarter_of_an_hour_and_no_longer(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, postbox = at_work(desk, api)
        await say(desk, "answer")
        api.answers = [UNREACHABLE] * 100
        begun_at = desk.clock.now
        while await left(desk):
            await dispatcher.deliver_due("telegram")
            desk.clock.advance(seconds=20)
            assert desk.clock.now - begun_at < USE + timedelta(minutes=1)
    assert len(api.requests) > 3
    assert postbox.taken == []


async def test_an_answer_for_a_chat_that_must_wait_for_hours_is_given_up_at_once(
    desk: Desk,
) -> None:
    async with BotApi() as api:
        dispatcher, postbox = at_work(desk, api)
        await say(desk, "answer")
        api.answers = [refusal(429, "Too Many Requests", retry_after=43838)]
        await dispatcher.deliver_due("telegram")
        assert await left(desk) == []
        # The chat must wait all the same.
        await desk.announce("100")
        desk.clock.advance(seconds=43838)
        assert await dispatcher.deliver_due("telegram") == 0
        desk.clock.advance(seconds=1)
        assert await dispatcher.deliver_due("telegram") == 1
    assert postbox.taken == []


async def test_a_short_flood_wait_costs_no_answer(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await say(desk, "answer")
        api.answers = [refusal(429, "Too Many Requests", retry_after=30)]
        await dispatcher.deliver_due("telegram")
        desk.clock.advance(seconds=31)
        await dispatcher.deliver_due("telegram")
    assert [each.text for each in api.accepted] == ["answer"]


@pytest.mark.parametrize(
    "answer",
    [
        refusal(400, "Bad Request: message is too long"),
        refusal(400, "Bad Request: something else"),
        refusal(403, "Forbidden: bot was blocked by the user"),
        refusal(400, "Bad Request: chat not found"),
    ],
    ids=lambda answer: answer["description"],
)
async def test_an_answer_that_is_refused_for_good_troubles_nobody(
    desk: Desk, answer: dict[str, object]
) -> None:
    async with BotApi() as api:
        dispatcher, postbox = at_work(desk, api)
        await say(desk, "answer")
        api.answers = [answer]
        await dispatcher.drain()
    assert len(api.requests) == 1
    assert (await left(desk), await count(desk.storage, answers)) == ([], 0)
    assert postbox.taken == []


async def test_an_answer_that_breaks_the_renderer_ends_in_silence(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, postbox = at_work(desk, api)
        await say(desk, "answer")
        await desk.storage.outbox._writer.run(
            lambda connection: connection.execute(answers.delete())
        )
        for _ in range(4):
            desk.clock.advance(minutes=1)
            await dispatcher.drain()
    assert (api.requests, await left(desk), postbox.taken) == ([], [], [])


async def test_a_chat_that_comes_back_gets_alerts_and_no_old_answers(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await say(desk, "one", "two")
        await desk.announce("100")
        api.blocked_by.add("100")
        await dispatcher.drain()
        api.blocked_by.clear()
        await desk.storage.backlog.readmit([("telegram", "100")], now=desk.clock.now)
        await say(desk, "welcome back")
        await dispatcher.drain()
    [alert, answer] = [each.text for each in api.accepted]
    assert "Blast near Khmeimim" in alert
    assert answer == "welcome back"


async def test_a_token_that_is_refused_costs_no_young_answer(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, _ = at_work(desk, api)
        await say(desk, "answer")
        api.answers = [refusal(401, "Unauthorized")]
        await dispatcher.deliver_due("telegram")
        desk.clock.advance(minutes=11)
        await dispatcher.deliver_due("telegram")
    assert [each.text for each in api.accepted] == ["answer"]


# --- what may have arrived --------------------------------------------------------------------


async def test_an_answer_that_comes_again_has_no_mark(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await say(desk, "answer")
        api.faults = [Fault.RESET_AFTER_ACCEPTING]
        await dispatcher.drain()
    assert [each.text for each in api.accepted] == ["answer", "answer"]
    assert REPEAT not in api.requests[1]["text"]


async def test_an_answer_survives_a_restart(desk: Desk) -> None:
    async with BotApi() as api:
        await say(desk, "first")
        desk.clock.advance(seconds=1)
        await say(desk, "second")
        now = desk.clock.now
        await desk.storage.outbox.lease_due("telegram", now=now, until=now + USE, limit=1)
        await desk.storage.outbox.recover(now=now)
        await desk.dispatcher(channel_to(api)).drain()
    assert [each.text for each in api.accepted] == ["first", "second"]


async def test_the_time_of_answers_is_counted_apart(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher = desk.dispatcher(channel_to(api))
        await say(desk, "answer")
        await desk.announce("200")
        await dispatcher.drain()
    registry = desk.metrics.registry
    for name in ("tocsin_answer_seconds_count", "tocsin_delivery_seconds_count"):
        assert registry.get_sample_value(name, {"channel": "telegram"}) == 1
