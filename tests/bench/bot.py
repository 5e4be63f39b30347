"""A thousand chats send the bot a command each at once: is each handled soon, and do alerts wait?

Telegram's stand-in, which enforces its limits, and the publisher share a process; Tocsin has one of
its own.  A third of the chats asks how things stand, a third sets a language, a third wishes for a
watchlist; all of them have one already.  Meanwhile other chats get an alert a second: how long that
takes from the poll until it is accepted is measured with the crowd and without.

How long a command is handled is counted from when work on it begins: how many are worked on at once is
the bot's own decision.  How long the last of the crowd waits for its answer is a matter of pacing.
"""

from __future__ import annotations

import asyncio
import re
import tempfile
import time
from collections.abc import Awaitable, Callable, Mapping
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Final

import psutil
from aiohttp import web
from pydantic import HttpUrl, SecretStr

from alerts import log
from alerts.app.process import favour_the_loop, utc_now
from alerts.app.system import open_system
from alerts.bot import TelegramBot
from alerts.delivery.pacing import KEPT
from alerts.model import Address, ChatKind, OwnWatchlist
from alerts.reload import Edit
from alerts.settings import AllowedNetwork, Settings
from alerts.subscribers.members import Members
from tests.bench.crowd import _process
from tests.bench.figures import Figure, percentile
from tests.bench.lag import _probe
from tests.bench.news import item, rss
from tests.servers.bot_api import BotApi, FloodLimits
from tests.servers.feed_server import Answer, FeedServer
from tests.whole.process import until

CHATS: Final = 1_000
#: What they say, each of them one of these.
SAID: Final = ("/status", "/language fr", "/watch Idlib, Khan Sheikhun + sarin")
#: What the pacer allows to a token (`delivery.pacing`), each second.
ALLOWED: Final = 25.0
#: Alerts go to so many other chats in turn, each second to one.
DESKS: Final = 5
#: Of alerts before the crowd comes.
SECONDS: Final = CHATS / ALLOWED
#: The answers to a crowd, and what the alerts among them take of the pace.
_PATIENCE: Final = 4 * SECONDS


async def measure() -> list[Figure]:
    """Return how long commands are handled, how long the crowd waits, and how long alerts do."""
    with _process(_world) as world:
        where = await asyncio.to_thread(world.recv)
        with _process(_tocsin, where) as tocsin:
            await asyncio.to_thread(tocsin.recv)
            world.send("alone")
            alone = await asyncio.to_thread(world.recv)
            tocsin.send("crowd")
            world.send("crowd")
            crowd = await asyncio.to_thread(world.recv)
            tocsin.send("done")
            own = await asyncio.to_thread(tocsin.recv)
    return [*_handling(own), *_waiting(crowd), *_alerts(alone, crowd), *_loop(own)]


def _handling(own: Mapping[str, Any]) -> list[Figure]:
    handled: Mapping[str, list[float]] = own["handled"]
    every = [each for some in handled.values() for each in some]
    what = f"{CHATS} commands at once: handling"
    return [
        Figure(what=f"{what}, median", value=percentile(every, 0.5), unit="ms"),
        Figure(what="  p99", value=percentile(every, 0.99), unit="ms", limit=50),
        Figure(what="  worst", value=max(every), unit="ms"),
        *(
            Figure(
                what=f"  {name}, median",
                value=percentile(some, 0.5),
                unit="ms",
                note=f"p99 {percentile(some, 0.99):.1f}",
            )
            for name, some in sorted(handled.items())
        ),
    ]


def _waiting(crowd: Mapping[str, Any]) -> list[Figure]:
    # The last places are kept for alerts; a tenth is what leases and marks take of each second.
    least = CHATS / (ALLOWED - KEPT)
    return [
        Figure(
            what=f"{CHATS} chats answered at Telegram's pace",
            value=crowd["seconds"],
            unit="s",
            limit=least * 1.1,
            note=f"{CHATS / crowd['seconds']:.1f}/s",
        ),
        Figure(what="  refused for their pace", value=crowd["refused"], unit="", limit=0.5),
    ]


def _alerts(alone: Mapping[str, Any], crowd: Mapping[str, Any]) -> list[Figure]:
    what = "poll to accepted, an alert a second"
    return [
        figure
        for name, delays in (("alone", alone["delays"]), ("beside the crowd", crowd["delays"]))
        for figure in (
            Figure(
                what=f"{what}, {name}, median",
                value=percentile(delays, 0.5),
                unit="ms",
                note=f"{len(delays)} alerts",
            ),
            Figure(what="  p99", value=percentile(delays, 0.99), unit="ms"),
        )
    ]


def _loop(own: Mapping[str, Any]) -> list[Figure]:
    return [
        Figure(what="loop lag with the crowd, p99", value=percentile(own["lags"], 0.99), unit="ms"),
        Figure(what="  worst", value=max(own["lags"]), unit="ms"),
        Figure(what="resident, before the crowd", value=own["before"], unit="MB"),
        Figure(what="  and after it", value=own["after"], unit="MB"),
    ]


# --- the program ----------------------------------------------------------------------------------


def _tocsin(pipe: Connection, where: Mapping[str, str]) -> None:
    log.configure(form="json", level="error")
    favour_the_loop()
    with tempfile.TemporaryDirectory() as folder:
        asyncio.run(_run(pipe, Path(folder), where))


