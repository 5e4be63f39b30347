"""Where a reader's own pages are: leaving, pausing, and the whole of a digest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from alerts.delivery.tokens import Claim, Purpose, sign
from alerts.model import Address, Delivery, DeliveryKind

#: What addresses of these pages begin with, below TOCSIN_PUBLIC_URL.
PREFIX: Final = "/mail/"


class Signatures(Protocol):
    """Who knows the keys, and how often a consent has changed hands (`storage.Consents`)."""

    @property
    def keys(self) -> Sequence[str]:
        """The newest first; never empty."""

    def version(self, address: Address, receiver: str) -> int:
        """Return the version that a claim about the two must have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Links:
    """The pages of one reader; empty where the world cannot reach us."""

    leave: str = ""
    preferences: str = ""
    #: The whole of a digest.
    whole: str = ""


class ReaderPages:
    """Makes the links of each mail."""

    def __init__(self, public_url: str, signatures: Signatures) -> None:
        self._root = public_url.rstrip("/") + PREFIX
        self._signatures = signatures

    def links(self, delivery: Delivery) -> Links:
        """Return the pages of whoever gets *delivery*; those of an operator have none."""
        if delivery.kind is DeliveryKind.NOTICE:
            return Links()
        claim = Claim(
            subscriber=delivery.address.key,
            list=delivery.receiver,
            version=self._signatures.version(delivery.address, delivery.receiver),
        )
        whole = ""
        if delivery.kind is DeliveryKind.DIGEST:
            told = Claim(subscriber=claim.subscriber, list=claim.list, about=delivery.id)
            whole = self.page(Purpose.DIGEST, told)
        return Links(
            leave=self.page(Purpose.LEAVE, claim),
            preferences=self.page(Purpose.PREFERENCES, claim),
            whole=whole,
        )

    def page(self, purpose: Purpose, claim: Claim) -> str:
        """Return the address of the page that *claim* opens."""
        return f"{self._root}{purpose}/{self.token(purpose, claim)}"

    def token(self, purpose: Purpose, claim: Claim) -> str:
        """Return the last part of that address."""
        return sign(claim, purpose, self._signatures.keys)
