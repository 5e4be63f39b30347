"""What the operator decides of the bot."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import Self

from alerts.alerting.notices import operator
from alerts.bot.talk import CHANNEL, Chat
from alerts.model import RuleSet


class Access(StrEnum):
    """Who may talk with the bot."""

    OPEN = "open"
    INVITE = "invite"
    ALLOWLIST = "allowlist"


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """For how long what people are told of is kept."""

    articles: timedelta = timedelta(days=90)
    sent: timedelta = timedelta(days=90)

    @classmethod
    def days(cls, *, articles: int, sent: int) -> Self:
        """Return so many days of each."""
        return cls(articles=timedelta(days=articles), sent=timedelta(days=sent))


@dataclass(frozen=True, slots=True, kw_only=True)
class BotSettings:
    """The environment, as far as it concerns the bot."""

    access: Access = Access.OPEN
    #: Chats that are let in without an invitation: numbers and @names, in small letters.
    allowed: frozenset[str] = frozenset()
    #: Mails can be sent, and their links lead to us.
    has_mail: bool = False
    #: For how long what is kept.
    keep: Kept = Kept()


def is_allowed(chat: Chat, user: int, settings: BotSettings, rules: RuleSet) -> bool:
    """Tell whether the operator has named *chat*, or who speaks there, as somebody to be let in."""
    if settings.access is Access.OPEN:
        return True
    names = {*chat.targets, str(user)} if user else set(chat.targets)
    named = settings.allowed | frozenset(_addressed(rules))
    return not named.isdisjoint(name.casefold() for name in names)


def is_operator(chat: Chat, rules: RuleSet) -> bool:
    """Tell whether *chat* is where the operator hears of the system itself."""
    targets = {target.casefold() for target in chat.targets}
    return any(
        address.channel == CHANNEL and address.target.casefold() in targets
        for address in operator(rules).addresses
    )


def _addressed(rules: RuleSet) -> Iterable[str]:
    for receiver in rules.receivers.values():
        for address in receiver.addresses:
            if address.channel == CHANNEL:
                yield address.target.casefold()
