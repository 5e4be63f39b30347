"""A rule file as a whole, and the way to a section of it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal, get_args, get_origin

from pydantic import BeforeValidator, Field

from alerts.watchlists.complaints import FlawError
from alerts.watchlists.schema.feeds import EntitySection, FeedSection
from alerts.watchlists.schema.routing import IntervalSection, ReceiverSection, RouteSection
from alerts.watchlists.schema.section import GIVEN, Id, Section
from alerts.watchlists.schema.watchlists import WatchlistSection


def _version(value: object) -> object:
    # For pydantic's literals, as for Python, true and 1.0 are equal to 1.
    if type(value) is not int:
        raise FlawError("R204", "the version of the format is a number", hint="version: 1")
    return value


class Document(Section):
    """A rule file: any of the sections."""

    version: Annotated[Literal[1], BeforeValidator(_version)] = 1
    feeds: Annotated[list[FeedSection], Field(min_length=1)] = []
    entities: Annotated[dict[Id, EntitySection], Field(min_length=1)] = {}
    watchlists: Annotated[list[WatchlistSection], Field(min_length=1)] = []
    routes: Annotated[RouteSection | None, GIVEN] = None
    time_intervals: Annotated[dict[Id, IntervalSection], Field(min_length=1)] = {}
    receivers: Annotated[dict[Id, ReceiverSection], Field(min_length=1)] = {}


def sections_of(annotation: Any, path: Sequence[str]) -> list[type[Section]]:
    """Return the sections that may stand at *path*, given as keys without positions."""
    found = _sections_in(annotation)
    if not path:
        return found
    key, *rest = path
    return [
        section
        for parent in found
        for name, field in parent.model_fields.items()
        if (field.alias or name) == key
        # Below entities and receivers the next key is an id.
        for section in sections_of(field.annotation, rest[_is_mapping(field.annotation) :])
    ]


def _is_mapping(annotation: Any) -> bool:
    return get_origin(annotation) is dict


def _sections_in(annotation: Any) -> list[type[Section]]:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return [annotation]
    return [section for part in get_args(annotation) for section in _sections_in(part)]
