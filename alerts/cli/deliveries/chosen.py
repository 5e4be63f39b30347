"""What the options of `tocsin deliveries` mean."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import typer

from alerts.cli.options import moment

if TYPE_CHECKING:
    from alerts.model import DeliveryState


def states(given: Sequence[str] | None) -> tuple[DeliveryState, ...]:
    """Read states, each by itself or several with commas.

    Raises:
        BadParameter: one is no state.
    """
    from alerts.model import DeliveryState

    return _read(given, [state.value for state in DeliveryState])


def settled_states(given: Sequence[str] | None) -> tuple[DeliveryState, ...]:
    """Read states of deliveries that may be forgotten; without any it is the dead ones.

    Raises:
        BadParameter: one is none of them.
    """
    return _read(given, ["sent", "held", "dead"]) or _read(["dead"], ["dead"])


def since(given: str | None) -> datetime | None:
    """Return the moment that is so long ago, or that is given."""
    return None if given is None else moment("--since", given, now=datetime.now(UTC))


def _read(given: Sequence[str] | None, known: Sequence[str]) -> tuple[DeliveryState, ...]:
    from alerts.model import DeliveryState

    names = [name.strip() for text in given or () for name in text.split(",") if name.strip()]
    for name in names:
        if name not in known:
            message = f"{name!r} is none of {', '.join(known)}"
            raise typer.BadParameter(message, param_hint="--state")
    return tuple(DeliveryState(name) for name in dict.fromkeys(names))
