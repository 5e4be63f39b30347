"""/status: what this chat has, what came of it, and how the system is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import aclosing
from datetime import datetime, timedelta
from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.hours_said import digest_said, next_digest_said, quiet_said
from alerts.bot.muting import places, silent
from alerts.bot.talk import CHANNEL, Call, Command, Says
from alerts.bot.zones import shown
from alerts.locales import marked
from alerts.model import (
    FOREVER,
    Address,
    DeliveryState,
    OwnWatchlist,
    Subscriber,
    Subscription,
    is_paused,
)
from alerts.storage import Storage
from alerts.storage.bounces import CHANNEL as MAIL
from alerts.storage.letters import Wanted
from alerts.storage.silenced import Consent, Standing

_STRANGER: Final = marked("<b>Here</b>\nYou watch for nothing here yet: /watch")
_HERE: Final = marked("<b>Here</b>")
_PAUSED: Final = marked("Everything is paused until {when}: /pause")
_PAUSED_FOREVER: Final = marked("Everything is paused: /pause")
_ZONE: Final = marked("Time zone: <code>{zone}</code>")
_QUIET: Final = marked("Quiet hours: {quiet}")
_NO_QUIET: Final = marked("Quiet hours: none")
_DIGEST: Final = marked("Digest: {digest}; the next one comes {next}")
_NO_DIGEST: Final = marked("Digest: none, alerts come one by one")
_MAIL: Final = marked("Mail: <code>{mail}</code>")
_MAIL_WAITS: Final = marked("Mail: <code>{mail}</code>, not confirmed yet")
_MAIL_SILENT: Final = marked("Mail: <code>{mail}</code>, but it has left or paused these mails")
_MAIL_DOWN: Final = marked("Mails cannot leave at the moment; the operator of this bot knows.")
_SENT: Final = marked("Messages with alerts: {day} in 24 hours, {week} in 7 days")
_LAST: Final = marked("The last one came {when}: /last")
_NO_LAST: Final = marked("None has come yet.")
_SYSTEM: Final = marked("<b>The news</b>")
_NO_FEEDS: Final = marked("No feeds are read.")
_NEWEST: Final = marked("The newest article came {span} ago.")
_NO_ARTICLE: Final = marked("No article has come in the last 7 days.")

_DAY: Final = timedelta(days=1)
_WEEK: Final = timedelta(days=7)


async def status(call: Call, desk: Desk) -> Says:
    """Tell how things stand."""
    words = call.words
    lines = [words.say(_STRANGER)]
    if call.subscriber is not None:
        lines = [
            words.say(_HERE),
            *_watched(call, call.subscriber),
            *_hours(call, call.subscriber),
            *await _muted(call, desk),
            *await _mail(call, desk, call.subscriber),
            *await _sent(call, desk.storage, call.subscriber),
        ]
    system = [words.say(_SYSTEM), *await _system(call, desk.storage)]
    return Says(html=Markup("\n\n").join(Markup("\n").join(each) for each in (lines, system)))


def _watched(call: Call, subscriber: Subscriber) -> Iterator[Markup]:
    words = call.words
    if is_paused(subscriber.paused_until, call.now) and subscriber.paused_until is not None:
        if subscriber.paused_until >= FOREVER:
            yield words.say(_PAUSED_FOREVER)
        else:
            when = words.moment(subscriber.paused_until, subscriber.time_zone)
            yield words.say(_PAUSED, when=when)
    own, heard = subscriber.watchlists, subscriber.subscriptions
    yield words.many(
        "{count} watchlist of your own: /watchlists",
        "{count} watchlists of your own: /watchlists",
        len(own),
    )
    if heard:
        yield words.many(
            "{count} ready-made watchlist", "{count} ready-made watchlists", len(heard)
        )
    still = _paused((*own, *heard), call.now)
    if still:
        yield words.many("{count} of them is paused", "{count} of them are paused", still)


def _paused(watched: tuple[OwnWatchlist | Subscription, ...], now: datetime) -> int:
    return sum(is_paused(each.paused_until, now) for each in watched)


def _hours(call: Call, subscriber: Subscriber) -> Iterator[Markup]:
    words = call.words
    yield words.say(_ZONE, zone=shown(subscriber.time_zone))
    if subscriber.quiet is not None:
        yield words.say(_QUIET, quiet=quiet_said(words, subscriber.quiet))
    else:
        yield words.say(_NO_QUIET)
    if subscriber.digest is not None:
        following = next_digest_said(words, subscriber, call.now)
        yield words.say(_DIGEST, digest=digest_said(words, subscriber.digest), next=following)
    else:
        yield words.say(_NO_DIGEST)


async def _muted(call: Call, desk: Desk) -> list[Markup]:
    found = [
        mute
        for place in places(call)
        for mute in await desk.storage.mutes.lasting(place, now=call.now)
    ]
    count = len(silent(found))
    return [call.words.many("{count} mute: /mute", "{count} mutes: /mute", count)] if count else []


async def _mail(call: Call, desk: Desk, subscriber: Subscriber) -> list[Markup]:
    """Say how the mailbox stands.  That it is shared is not to be seen."""
    if not subscriber.mail:
        return []
    words, address = call.words, Address(channel=MAIL, target=subscriber.mail)
    known = await desk.storage.consents.standings(address, now=call.now)
    state = known.get(subscriber.name, Standing()).state
    texts = {Consent.GIVEN: _MAIL, Consent.ASKED: _MAIL_WAITS}
    said = [words.say(texts.get(state, _MAIL_SILENT), mail=subscriber.mail)]
    if MAIL in (await desk.storage.overview.counts()).paused:
        said.append(words.say(_MAIL_DOWN))
    return said


async def _sent(call: Call, storage: Storage, subscriber: Subscriber) -> list[Markup]:
    words = call.words
    day, week = [
        await storage.letters.count(_told(subscriber, since=call.now - span))
        for span in (_DAY, _WEEK)
    ]
    newest = await storage.letters.find(_told(subscriber), limit=1)
    said = [words.say(_SENT, day=words.number(day), week=words.number(week))]
    at = newest[0].sent_at if newest else None
    if at is None:
        return [*said, words.say(_NO_LAST)]
    return [*said, words.say(_LAST, when=words.moment(at, subscriber.time_zone))]


def _told(subscriber: Subscriber, *, since: datetime | None = None) -> Wanted:
    return Wanted(
        states=(DeliveryState.SENT,),
        receivers=(subscriber.name,),
        channels=(CHANNEL,),
        since=since,
    )


async def _system(call: Call, storage: Storage) -> list[Markup]:
    words, feeds = call.words, await storage.overview.feed_counts()
    every = feeds.read + feeds.failing + feeds.never_read
    if not every:
        return [words.say(_NO_FEEDS)]
    said = words.many(
        "{well} of {count} feed is read well.",
        "{well} of {count} feeds are read well.",
        every,
        well=words.number(feeds.read),
    )
    newest = await _newest_at(storage, call.now)
    if newest is None:
        return [said, words.say(_NO_ARTICLE)]
    return [said, words.say(_NEWEST, span=words.span(max(call.now - newest, timedelta(0))))]


async def _newest_at(storage: Storage, now: datetime) -> datetime | None:
    """Return when the newest article of a week was seen."""
    reading = storage.archive.read(
        since=now - _WEEK, until=now + _DAY, newest_first=True, together=1
    )
    async with aclosing(reading) as stretches:
        async for stretch in stretches:
            return stretch[0].article.seen_at
    return None


COMMAND: Final = Command(
    name="status", does=status, about=marked("what you have, and how everything is")
)
