"""What the webhook channel makes of every answer, against a real receiver behind the real guard."""

from __future__ import annotations

import base64
import logging
import socket
import traceback
from collections.abc import AsyncIterator
from contextlib import closing
from datetime import timedelta
from ipaddress import ip_network

import aiohttp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from alerts.delivery.channels import Channel
from alerts.delivery.channels.webhook import WebhookChannel, retry_after, signature, signing_key
from alerts.errors import (
    AddressGoneError,
    AmbiguousDeliveryError,
    DeliveryError,
    PermanentDeliveryError,
    TransientDeliveryError,
)
from alerts.feeds.fetch import open_session
from alerts.feeds.guard import AddressGuard
from alerts.model import Address, Endpoint
from alerts.settings import AllowedNetwork
from tests.builders import Clock
from tests.delivery.messages import NOW, message
from tests.servers.webhook_receiver import (
    SECRET,
    Answer,
    WebhookReceiver,
    garbles,
    hangs,
    moved,
    rambles,
    slams,
    waits,
)

DESK = Address(channel="webhook", target="desk")
OTHER = Address(channel="webhook", target="desk/2")
BODY = '{"type":"alert","data":{"subject":"قصف 🔴"}}'


@pytest.fixture
async def receiver() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as receiver:
        yield receiver


@pytest.fixture
async def session(receiver: WebhookReceiver) -> AsyncIterator[aiohttp.ClientSession]:
    allowed = AllowedNetwork(ip_network("127.0.0.1/32"), receiver.port)
    async with open_session(AddressGuard([allowed]), user_agent="Tocsin/test") as session:
        yield session


@pytest.fixture
def clock() -> Clock:
    return Clock(NOW)


@pytest.fixture
def channel(
    receiver: WebhookReceiver, session: aiohttp.ClientSession, clock: Clock
) -> WebhookChannel:
    channel = WebhookChannel(session, now=clock)
    channel.use({DESK.key: Endpoint(url=receiver.url, secret=SECRET)})
    return channel


async def refusal(
    channel: WebhookChannel, kind: type[DeliveryError], to: Address = DESK
) -> DeliveryError:
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message(html=BODY), to)
    assert type(caught.value) is kind
    return caught.value


# --- what is sent -----------------------------------------------------------------------------


async def test_a_message_is_one_signed_post(
    receiver: WebhookReceiver, channel: WebhookChannel
) -> None:
    sent = message(html=BODY)
    receipt = await channel.send(sent, DESK)
    (taken,) = receiver.taken
    assert (taken.method, taken.body) == ("POST", BODY.encode())
    assert taken.headers["Content-Type"] == "application/json; charset=utf-8"
    assert taken.headers["User-Agent"] == "Tocsin/test"
    assert taken.headers["webhook-id"] == sent.delivery == receipt.message_id
    assert taken.headers["webhook-timestamp"] == str(int(NOW.timestamp()))
    assert taken.is_signed_with(SECRET)
    assert not taken.is_signed_with("whsec_" + base64.b64encode(b"another").decode())


async def test_a_repeat_is_the_same_id_signed_at_its_own_time(
    receiver: WebhookReceiver, channel: WebhookChannel, clock: Clock
) -> None:
    await channel.send(message(html=BODY), DESK)
    clock.advance(minutes=5)
    await channel.send(message(html=BODY, possible_repeat=True), DESK)
    first, second = receiver.taken
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert int(second.headers["webhook-timestamp"]) - int(first.headers["webhook-timestamp"]) == 300
    assert first.headers["webhook-signature"] != second.headers["webhook-signature"]
    assert second.is_signed_with(SECRET)


async def test_without_a_secret_nothing_is_signed(
    receiver: WebhookReceiver, channel: WebhookChannel
) -> None:
    channel.use({DESK.key: Endpoint(url=receiver.url)})
    await channel.send(message(html=BODY), DESK)
    assert "webhook-signature" not in receiver.taken[0].headers
    assert receiver.taken[0].headers["webhook-id"]


