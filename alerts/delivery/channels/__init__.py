"""The ways to reach people.  A new channel is one module here and one line in `alerts.app`."""

from __future__ import annotations

from typing import Protocol

from alerts.model import Address, Message, Receipt


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
