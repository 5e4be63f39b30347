"""Conditions put together: flat, without repeats, so that the same wish is the same value."""

from __future__ import annotations

from collections.abc import Iterable

from alerts import model


def all_of(parts: Iterable[model.Condition]) -> model.Condition:
    """Return the condition that every one of *parts* is met; there is at least one."""
    flat = _flat(parts, model.All)
    return flat[0] if len(flat) == 1 else model.All(flat)


def any_of(parts: Iterable[model.Condition]) -> model.Condition:
    """Return the condition that one of *parts* is met; there is at least one."""
    flat = _flat(parts, model.Any)
    return flat[0] if len(flat) == 1 else model.Any(flat)


def _flat(
    parts: Iterable[model.Condition], kind: type[model.All | model.Any]
) -> tuple[model.Condition, ...]:
    flat: dict[model.Condition, None] = {}
    for part in parts:
        flat.update(dict.fromkeys(part.parts if isinstance(part, kind) else (part,)))
    return tuple(flat)


def needs_presence(condition: model.Condition, *, wanted: bool = True) -> bool:
    """Tell whether *condition* is met only by articles in which some term stands.

    With *wanted* false the question is the same of its opposite, by De Morgan's laws.
    """
    match condition:
        case model.Not(part=part):
            return needs_presence(part, wanted=not wanted)
        case model.InField(part=part):
            return needs_presence(part, wanted=wanted)
        case model.All(parts=parts) | model.Any(parts=parts):
            quantifier = any if isinstance(condition, model.All) is wanted else all
            return quantifier(needs_presence(part, wanted=wanted) for part in parts)
        case _:
            return wanted
