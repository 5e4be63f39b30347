"""Which names and terms of the rules has nothing been found by?  Pure.

What was found is known from the evidence of stored matches, so that it is also what rang.  A name that
stands in articles which no watchlist met is not seen here.  Asked for are the words that must stand
there; what excludes, masks or supports leaves no evidence.  Known entities are looked at as a whole:
their names are not the operator's.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass

from alerts.model import (
    All,
    Any,
    Around,
    Article,
    AtLeast,
    Cased,
    Condition,
    Entity,
    EntityRef,
    Field,
    How,
    InField,
    Inside,
    Keyword,
    Name,
    Near,
    Not,
    Phrase,
    Prefix,
    Regex,
    RuleSet,
    Score,
    Status,
    Term,
    Watchlist,
)
from alerts.storage.hygiene import Found
from alerts.text.spelling.windows import windows
from alerts.text.tokens import tokenize
from alerts.watchlists.meaning.lexicon import Lexicon
from alerts.watchlists.meaning.respellings import Source, by_sound
from alerts.watchlists.meaning.standing import Standing
from alerts.watchlists.meaning.wordings import Wording, folded, of_entity


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenName:
    """A name of an entity of the rule files that stood in no match."""

    entity: str
    #: As its author wrote it.
    text: str
    how: How


@dataclass(frozen=True, slots=True, kw_only=True)
class UnseenTerm:
    """A term by which a watchlist was never met."""

    watchlist: str
    #: As it is written in a query.
    text: str


def unseen_names(rules: RuleSet, found: Collection[Found]) -> tuple[UnseenName, ...]:
    """Return the names by which nothing was found of the entities that watchlists look for.

    The one that alerts show is not among them: it stands there to be shown.
    """
    surfaces: dict[str, set[str]] = {}
    for one in found:
        surfaces.setdefault(one.term, set()).add(one.surface)
    own = _own_entities(rules)
    terms = (term for watchlist in _awake(rules) for term in asked_for(watchlist.condition))
    asked = {term.id for term in terms if isinstance(term, EntityRef)}
    return tuple(
        name
        for id_ in sorted(asked & own.keys())
        for name in _unseen_of(own[id_], surfaces.get(own[id_].name, set()))
    )


def unseen_terms(rules: RuleSet, found: Collection[Found]) -> tuple[UnseenTerm, ...]:
    """Return the terms by which a watchlist was not met, though it was by others.

    A watchlist that was never met is silent as a whole.
    """
    met: dict[str, set[str]] = {}
    for one in found:
        met.setdefault(one.watchlist, set()).add(one.term)
    return tuple(
        UnseenTerm(watchlist=watchlist.id, text=text)
        for watchlist in _awake(rules)
        if watchlist.id in met
        for text, label in _labelled(watchlist.condition, rules.entities)
        if label not in met[watchlist.id]
    )


def asked_for(condition: Condition, *, areas: bool = True) -> Iterator[Term]:
    """Yield the terms that leave evidence where *condition* is met.

    Without *areas*, not the entities that stand beside an area: those that lie in it were added there.
    """
    match condition:
        case All(parts) | Any(parts):
            for part in parts if areas else _beside_areas(parts):
                yield from asked_for(part, areas=areas)
        case Near(left=left, right=right):
            yield from asked_for(left, areas=areas)
            yield from asked_for(right, areas=areas)
        case AtLeast(part=part) | InField(part=part):
            yield from asked_for(part, areas=areas)
        case Score(terms=terms):
            for part, weight in terms:
                yield from asked_for(part, areas=areas) if weight > 0 else ()
        case Not():
            return
        case _:
            yield condition


def _beside_areas(parts: Sequence[Condition]) -> Iterator[Condition]:
    has_area = any(isinstance(part, Around | Inside) for part in parts)
    return (part for part in parts if not (has_area and isinstance(part, EntityRef)))


def _awake(rules: RuleSet) -> Iterator[Watchlist]:
    return (watchlist for watchlist in rules.watchlists if watchlist.status is not Status.OFF)


def _own_entities(rules: RuleSet) -> Mapping[str, Entity]:
    """Return the entities that the files of *rules* declare, without the known ones behind them."""
    entities = rules.entities
    return entities.maps[0] if isinstance(entities, ChainMap) else entities


def _labelled(condition: Condition, entities: Mapping[str, Entity]) -> Iterator[tuple[str, str]]:
    """Yield each term of *condition* that stands for certain words, with its `Evidence.term`.

    An area or a demonym stands for whatever is found.
    """
    for term in dict.fromkeys(asked_for(condition, areas=False)):
        match term:
            case Keyword(text) | Phrase(text) | Cased(text) | Name(text=text):
                yield text, text
            case Prefix(text):
                yield f"{text}*", f"{text}*"
            case Regex(pattern):
                yield f"/{pattern}/", f"/{pattern}/"
            case EntityRef(id_) if id_ in entities:
                yield f"@{id_}", entities[id_].name


def _unseen_of(entity: Entity, surfaces: Collection[str]) -> Iterator[UnseenName]:
    wordings = {folded(one.tokens): one for one in of_entity(entity)}
    shown = folded(tokenize(entity.name))
    given = (*entity.aliases, *entity.previous_names, *entity.weak_aliases)
    for text in dict.fromkeys(given):
        words = folded(tokenize(text))
        if words != shown and not any(_stands(wordings[words], entity, each) for each in surfaces):
            yield UnseenName(entity=entity.id, text=text, how=wordings[words].how)


def _stands(wording: Wording, entity: Entity, surface: str) -> bool:
    """Tell whether all of *surface*, which was taken for *entity*, is written or sounds like *wording*."""
    standing = Standing(Article(id="", title=surface), _NOBODY_ELSE)
    tokens = standing.tokens[Field.TITLE]
    whole = (0, len(tokens))
    if any((hit.first, hit.last) == whole for hit in standing.wording(wording, Field.TITLE)):
        return True
    if wording.is_unheard:
        return False
    sounds = by_sound([Source(wording, _NOBODY_ELSE.rivals.owner_of_entity(entity))])
    heard = [one for *place, one in windows(tokens, surface, "") if tuple(place) == whole]
    return any(sound.is_heard(one) for sound in sounds for one in heard)


#: Whose name a surface is was decided when it matched.
_NOBODY_ELSE = Lexicon()
