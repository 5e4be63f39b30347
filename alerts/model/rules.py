"""What rule files say, after loading: feeds, entities, watchlists, routes and receivers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum

from alerts.model.article import Field, Severity
from alerts.model.condition import Condition, Kind, Term
from alerts.model.routing import Address, Endpoint, Receiver, Route, TimeInterval


@dataclass(frozen=True, slots=True, kw_only=True)
class Complaint:
    """One finding about a rule file, with its place and the way out."""

    #: As the operator named it: relative to where the command was started.
    path: str
    #: From 1; 0 when the whole file is meant.
    line: int
    column: int
    #: Stable, documented: "R102".
    code: str
    message: str
    #: "did you mean 'severity'?"; empty when we do not know better.
    hint: str = ""
    #: The line of the file, for the caret; empty when there is none.
    source: str = ""

    def __str__(self) -> str:
        """Return `file:line:column: CODE message (hint)` on one line."""
        place = f"{self.path}:{self.line}:{self.column}" if self.line else self.path
        hint = f" ({self.hint})" if self.hint else ""
        return f"{place}: {self.code} {self.message}{hint}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Backfill:
    """How much of a feed's past is told, as one list, at its first poll: a count or an age."""

    items: int | None = None
    age: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A URL that is polled."""

    url: str
    publisher: str
    #: ISO 3166-1 alpha-2 of the publisher; empty: unknown.
    country: str = ""
    #: Admiralty code, A (reliable) to F (cannot be judged); empty: not rated.
    reliability: str = ""
    language: str = ""
    tags: tuple[str, ...] = ()
    #: None: the schedule decides.
    interval: timedelta | None = None
    priority: bool = False
    rate_limit_scope: str = "host"
    backfill: Backfill | None = None
    full_text: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Publisher:
    """What feeds say of who speaks in them."""

    #: ISO 3166-1 alpha-2; empty: unknown.
    country: str = ""
    #: Admiralty code, A (reliable) to F (cannot be judged); empty: not rated.
    reliability: str = ""


class Spelling(StrEnum):
    """Which spellings of an entity count."""

    ANY = "any"
    LISTED = "listed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entity:
    """A place, group, person or topic with all its names."""

    id: str
    kind: Kind
    #: Canonical: what alerts show.
    name: str
    aliases: tuple[str, ...] = ()
    previous_names: tuple[str, ...] = ()
    #: Case-sensitive, and only with one of `support` in the same article.
    weak_aliases: tuple[str, ...] = ()
    support: tuple[Term, ...] = ()
    #: Spans that are not this entity.
    mask: tuple[Term, ...] = ()
    spelling: Spelling = Spelling.ANY
    #: Latitude and longitude in degrees.
    at: tuple[float, float] | None = None
    #: ISO 3166-1 alpha-2.
    countries: tuple[str, ...] = ()


class Status(StrEnum):
    """Whether a watchlist rings."""

    ACTIVE = "active"
    #: Matched and stored, never sent.
    EXPERIMENTAL = "experimental"
    OFF = "off"


class Unknown(StrEnum):
    """What becomes of an article that does not say what a watchlist asks for."""

    PASS = "pass"  # noqa: S105 - no password, the opposite of drop
    #: It matches, is stored and shown, and sent to nobody.
    HOLD = "hold"
    DROP = "drop"


@dataclass(frozen=True, slots=True, kw_only=True)
class Publishers:
    """Whose articles a watchlist wants."""

    #: By name, in any case; empty: everybody.
    only: tuple[str, ...] = ()
    but: tuple[str, ...] = ()
    #: The least rating, "C" is C or better; empty: any.
    reliability: str = ""
    #: ISO 3166-1 alpha-2; empty: any.
    countries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Watchlist:
    """What somebody wants to hear of."""

    #: Stable: the key of history, mutes and feedback.
    id: str
    title: str
    condition: Condition
    owner: str = ""
    status: Status = Status.ACTIVE
    severity: Severity = Severity.MEDIUM
    #: Met: the article is vetoed.
    exclude: Condition | None = None
    #: Spans that are blanked before matching.
    mask: tuple[Term, ...] = ()
    fields: tuple[Field, ...] = (Field.TITLE, Field.SUMMARY, Field.CONTENT)
    tags: tuple[str, ...] = ()
    #: BCP 47, lower case: "pt" is any Portuguese, "pt-br" is not; empty: any language.  An article whose
    #: tag says less than is asked leaves it open.
    languages: tuple[str, ...] = ()
    publishers: Publishers = Publishers()
    #: Older articles do not ring, counted from when they were seen.
    max_age: timedelta | None = None
    unknown: Unknown = Unknown.PASS
    #: A story that was told is told again after so long, if it is still reported; None: never.
    repeat_after: timedelta | None = None
    #: The operator is told when nothing has matched for so long; None: silence is fine.
    expect: timedelta | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleSet:
    """Everything that a folder of rule files says, resolved and checked."""

    feeds: tuple[Feed, ...] = ()
    entities: Mapping[str, Entity] = field(default_factory=dict)
    watchlists: tuple[Watchlist, ...] = ()
    route: Route = field(default_factory=lambda: Route(receiver="console"))
    receivers: Mapping[str, Receiver] = field(
        default_factory=lambda: {
            "console": Receiver(name="console", addresses=(Address(channel="console"),))
        }
    )
    intervals: Mapping[str, TimeInterval] = field(default_factory=dict)
    #: By `Address.key`.
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    #: sha256 over the files, hex; what each alert keeps.
    hash: str = ""
    #: What an author should know though nothing is wrong: how an ambiguous place was understood.
    notes: tuple[Complaint, ...] = ()
