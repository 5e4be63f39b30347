"""Feeds that hubs push: real hubs, real callbacks, real polls, and hubs that are up to no good."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack
from datetime import timedelta
from typing import Self

import aiohttp
import pytest
from pydantic import SecretStr

from alerts.alerting.sightings import RulesInForce
from alerts.feeds.fetch import FetchLimits, FetchRequest, fetch, open_session
from alerts.feeds.guard import AddressGuard
from alerts.feeds.websub import course
from alerts.feeds.websub.admission import Admission
from alerts.feeds.websub.advert import Advert, advertised
from alerts.feeds.workers import ParserWorkers
from alerts.model import Feed, Keyword, Notice, Novelty, Push, PushState, Route, RuleSet, Watchlist
from alerts.poller.websub import Hubs
from alerts.settings import AllowedNetwork, Settings
from alerts.web import serve
from tests.poller.conftest import DESK, Newsdesk, item
from tests.servers.hub import Hub

LOOPBACK = [AllowedNetwork.parse("127.0.0.0/8")]
DENIED = {"mode": "denied", "reason": "too many", "challenge": ""}
LIMITS = FetchLimits(total=timedelta(seconds=2))


class Door:
    """What the pages call: whichever process works at the moment."""

    hubs: Hubs

    async def confirm(self, path: str, query: Mapping[str, str]) -> str | None:
        return await self.hubs.confirm(path, query)

    def admits(self, path: str) -> Admission:
        return self.hubs.admits(path)

    async def deliver(self, path: str, signature: str, body: bytes) -> bool:
        return await self.hubs.deliver(path, signature, body)


class Newsroom:
    """A newsdesk with a hub, and pages that the hub can call."""

    def __init__(self, desk: Newsdesk, hub: Hub) -> None:
        self.desk = desk
        self.hub = hub
        #: The feeds that are to be polled at once, in the order of the hints.
        self.hinted: list[str] = []
        self.told: list[Notice] = []
        self._door = Door()
        self._feed: Feed | None = None
        self._rules = RulesInForce.compile(RuleSet())

    async def open(self, stack: AsyncExitStack) -> Self:
        settings = Settings(listen="127.0.0.1:0", admin_token=SecretStr("operators only"))
        overview, metrics = self.desk.storage.overview, self.desk.metrics
        page = serve(settings, overview, metrics, callbacks=self._door)
        self.page = await stack.enter_async_context(page)
        guard = AddressGuard(LOOPBACK)
        self._session = await stack.enter_async_context(open_session(guard, user_agent="test"))
        self._parsers = await stack.enter_async_context(ParserWorkers(count=1))
        await self.restart()
        return self

    async def restart(self) -> None:
        """Begin anew with what is stored, as after a crash."""
        self.hubs = self._door.hubs = Hubs(
            self.desk.storage.pushes,
            self._session,
            callback=f"{self.page}websub/",
            poll=self.hinted.append,
            tell=self._tell,
            now=self.desk.clock,
            metrics=self.desk.metrics,
            limits=LIMITS,
        )
        if self._feed is not None:
            await self.hubs.use([self._feed])

    async def _tell(self, notice: Notice) -> None:
        self.told.append(notice)

    def publish(self, *items: str) -> None:
        """Serve a document that names the hub."""
        links = f"<atom:link rel='hub' href='{self.hub.url}'/>"
        self.desk.server.publish(
            "/feed.xml",
            "<rss version='2.0' xmlns:atom='http://www.w3.org/2005/Atom'><channel>"
            f"<title>F</title>{links}{''.join(items)}</channel></rss>",
        )

    async def follow(self) -> None:
        """Follow the feed, and read its first document."""
        self.publish(item("0", "Nothing"))
        self._feed = self.desk.feed()
        sarin = Watchlist(id="sarin", title="Sarin", condition=Keyword("sarin"))
        rules = RuleSet(
            feeds=(self._feed,),
            watchlists=(sarin,),
            route=Route(receiver="desk"),
            receivers={"desk": DESK},
        )
        self._rules = RulesInForce.compile(rules)
        await self.desk.follow(self._feed)
        await self.hubs.use([self._feed])
        await self.poll()
        await self.hear()

    async def hear(self) -> None:
        """Read what the feed says of its hub."""
        assert self._feed is not None
        url, now = self._feed.url, self.desk.clock()
        fetched = await fetch(self._session, FetchRequest(url=url), now=now)
        assert fetched.body is not None
        parsed = await self._parsers.parse(fetched.body, url=url, content_type="")
        await self.hubs.heard(url, advertised(url, fetched, parsed))

    async def poll(self, *, minutes: float = 20) -> bool:
        """Poll the feed once, due or not; return whether there was news."""
        assert self._feed is not None
        self.after(minutes=minutes)
        state = (await self.desk.state()).state
        polled = await self.desk.reader.poll(self._feed, state, self._rules)
        new = any(sighting.novelty is Novelty.NEW for sighting in polled.sightings)
        await self.hubs.polled(self._feed.url, new=new)
        return new

    async def agree(self) -> dict[str, str]:
        """Come to an agreement with the hub; return the form that it was sent."""
        await self.follow()
        self.hub.lease = 864_000
        assert await self.hubs.ask_due() == 1
        assert (await self.push()).state is PushState.ACTIVE
        return self.hub.asked[-1]

    async def push(self) -> Push:
        """Return the agreement as it is stored."""
        (push,) = await self.desk.storage.pushes.all()
        return push

    def after(self, **span: float) -> None:
        self.desk.clock.advance(**span)


@pytest.fixture
async def room(desk: Newsdesk) -> AsyncIterator[Newsroom]:
    async with Hub() as hub, AsyncExitStack() as stack:
        yield await Newsroom(desk, hub).open(stack)


# --- agreeing ---------------------------------------------------------------------------------


async def test_a_feed_that_names_a_hub_is_subscribed_to_and_confirmed(room: Newsroom) -> None:
    await room.follow()
    assert await room.hubs.ask_due() == 1
    (form,) = room.hub.asked
    assert form["hub.mode"] == "subscribe"
    assert form["hub.topic"] == room.desk.server.url("/feed.xml")
    path = form["hub.callback"].removeprefix(f"{room.page}websub/")
    assert len(path) >= 43
    assert len(form["hub.secret"]) >= 43
    assert (await room.push()).state is PushState.ASKED
    assert await room.hub.confirm(form) == (200, "a-random-challenge")
    assert (await room.push()).state is PushState.ACTIVE


async def test_two_feeds_have_two_addresses_and_two_secrets(room: Newsroom) -> None:
    first, second = await room.agree(), {}
    other = room.desk.feed("/other.xml")
    await room.hubs.use([room.desk.feed(), other])
    advert = Advert(hub=room.hub.url, topic=other.url)
    await room.hubs.heard(other.url, advert)
    await room.hubs.ask_due()
    second = room.hub.asked[-1]
    assert first["hub.callback"] != second["hub.callback"]
    assert first["hub.secret"] != second["hub.secret"]


async def test_a_hub_that_asks_back_before_it_answers_is_understood(room: Newsroom) -> None:
    await room.agree()


async def test_a_hub_is_asked_once_and_not_at_every_document(room: Newsroom) -> None:
    await room.agree()
    for _ in range(3):
        await room.hear()
        assert await room.hubs.ask_due() == 0
    assert len(room.hub.asked) == 1


@pytest.mark.parametrize(
    "said", [{"topic": "https://evil.example/"}, {"mode": "unsubscribe"}, {"challenge": ""}]
)
async def test_what_was_not_asked_for_is_not_confirmed(
    room: Newsroom, said: dict[str, str]
) -> None:
    await room.follow()
    await room.hubs.ask_due()
    status, _ = await room.hub.confirm(room.hub.asked[-1], said)
    assert status == 404
    assert (await room.push()).state is PushState.ASKED


async def test_an_address_that_nobody_was_given_is_unknown(room: Newsroom) -> None:
    form = await room.agree() | {"hub.callback": f"{room.page}websub/guess"}
    assert (await room.hub.confirm(form))[0] == 404
    assert await room.hub.push(form) == 410


async def test_a_replayed_confirmation_is_refused_an_hour_later(room: Newsroom) -> None:
    form = await room.agree()
    assert (await room.hub.confirm(form))[0] == 200
    room.after(minutes=61)
    assert (await room.hub.confirm(form))[0] == 404


async def test_a_lease_is_renewed_before_it_ends(room: Newsroom) -> None:
    form = await room.agree()
    room.after(days=7)
    assert await room.hubs.ask_due() == 0
    room.after(days=1)
    assert await room.hubs.ask_due() == 1
    assert room.hub.asked[-1] == form
    push = await room.push()
    assert push.lease_until == room.desk.clock() + timedelta(days=10)


async def test_a_hub_that_does_not_renew_is_asked_on_and_polls_go_on(room: Newsroom) -> None:
    await room.agree()
    room.hub.status, room.hub.text = 500, "no\nroom"
    room.after(days=8)
    assert await room.hubs.ask_due() == 1
    push = await room.push()
    assert push.error == "the hub answered 500 Internal Server Error: no room"
    assert push.due_at == room.desk.clock() + course.ASKS_APART
    room.after(days=3)
    assert room.hubs.admits(push.path) is Admission.UNKNOWN
    assert room.hubs.rests_until(push.feed, room.desk.clock()) is None


async def test_a_refusal_is_kept_and_the_hub_left_alone_for_a_week(room: Newsroom) -> None:
    form = await room.agree()
    assert await room.hub.confirm(form, DENIED) == (200, "")
    assert (await room.push()).error == "the hub refused: too many"
    assert await room.hub.push(form) == 410
    # It may have rested for hours on the hub's word.
    assert await room.hubs.ask_due() == 0
    assert len(room.hinted) == 1
    room.after(days=6)
    assert await room.hubs.ask_due() == 0
    room.after(days=1)
    assert await room.hubs.ask_due() == 1


async def test_a_hub_that_moved_is_followed_and_one_that_runs_in_circles_is_not(
    room: Newsroom,
) -> None:
    await room.follow()
    room.hub.status, room.hub.location = 307, room.hub.url
    await room.hubs.ask_due()
    assert len(room.hub.asked) == 3
    assert (await room.push()).error == "the hub moved more than 2 times"


async def test_a_slow_hub_holds_nothing_up_for_longer_than_its_time(room: Newsroom) -> None:
    await room.follow()
    room.hub.hangs = True
    asking = asyncio.create_task(room.hubs.ask_due())
    await room.hub.was_asked.wait()
    assert await room.poll() is False
    await asking
    assert "in time" in (await room.push()).error


async def test_the_guard_stands_before_hubs_too(room: Newsroom) -> None:
    await room.follow()
    url = room.desk.server.url("/feed.xml")
    room.after(days=2)
    advert = Advert(hub="http://10.0.0.1/", topic=url)
    await room.hubs.heard(url, advert)
    await room.hubs.ask_due()
    assert "not a public address" in (await room.push()).error


async def test_another_hub_is_followed_once_a_day(room: Newsroom) -> None:
    first = await room.agree()
    url = room.desk.server.url("/feed.xml")
    advert = Advert(hub=f"{room.hub.url}2", topic=url)
    await room.hubs.heard(url, advert)
    assert (await room.push()).hub == room.hub.url
    room.after(days=1)
    await room.hubs.heard(url, advert)
    assert (await room.push()).hub == room.hub.url + "2"
    assert await room.hub.push(first) == 410


# --- pushing ----------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["sha256", "sha1"])
async def test_a_signed_push_has_the_feed_polled_at_once(room: Newsroom, method: str) -> None:
    form = await room.agree()
    room.publish(item("1"), item("0", "Nothing"))
    assert await room.hub.push(form, b"anything at all", method=method) == 202
    assert room.hinted == [room.desk.server.url("/feed.xml")]
    assert await room.poll()
    assert await room.desk.alerts() == ["Sarin found in case 1"]


@pytest.mark.parametrize("signature", ["", "sha256=00", "md5=00", "sha256"])
async def test_a_push_that_the_hub_did_not_sign_is_taken_and_ignored(
    room: Newsroom, signature: str
) -> None:
    form = await room.agree()
    assert await room.hub.push(form, b"<rss/>", signature=signature) == 202
    assert room.hinted == []
    assert (await room.push()).told_at is None


async def test_what_a_hub_writes_never_becomes_an_article(room: Newsroom) -> None:
    form = await room.agree()
    forged = f"<rss version='2.0'><channel><title>F</title>{item('x')}</channel></rss>"
    assert await room.hub.push(form, forged.encode()) == 202
    await room.poll()
    assert await room.desk.alerts() == []


async def test_pushes_in_a_row_are_one_poll_and_one_more(room: Newsroom) -> None:
    form = await room.agree()
    for _ in range(20):
        assert await room.hub.push(form) == 202
    assert len(room.hinted) == 1
    room.after(seconds=30)
    await room.hubs.ask_due()
    assert len(room.hinted) == 2


async def test_a_replayed_push_costs_a_poll_now_and_then(room: Newsroom) -> None:
    form = await room.agree()
    for _ in range(60):
        await room.hub.push(form, b"the same")
        await room.poll(minutes=1)
    assert len(room.hinted) <= 10


async def test_more_than_sixty_messages_a_minute_are_not_read(room: Newsroom) -> None:
    form = await room.agree()
    answers = [await room.hub.push(form) for _ in range(61)]
    assert answers == [202] * 60 + [429]


async def test_a_huge_push_is_refused_whether_it_says_so_or_not(room: Newsroom) -> None:
    form = await room.agree()

    async def endless() -> AsyncIterator[bytes]:
        for _ in range(100):
            yield bytes(64 * 1024)

    for body in (bytes(3 * 1024 * 1024), endless()):
        # The connection may be closed before all was sent: as good an answer.
        with contextlib.suppress(aiohttp.ClientError):
            assert await room.hub.push(form, body) == 413
    assert room.hinted == []


async def test_only_callbacks_are_open_without_the_token(room: Newsroom) -> None:
    async with aiohttp.ClientSession() as browser, browser.get(room.page) as answer:
        assert answer.status == 401


# --- restarts ---------------------------------------------------------------------------------


async def test_a_restart_between_asking_and_asking_back_loses_nothing(room: Newsroom) -> None:
    await room.follow()
    await room.hubs.ask_due()
    await room.restart()
    form = room.hub.asked[-1]
    assert (await room.hub.confirm(form))[0] == 200
    assert await room.hub.push(form) == 202
    assert len(room.hinted) == 1


async def test_a_hub_that_asked_back_while_we_were_down_is_asked_again(room: Newsroom) -> None:
    await room.follow()
    await room.hubs.ask_due()
    await room.restart()
    room.after(minutes=59)
    assert await room.hubs.ask_due() == 0
    room.after(minutes=1)
    assert await room.hubs.ask_due() == 1


async def test_an_agreement_outlives_the_process(room: Newsroom) -> None:
    form = await room.agree()
    await room.restart()
    assert await room.hubs.ask_due() == 0
    assert await room.hub.push(form) == 202
    assert len(room.hinted) == 1


# --- leaving ----------------------------------------------------------------------------------


async def test_the_hub_of_a_feed_that_goes_is_told_so(room: Newsroom) -> None:
    form = await room.agree()
    await room.hubs.use([])
    assert await room.hub.push(form) == 410
    assert await room.hubs.ask_due() == 1
    goodbye = room.hub.asked[-1]
    assert goodbye["hub.mode"] == "unsubscribe"
    assert goodbye["hub.callback"] == form["hub.callback"]
    assert await room.desk.storage.pushes.all() == []


async def test_goodbyes_that_nobody_hears_end(room: Newsroom) -> None:
    await room.agree()
    await room.hubs.use([])
    room.hub.status = 500
    for _ in range(4):
        await room.hubs.ask_due()
        room.after(days=1)
    assert len(room.hub.asked) == 4
    assert await room.desk.storage.pushes.all() == []


async def test_a_feed_that_names_its_hub_no_more_leaves_it(room: Newsroom) -> None:
    await room.agree()
    room.after(days=2)
    await room.hubs.heard(room.desk.server.url("/feed.xml"), None)
    await room.hubs.ask_due()
    assert room.hub.asked[-1]["hub.mode"] == "unsubscribe"


# --- believing --------------------------------------------------------------------------------


async def prove(room: Newsroom, form: Mapping[str, str]) -> None:
    for number in range(course.PROOFS):
        room.publish(item(f"p{number}"), item("0", "Nothing"))
        assert await room.hub.push(form) == 202
        room.after(minutes=5)
        assert await room.poll(minutes=10)


async def test_a_hub_that_is_first_three_times_makes_polls_seldom(room: Newsroom) -> None:
    form = await room.agree()
    url = room.desk.server.url("/feed.xml")
    assert room.hubs.rests_until(url, room.desk.clock()) is None
    await prove(room, form)
    now = room.desk.clock()
    assert room.hubs.rests_until(url, now) == now + course.SAFETY
    await room.restart()
    assert room.hubs.rests_until(url, now) == now + course.SAFETY


async def test_a_hub_that_polls_outrun_is_distrusted_told_once_and_told_well_again(
    room: Newsroom,
) -> None:
    form = await room.agree()
    for number in range(course.MISSES):
        assert room.told == []
        room.publish(item(f"m{number}"), item("0", "Nothing"))
        assert await room.poll()
        await room.poll()
    (notice,) = room.told
    assert notice.state == "distrusted"
    assert room.desk.server.url("/feed.xml") in notice.subject
    assert await room.hub.push(form) == 410
    await room.hear()
    assert await room.hubs.ask_due() == 0
    room.after(days=7)
    assert await room.hubs.ask_due() == 1
    await room.poll()  # as all that week
    await prove(room, room.hub.asked[-1])
    assert [notice.is_end for notice in room.told] == [False, True]


async def test_a_miss_is_noticed_though_no_poll_follows(room: Newsroom) -> None:
    await room.agree()
    room.publish(item("1"), item("0", "Nothing"))
    assert await room.poll()
    room.after(minutes=16)
    await room.hubs.ask_due()
    assert (await room.push()).misses == 1


async def test_the_loop_ends_when_it_is_told(room: Newsroom) -> None:
    await room.follow()
    stopping = asyncio.Event()
    running = asyncio.create_task(room.hubs.run(stopping))
    await room.hub.was_asked.wait()
    stopping.set()
    await running
