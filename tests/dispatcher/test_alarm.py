"""A full disk is told at once, once, and so is its end."""

from __future__ import annotations

from datetime import timedelta

from alerts.delivery.channels.telegram import TelegramChannel
from alerts.delivery.rendering import Renderer
from alerts.dispatcher.alarm import Alarm
from alerts.model import Address, Receiver, RuleSet
from tests.builders import Clock
from tests.servers.bot_api import BotApi, Fault

ADDRESSES = tuple(Address(channel="telegram", target=target) for target in ("77", "78"))
RULES = RuleSet(receivers={"operator": Receiver(name="operator", addresses=ADDRESSES)})


async def test_the_operator_hears_once_that_nothing_is_stored_and_once_of_the_end() -> None:
    async with BotApi() as api:
        channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))
        alarm = Alarm({"telegram": channel}, Renderer(), now=Clock())
        alarm.use(RULES)
        await alarm.calm()
        for _ in range(3):
            await alarm.ring("the disk of the database is full")
        for _ in range(3):
            await alarm.calm()
        await channel.close()
    told = sorted((m.chat, "stored again" in m.text) for m in api.accepted)
    assert told == [("77", False), ("77", True), ("78", False), ("78", True)]


async def test_an_alarm_that_is_refused_stops_nobody() -> None:
    async with BotApi() as api:
        api.chat_faults = {"77": Fault.RESET}
        channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))
        alarm = Alarm({"telegram": channel}, Renderer(), now=Clock())
        alarm.use(RULES)
        await alarm.ring("full")
        await channel.close()
    assert [message.chat for message in api.accepted] == ["78"]


async def test_an_alarm_follows_a_group_that_moved() -> None:
    async with BotApi() as api:
        api.migrated = {"77": -1001}
        channel = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))
        alarm = Alarm({"telegram": channel}, Renderer(), now=Clock())
        alarm.use(RULES)
        await alarm.ring("full")
        await channel.close()
    assert sorted(message.chat for message in api.accepted) == ["-1001", "78"]
