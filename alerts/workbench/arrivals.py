"""What became of an alert on its way to one address: gathered, held, sent, refused.  Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime

from alerts.alerting.timing import QUIET
from alerts.model import DeliveryKind, DeliveryState, HeldBy
from alerts.storage.histories import Telling
from alerts.watchlists.values import brief
from alerts.workbench.stages import Stage, Turn


def arrival(telling: Telling, *, now: datetime) -> Iterator[Stage]:
    """Yield the stages of *telling*; the last one decided."""
    yield Stage(name="alert", said=_alert(telling), at=telling.created_at)
    if (with_what := _gathered(telling)) is not None:
        yield Stage(name=telling.delivery.kind.value, said=with_what, at=telling.delivery.due_at)
    yield from _troubles(telling)
    yield _state(telling, now=now)
    for update in telling.updates:
        said = f"what became of the story since: {update.state.value}"
        yield Stage(
            name="update", said=said, at=update.sent_at or update.due_at, turn=_TURNS[update.state]
        )


def _alert(telling: Telling) -> str:
    again = f", told for the {telling.episode}. time" if telling.episode > 1 else ""
    return f"{telling.alert[:12]}, {telling.severity}{again}"


def _gathered(telling: Telling) -> str | None:
    """Return what the alert waited for, if it did not leave at once."""
    if telling.delivery.kind is DeliveryKind.DIGEST:
        return "it goes with the digest"
    if telling.gathers == QUIET:
        return "quiet hours: it goes with the list at their end"
    if telling.gathers == "backfill":
        return "it goes with the list of what the feed held at its first poll"
    if telling.gathers:
        return "it goes with others of its group"
    return "quiet hours: it arrives without a sound" if telling.is_silent else None


def _troubles(telling: Telling) -> Iterator[Stage]:
    delivery = telling.delivery
    is_over = delivery.state in {DeliveryState.SENT, DeliveryState.DEAD}
    if delivery.error and delivery.state is not DeliveryState.DEAD:
        said = f"{delivery.attempt}, the last that failed: {_line(delivery.error)}"
        yield Stage(name="attempts", said=said)
    if telling.gone and not is_over:
        yield Stage(name="address", said=f"nothing is sent there: {telling.gone}")
    if telling.paused and not is_over:
        said = f"the other side refuses us: {telling.paused}; `tocsin doctor` says more"
        yield Stage(name="channel", said=said)


def _state(telling: Telling, *, now: datetime) -> Stage:
    delivery, state = telling.delivery, telling.delivery.state
    said, at = _said(telling, now=now)
    if delivery.possible_repeat:
        said += "; marked as a possible repeat, since an earlier attempt may have arrived"
    return Stage(name="delivery", said=said, at=at, turn=_TURNS[state])


def _said(telling: Telling, *, now: datetime) -> tuple[str, datetime | None]:
    delivery = telling.delivery
    match delivery.state:
        case DeliveryState.SENT:
            return _sent(telling), delivery.sent_at
        case DeliveryState.LEASED:
            return "being sent", None
        case DeliveryState.PENDING | DeliveryState.AMBIGUOUS:
            due_at = max(delivery.due_at, telling.not_before_at or delivery.due_at)
            due = "now" if due_at <= now else f"in {brief(due_at - now)}"
            return f"waits{_waits_for(telling)}, due {due}", due_at
        case DeliveryState.DEAD:
            tries = f"{delivery.attempt} attempt{'s' * (delivery.attempt != 1)}"
            why = _line(delivery.error)
            way = f"`tocsin deliveries retry {delivery.id[:12]}`"
            return f"dead letter after {tries}: {why}; {way}", None
        case DeliveryState.HELD:
            return _held(telling), None


def _waits_for(telling: Telling) -> str:
    if telling.delivery.kind is DeliveryKind.DIGEST:
        return " for the digest"
    return " for the end of quiet hours" if telling.gathers == QUIET else ""


def _sent(telling: Telling) -> str:
    sent_at = telling.delivery.sent_at
    since = sent_at - telling.created_at if sent_at is not None else None
    after = f" {brief(since)} after the alert was made" if since is not None else ""
    return f"sent{after}" + (f", as message {telling.message_id}" if telling.message_id else "")


def _held(telling: Telling) -> str:
    if telling.held_by == HeldBy.MUTED and telling.mutes:
        mute = telling.mutes[0]
        until = f"{mute.until:%Y-%m-%d %H:%M} UTC"
        return f"muted there: the {mute.subject.kind} {mute.subject.title!r}, until {until}"
    return _HELD.get(telling.held_by, f"held: {telling.held_by}")


def _line(error: str) -> str:
    return next(iter(error.splitlines()), "no reason was given")


_TURNS = {
    DeliveryState.SENT: Turn.TOLD,
    DeliveryState.PENDING: Turn.WAITS,
    DeliveryState.LEASED: Turn.WAITS,
    DeliveryState.AMBIGUOUS: Turn.WAITS,
    DeliveryState.HELD: Turn.ENDS,
    DeliveryState.DEAD: Turn.ENDS,
}
_HELD: Mapping[str, str] = {
    HeldBy.GONE: "held: the address blocked us or ceased to exist",
    HeldBy.DROPPED: "dropped by the receiver's quiet hours",
    HeldBy.MUTED: "muted there",
    HeldBy.LEFT: "held: its reader left the list, or paused it",
    HeldBy.HANDED_OVER: "handed over to the receiver's fallback",
}
