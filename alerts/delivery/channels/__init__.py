"""The ways to reach people.  A new channel is one module here and one line in `alerts.app.channels`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol, runtime_checkable

from alerts.model import Address, Endpoint, Message, Receipt


class Channel(Protocol):
    """One way to reach people."""

    #: As in `Address.channel` and the rule files.
    name: str

    async def send(self, message: Message, address: Address) -> Receipt:
        """Hand *message* over and return once the other side has answered for it.

        Raises:
            TransientDeliveryError, AmbiguousDeliveryError, PermanentDeliveryError,
            AddressMovedError, ChannelRefusedError: see `alerts.errors`; nothing else.
        """

    async def close(self) -> None:
        """Give back connections."""


@runtime_checkable
class EndpointChannel(Channel, Protocol):
    """One whose addresses are names: where they lead is secret, and comes with the rules."""

    def use(self, endpoints: Mapping[str, Endpoint]) -> None:
        """Send to *endpoints* from now on, by `Address.key`."""
