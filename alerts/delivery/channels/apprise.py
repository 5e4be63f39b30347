"""Apprise: one URL reaches one of the hundred services that the library knows (extra `apprise`).

The library connects by itself, past our address guard: its URLs are the operator's own words, as a
relay's is.  It says whether a service took a message and never why not, and what it logs may hold a
token: both stay out of our errors and our log.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from types import MappingProxyType

from alerts.errors import AmbiguousDeliveryError, PermanentDeliveryError, TransientDeliveryError
from alerts.model import Address, Endpoint, Message, Receipt

#: The library waits for its services; so many messages are under way at once.
_THREADS = 4


class AppriseChannel:
    """Sends messages through the library, each in a thread."""

    name = "apprise"

    def __init__(self, *, timeout: timedelta = timedelta(seconds=45)) -> None:
        """Prepare threads; the library is loaded by the first message.

        *timeout* is the longest that one `send` takes.
        """
        self._timeout = timeout.total_seconds()
        self._endpoints: Mapping[str, Endpoint] = MappingProxyType({})
        # Of its own: a service that hangs must not hold up those who look up names.
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="apprise")
        # What they say quotes addresses, and paths with tokens.
        for talkative in ("apprise", "urllib3"):
            logging.getLogger(talkative).setLevel(logging.CRITICAL)

    def use(self, endpoints: Mapping[str, Endpoint]) -> None:
        """Send to *endpoints* from now on, by `Address.key`."""
        self._endpoints = endpoints

    async def send(self, message: Message, address: Address) -> Receipt:
        """Hand *message* to the service behind *address*.

        Raises:
            PermanentDeliveryError: no rule file names it any more, or no service has such URLs.
            TransientDeliveryError: it was not its turn in time.
            AmbiguousDeliveryError: everything else that is no success.  The library says only "no",
                and that may be one of two recipients, or an answer that was lost.
        """
        endpoint = self._endpoints.get(address.key)
        if endpoint is None:
            raise PermanentDeliveryError("no receiver of the rule files has this address any more")
        sending = self._threads.submit(_notify, endpoint.url, message)
        try:
            async with asyncio.timeout(self._timeout):
                accepted = await asyncio.wrap_future(sending)
        except TimeoutError:
            if sending.cancelled():
                raise TransientDeliveryError("others before it took too long") from None
            raise AmbiguousDeliveryError("the service did not answer in time") from None
        if not accepted:
            raise AmbiguousDeliveryError("the service did not take it; Apprise does not say why")
        return Receipt()

    async def close(self) -> None:
        """Leave what hangs to its own time-outs."""
        self._threads.shutdown(wait=False, cancel_futures=True)


def _notify(url: str, message: Message) -> bool:
    """Tell whether the service behind *url* took *message*.

    Raises:
        PermanentDeliveryError: no service has such URLs.
    """
    # Half a second to load, for those alone who use it.
    import apprise  # noqa: PLC0415

    asset = apprise.AppriseAsset(app_id="Tocsin", app_desc="Tocsin", app_url="", async_mode=False)
    service = apprise.Apprise.instantiate(url, asset=asset)
    if service is None:
        raise PermanentDeliveryError("Apprise knows no service with such a URL")
    if "overflow=" not in url:
        # By itself it leaves a text that is too long to the service, which refuses it.
        service.overflow_mode = apprise.OverflowMode.SPLIT
    services = apprise.Apprise(asset=asset)
    services.add(service)
    plain = apprise.NotifyFormat.TEXT
    try:
        return bool(services.notify(message.text, message.subject, body_format=plain))
    except Exception:  # noqa: BLE001 - a service's code may raise anything, and its text hold a token
        return False
