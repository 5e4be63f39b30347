"""What the Bot API's refusals mean: whose move each makes it.  Pure.

The bot library's errors are translated here, once, for everybody who asks the Bot API something.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Final

import httpx
from telegram.error import (
    BadRequest,
    ChatMigrated,
    Conflict,
    Forbidden,
    InvalidToken,
    NetworkError,
    RetryAfter,
    TelegramError,
)

from alerts.errors import (
    AddressGoneError,
    AddressMovedError,
    AmbiguousDeliveryError,
    ChannelRefusedError,
    DeliveryError,
    PermanentDeliveryError,
    TransientDeliveryError,
)

#: httpx raises these before the first byte of a request is written.
_NOT_SENT: Final = (
    httpx.ConnectError,
    httpx.ConnectTimeout,
    httpx.PoolTimeout,
    httpx.ProxyError,
    httpx.UnsupportedProtocol,
)
# Descriptions are compared without case: the library changes it, and so did Telegram.
MARKUP_REFUSED: Final = ("can't parse entities", "entities_too_long", "entity_bounds_invalid")
TOPIC_GONE: Final = (
    "message thread not found",
    "topic_closed",
    "topic_deleted",
    "topic_id_invalid",
)
BUTTONS_REFUSED: Final = ("button_", "inline keyboard", "reply markup", "reply_markup")
REPLY_REFUSED: Final = ("message to be replied not found", "reply message not found")
#: Answers of 400 that mean what 403 means: this chat does not exist or does not let us write.
_CHAT_GONE: Final = (
    "chat not found",
    "user not found",
    "peer_id_invalid",
    "chat_id_invalid",
    "channel_private",
    "chat_write_forbidden",
    "chat_restricted",
    "have no rights to send",
    "not enough rights to send",
    "need administrator rights in the channel",
    "group is deactivated",
    "chat was deactivated",
    "user_is_blocked",
    "input_user_deactivated",
)


@contextmanager
def answers_translated() -> Iterator[None]:
    """Let the block ask the Bot API, and its failures come as ours.

    Raises:
        DeliveryError: see `alerts.errors`.
    """
    try:
        yield
    except TelegramError as error:
        raise translated(error) from error
    except (LookupError, TypeError, ValueError, AttributeError) as error:
        # An answer of JSON that is not the Bot API's trips the library wherever it looks.
        raise AmbiguousDeliveryError("Telegram's answer cannot be understood") from error


def translated(error: TelegramError) -> DeliveryError:
    """Say whose move *error* makes it.  The order matters: BadRequest is a NetworkError."""
    if isinstance(error.__cause__, TelegramError) and not isinstance(error, InvalidToken):
        # A gateway's page, not the Bot API's JSON: its 403 or 400 says nothing about the chat.
        return TransientDeliveryError(f"an answer that is not Telegram's: {words(error)}")
    match error:
        case RetryAfter():
            return TransientDeliveryError(words(error), retry_after=_span(error.retry_after))
        case Forbidden():
            return AddressGoneError(words(error))
        case ChatMigrated():
            return AddressMovedError(words(error), target=str(error.new_chat_id))
        case InvalidToken():
            return ChannelRefusedError(
                "the Bot API does not know this bot: check TOCSIN_TELEGRAM_TOKEN and"
                f" TOCSIN_TELEGRAM_API_URL ({words(error)})"
            )
        case BadRequest():
            gone = says(error.message, _CHAT_GONE)
            return (AddressGoneError if gone else PermanentDeliveryError)(words(error))
        case NetworkError() | Conflict():
            return _failed(error)
        case _:
            # 2xx with a body that is no JSON: it may have been sent.
            return AmbiguousDeliveryError(f"Telegram's answer cannot be read: {words(error)}")


def _failed(error: TelegramError) -> DeliveryError:
    """Tell a failed connection and a refusal (certain) from a lost answer (uncertain)."""
    cause = error.__cause__
    if cause is None:
        return TransientDeliveryError(words(error))
    if isinstance(cause, _NOT_SENT):
        return TransientDeliveryError(
            f"cannot reach Telegram: {type(cause).__name__}", connected=False
        )
    return AmbiguousDeliveryError(f"Telegram's answer was lost: {type(cause).__name__}")


def says(description: str, phrases: tuple[str, ...]) -> bool:
    """Tell whether *description* holds one of *phrases*, in any case."""
    folded = description.casefold()
    return any(phrase in folded for phrase in phrases)


def words(error: TelegramError) -> str:
    """Return the answer's words on one line; a gateway's page can be long."""
    return " ".join(error.message.split())[:300]


def _span(seconds: int | timedelta) -> timedelta:
    return seconds if isinstance(seconds, timedelta) else timedelta(seconds=seconds)
