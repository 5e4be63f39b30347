"""What is shown is what would be sent: to the byte, by the channels that send."""

from __future__ import annotations

import json
from datetime import UTC, datetime, time, timedelta

from alerts.alerting.sightings import RulesInForce
from alerts.delivery.channels.email import EmailChannel
from alerts.delivery.channels.telegram import TelegramChannel
from alerts.delivery.channels.webhook import WebhookChannel
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.model import Address, Delivery, DeliveryKind, Digest, Endpoint, Receiver, RuleSet
from alerts.settings import AllowedNetwork
from alerts.watchlists.load import load_text
from alerts.workbench.samples import Studio, alert_of, deliveries_of, sample_alerts, trial
from tests.builders import NOW, an_article
from tests.servers.bot_api import BotApi
from tests.servers.mail_server import MailServer
from tests.servers.webhook_receiver import SECRET, WebhookReceiver

CHAT = Address(channel="telegram", target="100")
MAILBOX = Address(channel="email", target="desk@example.net")
HOOK = Address(channel="webhook", target="desk")
SENDER = "Tocsin <tocsin@example.org>"
PUBLIC = "https://tocsin.example/"


def one(*addresses: Address, digest: Digest | None = None) -> Delivery:
    receiver = Receiver(name="desk", addresses=addresses, digest=digest)
    return deliveries_of(receiver, sample_alerts(now=NOW), now=NOW)[0]


async def test_a_mail_is_shown_as_the_relay_gets_it() -> None:
    sent = Studio(RuleSet(), public_url=PUBLIC, sender=SENDER).sent(one(MAILBOX), now=NOW)
    async with MailServer() as relay:
        channel = EmailChannel(relay.url, SENDER)
        await channel.send(sent.message, MAILBOX)
        await channel.close()
        [taken] = relay.accepted
    assert taken.content == sent.body
    assert b"List-Unsubscribe: <https://tocsin.example/mail/leave/" in sent.body


async def test_a_chat_is_shown_what_it_gets() -> None:
    sent = Studio(RuleSet()).sent(one(CHAT), now=NOW)
    async with BotApi() as api:
        channel = TelegramChannel(api.token, api.url)
        await channel.send(sent.message, CHAT)
        await channel.close()
        [request] = api.requests
    assert request["text"] == sent.body.decode()
    labels = [
        [key["text"] for key in row]
        for row in json.loads(request["reply_markup"])["inline_keyboard"]
    ]
    assert labels == [[button.label for button in row] for row in sent.buttons]


async def test_a_webhook_is_shown_as_it_is_posted() -> None:
    now = datetime.now(UTC).replace(microsecond=0)
    guard = AddressGuard([AllowedNetwork.parse("127.0.0.0/8")])
    async with WebhookReceiver() as receiver, open_session(guard, user_agent="t") as session:
        endpoints = {HOOK.key: Endpoint(url=receiver.url, secret=SECRET)}
        sent = Studio(RuleSet(endpoints=endpoints)).sent(one(HOOK), now=now)
        channel = WebhookChannel(session, now=lambda: now)
        channel.use(endpoints)
        await channel.send(sent.message, HOOK)
        [taken] = receiver.taken
    assert taken.body == sent.body
    assert {name: taken.headers[name] for name in sent.headers} == dict(sent.headers)
    assert taken.is_signed_with(SECRET)


def test_a_receiver_with_a_digest_is_shown_a_digest_of_its_hour() -> None:
    digest = one(MAILBOX, digest=Digest(at=(time(7),)))
    assert digest.kind is DeliveryKind.DIGEST
    assert digest.created_at == NOW + timedelta(hours=19)
    assert len(digest.alerts) == len(sample_alerts(now=NOW)) > 1
    assert one(MAILBOX).kind is DeliveryKind.ALERT


def test_an_article_is_shown_with_what_matches_it_by_these_rules() -> None:
    rules = RulesInForce.compile(
        load_text(
            "version: 1\nwatchlists:\n"
            "  - {id: low, title: Low, keywords: [blast], severity: low}\n"
            "  - {id: high, title: High, keywords: [air base], severity: high}\n"
            "  - {id: other, title: Other, keywords: [ferry]}\n"
        )
    )
    alert = alert_of(rules, an_article())
    assert alert is not None
    assert [match.watchlist for match in alert.matches] == ["high", "low"]
    assert alert.severity == "high"
    assert alert_of(rules, an_article(title="x", summary="y")) is None


def test_a_sample_opens_nobodys_page() -> None:
    shown, other = (
        Studio(RuleSet(), public_url=PUBLIC, sender=SENDER).sent(one(address), now=NOW)
        for address in (MAILBOX, Address(channel="email", target="other@example.net"))
    )
    assert shown.message.unsubscribe_url != other.message.unsubscribe_url
    assert "canary" not in shown.body.decode()


def test_a_trial_says_that_it_is_one_and_is_new_each_time() -> None:
    receiver = Receiver(name="desk", addresses=(CHAT, MAILBOX))
    first, second = trial(receiver, now=NOW)
    later, _ = trial(receiver, now=NOW + timedelta(seconds=1))
    assert len({first.id, second.id, later.id}) == 3
    assert first.notice is not None
    assert "Test" in first.notice.subject
