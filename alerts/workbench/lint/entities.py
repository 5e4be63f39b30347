"""The operator's entities: names that clash, repeat one another or never count, and who uses them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from alerts.gazetteer.entity_rows import words_of
from alerts.model import Around, EntityRef, Kind, Term
from alerts.text.capitals import asked_capitals
from alerts.text.spelling.words import is_word
from alerts.text.tokens import tokenize
from alerts.watchlists.complaints import quoted
from alerts.watchlists.nodes import Node
from alerts.workbench.lint.known_names import KnownNames
from alerts.workbench.lint.logic import every_term
from alerts.workbench.lint.subject import Finding, PlacedEntity, Subject


def check(subject: Subject) -> Iterator[Finding]:
    """Yield what is wrong with each entity of the files; the known ones are not looked at."""
    used = _used(subject)
    names = KnownNames.of(subject)
    strong: dict[str, PlacedEntity] = {}
    for placed in subject.entities:
        yield from _about_itself(placed)
        yield from _clashes(placed, strong, names)
        if placed.id not in used:
            hint = f"name it in a watchlist: @{placed.id}; or delete it"
            yield placed.found("L301", f"nothing refers to {quoted(placed.id)}", hint=hint)
    for placed in subject.entities:
        yield from _weak_elsewhere(placed, strong)


def _strong(placed: PlacedEntity) -> Iterator[tuple[str, Node]]:
    """Yield the names that stand for the entity wherever they stand, and where each is listed."""
    yield placed.section.name, placed.node.entries["name"]
    for key in ("aliases", "previous_names"):
        yield from ((str(node.value), node) for node in placed.node.parts(key))


# --- by itself ------------------------------------------------------------------------------------


def _about_itself(placed: PlacedEntity) -> Iterator[Finding]:
    first: dict[str, Node] = {}
    for name, node in _strong(placed):
        words = words_of(name)
        other = first.setdefault(words, node)
        if other is not node:
            message = f"{quoted(name)} is the same name as {quoted(other.value)}"
            yield placed.found("L303", message, at=node, hint="delete one of them")
        elif _is_frequent(name):
            message = f"{quoted(name)} is also a frequent word, and counts in any case"
            hint = "make it a weak alias with support, or name more of it"
            yield placed.found("L307", message, at=node, hint=hint)
    yield from _weak(placed, first)
    yield from _masks(placed, first)
    section = placed.section
    if section.type is Kind.PLACE and section.at is None and not section.in_:
        hint = "add 'at: [latitude, longitude]' and 'in: [SY]'"
        yield placed.found("L310", f"nothing says where {quoted(section.name)} is", hint=hint)


def _is_frequent(name: str) -> bool:
    tokens = tokenize(name)
    return len(tokens) == 1 and is_word(tokens[0].word.folded) and not any(asked_capitals(tokens))


def _weak(placed: PlacedEntity, strong: dict[str, Node]) -> Iterator[Finding]:
    for node in placed.node.parts("weak_aliases"):
        if words_of(str(node.value)) in strong:
            message = f"{quoted(node.value)} is not weak: the entity has it as a name, too"
            yield placed.found("L305", message, at=node, hint="delete it from one of the lists")
    if placed.section.weak_aliases and not placed.section.support:
        node = placed.page.file.key(placed.node, "weak_aliases")
        message = "no word supports the weak aliases: they count beside another of its names alone"
        yield placed.found(
            "L306", message, at=node, hint="add 'support: [words that stand nearby]'"
        )


def _masks(placed: PlacedEntity, strong: dict[str, Node]) -> Iterator[Finding]:
    for node in placed.node.parts("mask"):
        text = str(node.value).strip().strip('"')
        if words_of(text) in strong and not text.startswith(("/", "=", "@")) and text[-1:] != "*":
            message = f"the mask {quoted(text)} blanks a name of the entity wherever it stands"
            hint = "mask the longer text that is somebody else"
            yield placed.found("L308", message, at=node, hint=hint)


# --- beside others --------------------------------------------------------------------------------


def _clashes(
    placed: PlacedEntity, strong: dict[str, PlacedEntity], names: KnownNames
) -> Iterator[Finding]:
    for name, node in _strong(placed):
        words = words_of(name)
        other = strong.setdefault(words, placed)
        if other is not placed:
            message = f"{quoted(name)} is also a name of {quoted(other.id)}"
            hint = "make it a weak alias of both, each with its support"
            yield placed.found("L302", message, at=node, hint=hint)
        elif known := sorted(names.known_as(words)):
            message = (
                f"{quoted(name)} is a name of the known entity '@{known[0]}': its others are lost"
            )
            hint = f"give it the id '{known[0]}', with all names; `tocsin entities {known[0]}`"
            yield placed.found("L309", message, at=node, hint=hint)


def _weak_elsewhere(placed: PlacedEntity, strong: dict[str, PlacedEntity]) -> Iterator[Finding]:
    for node in placed.node.parts("weak_aliases"):
        other = strong.get(words_of(str(node.value)))
        if other is not None and other is not placed:
            message = (
                f"{quoted(node.value)} is a name of {quoted(other.id)}, which takes every mention"
            )
            hint = "make it weak there, too, or delete it here"
            yield placed.found("L304", message, at=node, hint=hint)


# --- who uses them --------------------------------------------------------------------------------


def _used(subject: Subject) -> set[str]:
    """Return the ids of the entities that something refers to."""
    found: set[str] = set()
    centres: set[tuple[float, float]] = set()
    for watchlist in subject.rules.watchlists:
        terms: list[Term] = [*every_term(watchlist.condition), *every_term(watchlist.exclude)]
        found |= _references((*terms, *watchlist.mask))
        centres |= {term.at for term in terms if isinstance(term, Around)}
    for entity in subject.rules.entities.values():
        found |= _references((*entity.support, *entity.mask)) - {entity.id}
        if entity.at in centres:
            found.add(entity.id)
    return found


def _references(terms: Iterable[Term]) -> set[str]:
    return {term.id for term in terms if isinstance(term, EntityRef)}
