"""A rule file as a whole, and the way to a section of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BeforeValidator, Field, Tag

from alerts.watchlists import values
from alerts.watchlists.complaints import FlawError
from alerts.watchlists.schema.feeds import EntitySection, FeedSection
from alerts.watchlists.schema.routing import IntervalSection, ReceiverSection, RouteSection
from alerts.watchlists.schema.section import GIVEN, Id, Section
from alerts.watchlists.schema.watchlists import WatchlistSection


def _version(value: object) -> object:
    value = values.whole(value)
    # For pydantic's literals, as for Python, true is equal to 1.
    if type(value) is not int:
        raise FlawError("R204", "the version of the format is a number", hint="version: 1")
    return value


class Document(Section):
    """A rule file: any of the sections.  All files of a folder are read as one."""

    #: The version of the format.
    version: Annotated[Literal[1], BeforeValidator(_version)] = 1
    #: What is read.
    feeds: Annotated[list[FeedSection], Field(min_length=1)] = []
    #: Places, groups, people and topics with all their names; each under its id, which `@id`
    #: refers to.
    entities: Annotated[dict[Id, EntitySection], Field(min_length=1)] = {}
    #: What somebody wants to hear of.
    watchlists: Annotated[list[WatchlistSection], Field(min_length=1)] = []
    #: Which alerts go to which receiver; in one file of the folder only.
    routes: Annotated[RouteSection | None, GIVEN] = None
    #: Parts of the week that routes and receivers speak of, each under its name.
    time_intervals: Annotated[dict[Id, IntervalSection], Field(min_length=1)] = {}
    #: Ways to reach people, each under its name. `console` is always there.
    receivers: Annotated[dict[Id, ReceiverSection], Field(min_length=1)] = {}


def sections_of(annotation: Any, path: Sequence[str]) -> list[type[Section]]:
    """Return the sections that may stand at *path*: keys and ids, and the tags of unions."""
    if path and path[0].startswith("<"):
        return sections_of(_member(annotation, path[0]) or annotation, path[1:])
    found = _sections_in(annotation)
    if not path:
        return found
    key, *rest = path
    return [
        section
        for parent in found
        for name, field in parent.model_fields.items()
        if (field.alias or name) == key
        # Below entities, time intervals and receivers the next key is an id.
        for section in sections_of(field.annotation, rest[_is_mapping(field.annotation) :])
    ]


def _is_mapping(annotation: Any) -> bool:
    return get_origin(annotation) is dict


def _member(annotation: Any, tag: str) -> Any:
    """Return the member of a union in *annotation* that has the tag; None: there is none."""
    parts = get_args(annotation)
    if any(isinstance(part, Tag) and part.tag == tag for part in parts):
        return annotation
    return next(filter(None, (_member(part, tag) for part in parts)), None)


def _sections_in(annotation: Any) -> list[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    return [section for part in get_args(annotation) for section in _sections_in(part)]