async def _run(pipe: Connection, folder: Path, where: Mapping[str, str]) -> None:
    (folder / "rules").mkdir()
    (folder / "rules" / "rules.yml").write_text(where["rules"], encoding="utf-8")
    settings = Settings(
        rules=folder / "rules",
        database_url=SecretStr(f"sqlite:///{folder}/tocsin.db"),
        telegram_token=SecretStr(where["token"]),
        telegram_api_url=HttpUrl(where["url"]),
        allow_networks=(AllowedNetwork.parse("127.0.0.0/8"),),
    )
    async with open_system(settings) as system:
        await system.take(Edit.of_folder(settings.rules, environment={}))
        await _populate(system.members)
        stopping = asyncio.Event()
        async with asyncio.TaskGroup() as group:
            assert system.bot is not None
            for work in (system.poller.run, system.bot.poll, system.dispatcher.run):
                group.create_task(work(stopping))
            pipe.send("ready")
            await asyncio.to_thread(pipe.recv)
            told = await _watched(system.bot, asyncio.to_thread(pipe.recv))
            stopping.set()
    pipe.send(told)


async def _populate(members: Members) -> None:
    """Let everybody have been here before, with a watchlist."""

    async def one(number: int) -> None:
        chat = Address(channel="telegram", target=str(number))
        admitted = await members.admit(chat, kind=ChatKind.PRIVATE, language="en")
        own = OwnWatchlist(
            number=0, title="Homs", wish="Homs", query=f'"Homs {number}"', created_at=utc_now()
        )
        await members.watch(admitted, own)

    for start in range(0, CHATS, 100):
        await asyncio.gather(*map(one, range(start + 1000, start + 1100)))


async def _watched(bot: TelegramBot, end: Awaitable[object]) -> dict[str, Any]:
    """Return what it took until *end*."""
    own = psutil.Process()
    before = own.memory_info().rss / 2**20
    lags: list[float] = []
    handled = _timed(bot)
    probe = asyncio.create_task(_probe(lags))
    await end
    probe.cancel()
    after = own.memory_info().rss / 2**20
    return {"handled": handled, "lags": lags, "before": before, "after": after}


def _timed(bot: TelegramBot) -> Mapping[str, list[float]]:
    """Return the milliseconds that each command is worked on from now on, by the command."""
    handled: dict[str, list[float]] = {}
    updates = bot._updates
    handle: Callable[[int, Mapping[str, Any]], Awaitable[None]] = updates._handle

    async def timed(number: int, update: Mapping[str, Any]) -> None:
        begun = time.perf_counter()
        await handle(number, update)
        took = (time.perf_counter() - begun) * 1000
        handled.setdefault(update["message"]["text"].split()[0], []).append(took)

    updates._handle = timed  # type: ignore[method-assign]  # measured where work begins
    return handled


# --- the world ------------------------------------------------------------------------------------


def _world(pipe: Connection) -> None:
    asyncio.run(_serve(pipe))


async def _serve(pipe: Connection) -> None:
    limits = FloodLimits(per_chat=(3, 3.0), overall=(30, 1.0))
    asked_at: dict[str, float] = {}
    async with BotApi(limits=limits) as api, FeedServer() as server:
        server.answer("/0.xml", _publisher(asked_at))
        pipe.send({"url": api.url, "token": api.token, "rules": _rules(server.url("/0.xml"))})
        while (what := await asyncio.to_thread(pipe.recv)) != "done":
            before, begun = len(api.accepted), time.monotonic()
            if what == "crowd":
                for number in range(CHATS):
                    api.people.say(str(1000 + number), 1000 + number, SAID[number % len(SAID)])
                await until(lambda: _answered(api) >= CHATS, api.took_one, _PATIENCE)
            else:
                await asyncio.sleep(SECONDS)
            answered = max((one.at for one in api.accepted if int(one.chat) >= 1000), default=begun)
            pipe.send(
                {
                    "seconds": answered - begun,
                    "refused": len(api.requests) - len(api.accepted),
                    "delays": _delays(api, before, asked_at),
                }
            )


def _answered(api: BotApi) -> int:
    return len({one.chat for one in api.accepted if int(one.chat) >= 1000})


def _delays(api: BotApi, since: int, asked_at: Mapping[str, float]) -> list[float]:
    """Return the milliseconds from a poll to the acceptance of what it brought."""
    return [
        (message.at - asked_at[found.group()]) * 1000
        for message in api.accepted[since:]
        if int(message.chat) < 1000
        and (found := re.search(r"event \d+", message.text)) is not None
        and found.group() in asked_at
    ]


def _publisher(asked_at: dict[str, float]) -> Answer:
    """Have something new for one of the desks whenever it is asked."""
    polls = 0

    async def answer(_: web.BaseRequest) -> web.Response:
        nonlocal polls
        polls += 1
        if polls > 1:
            asked_at[f"event {polls}"] = time.monotonic()
        items = "".join(
            item(f"{poll}", f"Watched{poll % DESKS}: event {poll}", "A note. " * 40)
            for poll in range(polls, max(0, polls - 30), -1)
        )
        document = rss(0, items=max(0, 30 - polls), first=items)
        return web.Response(text=document, content_type="application/rss+xml")

    return answer


def _rules(feed: str) -> str:
    desks = range(DESKS)
    watchlists = "\n".join(
        f"  - {{id: watched-{desk}, title: Watched, keywords: [=Watched{desk}]}}" for desk in desks
    )
    routes = "\n".join(
        f"    - {{match: [watchlist=watched-{desk}], receiver: desk-{desk}}}" for desk in desks
    )
    receivers = "\n".join(f"  desk-{desk}: {{telegram: {{chat: {100 + desk}}}}}" for desk in desks)
    return f"""\
version: 1
feeds:
  - {{url: '{feed}', publisher: P, interval: 1s}}
watchlists:
{watchlists}
routes:
  receiver: desk-0
  routes:
{routes}
receivers:
{receivers}
"""


if __name__ == "__main__":
    for figure in asyncio.run(measure()):
        print(figure)
