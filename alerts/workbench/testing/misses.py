"""What keeps an article from a match, in a few lines: the parts that are not met, the nearest first."""

from __future__ import annotations

from collections.abc import Iterator

from alerts.matching.reasons import Explanation, Reason

#: Parts of one alternative that are shown, and words of one part.
_PARTS, _NAMES, _WORDS = 3, 8, 3


def misses(explanation: Explanation) -> list[tuple[int, str]]:
    """Return the parts of *explanation* that are not met, each with its depth from 0."""
    return [line for reason in explanation.reasons if not reason.met for line in _lines(reason, 0)]


def _lines(reason: Reason, depth: int) -> Iterator[tuple[int, str]]:
    said = ": ".join(filter(None, (_words(reason), reason.why)))
    if reason.what == "one of":
        yield from _alternatives(reason, depth)
        return
    if reason.what == "all of":
        below = depth
    else:
        below = depth + 1
        yield depth, f"{reason.what}{': ' * bool(said)}{said}"
    vetoes = not any(not part.met for part in reason.parts)
    for part in reason.parts:
        # What is met and should not be has no part that is missing.
        if vetoes or not part.met:
            yield from _met(part, below) if part.met else _lines(part, below)


def _met(reason: Reason, depth: int) -> Iterator[tuple[int, str]]:
    """Yield what is met of *reason*: the words that did it."""
    if words := _words(reason):
        yield depth, f"{reason.what}: {words}"
    for part in reason.parts:
        if part.met:
            yield from _met(part, depth)


def _alternatives(reason: Reason, depth: int) -> Iterator[tuple[int, str]]:
    near = sorted(filter(_is_near, reason.parts), key=lambda part: part.short)[:_PARTS]
    far = [part.what for part in reason.parts if part not in near]
    more = f" and {len(far) - _NAMES} more" * (len(far) > _NAMES)
    if not near:
        yield depth, f"none of {', '.join(far[:_NAMES])}{more}"
        return
    yield depth, f"none of {len(reason.parts)}; the nearest:"
    for part in near:
        yield from _lines(part, depth + 1)


def _is_near(reason: Reason) -> bool:
    return bool(reason.evidence) or any(map(_is_near, reason.parts))


def _words(reason: Reason) -> str:
    several = [f"“{one.surface}” in the {one.field.value}" for one in reason.evidence]
    more = len(several) - _WORDS
    return ", ".join(several[:_WORDS]) + f" and {more} more" * (more > 0)
