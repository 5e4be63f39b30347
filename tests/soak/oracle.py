"""Many articles, many chats, faults and kills: who got what, beside what each should have got.

The oracle knows from the articles alone who must hear of what.  Whatever happens between the
publisher and the chats, nothing may be lost, nothing may come that was not due, and whatever comes
again must say so.
"""

from __future__ import annotations

import asyncio
import contextlib
import random
import re
from collections.abc import Sequence
from contextlib import AsyncExitStack
from dataclasses import dataclass, field
from pathlib import Path

from aiohttp import web

from alerts.model import DeliveryState
from alerts.storage import open_overview
from tests.servers.bot_api import BotApi, Fault
from tests.servers.feed_server import FeedServer
from tests.servers.mail_server import MailServer
from tests.whole.process import Tocsin, tocsin, until

FEED = "/reports.xml"
#: What the articles are about, and how severe the watchlist of it is.
SUBJECTS = {"harbour": "critical", "bridge": "high", "mill": "low"}
#: Seconds that messages may take, at the pace of chats, when the faults are over.
_PATIENCE = 240
_HEADLINE = re.compile(r"Report (\d{4})")
_REPEAT = "Possible repeat"


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much happens."""

    articles: int
    chats: int
    kills: int
    seed: int
    #: The share of Telegram's answers that are faults.
    faults: float = 0.25
    #: Between two things that happen, in seconds, at most.
    pause: float = 1.5


@dataclass(slots=True, kw_only=True)
class Outcome:
    """What came of it."""

    #: (address, article) that was due and never came, and the other way round.
    lost: set[tuple[str, int]]
    extra: set[tuple[str, int]]
    #: Messages that said something again, and those of them that did not say so.
    repeats: int
    unmarked: int
    #: What may be said twice: answers that were lost, and messages under way at a kill.
    unsure: int
    kills: int
    messages: int
    states: dict[str, int] = field(default_factory=dict)

    def __str__(self) -> str:
        return (
            f"{self.messages} messages, {self.kills} kills: lost {len(self.lost)}, extra"
            f" {len(self.extra)}, repeats {self.repeats} (at most {self.unsure}), unmarked"
            f" {self.unmarked}, left over {self.states}"
        )


class StormyBotApi(BotApi):
    """Answers with faults as often as *share* says."""

    def __init__(self, dice: random.Random, share: float) -> None:
        super().__init__()
        self.share = share
        #: Answers that were lost after the message was taken.
        self.lost_answers = 0
        self._dice = dice

    async def _send_message(
        self, request: web.Request, parameters: dict[str, str]
    ) -> web.StreamResponse:
        if self._dice.random() < self.share:
            self._stir()
        return await super()._send_message(request, parameters)

    def _stir(self) -> None:
        match self._dice.choice(["wait", "oops", "gateway", "reset", "lost", "lost"]):
            case "wait":
                self.answers.append(
                    {
                        "ok": False,
                        "error_code": 429,
                        "description": "Too Many Requests: retry after 1",
                        "parameters": {"retry_after": 1},
                    }
                )
            case "oops":
                self.answers.append({"ok": False, "error_code": 500, "description": "oops"})
            case "gateway":
                self.faults.append(Fault.BAD_GATEWAY)
            case "reset":
                self.faults.append(Fault.RESET)
            case _:
                self.faults.append(Fault.RESET_AFTER_ACCEPTING)
                self.lost_answers += 1


class Oracle:
    """Publishes, kills, and knows what must be told to whom."""

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        self._dice = random.Random(plan.seed)
        #: What each article is about.
        self._subjects = [
            self._dice.sample(sorted(SUBJECTS), k=self._dice.randint(0, 2))
            for _ in range(plan.articles)
        ]
        #: Who reads what; everybody one or two subjects.
        self._readers = {
            str(1000 + number): self._dice.sample(sorted(SUBJECTS), k=self._dice.randint(1, 2))
            for number in range(plan.chats)
        } | {"reader@example.org": sorted(SUBJECTS)}

    async def run(self, folder: Path) -> Outcome:
        """Let it all happen in *folder*, and say what came of it."""
        async with AsyncExitStack() as stack:
            self._feeds = await stack.enter_async_context(FeedServer())
            self._telegram = await stack.enter_async_context(
                StormyBotApi(self._dice, self._plan.faults)
            )
            self._mail = await stack.enter_async_context(MailServer())
            self._feeds.publish(FEED, self._document(0))
            self._process = await stack.enter_async_context(
                tocsin(
                    folder,
                    self._rules(),
                    TOCSIN_TELEGRAM_TOKEN=self._telegram.token,
                    TOCSIN_TELEGRAM_API_URL=self._telegram.url,
                    TOCSIN_SMTP_URL=self._mail.url,
                    TOCSIN_MAIL_FROM="Tocsin <tocsin@example.org>",
                )
            )
            await self._process.start()
            await self._process.event("polled", articles=0)
            await self._storm()
            await self._calm()
            assert await self._process.stop() == 0
        return await self._outcome(folder)

    async def _storm(self) -> None:
        """Publish and kill in a random order, at random moments."""
        doings = ["publish"] * self._plan.articles + ["kill"] * self._plan.kills
        self._dice.shuffle(doings)
        published = 0
        for doing in doings:
            # The moment is the test; nothing is awaited.
            await asyncio.sleep(self._dice.uniform(0, self._plan.pause))
            if doing == "publish":
                published += 1
                self._feeds.publish(FEED, self._document(published))
            else:
                await self._kill(self._process)

    async def _kill(self, process: Tocsin) -> None:
        process.kill()
        await process.ended()
        await process.launch()

    async def _calm(self) -> None:
        """Let the sky clear, and wait until everybody has everything."""
        self._telegram.share = 0
        due = self._due()
        by_chat = {each for each in due if "@" not in each[0]}
        # What has not come by then is lost, and told as that.
        with contextlib.suppress(TimeoutError):
            chats, mails = self._told_by_chat, self._told_by_mail
            await until(lambda: by_chat <= chats(), self._telegram.took_one, _PATIENCE)
            await until(lambda: due - by_chat <= mails(), self._mail.took_one, _PATIENCE)

    async def _outcome(self, folder: Path) -> Outcome:
        due, told = self._due(), self._told_by_chat() | self._told_by_mail()
        async with open_overview(f"sqlite:///{folder}/tocsin.db") as overview:
            counts = (await overview.counts()).deliveries
        repeats = self._repeats()
        return Outcome(
            lost=due - told,
            extra=told - due,
            repeats=len(repeats),
            unmarked=sum(_REPEAT not in text for text in repeats),
            unsure=self._telegram.lost_answers + self._under_way(),
            kills=self._plan.kills,
            messages=len(self._telegram.accepted) + len(self._mail.accepted),
            states={state.value: n for state, n in counts.items() if state != DeliveryState.SENT},
        )

    def _under_way(self) -> int:
        """Return how many messages were being sent when the process was killed, all kills told."""
        return sum(
            event["deliveries"]
            for event in self._process.events
            if event["event"].startswith("the last process was killed")
        )

    # --- what is due, and what came -------------------------------------------------------------

    def _due(self) -> set[tuple[str, int]]:
        return {
            (reader, number)
            for number, subjects in enumerate(self._subjects)
            for reader, wanted in self._readers.items()
            if set(subjects) & set(wanted)
        }

    def _told_by_chat(self) -> set[tuple[str, int]]:
        return {
            (message.chat, number)
            for message in self._telegram.accepted
            for number in _numbers(message.text)
        }

    def _told_by_mail(self) -> set[tuple[str, int]]:
        return {
            (str(mail.message["To"]), number)
            for mail in self._mail.accepted
            for number in _numbers(_text(mail.message))
        }

    def _repeats(self) -> list[str]:
        """Return the messages that say what their address was told before."""
        seen: set[tuple[str, int]] = set()
        repeats = []
        texts = [(message.chat, message.text) for message in self._telegram.accepted]
        texts += [(str(mail.message["To"]), _text(mail.message)) for mail in self._mail.accepted]
        for address, text in texts:
            told = {(address, number) for number in _numbers(text)}
            if told & seen:
                repeats.append(text)
            seen |= told
        return repeats

    # --- the world ------------------------------------------------------------------------------

    def _document(self, count: int) -> str:
        # Everything: what a feed drops before it is read is lost with its publisher.
        items = "".join(map(self._item, reversed(range(count))))
        return f"<rss version='2.0'><channel><title>Reports</title>{items}</channel></rss>"

    def _item(self, number: int) -> str:
        about = " and the ".join(self._subjects[number]) or "weather"
        return (
            f"<item><guid isPermaLink='false'>report-{number}</guid>"
            f"<link>https://reports.example/{number}</link>"
            f"<title>Report {number:04d} on the {about}</title></item>"
        )

    def _rules(self) -> str:
        watchlists = "".join(
            f"  - {{id: {name}, title: {name.title()}, keywords: [{name}], severity: {severity}}}\n"
            for name, severity in SUBJECTS.items()
        )
        routes = "".join(
            f"    - {{match: ['watchlist={name}'], receiver: {name}}}\n" for name in SUBJECTS
        )
        receivers = "".join(
            f"  {name}:\n    telegram: [{self._chats(name)}]\n    email: {{to: [{self._mailboxes(name)}]}}\n"
            for name in SUBJECTS
        )
        return (
            f"version: 1\nfeeds:\n  - {{url: '{self._feeds.url(FEED)}', publisher: Reports,"
            f" interval: 1s}}\nwatchlists:\n{watchlists}routes:\n  receiver: harbour\n"
            f"  routes:\n{routes}receivers:\n{receivers}"
        )

    def _chats(self, subject: str) -> str:
        return ", ".join(
            f"{{chat: {reader}}}"
            for reader, wanted in self._readers.items()
            if subject in wanted and "@" not in reader
        )

    def _mailboxes(self, subject: str) -> str:
        return ", ".join(
            reader
            for reader, wanted in self._readers.items()
            if subject in wanted and "@" in reader
        )


def _numbers(text: str) -> Sequence[int]:
    return [int(number) for number in _HEADLINE.findall(text)]


def _text(mail: object) -> str:
    part = mail.get_body(("plain",))  # type: ignore[attr-defined]
    return str(part.get_content())
