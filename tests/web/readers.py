"""A reader of mails and the pages that they open, on the real server and a real database."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path

import aiohttp
from pydantic import SecretStr

from alerts.delivery.links import ReaderPages
from alerts.delivery.tokens import Claim, Purpose
from alerts.metrics import Metrics
from alerts.model import Address, Delivery, Digest, Notice, Receiver, RuleSet
from alerts.settings import Settings
from alerts.storage import Storage, open_storage
from alerts.storage.bounces import Bounces
from alerts.storage.consents import Consents
from alerts.web import serve
from alerts.web.mail import MailDesk
from tests.builders import NOW, Clock, an_operator

READER = Address(channel="email", target="reader@example.net")
OTHER = Address(channel="email", target="other@example.net")
ADMIN = "a long random token"


@dataclass(frozen=True, slots=True)
class Page:
    """An answer, as a browser has it."""

    status: int
    text: str
    headers: Mapping[str, str]
    url: str


@dataclass(slots=True, kw_only=True)
class Newsroom:
    """Two lists by mail, and who reads them."""

    storage: Storage
    consents: Consents
    pages: ReaderPages
    root: str = ""
    clock: Clock = field(default_factory=Clock)
    #: What was told to whom.
    notices: list[tuple[Notice, Receiver]] = field(default_factory=list)
    digests: dict[str, Delivery] = field(default_factory=dict)

    def link(self, purpose: Purpose, receiver: str = "desk", **fields: str) -> str:
        """Return the address of a page of READER, as a mail of *receiver* would have it."""
        claim = Claim(
            subscriber=READER.key,
            list=receiver,
            version=self.consents.version(READER, receiver) if purpose is not Purpose.DIGEST else 0,
            **fields,
        )
        return self.pages.page(purpose, claim)

    async def get(self, link: str) -> Page:
        """Look at a page."""
        return await self._ask("GET", link)

    async def press(self, link: str, *, admin: bool = False, **form: str) -> Page:
        """Send the form of a page, and go where it leads."""
        headers = {"Authorization": f"Bearer {ADMIN}"} if admin else {}
        return await self._ask("POST", link, data=form, headers=headers)

    async def bring(self, mail: bytes, *, token: str = ADMIN) -> Page:
        """Bring a mail to the return address."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        return await self._ask("POST", f"{self.root}mail/bounces", data=mail, headers=headers)

    async def _ask(self, method: str, link: str, **values: object) -> Page:
        async with (
            aiohttp.ClientSession() as browser,
            browser.request(method, link, **values) as answer,  # type: ignore[arg-type]
        ):
            return Page(answer.status, await answer.text(), answer.headers, str(answer.url))


def rules(**receivers: Receiver) -> RuleSet:
    """Return rules with two lists for READER and one for OTHER alone."""
    lists = {
        "desk": Receiver(name="desk", addresses=(READER, OTHER)),
        "night": Receiver(
            name="night", addresses=(READER,), digest=Digest(at=(), location="Europe/Berlin")
        ),
        "board": Receiver(name="board", addresses=(OTHER,)),
        "operator": an_operator(),
    }
    return RuleSet(receivers=lists | receivers)


@asynccontextmanager
async def newsroom(folder: Path) -> AsyncIterator[Newsroom]:
    """Serve the pages while the block runs."""
    async with open_storage(f"sqlite:///{folder}/tocsin.db", now=NOW) as storage:
        writer, readers = storage.outbox._writer, storage.outbox._readers
        consents = Consents(writer, readers)
        await consents.open(now=NOW)
        room = Newsroom(
            storage=storage, consents=consents, pages=ReaderPages("http://unused/", consents)
        )

        async def told(delivery: str) -> Delivery | None:
            return room.digests.get(delivery)

        async def notify(notice: Notice, receiver: Receiver) -> None:
            room.notices.append((notice, receiver))

        desk = MailDesk(
            consents, Bounces(writer), room.pages, told=told, notify=notify, now=room.clock
        )
        desk.use(rules())
        settings = Settings(listen="127.0.0.1:0", admin_token=SecretStr(ADMIN))
        async with serve(settings, storage.overview, Metrics(), desk=desk) as root:
            room.root = root
            room.pages._root = f"{root}mail/"
            yield room
