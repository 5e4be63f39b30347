"""A watchlist that somebody is making: what was typed, what it was taken for, what is still open.

Pure: a draft is a value that a dialogue keeps; `resolve` says what it means today.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final, Self

from alerts.model import Keyword, Severity, Watchlist
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.query.parser import MAX_QUERY
from alerts.watchlists.query.printing import to_text
from alerts.watchlists.query.terms import spaced
from alerts.watchlists.wishes import Asked, Wish, WishFlaw, blamed, seen, wish_of
from alerts.watchlists.wishes.forms import forms
from alerts.watchlists.wishes.readings import Meaning, Readers, Reading
from alerts.watchlists.wishes.watchlist import watchlist_of

#: Letters of a title that is made of a wish, and of a term that is blamed.
MOST_OF_TITLE: Final = 60

_CUT: Final = "…"
#: The group of what is not wanted.
WITHOUT: Final = -1

#: Codes of flaws that a term of a wish can have.
_FLAWS: Final = {
    "R409": WishFlaw.STAR,
    "R416": WishFlaw.NO_LETTERS,
    "R417": WishFlaw.OPERATOR,
    "R419": WishFlaw.STAR,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A watchlist before it is saved."""

    #: As it was typed.
    wish: str
    #: Empty: one is made of the wish.
    title: str = ""
    severity: Severity = Severity.MEDIUM
    #: Place of a term in `Wish.terms` -> which of its readings somebody chose.
    choices: Mapping[int, int] = field(default_factory=dict)
    #: The own watchlist that it replaces; 0: it is a new one.
    number: int = 0
    #: The forum topic that it will ring in; None: the chat itself.
    thread: int | None = None

    def to_json(self) -> dict[str, Any]:
        """Return what `of_json` reads, of values that JSON has."""
        return {
            "wish": self.wish,
            "title": self.title,
            "severity": self.severity.value,
            "choices": {str(term): reading for term, reading in self.choices.items()},
            "number": self.number,
            "thread": self.thread,
        }

    @classmethod
    def of_json(cls, state: object) -> Self:
        """Return the draft that was written as *state*.

        Raises:
            ValueError: it is none.
        """
        match state:
            case {
                "wish": str(wish),
                "title": str(title),
                "severity": str(severity),
                "choices": dict(choices),
                "number": int(number),
                "thread": None | int() as thread,
            }:
                if not all(isinstance(reading, int) for reading in choices.values()):
                    raise ValueError("a reading is a number")
                return cls(
                    wish=wish,
                    title=title,
                    severity=Severity(severity),
                    choices={int(term): reading for term, reading in choices.items()},
                    number=number,
                    thread=thread,
                )
        raise ValueError("that is no draft")


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftFlaw:
    """Why a draft is no watchlist."""

    flaw: WishFlaw
    #: The term that it is about, shortened; empty: it is no single one.
    term: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Term:
    """One term of a draft, with what it was taken for."""

    asked: Asked
    #: The likeliest first; never empty.
    readings: tuple[Reading, ...]
    #: Which of them counts.
    chosen: int
    #: Somebody must choose: two are as likely, and nobody has.
    is_open: bool
    #: Which group of the wish it is of, from 0; `WITHOUT`: it is not wanted.
    group: int
    #: Names that may have been meant by one that nobody has.
    nearly: tuple[str, ...] = ()
    #: Of a keyword: other words that it finds, too; not all of them.
    forms: tuple[str, ...] = ()

    @property
    def reading(self) -> Reading:
        """What it is taken for."""
        return self.readings[self.chosen]

    @property
    def is_without(self) -> bool:
        """Whether an article in which it stands is not wanted."""
        return self.group == WITHOUT


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolved:
    """A draft with what it means."""

    draft: Draft
    #: In the order of `Wish.terms`.
    terms: tuple[Term, ...]
    #: With what is open taken for the likeliest.
    watchlist: Watchlist
    #: The watchlist in the query language, as it is kept; `exclude` may be empty.
    query: str
    exclude: str

    @property
    def is_open(self) -> bool:
        """Whether somebody must choose before it can be saved."""
        return any(term.is_open for term in self.terms)


