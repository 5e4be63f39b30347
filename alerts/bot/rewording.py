"""Wishes written anew: a term replaced, or put together of what was answered bit by bit.  Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

from alerts.delivery.rendering.marked import clean_lines, cut
from alerts.subscribers.draft import Draft
from alerts.watchlists.wishes import Asked, Wish, WishFlaw, wish_of

#: What opens a phrase, what closes it, and what else would.
_QUOTES: Final = (('"', '"', "”"), ("“", "”", '"'), ("«", "»", "»"), ("„", "“", "”"))
#: UTF-16 units, of 4096.
_MOST_TO_COPY: Final = 3400
_OR: Final = ", "
_AND: Final = " + "
_WITHOUT: Final = " - "


def spelled(wish: Wish) -> str:
    """Return *wish* as it is typed; `wish_of` reads the same again."""
    wanted = _AND.join(listed(group) for group in wish.groups)
    return wanted + _WITHOUT + listed(wish.without) if wish.without else wanted


def listed(terms: Sequence[Asked]) -> str:
    """Return *terms* with commas between them, as they are typed."""
    return _OR.join(map(_typed, terms))


def put_together(wanted: Sequence[str], without: str) -> str:
    """Return the wish for something of each of *wanted*, but nothing of *without*; some are empty."""
    text = _AND.join(part for part in wanted if part)
    return text + _WITHOUT + without if without else text


def to_copy(wish: str) -> str:
    """Return *wish*, line by line, as far as a message has room for it."""
    return cut(clean_lines(wish), _MOST_TO_COPY)


def replaced(draft: Draft, place: int, name: str) -> Draft:
    """Return *draft* with *name* for its term at *place*; choices are kept where terms stay in place.

    Raises:
        ValueError: there is no such term, or *name* is no wish.
    """
    wish = wish_of(draft.wish)
    if isinstance(wish, WishFlaw) or not 0 <= place < len(wish.terms):
        raise ValueError(f"there is no term {place}")
    terms = [Asked(name) if at == place else term for at, term in enumerate(wish.terms)]
    left = iter(terms)
    groups = tuple(tuple(next(left) for _ in group) for group in wish.groups)
    text = spelled(Wish(groups, tuple(left)))
    again = wish_of(text)
    if isinstance(again, WishFlaw):
        raise ValueError(f"{name} is no wish")  # noqa: TRY004 - a flaw is a value here
    is_in_place = len(again.terms) == len(terms)
    choices = {at: pick for at, pick in draft.choices.items() if at != place and is_in_place}
    return replace(draft, wish=text, choices=choices)


def _typed(asked: Asked) -> str:
    if not asked.is_phrase:
        return asked.text
    fitting = (
        f"{first}{asked.text}{last}"
        for first, last, other in _QUOTES
        if last not in asked.text and other not in asked.text
    )
    return next(fitting, asked.text)
