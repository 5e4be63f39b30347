"""/stats: the numbers of everything; for operators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from markupsafe import Markup

from alerts.bot.desk import Desk
from alerts.bot.talk import Call, Command, Says
from alerts.locales import Words, marked
from alerts.model import ChatKind, DeliveryState
from alerts.storage.glance import Glance
from alerts.storage.overview import Counts, FeedCounts
from alerts.storage.subscribers import SubscriberCounts

_PEOPLE: Final = marked("<b>Subscribers: {count}</b>")
_KINDS: Final = marked("Private chats: {private}; groups: {groups}; channels: {channels}")
_PAUSED: Final = marked("Paused: {count}; addresses that let me send nothing: {gone}")
_WATCHLISTS: Final = marked("Watchlists of their own: {own}")
_HEARD: Final = marked("Subscriptions to ready-made watchlists: {heard}")
_NEWS: Final = marked("<b>The news</b>")
_FEEDS: Final = marked("Feeds read: {read}; failing: {failing}; never read yet: {waiting}")
_ARTICLES: Final = marked("Articles: {day} in 24 hours, {week} in 7 days, {all} stored")
_MATCHES: Final = marked("Matches: {day} in 24 hours, {week} in 7 days")
_MESSAGES: Final = marked("<b>Messages</b>")
_SENT: Final = marked("Sent: {day} in 24 hours, {week} in 7 days")
_WAITING: Final = marked("Waiting: {count}; answers of mine: {answers}; held: {held}")
_DEAD: Final = marked("Dead letters: {count}; of the last 7 days: {week}")
_DOWN: Final = marked("Nothing leaves by {channel} at the moment.")
_SILENT: Final = marked("<b>Silent</b>\nSilences: {silences}; mutes: {mutes}")

_UNSENT: Final = (DeliveryState.PENDING, DeliveryState.LEASED, DeliveryState.AMBIGUOUS)


async def stats(call: Call, desk: Desk) -> Says:
    """Tell how many of everything there are."""
    words, storage = call.words, desk.storage
    people = await storage.subscribers.counts(now=call.now)
    counts, glance = await storage.overview.counts(), await storage.glances.look(now=call.now)
    feeds = await storage.overview.feed_counts()
    blocks = (
        _people(words, people, glance),
        _news(words, feeds, counts, glance),
        _messages(words, counts, glance),
        [_numbers(words, _SILENT, silences=glance.silences, mutes=glance.mutes)],
    )
    return Says(html=Markup("\n\n").join(Markup("\n").join(block) for block in blocks))


def _people(words: Words, people: SubscriberCounts, glance: Glance) -> Iterator[Markup]:
    kinds = people.subscribers
    yield _numbers(words, _PEOPLE, count=sum(kinds.values()))
    yield _numbers(
        words,
        _KINDS,
        private=kinds.get(ChatKind.PRIVATE, 0),
        groups=kinds.get(ChatKind.GROUP, 0),
        channels=kinds.get(ChatKind.CHANNEL, 0),
    )
    yield _numbers(words, _PAUSED, count=people.paused, gone=glance.gone)
    yield _numbers(words, _WATCHLISTS, own=people.watchlists)
    yield _numbers(words, _HEARD, heard=people.subscriptions)


def _news(words: Words, feeds: FeedCounts, counts: Counts, glance: Glance) -> Iterator[Markup]:
    yield words.say(_NEWS)
    yield _numbers(words, _FEEDS, read=feeds.read, failing=feeds.failing, waiting=feeds.never_read)
    seen, met = glance.articles, glance.matches
    yield _numbers(words, _ARTICLES, day=seen.day, week=seen.week, all=counts.articles)
    yield _numbers(words, _MATCHES, day=met.day, week=met.week)


def _messages(words: Words, counts: Counts, glance: Glance) -> Iterator[Markup]:
    by_state = counts.deliveries
    yield words.say(_MESSAGES)
    yield _numbers(words, _SENT, day=glance.sent.day, week=glance.sent.week)
    yield _numbers(
        words,
        _WAITING,
        count=sum(by_state.get(state, 0) for state in _UNSENT),
        answers=counts.answers_waiting,
        held=by_state.get(DeliveryState.HELD, 0),
    )
    dead = by_state.get(DeliveryState.DEAD, 0)
    yield _numbers(words, _DEAD, count=dead, week=glance.dead.week)
    yield from (words.say(_DOWN, channel=channel) for channel in sorted(counts.paused))


def _numbers(words: Words, text: str, **counts: int) -> Markup:
    return words.say(text, **{name: words.number(count) for name, count in counts.items()})


COMMAND: Final = Command(
    name="stats", does=stats, about=marked("the numbers of everything"), for_operators=True
)