def resolve(draft: Draft, readers: Readers, *, id_: str, owner: str = "") -> Resolved | DraftFlaw:
    """Return what *draft* means, as a watchlist of this id and owner; or what is wrong with it.

    A choice of a reading that there is not, or no more, is none.
    """
    wish = wish_of(draft.wish)
    if isinstance(wish, WishFlaw):
        return DraftFlaw(flaw=wish, term=_cut(blamed(draft.wish)))
    try:
        meanings = readers.meanings(wish)
    except FlawError:
        return _flaw(wish, readers)
    terms = tuple(_terms(wish, meanings, draft.choices))
    taken = [term.reading.term for term in terms]
    title = spaced(seen(draft.title)) or title_of(wish)
    watchlist = replace(
        watchlist_of(wish, taken, id_=id_, title=title), owner=owner, severity=draft.severity
    )
    query = to_text(watchlist.condition)
    exclude = to_text(watchlist.exclude) if watchlist.exclude is not None else ""
    if max(len(query), len(exclude)) > MAX_QUERY:
        return DraftFlaw(flaw=WishFlaw.ENDLESS)
    return Resolved(draft=draft, terms=terms, watchlist=watchlist, query=query, exclude=exclude)


def chosen(draft: Draft, term: int, reading: int) -> Draft:
    """Return *draft* with its *term*, by its place in the wish, taken for this *reading* of it.

    Raises:
        ValueError: it has no such term, or no term has such a reading.
    """
    wish = wish_of(draft.wish)
    count = len(wish.terms) if isinstance(wish, Wish) else 0
    if not 0 <= term < count or reading < 0:
        raise ValueError(f"there is no reading {reading} of term {term}")
    return replace(draft, choices={**draft.choices, term: reading})


def title_of(wish: Wish) -> str:
    """Return a short title for *wish*: `Idlib, Khan Sheikhun + chemical`.

    Where it would be longer than `MOST_OF_TITLE`, each group loses its last terms.
    """
    longest = max(map(len, wish.groups))
    title = ""
    for most in range(longest, 0, -1):
        title = " + ".join(_listed(group, most) for group in wish.groups)
        if len(title) <= MOST_OF_TITLE:
            return title
    return _cut(title)


def _listed(group: Sequence[Asked], most: int) -> str:
    texts = [asked.text for asked in group]
    return ", ".join(texts if len(texts) <= most else [*texts[:most], _CUT])


def _cut(text: str) -> str:
    return text if len(text) <= MOST_OF_TITLE else text[: MOST_OF_TITLE - 1].rstrip() + _CUT


def _flaw(wish: Wish, readers: Readers) -> DraftFlaw:
    """Return what is wrong with the first term of *wish* that is none."""
    for asked in wish.terms:
        try:
            readers.meaning(asked, is_sought=False)
        except FlawError as flaw:
            found = _FLAWS.get(flaw.code, WishFlaw.OPERATOR)
            return DraftFlaw(flaw=found, term=_cut(asked.text))
    raise AssertionError("every term of the wish means something")


def _terms(wish: Wish, meanings: Sequence[Meaning], choices: Mapping[int, int]) -> Iterator[Term]:
    groups = [number for number, group in enumerate(wish.groups) for _ in group]
    groups += [WITHOUT] * len(wish.without)
    for place, (meaning, group) in enumerate(zip(meanings, groups, strict=True)):
        readings = meaning.readings
        choice = choices.get(place, -1)
        is_chosen = 0 <= choice < len(readings)
        taken = readings[choice if is_chosen else 0].term
        yield Term(
            asked=meaning.asked,
            readings=readings,
            chosen=choice if is_chosen else 0,
            is_open=meaning.is_open and not is_chosen,
            group=group,
            nearly=meaning.nearly,
            forms=forms(taken.text) if isinstance(taken, Keyword) else (),
        )
