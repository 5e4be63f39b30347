"""Which receivers get nothing of what is sent to them, and how is their operator told?  Pure.

A single dead letter, a channel that refuses us and a mailbox that returns mails have notices of their
own (`notices`, `mailboxes`).  Here is what lasts: a chat that blocked us, a server that does not answer
for hours, an address that refuses one message after another.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from alerts.model import OPERATOR, Notice, Receiver, Severity
from alerts.storage.hygiene import Gone, Undelivered

#: `Notice.about` of every receiver that gets nothing begins so.
ABOUT_RECEIVERS: Final = "receivers/"
#: What was tried in vain for so long is no hiccup.
_LASTS: Final = timedelta(hours=2)
#: Dead letters in a row; fewer may be the messages' own fault.
_REFUSED: Final = 3
_REASON: Final = 300
_SHOWN: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Deaf:
    """An address of a receiver where nothing arrives."""

    receiver: str
    #: `Address.key` without the topic.
    address: str
    channel: str
    since: datetime
    reason: str


def deaf(
    receivers: Mapping[str, Receiver],
    undelivered: Collection[Undelivered],
    gone: Mapping[tuple[str, str], Gone],
    *,
    now: datetime,
) -> tuple[Deaf, ...]:
    """Return where nothing arrives of *receivers*, by receiver and address."""
    found: dict[tuple[str, str], Deaf] = {}
    for one in undelivered:
        lasts = one.waiting > 0 and now - one.since >= _LASTS
        if one.receiver in receivers and (lasts or one.dead >= _REFUSED):
            key = (one.receiver, f"{one.channel}:{one.target}")
            found[key] = _deaf(key, Gone(one.since, one.error))
    for key, why in _gone(receivers, gone):
        found[key] = _deaf(key, why)
    return tuple(found[key] for key in sorted(found))


def _gone(
    receivers: Mapping[str, Receiver], gone: Mapping[tuple[str, str], Gone]
) -> Iterator[tuple[tuple[str, str], Gone]]:
    for receiver in receivers.values():
        for address in receiver.addresses:
            known = gone.get((address.channel, address.target))
            if known is not None:
                yield (receiver.name, f"{address.channel}:{address.target}"), known


def _deaf(key: tuple[str, str], why: Gone) -> Deaf:
    receiver, address = key
    return Deaf(
        receiver=receiver,
        address=address,
        channel=address.partition(":")[0],
        since=why.since,
        reason=why.reason.strip()[-_REASON:],
    )


def to_tell(
    receivers: Mapping[str, Receiver], found: Sequence[Deaf], paused: Collection[str]
) -> dict[str, list[Deaf]]:
    """Return receiver -> its addresses where nothing arrives, of those that are to be told.

    A channel that is *paused* refuses us and not the receiver; and of the operator only what the
    operator can be told.
    """
    by_receiver: dict[str, list[Deaf]] = {}
    for one in found:
        if one.channel not in paused:
            by_receiver.setdefault(one.receiver, []).append(one)
    own = by_receiver.get(OPERATOR, [])
    if own and len(own) >= len(receivers[OPERATOR].addresses):
        del by_receiver[OPERATOR]
    return by_receiver


def gets_nothing(receiver: Receiver, found: Sequence[Deaf], *, now: datetime) -> Notice:
    """Tell that nothing arrives at the addresses *found* of *receiver*; never none."""
    which = "" if len(found) == len(receiver.addresses) else f" at {len(found)} of its addresses"
    falls = (
        f"What waits goes to its fallback {receiver.fallback}."
        if receiver.fallback
        else (
            "It has no fallback: what cannot be delivered becomes a dead letter, or is held until it can."
        )
    )
    return Notice(
        about=about(receiver.name),
        state=_state(found),
        subject=f"Nothing arrives at {receiver.name}{which}",
        text=(
            f"As seen at {_clock(now)}. {falls} Look at the address in the rule files and at the"
            " other side; loading the rule files again tries anew what blocked us. Its end is told."
        ),
        details=tuple(
            f"{one.address}: since {_clock(one.since)}: {one.reason}" for one in found[:_SHOWN]
        ),
        more=max(0, len(found) - _SHOWN),
        shown_by=f"tocsin deliveries list --receiver {receiver.name}",
        severity=Severity.HIGH,
    )


def gets_messages(receiver: str, *, now: datetime) -> Notice:
    """Tell that messages to *receiver* arrive again, or that nothing is left that could not."""
    return Notice(
        about=about(receiver),
        state="",
        subject=f"Nothing is kept from {receiver} any more",
        text=f"As seen at {_clock(now)}: messages arrive, or there are none that could not.",
        severity=Severity.INFO,
    )


def about(receiver: str) -> str:
    """Return the name of the trouble that a receiver has which gets nothing."""
    return f"{ABOUT_RECEIVERS}{receiver}"


def _state(found: Sequence[Deaf]) -> str:
    """Name the trouble: it is another one when another address joins."""
    addresses = "\n".join(one.address for one in found)
    return sha256(addresses.encode("utf-8", "surrogatepass")).hexdigest()


def _clock(at: datetime) -> str:
    return f"{at:%Y-%m-%d %H:%M} UTC"
