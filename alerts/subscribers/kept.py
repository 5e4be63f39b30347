"""Between a watchlist as it is kept, in words, and the watchlist that matches."""

from __future__ import annotations

from collections.abc import Container, Sequence
from datetime import datetime

from alerts.gazetteer.known import KnownEntities
from alerts.model import (
    All,
    Any,
    Condition,
    EntityRef,
    Name,
    OwnWatchlist,
    Subscriber,
    Unknown,
    Watchlist,
)
from alerts.subscribers.draft import Draft, Resolved
from alerts.watchlists.complaints import FlawError, quoted
from alerts.watchlists.query.parser import Lookup, parse
from alerts.watchlists.wishes import Wish, seen, wish_of
from alerts.watchlists.wishes.readings import Meaning, Readers


def kept(resolved: Resolved, *, created_at: datetime) -> OwnWatchlist:
    """Return *resolved* as it is kept: under the number of its draft, ringing.

    What is still open is taken for the likeliest: whoever asks looks first.
    """
    draft, watchlist = resolved.draft, resolved.watchlist
    return OwnWatchlist(
        number=draft.number,
        title=watchlist.title,
        wish=seen(draft.wish),
        query=resolved.query,
        exclude=resolved.exclude,
        severity=draft.severity,
        thread=draft.thread,
        created_at=created_at,
    )


def watchlist_of_own(
    subscriber: Subscriber, own: OwnWatchlist, entities: Container[str], known: KnownEntities
) -> Watchlist | FlawError:
    """Return the watchlist that *own*, one of *subscriber*, is; or why it is not understood any more.

    *entities* are the ids of those of rule files: an operator may have deleted one since.
    """
    lookup = _existing(entities, known)
    try:
        condition = parse(own.query, lookup)
        exclude = parse(own.exclude, lookup) if own.exclude else None
    except FlawError as flaw:
        return flaw
    return Watchlist(
        id=subscriber.watchlist_id(own.number),
        title=own.title,
        condition=condition,
        owner=subscriber.name,
        severity=own.severity,
        exclude=exclude,
        unknown=Unknown.PASS,
    )


def wish_of_own(own: OwnWatchlist, readers: Readers) -> Draft:
    """Return *own* as a draft, for whoever edits it, with what was chosen when it was made.

    A choice that is none any more, because names have other readings today, is to be made again.
    """
    return Draft(
        wish=own.wish,
        title=own.title,
        severity=own.severity,
        choices=_choices(own, readers),
        number=own.number,
        thread=own.thread,
    )


def _existing(entities: Container[str], known: KnownEntities) -> Lookup:
    """Return a lookup that refuses references to entities that there are no more."""

    def lookup(named: Name | EntityRef, offset: int) -> Condition:
        if isinstance(named, EntityRef) and named.id not in entities and not known.entity(named.id):
            message = f"no entity has the id {quoted(named.id)}"
            raise FlawError("R301", message, offset=offset)
        return named

    return lookup


# --- which readings were chosen: those that are in the query -------------------------------------


def _choices(own: OwnWatchlist, readers: Readers) -> dict[int, int]:
    """Return the readings that somebody must have chosen; those that count anyhow left out."""
    wish = wish_of(own.wish)
    if not isinstance(wish, Wish):
        return {}
    try:
        meanings = readers.meanings(wish)
        wanted = parse(own.query)
        unwanted = (parse(own.exclude),) if own.exclude else ()
    except FlawError:
        return {}
    left = iter(meanings)
    groups = [[next(left) for _ in group] for group in wish.groups]
    picks = _of_groups(groups, wanted.parts if isinstance(wanted, All) else (wanted,))
    picks += _of_groups([list(left)], unwanted)
    return {
        place: pick
        for place, (meaning, pick) in enumerate(zip(meanings, picks, strict=True))
        if pick is not None and (pick or meaning.is_open)
    }


def _of_groups(
    groups: Sequence[Sequence[Meaning]], conditions: Sequence[Condition]
) -> list[int | None]:
    """Return which reading of each term of *groups* is in their *conditions*; None: none is.

    Groups, and terms of a group, that came to the same stand there once.
    """
    picks: list[int | None] = []
    met = 0
    for group in groups:
        found = _of_group(group, conditions[met]) if met < len(conditions) else None
        if found is not None:
            met += 1
        else:
            earlier = (_of_group(group, each) for each in conditions[:met])
            found = next((each for each in earlier if each is not None), None)
        picks += found if found is not None else [None] * len(group)
    return picks


def _of_group(group: Sequence[Meaning], condition: Condition) -> list[int] | None:
    """Return which reading of each term is in *condition*; None: it is not of this group."""
    parts = condition.parts if isinstance(condition, Any) else (condition,)
    picks: list[int] = []
    met = 0
    for meaning in group:
        terms: list[Condition] = [reading.term for reading in meaning.readings]
        part = next((each for each in (*parts[met : met + 1], *parts[:met]) if each in terms), None)
        if part is None:
            return None
        met += met < len(parts) and part == parts[met]
        picks.append(terms.index(part))
    return picks if met == len(parts) else None
