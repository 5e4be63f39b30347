"""Conditions: what a watchlist asks of an article, as a frozen tree.

The lists of a rule file and its query language are two spellings of this one tree.  It is purely
syntax: what a name means is decided where entities are known (`alerts.watchlists.meaning.lexicon`), what a
term matches in `alerts.watchlists.meaning.evaluate`, the slow and obviously right definition, and in
`alerts.matching`, the fast one.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from alerts.model.article import Field


class Kind(StrEnum):
    """What a name is a name of."""

    PLACE = "place"
    GROUP = "group"
    PERSON = "person"
    TOPIC = "topic"


# --- terms: what stands in the text -----------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Keyword:
    """One word or several next to one another, each in any inflection: `nerve agent`."""

    text: str


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words next to one another exactly as written, in any case: `"air strike"`."""

    text: str


@dataclass(frozen=True, slots=True)
class Cased:
    """A word or words exactly as written, capitals included: `=IS`."""

    text: str


@dataclass(frozen=True, slots=True)
class Prefix:
    """A word that begins so; at least three letters, without the star: `chem*`."""

    text: str


@dataclass(frozen=True, slots=True)
class Regex:
    """An RE2 pattern on the original text of a field: `/S-?300/`."""

    pattern: str


@dataclass(frozen=True, slots=True)
class Name:
    """A name that is no entity of the rule files: `place:"Khan Sheikhun"`."""

    kind: Kind
    text: str
    #: ISO 3166-1 alpha-2; decides between places that share the name; empty: not given.
    country: str = ""


@dataclass(frozen=True, slots=True)
class EntityRef:
    """All the names of an entity of the rule files: `@khmeimim`."""

    id: str


@dataclass(frozen=True, slots=True)
class Around:
    """Any known place near another one: `{near: Idlib, within: 50km}`."""

    #: The centre as its author wrote it; what it means is `at`.
    near: str
    #: Latitude and longitude in degrees.
    at: tuple[float, float]
    kilometres: float


@dataclass(frozen=True, slots=True)
class Inside:
    """Any known place of a country, or of one of its areas: `{in: SY, admin: Idlib}`.

    The country, or the area, is one of them.
    """

    #: ISO 3166-1 alpha-2.
    country: str
    #: A first-level administrative area by its name; empty: the whole country.
    area: str = ""


@dataclass(frozen=True, slots=True)
class Demonym:
    """Who or what is of a place: "Syrian", "Syrians"."""

    #: The place by its name.
    of: str


# --- operators --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class All:
    """Every part is met: `a AND b`; two parts or more."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """Some part is met: `a OR b`; two parts or more."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """The part is not met: `NOT a`."""

    part: Condition


@dataclass(frozen=True, slots=True)
class Near:
    """Both sides in one field with at most *distance* tokens between: `a NEAR/5 b`.

    The sides are terms, or `Any` of terms, or `Near` again; the parser refuses the rest.
    """

    left: Condition
    right: Condition
    distance: int
    #: ONEAR: left stands before right.
    ordered: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The part stands at least *count* times in the article: `ATLEAST/3 a`."""

    count: int
    part: Condition


@dataclass(frozen=True, slots=True)
class InField:
    """The part, looked for in one field only: `title:a`."""

    field: Field
    part: Condition


@dataclass(frozen=True, slots=True)
class Score:
    """Weights of the met parts add up to the threshold."""

    threshold: float
    terms: tuple[tuple[Condition, float], ...]
    #: A term that stands in the title counts so many times its weight.
    title_factor: float = 1.0


#: What stands for names; which ones is looked up (`alerts.watchlists.meaning.lexicon`).
Named = Name | EntityRef | Around | Inside | Demonym
Term = Keyword | Phrase | Cased | Prefix | Regex | Named
Condition = Term | All | Any | Not | Near | AtLeast | InField | Score
