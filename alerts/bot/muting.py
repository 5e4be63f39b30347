"""What somebody wants to be silent, and what is: the parts of /mute that only compute.  Pure."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from alerts.bot.talk import CHANNEL, Call
from alerts.bot.times import plain
from alerts.bot.typed import brief
from alerts.bot.watchlist_said import title_of
from alerts.delivery.presses import ALERT_DIGITS
from alerts.model import Address, RuleSet, Subscriber
from alerts.storage.muted import Mute, MuteKind, Subject

_ALERT: Final = re.compile(rf"alert (?P<key>[0-9a-f]{{{ALERT_DIGITS}}})")
_NUMBER: Final = re.compile(r"#?(?P<number>[0-9]{1,6})")
_HOUR: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True, kw_only=True)
class Meant:
    """What the words of /mute name; nothing of both: it has to be looked for by its name."""

    #: The first `ALERT_DIGITS` of `Alert.id`, as a button says it.
    alert: str = ""
    #: Of an own watchlist.
    number: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Silent:
    """A subject that is muted in a chat, in one or several of its topics."""

    #: Names it on a button, for as long as it lasts.
    key: str
    title: str
    until: datetime
    mutes: tuple[Mute, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aim:
    """What is to be silent, and in which topics of the chat; None is the chat itself."""

    subject: Subject
    threads: tuple[int | None, ...]


def meant(text: str) -> Meant:
    """Return what *text* names by key or number."""
    if found := _ALERT.fullmatch(text):
        return Meant(alert=found["key"])
    numbered = _NUMBER.fullmatch(plain(text))
    return Meant(number=int(numbered["number"])) if numbered else Meant()


def silent(mutes: Iterable[Mute]) -> list[Silent]:
    """Return what *mutes* silence, each subject once, the first to end first."""
    by_subject: dict[tuple[MuteKind, str], list[Mute]] = {}
    for mute in mutes:
        by_subject.setdefault((mute.subject.kind, mute.subject.key), []).append(mute)
    return sorted(map(_together, by_subject.values()), key=lambda each: (each.until, each.key))


def places(call: Call) -> list[str]:
    """Return where alerts come in the chat of *call*, as `Address.key`."""
    watched = call.subscriber
    threads = {None, call.chat.thread}
    if watched is not None:
        threads |= set(threads_of(watched))
    return [
        Address(channel=CHANNEL, target=target, thread=thread).key
        for target in call.chat.targets
        for thread in sorted(threads, key=lambda each: each or 0)
    ]


def threads_of(subscriber: Subscriber) -> Iterator[int | None]:
    """Yield the topics that *subscriber*'s watchlists ring in; None is the chat itself."""
    yield from (own.thread for own in subscriber.watchlists)
    yield from (one.thread for one in subscriber.subscriptions)


def aim_of(text: str, subscriber: Subscriber | None, rules: RuleSet) -> Aim | None:
    """Return what *text* names: an own watchlist, one that is heard of, or a publisher."""
    wanted = text.casefold()
    number = meant(text).number
    for own in subscriber.watchlists if subscriber is not None else ():
        if own.number == number and subscriber is not None:
            return _watchlist(subscriber.watchlist_id(own.number), own.title, own.thread)
    for one in subscriber.subscriptions if subscriber is not None else ():
        if one.watchlist.casefold() == wanted:
            return _watchlist(one.watchlist, title_of(rules, one.watchlist), one.thread)
    publishers = (feed.publisher for feed in rules.feeds if feed.publisher.casefold() == wanted)
    if (publisher := next(publishers, None)) is None:
        return None
    subject = Subject(kind=MuteKind.PUBLISHER, value=publisher, title=brief(publisher))
    threads = threads_of(subscriber) if subscriber is not None else ()
    return Aim(subject=subject, threads=tuple(dict.fromkeys([None, *threads])))


def names(subscriber: Subscriber | None, rules: RuleSet) -> list[str]:
    """Return what can be named: for "did you mean"."""
    heard = [one.watchlist for one in subscriber.subscriptions] if subscriber is not None else []
    return [*dict.fromkeys(feed.publisher for feed in rules.feeds), *heard]


def typed_span(span: timedelta) -> str:
    """Return *span* as `times.parted` reads it."""
    hours = span // _HOUR
    return f"{hours}h" if hours * _HOUR == span else f"{span // timedelta(minutes=1)}m"


def _watchlist(id_: str, title: str, thread: int | None) -> Aim:
    subject = Subject(kind=MuteKind.WATCHLIST, value=id_, title=brief(title))
    return Aim(subject=subject, threads=(thread,))


def _together(mutes: Sequence[Mute]) -> Silent:
    first = min(mutes, key=lambda each: each.id)
    return Silent(
        key=str(first.id),
        title=first.subject.title,
        until=max(each.until for each in mutes),
        mutes=tuple(mutes),
    )
