"""Who is let in, and who is the operator: decided by names alone."""

from __future__ import annotations

import pytest

from alerts.bot.settings import Access, BotSettings, is_allowed, is_operator
from alerts.bot.talk import Chat
from alerts.model import OPERATOR, Address, ChatKind, Receiver, RuleSet


def rules(**receivers: Address) -> RuleSet:
    """Return rules whose receivers have an address each."""
    return RuleSet(
        receivers={name: Receiver(name=name, addresses=(to,)) for name, to in receivers.items()}
    )


def telegram(target: str) -> Address:
    return Address(channel="telegram", target=target)


PRIVATE = Chat(id=100, username="Reader")
GROUP = Chat(id=-1001, kind=ChatKind.GROUP)
NEWS = Chat(id=-1009, username="news", kind=ChatKind.CHANNEL)


@pytest.mark.parametrize("access", [Access.INVITE, Access.ALLOWLIST])
@pytest.mark.parametrize(
    ("allowed", "chat", "user", "is_in"),
    [
        ("100", PRIVATE, 100, True),
        ("@reader", PRIVATE, 100, True),
        ("@READER", PRIVATE, 100, False),  # the settings are in small letters
        ("100", GROUP, 100, True),  # the person is let in, wherever they speak
        ("100", GROUP, 101, False),
        ("-1001", GROUP, 101, True),
        ("-1001", GROUP, 0, True),
        ("@news", NEWS, 0, True),
        ("-1009", NEWS, 0, True),
        ("news", NEWS, 0, False),
        ("0", NEWS, 0, False),
        ("10", PRIVATE, 100, False),
        ("-100", PRIVATE, 100, False),
    ],
)
def test_whoever_the_operator_names_is_let_in(
    access: Access, allowed: str, chat: Chat, user: int, *, is_in: bool
) -> None:
    settings = BotSettings(access=access, allowed=frozenset({allowed}))
    assert is_allowed(chat, user, settings, RuleSet()) is is_in


def test_an_open_bot_lets_everybody_in() -> None:
    assert is_allowed(GROUP, 0, BotSettings(), RuleSet())


def test_chats_that_rules_write_to_are_let_in() -> None:
    settings = BotSettings(access=Access.ALLOWLIST)
    desk = rules(desk=telegram("100"), channel=telegram("@News"))
    assert is_allowed(PRIVATE, 100, settings, desk)
    assert is_allowed(NEWS, 0, settings, desk)
    assert not is_allowed(GROUP, 7, settings, desk)
    # A mailbox that is called like a chat is none.
    mails = rules(desk=Address(channel="email", target="-1001"))
    assert not is_allowed(GROUP, 0, settings, mails)


def test_the_operator_is_whoever_reads_the_operators_chat() -> None:
    theirs = rules(**{OPERATOR: telegram("@news"), "desk": telegram("100")})
    assert is_operator(NEWS, theirs)
    assert not is_operator(PRIVATE, theirs)
    assert not is_operator(PRIVATE, RuleSet())
