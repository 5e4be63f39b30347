"""What would a receiver have got?  Stored articles through the production path, made into messages.

Nothing is written: the messages carry ids of their own and are marked, so that a replay that is really
sent is no alert, and nothing rings twice or not at all because of it.  As in a backtest every message is
taken to arrive when it is due.
"""

from __future__ import annotations

from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Collection,
    Iterable,
    Iterator,
    Mapping,
)
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from alerts.alerting.sightings import RulesInForce, sight_new
from alerts.delivery.channels import Channel
from alerts.delivery.pacing import PACES, Pace, Pacer
from alerts.delivery.rendering import Renderer
from alerts.model import (
    Address,
    Alert,
    Article,
    Change,
    Delivery,
    DeliveryKind,
    Destination,
    Field,
    Match,
    Message,
    Novelty,
    Receiver,
    RoutedMatch,
    RuleSet,
    Severity,
)
from alerts.storage.archive import Archived
from alerts.workbench.backtest.ledger import Ledger, Noted, Outcome

#: Stands in front of every headline.
MARK: Final = "REPLAY: "


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """A message of the past, and when it would have left."""

    delivery: Delivery
    due_at: datetime

    def message(self, renderer: Renderer) -> Message:
        """Return it as its channel shows it, without buttons: there is no alert to act on."""
        whole = renderer.render(self.delivery, now=self.due_at)
        return replace(whole, buttons=(), unsubscribe_url="")


@dataclass(slots=True, kw_only=True)
class _Told:
    """An alert in the making."""

    id: str
    story: str
    destination: Destination
    severity: Severity
    articles: dict[str, Article] = field(default_factory=dict)
    matches: list[Match] = field(default_factory=list)
    #: As it was when it left, if there was an update since.
    left: Alert | None = None

    def alert(self) -> Alert:
        """Return it with its matches, the most severe first."""
        return Alert(
            id=self.id,
            story=self.story,
            severity=self.severity,
            articles=tuple(self.articles.values()),
            matches=tuple(sorted(self.matches, key=lambda match: -match.severity.rank)),
        )


class Replay:
    """Hears articles in the order of their coming, and gathers what one receiver gets."""

    def __init__(self, rules: RuleSet, receiver: Receiver) -> None:
        self._rules = RulesInForce.compile(rules)
        self._receiver = receiver
        self._addresses = frozenset(receiver.addresses)
        self._ledger = Ledger()
        self._told: dict[str, _Told] = {}
        self._updates: list[tuple[datetime, Delivery]] = []

    def hear(self, archived: Iterable[Archived]) -> None:
        """Let articles through that were news when they were seen."""
        for each in archived:
            if each.novelty is Novelty.NEW:
                self._hear(each)

    def due(self, *, now: datetime) -> list[Due]:
        """Return everything, in the order of leaving; *now* makes the ids of this replay its own."""
        baskets: dict[tuple[datetime, str, str], list[_Told]] = {}
        for told in self._told.values():
            to = told.destination
            key = (to.due_at, to.address.key, to.gathers or told.id)
            baskets.setdefault(key, []).append(told)
        gathered = [
            Due(delivery=self._delivery(several, now), due_at=due_at)
            for (due_at, *_), several in baskets.items()
        ]
        updates = [
            Due(delivery=replace(delivery, id=_hashed(now, delivery.id)), due_at=due_at)
            for due_at, delivery in self._updates
        ]
        return sorted(gathered + updates, key=lambda one: (one.due_at, one.delivery.id))

    def _hear(self, archived: Archived) -> None:
        article = archived.article
        assert article.seen_at is not None  # the column is not nullable
        (sighting,) = sight_new(self._rules, [article], newest_at=None, now=article.seen_at)
        routed = [replace(item, destinations=self._here(item)) for item in sighting.matches]
        for noted in self._ledger.tell(routed, archived.story, now=article.seen_at):
            # Another receiver may have the same address: who knows the story knows it.
            if noted.wanted.destination.receiver == self._receiver.name:
                self._note(noted, article, article.seen_at)

    def _here(self, item: RoutedMatch) -> tuple[Destination, ...]:
        return tuple(to for to in item.destinations if to.address in self._addresses)

    def _note(self, noted: Noted, article: Article, now: datetime) -> None:
        if noted.outcome is Outcome.DROPPED:
            return
        wanted = noted.wanted
        if noted.outcome is Outcome.RINGS:
            self._told[noted.alert] = _begun(noted)
        told = self._told.get(noted.alert)
        if told is None:  # more of what quiet hours drop
            return
        known = {match.watchlist for match in told.matches}
        if noted.outcome is Outcome.UPDATES:
            told.left = told.left or told.alert()
        told.articles.setdefault(article.id, marked(article))
        told.matches += [shifted(match) for match in wanted.matches]
        told.severity = max(told.severity, wanted.severity, key=lambda level: level.rank)
        if noted.outcome is Outcome.UPDATES:
            self._updates.append((now, _update(told, noted, known, now)))
        else:
            told.destination = min(told.destination, wanted.destination, key=Destination.urgency)

    def _delivery(self, several: list[_Told], now: datetime) -> Delivery:
        to = several[0].destination
        alerts = sorted(several, key=lambda told: (-told.severity.rank, told.id))
        seen = (article.seen_at for told in several for article in told.articles.values())
        return Delivery(
            id=_hashed(now, *(told.id for told in alerts)),
            kind=to.kind,
            receiver=to.receiver,
            address=to.address,
            alerts=tuple(told.left or told.alert() for told in alerts),
            created_at=min(filter(None, seen)),
            is_silent=to.is_silent,
        )


