"""What became of an article in a chat when it was seen?  Of what the tables say, as values.

The same history makes `tocsin why` (`alerts.workbench.history`), which tells an operator every stage;
here is the one that decided for one chat, for the bot to say in any language.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Final

from alerts.alerting.timing import QUIET
from alerts.model import Address, DeliveryKind, DeliveryState, HeldBy, Novelty
from alerts.storage import Storage
from alerts.storage.histories import History, StoredMatch, Telling


class End(StrEnum):
    """What became of an article in a chat; the first of several is what matters most there."""

    TOLD = "told"
    #: It is on its way, or tried again.
    WAITS = "waits"
    #: It waits for the end of quiet hours, or for a digest.
    QUIET = "quiet"
    DIGEST = "digest"
    #: The chat had been told of its story, by another report.
    KNEW = "knew"
    MUTED = "muted"
    #: By an operator's silence.
    SILENCED = "silenced"
    #: Quiet hours that drop.
    DROPPED = "dropped"
    #: The reader of a mailbox left the list, or paused it.
    LEFT = "left"
    #: The chat had blocked us.
    GONE = "gone"
    #: The channel refused it for good.
    FAILED = "failed"
    #: The receiver's fallback has it.
    HANDED_OVER = "handed over"
    #: It matched, and does not say what the watchlist asks besides words (`unknown: hold`).
    HELD = "held"
    #: It matched, and nobody here was to hear: the watchlist was paused, or was not theirs yet.
    UNTOLD = "untold"
    #: It was news, and none of the watchlists matched then.
    UNMATCHED = "unmatched"
    #: It was no news: of a feed's past, or it slid back into it.
    BASELINE = "baseline"
    LATE = "late"
    #: No such article is stored.
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True, kw_only=True)
class Fate:
    """What became of an article in a chat."""

    end: End
    #: When it was told; when what it waits for is due; when a mute or a silence ends; else when it
    #: was decided.  None: nobody knows it.
    at: datetime | None = None
    #: The channel's id of the message that told it; or empty.
    message_id: str = ""
    #: It arrived, or will, without a sound.
    is_silent: bool = False
    #: Those of the watchlists that matched, the most severe first.
    watchlists: tuple[str, ...] = ()


async def fate(
    storage: Storage, article: str, watchlists: Collection[str], addresses: Collection[Address]
) -> Fate:
    """Return what became of *article*, an id, for *watchlists*, ids, at *addresses*.

    A forum's topics are one address.

    Raises:
        StorageError: the database cannot be read.
    """
    history = await storage.histories.of(article)
    return Fate(end=End.UNKNOWN) if history is None else fate_of(history, watchlists, addresses)


def fate_of(history: History, watchlists: Collection[str], addresses: Collection[Address]) -> Fate:
    """Return what *history* says of *watchlists*, ids, at *addresses*."""
    matches = [one for one in history.matches if one.match.watchlist in watchlists]
    seen_at = history.article.seen_at
    if not matches:
        return Fate(end=_UNMATCHED[history.novelty], at=seen_at)
    chats = {(address.channel, address.target) for address in addresses}
    here = [one for one in history.tellings if _chat(one.delivery.address) in chats]
    ids = tuple(one.match.watchlist for one in matches)
    return replace(_decided(matches, here), watchlists=ids)


def _decided(matches: Sequence[StoredMatch], here: Sequence[Telling]) -> Fate:
    """Return what became of *matches* of one article, where its story has the alerts *here*."""
    ids = {one.match.watchlist for one in matches}
    silenced_until = max((one.silence.ends_at for one in matches if one.silence), default=None)
    if naming := [one for one in here if not ids.isdisjoint(one.watchlists)]:
        found = _weightiest(naming)
        return replace(found, at=silenced_until) if found.end is End.SILENCED else found
    if silenced_until is not None:
        return Fate(end=End.SILENCED, at=silenced_until)
    if all(one.match.is_held for one in matches):
        return Fate(end=End.HELD, at=matches[0].matched_at)
    if not here:
        return Fate(end=End.UNTOLD, at=matches[0].matched_at)
    others = _weightiest(here)
    return replace(others, end=End.KNEW) if others.end is End.TOLD else others


def _weightiest(tellings: Iterable[Telling]) -> Fate:
    """Return what became of the one of *tellings* that matters most, the oldest of those."""
    order = list(End)
    return min(map(_arrived, tellings), key=lambda one: order.index(one.end))


def _arrived(telling: Telling) -> Fate:
    delivery = telling.delivery
    if delivery.state is DeliveryState.SENT:
        end, at = End.TOLD, delivery.sent_at
    elif delivery.state is DeliveryState.DEAD:
        end, at = End.FAILED, telling.created_at
    elif delivery.state is DeliveryState.HELD:
        end, at = _HELD[HeldBy(telling.held_by)], telling.created_at
        if end is End.MUTED and telling.mutes:
            at = max(mute.until for mute in telling.mutes)
    else:
        end, at = (
            _waits_for(telling),
            max(delivery.due_at, telling.not_before_at or delivery.due_at),
        )
    return Fate(end=end, at=at, message_id=telling.message_id, is_silent=telling.is_silent)


def _waits_for(telling: Telling) -> End:
    if telling.delivery.kind is DeliveryKind.DIGEST:
        return End.DIGEST
    return End.QUIET if telling.gathers == QUIET else End.WAITS


def _chat(address: Address) -> tuple[str, str]:
    return address.channel, address.target


_UNMATCHED: Final = {
    Novelty.NEW: End.UNMATCHED,
    Novelty.BASELINE: End.BASELINE,
    Novelty.LATE: End.LATE,
}
_HELD: Final = {
    HeldBy.GONE: End.GONE,
    HeldBy.DROPPED: End.DROPPED,
    HeldBy.MUTED: End.MUTED,
    HeldBy.SILENCED: End.SILENCED,
    HeldBy.LEFT: End.LEFT,
    HeldBy.HANDED_OVER: End.HANDED_OVER,
}
