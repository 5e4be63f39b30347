"""What readers may do on their pages, and what comes of it: tokens in, consents out.

It knows the rules in force and the table of consents; how a page looks is `pages`'.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import Enum, auto
from typing import Final

import structlog

from alerts.alerting.mailboxes import came_back, works_again
from alerts.alerting.notices import operator
from alerts.delivery import bounces as reports
from alerts.delivery.links import ReaderPages
from alerts.delivery.tokens import Claim, Purpose, read
from alerts.model import Address, Delivery, Notice, Receiver, RuleSet
from alerts.storage.bounces import CHANNEL, Bounces
from alerts.storage.consents import Consents
from alerts.storage.silenced import EVERY, Consent, Standing
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.values import email
from alerts.web.mail import letters
from alerts.web.mail.allowance import Allowance

log = structlog.get_logger()

#: The pauses that a page offers, in days.
PAUSES: Final = (1, 7, 30)
#: What one reader may do; whoever presses more often is no reader.
_ACTS: Final = (30, timedelta(minutes=10))
#: Questions to new addresses: each is a mail to somebody who may not want it.
_QUESTIONS: Final = (3, timedelta(days=1))


class Refusal(Enum):
    """Why a link opens nothing."""

    #: Forged, cut, or signed with a key that is forgotten.
    UNKNOWN = auto()
    #: Somebody joined, left or moved since.
    OLD = auto()
    #: What it shows is there no more.
    GONE = auto()
    TOO_MANY = auto()


@dataclass(frozen=True, slots=True, kw_only=True)
class Membership:
    """A list, as one of its readers sees it."""

    receiver: Receiver
    standing: Standing


class MailDesk:
    """Opens links, and does what their holders ask for."""

    def __init__(
        self,
        consents: Consents,
        bounces: Bounces,
        pages: ReaderPages,
        *,
        told: Callable[[str], Awaitable[Delivery | None]],
        notify: Callable[[Notice, Receiver], Awaitable[object]],
        now: Callable[[], datetime],
    ) -> None:
        """Prepare the desk.

        *told* finds a delivery by its id, with everything that it says; *notify* has a receiver
        told of a notice.
        """
        self._consents = consents
        self._bounces = bounces
        self._pages = pages
        self._told = told
        self._notify = notify
        self._rules = RuleSet()
        self._acts, self._questions = Allowance(*_ACTS), Allowance(*_QUESTIONS)
        self.now = now

    def use(self, rules: RuleSet) -> None:
        """Know the receivers of *rules* from now on."""
        self._rules = rules

    # --- links --------------------------------------------------------------------------------

    def open(self, token: str, purpose: Purpose) -> Claim | Refusal:
        """Return what *token* claims, if it was signed for *purpose* and nothing changed since."""
        claim = read(token, purpose, self._consents.keys)
        if claim is None:
            return Refusal.UNKNOWN
        is_old = claim.version != self._consents.version(address_of(claim), claim.list)
        return Refusal.OLD if is_old and purpose is not Purpose.DIGEST else claim

    async def gone_by(self, token: str, purpose: Purpose) -> Claim | None:
        """Return the claim of a link whose holder has left, and done nothing else since.

        Nothing newer reaches them, so that they may go on from here.
        """
        claim = read(token, purpose, self._consents.keys)
        if claim is None:
            return None
        address = address_of(claim)
        standings = await self._consents.standings(address, now=self.now())
        standing = standings.get(claim.list, Standing())
        has_left = standing.state is Consent.LEFT and standing.version == claim.version + 1
        return claim if has_left else None

    def token(self, claim: Claim, purpose: Purpose = Purpose.PREFERENCES) -> str:
        """Return a token of *claim* as it stands now."""
        version = self._consents.version(address_of(claim), claim.list)
        return self._pages.token(purpose, replace(claim, version=version))

    def may_act(self, claim: Claim) -> bool:
        """Tell whether its holder has not done too much lately; counts as doing something."""
        return self._acts.spend(claim.subscriber, now=self.now())

    # --- lists --------------------------------------------------------------------------------

    async def memberships(self, claim: Claim) -> list[Membership]:
        """Return the lists that the reader is on, or was, by name."""
        address = address_of(claim)
        standings = await self._consents.standings(address, now=self.now())
        every = standings.get(EVERY)
        return [
            Membership(receiver=receiver, standing=every or standings.get(name, Standing()))
            for name, receiver in sorted(self._rules.receivers.items())
            if address in receiver.addresses or name in standings
        ]

    async def leave(self, claim: Claim) -> None:
        """Take the reader off the list."""
        await self._consents.leave(address_of(claim), claim.list, now=self.now())
        log.info("left", receiver=claim.list, address=claim.subscriber)

    async def pause(self, claim: Claim, days: int) -> None:
        """Leave the reader alone for *days*."""
        until = self.now() + timedelta(days=days)
        await self._consents.pause(address_of(claim), claim.list, until=until, now=self.now())

    async def resume(self, claim: Claim) -> None:
        """Write to the reader again, whatever ended it."""
        address = address_of(claim)
        await self._consents.resume(address, claim.list, now=self.now())
        await self._notify(works_again(address), operator(self._rules))

    # --- another address ----------------------------------------------------------------------

    async def ask(self, claim: Claim, text: str) -> bool:
        """Ask the mailbox *text* whether it takes the place of the reader's; False: it is none.

        Whether the mailbox is on the list already is nobody's business: it looks the same.
        """
        try:
            address = Address(channel=CHANNEL, target=email(text.strip()))
        except FlawError:
            return False
        receiver = self._rules.receivers.get(claim.list)
        is_known = receiver is not None and address in receiver.addresses
        if is_known or not self._questions.spend(claim.subscriber, now=self.now()):
            return True
        version = await self._consents.ask(address, claim.list, now=self.now())
        if version is not None:
            asked = Claim(
                subscriber=address.key,
                list=claim.list,
                version=version,
                about=address_of(claim).target,
            )
            link = self._pages.page(Purpose.CONFIRM, asked)
            to = Receiver(name=claim.list, addresses=(address,))
            await self._notify(letters.question(claim.list, address, link, version), to)
        return True

    async def confirm(self, claim: Claim) -> bool:
        """Take the answer of the mailbox that was asked; False: it comes too late."""
        return await self._consents.give(
            address_of(claim),
            claim.list,
            version=claim.version,
            moves=claim.about,
            now=self.now(),
        )

    # --- what was sent, and what came back ----------------------------------------------------

    async def digest(self, claim: Claim) -> Delivery | None:
        """Return the digest that the claim is about; None: it is forgotten."""
        return await self._told(claim.about)

    def receiver(self, name: str) -> Receiver | None:
        """Return the receiver of that name; None: the rules know it no more."""
        return self._rules.receivers.get(name)

    async def returned(self, mail: bytes) -> str:
        """Take a mail to the return address; say what it was in a line for a log."""
        bounce = reports.read(mail)
        if bounce is not None:
            return await self._bounced(bounce)
        claim = self.open(reports.leaving(mail), Purpose.LEAVE)
        if isinstance(claim, Claim):
            await self.leave(claim)
            return f"{claim.subscriber} left {claim.list}"
        return "ignored: neither a delivery report nor a mail that asks to leave"

    async def _bounced(self, bounce: reports.Bounce) -> str:
        if bounce.is_arrival:
            await self._bounces.arrived(bounce.message_id)
            return "arrived"
        if not bounce.is_hard:
            return f"not counted: {bounce.action} {bounce.status}".rstrip()
        counted = await self._bounces.count(
            bounce.message_id, status=bounce.status, reason=bounce.reason, now=self.now()
        )
        if counted is None:
            return "ignored: it is about no mail of ours"
        if counted.is_off:
            notice = came_back(counted.address, bounce.reason)
            await self._notify(notice, operator(self._rules))
            log.warning("mailbox off", address=counted.address.key, reason=bounce.reason)
        return f"counted: {counted.address.target}, refusal {counted.refusals}"


def address_of(claim: Claim) -> Address:
    """Return the address that the claim is about (`Address.key`)."""
    channel, _, target = claim.subscriber.partition(":")
    return Address(channel=channel, target=target)