def _begun(noted: Noted) -> _Told:
    wanted = noted.wanted
    return _Told(
        id=noted.alert,
        story=wanted.story,
        destination=wanted.destination,
        severity=wanted.severity,
    )


def marked(article: Article) -> Article:
    """Return *article* with a headline that nobody takes for news."""
    return replace(article, title=MARK + article.title)


def shifted(match: Match) -> Match:
    """Return *match* with its evidence where it stands in the marked headline."""
    evidence = tuple(
        replace(one, start=one.start + len(MARK), end=one.end + len(MARK))
        if one.field is Field.TITLE
        else one
        for one in match.evidence
    )
    return replace(match, evidence=evidence)


def _update(told: _Told, noted: Noted, known: Collection[str], now: datetime) -> Delivery:
    before = noted.severity_before
    new = [match.title for match in noted.wanted.matches if match.watchlist not in known]
    rose = before is not None and before.rank < told.severity.rank
    return Delivery(
        id=f"{told.id} {now.isoformat()}",
        kind=DeliveryKind.UPDATE,
        receiver=told.destination.receiver,
        address=told.destination.address,
        alerts=(told.alert(),),
        created_at=now,
        change=Change(
            severity_before=before if rose else None,
            watchlists=tuple(dict.fromkeys(new)),
        ),
    )


def _hashed(now: datetime, *parts: str) -> str:
    return sha256("\0".join(("replay", now.isoformat(), *parts)).encode()).hexdigest()


async def send(
    messages: Iterable[tuple[Message, Address]],
    channels: Mapping[str, Channel],
    *,
    now: Callable[[], datetime],
    sleep: Callable[[float], Awaitable[None]],
) -> AsyncGenerator[Address, None]:
    """Send *messages* one after another, no faster than their channels allow; yield each that arrived.

    Raises:
        DeliveryError: one did not arrive, or not certainly; those behind it were not sent.
    """
    pacers = {name: Pacer(PACES.get(name, Pace())) for name in channels}
    free_at: dict[Address, datetime] = {}
    for message, address in messages:
        pacer = pacers[address.channel]
        for at in _waits(pacer, free_at.get(address)):
            await sleep(max((at - now()) / timedelta(seconds=1), 0.0))
        if next_at := pacer.note(address.target, now()):
            free_at[address] = next_at
        await channels[address.channel].send(message, address)
        yield address


def _waits(pacer: Pacer, free_at: datetime | None) -> Iterator[datetime]:
    yield from filter(None, (free_at, pacer.free_at()))
