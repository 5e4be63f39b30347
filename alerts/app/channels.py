"""The channels that the settings make possible; a new channel is one line here.

Imports are late: python-telegram-bot takes 20 MB that a system without it need not carry.
"""
# ruff: noqa: PLC0415

from __future__ import annotations

from collections.abc import Mapping
from importlib.util import find_spec
from typing import TYPE_CHECKING, Final

from alerts.app.process import utc_now
from alerts.delivery.channels import Channel
from alerts.delivery.channels.webhook import WebhookChannel
from alerts.settings import Settings

if TYPE_CHECKING:
    import aiohttp

#: What each channel needs before it can be used.
NEEDS: Final[Mapping[str, str]] = {
    "telegram": "TOCSIN_TELEGRAM_TOKEN is not set",
    "email": "TOCSIN_SMTP_URL and TOCSIN_MAIL_FROM are not set",
    "apprise": "the package apprise is not installed",
}


def open_channels(settings: Settings, session: aiohttp.ClientSession) -> dict[str, Channel]:
    """Return the channels by their names; *session* is the guarded client that feeds have."""
    from alerts.delivery.channels.console import ConsoleChannel

    channels: dict[str, Channel] = {
        "console": ConsoleChannel(),
        "webhook": WebhookChannel(session, now=utc_now),
    }
    if find_spec("apprise") is not None:
        from alerts.delivery.channels.apprise import AppriseChannel

        channels["apprise"] = AppriseChannel()
    if settings.telegram_token is not None:
        from alerts.delivery.channels.telegram import TelegramChannel

        token, url = settings.telegram_token.get_secret_value(), str(settings.telegram_api_url)
        channels["telegram"] = TelegramChannel(token, url)
    if settings.smtp_url is not None and settings.mail_from is not None:
        from alerts.delivery.channels.email import EmailChannel

        channels["email"] = EmailChannel(settings.smtp_url.get_secret_value(), settings.mail_from)
    return channels