def test_the_signature_is_that_of_the_standard() -> None:
    """The example of the specification's reference libraries."""
    assert signature(
        "msg_p5jXN8AQM9LWM0D4loKWxJek",
        "1614265330",
        b'{"test": 2432232314}',
        "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
    ) == ("v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=")


@given(st.binary(min_size=1, max_size=64))
def test_a_secret_stands_for_its_bytes(key: bytes) -> None:
    assert signing_key("whsec_" + base64.b64encode(key).decode()) == key


@pytest.mark.parametrize("secret", ["", "canary", "whsec_***", "whsec_YQ", "WHSEC_YWJj"])
def test_what_is_no_secret_is_refused(secret: str) -> None:
    with pytest.raises(ValueError, match=r"^(?!.*canary)"):
        signing_key(secret)


# --- what answers mean ------------------------------------------------------------------------


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
async def test_any_success_is_a_receipt(
    status: int, receiver: WebhookReceiver, channel: WebhookChannel
) -> None:
    receiver.answers = [status]
    assert (await channel.send(message(html=BODY), DESK)).message_id


async def test_every_other_status_has_its_meaning(
    receiver: WebhookReceiver, channel: WebhookChannel
) -> None:
    for status in (code for code in range(300, 600) if code != 304):
        receiver.answers = [status]
        kind: type[DeliveryError] = TransientDeliveryError
        if status == 410:
            kind = AddressGoneError
        elif 400 <= status < 500 and status not in {408, 425, 429}:
            kind = PermanentDeliveryError
        error = await refusal(channel, kind)
        assert str(status) in str(error)
        assert "canary" not in str(error)


@pytest.mark.parametrize(
    ("after", "seconds"),
    [
        ("120", 120),
        ("0", 0),
        ("99999999", 86_400),
        ("Sat, 22 Nov 2025 11:59:00 GMT", 600),
        ("Sat, 22 Nov 2025 11:00:00 GMT", 0),
        ("Sat, 22 Nov 2031 11:00:00 GMT", 86_400),
        ("soon", None),
        ("-5", None),
        ("", None),
    ],
)
@pytest.mark.parametrize("status", [429, 503])
async def test_a_wish_to_wait_is_obeyed(
    status: int,
    after: str,
    seconds: int | None,
    receiver: WebhookReceiver,
    channel: WebhookChannel,
) -> None:
    receiver.answers = [waits(status, after)]
    error = await refusal(channel, TransientDeliveryError)
    assert isinstance(error, TransientDeliveryError)
    assert error.retry_after == (None if seconds is None else timedelta(seconds=seconds))
    assert error.connected


@given(st.text())
def test_no_wish_to_wait_is_longer_than_a_day(value: str) -> None:
    wait = retry_after({"Retry-After": value}, now=NOW)
    assert wait is None or timedelta(0) <= wait <= timedelta(days=1)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_no_redirect_is_followed(
    status: int, receiver: WebhookReceiver, channel: WebhookChannel
) -> None:
    receiver.answers = [moved(status, "/elsewhere/canary")]
    error = await refusal(channel, TransientDeliveryError)
    assert "rule files" in str(error)
    assert "canary" not in str(error)
    assert len(receiver.taken) == 1


@pytest.mark.parametrize("answer", [slams, garbles])
async def test_a_lost_answer_leaves_it_open_whether_it_arrived(
    answer: Answer, receiver: WebhookReceiver, channel: WebhookChannel
) -> None:
    receiver.answers = [answer]
    await refusal(channel, AmbiguousDeliveryError)
    # And it is not sent again behind the outbox's back.
    assert len(receiver.taken) == 1


async def test_whoever_takes_it_and_is_silent_may_have_it(
    receiver: WebhookReceiver, session: aiohttp.ClientSession, clock: Clock
) -> None:
    receiver.answers = [hangs]
    hasty = WebhookChannel(session, now=clock, total=timedelta(seconds=0.2))
    hasty.use({DESK.key: Endpoint(url=receiver.url)})
    error = await refusal(hasty, AmbiguousDeliveryError)
    assert "in time" in str(error)
    assert len(receiver.taken) == 1


