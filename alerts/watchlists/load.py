"""A folder of rule files -> everything it says, or everything that is wrong with it.

All files are read and checked in one run; what is broken in one place does not hide what is broken
in another.  The result replaces an older one at once or not at all.
"""

from __future__ import annotations

from collections import ChainMap
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

from alerts.errors import RulesError
from alerts.gazetteer import Gazetteer
from alerts.gazetteer.known import KnownEntities
from alerts.gazetteer.shipped import known, shipped
from alerts.model import Complaint, Entity, RuleSet
from alerts.watchlists import source
from alerts.watchlists.assemble import Page, assemble, entities_of, in_order
from alerts.watchlists.collector import collector_paused
from alerts.watchlists.contents import Body, Contents
from alerts.watchlists.rule_file import RuleFile
from alerts.watchlists.rule_tests import RuleTest, read_tests


def load_rules(
    folder: Path, *, environment: Mapping[str, str], gazetteer: Gazetteer | None = None
) -> RuleSet:
    """Return what the rule files of *folder* say.

    Read are all `*.yml` and `*.yaml` in it, not those of folders inside, nor hidden ones.  Places
    are looked up in *gazetteer*, by default the one that ships.  Names and references that no
    entity of the folder answers to stand for the known entities.

    Raises:
        RulesError: with every complaint about every file, in the order of files and lines.
    """
    return load_contents(Contents.of_folder(folder), environment=environment, gazetteer=gazetteer)


def load_contents(
    contents: Contents, *, environment: Mapping[str, str], gazetteer: Gazetteer | None = None
) -> RuleSet:
    """Return what *contents* say, as `load_rules` does.

    Raises:
        RulesError: with every complaint about every file, in the order of files and lines.
    """
    with collector_paused():
        return _assembled(contents, environment, gazetteer or shipped())


def load_text(
    text: str, path: str = "<text>", *, environment: Mapping[str, str] = MappingProxyType({})
) -> RuleSet:
    """Return what one rule file says, given as text.

    Raises:
        RulesError: with every complaint.
    """
    body = text.encode("utf-8", "surrogatepass")
    return _assembled(Contents((Body(path, body),)), environment, shipped())


def load_entities(folder: Path, known: KnownEntities | None = None) -> dict[str, Entity]:
    """Return the entities of *folder* alone, by id; they may refer to *known* ones.

    Raises:
        RulesError: the files cannot be read, do not follow the schema, or refer to nobody.
    """
    with collector_paused():
        pages = list(map(_page, Contents.of_folder(folder).bodies))
        entities = entities_of(pages, known)
    _raise_for(pages)
    return entities


def known_in(rules: RuleSet) -> int:
    """Return how many entities of *rules* are known ones that its files refer to."""
    return len(rules.entities.maps[-1]) if isinstance(rules.entities, ChainMap) else 0


def load_tests(folder: Path) -> list[tuple[str, RuleTest]]:
    """Return the tests of all watchlists of *folder*, each with the id of its watchlist.

    Raises:
        RulesError: the files cannot be read, or do not follow the schema.
    """
    return tests_in(Contents.of_folder(folder))


def tests_in(contents: Contents) -> list[tuple[str, RuleTest]]:
    """Return the tests of all watchlists of *contents*, as `load_tests` does.

    Raises:
        RulesError: the files cannot be read, or do not follow the schema.
    """
    pages = list(map(_page, contents.bodies))
    _raise_for(pages)
    return [
        (test.watchlist, test)
        for page in pages
        for section, node in zip(
            page.document.watchlists, page.root.parts("watchlists"), strict=True
        )
        for test in read_tests(section, node, page.file.path)
    ]


def _page(body: Body) -> Page:
    if body.flaw:
        file, root = RuleFile(body.path), None
        file.complain(body.flaw.code, body.flaw.message)
    else:
        file, root = source.read(body.content, body.path)
    return Page.of(file, root)


def _assembled(contents: Contents, environment: Mapping[str, str], gazetteer: Gazetteer) -> RuleSet:
    pages = list(map(_page, contents.bodies))
    rules = assemble(pages, environment, gazetteer, known(), hash_=contents.hash)
    _raise_for(pages)
    return rules


def _raise_for(pages: list[Page]) -> None:
    complaints = tuple(_ordered(pages))
    if complaints:
        raise RulesError(complaints)


def _ordered(pages: list[Page]) -> Iterator[Complaint]:
    for page in pages:
        yield from in_order(page.file.complaints)
