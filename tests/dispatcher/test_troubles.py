"""The operator hears that a channel refuses us, and of dead letters: once, and by a way that works."""

from __future__ import annotations

from datetime import timedelta

from alerts.delivery.channels.email import EmailChannel
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.dispatcher import Dispatcher
from alerts.model import Address, RuleSet
from tests.builders import a_notice, an_operator
from tests.dispatcher.conftest import Desk
from tests.dispatcher.test_faults import Postbox
from tests.servers.bot_api import BotApi
from tests.servers.bot_messages import refusal
from tests.servers.mail_server import MailServer

UNAUTHORIZED = refusal(401, "Unauthorized")
TOO_LONG = refusal(400, "Bad Request: message is too long")


def at_work(desk: Desk, api: BotApi) -> tuple[Dispatcher, Postbox]:
    """Return a dispatcher with Telegram, and what its operator reads."""
    telegram = TelegramChannel(api.token, api.url, timeout=timedelta(seconds=5))
    dispatcher = desk.dispatcher(telegram, postbox := Postbox())
    operator = an_operator(Address(channel="console"))
    dispatcher.use(RuleSet(receivers={"operator": operator}))
    return dispatcher, postbox


def subjects(postbox: Postbox) -> list[str]:
    return [message.subject for _, message in postbox.taken]


async def test_a_refused_token_is_told_once_and_so_is_its_end(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, postbox = at_work(desk, api)
        await desk.announce("100", "200")
        api.answers = [UNAUTHORIZED, UNAUTHORIZED]
        await dispatcher.drain()
        assert ["Nothing can be sent by telegram" in each for each in subjects(postbox)] == [True]
        desk.clock.advance(minutes=11)
        await dispatcher.drain()
        assert len(api.accepted) == 2
        await desk.announce("100")
        await dispatcher.drain()
    assert len(postbox.taken) == 2
    assert "sent by telegram again" in subjects(postbox)[1]


async def test_the_end_is_told_by_the_next_process(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, _ = at_work(desk, api)
        await desk.announce("100")
        api.answers = [UNAUTHORIZED]
        await dispatcher.drain()
        restarted, postbox = at_work(desk, api)
        await restarted.drain()
    assert len(api.accepted) == 1
    assert "sent by telegram again" in subjects(postbox)[0]


async def test_a_dead_letter_is_told_with_its_reason_once_a_day(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, postbox = at_work(desk, api)
        for _ in range(3):
            api.answers = [TOO_LONG, TOO_LONG]
            await desk.announce("100", "200")
            await dispatcher.drain()
            desk.clock.advance(hours=1)
        [(_, first)] = postbox.taken
        assert "too long" in first.text.lower()
        assert "desk" in first.text
        desk.clock.advance(days=1)
        api.answers = [TOO_LONG]
        await desk.announce("300")
        await dispatcher.drain()
    assert len(postbox.taken) == 2


async def test_a_dead_letter_of_the_operators_own_makes_no_other(desk: Desk) -> None:
    async with BotApi() as api:
        dispatcher, _ = at_work(desk, api)
        own = an_operator(Address(channel="telegram", target="100"))
        dispatcher.use(RuleSet(receivers={"operator": own}))
        api.answers = [TOO_LONG] * 9
        await desk.storage.outbox.notify(a_notice(), own, now=desk.clock.now)
        for _ in range(3):
            await dispatcher.drain()
            desk.clock.advance(minutes=2)
    assert len(api.requests) == 1


async def test_a_mailbox_that_its_relay_refuses_three_times_is_off(desk: Desk) -> None:
    """DELIVERY.md, Email: after 3 hard ones in 7 days the address is off; here at once, not by mail."""
    async with MailServer() as relay:
        postbox = Postbox()
        dispatcher = desk.dispatcher(EmailChannel(relay.url, "t@example.org"), postbox)
        operator = an_operator(Address(channel="console"))
        dispatcher.use(RuleSet(receivers={"operator": operator}))
        relay.answers["RCPT"] = ["550 5.7.1 spam", *["550 5.1.1 no such user"] * 3]
        for _ in range(5):
            await desk.announce("reader@example.net", channel="email")
            await dispatcher.drain()
            desk.clock.advance(hours=1)
    assert (relay.answers["RCPT"], relay.accepted) == ([], [])
    told = [subject for subject in subjects(postbox) if "come back" in subject]
    assert len(told) == 1