async def test_what_is_said_after_the_status_is_not_read(
    receiver: WebhookReceiver, channel: WebhookChannel
) -> None:
    receiver.answers = [rambles]
    assert (await channel.send(message(html=BODY), DESK)).message_id


# --- nothing was sent -------------------------------------------------------------------------


def dead_port() -> int:
    with closing(socket.socket()) as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


async def test_without_a_connection_nothing_arrived(
    session: aiohttp.ClientSession, clock: Clock
) -> None:
    port = dead_port()
    guard = AddressGuard([AllowedNetwork(ip_network("127.0.0.1/32"), port)])
    async with open_session(guard, user_agent="Tocsin/test") as own:
        channel = WebhookChannel(own, now=clock)
        channel.use({DESK.key: Endpoint(url=f"http://127.0.0.1:{port}/canary")})
        error = await refusal(channel, TransientDeliveryError)
    assert str(error) == "no connection: connection refused"


async def test_a_dead_endpoint_rests_and_holds_up_no_other(
    receiver: WebhookReceiver, channel: WebhookChannel, clock: Clock
) -> None:
    """The channel's breaker stays closed: every error says that the channel is connected."""
    dead = Endpoint(url="http://127.0.0.1:9/canary")
    channel.use({DESK.key: dead, OTHER.key: Endpoint(url=receiver.url)})
    waits: list[timedelta | None] = []
    for _ in range(7):
        error = await refusal(channel, TransientDeliveryError)
        assert isinstance(error, TransientDeliveryError)
        assert error.connected
        waits.append(error.retry_after)
        await channel.send(message(html=BODY), OTHER)
    assert waits[:4] == [None] * 4
    assert waits[4:] == [timedelta(seconds=seconds) for seconds in (10, 20, 40)]
    channel.use({DESK.key: dead})
    error = await refusal(channel, TransientDeliveryError)
    assert isinstance(error, TransientDeliveryError)
    assert error.retry_after is None


@pytest.mark.parametrize(
    "url",
    ["http://127.0.0.1:1/", "http://[::1]/", "http://169.254.169.254/", "http://localhost:1/"],
)
async def test_the_guard_of_feeds_stands_before_webhooks(url: str, channel: WebhookChannel) -> None:
    channel.use({DESK.key: Endpoint(url=url)})
    error = await refusal(channel, TransientDeliveryError)
    assert "refused to connect" in str(error)
    assert "TOCSIN_ALLOW_NETWORKS" in str(error)


async def test_a_webhook_that_no_rule_file_names_is_dead(channel: WebhookChannel) -> None:
    channel.use({})
    await refusal(channel, PermanentDeliveryError)


async def test_an_address_that_cannot_be_one_is_dead_without_being_told(
    channel: WebhookChannel,
) -> None:
    channel.use({DESK.key: Endpoint(url="http://[canary/")})
    await refusal(channel, PermanentDeliveryError)


# --- what nobody may see ----------------------------------------------------------------------


@pytest.mark.parametrize("answer", [404, 410, 500, slams, garbles, moved(302, "//canary/"), None])
async def test_no_secret_is_in_an_error_or_a_log(
    answer: int | Answer | None,
    receiver: WebhookReceiver,
    channel: WebhookChannel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    if answer is None:
        channel.use({DESK.key: Endpoint(url="http://canary.invalid/canary", secret=SECRET)})
    else:
        receiver.answers = [answer]
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message(html=BODY), DESK)
    told = "".join(traceback.format_exception(caught.value)) + caplog.text
    assert "canary" not in told.lower().replace("test_no_secret", "")
    assert SECRET.removeprefix("whsec_") not in told


def test_it_is_a_channel(channel: WebhookChannel) -> None:
    held: Channel = channel
    assert held.name == "webhook"
