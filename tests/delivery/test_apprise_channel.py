"""What the apprise channel makes of the library's yes and no, with a service of it on loopback."""

from __future__ import annotations

import asyncio
import logging
import traceback
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest

from alerts.delivery.channels import Channel
from alerts.delivery.channels.apprise import AppriseChannel
from alerts.delivery.rendering import Renderer
from alerts.errors import (
    AmbiguousDeliveryError,
    DeliveryError,
    PermanentDeliveryError,
    TransientDeliveryError,
)
from alerts.model import Address, Endpoint
from tests.delivery.messages import NOW, message
from tests.delivery.samples import delivery, long_list
from tests.servers.webhook_receiver import Answer, WebhookReceiver, hangs, slams

#: One of the hundred services imports it.
pytestmark = pytest.mark.filterwarnings("ignore:'imghdr' is deprecated:DeprecationWarning")

PHONE = Address(channel="apprise", target="desk")


@pytest.fixture
async def service() -> AsyncIterator[WebhookReceiver]:
    async with WebhookReceiver() as service:
        yield service


@pytest.fixture
async def channel(service: WebhookReceiver) -> AsyncIterator[AppriseChannel]:
    channel = AppriseChannel()
    channel.use({PHONE.key: Endpoint(url=url_of(service))})
    yield channel
    await channel.close()


def url_of(service: WebhookReceiver) -> str:
    """Return the service that posts JSON to whoever is asked to."""
    return f"json://user:canary@127.0.0.1:{service.port}/canary"


async def test_a_service_is_told_subject_and_text(
    service: WebhookReceiver, channel: AppriseChannel
) -> None:
    await channel.send(message("Drones over Hmeymim\n& <more>", subject="قصف 🔴"), PHONE)
    (taken,) = service.taken
    assert taken.json["title"] == "قصف 🔴"
    assert taken.json["message"] == "Drones over Hmeymim\n& <more>"


@pytest.mark.parametrize("answer", [400, 401, 404, 410, 429, 500, 503, slams])
async def test_a_no_leaves_it_open_whether_it_arrived(
    answer: int | Answer, service: WebhookReceiver, channel: AppriseChannel
) -> None:
    service.answers = [answer]
    with pytest.raises(AmbiguousDeliveryError):
        await channel.send(message(), PHONE)


async def test_a_service_that_hangs_is_left_at_the_deadline(service: WebhookReceiver) -> None:
    service.answers = [hangs]
    hasty = AppriseChannel(timeout=timedelta(seconds=0.5))
    hasty.use({PHONE.key: Endpoint(url=url_of(service))})
    with pytest.raises(AmbiguousDeliveryError, match="in time"):
        await hasty.send(message(), PHONE)
    await hasty.close()


async def test_what_never_had_its_turn_certainly_did_not_arrive(service: WebhookReceiver) -> None:
    service.answers = [hangs] * 4
    hasty = AppriseChannel(timeout=timedelta(seconds=1))
    hasty.use({PHONE.key: Endpoint(url=url_of(service))})
    sent = [hasty.send(message(), PHONE) for _ in range(5)]
    results = await asyncio.gather(*sent, return_exceptions=True)
    assert [type(result) for result in results] == [
        *[AmbiguousDeliveryError] * 4,
        TransientDeliveryError,
    ]
    assert len(service.taken) == 4
    await hasty.close()


@pytest.mark.parametrize("url", ["nosuch://canary", "json://", "https://[canary"])
async def test_a_url_of_no_service_is_dead(url: str, channel: AppriseChannel) -> None:
    channel.use({PHONE.key: Endpoint(url=url)})
    with pytest.raises(PermanentDeliveryError) as caught:
        await channel.send(message(), PHONE)
    assert "canary" not in str(caught.value)


async def test_an_address_that_no_rule_file_names_is_dead(channel: AppriseChannel) -> None:
    channel.use({})
    with pytest.raises(PermanentDeliveryError):
        await channel.send(message(), PHONE)


@pytest.mark.parametrize("answer", [401, 500, slams, None])
async def test_no_secret_is_in_an_error_or_a_log(
    answer: int | Answer | None,
    service: WebhookReceiver,
    channel: AppriseChannel,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    if answer is None:
        channel.use({PHONE.key: Endpoint(url="json://user:canary@127.0.0.1:9/canary")})
    else:
        service.answers = [answer]
    with pytest.raises(DeliveryError) as caught:
        await channel.send(message(), PHONE)
    assert "canary" not in "".join(traceback.format_exception(caught.value)) + caplog.text


def test_a_long_list_is_cut_for_chats() -> None:
    sent = delivery(*long_list(300), address=PHONE)
    shown = Renderer("https://tocsin.example/").render(sent, now=NOW)
    assert len(shown.text) < 4_096
    assert "more: https://tocsin.example/" in shown.text
    assert (shown.html, shown.buttons) == ("", ())


def test_it_is_a_channel(channel: AppriseChannel) -> None:
    held: Channel = channel
    assert held.name == "apprise"
