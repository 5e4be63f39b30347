"""Updates on their way to the bot, which fetches them or has them posted to its webhook."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

import aiohttp

from tests.servers.bot_answers import Json

#: Updates that one `getUpdates` returns.
MOST_UPDATES: Final = 100


@dataclass(slots=True)
class Webhook:
    """Where updates are posted."""

    url: str
    secret: str


class Updates:
    """What happened that the bot has not heard of."""

    def __init__(self) -> None:
        self.webhook: Webhook | None = None
        #: Updates that wait.
        self.updates: list[Json] = []
        #: Kinds that the bot asked for; empty: all.
        self.allowed: tuple[str, ...] = ()
        #: Set whenever something happened, or pops up.
        self.stirred = asyncio.Event()
        self._next_update = 700_000

    def happens(self, kind: str, what: Json) -> None:
        """Make an update of *what*, if the bot asked for its *kind*."""
        if self.allowed and kind not in self.allowed:
            return
        self.updates.append({"update_id": self._next_update, kind: what})
        self._next_update += 1
        self.stirred.set()

    def waiting(self, limit: int = MOST_UPDATES) -> list[Json]:
        """Return what `getUpdates` returns, once what was heard is confirmed."""
        return self.updates[: min(max(limit, 1), MOST_UPDATES)]

    def confirm(self, offset: int) -> None:
        """Forget what the bot has heard: every update below *offset*.

        A negative one counts from the end (`getUpdates`).
        """
        if offset < 0:
            self.updates = self.updates[offset:]
        elif self.updates and self.updates[0]["update_id"] < offset:
            self.updates = [one for one in self.updates if one["update_id"] >= offset]

    def allow(self, kinds: str) -> None:
        """Take the `allowed_updates` of a request; none leaves the last ones."""
        if kinds:
            self.allowed = tuple(json.loads(kinds))

    async def post(self) -> list[int]:
        """Post what waits to the webhook, in order, until one is not taken; return the answers."""
        answers: list[int] = []
        assert self.webhook is not None
        async with aiohttp.ClientSession() as session:
            while self.updates and answers[-1:] in ([], [200]):
                answers.append(await self._post(session, self.webhook, self.updates[0]))
                if answers[-1] == 200:
                    del self.updates[0]
        return answers

    async def _post(self, session: aiohttp.ClientSession, webhook: Webhook, update: Json) -> int:
        headers = {"X-Telegram-Bot-Api-Secret-Token": webhook.secret} if webhook.secret else {}
        async with session.post(webhook.url, json=update, headers=headers) as answer:
            return answer.status


def refuses_webhook(url: str, secret: str) -> str:
    """Say in Telegram's words why it will not post to *url*; empty: it will."""
    parts = urlsplit(url)
    # A self-hosted server in local mode posts to plain addresses as well; ours does to loopback.
    if parts.scheme != "https" and parts.hostname != "127.0.0.1":
        return "bad webhook: An HTTPS URL must be provided for webhook"
    if not all(char.isascii() and (char.isalnum() or char in "_-") for char in secret):
        return "bad webhook: secret token contains unallowed characters"
    return "bad webhook: secret token is too long" if len(secret) > 256 else ""
